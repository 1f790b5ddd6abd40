/* What the targets have in common: each compares the program with something slower. */
#ifndef ASSENT_TESTS_FUZZ_H
#define ASSENT_TESTS_FUZZ_H

#include "stream/unpack.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* libFuzzer's entry. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whether the reader unpacks a file of these bytes: what comes of it is not known here. */
static inline bool is_packed(struct text file)
{
    enum packing packing = packing_of(file);
    return packing != PACKING_NONE && packing != PACKING_UNDECIDED;
}

/* A difference is a finding: the input that made it is kept. */
static inline void must_agree(const char *differs)
{
    if (differs == NULL)
        return;
    fprintf(stderr, "%s\n", differs);
    abort();
}

#endif
