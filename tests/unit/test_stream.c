/* The reader, however its input is chopped, and the writer, whatever its descriptor does. */
#include "stream/input.h"
#include "stream/output.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Writes the bytes into a pipe in pieces of n and puts its end in the place of standard input. */
static pid_t feed(const char *bytes, size_t len, size_t n)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        for (size_t at = 0; at < len; at += n)
            if (write(ends[1], bytes + at, len - at < n ? len - at : n) < 0)
                _exit(1);
        _exit(0);
    }
    close(ends[1]);
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    return child;
}

/* All blocks in words: "3[a|]" is a block of whole lines that begins with line 3, "3(…" the begin
 * of an over-long line and "…)" its end. */
static void read_all(struct input *input, char *words)
{
    struct block block = {0};
    enum input_status status;
    uint64_t line = 1;
    bool torn = false;
    while ((status = input_next(input, &block)) == INPUT_BLOCK) {
        ck_assert(block.over_long || !torn);
        ck_assert(block.over_long || block.text.len != 0);
        if (!block.over_long) {
            ck_assert_uint_eq(block.first_line, line);
            for (size_t i = 0; i < block.text.len; i++) {
                if (i == 0 || block.text.bytes[i - 1] == '\n')
                    words += sprintf(words, "%d:", (int)line++);
                *words++ = block.text.bytes[i] == '\n' ? '|' : block.text.bytes[i];
            }
            continue;
        }
        if (block.begins)
            words += sprintf(words, "%d(", (int)line);
        for (size_t i = 0; i < block.text.len; i++)
            *words++ = block.text.bytes[i] == '\n' ? '|' : block.text.bytes[i];
        torn = !block.ends;
        if (block.ends) {
            *words++ = ')';
            line++;
        }
    }
    *words = '\0';
    ck_assert_int_eq(status, INPUT_END);
    block_free(&block);
}

static const struct {
    const char *bytes;
    const char *words; /* with max_line 10 */
} input_rows[] = {
    {"", ""},
    {"\n", "1:|"},
    {"a", "1:a"},
    {"a\n", "1:a|"},
    {"a\nb\n\nc", "1:a|2:b|3:|4:c"},
    {"a\r\nb\r\n", "1:a\r|2:b\r|"},
    {"\xEF\xBB\xBF", ""},
    {"\xEF\xBB\xBF{}\n", "1:{}|"},
    {"\xEF\xBB\xBF\n\xEF\xBB\xBF\n", "1:|2:\xEF\xBB\xBF|"},
    {"\xEF\xBB", "1:\xEF\xBB"},
};

START_TEST(blocks_hold_whole_lines)
{
    static const char *const names[] = {"-", NULL};
    for (size_t n = 1; n <= 31; n++) {
        char words[1000];
        struct input input;
        input_start(&input, names, 10);
        const char *bytes = input_rows[_i].bytes;
        pid_t child = feed(bytes, strlen(bytes), n);
        read_all(&input, words);
        ck_assert_str_eq(words, input_rows[_i].words);
        input_stop(&input);
        waitpid(child, NULL, 0);
    }
}
END_TEST

/* A line that is too long may come as a part or as a whole line, as it happens to be read; the
 * worker refuses both. Its bytes and its number are the same either way. */
START_TEST(over_long_lines_pass_through)
{
    static const char *const names[] = {"-", NULL};
    static char bytes[40000], words[90000];
    size_t len = 0;
    for (int line = 0; line < 100; line++) {
        int dots = line % 3 == 0 ? 3 : line % 3 == 1 ? 15 : 997;
        len += (size_t)sprintf(bytes + len, "%0*d%s", dots, line, line == 99 ? "" : "\n");
    }
    for (size_t n = 1; n <= len; n = n * 2 + 1) {
        struct input input;
        input_start(&input, names, 10);
        pid_t child = feed(bytes, len, n);
        read_all(&input, words);
        /* Without the marks, the words are the bytes. */
        size_t same = 0;
        int lines = 0;
        for (const char *word = words; *word != '\0'; word++) {
            if (*word == ')')
                continue;
            if (same == 0 || bytes[same - 1] == '\n') {
                ck_assert_int_eq(atoi(word), ++lines);
                word += strcspn(word, ":(") + 1;
            }
            if ((*word == '|' ? '\n' : *word) != bytes[same])
                ck_abort_msg("byte %zu", same);
            same++;
        }
        ck_assert_uint_eq(same, len);
        ck_assert_int_eq(lines, 100);
        ck_assert_uint_eq(input.reached.line, 100);
        input_stop(&input);
        waitpid(child, NULL, 0);
    }
}
END_TEST

