/*
 * The program held against the second implementation (contract.h), in one process: the verdict on
 * a mapping, then on each line every decision with its reason, as decide makes it and as the filter
 * takes it from its memory (recall, permits). Used by the differential program and the fuzz
 * targets.
 */
#ifndef ASSENT_TESTS_AGREEMENT_H
#define ASSENT_TESTS_AGREEMENT_H

#include "contract.h"
#include "event/scan.h"
#include "mapping/read.h"
#include "permits.h"

#include <stdint.h>

struct agreement {
    struct arena memory, line_memory;
    struct findings findings;
    struct mapping mapping;
    struct scan scan;
    struct permits permits;
    struct route *routes;
    size_t max_line;

    struct contract contract;
    struct pool line_pool;

    const char *differs; /* what was found, or NULL */
    uint64_t n_lines[3]; /* by enum contract_line */
    uint64_t n_decisions;
    uint64_t n_by_reason[N_REASONS];
};

/* Both read the mapping, which must outlive this. True: both can use it. False: both refuse it, or
 * agreement->differs says how they differ. Zeroed the first time, it may be begun again and again;
 * its counts go on. agreement_free frees it. */
bool agreement_begin(struct agreement *agreement, struct text mapping, size_t max_line);
void agreement_free(struct agreement *agreement);

/* Both decide over a line, its end included. False: agreement->differs says how they differ. */
bool agreement_line(struct agreement *agreement, struct text line);

#endif
