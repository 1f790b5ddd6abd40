/*
 * What a mapping does with events, in texts that are equal for two mappings exactly when they let
 * the same events go to the same destinations, however they are written. They are made by asking
 * decide_need, and are not for people: difference.h has the words. Where events would have to be
 * odd on several counts at once (a consent object inside of the integrations object, say), mappings
 * may be told apart that are alike, never the other way round.
 */
#ifndef ASSENT_BEHAVIOUR_H
#define ASSENT_BEHAVIOUR_H

#include "mapping/mapping.h"

struct behaviour {
    struct text general;       /* what is read of events, as far as any destination depends on it */
    struct text *destinations; /* by the mapping's numbers */
};

/* All memory is the arena's, inside of whose arena_try this must run. */
struct behaviour behaviour_of(const struct mapping *mapping, struct arena *arena);

#endif
