#include "cli/usage.h"

#include "base/message.h"

#include <getopt.h>
#include <limits.h>

bool usage_wrong(const char *command, const char *what, const char *value)
{
    message(NO_PLACE, SEVERITY_ERROR, "%s%s; try '%s --help'", what, value, command);
    return false;
}

bool usage_no_option(const char *command, int option, char **argv)
{
    if (option == ':')
        return usage_wrong(command, "a value is missing after ", argv[optind - 1]);
    if (optopt > 0 && optopt <= CHAR_MAX)
        return usage_wrong(command, "unknown option -", (char[]){(char)optopt, '\0'});
    return usage_wrong(command, "unknown or ambiguous option ", argv[optind - 1]);
}
