/* How a command ended, for main: cli.md, "Exit status". */
#ifndef ASSENT_STATUS_H
#define ASSENT_STATUS_H

enum status {
    STATUS_DONE = 0,
    STATUS_REJECTED = 1, /* done, but some lines were no events */
    STATUS_USAGE = 2,    /* nothing was read, nothing written */
    STATUS_FAILED = 3,   /* input or output failed */
    STATUS_INTERNAL = 70,
    STATUS_BROKEN_PIPE = -1, /* the reader went away: end by SIGPIPE */
    STATUS_INTERRUPTED = -2, /* end by the signal that came */
};

#endif
