/*
 * A descriptor that whole lines are written to. Short writes, EINTR and EAGAIN are waited out. When
 * writing fails or a signal comes, no torn line is left behind: a begun line is finished where that
 * is possible, else cut off again where the file allows it. Contract: cli.md, "Exit status".
 */
#ifndef ASSENT_SINK_H
#define ASSENT_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

enum sink_status {
    SINK_OK,
    SINK_FAILED,      /* sink->error */
    SINK_INTERRUPTED, /* a caught signal has come: the rest was not written */
};

struct sink {
    int fd;
    const char *name;    /* for messages */
    struct split *split; /* stream/split.h, which whole lines go to instead; else NULL */

    /* private */
    size_t torn;       /* bytes behind the last line's end that was written */
    bool unterminated; /* the last line was whole but had no LF; the next one needs one first */
    int error;         /* errno of SINK_FAILED */
};

/* Writes the pieces, one line after the other in them, and uses them up: their bytes stay, where
 * they begin and end does not. *written says how many bytes were written, of whole lines when it
 * was not all. `begins`: the first byte begins a line; `ends`: the last one ends one, LF or not. */
enum sink_status sink_write(struct sink *sink, struct iovec *pieces, size_t n_pieces, bool begins,
                            bool ends, size_t *written);

/* Cuts a torn line off a regular file that nobody else has appended to. */
void sink_cut_back(struct sink *sink);

/* Before anything is written to a regular file that holds lines: ends it behind the last whole one,
 * and writes behind that. Where it cannot be cut off, a torn one is only kept apart. */
void sink_end_torn(struct sink *sink);

/* Closes the descriptor; a failing close is a failed write. */
enum sink_status sink_close(struct sink *sink);

#endif
