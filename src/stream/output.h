/*
 * The writer's list: lines are collected as pieces and go to a sink in large writes. Long parts of
 * a line are not copied: the list points at the event where it was read. It knows up to which line
 * of the input all that was asked for has been written.
 *
 * A list that is full asks to be emptied by its `full` hook. By default that writes it at once;
 * where several lists take turns (pipeline.h), the hook waits for this one's turn.
 */
#ifndef ASSENT_OUTPUT_H
#define ASSENT_OUTPUT_H

#include "base/sizes.h"
#include "base/text.h"
#include "stream/sink.h"

#include <stdint.h>

struct output_mark {
    size_t end;    /* of a line's last byte in the list */
    uint64_t line; /* of the input, that the byte belongs to */
};

struct output {
    struct sink *sink;
    uint64_t reached; /* the input's line up to which all was written */
    enum sink_status (*full)(struct output *output);
    void *full_context; /* the hook's own */

    /* private */
    struct iovec *pieces;
    size_t copied_most;
    size_t n_pieces;
    size_t len;  /* of all pieces */
    char *bytes; /* copied ones */
    size_t n_bytes;
    struct output_mark *marks;
    size_t n_marks;
    bool begins; /* the list's first byte begins a line */
    bool open;   /* its last byte does not end one */
};

/* A list of which parts of up to that many bytes are copied: OUTPUT_COPIED, or OUTPUT_BYTES for
 * parts that do not stay as they are. False when memory is short. The sink must outlive the output;
 * output_free frees the list. */
bool output_init(struct output *output, struct sink *sink, size_t copied_most);
void output_free(struct output *output);

/* Adds one line made of several parts. Those that are not copied must stay as they are until the
 * next output_write, but when the list copies all: what is too long for it is written at once.
 * Without `begins` it goes on with the line before, without `ends` it will be gone on with. */
enum sink_status output_line(struct output *output, const struct text *parts, size_t n_parts,
                             bool begins, bool ends);

/* All that the input's line asked for has been added. */
void output_line_done(struct output *output, uint64_t line);

/* Writes what is in the list to the sink; the default of `full`. */
enum sink_status output_write(struct output *output);

#endif
