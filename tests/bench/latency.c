/*
 * `latency N INTERVAL_US EVENTS COMMAND [ARGUMENT...]` starts a filter with a pipe on both sides,
 * hands it N single events, one every INTERVAL_US, and prints how long each took from before its
 * write until its output line was read. EVENTS is a file of lines, used over and over; the command
 * must write one line for each.
 */
#include "line_blocks.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000, MAX_EVENTS = 1000000 };

struct filter {
    pid_t pid;
    int input, output; /* of the filter, our ends */
};

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void wait_until(int64_t time_ns)
{
    struct timespec time = {(time_t)(time_ns / 1000000000), (long)(time_ns % 1000000000)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR)
        continue;
}

static void become(char **command, int input, int output)
{
    if (dup2(input, STDIN_FILENO) >= 0 && dup2(output, STDOUT_FILENO) >= 0)
        execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

static struct filter start(char **command)
{
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0)
        fail("pipe");
    pid_t pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0) {
        close(to[1]);
        close(from[0]);
        become(command, to[0], from[1]);
    }
    close(to[0]);
    close(from[1]);
    return (struct filter){pid, to[1], from[0]};
}

static int stop(const struct filter *filter)
{
    int status;
    close(filter->input);
    if (waitpid(filter->pid, &status, 0) != filter->pid)
        fail("wait");
    close(filter->output);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void send_line(int fd, const char *line, size_t len)
{
    while (len != 0) {
        ssize_t n = write(fd, line, len);
        if (n < 0)
            fail("the filter's input");
        line += n;
        len -= (size_t)n;
    }
}

/* A filter that holds an event back would keep us waiting for ever: patience ends. */
static void receive_line(int fd)
{
    static char bytes[64 * 1024];
    for (ssize_t n = 0; n == 0 || bytes[n - 1] != '\n';) {
        struct pollfd readable = {.fd = fd, .events = POLLIN};
        if (poll(&readable, 1, PATIENCE_MS) == 0) {
            fputs("latency: no output line for an event\n", stderr);
            exit(1);
        }
        n = read(fd, bytes, sizeof bytes);
        if (n <= 0) {
            fputs("latency: the filter's output ended\n", stderr);
            exit(1);
        }
    }
}

/* The time that one event takes, in ns. */
static int64_t round_trip(const struct filter *filter, const char *line, size_t len)
{
    int64_t from = now_ns();
    send_line(filter->input, line, len);
    receive_line(filter->output);
    return now_ns() - from;
}

static void measure(const struct filter *filter, const struct lines *events, int64_t interval_ns,
                    int64_t *times, size_t n)
{
    int64_t next = now_ns();
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len = line_len(events->bytes + at, events->len - at);
        next += interval_ns;
        wait_until(next);
        times[i] = round_trip(filter, events->bytes + at, len);
        if (now_ns() > next) /* late: the stream is idle again before the next event */
            next = now_ns();
        at = at + len == events->len ? 0 : at + len;
    }
}

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static double percentile_us(const int64_t *sorted, size_t n, size_t percent)
{
    size_t rank = (n * percent + 99) / 100;
    return (double)sorted[rank - 1] / 1000;
}

static void print_times(int64_t *times, size_t n)
{
    qsort(times, n, sizeof *times, by_time);
    printf("events %zu\np50_us %.1f\np99_us %.1f\nmax_us %.1f\n", n, percentile_us(times, n, 50),
           percentile_us(times, n, 99), percentile_us(times, n, 100));
}

/* The first block of the file is events enough. */
static struct lines read_events(const char *name)
{
    struct line_blocks blocks;
    struct lines events = {0};
    line_blocks_open(&blocks, name);
    bool any = line_blocks_next(&blocks, &events);
    line_blocks_close(&blocks);
    if (any && events.bytes[events.len - 1] == '\n')
        return events;
    fprintf(stderr, "%s: no whole line\n", name);
    exit(2);
}

int main(int argc, char **argv)
{
    size_t n = argc < 5 ? 0 : strtoul(argv[1], NULL, 10);
    if (n == 0 || n > MAX_EVENTS) {
        fputs("usage: latency N INTERVAL_US EVENTS COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    int64_t interval_ns = strtoll(argv[2], NULL, 10) * 1000;
    struct lines events = read_events(argv[3]);
    int64_t *times = calloc(n, sizeof *times);
    if (times == NULL)
        fail("memory");

    signal(SIGPIPE, SIG_IGN);
    struct filter filter = start(argv + 4);
    round_trip(&filter, events.bytes, line_len(events.bytes, events.len)); /* it has started */
    measure(&filter, &events, interval_ns, times, n);
    int status = stop(&filter);
    if (status == 0)
        print_times(times, n);
    else
        fprintf(stderr, "latency: the filter ended with status %d\n", status);
    free(times);
    free(events.bytes);
    return status == 0 ? 0 : 1;
}
