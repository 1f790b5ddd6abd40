#include "cli/filter.h"

#include "base/message.h"
#include "base/signals.h"
#include "cli/files.h"
#include "cli/options.h"
#include "stream/input.h"
#include "worker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

/* A run of the filter, from its options to its status. */
struct run {
    const struct options *options;
    struct mapping_file file;
    struct task task;
    struct sink output, rejects;
    struct input input;
    struct worker worker;
    uint64_t n_reported;
};

static enum status show(const char *text)
{
    if (fputs(text, stdout) != EOF && fflush(stdout) == 0)
        return STATUS_DONE;
    int error = errno;
    if (error == EPIPE)
        return STATUS_BROKEN_PIPE;
    message(NO_PLACE, SEVERITY_ERROR, "cannot write standard output: %s", strerror(error));
    return STATUS_FAILED;
}

/* ---- what is asked for ---- */

static bool is_asked_for(const struct options *options, const struct destination *destination)
{
    for (size_t i = 0; i < options->n_destinations; i++)
        if (text_equal(text_of(options->destinations[i]), destination->id))
            return true;
    return options->n_destinations == 0;
}

static bool destinations_known(const struct options *options, const struct mapping *mapping)
{
    for (size_t i = 0; i < options->n_destinations; i++) {
        const char *id = options->destinations[i];
        if (ids_find(&mapping->destination_ids, text_of(id)) == IDS_NONE) {
            message(NO_PLACE, SEVERITY_ERROR, "the mapping has no destination %s", id);
            return false;
        }
    }
    return true;
}

static struct text joined(struct arena *arena, const char *before, struct text id,
                          const char *behind)
{
    size_t before_len = strlen(before), behind_len = strlen(behind);
    char *bytes = arena_alloc(arena, before_len + id.len + behind_len);
    memcpy(bytes, before, before_len);
    memcpy(bytes + before_len, id.bytes, id.len);
    memcpy(bytes + before_len + id.len, behind, behind_len);
    return (struct text){bytes, before_len + id.len + behind_len};
}

/* Destination ids hold no character that JSON would escape. */
static void make_routes(void *state)
{
    struct run *run = state;
    const struct mapping *mapping = &run->file.mapping;
    bool json = run->options->format == FORMAT_JSON;
    struct arena *arena = &run->file.arena;
    struct route *routes = arena_alloc(arena, mapping_n_destinations(mapping) * sizeof *routes);
    size_t n = 0;
    for (size_t i = 0; i < mapping_n_destinations(mapping); i++) {
        const struct destination *destination = &mapping->destinations[i];
        if (!is_asked_for(run->options, destination))
            continue;
        struct route *route = &routes[n++];
        route->destination = destination;
        route->before = json ? joined(arena, "{\"destination\":\"", destination->id, "\",\"event\":")
                             : joined(arena, "", destination->id, "\t");
        route->behind = json ? TEXT("}\n") : TEXT("\n");
    }
    run->task = (struct task){.mapping = mapping,
                              .routes = routes,
                              .n_routes = n,
                              .max_line = run->options->max_line,
                              .stop_on_reject = run->options->stop_on_reject,
                              .keep_rejects = run->rejects.fd >= 0};
}

/* ---- what is told ---- */

static void tell_reports(struct run *run, const struct block *block)
{
    const struct worker *worker = &run->worker;
    for (size_t i = 0; i < worker->n_reports && run->n_reported < REPORTS_MOST; i++) {
        const struct report *report = &worker->reports[i];
        message((struct place){block->name, report->line, report->column}, SEVERITY_ERROR, "%s",
                reject_words(report->reject));
        run->n_reported++;
    }
}

static void tell_unreported(const struct run *run)
{
    uint64_t rejected = run->worker.counts.rejected;
    if (rejected > run->n_reported)
        message(NO_PLACE, SEVERITY_ERROR, "%" PRIu64 " more lines were rejected, %" PRIu64 " in all",
                rejected - run->n_reported, rejected);
}

static enum status write_failed(const struct sink *sink, struct place place)
{
    if (sink->error == EPIPE)
        return STATUS_BROKEN_PIPE;
    message(place, SEVERITY_ERROR, "cannot write %s: %s; all up to this line was written",
            sink->name, strerror(sink->error));
    return STATUS_FAILED;
}

