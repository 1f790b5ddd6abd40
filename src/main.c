/* assent: a consent filter for event streams. See man/assent.1. */
#include "base/message.h"
#include "base/signals.h"
#include "cli/check.h"
#include "cli/diff.h"
#include "cli/explain.h"
#include "cli/filter.h"
#include "cli/report.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The filter comes first: it is the command where none is named. */
static const struct command {
    const char *name;
    enum status (*run)(int argc, char **argv); /* argv[0] is what it is called by */
} commands[] = {
    {"filter", filter}, {"check", check}, {"explain", explain}, {"diff", diff}, {"report", report},
};

/* The command that the first argument names, which is then taken off the arguments. */
static const struct command *command_of(int *argc, char ***argv)
{
    for (size_t i = 1; *argc > 1 && i < sizeof commands / sizeof *commands; i++) {
        if (strcmp((*argv)[1], commands[i].name) != 0)
            continue;
        --*argc;
        ++*argv;
        return &commands[i];
    }
    return &commands[0];
}

/* A file opened later would take a closed descriptor's number, and be read or written as it. */
static bool standard_descriptors_open(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0) {
            message(NO_PLACE, SEVERITY_ERROR, "a standard descriptor (%d) is closed", fd);
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    signals_start();
    if (!standard_descriptors_open())
        return STATUS_USAGE;
    enum status status = command_of(&argc, &argv)->run(argc, argv);
    if (status == STATUS_BROKEN_PIPE)
        signals_die(SIGPIPE);
    if (signals_pending() != 0)
        signals_die(signals_pending());
    return status;
}
