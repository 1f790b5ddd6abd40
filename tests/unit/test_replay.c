/* What a replay rests on: marks that depend on the input's bytes alone, and input gone on with. */
#include "base/system.h"
#include "packed.h"
#include "scratch.h"
#include "stream/input.h"
#include "unit.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *names[4];

static void make_inputs(void)
{
    make_folder();
    names[0] = path_of("0");
    names[1] = path_of("1");
    names[2] = path_of("2");
}

/* ---- marks ---- */

enum { MARKS_MOST = 64, TEXT_MOST = 4096 };

struct reading {
    struct position marks[MARKS_MOST];
    size_t n_marks, behind[MARKS_MOST]; /* how much of the text is behind each */
    char text[TEXT_MOST];               /* the blocks', one behind the other */
    size_t len;
};

static void read_on(struct reading *reading, const struct position *from, size_t every)
{
    struct input input;
    struct block block = {0};
    enum input_status status;
    *reading = (struct reading){0};
    input_start(&input, names, 20);
    if (from != NULL)
        input_go_on(&input, *from);
    input_mark(&input, every);
    while ((status = input_next(&input, &block)) == INPUT_BLOCK) {
        memcpy(reading->text + reading->len, block.text.bytes, block.text.len);
        reading->len += block.text.len;
        if (block.mark) {
            reading->behind[reading->n_marks] = reading->len;
            reading->marks[reading->n_marks++] = block.end;
        }
    }
    ck_assert_int_eq(status, INPUT_END);
    input_stop(&input);
    block_free(&block);
}

/* A BOM, CR LF, blank lines, a line that is too long, a last line without its end, an empty file.
 */
