/* Checkpoints, which are whole or nothing, and had by one run at a time. */
#include "base/fingerprint.h"
#include "scratch.h"
#include "stream/checkpoint.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- the text ---- */

static struct checkpoint_output outputs[] = {{"rejects", 12, true}, {"a.ndjson", 0, false}};
static const struct checkpoint example = {.run = {"mapping 1\ninput 2\n", 18},
                                          .position = {3, 4, 5, UINT64_MAX},
                                          .n_rejected = 6,
                                          .outputs = outputs,
                                          .n_outputs = 2,
                                          .done = true};

struct trip {
    struct arena arena;
    size_t damaged; /* a byte; SIZE_MAX: none */
    size_t cut;     /* bytes at the end */
    bool read;
    size_t len;
};

static void make_trip(void *state)
{
    struct trip *trip = state;
    struct page page = {.arena = &trip->arena};
    struct checkpoint back;
    checkpoint_print(&example, &page);
    page_put(&page, "", 1);
    trip->len = page.len - 1;
    size_t len = trip->len - trip->cut;
    page.bytes[len] = '\0';
    if (trip->damaged < len)
        page.bytes[trip->damaged] ^= 1;
    trip->read = checkpoint_parse(&back, &trip->arena, page.bytes, len);
    if (!trip->read)
        return;
    ck_assert(text_equal(back.run, example.run));
    ck_assert_uint_eq(back.position.file, 3);
    ck_assert_uint_eq(back.position.at, 4);
    ck_assert_uint_eq(back.position.line, 5);
    ck_assert_uint_eq(back.position.total, UINT64_MAX);
    ck_assert_uint_eq(back.n_rejected, 6);
    ck_assert_uint_eq(back.n_outputs, 2);
    ck_assert_str_eq(back.outputs[0].name, "rejects");
    ck_assert(back.outputs[0].len == 12 && back.outputs[0].unterminated);
    ck_assert_str_eq(back.outputs[1].name, "a.ndjson");
    ck_assert(back.outputs[1].len == 0 && !back.outputs[1].unterminated);
    ck_assert(back.done);
}

static bool trip_of(size_t damaged, size_t cut, size_t *len)
{
    struct trip trip = {.damaged = damaged, .cut = cut};
    ck_assert(arena_try(&trip.arena, make_trip, &trip));
    arena_free(&trip.arena);
    *len = trip.len;
    return trip.read;
}

START_TEST(a_damaged_checkpoint_is_none)
{
    size_t len;
    ck_assert(trip_of(SIZE_MAX, 0, &len));
    for (size_t i = 0; i < len; i++) {
        size_t same;
        ck_assert(!trip_of(i, 0, &same));
        ck_assert(!trip_of(SIZE_MAX, i + 1, &same));
    }
}
END_TEST

#define BEGIN "assent checkpoint 1\nmapping 1\n"
#define POSITION "at 1 2 3 4\nrejected 5\n"
#define OUTPUT "output 6 0 a\n"

