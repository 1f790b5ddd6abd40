/* assent: a consent filter for event streams. See man/assent.1. */
#include "base/message.h"
#include "base/signals.h"
#include "cli/filter.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

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
    if (!standard_descriptors_open())
        return STATUS_USAGE;
    enum status status = filter(argc, argv);
    if (status == STATUS_BROKEN_PIPE)
        signals_die(SIGPIPE);
    if (signals_pending() != 0)
        signals_die(signals_pending());
    return status;
}
