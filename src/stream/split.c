#include "stream/split.h"

#include "base/descriptor.h"
#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WRITTEN_AT = 256 * 1024,          /* bytes of a file that wait */
    PACKED_AT = 1024 * 1024,          /* the same, where they are packed: larger packs smaller */
    RESERVED_MOST = 64 * 1024 * 1024, /* for all files */
    RESERVED_FIRST = 4 * 1024,
    OPEN_MOST = 1024,
    FILES_TO_SYNC = 32, /* with more, the whole file system at once */
};

/* Of the files that a process may have open: a dozen are needed for all else. */
static size_t open_most(size_t allowed)
{
    enum { FEW = 64 };
    size_t most = allowed < FEW ? allowed / 8 : allowed / 2;
    return most < OPEN_MOST ? most : OPEN_MOST;
}

bool split_start(struct split *split, int folder, const char *folder_name, size_t n_files,
                 enum packing packing, const char **fault)
{
    *split = (struct split){.folder = folder,
                            .folder_name = folder_name,
                            .n_files = n_files,
                            .packing = packing,
                            .open_most = open_most(system_open_files())};
    *fault = "out of memory";
    split->files = calloc(n_files, sizeof *split->files);
    split->waiting = calloc(n_files, sizeof *split->waiting);
    split->open = calloc(split->open_most, sizeof *split->open);
    if (split->files == NULL || split->waiting == NULL || split->open == NULL)
        return false;
    for (size_t i = 0; i < n_files; i++)
        split->files[i].fd = -1;
    if (packing != PACKING_NONE)
        split->pack = pack_start(packing, fault);
    return packing == PACKING_NONE || split->pack != NULL;
}

void split_free(struct split *split)
{
    for (size_t i = 0; split->files != NULL && i < split->n_files; i++)
        free(split->files[i].bytes);
    pack_end(split->pack);
    free(split->files);
    free(split->waiting);
    free(split->open);
    free(split->failed);
    *split = (struct split){0};
}

void split_tag(uint32_t number, char *tag)
{
    memcpy(tag, &number, SPLIT_TAG);
}

static enum sink_status failed(struct sink *sink, const struct split_file *file, int error)
{
    struct split *split = sink->split;
    size_t size = strlen(split->folder_name) + strlen(file->name) + 2;
    free(split->failed);
    sink->name = split->folder_name;
    split->failed = malloc(size);
    if (split->failed != NULL) {
        snprintf(split->failed, size, "%s/%s", split->folder_name, file->name);
        sink->name = split->failed;
    }
    sink->error = error;
    return SINK_FAILED;
}

/* ---- open files ---- */

/* What is written to a file that somebody has removed is lost. */
static bool is_there(const struct split_file *file)
{
    struct stat stat;
    if (fstat(file->fd, &stat) != 0)
        return false;
    errno = ENOENT;
    return stat.st_nlink != 0;
}

static bool close_file(struct split_file *file)
{
    int fd = file->fd, error = is_there(file) ? 0 : errno;
    file->fd = -1;
    if (close(fd) != 0 && errno != EINTR)
        return false;
    errno = error;
    return error == 0;
}

/* Makes place among the open files; that of one whose close fails is free as well. */
static struct split_file *make_place(struct split *split, size_t tag)
{
    if (split->n_open < split->open_most) {
        split->open[split->n_open++] = tag;
        return NULL;
    }
    struct split_file *oldest = &split->files[split->open[split->next]];
    split->open[split->next] = tag;
    split->next = (split->next + 1) % split->open_most;
    return oldest;
}

/* What somebody else has put in the file's place is left alone. */
static bool is_the_same(struct split_file *file)
{
    struct stat stat;
    if (fstat(file->fd, &stat) != 0)
        return false;
    if (!file->made)
        file->inode = stat.st_ino;
    bool same =
        S_ISREG(stat.st_mode) && stat.st_ino == file->inode && (uint64_t)stat.st_size == file->len;
    errno = ESTALE;
    return same;
}

