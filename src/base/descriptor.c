#include "base/descriptor.h"

#include "base/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

int descriptor_open(const char *name, int flags, mode_t mode)
{
    return descriptor_open_at(AT_FDCWD, name, flags, mode);
}

int descriptor_open_at(int folder, const char *name, int flags, mode_t mode)
{
    int fd;
    do
        fd = openat(folder, name, flags | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

ssize_t descriptor_read(int fd, void *bytes, size_t size)
{
    for (;;) {
        ssize_t n = read(fd, bytes, size);
        if (n >= 0)
            return n;
        if (errno == EAGAIN)
            signals_wait(fd, POLLIN);
        else if (errno != EINTR)
            return n;
    }
}

ssize_t descriptor_read_all(int fd, char *bytes, size_t size)
{
    size_t len = 0;
    ssize_t n;
    while ((n = descriptor_read(fd, bytes + len, size - len)) > 0)
        len += (size_t)n;
    return n < 0 ? n : (ssize_t)len;
}

bool descriptor_write(int fd, struct text text, size_t *written)
{
    enum { AT_ONCE = 1024 * 1024 * 1024 }; /* some systems refuse more in one call */
    for (*written = 0; *written < text.len;) {
        size_t left = text.len - *written;
        ssize_t n = write(fd, text.bytes + *written, left < AT_ONCE ? left : AT_ONCE);
        if (n < 0 && errno != EINTR)
            return false;
        *written += n < 0 ? 0 : (size_t)n;
    }
    return true;
}

int descriptor_truncate(int fd, off_t len)
{
    int status;
    do
        status = ftruncate(fd, len);
    while (status != 0 && errno == EINTR);
    return status;
}
