#include "cli/check.h"

#include "cli/check_options.h"
#include "cli/mapping_file.h"
#include "cli/options.h"
#include "cli/show.h"
#include "observe/drift.h"
#include "stream/input.h"
#include "warnings.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* One of the files. */
struct checked {
    struct mapping_file file;
    bool usable;        /* the mapping has no errors */
    struct drift drift; /* of a usable mapping, with --against */
};

struct checking {
    const struct check_options *options;
    struct checked
        *files; /* by their place on the command line; one that cannot be read has no name */
    struct finding_report report;
    bool unreadable; /* a file: status 2 */
    size_t n_errors, n_warnings;

    /* --against */
    struct arena line_memory;
    const struct block *block;
    struct place first_reject;
    enum reject reject; /* why that line is no event */
    uint64_t n_rejected;
};

/* ---- mappings ---- */

static void find_warnings(void *state)
{
    struct checked *checked = state;
    warnings_find(&checked->file.mapping, &checked->file.findings);
}

static bool out_of_memory(const char *name)
{
    message((struct place){.file = name}, SEVERITY_ERROR, "out of memory");
    return false;
}

static void read_file(struct checking *checking, struct checked *checked, const char *name)
{
    if (!mapping_file_read(&checked->file, name)) {
        mapping_file_free(&checked->file);
        checked->file.name = NULL;
        checking->unreadable = true;
        return;
    }
    checked->usable = checked->file.findings.n == 0;
    if (checked->usable && !arena_try(&checked->file.arena, find_warnings, checked))
        checking->unreadable = !out_of_memory(name);
}

/* ---- events ---- */

static void start_drift(void *state)
{
    struct checked *checked = state;
    drift_init(&checked->drift, &checked->file.mapping, &checked->file.arena,
               checked->drift.line_memory);
}

static void end_drift(void *state)
{
    struct checked *checked = state;
    drift_find(&checked->drift, &checked->file.findings);
}

/* Runs the function, whose memory is the mapping's, for every usable mapping. */
static bool for_usable(struct checking *checking, void (*function)(void *state))
{
    for (size_t i = 0; i < checking->options->n_mappings; i++) {
        struct checked *checked = &checking->files[i];
        checked->drift.line_memory = &checking->line_memory;
        if (checked->usable && !arena_try(&checked->file.arena, function, checked))
            return out_of_memory(checked->file.name);
    }
    return true;
}

static void rejected(struct checking *checking, struct place place, enum reject reject)
{
    if (checking->n_rejected++ == 0) {
        checking->first_reject = place;
        checking->reject = reject;
    }
}

/* A block of events before one mapping. */
struct comparison {
    struct checking *checking;
    struct checked *checked;
    bool first; /* of the mappings: its rejects are counted */
};

static void drift_lines(void *state)
{
    struct comparison *work = state;
    const struct block *block = work->checking->block;
    struct text rest = block->text, raw;
    struct place place = {.file = block->name, .line = block->first_line};
    for (; block_next_line(&rest, &raw); place.line++) {
        size_t at;
        enum reject reject = drift_line(&work->checked->drift, raw, MAX_LINE_DEFAULT, place, &at);
        if (reject != REJECT_NONE && work->first)
            rejected(work->checking, place, reject);
    }
}

static bool compare_block(struct checking *checking)
{
    bool first = true;
    if (checking->block->over_long) {
        if (checking->block->begins)
            rejected(checking,
                     (struct place){checking->block->name, checking->block->first_line, 0},
                     REJECT_TOO_LONG);
        return true;
    }
    for (size_t i = 0; i < checking->options->n_mappings; i++) {
        struct comparison work = {checking, &checking->files[i], first};
        if (!work.checked->usable)
            continue;
        if (!arena_try_both(&work.checked->file.arena, &checking->line_memory, drift_lines, &work))
            return out_of_memory(checking->block->name);
        first = false;
    }
    return true;
}

