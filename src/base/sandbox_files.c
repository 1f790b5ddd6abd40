#include "base/sandbox_parts.h"

#ifdef ASSENT_LANDLOCK
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the kernel's older headers have no name for. */
enum {
    FS_REFER = 1 << 13, /* to rename from folder to folder */
    FS_TRUNCATE = 1 << 14,
    FS_IOCTL_DEV = 1 << 15,
    NET_ALL = 3,   /* to bind and to connect TCP */
    SCOPE_ALL = 3, /* abstract UNIX sockets and signals to processes outside */
};

struct ruleset {
    uint64_t fs, net, scoped;
};

enum {
    FS_FOLDER = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                LANDLOCK_ACCESS_FS_MAKE_REG | FS_REFER | FS_TRUNCATE,
    FS_FIRST = (1 << 13) - 1, /* what the first version knew; each later one added to it */
};

/* Everything that a kernel of that version can deny, and how much of the struct it knows. */
static struct ruleset all_of(long version, size_t *size)
{
    struct ruleset all = {.fs = FS_FIRST};
    all.fs |= version >= 2 ? FS_REFER : 0;
    all.fs |= version >= 3 ? FS_TRUNCATE : 0;
    all.fs |= version >= 5 ? FS_IOCTL_DEV : 0;
    all.net = version >= 4 ? NET_ALL : 0;
    all.scoped = version >= 6 ? SCOPE_ALL : 0;
    *size = version >= 6   ? sizeof all
            : version >= 4 ? offsetof(struct ruleset, scoped)
                           : offsetof(struct ruleset, net);
    return all;
}

static bool allow(int ruleset, int fd, uint64_t access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
    /* EBADFD: a pipe and the like, which is never denied. */
    return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0 ||
           errno == EBADFD;
}

/* What is beneath a folder that stands among the files stays closed: it may only be opened itself,
 * for the reader to say what it is. A file that is not there any more fails when it is read. */
static bool allow_file(int ruleset, const char *path)
{
    struct stat stat;
    int fd;
    while ((fd = open(path, O_PATH | O_CLOEXEC)) < 0 && errno == EINTR)
        ;
    if (fd < 0)
        return errno == ENOENT;
    bool is_file = fstat(fd, &stat) == 0 && !S_ISDIR(stat.st_mode);
    bool allowed =
        allow(ruleset, fd, is_file ? LANDLOCK_ACCESS_FS_READ_FILE : LANDLOCK_ACCESS_FS_READ_DIR);
    int error = errno;
    close(fd);
    errno = error;
    return allowed;
}

static bool allow_each(int ruleset, const int *fds, uint64_t access)
{
    for (; fds != NULL && *fds >= 0; fds++)
        if (!allow(ruleset, *fds, access))
            return false;
    return true;
}

static bool allow_all(int ruleset, uint64_t handled, const struct sandbox *allowed)
{
    for (const char *const *path = allowed->files; path != NULL && *path != NULL; path++)
        if (strcmp(*path, "-") != 0 && !allow_file(ruleset, *path))
            return false;
    return allow_each(ruleset, allowed->again, LANDLOCK_ACCESS_FS_READ_FILE) &&
           allow_each(ruleset, allowed->folders, FS_FOLDER & handled);
}

bool sandbox_files(const struct sandbox *allowed)
{
    size_t size;
    long version =
        syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 0)
        return false;
    struct ruleset all = all_of(version, &size);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
    if (ruleset < 0)
        return false;
    bool closed =
        allow_all(ruleset, all.fs, allowed) && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    int error = errno;
    close(ruleset);
    errno = error;
    return closed;
}

#else
#include <errno.h>

bool sandbox_files(const struct sandbox *allowed)
{
    (void)allowed;
    errno = ENOSYS;
    return false;
}

#endif
