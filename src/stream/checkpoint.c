#include "stream/checkpoint.h"

#include "base/descriptor.h"
#include "base/fingerprint.h"
#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char first_line[] = "assent checkpoint 1\n";

/* ---- the text ---- */

void checkpoint_print(const struct checkpoint *checkpoint, struct page *page)
{
    const struct position *at = &checkpoint->position;
    size_t begin = page->len;
    page_add(page, first_line);
    page_put(page, checkpoint->run.bytes, checkpoint->run.len);
    page_printf(page, "at %zu %" PRIu64 " %" PRIu64 " %" PRIu64 "\nrejected %" PRIu64 "\n",
                at->file, at->at, at->line, at->total, checkpoint->n_rejected);
    for (size_t i = 0; i < checkpoint->n_outputs; i++) {
        const struct checkpoint_output *output = &checkpoint->outputs[i];
        page_printf(page, "output %" PRIu64 " %d %s\n", output->len, output->unterminated,
                    output->name);
    }
    page_printf(page, "done %d\n", checkpoint->done);
    uint64_t sum = fingerprint((struct text){page->bytes + begin, page->len - begin});
    page_printf(page, "sum %016" PRIx64 "\n", sum);
}

/* Takes the word and a space off the rest. */
static bool take_word(char **rest, const char *word)
{
    size_t len = strlen(word);
    if (strncmp(*rest, word, len) != 0)
        return false;
    *rest += len;
    return true;
}

/* Takes a number and the one character behind it off the rest. */
static bool take_number(char **rest, int base, char behind, uint64_t *number)
{
    char *end;
    *number = strtoull(*rest, &end, base);
    if (end == *rest || *end != behind)
        return false;
    *rest = end + 1;
    return true;
}

static bool take_output(struct checkpoint *checkpoint, struct arena *arena, char **rest)
{
    struct checkpoint_output output;
    uint64_t unterminated;
    if (!take_number(rest, 10, ' ', &output.len) || !take_number(rest, 10, ' ', &unterminated))
        return false;
    char *end = strchr(*rest, '\n');
    if (end == NULL)
        return false;
    *end = '\0';
    output.name = *rest;
    output.unterminated = unterminated != 0;
    *rest = end + 1;
    checkpoint->outputs = arena_one_more(arena, checkpoint->outputs, checkpoint->n_outputs,
                                         sizeof *checkpoint->outputs);
    checkpoint->outputs[checkpoint->n_outputs++] = output;
    return true;
}

/* Whether the last line sums up what is before it. */
static bool is_whole(const char *bytes, size_t len)
{
    enum { SUM_LINE = sizeof "sum 0123456789abcdef\n" - 1 };
    if (len < SUM_LINE || bytes[len - 1] != '\n' || memchr(bytes, '\0', len) != NULL)
        return false;
    char *sum = (char *)(uintptr_t)bytes + len - SUM_LINE;
    uint64_t number;
    return take_word(&sum, "sum ") && take_number(&sum, 16, '\n', &number) &&
           number == fingerprint((struct text){bytes, len - SUM_LINE});
}

bool checkpoint_parse(struct checkpoint *checkpoint, struct arena *arena, char *bytes, size_t len)
{
    uint64_t file, done;
    struct position *at = &checkpoint->position;
    *checkpoint = (struct checkpoint){0};
    char *rest = bytes;
    if (!is_whole(bytes, len) || !take_word(&rest, first_line))
        return false;
    char *run_end = strstr(rest, "\nat ");
    if (run_end == NULL)
        return false;
    checkpoint->run = (struct text){rest, (size_t)(run_end + 1 - rest)};
    rest = run_end + 1;
    if (!take_word(&rest, "at ") || !take_number(&rest, 10, ' ', &file) ||
        !take_number(&rest, 10, ' ', &at->at) || !take_number(&rest, 10, ' ', &at->line) ||
        !take_number(&rest, 10, '\n', &at->total) || !take_word(&rest, "rejected ") ||
        !take_number(&rest, 10, '\n', &checkpoint->n_rejected))
        return false;
    while (take_word(&rest, "output "))
        if (!take_output(checkpoint, arena, &rest))
            return false;
    at->file = (size_t)file;
    bool good = take_word(&rest, "done ") && take_number(&rest, 10, '\n', &done);
    checkpoint->done = good && done != 0;
    return good;
}

/* ---- the file ---- */

static bool lock(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_SETLK, &whole) == 0;
}

