/*
 * The sentence that the skim stands on, as a function: what it accepts, the checks and yajl accept,
 * and its core decides like the line. Used by the differential test and the fuzz target.
 */
#ifndef ASSENT_TESTS_SAME_H
#define ASSENT_TESTS_SAME_H

#include "event/scan.h"
#include "mapping/read.h"

struct sameness {
    struct arena memory, line_memory;
    struct mapping mapping;
    struct scan parsed;  /* every line whole by yajl */
    struct scan skimmed; /* as the program does it */
    struct skim skims[SKIM_SETS];
    bool has[SKIM_SETS]; /* this processor has the instruction set */
    uint64_t n_lines, n_accepted;
};

/* The mappings whose key paths the lines are tried on; NULL-ended. */
extern const char *const same_mappings[];

/* Prepares for one of them, which must be good; same_free frees. */
void same_init(struct sameness *same, const char *mapping);
void same_free(struct sameness *same);

/* NULL when the line is treated alike; else what differs. */
const char *same_line(struct sameness *same, struct text line);

#endif
