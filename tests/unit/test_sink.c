/* Lines that were begun, and are cut off again; more bytes than one call takes. */
#include "stream/sink.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct sink open_sink(void)
{
    char name[] = "/tmp/assent-unit-XXXXXX";
    struct sink sink = {.fd = mkstemp(name), .name = "sink"};
    ck_assert_int_ge(sink.fd, 0);
    unlink(name);
    return sink;
}

static size_t put(struct sink *sink, const char *text, bool begins, bool ends)
{
    size_t written;
    struct iovec piece = {(char *)(uintptr_t)text, strlen(text)};
    ck_assert_int_eq(sink_write(sink, &piece, 1, begins, ends, &written), SINK_OK);
    return written;
}

static void check_bytes(const struct sink *sink, const char *bytes)
{
    char got[256];
    ssize_t n = pread(sink->fd, got, sizeof got - 1, 0);
    ck_assert_int_ge(n, 0);
    got[n] = '\0';
    ck_assert_str_eq(got, bytes);
}

/* More than one call may take, of a line that is begun in one and ended in another. */
START_TEST(pieces_of_more_than_a_call_takes)
{
    enum { PIECE = 64 * 1024 * 1024, N = 17 };
    struct sink sink = {.fd = open("/dev/null", O_WRONLY), .name = "null"};
    struct iovec pieces[N];
    size_t written;
    char *bytes = mmap(NULL, PIECE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(bytes, MAP_FAILED);
    for (int i = 0; i < N; i++)
        pieces[i] = (struct iovec){bytes, PIECE};
    ck_assert_int_eq(sink_write(&sink, pieces, N, true, false, &written), SINK_OK);
    ck_assert_uint_eq(written, (size_t)N * PIECE);
    ck_assert_uint_eq(sink.torn, (size_t)N * PIECE);
    put(&sink, "end\n", false, true);
    ck_assert_uint_eq(sink.torn, 0);
    munmap(bytes, PIECE);
    sink_close(&sink);
}
END_TEST

/* ---- cut back ---- */

static void leave(struct sink *sink)
{
    (void)sink;
}

static void append(struct sink *sink)
{
    ck_assert_int_eq(pwrite(sink->fd, "theirs", 6, lseek(sink->fd, 0, SEEK_END)), 6);
}

static void shorten(struct sink *sink)
{
    ck_assert_int_eq(ftruncate(sink->fd, 3), 0);
    ck_assert_int_eq(lseek(sink->fd, 3, SEEK_SET), 3);
}

static void open_for_reading(struct sink *sink)
{
    char name[32];
    snprintf(name, sizeof name, "/dev/fd/%d", sink->fd);
    int fd = open(name, O_RDONLY);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_ge(lseek(fd, 0, SEEK_END), 0);
    ck_assert_int_eq(dup2(fd, sink->fd), sink->fd);
    close(fd);
}

/* What has become of the file behind "one\n" and "torn", and what is left of it. */
static const struct {
    void (*change)(struct sink *sink);
    const char *bytes;
} cut_back_rows[] = {
    {leave, "one\n"},
    {append, "one\ntorntheirs"},
    {shorten, "one"},
    {open_for_reading, "one\ntorn"},
};

START_TEST(only_what_is_torn_is_cut_off)
{
    struct sink sink = open_sink();
    put(&sink, "one\n", true, true);
    sink_cut_back(&sink); /* nothing is torn */
    put(&sink, "torn", true, false);
    cut_back_rows[_i].change(&sink);
    sink_cut_back(&sink);
    check_bytes(&sink, cut_back_rows[_i].bytes);
    sink_close(&sink);
}
END_TEST

START_TEST(what_is_no_file_is_not_cut_back)
{
    int ends[2];
    char got[16];
    ck_assert_int_eq(pipe(ends), 0);
    struct sink sinks[] = {{.fd = ends[1], .name = "pipe"},
                           {.fd = open("/dev/null", O_WRONLY), .name = "null"}};
    for (int i = 0; i < 2; i++) {
        put(&sinks[i], "one\ntorn", true, false);
        sink_cut_back(&sinks[i]);
        ck_assert_uint_eq(sinks[i].torn, 4);
        ck_assert_int_eq(sink_close(&sinks[i]), SINK_OK);
    }
    ck_assert_int_eq(read(ends[0], got, sizeof got), 8);
    close(ends[0]);
}
END_TEST

/* ---- what an earlier run has left ---- */

static const struct {
    const char *begin;
    size_t n_torn;     /* bytes behind it */
    const char *bytes; /* with a next line */
} torn_rows[] = {
    {"", 0, "next\n"},
    {"one\n", 0, "one\nnext\n"},
    {"one\n\n", 0, "one\n\nnext\n"},
    {"", 4, "next\n"},
    {"one\n", 4, "one\nnext\n"},
    {"one\ntwo\n", 65536, "one\ntwo\nnext\n"},
    {"one\n", 300000, "one\nnext\n"},
    {"", 300000, "next\n"},
};

START_TEST(a_torn_line_is_cut_off)
{
    struct sink sink = open_sink();
    const char *begin = torn_rows[_i].begin;
    ck_assert_int_eq(write(sink.fd, begin, strlen(begin)), (ssize_t)strlen(begin));
    char *torn = malloc(torn_rows[_i].n_torn + 1);
    memset(torn, 'x', torn_rows[_i].n_torn);
    ck_assert_int_eq(write(sink.fd, torn, torn_rows[_i].n_torn), (ssize_t)torn_rows[_i].n_torn);
    free(torn);
    sink_end_torn(&sink);
    put(&sink, "next\n", true, true);
    check_bytes(&sink, torn_rows[_i].bytes);
    sink_close(&sink);
}
END_TEST

/* A file that may be written to and not read: nobody knows whether its last line is whole. */
START_TEST(a_line_that_cannot_be_read_is_kept_apart)
{
    char name[] = "/tmp/assent-unit-XXXXXX";
    struct sink sink = {.fd = mkstemp(name), .name = name};
    bool almighty = geteuid() == 0;
    ck_assert_int_eq(write(sink.fd, "torn", 4), 4);
    ck_assert_int_eq(fchmod(sink.fd, 0200), 0);
    ck_assert(!almighty || seteuid(65534) == 0);
    sink_end_torn(&sink);
    ck_assert(!almighty || seteuid(0) == 0);
    put(&sink, "next\n", true, true);
    check_bytes(&sink, "torn\nnext\n");
    sink_close(&sink);
    unlink(name);
}
END_TEST

/* Nor can one be cut off by a descriptor that may only read. */
START_TEST(a_line_that_cannot_be_cut_off_is_kept_apart)
{
    struct sink sink = open_sink();
    ck_assert_int_eq(write(sink.fd, "one\ntorn", 8), 8);
    int writing = dup(sink.fd);
    open_for_reading(&sink);
    sink_end_torn(&sink);
    ck_assert_int_eq(dup2(writing, sink.fd), sink.fd);
    close(writing);
    put(&sink, "next\n", true, true);
    check_bytes(&sink, "one\ntorn\nnext\n");
    sink_close(&sink);
}
END_TEST

#define ROWS(rows) (int)(sizeof(rows) / sizeof *(rows))

static void fill(TCase *tests)
{
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, pieces_of_more_than_a_call_takes);
    tcase_add_loop_test(tests, only_what_is_torn_is_cut_off, 0, ROWS(cut_back_rows));
    tcase_add_test(tests, what_is_no_file_is_not_cut_back);
    tcase_add_loop_test(tests, a_torn_line_is_cut_off, 0, ROWS(torn_rows));
    tcase_add_test(tests, a_line_that_cannot_be_read_is_kept_apart);
    tcase_add_test(tests, a_line_that_cannot_be_cut_off_is_kept_apart);
}

int main(void)
{
    return unit_run("sink", fill);
}