static const char first[] =
    "\xEF\xBB\xBF{\"a\":1}\r\n\n{\"a\":2}\n"
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n{\"a\":3}\n{\"a\":4}";
static const char second[] = "P"; /* as a file of Zstandard may begin */
static const char last[] = "{\"b\":1}\n{\"b\":2}\n{\"b\":3}\n\n\n\n{\"b\":4}\n";

static const size_t every_rows[] = {1, 2, 7, 8, 20, 33, 1000};

/* From each mark on, what is read and what is marked is what the undisturbed reading had. */
START_TEST(going_on_reads_the_rest)
{
    static struct reading whole, rest;
    size_t every = every_rows[_i];
    make_inputs();
    write_file(names[0], first, sizeof first - 1);
    write_file(names[1], second, sizeof second - 1);
    write_file(names[2], last, sizeof last - 1);
    read_on(&whole, NULL, every);
    ck_assert_uint_eq(whole.len, sizeof first - 1 - 3 + sizeof second - 1 + sizeof last - 1);
    ck_assert((whole.n_marks != 0) == (every < 1000));
    for (size_t i = 0; i < whole.n_marks; i++) {
        read_on(&rest, &whole.marks[i], every);
        ck_assert_uint_eq(rest.len, whole.len - whole.behind[i]);
        ck_assert_mem_eq(rest.text, whole.text + whole.behind[i], rest.len);
        ck_assert_uint_eq(rest.n_marks, whole.n_marks - i - 1);
        for (size_t j = 0; j < rest.n_marks; j++) {
            const struct position *a = &rest.marks[j], *b = &whole.marks[i + 1 + j];
            ck_assert(a->file == b->file && a->at == b->at && a->line == b->line &&
                      a->total == b->total);
        }
    }
    remove_folder();
}
END_TEST

/* A mark stands at the first line end that is far enough, also inside of what one read brings. */
START_TEST(marks_stand_at_line_ends)
{
    static struct reading reading;
    make_inputs();
    write_file(names[0], last, sizeof last - 1);
    write_file(names[1], "", 0);
    write_file(names[2], "", 0);
    read_on(&reading, NULL, 9);
    static const struct position at[] = {{0, 16, 2, 16}, {0, 24, 3, 24}, {0, 27, 6, 27}};
    ck_assert_uint_eq(reading.n_marks, 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(reading.marks[i].at, at[i].at);
        ck_assert_uint_eq(reading.marks[i].line, at[i].line);
        ck_assert_uint_eq(reading.marks[i].total, at[i].total);
    }
    remove_folder();
}
END_TEST

static enum input_status go_on(struct input *input, struct block *block, uint64_t at)
{
    input_start(input, names, 20);
    input_go_on(input, (struct position){.at = at, .line = at / 6, .total = at});
    return input_next(input, block);
}

/* Far behind what one read brings. */
START_TEST(large_files_are_gone_on_with)
{
    struct input input;
    struct block block = {0};
    make_inputs();
    write_packed(names[0], packings[_i], SIZE_MAX, SIZE_MAX);
    ck_assert_int_eq(go_on(&input, &block, 540006), INPUT_BLOCK);
    ck_assert_uint_eq(block.first_line, 90002);
    ck_assert(text_equal((struct text){block.text.bytes, 6}, TEXT("90001\n")));
    input_stop(&input);
    block_free(&block);
    remove_folder();
}
END_TEST

/* A pipe is read up to there. */
START_TEST(a_pipe_is_gone_on_with)
{
    struct input input;
    struct block block = {0};
    make_inputs();
    write_packed(names[1], PACKING_NONE, SIZE_MAX, SIZE_MAX);
    ck_assert_int_eq(mkfifo(names[0], 0600), 0);
    pid_t child = fork();
    if (child == 0) {
        execlp("cp", "cp", names[1], names[0], (char *)NULL);
        _exit(1);
    }
    ck_assert_int_eq(go_on(&input, &block, 540006), INPUT_BLOCK);
    ck_assert_uint_eq(block.first_line, 90002);
    ck_assert(text_equal((struct text){block.text.bytes, 6}, TEXT("90001\n")));
    input_stop(&input);
    block_free(&block);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    remove_folder();
}
END_TEST

/* What is to be passed over is not all there, or cannot be read. */
START_TEST(a_packed_file_that_was_changed_is_told)
{
    static const struct {
        enum packing packing;
        uint64_t at;
        size_t cut_at, damaged_at;
        const char *fault;
    } rows[] = {
        {PACKING_GZIP, 600006, SIZE_MAX, SIZE_MAX, "it is shorter than it was"},
        {PACKING_ZSTD, 600006, SIZE_MAX, SIZE_MAX, "it is shorter than it was"},
        {PACKING_GZIP, 540000, 1000, SIZE_MAX, "it ends in the middle of its gzip data"},
        {PACKING_ZSTD, 540000, 1000, SIZE_MAX, "it ends in the middle of its Zstandard data"},
        {PACKING_GZIP, 600006, SIZE_MAX, 12, "its gzip data is corrupt"},
        {PACKING_ZSTD, 600006, SIZE_MAX, 12, "its Zstandard data is corrupt"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct input input;
        struct block block = {0};
        make_inputs();
        write_packed(names[0], rows[i].packing, rows[i].cut_at, rows[i].damaged_at);
        ck_assert_int_eq(go_on(&input, &block, rows[i].at), INPUT_FAILED);
        ck_assert_str_eq(input_fault(&input), rows[i].fault);
        input_stop(&input);
        block_free(&block);
        remove_folder();
    }
}
END_TEST

START_TEST(a_shorter_file_is_no_input_to_go_on_with)
{
    struct input input;
    struct block block = {0};
    make_inputs();
    write_file(names[0], "{}\n", 3);
    input_start(&input, names, 20);
    input_go_on(&input, (struct position){.at = 4, .line = 1, .total = 4});
    ck_assert_int_eq(input_next(&input, &block), INPUT_FAILED);
    ck_assert_str_eq(input_fault(&input), "it is shorter than it was");
    input_stop(&input);
    block_free(&block);
    remove_folder();
}
END_TEST

/* ---- the folder ---- */

/* Of a file and of a folder, whose name may end in slashes. */
START_TEST(a_name_stands_in_its_folder)
{
    static const char *const rows[][2] = {{"%s/0", "0"}, {"%s/in", "in"}, {"%s/in//", "in//"}};
    struct stat want, got;
    char path[64];
    const char *base;
    make_folder();
    snprintf(path, sizeof path, rows[_i][0], folder);
    int fd = system_open_folder_of(path, &base);
    ck_assert_str_eq(base, rows[_i][1]);
    ck_assert(stat(folder, &want) == 0 && fstat(fd, &got) == 0);
    ck_assert_uint_eq(got.st_ino, want.st_ino);
    close(fd);
    fd = system_open_folder_of("in", &base);
    ck_assert_str_eq(base, "in");
    ck_assert(stat(".", &want) == 0 && fstat(fd, &got) == 0);
    ck_assert_uint_eq(got.st_ino, want.st_ino);
    close(fd);
    remove_folder();
}
END_TEST

static void fill(TCase *tests)
{
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, going_on_reads_the_rest, 0,
                        (int)(sizeof every_rows / sizeof *every_rows));
    tcase_add_test(tests, marks_stand_at_line_ends);
    tcase_add_test(tests, a_shorter_file_is_no_input_to_go_on_with);
    tcase_add_loop_test(tests, large_files_are_gone_on_with, 0, 3);
    tcase_add_test(tests, a_pipe_is_gone_on_with);
    tcase_add_test(tests, a_packed_file_that_was_changed_is_told);
    tcase_add_loop_test(tests, a_name_stands_in_its_folder, 0, 3);
}

int main(void)
{
    return unit_run("replay", fill);
}
