#include "cli/show.h"

#include "base/message.h"

#include <errno.h>
#include <unistd.h>

enum status show(const char *text)
{
    return show_text(text_of(text));
}

enum status show_text(struct text text)
{
    struct sink sink = {.fd = STDOUT_FILENO, .name = "standard output"};
    struct iovec piece = {(void *)(uintptr_t)text.bytes, text.len}; /* not written through */
    size_t written;
    enum sink_status sent = sink_write(&sink, &piece, text.len != 0, true, true, &written);
    return sent == SINK_OK ? show_end(&sink) : show_not_written(&sink, sent);
}

enum status show_end(struct sink *sink)
{
    return sink_close(sink) == SINK_OK ? STATUS_DONE : show_not_written(sink, SINK_FAILED);
}

enum status show_not_written(const struct sink *sink, enum sink_status failed)
{
    if (failed == SINK_INTERRUPTED)
        return STATUS_INTERRUPTED;
    if (sink->error == EPIPE)
        return STATUS_BROKEN_PIPE;
    message(NO_PLACE, SEVERITY_ERROR, "cannot write %s: %s", sink->name, strerror(sink->error));
    return STATUS_FAILED;
}
