/* What all command lines share: how a mistake in one is told. */
#ifndef ASSENT_USAGE_H
#define ASSENT_USAGE_H

#include <stdbool.h>

/* Tells what is wrong, with the value behind it, and where the command's help is: `command` is
 * "assent", or "assent check". False. */
bool usage_wrong(const char *command, const char *what, const char *value);

/* Tells what is wrong with the value of an option, as getopt_long left it, unless it fits. Whether
 * it does. */
bool usage_fits(const char *command, bool fits, const char *what);

/* Tells of what getopt_long gave back for no option of the command's, whose letters it was given: a
 * missing value (':') or an unknown option ('?'). False. */
bool usage_no_option(const char *command, const char *letters, int option, char **argv);

#endif
