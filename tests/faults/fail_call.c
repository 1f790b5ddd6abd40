/*
 * Preloaded into the program under test: counts its calls and lets one of them fail. The calls of
 * each kind are numbered across all threads, from the moment main is about to start until it has
 * returned: what a sanitizer or a count of branches does then is none of the program's.
 *
 *     FAULT_COUNTS   a file of N_KINDS + 1 numbers of 64 bits: how often each kind was called, and
 *                    the descriptor of the call that failed
 *     FAULT          KIND:NUMBER:ERRNO; KIND:NUMBER:short for a call that takes but one byte;
 *                    KIND:NUMBER:signal:SIGNAL for one right before which the signal comes. The
 *                    number 0: every call.
 */
#undef _FILE_OFFSET_BITS /* names with and without 64 are both taken, whatever the program calls   \
                          */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* In the order of KINDS in scenarios.py. */
enum kind {
    MEMORY,
    THREAD,
    OPEN,
    READ,
    WRITE,
    CLOSE,
    STAT,
    SEEK,
    TRUNCATE,
    POLL,
    PIPE,
    CONTROL,
    SIGACTION,
    ACCESS,
    SYNC,
    RENAME,
    UNLINK,
    FOLDER,
    N_KINDS,
};

static const char *const kind_names[N_KINDS] = {
    "memory", "thread", "open",  "read",      "write",  "close", "stat",   "seek",   "truncate",
    "poll",   "pipe",   "fcntl", "sigaction", "access", "sync",  "rename", "unlink", "folder",
};

static _Atomic int64_t nowhere[N_KINDS + 1];
static _Atomic int64_t *counts = nowhere;
static bool ready;
static atomic_bool over;
static int fault_kind = -1, fault_error;
static bool fault_short, fault_signal;
static int64_t fault_number;

static void end(void)
{
    over = true;
}

/* Whether this call is the one. */
static bool strikes(enum kind kind, int fd)
{
    static atomic_flag known = ATOMIC_FLAG_INIT;
    if (!ready || over)
        return false;
    if (!atomic_flag_test_and_set(&known))
        atexit(end); /* not in start: what is asked for before main is done last */
    int64_t number = atomic_fetch_add(&counts[kind], 1) + 1;
    if ((int)kind != fault_kind || (fault_number != 0 && number != fault_number))
        return false;
    atomic_store(&counts[N_KINDS], fd);
    if (fault_signal)
        kill(getpid(), fault_error);
    return !fault_signal;
}

static bool fails(enum kind kind, int fd)
{
    if (!strikes(kind, fd))
        return false;
    errno = fault_error;
    return true;
}

#pragma GCC diagnostic ignored "-Wpedantic" /* POSIX makes functions of dlsym's pointers */

/* The function that would have been called, by its name. */
static void *next(_Atomic(void *) *known, const char *name)
{
    if (*known == NULL)
        *known = dlsym(RTLD_NEXT, name);
    return *known;
}

#define REAL(name) ((__typeof__(&name))next(&real_##name, #name))

