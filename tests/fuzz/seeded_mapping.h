/* Mappings by number: random ones (tests/oracle/random_case.h) that can be used. */
#ifndef ASSENT_TESTS_SEEDED_MAPPING_H
#define ASSENT_TESTS_SEEDED_MAPPING_H

#include "../oracle/agreement.h"
#include "../oracle/random_case.h"

enum { SEEDED_MAPPINGS = 64 };

struct seeded_mapping {
    struct agreement agreement; /* which has begun with the mapping */
    struct text text;
    struct random_case plan;
};

/* The mapping of that number; the same one each time. */
struct seeded_mapping *seeded_mapping(size_t number);

#endif
