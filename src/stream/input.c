#include "stream/input.h"

#include "base/signals.h"
#include "base/system.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Past this many bytes more than max_line without an LF, a line is too long even when a BOM stands
 * before it and its last byte is the CR of its end. */
enum { SLACK = 5, READ_SIZE = INPUT_READ_SIZE };

const char *input_name(const char *name)
{
    return strcmp(name, "-") == 0 ? "<stdin>" : name;
}

void input_start(struct input *input, const char *const *names, size_t max_line)
{
    *input = (struct input){.names = names,
                            .first_name = names,
                            .max_line = max_line,
                            .next_mark = UINT64_MAX,
                            .fd = -1};
}

static void set_next_mark(struct input *input)
{
    if (input->mark_every != 0)
        input->next_mark = (input->reached.total / input->mark_every + 1) * input->mark_every;
}

void input_mark(struct input *input, uint64_t every)
{
    input->mark_every = every;
    set_next_mark(input);
}

void input_go_on(struct input *input, struct position position)
{
    input->names += position.file;
    input->reached = position;
    input->skip = position.at;
    set_next_mark(input);
}

void input_cancel(struct input *input)
{
    input->cancelled = true;
    signals_wake();
}

static bool interrupted(const struct input *input)
{
    return signals_pending() != 0 || input->cancelled;
}

/* A FIFO without a writer is not waited for here but by read_file: a signal ends that. */
static int open_file(const struct input *input, const char *name)
{
    struct stat there;
    int fd, flags = O_RDONLY | O_CLOEXEC;
    if (stat(name, &there) == 0 && S_ISFIFO(there.st_mode))
        flags |= system_fifo_flags();
    do
        fd = open(name, flags);
    while (fd < 0 && errno == EINTR && !interrupted(input));
    return fd;
}

static bool open_next(struct input *input)
{
    const char *name = *input->names++;
    input->name = input_name(name);
    if (input->skip == 0)
        input->reached = (struct position){.file = (size_t)(input->names - input->first_name) - 1,
                                           .total = input->reached.total};
    input->at_start = input->skip == 0;
    input->packing = PACKING_UNDECIDED;
    input->fd = strcmp(name, "-") == 0 ? STDIN_FILENO : open_file(input, name);
    input->error = errno;
    return input->fd >= 0;
}

static void close_file(struct input *input)
{
    if (input->fd > STDIN_FILENO)
        close(input->fd);
    input->fd = -1;
    unpack_end(input->unpack);
    input->unpack = NULL;
}

const char *input_fault(const struct input *input)
{
    return input->fault != NULL ? input->fault : strerror(input->error);
}

static bool reserve(char **bytes, size_t *cap, size_t needed)
{
    if (needed <= *cap)
        return true;
    char *new = realloc(*bytes, needed);
    if (new == NULL)
        return false;
    *bytes = new;
    *cap = needed;
    return true;
}

/* Room for one more read: blocks double until a line of the longest kind fits. */
static bool make_room(const struct input *input, struct block *block)
{
    if (block->len < block->cap)
        return true;
    size_t most = input->max_line + SLACK;
    size_t cap = block->cap < READ_SIZE ? READ_SIZE : block->cap * 2;
    if (cap > most && block->len < most)
        cap = most;
    return reserve(&block->bytes, &block->cap, cap < READ_SIZE ? READ_SIZE : cap);
}

/* One read of the file, waiting if it must. *n is 0 at the file's end. */
static enum input_status read_file(struct input *input, char *room, size_t size, size_t *n)
{
    for (;;) {
        bool ready = !interrupted(input) && signals_wait(input->fd, POLLIN);
        if (interrupted(input))
            return INPUT_INTERRUPTED;
        if (!ready)
            continue; /* a FIFO that has no writer yet would seem to be at its end */
        ssize_t got = read(input->fd, room, size);
        if (got >= 0) {
            *n = (size_t)got;
            input->n_read += *n;
            return INPUT_BLOCK;
        }
        if (errno != EINTR && errno != EAGAIN) {
            input->error = errno;
            return INPUT_FAILED;
        }
    }
}

