#include "cli/show.h"

#include "base/message.h"

#include <errno.h>
#include <stdio.h>

enum status show(const char *text)
{
    if (fputs(text, stdout) != EOF && fflush(stdout) == 0)
        return STATUS_DONE;
    return show_failed(errno);
}

enum status show_failed(int error)
{
    if (error == EPIPE)
        return STATUS_BROKEN_PIPE;
    message(NO_PLACE, SEVERITY_ERROR, "cannot write standard output: %s", strerror(error));
    return STATUS_FAILED;
}
