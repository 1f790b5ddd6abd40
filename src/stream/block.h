/* What the reader hands on: a run of whole lines, or a part of a line too long to be one. */
#ifndef ASSENT_BLOCK_H
#define ASSENT_BLOCK_H

#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>

/* How far the input was read. */
struct position {
    size_t file;    /* number, from 0 */
    uint64_t at;    /* bytes of the file, unpacked */
    uint64_t line;  /* lines of the file */
    uint64_t total; /* bytes of all files, unpacked */
};

struct block {
    struct text text;    /* whole lines with their ends; only a file's last may lack its LF */
    const char *name;    /* of the file, for messages; outlives the block */
    uint64_t first_line; /* number, from 1, of the first line in its file */
    size_t n_read;       /* bytes of the file that went into it, packed as they are there */
    uint64_t n_sought;   /* bytes of the file that were passed over unread before it */
    struct position end; /* what comes next in the input */
    bool mark;           /* a run can be gone on with behind it: see input_mark */
    bool over_long;      /* text is part of one line that is longer than the limit */
    bool begins, ends;   /* of that line: the first part, the last part */

    char *bytes; /* the memory that text points into; the block's own */
    size_t len, cap;
};

static inline void block_free(struct block *block)
{
    free(block->bytes);
    *block = (struct block){0};
}

#endif
