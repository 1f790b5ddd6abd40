/*
 * What differs between two mappings, in words. Only what decides counts: two mappings that let the
 * same events go to the same destinations differ in nothing, however they are written. A rule that
 * no destination is subject to decides nothing. Contract: cli.md, "diff"; mapping.md.
 */
#ifndef ASSENT_DIFFERENCE_H
#define ASSENT_DIFFERENCE_H

#include "mapping/mapping.h"

enum subject {
    SUBJECT_POLICY,
    SUBJECT_KNOB,
    SUBJECT_CONSENT, /* where the preferences stand */
    SUBJECT_SOURCE,  /* its id, and whether consent is enforced for it */
    SUBJECT_CATEGORY,
    SUBJECT_DESTINATION,
    N_SUBJECTS
};

/* The subject's name, stable: "policy". Constant. */
const char *subject_name(enum subject subject);

struct change {
    enum subject subject;
    struct text id;             /* of the knob, source, category or destination; else empty */
    struct text before, behind; /* in words; no bytes: it was not there, it is not there any more */
};

struct difference {
    struct change *changes; /* by subject, then in the order of the mappings */
    size_t n;
    bool alike; /* the mappings decide alike: there are no changes */
};

/* Compares the mappings, which must outlive the difference. All memory is the arena's, inside of
 * whose arena_try this must run. */
struct difference difference_of(const struct mapping *before, const struct mapping *behind,
                                struct arena *arena);

/* The destination of that id, or NULL. */
const struct destination *mapping_destination(const struct mapping *mapping, struct text id);

#endif
