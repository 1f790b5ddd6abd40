/* Blocks of whole lines, read from a file: all that the yardsticks have in common with a filter. */
#ifndef BENCH_LINE_BLOCKS_H
#define BENCH_LINE_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes with room for more. */
struct lines {
    char *bytes;
    size_t len, cap;
};

struct line_blocks {
    const char *name; /* of the file */
    int fd;
    struct lines rest; /* was read behind the last block's end */
};

/* A file that cannot be read, and memory that is short, end the program with status 2. */
void line_blocks_open(struct line_blocks *blocks, const char *name);
void line_blocks_close(struct line_blocks *blocks);

/* Fills the block (zero it for the first call) with whole lines, at least one; only the file's last
 * one may lack its LF. False at the end. */
bool line_blocks_next(struct line_blocks *blocks, struct lines *block);

/* The length of the first of these lines, its LF included if it has one. */
size_t line_len(const char *lines, size_t len);

#endif
