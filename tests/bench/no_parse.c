/*
 * The other yardstick: writes the very output of assent without reading a word of the events.
 * `no_parse PATTERN EVENTS TAG...`: PATTERN holds one byte per line of EVENTS, and bit N of it says
 * whether the line is written with the N-th tag. The pipe on standard output is raised to 1 MiB
 * where the system can. What it takes is what copying takes.
 */
#include "line_blocks.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is copied and written at once stays in the cache of one core. */
enum { MAX_TAGS = 8, PIPE_SIZE = 1024 * 1024, BUFFER_SIZE = 256 * 1024 };

struct tag {
    const char *bytes;
    size_t len;
};

struct tags {
    struct tag tag[MAX_TAGS];
    int n;
};

static char buffer[BUFFER_SIZE];
static size_t buffered;

static void fail(const char *what)
{
    perror(what);
    exit(3);
}

static void write_all(const char *bytes, size_t len)
{
    while (len != 0) {
        ssize_t n = write(STDOUT_FILENO, bytes, len);
        if (n < 0)
            fail("standard output");
        bytes += n;
        len -= (size_t)n;
    }
}

static void flush(void)
{
    write_all(buffer, buffered);
    buffered = 0;
}

static void put(const char *bytes, size_t len)
{
    if (len > BUFFER_SIZE - buffered)
        flush();
    if (len > BUFFER_SIZE) {
        write_all(bytes, len);
        return;
    }
    memcpy(buffer + buffered, bytes, len);
    buffered += len;
}

static void put_line(const struct tags *tags, int mask, const char *line, size_t len)
{
    for (int i = 0; i < tags->n; i++) {
        if ((mask >> i & 1) == 0)
            continue;
        put(tags->tag[i].bytes, tags->tag[i].len);
        put("\t", 1);
        put(line, len);
    }
}

static void put_block(const struct tags *tags, FILE *pattern, const struct lines *block)
{
    for (size_t at = 0; at < block->len;) {
        size_t len = line_len(block->bytes + at, block->len - at);
        int mask = getc(pattern);
        if (mask == EOF) {
            fputs("no_parse: more events than bytes in the pattern\n", stderr);
            exit(2);
        }
        put_line(tags, mask, block->bytes + at, len);
        at += len;
    }
}

static void raise_pipe(void)
{
#ifdef F_SETPIPE_SZ
    /* Fails where standard output is no pipe, or the system's limit is lower: then it stays. */
    (void)fcntl(STDOUT_FILENO, F_SETPIPE_SZ, PIPE_SIZE);
#endif
}

int main(int argc, char **argv)
{
    struct tags tags = {.n = argc - 3};
    if (tags.n < 1 || tags.n > MAX_TAGS) {
        fputs("usage: no_parse PATTERN EVENTS TAG...\n", stderr);
        return 2;
    }
    for (int i = 0; i < tags.n; i++)
        tags.tag[i] = (struct tag){argv[3 + i], strlen(argv[3 + i])};
    FILE *pattern = fopen(argv[1], "rb");
    if (pattern == NULL)
        fail(argv[1]);
    struct line_blocks blocks;
    line_blocks_open(&blocks, argv[2]);

    raise_pipe();
    struct lines block = {0};
    while (line_blocks_next(&blocks, &block))
        put_block(&tags, pattern, &block);
    flush();

    free(block.bytes);
    line_blocks_close(&blocks);
    fclose(pattern);
    return 0;
}
