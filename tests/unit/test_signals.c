/* A signal in the middle of reading and of writing. */
#include "base/signals.h"
#include "packed.h"
#include "scratch.h"
#include "stream/input.h"
#include "stream/sink.h"
#include "unit.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Bytes on standard input of which the end does not come, and then a signal. */
static pid_t feed_begin(struct text begin, int *told)
{
    int ends[2], tell[2];
    ck_assert(pipe(ends) == 0 && pipe(tell) == 0);
    pid_t child = fork();
    if (child == 0) {
        char byte;
        if (write(ends[1], begin.bytes, begin.len) == (ssize_t)begin.len &&
            read(tell[0], &byte, 1) == 1) {
            usleep(20000);
            kill(getppid(), SIGTERM);
        }
        pause();
    }
    ck_assert_int_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    close(ends[1]);
    close(tell[0]);
    *told = tell[1];
    return child;
}

/* The whole lines that have come are handed on, what is begun behind them never. */
START_TEST(a_signal_while_input_is_waited_for)
{
    enum { CHECKSUM = 4 };
    struct input input;
    struct block block = {0};
    struct text text = TEXT("one\ntwo");
    const char *fault, *const standard_input[] = {"-", NULL};
    struct pack *pack = packings[_i] == PACKING_NONE ? NULL : pack_start(packings[_i], &fault);
    int told;
    if (pack != NULL) {
        ck_assert(pack_whole(pack, text, &text));
        text.len -= CHECKSUM;
    }
    ck_assert(signals_catch());
    pid_t child = feed_begin(text, &told);
    input_start(&input, standard_input, 20);
    ck_assert_int_eq(input_next(&input, &block), INPUT_BLOCK);
    ck_assert(text_equal(block.text, TEXT("one\n")));
    ck_assert_int_eq(write(told, "", 1), 1);
    ck_assert_int_eq(input_next(&input, &block), INPUT_INTERRUPTED);
    ck_assert_uint_eq(input.reached.at, 4);
    input_stop(&input);
    block_free(&block);
    pack_end(pack);
    close(told);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
END_TEST

/* It does not matter what there is to read, or that it cannot be read. */
START_TEST(a_signal_between_two_reads)
{
    struct input input;
    struct block block = {0};
    make_folder();
    const char *const names[] = {path_of("there"), path_of("none"), NULL};
    write_packed(names[0], packings[_i], SIZE_MAX, SIZE_MAX);
    ck_assert(signals_catch());
    input_start(&input, names, 20);
    ck_assert_int_eq(input_next(&input, &block), INPUT_BLOCK);
    ck_assert_int_eq(raise(SIGTERM), 0);
    ck_assert_int_eq(input_next(&input, &block), INPUT_INTERRUPTED);
    input_stop(&input);
    input_start(&input, names + 1, 20); /* there is none */
    ck_assert_int_eq(input_next(&input, &block), INPUT_INTERRUPTED);
    input_stop(&input);
    block_free(&block);
    remove_folder();
}
END_TEST

/* A begun line is finished, through however many pieces; the next one is not begun. */
START_TEST(a_signal_comes_in_the_middle_of_a_line)
{
    char name[] = "/tmp/assent-unit-XXXXXX", got[64] = "";
    struct sink sink = {.fd = mkstemp(name), .name = name};
    struct iovec begin = {"whole\nbegin", 11};
    struct iovec pieces[] = {{"-of", 3}, {"-a-", 3}, {"line\nnext", 9}, {" one\n", 5}};
    size_t written;
    ck_assert(signals_catch());
    ck_assert_int_eq(sink_write(&sink, &begin, 1, true, false, &written), SINK_OK);
    ck_assert_int_eq(raise(SIGTERM), 0);
    ck_assert_int_eq(signals_pending(), SIGTERM);
    ck_assert_int_eq(sink_write(&sink, pieces, 4, false, true, &written), SINK_INTERRUPTED);
    ck_assert_uint_eq(written, 3 + 3 + 5);
    ck_assert_int_gt(pread(sink.fd, got, sizeof got - 1, 0), 0);
    ck_assert_str_eq(got, "whole\nbegin-of-a-line\n");
    ck_assert_int_eq(sink_close(&sink), SINK_OK);
    unlink(name);
}
END_TEST

static void fill(TCase *tests)
{
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_signal_while_input_is_waited_for, 0, 3);
    tcase_add_loop_test(tests, a_signal_between_two_reads, 0, 3);
    tcase_add_test(tests, a_signal_comes_in_the_middle_of_a_line);
}

int main(void)
{
    return unit_run_as("signals", fill, CK_FORK); /* a signal that came stays pending */
}
