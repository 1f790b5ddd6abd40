/* The files of a split: whole lines, and none of somebody else's. */
#include "scratch.h"
#include "stream/split.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* One whose failure was told. */
static void end_failed_split(struct splitting *splitting)
{
    split_end(&splitting->sink);
    sink_close(&splitting->sink);
    split_free(&splitting->split);
}

static void check_fault(const struct splitting *splitting, int error, const char *path)
{
    ck_assert_int_eq(splitting->sink.error, error);
    ck_assert_str_eq(splitting->sink.name, path);
}

static void check_file(const char *name, const char *bytes)
{
    char read[256];
    FILE *file = fopen(path_of(name), "rb");
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
    ck_assert_int_eq(access(path_of("b"), F_OK), -1);
    remove_folder();
}
END_TEST

START_TEST(a_file_in_the_way_is_left_alone)
{
    struct splitting splitting;
    make_folder();
    const char *path = path_of("b");
    start_split(&splitting, PACKING_NONE, 2);
    put(&splitting, 0, "one\n", 9);
    put(&splitting, 1, "two\n", 9);
    write_file(path, "mine", 4);
    ck_assert_int_eq(split_flush(&splitting.sink, false), SINK_FAILED);
    check_fault(&splitting, EEXIST, path);
    end_split(&splitting);
    check_file("a", "one\n");
    check_file("b", "mine");
    remove_folder();
}
END_TEST

/* One that cannot be made takes no other's place among the few that are open. */
START_TEST(the_others_get_theirs)
{
    struct splitting splitting;
    make_folder();
    const char *path = path_of("a");
    write_file(path, "mine", 4);
    start_split(&splitting, PACKING_NONE, 3);
    splitting.split.open_most = 1;
    put(&splitting, 0, "one\n", 9);
    put(&splitting, 1, "two\n", 9);
    put(&splitting, 2, "three\n", 9);
    ck_assert_int_eq(split_flush(&splitting.sink, false), SINK_FAILED);
    ck_assert_str_eq(splitting.sink.name, path);
    end_split(&splitting);
    check_file("a", "mine");
    check_file("b", "two\n");
    check_file("c", "three\n");
    remove_folder();
}
END_TEST

static void add_to(const char *path)
{
    write_file(path, "one\nmine", 8);
}

static void put_another(const char *path)
{
    const char *other = path_of("other");
    write_file(other, "own\n", 4);
    ck_assert_int_eq(rename(other, path), 0);
}

static int reader = -1; /* of a pipe */

static void put_pipe(const char *path)
{
    ck_assert(unlink(path) == 0 && mkfifo(path, 0600) == 0);
    reader = open(path, O_RDONLY | O_NONBLOCK);
    ck_assert_int_ge(reader, 0);
}

static const struct {
    void (*change)(const char *path);
    const char *bytes;
} change_rows[] = {{add_to, "one\nmine"}, {put_another, "own\n"}, {put_pipe, NULL}};

static void check_left_alone(size_t row)
{
    char byte;
    if (change_rows[row].bytes != NULL)
        check_file("a", change_rows[row].bytes);
    else
        ck_assert_int_eq(read(reader, &byte, 1), 0);
}

/* Somebody else has added to the file, or put another one or a pipe in its place, while it was
 * closed. It is found when the file is written to again, or synced. */
START_TEST(a_file_that_was_changed_is_left_alone)
{
    struct splitting splitting;
    bool sync = _i % 2 == 1;
    make_folder();
    const char *path = path_of("a");
    start_split(&splitting, PACKING_NONE, 2);
    splitting.split.open_most = 1;
    put(&splitting, 0, "one\n", 9);
    ck_assert_int_eq(split_flush(&splitting.sink, false), SINK_OK);
    put(&splitting, 1, "two\n", 9);
    ck_assert_int_eq(split_flush(&splitting.sink, false), SINK_OK);
    change_rows[_i / 2].change(path);
    if (!sync)
        put(&splitting, 0, "three\n", 9);
    ck_assert_int_eq(split_flush(&splitting.sink, sync), SINK_FAILED);
    check_fault(&splitting, ESTALE, path);
    end_failed_split(&splitting);
    check_left_alone((size_t)_i / 2);
    remove_folder();
}
END_TEST

/* It is found when the file makes place for another one. */
START_TEST(a_file_that_was_removed_is_told_when_it_is_closed)
{
    struct splitting splitting;
    make_folder();
    const char *path = path_of("a");
    start_split(&splitting, PACKING_NONE, 2);
    splitting.split.open_most = 1;
    put(&splitting, 0, "one\n", 9);
    ck_assert_int_eq(split_flush(&splitting.sink, false), SINK_OK);
    ck_assert_int_eq(unlink(path), 0);
    put(&splitting, 1, "two\n", 9);
    ck_assert_int_eq(split_flush(&splitting.sink, false), SINK_FAILED);
    check_fault(&splitting, ENOENT, path);
    end_split(&splitting);
    remove_folder();
}
END_TEST

