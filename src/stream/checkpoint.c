#include "stream/checkpoint.h"

#include "base/descriptor.h"
#include "base/fingerprint.h"
#include "base/system.h"

#include <ctype.h>
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

/* Takes the word off the rest. */
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
    char *end = *rest;
    if (isxdigit((unsigned char)*end)) /* no sign, no space */
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

/* Takes off the last line; false when it does not sum up what is before it. */
static bool take_sum(char *bytes, size_t len)
{
    enum { SUM_LINE = sizeof "sum 0123456789abcdef\n" - 1 };
    if (len < SUM_LINE || memchr(bytes, '\0', len) != NULL)
        return false;
    char *sum = bytes + len - SUM_LINE, *rest = sum;
    uint64_t number;
    if (!take_word(&rest, "sum ") || !take_number(&rest, 16, '\n', &number) ||
        number != fingerprint((struct text){bytes, len - SUM_LINE}))
        return false;
    *sum = '\0';
    return true;
}

bool checkpoint_parse(struct checkpoint *checkpoint, struct arena *arena, char *bytes, size_t len)
{
    static const char behind_run[] = "\nat ";
    uint64_t file, done;
    struct position *at = &checkpoint->position;
    *checkpoint = (struct checkpoint){0};
    char *rest = bytes;
    if (!take_sum(bytes, len) || !take_word(&rest, first_line))
        return false;
    char *run_end = strstr(rest, behind_run);
    if (run_end == NULL)
        return false;
    checkpoint->run = (struct text){rest, (size_t)(run_end + 1 - rest)};
    rest = run_end + strlen(behind_run);
    if (!take_number(&rest, 10, ' ', &file) || !take_number(&rest, 10, ' ', &at->at) ||
        !take_number(&rest, 10, ' ', &at->line) || !take_number(&rest, 10, '\n', &at->total) ||
        !take_word(&rest, "rejected ") || !take_number(&rest, 10, '\n', &checkpoint->n_rejected))
        return false;
    while (take_word(&rest, "output "))
        if (!take_output(checkpoint, arena, &rest))
            return false;
    if (!take_word(&rest, "done ") || !take_number(&rest, 10, '\n', &done))
        return false;
    at->file = (size_t)file;
    checkpoint->done = done != 0;
    return *rest == '\0';
}

/* ---- the file ---- */

static bool lock(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_SETLK, &whole) == 0;
}

/* Whether the open file is still the one that the name leads to: a run may have replaced it before
 * its lock was asked for. */
static bool stands(const struct checkpoint_file *file, const struct stat *here)
{
    struct stat there;
    return fstatat(file->folder, file->base, &there, 0) == 0 && here->st_ino == there.st_ino &&
           here->st_dev == there.st_dev;
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

/* A name that is too long is told here: later, outputs have been emptied. */
static bool name_temporary(struct checkpoint_file *file)
{
    struct stat stat;
    int size = sizeof file->temporary;
    bool fits = snprintf(file->temporary, (size_t)size, "%s.assent-tmp", file->base) < size;
    errno = ENAMETOOLONG;
    return fits && (fstatat(file->folder, file->temporary, &stat, AT_SYMLINK_NOFOLLOW) == 0 ||
                    errno != ENAMETOOLONG);
}

enum checkpoint_status checkpoint_open(struct checkpoint_file *file, const char *name)
{
    *file = (struct checkpoint_file){.name = name, .fd = -1};
    file->folder = system_open_folder_of(name, &file->base);
    if (file->folder < 0 || !name_temporary(file))
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
        file->size = stat.st_size;
        if (stands(file, &stat))
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
    errno = EFBIG;
    if (file->size > LARGEST)
        return NULL;
    char *bytes = arena_alloc(arena, (size_t)file->size + 1);
    ssize_t n = descriptor_read_all(file->fd, bytes, (size_t)file->size);
    if (n < 0)
        return NULL;
    *len = (size_t)n;
    bytes[n] = '\0';
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
