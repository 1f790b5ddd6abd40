#include "cli/filter.h"

#include "base/message.h"
#include "base/signals.h"
#include "base/system.h"
#include "cli/confine.h"
#include "cli/each_line.h"
#include "cli/files.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/rejects.h"
#include "cli/resume.h"
#include "cli/show.h"
#include "cli/stats_report.h"
#include "stream/pipeline.h"
#include "worker.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

/* A run of the filter, from its options to its status. */
struct run {
    const struct options *options;
    struct mapping_file file;
    struct task task;
    struct route *routes;
    size_t n_routes;
    struct sink sinks[N_OUTPUTS];
    struct split split;
    struct inputs inputs;
    struct split_folder folder;
    struct resume resume;
    struct input input;
    struct counts counts; /* of all settled blocks */
    struct progress progress;
    struct rejects rejects; /* told of */
    enum status status;     /* of what was settled */

    struct worker *workers;
    struct parcel *parcels;
    void **worker_list;
    size_t n_workers, n_parcels;
};

/* ---- what is asked for ---- */

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

/* What stands before and behind each of the route's events. Destination ids hold no character that
 * JSON would escape. */
static void dress_route(const struct options *options, struct arena *arena, uint32_t number,
                        struct route *route)
{
    struct text id = route->destination->id;
    bool json = options->format == FORMAT_JSON;
    route->behind = json ? TEXT("}\n") : TEXT("\n");
    if (options->split != NULL) {
        char *tag = arena_alloc(arena, SPLIT_TAG);
        split_tag(number, tag);
        route->before = (struct text){tag, SPLIT_TAG};
    } else if (json) {
        route->before = joined(arena, "{\"destination\":\"", id, "\",\"event\":");
    } else {
        route->before = joined(arena, "", id, "\t");
    }
}

static void look_at_inputs(void *state)
{
    struct run *run = state;
    files_look(&run->inputs, &run->file.arena, run->options, &run->file);
}

static void make_routes(void *state)
{
    struct run *run = state;
    const struct mapping *mapping = &run->file.mapping;
    const struct options *options = run->options;
    struct arena *arena = &run->file.arena;
    run->routes = arena_alloc(arena, mapping_n_destinations(mapping) * sizeof *run->routes);
    for (size_t i = 0; i < mapping_n_destinations(mapping); i++) {
        const struct destination *destination = &mapping->destinations[i];
        if (!is_asked_for(&options->asked, destination->id))
            continue;
        struct route *route = &run->routes[run->n_routes];
        route->destination = destination;
        dress_route(options, arena, (uint32_t)run->n_routes++, route);
    }
    if (options->audit != AUDIT_NONE)
        mapping_ask_label(&run->file.mapping, arena, LABEL_MESSAGE_ID);
    if (options->span.has_since || options->span.has_until)
        mapping_ask_label(&run->file.mapping, arena, LABEL_TIMESTAMP);
}

static void make_task(struct run *run)
{
    const struct options *options = run->options;
    run->task = (struct task){.mapping = &run->file.mapping,
                              .routes = run->routes,
                              .n_routes = run->n_routes,
                              .max_line = options->max_line,
                              .stop_on_reject = options->stop_on_reject,
                              .keep_rejects = run->sinks[OUTPUT_REJECTS].fd >= 0,
                              .stats = options->stats != STATS_NONE,
                              .span = options->span,
                              .audit = options->audit,
                              .audit_names_files = options->events[1] != NULL};
}

/* ---- what is told ---- */

static void tell_reports(struct run *run, const struct block *block, const struct notes *notes)
{
    for (size_t i = 0; i < notes->n_reports; i++) {
        const struct report *report = &notes->reports[i];
        rejects_tell(&run->rejects, (struct place){block->name, report->line, report->column},
                     report->reject);
    }
}

/* The place is that which standard output has reached. */
static enum status write_failed(const struct run *run, const struct sink *sink, struct place place)
{
    if (sink->error == EPIPE)
        return STATUS_BROKEN_PIPE;
    bool events = sink == &run->sinks[OUTPUT_EVENTS], split = run->options->split != NULL;
    const char *reached = split                        ? "; each file holds whole lines from before"
                          : place.line != 0 && !events ? "; standard output has all up to this line"
                          : place.line != 0            ? "; all up to this line was written"
                          : place.file != NULL         ? "; no event of this file was written whole"
                                                       : "";
    message(place, SEVERITY_ERROR, "cannot write %s: %s%s", sink->name, strerror(sink->error),
            reached);
    return STATUS_FAILED;
}

static enum status read_failed(const struct input *input)
{
    message((struct place){.file = input->name, .line = input->reached.line}, SEVERITY_ERROR,
            "cannot read on: %s", input_fault(input));
    return STATUS_FAILED;
}

/* ---- the run ---- */

static uint64_t n_rejected(const struct run *run)
{
    return run->counts.rejected + run->resume.state.n_rejected;
}

