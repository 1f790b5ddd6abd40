/* What the system says of itself: folders, terminals, pipes, limits. */
#include "base/system.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- processors ---- */

#ifdef __linux__
#include <sched.h>

/* In place of the system's: so many are allowed; less than none: it cannot say. */
static int n_allowed;

int sched_getaffinity(pid_t process, size_t size, cpu_set_t *set)
{
    ck_assert_int_eq(process, 0);
    CPU_ZERO_S(size, set);
    for (int i = 0; i < n_allowed; i++)
        CPU_SET_S((size_t)i, size, set);
    return n_allowed < 0 ? -1 : 0;
}

static const struct {
    int n_allowed;
    size_t expected;
} processor_rows[] = {{-1, 1}, {0, 1}, {1, 1}, {3, 3}};

START_TEST(there_is_a_processor)
{
    n_allowed = processor_rows[_i].n_allowed;
    ck_assert_uint_eq(system_processors(), processor_rows[_i].expected);
}
END_TEST
#endif

/* ---- folders ---- */

static const struct {
    const char *name, *folder, *base;
} folder_rows[] = {
    {"a", ".", "a"},          {"/a", "/", "a"},    {"/dev/a", "/dev", "a"}, {"/dev/", "/", "dev/"},
    {"/dev//", "/", "dev//"}, {"../a", "..", "a"}, {"/", "/", ""},          {"//", "/", "/"},
};

START_TEST(folders_of_names)
{
    const char *base;
    struct stat got, expected;
    int folder = system_open_folder_of(folder_rows[_i].name, &base);
    ck_assert_int_ge(folder, 0);
    ck_assert_str_eq(base, folder_rows[_i].base);
    ck_assert_int_eq(fstat(folder, &got) | stat(folder_rows[_i].folder, &expected), 0);
    ck_assert(got.st_dev == expected.st_dev && got.st_ino == expected.st_ino);
    close(folder);
}
END_TEST

START_TEST(no_folder)
{
    const char *base;
    ck_assert_int_lt(system_open_folder_of("/dev/null/a", &base), 0);
    ck_assert_int_eq(errno, ENOTDIR);
    ck_assert_int_lt(system_open_folder_of("/no such folder/a", &base), 0);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

static void set_columns(int terminal, unsigned short columns)
{
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    ck_assert_int_eq(ioctl(terminal, TIOCSWINSZ, &size), 0);
}

/* A terminal that does not know how wide it is, is taken for one of 80 columns. */
START_TEST(columns_of_a_terminal)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY), nothing = open("/dev/null", O_RDONLY);
    ck_assert_int_ge(terminal, 0);
    set_columns(terminal, 33);
    ck_assert_uint_eq(system_columns(terminal), 33);
    set_columns(terminal, 0);
    ck_assert_uint_eq(system_columns(terminal), 80);
    ck_assert_uint_eq(system_columns(nothing), 80);
    close(terminal);
    close(nothing);
}
END_TEST

/* So many bytes a pipe takes before its reader comes. */
static size_t room_of(int fd)
{
    static const char bytes[4096];
    size_t room = 0;
    ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    for (ssize_t n; (n = write(fd, bytes, sizeof bytes)) > 0;)
        room += (size_t)n;
    return room;
}

START_TEST(a_pipe_gets_wider_and_stays_so)
{
    int plain[2], once[2], twice[2];
    ck_assert_int_eq(pipe(plain) | pipe(once) | pipe(twice), 0);
    system_widen_pipe(once[1]);
    system_widen_pipe(twice[1]);
    system_widen_pipe(twice[1]);
    size_t room = room_of(once[1]);
    ck_assert_uint_ge(room, room_of(plain[1]));
    ck_assert_uint_eq(room_of(twice[1]), room);
}
END_TEST

START_TEST(few_files_are_never_fewer_than_the_least)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    struct rlimit lower = {.rlim_cur = 40, .rlim_max = limit.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &lower), 0);
    ck_assert_uint_eq(system_open_files(), 40);
    lower.rlim_cur = 9;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &lower), 0);
    ck_assert_uint_eq(system_open_files(), 16);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}
END_TEST

START_TEST(where_nothing_can_be_synced_all_is)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert(system_sync(ends[1]));
    close(ends[0]);
    close(ends[1]);
    ck_assert(!system_sync(ends[1]));
    ck_assert_int_eq(errno, EBADF);
}
END_TEST

static void fill(TCase *tests)
{
#ifdef __linux__
    tcase_add_loop_test(tests, there_is_a_processor, 0,
                        sizeof processor_rows / sizeof *processor_rows);
#endif
    tcase_add_loop_test(tests, folders_of_names, 0, sizeof folder_rows / sizeof *folder_rows);
    tcase_add_test(tests, no_folder);
    tcase_add_test(tests, columns_of_a_terminal);
    tcase_add_test(tests, a_pipe_gets_wider_and_stays_so);
    tcase_add_test(tests, few_files_are_never_fewer_than_the_least);
    tcase_add_test(tests, where_nothing_can_be_synced_all_is);
}

int main(void)
{
    return unit_run("system", fill);
}
