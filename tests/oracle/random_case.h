/*
 * Random mappings, and random event lines aimed at them: all knobs and policies, kinds, sources,
 * integrations, disabled categories; on the way to consent, keys that are missing, doubled, spelled
 * with escapes, look-alikes, of wrong types. Nothing here knows what the contract decides.
 */
#ifndef ASSENT_TESTS_RANDOM_CASE_H
#define ASSENT_TESTS_RANDOM_CASE_H

#include "random_text.h"

enum { PATH_MOST = 4, CATEGORIES_MOST = 200, DESTINATIONS_MOST = 80 };

/* Words are JSON strings' insides, as they are written. */
struct random_path {
    const char *tokens[PATH_MOST];
    size_t n;
};

/* A mapping, as far as events must know it to be aimed at it. */
struct random_case {
    struct random_path consent, source;
    const char *preferences; /* NULL: consent is stated by lists; "": the object itself */
    const char *categories[CATEGORIES_MOST];
    size_t n_categories;
    const char *destinations[DESTINATIONS_MOST];
    size_t n_destinations;
};

/* Writes a new mapping in place of what is there; mostly one that can be used. */
void random_mapping(struct random_case *plan, struct random_text *to);

/* Writes a line in place of what is there, its end included: an event, or what is none. */
void random_line(const struct random_case *plan, struct random_text *to);

#endif
