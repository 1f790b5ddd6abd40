/*
 * The whole filter in memory, with 1, 2 and 4 jobs: standard output is what the second
 * implementation permits, and output, rejects, audit, messages and status are the same for each
 * number of jobs. The first byte chooses the mapping, the second one options; the events follow.
 */
#include "cli/filter.h"
#include "fuzz.h"
#include "seeded_mapping.h"

#include <fcntl.h>
#include <getopt.h>
#include <sanitizer/common_interface_defs.h>
#include <sys/mman.h>
#include <unistd.h>

/* Files of a run, in memory. */
enum { FILE_MAPPING, FILE_EVENTS, FILE_OUTPUT, FILE_REJECTS, FILE_AUDIT, FILE_MESSAGES, N_FILES };

enum { OPTION_JSON = 1, OPTION_STOP = 2, OPTION_SHORT = 4, OPTION_STATS = 8, OPTION_AUDIT = 16 };
enum { MAX_LINE = 100 * 1024, MAX_LINE_SHORT = 90 };

static int files[N_FILES];
static char paths[N_FILES][32];
static int old_output, old_messages;

static void check(bool good)
{
    if (!good)
        abort();
}

static void prepare(void)
{
    if (old_messages != 0)
        return;
    for (int i = 0; i < N_FILES; i++) {
        files[i] = memfd_create("fuzz", MFD_CLOEXEC);
        check(files[i] >= 0);
        snprintf(paths[i], sizeof paths[i], "/proc/self/fd/%d", files[i]);
    }
    old_output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    old_messages = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    check(old_output >= 0 && old_messages >= 0);
    __sanitizer_set_report_fd((void *)(intptr_t)old_messages);
}

static void fill(int file, struct text text)
{
    check(ftruncate(files[file], 0) == 0 && lseek(files[file], 0, SEEK_SET) == 0);
    check(write(files[file], text.bytes, text.len) == (ssize_t)text.len);
}

/* A growing piece of text. */
struct page_of_bytes {
    char *bytes;
    size_t len, cap;
};

static void append(struct page_of_bytes *to, struct text text)
{
    if (to->cap - to->len < text.len) {
        to->cap = 2 * (to->cap + text.len);
        to->bytes = realloc(to->bytes, to->cap);
        check(to->bytes != NULL);
    }
    if (text.len != 0)
        memcpy(to->bytes + to->len, text.bytes, text.len);
    to->len += text.len;
}

static void append_file(struct page_of_bytes *to, int file)
{
    char bytes[4096];
    ssize_t n;
    check(lseek(files[file], 0, SEEK_SET) == 0);
    while ((n = read(files[file], bytes, sizeof bytes)) > 0)
        append(to, (struct text){bytes, (size_t)n});
}

/* All that a run leaves, one behind the other, but standard output first. */
static enum status run(unsigned options, const char *jobs, struct page_of_bytes *left,
                       size_t *n_output)
{
    char *argv[20] = {"assent",     "--sandbox=off",
                      "-m",         paths[FILE_MAPPING],
                      "-j",         (char *)(uintptr_t)jobs,
                      "--rejects",  paths[FILE_REJECTS],
                      "--max-line", options & OPTION_SHORT ? "90" : "100K"};
    int argc = 10;
    if (options & OPTION_JSON)
        argv[argc++] = "--format=json";
    if (options & OPTION_STOP)
        argv[argc++] = "--on-reject=stop";
    if (options & OPTION_STATS)
        argv[argc++] = "--stats=json";
    if (options & OPTION_AUDIT) {
        argv[argc++] = "--audit";
        argv[argc++] = paths[FILE_AUDIT];
    }
    argv[argc++] = paths[FILE_EVENTS];
    for (int file = FILE_OUTPUT; file < N_FILES; file++)
        fill(file, NO_TEXT);
    check(dup2(files[FILE_OUTPUT], STDOUT_FILENO) >= 0);
    check(dup2(files[FILE_MESSAGES], STDERR_FILENO) >= 0);
    int first_new = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    optind = 0; /* getopt_long begins anew */
    enum status status = filter(argc, argv);
    for (int fd = first_new; fd < first_new + 8; fd++)
        close(fd); /* what the process would have closed by ending */
    dup2(old_output, STDOUT_FILENO);
    dup2(old_messages, STDERR_FILENO);
    left->len = 0;
    append_file(left, FILE_OUTPUT);
    *n_output = left->len;
    for (int file = FILE_REJECTS; file < N_FILES; file++)
        append_file(left, file);
    return status;
}

/* What must come out for one line. False: nothing more may. */
static bool append_expected(struct page_of_bytes *to, struct agreement *agreement, struct text line,
                            unsigned options)
{
    const struct contract *contract = &agreement->contract;
    const struct json *event;
    pool_empty(&agreement->line_pool);
    enum contract_line kind =
        contract_line(&agreement->line_pool, line.bytes, line.len, agreement->max_line, &event);
    if (kind != LINE_EVENT)
        return kind == LINE_BLANK || (options & OPTION_STOP) == 0;
    struct consent consent = consent_of(&agreement->line_pool, contract, event);
    for (size_t i = 0; i < contract->n_targets; i++) {
        const struct target *target = &contract->targets[i];
        bool json = (options & OPTION_JSON) != 0;
        if (!contract_decide(contract, event, &consent, target).deliver)
            continue;
        append(to, json ? TEXT("{\"destination\":\"") : NO_TEXT);
        append(to, (struct text){target->id.bytes, target->id.len});
        append(to, json ? TEXT("\",\"event\":") : TEXT("\t"));
        append(to, line_content(line));
        append(to, json ? TEXT("}\n") : TEXT("\n"));
    }
    return true;
}

static const char *output_differs(struct agreement *agreement, struct text events, unsigned options,
                                  struct text output)
{
    static struct page_of_bytes expected;
    struct text line;
    expected.len = 0;
    if (is_packed(events))
        return NULL;
    if (events.len >= 3 && memcmp(events.bytes, "\xEF\xBB\xBF", 3) == 0)
        events = (struct text){events.bytes + 3, events.len - 3};
    while (text_next_line(&events, &line))
        if (!append_expected(&expected, agreement, line, options))
            break;
    return text_equal((struct text){expected.bytes, expected.len}, output)
               ? NULL
               : "the output is not what the contract permits";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct page_of_bytes left, other;
    if (size < 2)
        return 0;
    unsigned options = data[1];
    struct text events = {(const char *)data + 2, size - 2};
    struct seeded_mapping *mapping = seeded_mapping(data[0]);
    struct agreement *agreement = &mapping->agreement;
    agreement->max_line = options & OPTION_SHORT ? MAX_LINE_SHORT : MAX_LINE;
    prepare();
    fill(FILE_MAPPING, mapping->text);
    fill(FILE_EVENTS, events);
    size_t n_output, n_other;
    enum status status = run(options, "1", &left, &n_output);
    must_agree(status == STATUS_DONE || status == STATUS_REJECTED || is_packed(events)
                   ? output_differs(agreement, events, options, (struct text){left.bytes, n_output})
                   : "another status than 0 and 1");
    static const char *const jobs[] = {"2", "4"};
    for (int i = 0; i < 2; i++) {
        if (run(options, jobs[i], &other, &n_other) != status)
            must_agree("the status depends on the jobs");
        if (n_other != n_output ||
            !text_equal((struct text){left.bytes, left.len}, (struct text){other.bytes, other.len}))
            must_agree("what is written depends on the jobs");
    }
    return 0;
}