static bool settle(void *context, struct parcel *parcel)
{
    struct run *run = context;
    const struct notes *notes = parcel->notes;
    enum work_status status = parcel_write(parcel);
    struct place reached = {.file = parcel->block.name,
                            .line = parcel->outputs[OUTPUT_EVENTS].reached};
    counts_add(&run->counts, &notes->counts);
    if (status != WORK_DONE || notes->n_reports != 0)
        progress_hide(&run->progress);
    tell_reports(run, &parcel->block, notes);
    switch (status) {
    case WORK_DONE:
        progress_pass(&run->progress, parcel->block.n_sought);
        progress_add(&run->progress, parcel->block.n_read, notes->counts.events);
        if (run->resume.on && parcel->block.mark)
            run->status = resume_mark(&run->resume, parcel->block.end, n_rejected(run), false);
        return run->status == STATUS_DONE;
    case WORK_STOPPED:
        break;
    case WORK_NOT_WRITTEN:
        run->status = write_failed(run, &run->sinks[notes->failed], reached);
        break;
    case WORK_INTERRUPTED:
        run->status = STATUS_INTERRUPTED;
        break;
    case WORK_NO_MEMORY:
        run->status = out_of_memory(reached);
        break;
    }
    return false;
}

static void work(void *worker, struct parcel *parcel)
{
    worker_run(worker, parcel);
}

/* One worker does all by itself. Several each have a parcel under work, while others wait to be
 * read into or settled; one more serves the main thread. */
static bool make_crew(struct run *run)
{
    /* Stats are of the input up to the stop: nobody may have worked on what is behind it. */
    size_t jobs = run->task.stats && run->task.stop_on_reject ? 1 : run->options->jobs;
    size_t n_workers = jobs == 1 ? 1 : jobs + 1;
    size_t n_parcels = jobs == 1 ? 1 : 2 * jobs;
    run->workers = calloc(n_workers, sizeof *run->workers);
    run->worker_list = calloc(n_workers, sizeof *run->worker_list);
    run->parcels = calloc(n_parcels, sizeof *run->parcels);
    if (run->workers == NULL || run->worker_list == NULL || run->parcels == NULL)
        return false;
    while (run->n_workers < n_workers) {
        struct worker *worker = &run->workers[run->n_workers];
        run->worker_list[run->n_workers++] = worker;
        if (!worker_init(worker, &run->task))
            return false;
    }
    while (run->n_parcels < n_parcels)
        if (!parcel_init(&run->parcels[run->n_parcels++], run->sinks))
            return false;
    return true;
}

static void free_crew(struct run *run)
{
    for (size_t i = 0; i < run->n_workers; i++)
        worker_free(&run->workers[i]);
    for (size_t i = 0; i < run->n_parcels; i++)
        parcel_free(&run->parcels[i]);
    free(run->workers);
    free(run->worker_list);
    free(run->parcels);
}

static enum status stream(struct run *run)
{
    const struct pipeline_calls calls = {.work = work, .settle = settle, .context = run};
    const struct position *begin = &run->resume.state.position;
    input_start(&run->input, run->options->events, run->options->max_line);
    if (run->resume.on) {
        input_go_on(&run->input, *begin);
        input_mark(&run->input, run->options->checkpoint_every);
    }
    progress_start(&run->progress, run->options->progress, run->options->split == NULL,
                   run->options->events + begin->file);
    enum input_status end = pipeline_run(&run->input, &calls, run->worker_list, run->n_workers,
                                         run->parcels, run->n_parcels);
    if (end == INPUT_END)
        progress_end(&run->progress);
    else
        progress_hide(&run->progress);
    if (end == INPUT_INTERRUPTED)
        run->status = STATUS_INTERRUPTED;
    else if (end == INPUT_FAILED)
        run->status = read_failed(&run->input);
    else if (end == INPUT_NO_MEMORY)
        run->status = out_of_memory((struct place){run->input.name, run->input.reached.line, 0});
    if (run->resume.on && end == INPUT_END && run->status == STATUS_DONE)
        run->status = resume_mark(&run->resume, run->input.reached, n_rejected(run), true);
    input_stop(&run->input);
    return run->status;
}

/* Closes a sink and keeps the worse of the two statuses. */
static enum status close_sink(const struct run *run, struct sink *sink, enum status status)
{
    if (sink->split != NULL && split_end(sink) != SINK_OK && status == STATUS_DONE)
        status = write_failed(run, sink, NO_PLACE);
    sink_cut_back(sink);
    if (sink_close(sink) == SINK_OK || status != STATUS_DONE)
        return status;
    return write_failed(run, sink, NO_PLACE);
}

/* What an earlier run has counted is known to nobody. */
static void tell_where_stats_begin(const struct run *run)
{
    const struct position *begin = &run->resume.state.position;
    if (begin->total != 0)
        message((struct place){input_name(run->options->events[begin->file]), begin->line + 1, 0},
                SEVERITY_NOTE, "the statistics count from here on");
}

