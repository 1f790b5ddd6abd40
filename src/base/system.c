#include "base/system.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>

size_t system_processors(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : (size_t)n;
}

void system_widen_pipe(int fd)
{
    enum { LARGEST_FOR_USERS = 1024 * 1024 }; /* /proc/sys/fs/pipe-max-size as it comes */
    int size = fcntl(fd, F_GETPIPE_SZ);
    if (size > 0 && size < LARGEST_FOR_USERS)
        fcntl(fd, F_SETPIPE_SZ, LARGEST_FOR_USERS);
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

#endif

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
