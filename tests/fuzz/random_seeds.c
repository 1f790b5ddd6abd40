/*
 * Seeds for the targets that choose their mapping by a number: random lines aimed at it.
 *
 *     random_seeds FOLDER     writes FOLDER/fuzz_decision/random-N and FOLDER/fuzz_filter/random-N
 */
#include "seeded_mapping.h"

#include <stdio.h>
#include <stdlib.h>

enum { SEEDS_PER_MAPPING = 24, LINES_PER_FILTER_SEED = 8 };

static struct random_text line;

/* A file of a head and some lines. */
static void write_seed(const char *folder, const char *target, size_t number,
                       const struct random_case *plan, const char *head, size_t head_len, int n)
{
    char name[4096];
    snprintf(name, sizeof name, "%s/%s/random-%zu", folder, target, number);
    FILE *file = fopen(name, "wb");
    if (file == NULL || fwrite(head, 1, head_len, file) != head_len)
        abort();
    for (int i = 0; i < n; i++) {
        random_line(plan, &line);
        fwrite(line.bytes, 1, line.len, file);
    }
    if (fclose(file) != 0)
        abort();
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    random_seed(&line, 1);
    for (size_t i = 0; i < (size_t)SEEDED_MAPPINGS * SEEDS_PER_MAPPING; i++) {
        size_t number = i % SEEDED_MAPPINGS;
        const struct seeded_mapping *mapping = seeded_mapping(number);
        char head[2] = {(char)number, (char)below(&line, 32)};
        write_seed(argv[1], "fuzz_decision", i, &mapping->plan, head, 1, 1);
        write_seed(argv[1], "fuzz_filter", i, &mapping->plan, head, 2, LINES_PER_FILTER_SEED);
    }
    return EXIT_SUCCESS;
}
