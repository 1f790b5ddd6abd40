/* Mappings by number: random ones (tests/oracle/random_case.h) that can be used. */
#ifndef ASSENT_TESTS_SEEDED_MAPPING_H
#define ASSENT_TESTS_SEEDED_MAPPING_H

#include "../oracle/agreement.h"
#include "../oracle/random_case.h"
#include "fuzz.h"

enum { SEEDED_MAPPINGS = 64 };

/* An agreement that has begun with the mapping of that number; the mapping's text stays valid. */
static inline struct agreement *seeded_mapping(size_t number, size_t max_line, struct text *mapping)
{
    static struct {
        struct agreement agreement;
        struct text mapping;
    } seeded[SEEDED_MAPPINGS];
    static struct random_text text;
    static struct random_case plan;
    struct agreement *agreement = &seeded[number].agreement;
    for (uint64_t seed = number + 1; seeded[number].mapping.len == 0; seed += SEEDED_MAPPINGS) {
        random_seed(&text, seed * 0x9E3779B97F4A7C15u);
        random_mapping(&plan, &text);
        char *copy = malloc(text.len);
        if (copy == NULL)
            abort();
        memcpy(copy, text.bytes, text.len);
        if (agreement_begin(agreement, (struct text){copy, text.len}, max_line))
            seeded[number].mapping = (struct text){copy, text.len};
        else
            free(copy);
        must_agree(agreement->differs);
    }
    agreement->max_line = max_line;
    *mapping = seeded[number].mapping;
    return agreement;
}

#endif
