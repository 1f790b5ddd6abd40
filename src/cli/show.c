#include "cli/show.h"

#include "base/message.h"

#include <errno.h>
#include <stdio.h>

enum status show(const char *text)
{
    return show_text(text_of(text));
}

enum status show_text(struct text text)
{
    bool written = text.len == 0 || fwrite(text.bytes, 1, text.len, stdout) == text.len;
    if (written && fflush(stdout) == 0)
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
