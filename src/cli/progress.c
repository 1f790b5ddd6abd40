#include "cli/progress.h"

#include "base/system.h"
#include "cli/files.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The bytes that are left to read of a regular file; false for anything else. */
static bool size_of(const char *name, uint64_t *size)
{
    struct stat stat_of;
    if (!files_stat(name, &stat_of) || !S_ISREG(stat_of.st_mode))
        return false;
    off_t at = strcmp(name, "-") == 0 ? lseek(STDIN_FILENO, 0, SEEK_CUR) : 0;
    *size = at < 0 || at > stat_of.st_size ? 0 : (uint64_t)(stat_of.st_size - at);
    return true;
}

/* On the terminal that the events are written to, it would stand among them. */
static bool is_wanted(enum progress_when when, bool on_stdout)
{
    if (when == PROGRESS_AUTO)
        return isatty(STDERR_FILENO) && !(on_stdout && isatty(STDOUT_FILENO));
    return when == PROGRESS_ALWAYS;
}

void progress_start(struct progress *progress, enum progress_when when, bool on_stdout,
                    const char *const *events)
{
    *progress = (struct progress){.on = is_wanted(when, on_stdout)};
    if (!progress->on)
        return;
    for (uint64_t size; *events != NULL; events++, progress->all += size)
        if (!size_of(*events, &size)) {
            progress->all = 0;
            break;
        }
    clock_gettime(CLOCK_MONOTONIC, &progress->start);
    progress->drawn = progress->start;
}

static double seconds_between(struct timespec from, struct timespec to)
{
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static size_t add_bytes(char *line, size_t size, uint64_t n_bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double n = (double)n_bytes;
    size_t unit = 0;
    for (; n >= 999.95; unit++) /* there are no more than 18.4 EB */
        n /= 1000;
    return (size_t)snprintf(line, size, "%.*f %s", unit == 0 ? 0 : 1, n, units[unit]);
}

/* What a file has grown by meanwhile is not waited for. */
static size_t add_share(const struct progress *progress, char *line, size_t size, double seconds)
{
    uint64_t done = progress->n_passed + progress->n_bytes, now = progress->n_bytes;
    done = done < progress->all ? done : progress->all;
    double left = now == 0 ? 0 : seconds * (double)(progress->all - done) / (double)now;
    uint64_t whole = (uint64_t)(left < 1e9 ? left + 0.5 : 1e9);
    return (size_t)snprintf(line, size, ", %u%%, %" PRIu64 ":%02" PRIu64 ":%02" PRIu64 " left",
                            (unsigned)((double)done * 100 / (double)progress->all), whole / 3600,
                            whole / 60 % 60, whole % 60);
}

/* By one write, so that nothing comes between its parts. A terminal that cannot be written is no
 * reason to stop. */
static void draw(struct progress *progress, struct timespec now, const char *end)
{
    char line[200] = "\r", *text = line + 1;
    size_t size = sizeof line - 16, len;
    double seconds = seconds_between(progress->start, now);
    double rate = seconds > 0 ? (double)progress->n_events / seconds : 0;
    len = add_bytes(text, size, progress->n_bytes);
    len += (size_t)snprintf(text + len, size - len, ", %.0f events/s", rate);
    if (progress->all != 0)
        len += add_share(progress, text + len, size - len, seconds);
    size_t columns = system_columns(STDERR_FILENO) - 1;
    len = len < columns ? len : columns;
    len += (size_t)snprintf(text + len, 16, "\x1b[K%s", end);
    ssize_t written = write(STDERR_FILENO, line, len + 1);
    (void)written;
    progress->drawn = now;
    progress->visible = true;
}

void progress_add(struct progress *progress, uint64_t n_bytes, uint64_t n_events)
{
    struct timespec now;
    if (!progress->on)
        return;
    progress->n_bytes += n_bytes;
    progress->n_events += n_events;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (seconds_between(progress->drawn, now) >= 0.1)
        draw(progress, now, "");
}

void progress_pass(struct progress *progress, uint64_t n_bytes)
{
    progress->n_passed += n_bytes;
}

void progress_hide(struct progress *progress)
{
    static const char erase[] = "\r\x1b[K";
    if (!progress->visible)
        return;
    ssize_t written = write(STDERR_FILENO, erase, sizeof erase - 1);
    (void)written;
    progress->visible = false;
}

void progress_end(struct progress *progress)
{
    struct timespec now;
    if (!progress->on)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    draw(progress, now, "\n");
    progress->on = progress->visible = false;
}
