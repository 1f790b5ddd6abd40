#include "stream/sink.h"

#include "base/signals.h"
#include "base/text.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How much may still be written: all, or after a signal only the rest of a begun line. */
static size_t allowed(const struct sink *sink, const char *bytes, size_t len)
{
    if (signals_pending() == 0)
        return len;
    if (sink->torn == 0)
        return 0;
    const char *line_end = memchr(bytes, '\n', len);
    return line_end == NULL ? len : (size_t)(line_end - bytes) + 1;
}

static void account(struct sink *sink, const char *bytes, size_t len)
{
    size_t whole = text_behind_last((struct text){bytes, len}, '\n');
    sink->torn = whole == 0 ? sink->torn + len : len - whole;
}

static enum sink_status write_all(struct sink *sink, const char *bytes, size_t len, size_t *written)
{
    *written = 0;
    while (*written < len) {
        size_t now = allowed(sink, bytes + *written, len - *written);
        if (now == 0)
            return SINK_INTERRUPTED;
        ssize_t n = write(sink->fd, bytes + *written, now);
        if (n >= 0) {
            account(sink, bytes + *written, (size_t)n);
            *written += (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            signals_wait(sink->fd, POLLOUT);
        } else if (errno != EINTR) {
            sink->error = errno;
            return SINK_FAILED;
        }
    }
    return SINK_OK;
}

enum sink_status sink_write(struct sink *sink, const char *bytes, size_t len, bool begins,
                            bool ends, size_t *written)
{
    enum sink_status status = SINK_OK;
    *written = 0;
    if (len != 0 && begins && sink->unterminated) {
        size_t one;
        status = write_all(sink, "\n", 1, &one);
        if (status != SINK_OK)
            return status;
        sink->unterminated = false;
    }
    status = write_all(sink, bytes, len, written);
    if (status != SINK_OK) {
        *written -= sink->torn < *written ? sink->torn : *written;
        if (status == SINK_FAILED)
            sink_cut_back(sink);
        return status;
    }
    if (ends && sink->torn != 0) {
        sink->unterminated = true;
        sink->torn = 0;
    }
    return SINK_OK;
}

void sink_cut_back(struct sink *sink)
{
    struct stat stat;
    off_t at = lseek(sink->fd, 0, SEEK_CUR);
    if (sink->torn == 0 || at < 0 || fstat(sink->fd, &stat) != 0)
        return;
    off_t torn = (off_t)sink->torn;
    if (!S_ISREG(stat.st_mode) || stat.st_size != at || torn > at)
        return;
    if (ftruncate(sink->fd, at - torn) == 0 && lseek(sink->fd, at - torn, SEEK_SET) >= 0)
        sink->torn = 0;
}

enum sink_status sink_close(struct sink *sink)
{
    int fd = sink->fd;
    sink->fd = -1;
    if (fd < 0 || close(fd) == 0 || errno == EINTR)
        return SINK_OK;
    sink->error = errno;
    return SINK_FAILED;
}