static enum status compare(struct checking *checking)
{
    struct block block = {0};
    struct input input;
    input_start(&input, (const char *const *)checking->options->against, MAX_LINE_DEFAULT);
    enum status status = STATUS_DONE;
    enum input_status got;
    checking->block = &block;
    while ((got = input_next(&input, &block)) == INPUT_BLOCK && status == STATUS_DONE)
        if (!compare_block(checking))
            status = STATUS_FAILED;
    if (got == INPUT_FAILED) {
        message((struct place){.file = input.name, .line = input.lines}, SEVERITY_ERROR,
                "cannot read on: %s", strerror(input.error));
        status = STATUS_FAILED;
    } else if (got == INPUT_NO_MEMORY && !out_of_memory(input.name)) {
        status = STATUS_FAILED;
    }
    input_stop(&input);
    block_free(&block);
    return status;
}

/* ---- what is told ---- */

static void tell(void *state, const struct told *told)
{
    struct checking *checking = state;
    if (finding_kinds[told->code].severity == SEVERITY_ERROR)
        checking->n_errors++;
    else
        checking->n_warnings++;
    finding_report_tell(&checking->report, told);
}

static void tell_rejected(struct checking *checking)
{
    char text[200];
    if (checking->n_rejected == 0)
        return;
    snprintf(text, sizeof text, "%" PRIu64 " line%s rejected, first this one: %s",
             checking->n_rejected, checking->n_rejected == 1 ? " was" : "s were",
             reject_words(checking->reject));
    tell(checking, &(struct told){checking->first_reject, FINDING_REJECTED_LINES, text, NULL});
}

static enum status tell_all(struct checking *checking)
{
    if (!finding_report_start(&checking->report, checking->options->form))
        checking->report.error = ENOMEM;
    for (size_t i = 0; i < checking->options->n_mappings; i++)
        if (checking->files[i].file.name != NULL)
            mapping_file_each(&checking->files[i].file, tell, checking);
    tell_rejected(checking);
    return finding_report_end(&checking->report);
}

/* ---- the command ---- */

/* Events that cannot be opened are a mistake in the command line, so nothing is checked. */
static bool events_can_be_read(const char *const *events)
{
    for (; *events != NULL; events++) {
        if (strcmp(*events, "-") == 0 || access(*events, R_OK) == 0)
            continue;
        message((struct place){.file = *events}, SEVERITY_ERROR, "cannot open: %s",
                strerror(errno));
        return false;
    }
    return true;
}

static enum status run(struct checking *checking)
{
    const struct check_options *options = checking->options;
    bool any_usable = false;
    if (!events_can_be_read(options->against))
        return STATUS_USAGE;
    for (size_t i = 0; i < options->n_mappings; i++) {
        read_file(checking, &checking->files[i], options->mappings[i]);
        any_usable = any_usable || checking->files[i].usable;
    }
    enum status status = STATUS_DONE;
    if (options->against[0] != NULL && any_usable) {
        if (!for_usable(checking, start_drift))
            return STATUS_FAILED;
        status = compare(checking);
        if (!for_usable(checking, end_drift))
            return STATUS_FAILED;
    }
    enum status told = tell_all(checking);
    if (status != STATUS_DONE || told != STATUS_DONE)
        return status != STATUS_DONE ? status : told;
    if (checking->unreadable)
        return STATUS_USAGE;
    bool fails = checking->n_errors != 0 || (options->strict && checking->n_warnings != 0);
    return fails ? STATUS_REJECTED : STATUS_DONE;
}

static enum status check_files(const struct check_options *options)
{
    struct checking checking = {.options = options};
    checking.files = calloc(options->n_mappings, sizeof *checking.files);
    enum status status = STATUS_FAILED;
    if (checking.files == NULL)
        out_of_memory(NULL);
    else
        status = run(&checking);
    for (size_t i = 0; checking.files != NULL && i < options->n_mappings; i++)
        mapping_file_free(&checking.files[i].file);
    free(checking.files);
    arena_free(&checking.line_memory);
    return status;
}

enum status check(int argc, char **argv)
{
    struct check_options options;
    enum status status = STATUS_USAGE;
    if (check_options_read(&options, argc, argv))
        status = options.help ? show(check_options_help) : check_files(&options);
    check_options_free(&options);
    return status;
}