static enum sink_status open_file(struct sink *sink, struct split_file *file)
{
    struct split *split = sink->split;
    if (file->fd >= 0)
        return SINK_OK;
    struct split_file *oldest = make_place(split, (size_t)(file - split->files));
    if (oldest != NULL && oldest->fd >= 0 && !close_file(oldest))
        return failed(sink, oldest, errno);
    int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
    if (!file->made)
        flags |= O_CREAT | O_EXCL;
    file->fd = descriptor_open_at(split->folder, file->name, flags, 0666);
    if (file->fd < 0 || !is_the_same(file))
        return failed(sink, file, errno);
    file->made = true;
    return SINK_OK;
}

bool split_go_on(struct split *split, struct split_file *file, uint64_t len, bool cut)
{
    struct stat stat = {0};
    int fd = descriptor_open_at(split->folder, file->name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    if (fd < 0)
        return false;
    bool good = fstat(fd, &stat) == 0;
    if (good && (!S_ISREG(stat.st_mode) || (uint64_t)stat.st_size < len)) {
        errno = ESTALE;
        good = false;
    }
    good = good && (!cut || descriptor_truncate(fd, (off_t)len) == 0);
    int error = errno;
    close(fd);
    errno = error;
    file->made = good;
    file->len = len;
    file->inode = stat.st_ino;
    return good;
}

/* ---- writing ---- */

/* Appends the bytes; when that fails, only whole lines stay of them. */
static enum sink_status append(struct sink *sink, struct split_file *file, struct text text)
{
    size_t written;
    if (!descriptor_write(file->fd, text, &written)) {
        int error = errno;
        if (sink->split->packing == PACKING_NONE)
            file->len += text_behind_last((struct text){text.bytes, written}, '\n');
        int cut = descriptor_truncate(file->fd, (off_t)file->len);
        (void)cut; /* a checkpoint knows the length, too */
        return failed(sink, file, error);
    }
    file->len += text.len;
    file->unsynced = true;
    return SINK_OK;
}

static enum sink_status write_file(struct sink *sink, struct split_file *file)
{
    struct split *split = sink->split;
    struct text text = {file->bytes, file->n_bytes};
    if (text.len == 0)
        return SINK_OK;
    if (split->pack != NULL && !pack_whole(split->pack, text, &text))
        return failed(sink, file, ENOMEM);
    enum sink_status status = open_file(sink, file);
    if (status == SINK_OK)
        status = append(sink, file, text);
    file->n_bytes = 0;
    return status;
}

/* Writes what waits and gives back its memory. Where one file fails, the others still get theirs:
 * what is lost is the less. */
static enum sink_status write_waiting(struct sink *sink)
{
    struct split *split = sink->split;
    enum sink_status status = SINK_OK;
    for (size_t i = 0; i < split->n_waiting; i++) {
        struct split_file *file = &split->files[split->waiting[i]];
        if (write_file(sink, file) != SINK_OK)
            status = SINK_FAILED;
        free(file->bytes);
        file->bytes = NULL;
        file->cap = 0;
        file->waiting = false;
    }
    split->n_waiting = split->n_reserved = 0;
    return status;
}

static bool make_room(struct split *split, struct split_file *file, size_t more)
{
    size_t cap = file->cap == 0 ? RESERVED_FIRST : file->cap;
    while (cap - file->n_bytes < more)
        cap *= 2;
    if (cap == file->cap)
        return true;
    char *bytes = realloc(file->bytes, cap);
    if (bytes == NULL)
        return false;
    split->n_reserved += cap - file->cap;
    file->bytes = bytes;
    file->cap = cap;
    return true;
}

static enum sink_status add(struct sink *sink, struct split_file *file, struct text text)
{
    struct split *split = sink->split;
    if (!make_room(split, file, text.len))
        return failed(sink, file, ENOMEM);
    memcpy(file->bytes + file->n_bytes, text.bytes, text.len);
    file->n_bytes += text.len;
    if (!file->waiting)
        split->waiting[split->n_waiting++] = (size_t)(file - split->files);
    file->waiting = true;
    return SINK_OK;
}

/* Where a line ends, and only there, it depends on the lines alone what is written now. */
static enum sink_status line_done(struct sink *sink, struct split_file *file)
{
    struct split *split = sink->split;
    size_t most = split->pack != NULL ? PACKED_AT : WRITTEN_AT;
    split->tag_len = 0;
    if (split->n_reserved >= RESERVED_MOST)
        return write_waiting(sink);
    return file->n_bytes >= most ? write_file(sink, file) : SINK_OK;
}

/* Takes the tag of the line at hand off the text; false when it ends before the tag does. */
static bool take_tag(struct split *split, struct text *text)
{
    size_t n = SPLIT_TAG - split->tag_len;
    n = n < text->len ? n : text->len;
    memcpy(split->tag + split->tag_len, text->bytes, n);
    split->tag_len += n;
    *text = (struct text){text->bytes + n, text->len - n};
    memcpy(&split->at, split->tag, SPLIT_TAG);
    return split->tag_len == SPLIT_TAG;
}

static enum sink_status write_piece(struct sink *sink, struct text rest)
{
    struct split *split = sink->split;
    enum sink_status status = SINK_OK;
    while (status == SINK_OK && rest.len != 0) {
        struct text part;
        if (split->tag_len < SPLIT_TAG && !take_tag(split, &rest))
            break;
        if (!text_next_line(&rest, &part))
            break;
        struct split_file *file = &split->files[split->at];
        status = add(sink, file, part);
        if (status == SINK_OK && part.bytes[part.len - 1] == '\n')
            status = line_done(sink, file);
    }
    return status;
}

enum sink_status split_write(struct sink *sink, const struct iovec *pieces, size_t n_pieces,
                             size_t *written)
{
    struct split *split = sink->split;
    enum sink_status status = SINK_OK;
    size_t len = 0;
    *written = 0;
    for (size_t i = 0; i < n_pieces && status == SINK_OK; i++) {
        status = write_piece(sink, (struct text){pieces[i].iov_base, pieces[i].iov_len});
        len += pieces[i].iov_len;
    }
    if (status == SINK_OK && split->at_once && split->pack == NULL)
        status = write_waiting(sink);
    if (status == SINK_OK)
        *written = len;
    return status;
}

/* ---- flushing ---- */

/* What was written through a descriptor that is closed can be synced by another one. */
static enum sink_status sync_file(struct sink *sink, struct split_file *file)
{
    enum sink_status status = file->unsynced ? open_file(sink, file) : SINK_OK;
    if (status != SINK_OK || !file->unsynced)
        return status;
    if (!system_sync(file->fd))
        return failed(sink, file, errno);
    file->unsynced = false;
    return SINK_OK;
}

static enum sink_status sync_all(struct sink *sink)
{
    struct split *split = sink->split;
    enum sink_status status = SINK_OK;
    size_t n = 0;
    for (size_t i = 0; i < split->n_files; i++)
        n += split->files[i].unsynced;
    bool at_once = n > FILES_TO_SYNC && system_sync_all(split->folder);
    for (size_t i = 0; i < split->n_files && n != 0; i++) {
        struct split_file *file = &split->files[i];
        file->unsynced = file->unsynced && !at_once;
        if (status == SINK_OK && file->fd >= 0 && !is_there(file))
            status = failed(sink, file, errno);
        if (status == SINK_OK)
            status = sync_file(sink, file);
    }
    if (status == SINK_OK && n != 0 && !system_sync(split->folder)) {
        sink->error = errno;
        return SINK_FAILED;
    }
    return status;
}

enum sink_status split_flush(struct sink *sink, bool sync)
{
    enum sink_status status = write_waiting(sink);
    return status == SINK_OK && sync ? sync_all(sink) : status;
}

enum sink_status split_end(struct sink *sink)
{
    struct split *split = sink->split;
    enum sink_status status = sink->error == 0 ? write_waiting(sink) : SINK_OK;
    for (size_t i = 0; i < split->n_files; i++)
        if (split->files[i].fd >= 0 && !close_file(&split->files[i]) && status == SINK_OK)
            status = failed(sink, &split->files[i], errno);
    return status;
}
