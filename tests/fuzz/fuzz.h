/* What the targets have in common: each compares the program with something slower. */
#ifndef ASSENT_TESTS_FUZZ_H
#define ASSENT_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* libFuzzer's entry. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A difference is a finding: the input that made it is kept. */
static inline void must_agree(const char *differs)
{
    if (differs == NULL)
        return;
    fprintf(stderr, "%s\n", differs);
    abort();
}

#endif