static enum status read_failed(const struct input *input)
{
    message((struct place){.file = input->name, .line = input->lines}, SEVERITY_ERROR,
            "cannot read on: %s", strerror(input->error));
    return STATUS_FAILED;
}

static enum status out_of_memory(struct place place)
{
    message(place, SEVERITY_ERROR, "out of memory");
    return STATUS_FAILED;
}

/* ---- the run ---- */

static enum status work(struct run *run, const struct block *block, bool *stop)
{
    enum work_status status = worker_run(&run->worker, block);
    struct place reached = {.file = block->name, .line = run->worker.output.reached};
    tell_reports(run, block);
    *stop = status != WORK_DONE;
    switch (status) {
    case WORK_DONE:
    case WORK_STOPPED:
        break;
    case WORK_OUTPUT:
        return write_failed(&run->output, reached);
    case WORK_REJECTS:
        return write_failed(&run->rejects, reached);
    case WORK_INTERRUPTED:
        return STATUS_INTERRUPTED;
    case WORK_NO_MEMORY:
        return out_of_memory(reached);
    }
    return STATUS_DONE;
}

static enum status stream(struct run *run)
{
    struct block block = {0};
    enum status status = STATUS_DONE;
    for (bool stop = false; !stop;) {
        enum input_status input = input_next(&run->input, &block);
        stop = input != INPUT_BLOCK;
        if (input == INPUT_BLOCK)
            status = work(run, &block, &stop);
        else if (input == INPUT_INTERRUPTED)
            status = STATUS_INTERRUPTED;
        else if (input == INPUT_FAILED)
            status = read_failed(&run->input);
        else if (input == INPUT_NO_MEMORY)
            status = out_of_memory((struct place){run->input.name, run->input.lines, 0});
    }
    block_free(&block);
    return status;
}

/* Closes a sink and keeps the worse of the two statuses. */
static enum status close_sink(struct sink *sink, enum status status)
{
    sink_cut_back(sink);
    if (sink_close(sink) == SINK_OK || status != STATUS_DONE)
        return status;
    return write_failed(sink, NO_PLACE);
}

static enum status run_worker(struct run *run)
{
    if (!worker_init(&run->worker, &run->task, &run->output, &run->rejects))
        return out_of_memory(NO_PLACE);
    run->input = input_start(run->options->events, run->options->max_line);
    enum status status = stream(run);
    input_stop(&run->input);
    status = close_sink(&run->output, status);
    status = close_sink(&run->rejects, status);
    tell_unreported(run);
    if (status == STATUS_DONE && !counts_balance(&run->worker.counts, run->task.n_routes)) {
        message(NO_PLACE, SEVERITY_ERROR, "internal error: lines or pairs are unaccounted for");
        status = STATUS_INTERNAL;
    }
    if (status == STATUS_DONE && run->worker.counts.rejected != 0)
        status = STATUS_REJECTED;
    worker_free(&run->worker);
    return status;
}

static enum status run(struct run *run)
{
    const struct options *options = run->options;
    if (!mapping_file_read(&run->file, options->mapping))
        return STATUS_USAGE;
    mapping_file_tell(&run->file);
    if (run->file.findings.n != 0 || !destinations_known(options, &run->file.mapping))
        return STATUS_USAGE;
    run->output = (struct sink){.fd = STDOUT_FILENO, .name = "standard output"};
    run->rejects = (struct sink){.fd = -1, .name = options->rejects};
    enum status status = files_open(options, &run->file, &run->rejects.fd);
    if (status != STATUS_DONE)
        return status;
    if (!arena_try(&run->file.arena, make_routes, run))
        return out_of_memory(NO_PLACE);
    if (!signals_catch()) {
        message(NO_PLACE, SEVERITY_ERROR, "cannot catch signals: %s", strerror(errno));
        return STATUS_FAILED;
    }
    return run_worker(run);
}

enum status filter(int argc, char **argv)
{
    struct options options;
    enum status status = STATUS_USAGE;
    if (options_read(&options, argc, argv)) {
        struct run this_run = {.options = &options};
        if (options.help)
            status = show(options_help);
        else if (options.version)
            status = show("assent " ASSENT_VERSION "\n");
        else
            status = run(&this_run);
        mapping_file_free(&this_run.file);
    }
    options_free(&options);
    return status;
}
