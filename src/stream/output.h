/*
 * The writer's buffer: lines are collected and go to a sink in large pieces. It knows up to which
 * line of the input all that was asked for has been written.
 *
 * A buffer that is full asks to be emptied by its `full` hook. By default that writes it at once;
 * where several buffers take turns (pipeline.h), the hook waits for this one's turn.
 */
#ifndef ASSENT_OUTPUT_H
#define ASSENT_OUTPUT_H

#include "base/text.h"
#include "stream/sink.h"

#include <stdint.h>

enum {
    /* A block's output fits when up to seven destinations get all of it. */
    OUTPUT_LARGEST = 2 * 1024 * 1024,
    /* Enough for a buffer that is written at once: it stays in the processor's cache. */
    OUTPUT_AT_ONCE = 128 * 1024,
};

struct output_mark {
    size_t end;    /* of a line's last byte in the buffer */
    uint64_t line; /* of the input, that the byte belongs to */
};

struct output {
    struct sink *sink;
    uint64_t reached; /* the input's line up to which all was written */
    enum sink_status (*full)(struct output *output);
    void *full_context; /* the hook's own */
    size_t limit;       /* bytes at which the buffer counts as full */

    /* private */
    char *bytes;
    size_t len;
    struct output_mark *marks;
    size_t n_marks;
    bool begins; /* the buffer's first byte begins a line */
    bool open;   /* its last byte does not end one */
};

/* False when memory is short. The sink must outlive the output; output_free frees the buffer. */
bool output_init(struct output *output, struct sink *sink);
void output_free(struct output *output);

/* Adds one line made of several parts, which are copied or written before it returns. Without
 * `begins` it goes on with the line before, without `ends` it will be gone on with. A line that no
 * buffer holds is written at once. */
enum sink_status output_line(struct output *output, const struct text *parts, size_t n_parts,
                             bool begins, bool ends);

/* All that the input's line asked for has been added. */
void output_line_done(struct output *output, uint64_t line);

/* Writes what is in the buffer to the sink; the default of `full`. */
enum sink_status output_write(struct output *output);

#endif
