#include "cli/check.h"

#include "cli/check_options.h"
#include "cli/each_line.h"
#include "cli/files.h"
#include "cli/mapping_file.h"
#include "cli/options.h"
#include "cli/show.h"
#include "observe/drift.h"
#include "warnings.h"

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
        checking->unreadable = out_of_memory((struct place){.file = name}) != STATUS_DONE;
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
static enum status for_usable(struct checking *checking, void (*function)(void *state))
{
    for (size_t i = 0; i < checking->options->n_mappings; i++) {
        struct checked *checked = &checking->files[i];
        checked->drift.line_memory = &checking->line_memory;
        if (checked->usable && !arena_try(&checked->file.arena, function, checked))
            return out_of_memory((struct place){.file = checked->file.name});
    }
    return STATUS_DONE;
}

static void rejected(struct checking *checking, struct place place, enum reject reject)
{
    if (checking->n_rejected++ == 0) {
        checking->first_reject = place;
        checking->reject = reject;
    }
}

/* A line before one mapping. */
struct comparison {
    struct checked *checked;
    struct text raw;
    struct place place;
    enum reject reject;
};

static void drift_one(void *state)
{
    struct comparison *work = state;
    size_t at;
    work->reject = drift_line(&work->checked->drift, work->raw, MAX_LINE_DEFAULT, work->place, &at);
    if (work->reject != REJECT_NONE)
        work->place.column = reject_column(work->reject, work->raw, at);
}

/* Whether a line is an event does not depend on the mapping. */
static bool compare_line(void *state, const struct text *raw, struct place place,
                         enum status *status)
{
    struct checking *checking = state;
    struct comparison work = {.place = place, .reject = REJECT_TOO_LONG};
    for (size_t i = 0; raw != NULL && i < checking->options->n_mappings; i++) {
        work.checked = &checking->files[i];
        work.raw = *raw;
        if (!work.checked->usable)
            continue;
        if (!arena_try_both(&work.checked->file.arena, &checking->line_memory, drift_one, &work)) {
            *status = out_of_memory(place);
            return false;
        }
    }
    if (work.reject != REJECT_NONE)
        rejected(checking, work.place, work.reject);
    return true;
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
    finding_report_start(&checking->report, checking->options->form);
    for (size_t i = 0; i < checking->options->n_mappings; i++)
        if (checking->files[i].file.name != NULL)
            mapping_file_each(&checking->files[i].file, tell, checking);
    tell_rejected(checking);
    return finding_report_end(&checking->report);
}

/* ---- the command ---- */

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
        const struct each_line each = {
            .events = options->against, .line = compare_line, .state = checking};
        status = for_usable(checking, start_drift);
        if (status != STATUS_DONE)
            return status;
        status = each_line(&each);
        if (status == STATUS_INTERRUPTED || for_usable(checking, end_drift) != STATUS_DONE)
            return status == STATUS_DONE ? STATUS_FAILED : status;
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
        out_of_memory(NO_PLACE);
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