/* What is as long as is written at once does not wait for a flush, and is not written by it again.
 */
START_TEST(a_long_line_does_not_wait)
{
    enum { LONG = 300 * 1024 };
    struct splitting splitting;
    struct stat stat_of;
    char *line = malloc(SPLIT_TAG + LONG);
    size_t written;
    make_folder();
    const char *path = path_of("a");
    start_split(&splitting, PACKING_NONE, 1);
    split_tag(0, line);
    memset(line + SPLIT_TAG, 'x', LONG);
    line[SPLIT_TAG + LONG - 1] = '\n';
    struct iovec piece = {line, SPLIT_TAG + LONG};
    ck_assert_int_eq(sink_write(&splitting.sink, &piece, 1, true, true, &written), SINK_OK);
    ck_assert(stat(path, &stat_of) == 0 && stat_of.st_size == LONG);
    ck_assert_int_eq(split_flush(&splitting.sink, true), SINK_OK);
    ck_assert(stat(path, &stat_of) == 0 && stat_of.st_size == LONG);
    put(&splitting, 0, "one\n", 9);
    end_split(&splitting);
    ck_assert(stat(path, &stat_of) == 0 && stat_of.st_size == LONG + 4);
    free(line);
    remove_folder();
}
END_TEST

/* What was written to a file that somebody has removed is lost: not without a word. */
START_TEST(a_file_that_was_removed_is_told)
{
    struct splitting splitting;
    make_folder();
    const char *path = path_of("a");
    start_split(&splitting, PACKING_NONE, 1);
    put(&splitting, 0, "one\n", 9);
    ck_assert_int_eq(split_flush(&splitting.sink, _i == 1), SINK_OK);
    ck_assert_int_eq(unlink(path), 0);
    put(&splitting, 0, "two\n", 9);
    if (_i == 1)
        ck_assert_int_eq(split_flush(&splitting.sink, true), SINK_FAILED);
    else
        ck_assert_int_eq(split_end(&splitting.sink), SINK_FAILED);
    check_fault(&splitting, ENOENT, path);
    end_failed_split(&splitting);
    remove_folder();
}
END_TEST

/* A pipe in a file's place is not waited for, nor written to when it has a reader. */
START_TEST(a_pipe_is_no_file_to_go_on_with)
{
    struct splitting splitting;
    make_folder();
    const char *path = path_of("a");
    write_file(path, "", 0);
    put_pipe(path);
    if (_i == 0)
        close(reader);
    start_split(&splitting, PACKING_NONE, 1);
    ck_assert(!split_go_on(&splitting.split, &splitting.split.files[0], 0, true));
    ck_assert_int_eq(errno, _i == 0 ? ENXIO : ESTALE);
    end_split(&splitting);
    remove_folder();
}
END_TEST

static const enum packing packings[] = {PACKING_NONE, PACKING_GZIP, PACKING_ZSTD};

/* Cut back to a flush and gone on with, a file has the bytes of an undisturbed one. */
START_TEST(a_file_is_gone_on_with)
{
    struct splitting splitting;
    struct stat stat_of;
    char undisturbed[256], again[256];
    uint64_t len;
    enum packing packing = packings[_i];
    make_folder();
    const char *path = path_of("a");
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
    ck_assert(!split_go_on(&splitting.split, &splitting.split.files[0], n + 1, false));
    ck_assert_int_eq(errno, ESTALE);
    ck_assert(split_go_on(&splitting.split, &splitting.split.files[0], len, false));
    ck_assert(stat(path, &stat_of) == 0 && (size_t)stat_of.st_size == n);
    ck_assert(split_go_on(&splitting.split, &splitting.split.files[0], len, true));
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
    tcase_add_loop_test(tests, lines_go_to_their_files_however_they_are_cut, 1, 16);
    tcase_add_test(tests, a_file_in_the_way_is_left_alone);
    tcase_add_test(tests, the_others_get_theirs);
    tcase_add_loop_test(tests, a_file_that_was_changed_is_left_alone, 0, 6);
    tcase_add_test(tests, a_file_that_was_removed_is_told_when_it_is_closed);
    tcase_add_test(tests, a_long_line_does_not_wait);
    tcase_add_loop_test(tests, a_file_that_was_removed_is_told, 0, 2);
    tcase_add_loop_test(tests, a_pipe_is_no_file_to_go_on_with, 0, 2);
    tcase_add_loop_test(tests, a_file_is_gone_on_with, 0, 3);
}

int main(void)
{
    return unit_run("split", fill);
}
