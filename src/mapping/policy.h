/* The knobs and the policies that preset them: mapping.md, "The knobs". */
#ifndef ASSENT_POLICY_H
#define ASSENT_POLICY_H

#include "base/text.h"
#include "mapping/shape.h"

enum knob {
    KNOB_MATCH,
    KNOB_UNMAPPED,
    KNOB_INTEGRATIONS,
    KNOB_DISABLED,
    KNOB_EMPTY,
    KNOB_ABSENT,
    N_KNOBS
};

enum match { MATCH_ANY, MATCH_ALL, MATCH_BY_EVENT /* no knob's value: the event says which */ };
enum unmapped { UNMAPPED_BLOCK, UNMAPPED_DELIVER };
enum integrations { INTEGRATIONS_IGNORE, INTEGRATIONS_VETO };
enum disabled { DISABLED_DENY, DISABLED_IGNORE };
enum empty { EMPTY_DENY, EMPTY_ABSENT, EMPTY_ABSENT_WITHOUT_INTEGRATIONS };
enum absent { ABSENT_DELIVER, ABSENT_DENY };

/* The setting of every knob, each one of its enum above. */
struct rules {
    unsigned char knob[N_KNOBS];
};

/* A knob's name and its values' names in the order of its enum; NULL ends them. */
struct knob_words {
    const char *name;
    const char *values[4];
};
extern const struct knob_words knob_words[N_KNOBS];

struct policy {
    const char *name;
    struct rules rules;
    enum consent_shape shape;
};

/* All policies, the default one first; a NULL name ends them. */
extern const struct policy policies[];

/* NULL when no policy has that name. */
const struct policy *policy_find(struct text name);

/* The number of the value among NULL-ended names, or -1. */
int word_find(const char *const *words, struct text word);

#endif
