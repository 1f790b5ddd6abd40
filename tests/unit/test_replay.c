/* What a replay rests on: marks that depend on the input's bytes alone, files that can be cut back
 * and gone on with. */
#include "base/system.h"
#include "stream/input.h"
#include "stream/split.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char template[] = "/tmp/test_replay.XXXXXX";
static char folder[sizeof template];
static char paths[3][64];
static const char *names[] = {paths[0], paths[1], paths[2], NULL};

static void make_folder(void)
{
    strcpy(folder, template);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (int i = 0; i < 3; i++)
        snprintf(paths[i], sizeof paths[i], "%s/%d", folder, i);
}

static void remove_folder(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static void write_file(const char *name, const char *bytes, size_t len)
{
    FILE *file = fopen(name, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
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
    make_folder();
    write_file(paths[0], first, sizeof first - 1);
    write_file(paths[1], second, sizeof second - 1);
    write_file(paths[2], last, sizeof last - 1);
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
    make_folder();
    write_file(paths[0], last, sizeof last - 1);
    write_file(paths[1], "", 0);
    write_file(paths[2], "", 0);
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

START_TEST(a_shorter_file_is_no_input_to_go_on_with)
{
    struct input input;
    struct block block = {0};
    make_folder();
    write_file(paths[0], "{}\n", 3);
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
    char path[80];
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

/* ---- the split ---- */

struct splitting {
    struct split split;
    struct sink sink;
};

static void start_split(struct splitting *splitting, enum packing packing, size_t n)
{
    static const char *const file_names[] = {"a", "b", "c", "d"};
    const char *fault;
    int fd = open(folder, O_RDONLY | O_DIRECTORY);
    ck_assert(split_start(&splitting->split, fd, folder, n, packing, &fault));
    for (size_t i = 0; i < n; i++)
        splitting->split.files[i].name = file_names[i];
    splitting->sink = (struct sink){.fd = fd, .name = folder, .split = &splitting->split};
}

static void put(struct splitting *splitting, uint32_t number, const char *line, size_t step)
{
    char bytes[256];
    struct iovec pieces[256];
    size_t len = SPLIT_TAG + strlen(line), n = 0, written;
    split_tag(number, bytes);
    strcpy(bytes + SPLIT_TAG, line);
    for (size_t at = 0; at < len; at += step)
        pieces[n++] = (struct iovec){bytes + at, len - at < step ? len - at : step};
    ck_assert_int_eq(sink_write(&splitting->sink, pieces, n, true, true, &written), SINK_OK);
    ck_assert_uint_eq(written, len);
}

static void end_split(struct splitting *splitting)
{
    ck_assert_int_eq(split_end(&splitting->sink), SINK_OK);
    ck_assert_int_eq(sink_close(&splitting->sink), SINK_OK);
    split_free(&splitting->split);
}

static void check_file(const char *name, const char *bytes)
{
    char path[80], read[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    size_t len = fread(read, 1, sizeof read - 1, file);
    fclose(file);
    read[len] = '\0';
    ck_assert_str_eq(read, bytes);
}

START_TEST(lines_go_to_their_files_however_they_are_cut)
{
    struct splitting splitting;
    make_folder();
    start_split(&splitting, PACKING_NONE, 4);
    splitting.split.open_most = 1;
    for (int round = 0; round < 3; round++) {
        put(&splitting, 2, "{\"n\":1}\n", (size_t)_i);
        put(&splitting, 0, "{\"n\":2}\n", (size_t)_i);
        put(&splitting, 2, "{\"n\":3}\n", (size_t)_i);
        ck_assert_int_eq(split_flush(&splitting.sink, round == 1), SINK_OK);
    }
    end_split(&splitting);
    check_file("a", "{\"n\":2}\n{\"n\":2}\n{\"n\":2}\n");
    check_file("c", "{\"n\":1}\n{\"n\":3}\n{\"n\":1}\n{\"n\":3}\n{\"n\":1}\n{\"n\":3}\n");
    ck_assert_int_eq(access(paths[0], F_OK), -1);
    remove_folder();
}
END_TEST

START_TEST(a_file_in_the_way_is_left_alone)
{
    struct splitting splitting;
    char path[80];
    make_folder();
    snprintf(path, sizeof path, "%s/b", folder);
    start_split(&splitting, PACKING_NONE, 2);
    put(&splitting, 0, "one\n", 9);
    put(&splitting, 1, "two\n", 9);
    write_file(path, "mine", 4);
    ck_assert_int_eq(split_flush(&splitting.sink, false), SINK_FAILED);
    ck_assert_int_eq(splitting.sink.error, EEXIST);
    ck_assert_str_eq(splitting.sink.name, path);
    ck_assert_int_eq(split_end(&splitting.sink), SINK_OK);
    sink_close(&splitting.sink);
    split_free(&splitting.split);
    check_file("a", "one\n");
    check_file("b", "mine");
    remove_folder();
}
END_TEST

/* Somebody else has added to the file, or put another one in its place, while it was closed. */
START_TEST(a_file_that_was_changed_is_left_alone)
{
    struct splitting splitting;
    char path[80];
    make_folder();
    snprintf(path, sizeof path, "%s/a", folder);
    start_split(&splitting, PACKING_NONE, 2);
    splitting.split.open_most = 1;
    put(&splitting, 0, "one\n", 9);
    ck_assert_int_eq(split_flush(&splitting.sink, false), SINK_OK);
    put(&splitting, 1, "two\n", 9);
    ck_assert_int_eq(split_flush(&splitting.sink, false), SINK_OK);
    write_file(path, "one\nmine", 8);
    put(&splitting, 0, "three\n", 9);
    ck_assert_int_eq(split_flush(&splitting.sink, false), SINK_FAILED);
    ck_assert_int_eq(splitting.sink.error, ESTALE);
    split_end(&splitting.sink);
    sink_close(&splitting.sink);
    split_free(&splitting.split);
    check_file("a", "one\nmine");
    remove_folder();
}
END_TEST

/* What was written to a file that somebody has removed is lost: not without a word. */
START_TEST(a_file_that_was_removed_is_told)
{
    struct splitting splitting;
    char path[80];
    make_folder();
    snprintf(path, sizeof path, "%s/a", folder);
    start_split(&splitting, PACKING_NONE, 1);
    put(&splitting, 0, "one\n", 9);
    ck_assert_int_eq(split_flush(&splitting.sink, _i == 1), SINK_OK);
    ck_assert_int_eq(unlink(path), 0);
    put(&splitting, 0, "two\n", 9);
    if (_i == 1)
        ck_assert_int_eq(split_flush(&splitting.sink, true), SINK_FAILED);
    else
        ck_assert_int_eq(split_end(&splitting.sink), SINK_FAILED);
    ck_assert_int_eq(splitting.sink.error, ENOENT);
    ck_assert_str_eq(splitting.sink.name, path);
    split_end(&splitting.sink);
    sink_close(&splitting.sink);
    split_free(&splitting.split);
    remove_folder();
}
END_TEST

/* A pipe in a file's place is not waited for. */
START_TEST(a_pipe_is_no_file_to_go_on_with)
{
    struct splitting splitting;
    char path[80];
    make_folder();
    snprintf(path, sizeof path, "%s/a", folder);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    start_split(&splitting, PACKING_NONE, 1);
    ck_assert(!split_go_on(&splitting.split, &splitting.split.files[0], 0));
    end_split(&splitting);
    remove_folder();
}
END_TEST

static const enum packing packings[] = {PACKING_NONE, PACKING_GZIP, PACKING_ZSTD};

/* Cut back to a flush and gone on with, a file has the bytes of an undisturbed one. */
START_TEST(a_file_is_gone_on_with)
{
    struct splitting splitting;
    char path[80], undisturbed[256], again[256];
    uint64_t len;
    enum packing packing = packings[_i];
    make_folder();
    snprintf(path, sizeof path, "%s/a", folder);
    start_split(&splitting, packing, 1);
    put(&splitting, 0, "one\n", 9);
    ck_assert_int_eq(split_flush(&splitting.sink, true), SINK_OK);
    len = splitting.split.files[0].len;
    put(&splitting, 0, "two\n", 9);
    end_split(&splitting);
    FILE *file = fopen(path, "rb");
    size_t n = fread(undisturbed, 1, sizeof undisturbed, file);
    fclose(file);
    ck_assert_uint_gt(n, len);

    start_split(&splitting, packing, 1);
    ck_assert(!split_go_on(&splitting.split, &splitting.split.files[0], n + 1));
    ck_assert_int_eq(errno, ESTALE);
    ck_assert(split_go_on(&splitting.split, &splitting.split.files[0], len));
    put(&splitting, 0, "two\n", 9);
    end_split(&splitting);
    file = fopen(path, "rb");
    ck_assert_uint_eq(fread(again, 1, sizeof again, file), n);
    fclose(file);
    ck_assert_mem_eq(again, undisturbed, n);
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
    tcase_add_loop_test(tests, a_name_stands_in_its_folder, 0, 3);
    tcase_add_loop_test(tests, lines_go_to_their_files_however_they_are_cut, 1, 16);
    tcase_add_test(tests, a_file_in_the_way_is_left_alone);
    tcase_add_test(tests, a_file_that_was_changed_is_left_alone);
    tcase_add_loop_test(tests, a_file_that_was_removed_is_told, 0, 2);
    tcase_add_test(tests, a_pipe_is_no_file_to_go_on_with);
    tcase_add_loop_test(tests, a_file_is_gone_on_with, 0, 3);
}

int main(void)
{
    return unit_run("replay", fill);
}
