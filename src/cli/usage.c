#include "cli/usage.h"

#include "base/message.h"

#include <ctype.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

bool usage_wrong(const char *command, const char *what, const char *value)
{
    message(NO_PLACE, SEVERITY_ERROR, "%s%s; try '%s --help'", what, value, command);
    return false;
}

bool usage_fits(const char *command, bool fits, const char *what)
{
    if (!fits)
        usage_wrong(command, what, optarg);
    return fits;
}

/* Whether it is a long option that takes no value and was given one: it has left its own value in
 * optopt, where else there is an unknown letter, be it behind such an argument. */
static bool is_unwanted_value(const char *letters, const char *last)
{
    return strchr(last, '=') != NULL &&
           (optopt > UCHAR_MAX || (optopt != ':' && strchr(letters, optopt) != NULL));
}

bool usage_no_option(const char *command, const char *letters, int option, char **argv)
{
    /* musl counts a missing value, too */
    const char *last = argv[optind - 1] == NULL ? argv[optind - 2] : argv[optind - 1];
    if (option == ':')
        return usage_wrong(command, "a value is missing after ", last);
    if (optopt == 0)
        return usage_wrong(command, "unknown or ambiguous option ", last);
    if (is_unwanted_value(letters, last))
        return usage_wrong(command, "no value can be given with ", last);
    char letter[8];
    int c = (unsigned char)optopt;
    snprintf(letter, sizeof letter, isgraph(c) ? "%c" : "\\x%02X", (unsigned)c);
    return usage_wrong(command, "unknown option -", letter);
}
