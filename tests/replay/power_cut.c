/*
 * A power cut, for LD_PRELOAD: kills the process at its POWER_CUT_AT-th call that changes a file,
 * in the middle of it where it is a write, and keeps on record what would have outlasted it. In the
 * folder POWER_CUT_RECORD:
 *
 *   c-N       the content of a file when it was synced
 *   i-INODE   the number N of the file's newest one
 *   d-INODE   the entries of a folder when it was synced: "INODE N NAME" each, N -1: no content
 *   calls     how many calls there were, when the process came to its end
 *
 * What is below POWER_CUT_WORLD when the process starts has outlasted whatever was before.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *record, *world;
static long cut_at, n_calls, n_contents;

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

static int record_file(const char *kind, unsigned long number)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s-%lu", record, kind, number);
    return (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
}

static void put(int fd, const char *bytes, size_t len)
{
    while (len != 0) {
        long n = syscall(SYS_write, fd, bytes, len);
        if (n <= 0)
            die();
        bytes += n;
        len -= (size_t)n;
    }
}

static void sync_content(int fd, unsigned long inode)
{
    char path[64], bytes[65536];
    long n;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int from = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);
    int to = record_file("c", (unsigned long)++n_contents);
    while ((n = syscall(SYS_read, from, bytes, sizeof bytes)) > 0)
        put(to, bytes, (size_t)n);
    close(from);
    close(to);
    to = record_file("i", inode);
    n = snprintf(bytes, sizeof bytes, "%ld", n_contents);
    put(to, bytes, (size_t)n);
    close(to);
}

static long content_of(unsigned long inode)
{
    char path[4096], bytes[32] = "-1";
    snprintf(path, sizeof path, "%s/i-%lu", record, inode);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);
    if (fd >= 0) {
        long n = syscall(SYS_read, fd, bytes, sizeof bytes - 1);
        bytes[n < 0 ? 0 : n] = '\0';
        close(fd);
    }
    return atol(bytes);
}

static void sync_entries(int folder, unsigned long inode)
{
    char path[64], line[4096];
    snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
    DIR *entries = opendir(path);
    int to = record_file("d", inode);
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        int n = snprintf(line, sizeof line, "%lu %ld %s\n", (unsigned long)entry->d_ino,
                         content_of(entry->d_ino), entry->d_name);
        if (entry->d_name[0] != '.')
            put(to, line, (size_t)n);
    }
    closedir(entries);
    close(to);
}

static void sync_all(int fd)
{
    struct stat stat;
    fstat(fd, &stat);
    if (!S_ISDIR(stat.st_mode)) {
        if (S_ISREG(stat.st_mode))
            sync_content(fd, stat.st_ino);
        return;
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    DIR *entries = opendir(path);
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        int inner = (int)syscall(SYS_openat, fd, entry->d_name, O_RDONLY, 0);
        if (inner >= 0)
            sync_all(inner);
        close(inner);
    }
    closedir(entries);
    sync_entries(fd, stat.st_ino);
}

static void sync_world(void)
{
    int fd = (int)syscall(SYS_openat, AT_FDCWD, world, O_RDONLY, 0);
    sync_all(fd);
    close(fd);
}

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("POWER_CUT_AT");
    record = getenv("POWER_CUT_RECORD");
    world = getenv("POWER_CUT_WORLD");
    cut_at = at == NULL ? 0 : atol(at);
    sync_world();
}

__attribute__((destructor)) static void end(void)
{
    char bytes[32];
    int fd = record_file("calls", 0);
    put(fd, bytes, (size_t)snprintf(bytes, sizeof bytes, "%ld", n_calls));
    close(fd);
}

/* Whether the power goes now. */
static int cut(void)
{
    pthread_mutex_lock(&lock);
    int now = ++n_calls == cut_at;
    pthread_mutex_unlock(&lock);
    return now;
}

/* ---- the calls ---- */

ssize_t write(int fd, const void *bytes, size_t len)
{
    if (cut()) {
        syscall(SYS_write, fd, bytes, len / 2);
        die();
    }
    return syscall(SYS_write, fd, bytes, len);
}

ssize_t writev(int fd, const struct iovec *pieces, int n)
{
    if (cut()) {
        syscall(SYS_writev, fd, pieces, (n + 1) / 2);
        die();
    }
    return syscall(SYS_writev, fd, pieces, n);
}

int fsync(int fd)
{
    struct stat stat;
    if (cut())
        die();
    pthread_mutex_lock(&lock);
    fstat(fd, &stat);
    if (S_ISREG(stat.st_mode))
        sync_content(fd, stat.st_ino);
    else if (S_ISDIR(stat.st_mode))
        sync_entries(fd, stat.st_ino);
    pthread_mutex_unlock(&lock);
    return 0;
}

int syncfs(int fd)
{
    (void)fd;
    if (cut())
        die();
    pthread_mutex_lock(&lock);
    sync_world();
    pthread_mutex_unlock(&lock);
    return 0;
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    if (cut())
        die();
    return (int)syscall(SYS_renameat, from_folder, from, to_folder, to);
}

int unlinkat(int folder, const char *name, int flags)
{
    if (cut())
        die();
    return (int)syscall(SYS_unlinkat, folder, name, flags);
}

int mkdir(const char *name, mode_t mode)
{
    if (cut())
        die();
    return (int)syscall(SYS_mkdir, name, mode);
}

static int truncate_open(int fd, off_t len)
{
    if (cut())
        die();
    return (int)syscall(SYS_ftruncate, fd, len);
}

int ftruncate(int fd, off_t len)
{
    return truncate_open(fd, len);
}

int ftruncate64(int fd, off64_t len)
{
    return truncate_open(fd, len);
}

static int open_at(int folder, const char *name, int flags, va_list arguments)
{
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    if ((flags & (O_CREAT | O_TRUNC)) != 0 && cut())
        die();
    return (int)syscall(SYS_openat, folder, name, flags, mode);
}

int open(const char *name, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    int fd = open_at(AT_FDCWD, name, flags, arguments);
    va_end(arguments);
    return fd;
}

int open64(const char *name, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    int fd = open_at(AT_FDCWD, name, flags, arguments);
    va_end(arguments);
    return fd;
}

int openat(int folder, const char *name, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    int fd = open_at(folder, name, flags, arguments);
    va_end(arguments);
    return fd;
}

int openat64(int folder, const char *name, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    int fd = open_at(folder, name, flags, arguments);
    va_end(arguments);
    return fd;
}
