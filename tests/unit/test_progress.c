/* The line of --progress: its numbers, whatever they are. */
#include "cli/progress.h"
#include "unit.h"

#include <string.h>
#include <unistd.h>

/* A million seconds and more, so that those that the test itself takes are none of the line's. */
static const struct {
    uint64_t all, n_passed, n_bytes, n_events;
    time_t seconds;
    const char *line;
} rows[] = {
    {0, 0, 0, 0, 4000000, "0 B, 0 events/s"},
    {0, 0, 999, 8000000, 4000000, "999 B, 2 events/s"},
    {0, 0, 1000, 0, 4000000, "1.0 kB, 0 events/s"},
    {0, 0, 999949, 0, 4000000, "999.9 kB, 0 events/s"},
    {0, 0, 999950, 0, 4000000, "1.0 MB, 0 events/s"},
    {0, 0, UINT64_MAX, 0, 4000000, "18.4 EB, 0 events/s"},
    {1000, 0, 1000, 0, 4000000, "1.0 kB, 0 events/s, 100%, 0:00:00 left"},
    {8000000000, 0, 7999280000, 0, 4000000, "8.0 GB, 0 events/s, 99%, 0:06:00 left"},
    {1000, 0, 999, 0, 4000000, "999 B, 0 events/s, 99%, 1:06:44 left"},
    {1000, 500, 250, 0, 4000000, "250 B, 0 events/s, 75%, 1111:06:40 left"},
    /* an earlier run has done all but what is not read yet */
    {1000, 500, 0, 0, 4000000, "0 B, 0 events/s, 50%, 0:00:00 left"},
    /* it has grown meanwhile */
    {1000, 500, 600, 0, 4000000, "600 B, 0 events/s, 100%, 0:00:00 left"},
    /* too long for anybody to wait for */
    {1000000000000, 0, 1, 0, 4000000, "1 B, 0 events/s, 0%, 277777:46:40 left"},
    /* before the first tick of the clock */
    {0, 0, 5, 5, -100, "5 B, 0 events/s"},
};

START_TEST(the_line)
{
    const char *const no_events[] = {NULL};
    struct progress progress;
    int ends[2];
    char line[300] = "";
    ck_assert_int_eq(pipe(ends), 0);
    progress_start(&progress, PROGRESS_ALWAYS, true, no_events);
    progress.start.tv_sec -= rows[_i].seconds;
    progress.drawn.tv_sec += 1000; /* nothing is drawn before the end */
    progress.all = rows[_i].all;
    progress_pass(&progress, rows[_i].n_passed);
    progress_add(&progress, rows[_i].n_bytes, rows[_i].n_events);
    int standard_error = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    progress_end(&progress);
    dup2(standard_error, STDERR_FILENO);
    ssize_t len = read(ends[0], line, sizeof line - 1);
    ck_assert_int_gt(len, 6);
    ck_assert_int_eq(line[0], '\r');
    ck_assert_str_eq(line + len - 4, "\x1b[K\n");
    line[len - 4] = '\0';
    ck_assert_str_eq(line + 1, rows[_i].line);
}
END_TEST

static void fill(TCase *tests)
{
    tcase_add_loop_test(tests, the_line, 0, sizeof rows / sizeof *rows);
}

int main(void)
{
    return unit_run("progress", fill);
}