__attribute__((constructor)) static void start(void)
{
    const char *file = getenv("FAULT_COUNTS"), *fault = getenv("FAULT");
    int fd = file == NULL ? -1 : open(file, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    void *map = mmap(NULL, sizeof nowhere, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (map == MAP_FAILED)
        abort();
    counts = map;
    for (int kind = 0; fault != NULL && kind < N_KINDS; kind++) {
        size_t len = strlen(kind_names[kind]);
        if (strncmp(fault, kind_names[kind], len) != 0 || fault[len] != ':')
            continue;
        char *end;
        fault_kind = kind;
        fault_number = strtoll(fault + len + 1, &end, 10);
        fault_short = strcmp(end, ":short") == 0;
        fault_signal = strncmp(end, ":signal:", 8) == 0;
        fault_error = atoi(end + (fault_signal ? 8 : 1));
    }
    if (fault != NULL && fault_kind < 0)
        abort();
    ready = true;
}

/* A function that returns -1, or another failure, with errno set. */
#define FAILING(kind, fd, failure, type, name, parameters, arguments)                              \
    type name parameters;                                                                          \
    type name parameters                                                                           \
    {                                                                                              \
        static _Atomic(void *) real_##name;                                                        \
        return fails(kind, fd) ? failure : REAL(name) arguments;                                   \
    }

/* ---- memory ---- */

FAILING(MEMORY, -1, NULL, void *, malloc, (size_t size), (size))
FAILING(MEMORY, -1, NULL, void *, calloc, (size_t n, size_t size), (n, size))
FAILING(MEMORY, -1, NULL, void *, realloc, (void *old, size_t size), (old, size))
FAILING(MEMORY, -1, NULL, void *, reallocarray, (void *old, size_t n, size_t size), (old, n, size))
FAILING(MEMORY, -1, NULL, void *, aligned_alloc, (size_t alignment, size_t size), (alignment, size))
FAILING(MEMORY, -1, ENOMEM, int, posix_memalign, (void **to, size_t alignment, size_t size),
        (to, alignment, size))
FAILING(THREAD, -1, fault_error, int, pthread_create,
        (pthread_t * thread, const pthread_attr_t *attributes, void *(*body)(void *), void *state),
        (thread, attributes, body, state))

/* ---- descriptors ---- */

/* The second name is that of calls with 64-bit offsets, of old with a second interface. */
#define OPENING(name)                                                                              \
    int name(const char *path, int flags, ...);                                                    \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        static _Atomic(void *) real_##name;                                                        \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;                                  \
        va_end(list);                                                                              \
        return fails(OPEN, -1) ? -1 : REAL(name)(path, flags, mode);                               \
    }
#define OPENING_AT(name)                                                                           \
    int name(int folder, const char *path, int flags, ...);                                        \
    int name(int folder, const char *path, int flags, ...)                                         \
    {                                                                                              \
        static _Atomic(void *) real_##name;                                                        \
        va_list list;                                                                              \
        va_start(list, flags);                                                                     \
        mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;                                  \
        va_end(list);                                                                              \
        return fails(OPEN, -1) ? -1 : REAL(name)(folder, path, flags, mode);                       \
    }
OPENING(open)
OPENING(open64)
OPENING_AT(openat)
OPENING_AT(openat64)

#define STATTING(bits)                                                                             \
    FAILING(STAT, -1, -1, int, stat##bits, (const char *path, struct stat##bits *into),            \
            (path, into))                                                                          \
    FAILING(STAT, fd, -1, int, fstat##bits, (int fd, struct stat##bits *into), (fd, into))         \
    FAILING(STAT, -1, -1, int, fstatat##bits,                                                      \
            (int folder, const char *path, struct stat##bits *into, int flags),                    \
            (folder, path, into, flags))
STATTING()
STATTING(64)

#define SEEKING(bits)                                                                              \
    FAILING(SEEK, fd, -1, off_t, lseek##bits, (int fd, off_t at, int whence), (fd, at, whence))    \
    FAILING(TRUNCATE, fd, -1, int, ftruncate##bits, (int fd, off_t len), (fd, len))
SEEKING()
SEEKING(64)

FAILING(CLOSE, fd, (REAL(close)(fd), errno = fault_error, -1), int, close, (int fd), (fd))
FAILING(POLL, -1, -1, int, poll, (struct pollfd * fds, nfds_t n, int timeout), (fds, n, timeout))
FAILING(POLL, -1, -1, int, ppoll,
        (struct pollfd * fds, nfds_t n, const struct timespec *timeout, const sigset_t *set),
        (fds, n, timeout, set))
FAILING(PIPE, -1, -1, int, pipe, (int ends[2]), (ends))
FAILING(PIPE, -1, -1, int, pipe2, (int ends[2], int flags), (ends, flags))
FAILING(SIGACTION, -1, -1, int, sigaction,
        (int signal, const struct sigaction *new, struct sigaction *old), (signal, new, old))
FAILING(ACCESS, -1, -1, int, access, (const char *path, int mode), (path, mode))
FAILING(SYNC, fd, -1, int, fsync, (int fd), (fd))
FAILING(SYNC, fd, -1, int, fdatasync, (int fd), (fd))
FAILING(SYNC, fd, -1, int, syncfs, (int fd), (fd))
FAILING(RENAME, -1, -1, int, rename, (const char *from, const char *to), (from, to))
FAILING(RENAME, -1, -1, int, renameat, (int here, const char *from, int there, const char *to),
        (here, from, there, to))
FAILING(UNLINK, -1, -1, int, unlink, (const char *path), (path))
FAILING(UNLINK, -1, -1, int, unlinkat, (int folder, const char *path, int flags),
        (folder, path, flags))
FAILING(FOLDER, -1, -1, int, mkdir, (const char *path, mode_t mode), (path, mode))

#define CONTROLLING(name)                                                                          \
    int name(int fd, int command, ...);                                                            \
    int name(int fd, int command, ...)                                                             \
    {                                                                                              \
        static _Atomic(void *) real_##name;                                                        \
        va_list list;                                                                              \
        va_start(list, command);                                                                   \
        void *argument = va_arg(list, void *);                                                     \
        va_end(list);                                                                              \
        return fails(CONTROL, fd) ? -1 : REAL(name)(fd, command, argument);                        \
    }
CONTROLLING(fcntl)
CONTROLLING(fcntl64)

/* ---- bytes: a call may take fewer than it is given ---- */

#define MOVING(kind, name, parameters, one_byte, arguments)                                        \
    ssize_t name parameters;                                                                       \
    ssize_t name parameters                                                                        \
    {                                                                                              \
        static _Atomic(void *) real_##name;                                                        \
        if (!strikes(kind, fd))                                                                    \
            return REAL(name) arguments;                                                           \
        if (fault_short)                                                                           \
            return REAL(name) one_byte;                                                            \
        errno = fault_error;                                                                       \
        return -1;                                                                                 \
    }
#define LEAST(size) (size) < 1 ? (size) : 1
MOVING(READ, read, (int fd, void *to, size_t size), (fd, to, LEAST(size)), (fd, to, size))
MOVING(READ, __read_chk, (int fd, void *to, size_t size, size_t room), (fd, to, LEAST(size), room),
       (fd, to, size, room))
MOVING(READ, pread64, (int fd, void *to, size_t size, off_t at), (fd, to, LEAST(size), at),
       (fd, to, size, at))
MOVING(WRITE, write, (int fd, const void *from, size_t size), (fd, from, LEAST(size)),
       (fd, from, size))

ssize_t writev(int fd, const struct iovec *pieces, int n)
{
    static _Atomic(void *) real_writev;
    if (!strikes(WRITE, fd))
        return REAL(writev)(fd, pieces, n);
    if (fault_short)
        return REAL(writev)(fd, &(struct iovec){pieces[0].iov_base, pieces[0].iov_len != 0}, 1);
    errno = fault_error;
    return -1;
}
