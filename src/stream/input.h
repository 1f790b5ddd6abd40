/*
 * The reader: files one after the other, unpacked where they are packed (stream/unpack.h) and cut
 * into blocks at line ends. A block is handed on as soon
 * as it holds a whole line, so nothing that was read waits for more input. Lines of up to max_line
 * bytes are kept whole, longer ones pass through in parts, in constant memory. Contract: cli.md,
 * "Input".
 */
#ifndef ASSENT_INPUT_H
#define ASSENT_INPUT_H

#include "base/sizes.h"
#include "stream/block.h"
#include "stream/unpack.h"

#include <stdatomic.h>

struct input {
    const char *const *names; /* of the files that are left, NULL-ended; "-" is standard input */
    size_t max_line;          /* bytes of a line without its end */
    const char *name;         /* of the open file, in words for messages */
    struct position reached;  /* handed on */

    /* private */
    const char *const *first_name;
    uint64_t mark_every, next_mark; /* in bytes of all files */
    uint64_t skip;                  /* bytes of the file, unpacked, that an earlier run has read */
    int fd;                         /* -1: none is open */
    enum packing packing;
    struct unpack *unpack; /* of a packed file */
    size_t n_read;         /* of its bytes, since the last block */
    uint64_t n_sought;     /* of them, passed over unread since then */
    bool at_start;         /* of the open file: nothing was handed on */
    bool over_long;        /* the middle of a line that is too long */
    char *carry;           /* bytes that were read behind the last block's end */
    size_t carry_len, carry_cap;
    int error;             /* errno of INPUT_FAILED, unless there is a fault */
    const char *fault;     /* in a packed file */
    atomic_bool cancelled; /* by another thread */
};

enum input_status {
    INPUT_BLOCK,       /* the block holds at least one line, or a part of an over-long one */
    INPUT_END,         /* all files are read */
    INPUT_INTERRUPTED, /* a caught signal has come, or input_cancel was called */
    INPUT_FAILED,      /* input_fault says why; input->name and input->reached say where */
    INPUT_NO_MEMORY,
};

/* How messages call a file of that name. */
const char *input_name(const char *name);

/* Starts with the first of the files; nothing is opened yet. */
void input_start(struct input *input, const char *const *names, size_t max_line);

/* Before the first input_next: blocks end, and have a mark, at the first line end that is so many
 * bytes behind the last mark, or a multiple of it. That depends on the files' bytes alone, not on
 * how they are read. */
void input_mark(struct input *input, uint64_t every);

/* Before the first input_next: goes on where a block with a mark ended. */
void input_go_on(struct input *input, struct position position);

/* Fills the block, whose memory is reused from call to call (zero it for the first one). */
enum input_status input_next(struct input *input, struct block *block);

/* Why INPUT_FAILED, in words. */
const char *input_fault(const struct input *input);

/* Ends an input_next that waits on another thread; later ones end at once. */
void input_cancel(struct input *input);

/* Frees what the reader holds and closes the open file. */
void input_stop(struct input *input);

#endif