START_TEST(files_follow_one_another)
{
    char first[] = "/tmp/assent-unit-XXXXXX", second[] = "/tmp/assent-unit-XXXXXX";
    int a = mkstemp(first), b = mkstemp(second);
    ck_assert_int_eq(write(a, "1\n2", 3), 3);
    ck_assert_int_eq(write(b,
                           "\xEF\xBB\xBF"
                           "3\n",
                           5),
                     5);
    const char *const names[] = {first, second, "/nonexistent/assent", NULL};
    struct input input;
    input_start(&input, names, 10);
    struct block block = {0};
    ck_assert_int_eq(input_next(&input, &block), INPUT_BLOCK);
    ck_assert(text_equal(block.text, TEXT("1\n")));
    ck_assert_int_eq(input_next(&input, &block), INPUT_BLOCK);
    ck_assert(text_equal(block.text, TEXT("2")));
    ck_assert_uint_eq(block.first_line, 2);
    ck_assert_str_eq(block.name, first);
    ck_assert_int_eq(input_next(&input, &block), INPUT_BLOCK);
    ck_assert(text_equal(block.text, TEXT("3\n")));
    ck_assert_uint_eq(block.first_line, 1);
    ck_assert_str_eq(block.name, second);
    ck_assert_int_eq(input_next(&input, &block), INPUT_FAILED);
    ck_assert_int_eq(input.error, ENOENT);
    input_stop(&input);
    block_free(&block);
    close(a), close(b);
    unlink(first), unlink(second);
}
END_TEST

static enum sink_status put(struct output *output, const char *line, uint64_t number)
{
    struct text text = text_of(line);
    enum sink_status status = output_line(output, &text, 1, true, true);
    if (status == SINK_OK)
        output_line_done(output, number);
    return status;
}

START_TEST(lines_are_joined_where_an_end_is_missing)
{
    char name[] = "/tmp/assent-unit-XXXXXX", got[100] = "";
    struct sink sink = {.fd = mkstemp(name), .name = name};
    struct output output;
    ck_assert(output_init(&output, &sink, OUTPUT_COPIED));
    ck_assert_int_eq(put(&output, "a", 1), SINK_OK);
    ck_assert_int_eq(output_write(&output), SINK_OK);
    ck_assert_int_eq(output_write(&output), SINK_OK);
    struct text part = TEXT("b");
    ck_assert_int_eq(output_line(&output, &part, 1, true, false), SINK_OK);
    ck_assert_int_eq(output_write(&output), SINK_OK);
    ck_assert_int_eq(output_line(&output, &part, 1, false, true), SINK_OK);
    ck_assert_int_eq(output_write(&output), SINK_OK);
    ck_assert_int_eq(put(&output, "c\n", 2), SINK_OK);
    ck_assert_int_eq(put(&output, "d", 3), SINK_OK);
    ck_assert_int_eq(output_write(&output), SINK_OK);
    ck_assert_uint_eq(output.reached, 3);
    ck_assert_int_ge(pread(sink.fd, got, 99, 0), 0);
    ck_assert_str_eq(got, "a\nbb\nc\nd");
    output_free(&output);
    close(sink.fd);
    unlink(name);
}
END_TEST

/* A disk that is full after `most` bytes: what stands in the file are whole lines, and the line
 * that was reached is the last one of which all is there. Every so many lines the list is written.
 */