static enum input_status read_packed(struct input *input, char *room, size_t size, size_t *n)
{
    for (;;) {
        if (interrupted(input))
            return INPUT_INTERRUPTED;
        *n = 0;
        enum unpack_status unpacked = unpack_some(input->unpack, room, size, n, &input->fault);
        if (unpacked == UNPACK_BAD)
            return INPUT_FAILED;
        if (unpacked != UNPACK_MORE)
            return INPUT_BLOCK;
        size_t fed;
        enum input_status status = read_file(input, unpack_room(input->unpack), UNPACK_READ, &fed);
        if (status != INPUT_BLOCK)
            return status;
        unpack_feed(input->unpack, fed);
    }
}

/* Decides by the file's first bytes, which stand at the block's begin, how it is packed; if it is,
 * takes them from there. */
static enum input_status recognise(struct input *input, struct block *block)
{
    struct text begin = {block->bytes, block->len};
    input->packing = packing_of(begin);
    if (input->packing == PACKING_NONE || input->packing == PACKING_UNDECIDED)
        return INPUT_BLOCK;
    input->unpack = unpack_start(input->packing, begin, &input->fault);
    block->len = 0;
    return input->unpack == NULL ? INPUT_FAILED : INPUT_BLOCK;
}

/* Reads once. *n is 0 at the file's end. */
static enum input_status read_once(struct input *input, struct block *block, size_t *n)
{
    enum input_status status;
    do {
        if (!make_room(input, block))
            return INPUT_NO_MEMORY;
        size_t room = block->cap - block->len, most = READ_SIZE;
        if (input->packing == PACKING_UNDECIDED)
            most = UNPACK_READ - block->len;
        char *to = block->bytes + block->len;
        status = input->unpack != NULL ? read_packed(input, to, room < most ? room : most, n)
                                       : read_file(input, to, room < most ? room : most, n);
        if (status != INPUT_BLOCK || *n == 0)
            return status;
        block->len += *n;
        if (input->packing == PACKING_UNDECIDED)
            status = recognise(input, block);
    } while (status == INPUT_BLOCK && (input->packing == PACKING_UNDECIDED || block->len == 0));
    return status;
}

static size_t count_line_ends(const char *bytes, size_t len)
{
    size_t n = 0;
    const char *end = bytes + len;
    while (bytes < end && (bytes = memchr(bytes, '\n', (size_t)(end - bytes))) != NULL) {
        bytes++;
        n++;
    }
    return n;
}

/* Ends the block at the offset; what was read behind it is carried over to the next one. */
static enum input_status cut(struct input *input, struct block *block, size_t end)
{
    size_t rest = block->len - end;
    if (!reserve(&input->carry, &input->carry_cap, rest))
        return INPUT_NO_MEMORY;
    if (rest != 0)
        memcpy(input->carry, block->bytes + end, rest);
    input->carry_len = rest;
    block->len = end;

    size_t skip = 0;
    if (input->at_start && end >= 3 && memcmp(block->bytes, "\xEF\xBB\xBF", 3) == 0)
        skip = 3;
    input->at_start = false;
    block->text = (struct text){block->bytes + skip, end - skip};
    block->name = input->name;
    block->n_read = input->n_read;
    block->n_sought = input->n_sought;
    input->n_read = input->n_sought = 0;
    block->first_line = input->reached.line + 1;
    input->reached.at += end;
    input->reached.total += end;
    return INPUT_BLOCK;
}

/* Behind a line's end: so many lines were handed on. */
static void count_lines(struct input *input, struct block *block, uint64_t n)
{
    input->reached.line += n;
    block->end = input->reached;
    block->mark = input->reached.total >= input->next_mark;
    if (block->mark)
        set_next_mark(input);
}

static enum input_status cut_lines(struct input *input, struct block *block, size_t end)
{
    enum input_status status = cut(input, block, end);
    block->over_long = block->begins = block->ends = false;
    uint64_t n = count_line_ends(block->text.bytes, block->text.len);
    if (block->text.len != 0 && block->bytes[end - 1] != '\n')
        n++;
    count_lines(input, block, n);
    return status;
}

static enum input_status cut_part(struct input *input, struct block *block, size_t end, bool ends)
{
    bool begins = !input->over_long;
    enum input_status status = cut(input, block, end);
    block->over_long = true;
    block->begins = begins;
    block->ends = ends;
    input->over_long = !ends;
    block->mark = false;
    if (ends)
        count_lines(input, block, 1);
    return status;
}