/* Whether the open file is still the one that the name leads to: a run may have replaced it before
 * its lock was asked for. */
static bool stands(const struct checkpoint_file *file)
{
    struct stat here, there;
    return fstat(file->fd, &here) == 0 && fstatat(file->folder, file->base, &there, 0) == 0 &&
           here.st_ino == there.st_ino && here.st_dev == there.st_dev;
}

/* What stands there is not made anew, and what is made here is known to be. A link is not followed:
 * it would be replaced. */
static bool open_or_make(struct checkpoint_file *file)
{
    int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK;
    do {
        file->fd = descriptor_open_at(file->folder, file->base, flags, 0);
        file->made = file->fd < 0 && errno == ENOENT;
        if (file->made)
            file->fd = descriptor_open_at(file->folder, file->base, flags | O_CREAT | O_EXCL, 0666);
    } while (file->made && file->fd < 0 && errno == EEXIST); /* another run was first */
    file->made = file->made && file->fd >= 0;
    return file->fd >= 0;
}

enum checkpoint_status checkpoint_open(struct checkpoint_file *file, const char *name)
{
    *file = (struct checkpoint_file){.name = name, .fd = -1};
    file->folder = system_open_folder_of(name, &file->base);
    int len = snprintf(file->temporary, sizeof file->temporary, "%s.assent-tmp", file->base);
    errno = len < (int)sizeof file->temporary ? errno : ENAMETOOLONG;
    if (file->folder < 0 || len >= (int)sizeof file->temporary)
        return CHECKPOINT_FAILED;
    for (;;) {
        struct stat stat;
        if (!open_or_make(file)) /* a link: ELOOP here, EMLINK elsewhere */
            return errno == ELOOP || errno == EMLINK || errno == EISDIR ? CHECKPOINT_NO_FILE
                                                                        : CHECKPOINT_FAILED;
        if (fstat(file->fd, &stat) != 0 || !S_ISREG(stat.st_mode))
            return CHECKPOINT_NO_FILE;
        bool locked = lock(file->fd);
        file->made = file->made && locked; /* else the other one's */
        if (!locked)
            return errno == EAGAIN || errno == EACCES ? CHECKPOINT_BUSY : CHECKPOINT_FAILED;
        if (stands(file))
            return stat.st_size == 0 ? CHECKPOINT_NONE : CHECKPOINT_THERE;
        close(file->fd);
    }
}

void checkpoint_close(struct checkpoint_file *file)
{
    if (file->made)
        unlinkat(file->folder, file->base, 0);
    if (file->fd >= 0)
        close(file->fd);
    if (file->folder >= 0)
        close(file->folder);
    file->fd = file->folder = -1;
}

size_t checkpoint_stat(const struct checkpoint_file *file, struct stat stats[2])
{
    size_t n = fstat(file->fd, &stats[0]) == 0;
    return n + (fstatat(file->folder, file->temporary, &stats[n], 0) == 0);
}

char *checkpoint_read(const struct checkpoint_file *file, struct arena *arena, size_t *len)
{
    enum { LARGEST = 256 * 1024 * 1024 };
    struct stat stat;
    if (fstat(file->fd, &stat) != 0)
        return NULL;
    errno = EFBIG;
    if (!S_ISREG(stat.st_mode) || stat.st_size > LARGEST)
        return NULL;
    size_t size = (size_t)stat.st_size;
    char *bytes = arena_alloc(arena, size + 1);
    for (*len = 0; *len < size;) {
        ssize_t n = pread(file->fd, bytes + *len, size - *len, (off_t)*len);
        if (n == 0)
            break;
        if (n > 0)
            *len += (size_t)n;
        else if (errno != EINTR)
            return NULL;
    }
    bytes[*len] = '\0';
    return bytes;
}

/* The new file is locked before it stands in the old one's place. */
bool checkpoint_write(struct checkpoint_file *file, struct text text)
{
    int fd = descriptor_open_at(file->folder, file->temporary,
                                O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0666);
    if (fd < 0)
        return false;
    size_t written;
    if (lock(fd) && descriptor_write(fd, text, &written) && system_sync(fd) &&
        renameat(file->folder, file->temporary, file->folder, file->base) == 0) {
        close(file->fd);
        file->fd = fd;
        file->made = false;
        return system_sync(file->folder);
    }
    int error = errno;
    unlinkat(file->folder, file->temporary, 0);
    close(fd);
    errno = error;
    return false;
}
