/* The command line of `assent check`. Contract: cli.md, "check". */
#ifndef ASSENT_CHECK_OPTIONS_H
#define ASSENT_CHECK_OPTIONS_H

#include "cli/finding_report.h"

struct check_options {
    const struct report_form *form;
    bool strict;           /* warnings fail, too */
    const char **against;  /* files of events, NULL-ended; the first is NULL where none was named */
    char *const *mappings; /* NULL-ended */
    size_t n_mappings;
    bool help;
};

/* Reads the command line, whose strings must outlive the options. False after a message when it is
 * wrong: status 2. check_options_free frees what it allocated, in either case. */
bool check_options_read(struct check_options *options, int argc, char **argv);
void check_options_free(struct check_options *options);

/* What --help prints. */
extern const char check_options_help[];

#endif