/* Texts with the sum that belongs to them. */
static const struct {
    const char *text;
    bool good;
} sealed_rows[] = {
    {BEGIN POSITION OUTPUT "done 0\n", true},
    {BEGIN POSITION "done 1\n", true},
    {BEGIN POSITION OUTPUT OUTPUT "done 0\n", true},
    {"", false},
    {"assent checkpoint 2\nmapping 1\n" POSITION OUTPUT "done 0\n", false},
    {"assent checkpoint 1\n" POSITION OUTPUT "done 0\n", false}, /* of no run */
    {BEGIN, false},
    {BEGIN OUTPUT "done 0\n", false},
    {BEGIN "at \nrejected 5\n" OUTPUT "done 0\n", false},
    {BEGIN "at x 2 3 4\nrejected 5\n" OUTPUT "done 0\n", false},
    {BEGIN "at 1 x 3 4\nrejected 5\n" OUTPUT "done 0\n", false},
    {BEGIN "at 1 2 x 4\nrejected 5\n" OUTPUT "done 0\n", false},
    {BEGIN "at 1 2 3 x\nrejected 5\n" OUTPUT "done 0\n", false},
    {BEGIN "at 1 2 3\nrejected 5\n" OUTPUT "done 0\n", false},
    {BEGIN "at 1 2 3 4 5\nrejected 5\n" OUTPUT "done 0\n", false},
    {BEGIN "at 1  2 3 4\nrejected 5\n" OUTPUT "done 0\n", false},
    {BEGIN "at 1 -2 3 4\nrejected 5\n" OUTPUT "done 0\n", false},
    {BEGIN "at 1 2 3 0x4\nrejected 5\n" OUTPUT "done 0\n", false},
    {BEGIN "at 1 2 3 4\n" OUTPUT "done 0\n", false},
    {BEGIN "at 1 2 3 4\nrejected \n" OUTPUT "done 0\n", false},
    {BEGIN "at 1 2 3 4\nrejected x\n" OUTPUT "done 0\n", false},
    {BEGIN POSITION "output x 0 a\ndone 0\n", false},
    {BEGIN POSITION "output 6 x a\ndone 0\n", false},
    {BEGIN POSITION "output 6\ndone 0\n", false},
    {BEGIN POSITION "output 6 0 a", false},
    {BEGIN POSITION OUTPUT, false},
    {BEGIN POSITION OUTPUT "done \n", false},
    {BEGIN POSITION OUTPUT "done x\n", false},
    {BEGIN POSITION OUTPUT "done 0", false},
    {BEGIN POSITION OUTPUT "done 0\ndone 0\n", false},
    {BEGIN POSITION "done 0\n" OUTPUT, false},
};

struct reading {
    struct arena arena;
    char bytes[256];
    size_t len;
    bool read;
};

static void parse(void *state)
{
    struct reading *reading = state;
    struct checkpoint checkpoint;
    reading->read = checkpoint_parse(&checkpoint, &reading->arena, reading->bytes, reading->len);
}

/* Whether a text is read, with the sum that belongs to it. */
static bool read_sealed(const char *text, size_t len)
{
    struct reading reading = {0};
    memcpy(reading.bytes, text, len);
    uint64_t sum = fingerprint((struct text){text, len});
    reading.len = len + (size_t)sprintf(reading.bytes + len, "sum %016" PRIx64 "\n", sum);
    ck_assert(arena_try(&reading.arena, parse, &reading));
    arena_free(&reading.arena);
    return reading.read;
}

START_TEST(a_right_sum_is_not_enough)
{
    const char *text = sealed_rows[_i].text;
    ck_assert(read_sealed(text, strlen(text)) == sealed_rows[_i].good);
}
END_TEST

START_TEST(no_byte_is_nul)
{
    static const char text[] = BEGIN POSITION OUTPUT "done 0\n\0done 0\n";
    ck_assert(!read_sealed(text, sizeof text - 1));
}
END_TEST

/* ---- the file ---- */

static const char *path, *other; /* in the folder */

static void make_names(void)
{
    make_folder();
    path = path_of("checkpoint");
    other = path_of("other");
}

START_TEST(one_run_has_the_checkpoint)
{
    struct checkpoint_file file;
    struct stat stat_of;
    make_names();
    ck_assert_int_eq(checkpoint_open(&file, path), CHECKPOINT_NONE);
    checkpoint_close(&file);
    ck_assert_int_eq(stat(path, &stat_of), -1);
    ck_assert_int_eq(checkpoint_open(&file, path), CHECKPOINT_NONE);
    ck_assert(checkpoint_write(&file, TEXT("one")));
    ck_assert(checkpoint_write(&file, TEXT("two")));
    /* Another process is refused, while the file is replaced and replaced again. */
    char command[256];
    snprintf(
        command, sizeof command,
        "python3 -c 'import fcntl,sys; f = open(\"%s\", \"r+\"); fcntl.lockf(f, fcntl.LOCK_EX | "
        "fcntl.LOCK_NB)' 2> /dev/null",
        path);
    ck_assert_int_ne(system(command), 0);
    checkpoint_close(&file);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(checkpoint_open(&file, path), CHECKPOINT_THERE);
    checkpoint_close(&file);
    remove_folder();
}
END_TEST

