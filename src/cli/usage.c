#include "cli/usage.h"

#include "base/message.h"

#include <getopt.h>
#include <limits.h>
#include <string.h>

bool usage_wrong(const char *command, const char *what, const char *value)
{
    message(NO_PLACE, SEVERITY_ERROR, "%s%s; try '%s --help'", what, value, command);
    return false;
}

/* Whether it is a long option that takes no value and was given one: it has left its own value in
 * optopt, as a letter does that is in the middle of others. */
static bool is_unwanted_value(char **argv)
{
    const char *last = argv[optind - 1], *next = argv[optind];
    bool in_letters = next != NULL && next[0] == '-' && next[1] != '-' && next[1] != '\0' &&
                      next[2] != '\0' && strchr(next, optopt) != NULL;
    return optopt != 0 && !in_letters && strncmp(last, "--", 2) == 0 && strchr(last, '=') != NULL;
}

bool usage_no_option(const char *command, int option, char **argv)
{
    if (option == ':') { /* musl counts the missing value, too */
        const char *last = argv[optind - 1] == NULL ? argv[optind - 2] : argv[optind - 1];
        return usage_wrong(command, "a value is missing after ", last);
    }
    if (is_unwanted_value(argv))
        return usage_wrong(command, "no value can be given with ", argv[optind - 1]);
    if (optopt > 0 && optopt <= CHAR_MAX)
        return usage_wrong(command, "unknown option -", (char[]){(char)optopt, '\0'});
    return usage_wrong(command, "unknown or ambiguous option ", argv[optind - 1]);
}