static enum status tell_stats(struct run *run)
{
    struct worker *sum = &run->workers[0];
    for (size_t i = 0; i < run->n_workers; i++)
        if (!worker_count(&run->workers[i], sum))
            return out_of_memory(NO_PLACE);
    if (!stats_balance(&sum->stats, run->counts.events))
        return unaccounted();
    tell_where_stats_begin(run);
    return stats_report(run->options->stats, &sum->stats, &run->counts, &run->task);
}

static enum status run_crew(struct run *run)
{
    if (!make_crew(run))
        return out_of_memory(NO_PLACE);
    enum status status = stream(run);
    for (size_t i = 0; i < N_OUTPUTS; i++)
        status = close_sink(run, &run->sinks[i], status);
    rejects_tell_rest(&run->rejects, run->counts.rejected);
    if (run->counts.untimed != 0)
        message(NO_PLACE, SEVERITY_NOTE, "%" PRIu64 " events without a usable timestamp were kept",
                run->counts.untimed);
    if (status == STATUS_DONE && !counts_balance(&run->counts, run->task.n_routes))
        status = unaccounted();
    if (status == STATUS_DONE && run->task.stats)
        status = tell_stats(run);
    if (status == STATUS_DONE && n_rejected(run) != 0)
        status = STATUS_REJECTED;
    return status;
}

static enum status enter_sandbox(const struct run *run)
{
    const int cut_back[] = {run->resume.goes_on ? STDOUT_FILENO : -1, -1};
    int folders[] = {-1, -1, -1}, n = 0;
    if (run->options->split != NULL)
        folders[n++] = run->split.folder;
    if (run->resume.on)
        folders[n++] = run->resume.file.folder;
    return confine(
        run->options->sandbox,
        &(struct sandbox){.files = run->options->events, .again = cut_back, .folders = folders});
}

/* All that may be refused, is before anything is changed. */
static enum status begin_outputs(struct run *run)
{
    bool split = run->options->split != NULL;
    enum status status = resume_start(&run->resume, &run->folder);
    if (status != STATUS_DONE || run->resume.state.done)
        return status;
    if (split && !run->resume.goes_on)
        status = split_folder_look(&run->folder);
    if (run->resume.on && !run->resume.goes_on && status == STATUS_DONE)
        status = resume_keep_names(&run->resume);
    if (status == STATUS_DONE)
        status = enter_sandbox(run);
    if (status == STATUS_DONE && run->resume.goes_on)
        return resume_cut_back(&run->resume);
    if (split && status == STATUS_DONE)
        status = split_folder_clear(&run->folder);
    if (status == STATUS_DONE)
        status = files_empty(run->sinks);
    return status == STATUS_DONE && run->resume.on ? resume_begin(&run->resume) : status;
}

static enum status open_outputs(struct run *run)
{
    if (!arena_try(&run->file.arena, look_at_inputs, run))
        return out_of_memory(NO_PLACE);
    enum status status = files_open(run->options, &run->inputs, run->sinks);
    if (status != STATUS_DONE)
        return status;
    if (!arena_try(&run->file.arena, make_routes, run))
        return out_of_memory(NO_PLACE);
    make_task(run);
    run->folder = (struct split_folder){.split = &run->split,
                                        .options = run->options,
                                        .mapping = &run->file,
                                        .inputs = &run->inputs,
                                        .routes = run->routes,
                                        .n_routes = run->n_routes,
                                        .sinks = run->sinks};
    if (run->options->split != NULL)
        status = split_folder_open(&run->folder, &run->file.arena);
    return status == STATUS_DONE ? begin_outputs(run) : status;
}

/* A run that came to its end is not run again. */
static enum status tell_done(const struct run *run)
{
    message((struct place){.file = run->options->checkpoint}, SEVERITY_NOTE,
            "this run is complete: there is nothing left to do");
    return n_rejected(run) != 0 ? STATUS_REJECTED : STATUS_DONE;
}

static enum status no_signals(void)
{
    message(NO_PLACE, SEVERITY_ERROR, "cannot catch signals: %s", strerror(errno));
    return STATUS_FAILED;
}

static enum status run(struct run *run)
{
    const struct options *options = run->options;
    if (!mapping_file_use(&run->file, options->mapping) ||
        !asked_known(&options->asked, &run->file.mapping))
        return STATUS_USAGE;
    enum status status = open_outputs(run);
    if (status != STATUS_DONE)
        return status;
    if (run->resume.state.done)
        return tell_done(run);
    if (!signals_catch())
        return no_signals();
    system_widen_pipe(STDIN_FILENO);
    system_widen_pipe(STDOUT_FILENO);
    status = run_crew(run);
    free_crew(run);
    return status;
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
        resume_end(&this_run.resume);
        split_free(&this_run.split);
        mapping_file_free(&this_run.file);
    }
    options_free(&options);
    return status;
}
