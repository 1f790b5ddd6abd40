/* The yardstick: parses every line of a file with a bare yajl, no callbacks, and nothing else.
 * `bare_yajl [-j THREADS] FILE`. What assent does on top of this is what assent costs. */
#include "line_blocks.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <yajl/yajl_parse.h>

enum { MAX_THREADS = 256 };

/* The threads take blocks in turns; each parses what it took. */
struct work {
    pthread_mutex_t lock; /* of all below */
    struct line_blocks blocks;
    unsigned long n_bad;
};

static bool is_json(const char *line, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)line;
    yajl_handle handle = yajl_alloc(NULL, NULL, NULL);
    bool good = yajl_parse(handle, bytes, len) == yajl_status_ok &&
                yajl_complete_parse(handle) == yajl_status_ok;
    yajl_free(handle);
    return good;
}

static unsigned long count_bad(const struct lines *block)
{
    unsigned long n_bad = 0;
    for (size_t at = 0; at < block->len;) {
        size_t len = line_len(block->bytes + at, block->len - at);
        n_bad += !is_json(block->bytes + at, len);
        at += len;
    }
    return n_bad;
}

static bool take_block(struct work *work, struct lines *block)
{
    pthread_mutex_lock(&work->lock);
    bool taken = line_blocks_next(&work->blocks, block);
    pthread_mutex_unlock(&work->lock);
    return taken;
}

static void *parse_blocks(void *argument)
{
    struct work *work = argument;
    struct lines block = {0};
    unsigned long n_bad = 0;
    while (take_block(work, &block))
        n_bad += count_bad(&block);
    free(block.bytes);
    pthread_mutex_lock(&work->lock);
    work->n_bad += n_bad;
    pthread_mutex_unlock(&work->lock);
    return NULL;
}

/* The calling thread is the first of them. */
static void parse_on_threads(struct work *work, int n_threads)
{
    pthread_t threads[MAX_THREADS];
    int n_started = 0;
    while (n_started < n_threads - 1 &&
           pthread_create(&threads[n_started], NULL, parse_blocks, work) == 0)
        n_started++;
    if (n_started < n_threads - 1) {
        fputs("bare_yajl: a thread cannot be started\n", stderr);
        exit(2);
    }
    parse_blocks(work);
    for (int i = 0; i < n_started; i++)
        pthread_join(threads[i], NULL);
}

static int usage(void)
{
    fputs("usage: bare_yajl [-j THREADS] FILE\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    int n_threads = 1;
    for (int option; (option = getopt(argc, argv, "j:")) != -1;) {
        if (option != 'j')
            return usage();
        n_threads = atoi(optarg);
    }
    if (optind != argc - 1 || n_threads < 1 || n_threads > MAX_THREADS)
        return usage();

    struct work work = {.lock = PTHREAD_MUTEX_INITIALIZER};
    line_blocks_open(&work.blocks, argv[optind]);
    parse_on_threads(&work, n_threads);
    line_blocks_close(&work.blocks);
    printf("%lu lines that are not JSON\n", work.n_bad);
    return work.n_bad != 0;
}