/* The offset behind the last LF among the bytes from `from` on, or 0. */
static size_t behind_last_line_end(const struct block *block, size_t from)
{
    if (from == block->len) /* as in a block that has no memory yet */
        return 0;
    size_t end = text_behind_last((struct text){block->bytes + from, block->len - from}, '\n');
    return end == 0 ? 0 : from + end;
}

/* The block's end, which is that of a line, or the next mark's before it. */
static size_t up_to_mark(const struct input *input, const struct block *block, size_t end)
{
    if (input->next_mark - input->reached.total >= end)
        return end;
    size_t least = (size_t)(input->next_mark - input->reached.total) - 1;
    const char *line_end = memchr(block->bytes + least, '\n', end - least);
    return (size_t)(line_end - block->bytes) + 1;
}

static enum input_status shorter(struct input *input)
{
    input->fault = "it is shorter than it was";
    return INPUT_FAILED;
}

/* Passes over the rest of what an earlier run has worked on, where the file lets it. */
static enum input_status seek(struct input *input)
{
    struct stat stat;
    off_t at = lseek(input->fd, (off_t)input->skip, SEEK_CUR);
    if (at < 0)
        return INPUT_BLOCK;
    if (fstat(input->fd, &stat) == 0 && stat.st_size < at)
        return shorter(input);
    input->n_sought = input->skip;
    input->skip = 0;
    return INPUT_BLOCK;
}

/* Passes over what an earlier run has worked on. */
static enum input_status skip(struct input *input, struct block *block)
{
    enum input_status status = INPUT_BLOCK;
    while (status == INPUT_BLOCK && input->skip != 0) {
        size_t n;
        status = read_once(input, block, &n);
        if (status != INPUT_BLOCK)
            return status;
        if (block->len == 0)
            return shorter(input);
        size_t drop = block->len < input->skip ? block->len : (size_t)input->skip;
        block->len -= drop;
        memmove(block->bytes, block->bytes + drop, block->len);
        input->skip -= drop;
        if (input->packing == PACKING_NONE && input->skip != 0)
            status = seek(input);
    }
    return status;
}

/* What was read of it before has been handed on: nothing is carried over. */
static enum input_status rest_of_over_long(struct input *input, struct block *block)
{
    size_t n;
    enum input_status status = read_once(input, block, &n);
    if (status != INPUT_BLOCK)
        return status;
    if (n == 0) {
        close_file(input);
        return cut_part(input, block, 0, true);
    }
    const char *line_end = memchr(block->bytes, '\n', block->len);
    if (line_end == NULL)
        return cut_part(input, block, block->len, false);
    return cut_part(input, block, (size_t)(line_end - block->bytes) + 1, true);
}

static enum input_status next_of_file(struct input *input, struct block *block)
{
    if (input->over_long)
        return rest_of_over_long(input, block);
    enum input_status skipped = skip(input, block);
    if (skipped != INPUT_BLOCK)
        return skipped;
    for (size_t searched = 0;;) {
        size_t end = behind_last_line_end(block, searched);
        if (end != 0)
            return cut_lines(input, block, up_to_mark(input, block, end));
        if (block->len >= input->max_line + SLACK)
            return cut_part(input, block, block->len, false);
        searched = block->len;
        size_t n;
        enum input_status status = read_once(input, block, &n);
        if (status != INPUT_BLOCK)
            return status;
        if (n == 0) {
            close_file(input);
            return cut_lines(input, block, block->len);
        }
    }
}

/* Room for what is carried over; what a long line took is given back. */
static bool start_block(const struct input *input, struct block *block)
{
    if (block->cap > READ_SIZE)
        block_free(block);
    return reserve(&block->bytes, &block->cap, input->carry_len);
}

enum input_status input_next(struct input *input, struct block *block)
{
    for (;;) {
        if (input->fd < 0) {
            if (*input->names == NULL)
                return INPUT_END;
            if (!open_next(input))
                return interrupted(input) ? INPUT_INTERRUPTED : INPUT_FAILED;
        }
        if (!start_block(input, block))
            return INPUT_NO_MEMORY;
        block->len = input->carry_len;
        if (block->len != 0)
            memcpy(block->bytes, input->carry, block->len);
        input->carry_len = 0;
        enum input_status status = next_of_file(input, block);
        if (status != INPUT_BLOCK || block->text.len != 0 || block->over_long)
            return status;
    }
}

void input_stop(struct input *input)
{
    close_file(input);
    free(input->carry);
    input->carry = NULL;
}
