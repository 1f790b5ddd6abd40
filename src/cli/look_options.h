/* The command lines of the commands that look at decisions: explain, diff, report. Contract:
 * cli.md. */
#ifndef ASSENT_LOOK_OPTIONS_H
#define ASSENT_LOOK_OPTIONS_H

#include "cli/asked.h"
#include "cli/status.h"

#include <getopt.h>

/* Values of options without a letter. */
enum { LOOK_LINE = 256, LOOK_MESSAGE_ID };

struct look_options {
    const char *mapping; /* -m */
    struct asked asked;  /* -d */
    bool json;           /* -f */
    uint64_t line;       /* 0: every line */
    const char *message_id;
    bool help;
    char *const *rest; /* NULL-ended: what is no option */
    size_t n_rest;
};

/* What one of the commands is called, takes, and says for --help. */
struct look_command {
    const char *name;    /* "assent explain" */
    const char *letters; /* for getopt_long, beginning with ':' */
    const struct option *long_options;
    bool needs_mapping; /* by -m */
    const char *help;
};

/* Reads the command line and, when that is all it asks for, shows the help. False: it is all, and
 * *status says how it ended. look_options_free frees what was allocated, in either case. */
bool look_options_read(struct look_options *options, const struct look_command *command, int argc,
                       char **argv, enum status *status);
void look_options_free(struct look_options *options);

/* The files of events among the rest, from its `first`: standard input where none is named. False
 * after a message when one cannot be read. */
bool look_events(const struct look_options *options, size_t first, const char *const **events);

#endif
