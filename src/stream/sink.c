#include "stream/sink.h"

#include "base/descriptor.h"
#include "base/signals.h"
#include "base/text.h"
#include "stream/split.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef IOV_MAX
enum { PIECES_AT_ONCE = IOV_MAX };
#else
enum { PIECES_AT_ONCE = 16 }; /* what POSIX promises */
#endif

/* Some systems refuse more in one call. */
enum { BYTES_AT_ONCE = 1024 * 1024 * 1024 };

/* What is still to be written; no piece of it is empty. */
struct rest {
    struct iovec *pieces;
    size_t n_pieces;
};

static struct text text_of_piece(const struct iovec *piece)
{
    return (struct text){piece->iov_base, piece->iov_len};
}

/* Writes only the rest of a begun line, which is in one or several of the pieces. */
static ssize_t finish_line(const struct sink *sink, struct rest rest)
{
    struct text text = text_of_piece(rest.pieces);
    const char *line_end = memchr(text.bytes, '\n', text.len);
    size_t len = line_end == NULL ? text.len : (size_t)(line_end - text.bytes) + 1;
    return write(sink->fd, text.bytes, len);
}

/* The bytes behind the last line's end in the pieces that were written, the last one first. */
static void count_torn(struct sink *sink, const struct iovec *first, const struct iovec *piece)
{
    size_t torn = 0;
    for (;; piece--) {
        struct text text = text_of_piece(piece);
        size_t whole = text_behind_last(text, '\n');
        torn += text.len - whole;
        if (whole != 0 || piece == first) {
            sink->torn = whole != 0 ? torn : sink->torn + torn;
            return;
        }
    }
}

/* Takes what was written off the rest and keeps count of the line that is torn by it. */
static void account(struct sink *sink, struct rest *rest, size_t written)
{
    struct iovec *first = rest->pieces;
    while (rest->n_pieces > 1 && written >= rest->pieces->iov_len) {
        written -= rest->pieces->iov_len;
        rest->pieces++;
        rest->n_pieces--;
    }
    struct iovec *piece = rest->pieces, whole = *piece;
    piece->iov_len = written;
    count_torn(sink, first, piece);
    *piece = (struct iovec){(char *)whole.iov_base + written, whole.iov_len - written};
    if (piece->iov_len == 0)
        rest->n_pieces--;
}

/* How many of the pieces one call may take. */
static size_t at_once(struct rest rest)
{
    size_t n = 1;
    for (size_t len = rest.pieces[0].iov_len; n < rest.n_pieces && n < PIECES_AT_ONCE; n++) {
        len += rest.pieces[n].iov_len;
        if (len > BYTES_AT_ONCE)
            break;
    }
    return n;
}

static enum sink_status write_all(struct sink *sink, struct rest rest, size_t *written)
{
    *written = 0;
    while (rest.n_pieces != 0) {
        bool pending = signals_pending() != 0;
        if (pending && sink->torn == 0)
            return SINK_INTERRUPTED;
        ssize_t n =
            pending ? finish_line(sink, rest) : writev(sink->fd, rest.pieces, (int)at_once(rest));
        if (n >= 0) {
            account(sink, &rest, (size_t)n);
            *written += (size_t)n;
        } else if (errno == EAGAIN) {
            signals_wait(sink->fd, POLLOUT);
        } else if (errno != EINTR) {
            sink->error = errno;
            return SINK_FAILED;
        }
    }
    return SINK_OK;
}

enum sink_status sink_write(struct sink *sink, struct iovec *pieces, size_t n_pieces, bool begins,
                            bool ends, size_t *written)
{
    enum sink_status status = SINK_OK;
    *written = 0;
    if (sink->split != NULL)
        return split_write(sink, pieces, n_pieces, written);
    if (n_pieces != 0 && begins && sink->unterminated) {
        size_t one;
        char line_end = '\n';
        struct iovec piece = {&line_end, 1};
        status = write_all(sink, (struct rest){&piece, 1}, &one);
        if (status != SINK_OK)
            return status;
        sink->unterminated = false;
    }
    status = write_all(sink, (struct rest){pieces, n_pieces}, written);
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
    if (descriptor_truncate(sink->fd, at - torn) == 0 && lseek(sink->fd, at - torn, SEEK_SET) >= 0)
        sink->torn = 0;
}

/* How many of the file's bytes are whole lines; false when it cannot be read. */
static bool whole_lines(int fd, off_t size, off_t *whole)
{
    char bytes[64 * 1024];
    for (*whole = size; *whole > 0;) {
        size_t len = *whole < (off_t)sizeof bytes ? (size_t)*whole : sizeof bytes;
        if (pread(fd, bytes, len, *whole - (off_t)len) != (ssize_t)len)
            return false;
        size_t end = text_behind_last((struct text){bytes, len}, '\n');
        *whole -= (off_t)(len - end);
        if (end != 0)
            break;
    }
    return true;
}

void sink_end_torn(struct sink *sink)
{
    char name[64];
    off_t whole, size = lseek(sink->fd, 0, SEEK_END);
    snprintf(name, sizeof name, "/dev/fd/%d", sink->fd); /* it may be open for writing alone */
    int fd = descriptor_open(name, O_RDONLY, 0);
    if (size <= 0 || fd < 0 || !whole_lines(fd, size, &whole))
        sink->unterminated = size > 0;
    else if (whole != size && descriptor_truncate(sink->fd, whole) == 0)
        lseek(sink->fd, whole, SEEK_SET);
    else
        sink->unterminated = whole != size;
    if (fd >= 0)
        close(fd);
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