/* Another process has it until it is killed. */
START_TEST(a_checkpoint_of_another_run_is_busy)
{
    struct checkpoint_file file;
    int ready[2];
    char byte;
    make_names();
    ck_assert_int_eq(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        bool had = checkpoint_open(&file, path) == CHECKPOINT_NONE;
        if (_i == 1)
            had = had && checkpoint_write(&file, TEXT("one"));
        if (had && write(ready[1], "", 1) == 1)
            pause();
        _exit(1);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    ck_assert_int_eq(checkpoint_open(&file, path), CHECKPOINT_BUSY);
    checkpoint_close(&file);
    ck_assert_int_eq(access(path, F_OK), 0); /* it is the other one's */
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ck_assert_int_eq(checkpoint_open(&file, path), _i == 1 ? CHECKPOINT_THERE : CHECKPOINT_NONE);
    checkpoint_close(&file);
    close(ready[0]);
    close(ready[1]);
    remove_folder();
}
END_TEST

/* Nothing is made where nothing may be. */
START_TEST(a_folder_may_be_closed_to_it)
{
    struct checkpoint_file file;
    bool almighty = geteuid() == 0;
    make_names();
    ck_assert_int_eq(chmod(folder, 0555), 0);
    ck_assert(!almighty || seteuid(65534) == 0);
    ck_assert_int_eq(checkpoint_open(&file, path), CHECKPOINT_FAILED);
    ck_assert_int_eq(errno, EACCES);
    checkpoint_close(&file);
    ck_assert(!almighty || seteuid(0) == 0);
    ck_assert_int_eq(chmod(folder, 0700), 0);
    remove_folder();
}
END_TEST

/* That no more files may be open does not mean that there is none. */
START_TEST(too_many_files_are_open)
{
    struct checkpoint_file file;
    struct rlimit old, limit;
    make_names();
    write_file(path, "text", 4);
    int next = dup(STDIN_FILENO); /* it will be that of the folder */
    close(next);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
    limit = (struct rlimit){.rlim_cur = (rlim_t)next + 1, .rlim_max = old.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    enum checkpoint_status status = checkpoint_open(&file, path);
    int error = errno;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
    ck_assert_int_ge(file.folder, 0);
    ck_assert_int_eq(status, CHECKPOINT_FAILED);
    ck_assert_int_eq(error, EMFILE);
    checkpoint_close(&file);
    ck_assert_int_eq(access(path, F_OK), 0);
    remove_folder();
}
END_TEST

/* Has it so many times, written or not, removed or not. False when somebody else had it then. */
static bool take_turns(int n)
{
    struct checkpoint_file file;
    bool good = true;
    while (good && n > 0) {
        enum checkpoint_status status = checkpoint_open(&file, path);
        if (status <= CHECKPOINT_NONE) {
            int turn = open(other, O_WRONLY | O_CREAT | O_EXCL, 0600);
            good = turn >= 0 && (n % 5 != 0 || checkpoint_write(&file, TEXT("text"))) &&
                   close(turn) == 0 && unlink(other) == 0;
            if (n % 2 == 0 && !file.made)
                unlink(path);
            n--;
        } else {
            good = status == CHECKPOINT_BUSY;
        }
        checkpoint_close(&file);
    }
    return good;
}

START_TEST(runs_take_turns)
{
    enum { OTHERS = 3, TURNS = 300 };
    pid_t children[OTHERS];
    make_names();
    for (int i = 0; i < OTHERS; i++) {
        children[i] = fork();
        if (children[i] == 0)
            _exit(take_turns(TURNS) ? 0 : 1);
    }
    ck_assert(take_turns(TURNS));
    for (int i = 0; i < OTHERS; i++) {
        int status;
        waitpid(children[i], &status, 0);
        ck_assert_int_eq(status, 0);
    }
    remove_folder();
}
END_TEST

#define ROWS(rows) (int)(sizeof(rows) / sizeof *(rows))

static void fill(TCase *tests)
{
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_damaged_checkpoint_is_none);
    tcase_add_loop_test(tests, a_right_sum_is_not_enough, 0, ROWS(sealed_rows));
    tcase_add_test(tests, no_byte_is_nul);
    tcase_add_test(tests, one_run_has_the_checkpoint);
    tcase_add_loop_test(tests, a_checkpoint_of_another_run_is_busy, 0, 2);
    tcase_add_test(tests, a_folder_may_be_closed_to_it);
    tcase_add_test(tests, too_many_files_are_open);
    tcase_add_test(tests, runs_take_turns);
}

int main(void)
{
    return unit_run("checkpoint", fill);
}
