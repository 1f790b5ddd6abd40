#include "line_blocks.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_SIZE = 256 * 1024 };

static void reserve(struct lines *lines, size_t cap)
{
    if (cap <= lines->cap)
        return;
    lines->bytes = realloc(lines->bytes, cap);
    lines->cap = cap;
    if (lines->bytes != NULL)
        return;
    perror("memory");
    exit(2);
}

static void copy(struct lines *to, const char *bytes, size_t len)
{
    reserve(to, len);
    if (len != 0)
        memcpy(to->bytes, bytes, len);
    to->len = len;
}

/* How many of the bytes, looking from the end back to `from`, end with an LF. */
static size_t whole_lines(const struct lines *lines, size_t from)
{
    for (size_t end = lines->len; end > from; end--)
        if (lines->bytes[end - 1] == '\n')
            return end;
    return 0;
}

static size_t read_more(struct line_blocks *blocks, struct lines *block)
{
    if (block->len == block->cap)
        reserve(block, 2 * block->cap);
    ssize_t n = read(blocks->fd, block->bytes + block->len, block->cap - block->len);
    if (n < 0) {
        perror(blocks->name);
        exit(2);
    }
    block->len += (size_t)n;
    return (size_t)n;
}

void line_blocks_open(struct line_blocks *blocks, const char *name)
{
    *blocks = (struct line_blocks){.name = name, .fd = open(name, O_RDONLY)};
    if (blocks->fd >= 0)
        return;
    perror(name);
    exit(2);
}

void line_blocks_close(struct line_blocks *blocks)
{
    close(blocks->fd);
    free(blocks->rest.bytes);
}

bool line_blocks_next(struct line_blocks *blocks, struct lines *block)
{
    reserve(block, BLOCK_SIZE);
    copy(block, blocks->rest.bytes, blocks->rest.len);
    blocks->rest.len = 0;
    for (size_t whole = 0; whole == 0;) {
        size_t before = block->len;
        if (read_more(blocks, block) == 0)
            break;
        whole = whole_lines(block, before);
        if (whole != 0) {
            copy(&blocks->rest, block->bytes + whole, block->len - whole);
            block->len = whole;
        }
    }
    return block->len != 0;
}

size_t line_len(const char *lines, size_t len)
{
    const char *end = memchr(lines, '\n', len);
    return end == NULL ? len : (size_t)(end - lines) + 1;
}