static void fill_a_disk(rlim_t most, const struct text *parts, size_t n_parts, uint64_t every)
{
    char name[] = "/tmp/assent-unit-XXXXXX";
    struct sink sink = {.fd = mkstemp(name), .name = name};
    struct output output;
    ck_assert(output_init(&output, &sink, OUTPUT_COPIED));
    signal(SIGXFSZ, SIG_IGN);
    enum sink_status status = SINK_OK;
    uint64_t line = 0, line_len = 0;
    for (size_t i = 0; i < n_parts; i++)
        line_len += parts[i].len;
    /* Check writes files of its own: no check between the limit and its end. */
    struct rlimit old, limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
    limit = (struct rlimit){.rlim_cur = most, .rlim_max = old.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    while (status == SINK_OK && line < OUTPUT_PIECES) {
        line++;
        status = output_line(&output, parts, n_parts, true, true);
        if (status == SINK_OK)
            output_line_done(&output, line);
        if (status == SINK_OK && line % every == 0)
            status = output_write(&output);
    }
    setrlimit(RLIMIT_FSIZE, &old);
    ck_assert_int_eq(status, SINK_FAILED);
    ck_assert_int_eq(sink.error, EFBIG);
    struct stat stat;
    ck_assert_int_eq(fstat(sink.fd, &stat), 0);
    ck_assert_uint_eq((uint64_t)stat.st_size, most / line_len * line_len);
    ck_assert_uint_eq(output.reached, most / line_len);
    output_free(&output);
    close(sink.fd);
    unlink(name);
}

START_TEST(a_full_disk_leaves_whole_lines)
{
    struct text part = TEXT("ten bytes\n");
    fill_a_disk((rlim_t)_i, &part, 1, 7);
}
END_TEST

/* Lines that are pieces: a tag, an event that is not copied, a line end. More of them than a list
 * holds, and than one call writes. */
START_TEST(a_full_disk_leaves_whole_lines_of_pieces)
{
    enum { EVENT = OUTPUT_COPIED + 1, LINE = 4 + EVENT + 1 };
    const rlim_t limits[] = {0,    3,    4,      5,       EVENT + 4,      LINE,       LINE + 1,
                             2000, 9999, 400000, 1234567, 700 * LINE - 1, 700 * LINE, 5000000};
    char event[EVENT];
    memset(event, 'x', EVENT);
    const struct text parts[] = {TEXT("tag\t"), {event, EVENT}, TEXT("\n")};
    fill_a_disk(limits[_i], parts, 3, 3000);
}
END_TEST

START_TEST(a_line_longer_than_any_buffer_goes_through)
{
    enum { LONG = 3 * 1024 * 1024 };
    char name[] = "/tmp/assent-unit-XXXXXX";
    struct sink sink = {.fd = mkstemp(name), .name = name};
    char *bytes = malloc(LONG);
    memset(bytes, 'x', LONG);
    struct output output;
    ck_assert(output_init(&output, &sink, OUTPUT_COPIED));
    ck_assert_int_eq(put(&output, "before\n", 1), SINK_OK);
    struct text parts[] = {TEXT("tag\t"), {bytes, LONG}, TEXT("\n")};
    ck_assert_int_eq(output_line(&output, parts, 3, true, true), SINK_OK);
    output_line_done(&output, 2);
    ck_assert_int_eq(put(&output, "behind\n", 3), SINK_OK);
    ck_assert_int_eq(output_write(&output), SINK_OK);
    ck_assert_uint_eq(output.reached, 3);
    struct stat stat;
    ck_assert_int_eq(fstat(sink.fd, &stat), 0);
    ck_assert_int_eq(stat.st_size, 7 + 4 + LONG + 1 + 7);
    output_free(&output);
    free(bytes);
    close(sink.fd);
    unlink(name);
}
END_TEST

/* Where all is copied, a line whose parts fit one by one but not together is written at once: they
 * need not stay as they are. */
START_TEST(parts_that_fit_one_by_one_are_written_at_once)
{
    enum { LONG = OUTPUT_BYTES / 4 * 3 };
    static char got[2 * LONG + 8];
    char name[] = "/tmp/assent-unit-XXXXXX";
    struct sink sink = {.fd = mkstemp(name), .name = name};
    char *bytes = malloc(LONG);
    struct output output;
    ck_assert(output_init(&output, &sink, OUTPUT_BYTES));
    ck_assert_int_eq(put(&output, "before\n", 1), SINK_OK);
    memset(bytes, 'x', LONG);
    struct text parts[] = {{bytes, LONG}, {bytes, LONG}, TEXT("\n")};
    ck_assert_int_eq(output_line(&output, parts, 3, true, true), SINK_OK);
    memset(bytes, 'y', LONG);
    ck_assert_int_eq(output_write(&output), SINK_OK);
    ck_assert_int_eq(pread(sink.fd, got, sizeof got, 0), sizeof got);
    ck_assert_mem_eq(got, "before\n", 7);
    ck_assert_ptr_null(memchr(got, 'y', sizeof got));
    ck_assert_int_eq(got[sizeof got - 1], '\n');
    output_free(&output);
    free(bytes);
    close(sink.fd);
    unlink(name);
}
END_TEST

START_TEST(a_pipe_that_does_not_wait_is_waited_for)
{
    enum { LINES = 100000 };
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        char bytes[999];
        long total = 0;
        for (ssize_t n; (n = read(ends[0], bytes, sizeof bytes)) > 0;)
            total += n;
        _exit(total == 10L * LINES ? 0 : 1);
    }
    close(ends[0]);
    struct sink sink = {.fd = ends[1], .name = "pipe"};
    struct output output;
    ck_assert(output_init(&output, &sink, OUTPUT_COPIED));
    for (uint64_t line = 1; line <= LINES; line++)
        ck_assert_int_eq(put(&output, "ten bytes\n", line), SINK_OK);
    ck_assert_int_eq(output_write(&output), SINK_OK);
    ck_assert_int_eq(sink_close(&sink), SINK_OK);
    output_free(&output);
    int status;
    waitpid(child, &status, 0);
    ck_assert_int_eq(status, 0);
}
END_TEST

static void fill(TCase *tests)
{
    tcase_add_loop_test(tests, blocks_hold_whole_lines, 0,
                        (int)(sizeof input_rows / sizeof *input_rows));
    tcase_add_test(tests, over_long_lines_pass_through);
    tcase_add_test(tests, files_follow_one_another);
    tcase_add_test(tests, lines_are_joined_where_an_end_is_missing);
    tcase_add_loop_test(tests, a_full_disk_leaves_whole_lines, 0, 95);
    tcase_add_loop_test(tests, a_full_disk_leaves_whole_lines_of_pieces, 0, 14);
    tcase_add_test(tests, a_line_longer_than_any_buffer_goes_through);
    tcase_add_test(tests, parts_that_fit_one_by_one_are_written_at_once);
    tcase_add_test(tests, a_pipe_that_does_not_wait_is_waited_for);
    tcase_set_timeout(tests, 120);
}

int main(void)
{
    return unit_run("stream", fill);
}
