/* How commands end that main then ends by a signal: whoever comes first, the reader who goes or the
 * signal, what was written is whole lines. */
#include "base/signals.h"
#include "cli/check.h"
#include "cli/diff.h"
#include "cli/explain.h"
#include "cli/filter.h"
#include "cli/report.h"
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { N_EVENTS = 40000, N_DESTINATIONS = 2000, STREAM = 8 * 1024 * 1024 };

static char folder[] = "/tmp/assent-commands-XXXXXX";
static const char event[] =
    "{\"context\":{\"consent\":{\"categoryPreferences\":{\"Ads\":true}}}}\n";

static FILE *create(const char *name)
{
    FILE *file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    return file;
}

static void set_up(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    FILE *one = create("one"), *few = create("few"), *many = create("many");
    fprintf(one, "{\"version\":1,\"destinations\":{\"a\":[\"Ads\"]}}");
    fprintf(few, "%s%s", event, event);
    for (int i = 0; i < N_EVENTS; i++)
        fprintf(many, "%s", event);
    FILE *wide = create("wide");
    fprintf(wide, "{\"version\":1,\"destinations\":{\"a\":[\"Ads\"]");
    for (int i = 1; i < N_DESTINATIONS; i++)
        fprintf(wide, ",\"destination-%d\":[\"Fun\"]", i);
    fprintf(wide, "}}");
    ck_assert_int_eq(fclose(one) | fclose(few) | fclose(many) | fclose(wide), 0);
}

static void tear_down(void)
{
    ck_assert_int_eq(unlink("one") | unlink("few") | unlink("many") | unlink("wide"), 0);
    ck_assert_int_eq(chdir("/") | rmdir(folder), 0);
}

struct command {
    enum status (*run)(int argc, char **argv);
    const char *arguments[8];
};

/* In a process of its own, for a command takes signals and enters the sandbox. Its stdout and
 * stderr are pipes whose other ends are these; what comes before it is `first`. */
static pid_t start(const struct command *command, void (*first)(void), int ends[2])
{
    int pipes[2][2];
    ck_assert_int_eq(pipe(pipes[0]) | pipe(pipes[1]), 0);
    pid_t process = fork();
    ck_assert_int_ge(process, 0);
    if (process == 0) {
        char *argv[9] = {(char *)(uintptr_t) "assent"}; /* nothing is written to it */
        int argc = 1;
        for (; command->arguments[argc - 1] != NULL; argc++)
            argv[argc] = (char *)(uintptr_t)command->arguments[argc - 1];
        for (int i = 0; i < 2; i++) {
            dup2(pipes[i][1], i + 1);
            close(pipes[i][0]);
            close(pipes[i][1]);
        }
        first();
        exit(command->run(argc, argv) & 0xFF);
    }
    for (int i = 0; i < 2; i++) {
        close(pipes[i][1]);
        ends[i] = pipes[i][0];
    }
    return process;
}

static int status_of(pid_t process)
{
    int status;
    ck_assert_int_eq(waitpid(process, &status, 0), process);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* All that comes; the other pipe is hardly written. */
static size_t read_all(int fd, char *bytes)
{
    size_t len = 0;
    for (ssize_t n; (n = read(fd, bytes + len, STREAM - len)) > 0;)
        len += (size_t)n;
    close(fd);
    return len;
}

static char bytes[STREAM];

/* ---- a signal that came before the first line ---- */

static void take_signal(void)
{
    ck_assert(signals_catch());
    raise(SIGTERM);
    ck_assert_int_eq(signals_pending(), SIGTERM);
}

static const struct command commands[] = {
    {filter, {"-m", "one", "few", NULL}},
    {filter, {"-m", "one", "-j", "2", "--stats", "few", NULL}},
    {filter, {"--help", NULL}},
    {check, {"one", "--against", "few", NULL}},
    {explain, {"-m", "one", "few", NULL}},
    {diff, {"one", "wide", "few", NULL}},
    {report, {"-m", "one", "few", NULL}},
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

START_TEST(nothing_is_done_after_a_signal)
{
    int ends[2];
    pid_t process = start(&commands[_i], take_signal, ends);
    ck_assert_uint_eq(read_all(ends[0], bytes), 0);
    ck_assert_uint_eq(read_all(ends[1], bytes), 0);
    ck_assert_int_eq(status_of(process), STATUS_INTERRUPTED & 0xFF);
}
END_TEST

/* ---- a reader that has gone ---- */

static void lose_reader(void)
{
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(pipe(ends), 0);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
}

START_TEST(without_a_reader_nothing_is_said)
{
    int ends[2];
    pid_t process = start(&commands[_i], lose_reader, ends);
    size_t len = read_all(ends[1], bytes);
    close(ends[0]);
    int status = status_of(process);
    if (commands[_i].run == check) { /* it says all on standard error */
        ck_assert_int_eq(status, STATUS_DONE);
        return;
    }
    ck_assert_int_eq(status, STATUS_BROKEN_PIPE & 0xFF);
    ck_assert_msg(len == 0, "%.*s", (int)len, bytes);
}
END_TEST

/* ---- a signal while a reader is slow ---- */

static void nothing(void)
{
}

static void write_without_waiting(void)
{
    ck_assert_int_eq(fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK), 0);
}

static void wait_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
}

/* Waits until a pipe takes no more. */
static void wait_until_full(int fd)
{
    int before = -1, now = 0;
    for (; now < 4096 || now != before; before = now, ioctl(fd, FIONREAD, &now))
        wait_a_little();
}

static const struct slow {
    struct command command;
    void (*first)(void);
    int end;        /* of the pipe that is not read */
    size_t at_most; /* of its bytes: all would be more */
} slow_rows[] = {
    {{filter, {"-m", "one", "-j", "1", "many", NULL}}, nothing, 0, N_EVENTS * sizeof event},
    {{filter, {"-m", "one", "-j", "2", "many", NULL}}, nothing, 0, N_EVENTS * sizeof event},
    {{filter, {"-m", "one", "-j", "1", "many", NULL}},
     write_without_waiting,
     0,
     N_EVENTS * sizeof event},
    {{explain, {"-m", "one", "many", NULL}}, nothing, 0, N_EVENTS *(size_t)100},
    {{filter, {"-m", "wide", "--stats", "few", NULL}}, nothing, 1, N_DESTINATIONS *(size_t)100},
};

START_TEST(lines_are_whole_when_a_signal_comes)
{
    const struct slow *slow = &slow_rows[_i];
    int ends[2];
    pid_t process = start(&slow->command, slow->first, ends);
    wait_until_full(ends[slow->end]);
    kill(process, SIGTERM);
    wait_a_little(); /* so that the line under way waits for its reader once more */
    size_t len = read_all(ends[slow->end], bytes);
    ck_assert_uint_gt(len, 4096);
    ck_assert_uint_lt(len, slow->at_most);
    ck_assert_int_eq(bytes[len - 1], '\n');
    ck_assert_int_eq(status_of(process), STATUS_INTERRUPTED & 0xFF);
    close(ends[1 - slow->end]);
}
END_TEST

static void fill(TCase *tests)
{
    tcase_add_unchecked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, nothing_is_done_after_a_signal, 0, N_COMMANDS);
    tcase_add_loop_test(tests, without_a_reader_nothing_is_said, 0, N_COMMANDS);
    tcase_add_loop_test(tests, lines_are_whole_when_a_signal_comes, 0,
                        sizeof slow_rows / sizeof *slow_rows);
    tcase_set_timeout(tests, 60);
}

int main(void)
{
    return unit_run("commands", fill);
}
