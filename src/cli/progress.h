/* How far a run has come, for who waits for it: a line on standard error that is drawn anew at most
 * ten times a second. Contract: cli.md, `--progress`. */
#ifndef ASSENT_PROGRESS_H
#define ASSENT_PROGRESS_H

#include "cli/options.h"

#include <stdint.h>
#include <time.h>

struct progress {
    bool on;

    /* private */
    uint64_t all;               /* bytes of all files; 0: unknown */
    uint64_t n_bytes, n_events; /* worked on */
    uint64_t n_passed;          /* bytes that an earlier run has worked on */
    struct timespec start, drawn;
    bool visible; /* the line stands on the terminal */
};

/* Begins the clock. The events are the files that will be read; on_stdout: the lines that come of
 * them are written to standard output. */
void progress_start(struct progress *progress, enum progress_when when, bool on_stdout,
                    const char *const *events);

/* So much more was worked on. */
void progress_add(struct progress *progress, uint64_t n_bytes, uint64_t n_events);

/* So many bytes were passed over: an earlier run has worked on them. */
void progress_pass(struct progress *progress, uint64_t n_bytes);

/* Makes way for a message. */
void progress_hide(struct progress *progress);

/* Draws the line a last time and lets it stand. */
void progress_end(struct progress *progress);

#endif
