#include "base/system.h"

#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>

size_t system_processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : (size_t)n; /* none while its only processor goes offline */
}

void system_widen_pipe(int fd)
{
    enum { LARGEST_FOR_USERS = 1024 * 1024 }; /* /proc/sys/fs/pipe-max-size as it comes */
    int size = fcntl(fd, F_GETPIPE_SZ);
    if (size > 0 && size < LARGEST_FOR_USERS)
        fcntl(fd, F_SETPIPE_SZ, LARGEST_FOR_USERS);
}

int system_fifo_flags(void)
{
    return O_NONBLOCK;
}

bool system_sync_all(int folder)
{
    return syncfs(folder) == 0;
}

#else

size_t system_processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (size_t)n;
}

void system_widen_pipe(int fd)
{
    (void)fd;
}

int system_fifo_flags(void)
{
    return 0;
}

bool system_sync_all(int folder)
{
    (void)folder;
    return false;
}

#endif

int system_open_folder_of(const char *name, const char **base)
{
    size_t len = strlen(name);
    while (len > 1 && name[len - 1] == '/') /* a folder's name may end so */
        len--;
    while (len > 0 && name[len - 1] != '/')
        len--;
    *base = name + len;
    if (len == 0)
        return descriptor_open(".", O_RDONLY | O_DIRECTORY, 0);
    char *folder = malloc(len + 1);
    if (folder == NULL)
        return -1;
    memcpy(folder, name, len);
    folder[len] = '\0';
    int fd = descriptor_open(folder, O_RDONLY | O_DIRECTORY, 0);
    free(folder);
    return fd;
}

bool system_sync(int fd)
{
    while (fsync(fd) != 0)
        if (errno != EINTR)
            return errno == EINVAL || errno == ENOTSUP || errno == EROFS;
    return true;
}

size_t system_open_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < 16)
        return 16;
    return limit.rlim_cur > INT_MAX ? INT_MAX : (size_t)limit.rlim_cur;
}

size_t system_columns(int fd)
{
#ifdef TIOCGWINSZ
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col != 0)
        return size.ws_col;
#endif
    (void)fd;
    return 80;
}
