#include "seeded_mapping.h"

#include <stdlib.h>

enum { MAX_LINE = 4096 };

static void make(struct seeded_mapping *mapping, size_t number)
{
    static struct random_text text;
    for (uint64_t seed = number + 1; mapping->text.len == 0; seed += SEEDED_MAPPINGS) {
        random_seed(&text, seed * 0x9E3779B97F4A7C15u);
        random_mapping(&mapping->plan, &text);
        char *copy = malloc(text.len);
        if (copy == NULL)
            abort();
        memcpy(copy, text.bytes, text.len);
        if (agreement_begin(&mapping->agreement, (struct text){copy, text.len}, MAX_LINE))
            mapping->text = (struct text){copy, text.len};
        else
            free(copy);
    }
}

struct seeded_mapping *seeded_mapping(size_t number)
{
    static struct seeded_mapping mappings[SEEDED_MAPPINGS];
    struct seeded_mapping *mapping = &mappings[number % SEEDED_MAPPINGS];
    if (mapping->text.len == 0)
        make(mapping, number % SEEDED_MAPPINGS);
    return mapping;
}
