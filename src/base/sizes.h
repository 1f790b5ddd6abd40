/*
 * How much is read, written and remembered at once. The fuzzers build with -DASSENT_SMALL_SIZES, so
 * that short inputs take every way that long ones take: many blocks, threads, full outputs, memory
 * that is forgotten again.
 */
#ifndef ASSENT_SIZES_H
#define ASSENT_SIZES_H

#ifdef ASSENT_SMALL_SIZES
enum {
    INPUT_READ_SIZE = 512,
    OUTPUT_COPIED = 64,
    OUTPUT_BYTES = 1024,
    OUTPUT_PIECES = 16,
    OUTPUT_MARKS = 8,
    RECALL_ENTRIES = 4,
    PERMITS_ENTRIES = 4,
    PERMITS_POOL = 512,
};
#else
enum {
    /* A block is larger only when a line is. */
    INPUT_READ_SIZE = 1024 * 1024,
    /* Parts of up to this many bytes are copied: that costs less than a piece of their own. */
    OUTPUT_COPIED = 384,
    /* Most blocks' lines fit, for several destinations. */
    OUTPUT_BYTES = 1024 * 1024,
    OUTPUT_PIECES = 16 * 1024,
    /* Room for the marks of lines of no more than `{}`; memory that is not used costs nothing. */
    OUTPUT_MARKS = 96 * 1024,
    /* Cores (event/recall.h), at most. */
    RECALL_ENTRIES = 512,
    /* Events that say different things (permits.h), and words for what they say. */
    PERMITS_ENTRIES = 1024,
    PERMITS_POOL = 128 * 1024,
};
#endif

#endif
