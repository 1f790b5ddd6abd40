#include "worker.h"

#include "base/json_string.h"

#include <assert.h>
#include <stdlib.h>

static_assert((size_t)N_OUTPUTS == (size_t)PARCEL_OUTPUTS,
              "an output of the work has none of the parcel's");

bool counts_balance(const struct counts *counts, size_t n_routes)
{
    return counts->lines == counts->events + counts->rejected + counts->blank + counts->skipped &&
           counts->events * n_routes == counts->delivered + counts->blocked;
}

static void count_core(void *stats, struct text core, uint64_t n_events)
{
    stats_look(stats, core, n_events);
}

static void init_tools(void *state)
{
    struct worker *worker = state;
    const struct task *task = worker->task;
    struct arena *memory = &worker->memory, *line_memory = &worker->line_memory;
    worker->permits = (struct permits){
        .mapping = task->mapping, .routes = task->routes, .n_routes = task->n_routes};
    scan_init(&worker->scan, task->mapping, memory, line_memory);
    if (task->stats) {
        stats_init(&worker->stats, task->mapping, task->n_routes, memory, line_memory);
        worker->permits.tallies = worker->stats.destinations;
        worker->scan.recall.forget = count_core;
        worker->scan.recall.forget_state = &worker->stats;
    }
    if (task->audit != AUDIT_NONE) {
        audit_init(&worker->audit, task->audit, memory, line_memory);
        worker->permits.audit = &worker->audit;
        worker->scan.says_refusals = true;
    }
    permits_init(&worker->permits, memory);
}

bool worker_init(struct worker *worker, const struct task *task)
{
    *worker = (struct worker){.task = task};
    return arena_try(&worker->memory, init_tools, worker);
}

void worker_free(struct worker *worker)
{
    arena_free(&worker->memory);
    arena_free(&worker->line_memory);
}

bool parcel_init(struct parcel *parcel, struct sink sinks[N_OUTPUTS])
{
    *parcel = (struct parcel){.notes = malloc(sizeof(struct notes))};
    bool enough = parcel->notes != NULL;
    for (size_t i = 0; i < N_OUTPUTS; i++) {
        /* The audit's records may be forgotten before they are written. */
        size_t copied_most = i == OUTPUT_AUDIT ? OUTPUT_BYTES : OUTPUT_COPIED;
        if (sinks[i].fd >= 0)
            enough = enough && output_init(&parcel->outputs[i], &sinks[i], copied_most);
    }
    return enough;
}

void parcel_free(struct parcel *parcel)
{
    block_free(&parcel->block);
    for (size_t i = 0; i < N_OUTPUTS; i++)
        output_free(&parcel->outputs[i]);
    free(parcel->notes);
    *parcel = (struct parcel){0};
}

static struct notes *notes_of(struct worker *worker)
{
    return worker->parcel->notes;
}

static enum work_status work_status(struct notes *notes, enum sink_status status,
                                    enum output_name output)
{
    if (status == SINK_OK)
        return WORK_DONE;
    notes->failed = output;
    return status == SINK_FAILED ? WORK_NOT_WRITTEN : WORK_INTERRUPTED;
}

static enum work_status put(struct worker *worker, enum output_name output,
                            const struct text *parts, size_t n_parts, bool begins, bool ends)
{
    struct output *to = &worker->parcel->outputs[output];
    return work_status(notes_of(worker), output_line(to, parts, n_parts, begins, ends), output);
}

/* Keeps a rejected line, or part of one, and its end exactly as they came in. */
static enum work_status keep_reject(struct worker *worker, struct text raw, bool begins, bool ends)
{
    if (!worker->task->keep_rejects)
        return WORK_DONE;
    return put(worker, OUTPUT_REJECTS, &raw, 1, begins, ends);
}

static void report(struct worker *worker, enum reject reject, uint64_t line, uint64_t column)
{
    notes_of(worker)->counts.rejected++;
    struct notes *notes = notes_of(worker);
    if (notes->n_reports < REPORTS_MOST)
        notes->reports[notes->n_reports++] = (struct report){reject, line, column};
}

static enum work_status reject_line(struct worker *worker, struct text raw, enum reject reject,
                                    size_t at, uint64_t line)
{
    report(worker, reject, line, reject_column(reject, raw, at));
    enum work_status status = keep_reject(worker, raw, true, true);
    return status == WORK_DONE && worker->task->stop_on_reject ? WORK_STOPPED : status;
}

static enum work_status put_event(struct worker *worker, const struct permit *permit)
{
    for (uint32_t i = 0; i < permit->n_routes; i++) {
        const struct route *route = &worker->task->routes[permit->routes[i]];
        struct text parts[] = {route->before, worker->scan.event.line, route->behind};
        enum work_status status = put(worker, OUTPUT_EVENTS, parts, 3, true, true);
        if (status != WORK_DONE)
            return status;
        notes_of(worker)->counts.delivered++;
    }
    return WORK_DONE;
}

static enum work_status put_records(struct worker *worker, struct text records, uint64_t line)
{
    struct audit_head head;
    const char *file = worker->task->audit_names_files ? worker->parcel->block.name : NULL;
    audit_head(&worker->audit, &head, &worker->scan.event, file, line);
    struct text parts[] = {head.parts[0], head.parts[1], head.parts[2], NO_TEXT};
    enum work_status status = WORK_DONE;
    while (status == WORK_DONE && text_next_line(&records, &parts[3]))
        status = put(worker, OUTPUT_AUDIT, parts, 4, true, true);
    return status;
}

static enum work_status work_on_event(struct worker *worker, struct text raw, uint64_t line)
{
    if (worker->task->stats && !worker->scan.recalled)
        stats_look(&worker->stats, raw, 1);
    struct permit permit = permits_of(&worker->permits, &worker->scan.event);
    enum work_status status = put_event(worker, &permit);
    if (status == WORK_DONE && permit.records.len != 0)
        status = put_records(worker, permit.records, line);
    if (status != WORK_DONE)
        return status;
    notes_of(worker)->counts.blocked += permit.n_blocked;
    notes_of(worker)->counts.events++;
    return WORK_DONE;
}

/* Whether the event is none of the span's. Doubt keeps it: a lost event is worse than one too many
 * in a replay. */
static bool is_outside(struct worker *worker)
{
    const struct span *span = &worker->task->span;
    struct text raw = worker->scan.event.labels[LABEL_TIMESTAMP], timestamp;
    struct moment moment;
    char room[64];
    if (!span->has_since && !span->has_until)
        return false;
    if (raw.len == 0 ||
        !json_string_ascii((struct text){raw.bytes + 1, raw.len - 2}, room, sizeof room,
                           &timestamp) ||
        !moment_read(timestamp, &moment)) {
        notes_of(worker)->counts.untimed++;
        return false;
    }
    return !span_holds(span, moment);
}

static enum work_status skip_event(struct worker *worker)
{
    notes_of(worker)->counts.skipped++;
    if (worker->scan.recalled)
        recall_take_back(&worker->scan.recall);
    return WORK_DONE;
}

static enum work_status work_on_line(struct worker *worker, struct text raw, uint64_t line)
{
    bool blank;
    size_t at;
    notes_of(worker)->counts.lines++;
    enum reject reject = event_read(&worker->scan, raw, worker->task->max_line, &blank, &at);
    if (blank) {
        notes_of(worker)->counts.blank++;
        return WORK_DONE;
    }
    enum work_status status;
    if (reject != REJECT_NONE)
        status = reject_line(worker, raw, reject, at, line);
    else if (is_outside(worker))
        status = skip_event(worker);
    else
        status = work_on_event(worker, raw, line);
    if (status == WORK_DONE || status == WORK_STOPPED)
        output_line_done(&worker->parcel->outputs[OUTPUT_EVENTS], line);
    return status;
}

static enum work_status work_on_lines(struct worker *worker, const struct block *block)
{
    struct text rest = block->text, raw;
    for (uint64_t line = block->first_line; text_next_line(&rest, &raw); line++) {
        enum work_status status = work_on_line(worker, raw, line);
        if (status != WORK_DONE)
            return status;
    }
    return WORK_DONE;
}

static enum work_status work_on_part(struct worker *worker, const struct block *block)
{
    if (block->begins) {
        notes_of(worker)->counts.lines++;
        report(worker, REJECT_TOO_LONG, block->first_line, 0);
    }
    enum work_status status = keep_reject(worker, block->text, block->begins, block->ends);
    /* The line is kept to its end before the stop. */
    if (status == WORK_DONE && block->ends && worker->task->stop_on_reject)
        return WORK_STOPPED;
    return status;
}

static void run(void *state)
{
    struct worker *worker = state;
    const struct block *block = &worker->parcel->block;
    notes_of(worker)->status =
        block->over_long ? work_on_part(worker, block) : work_on_lines(worker, block);
}

static void clear_tools(void *state)
{
    struct worker *worker = state;
    permits_clear(&worker->permits);
    recall_clear(&worker->scan.recall);
}

struct addition {
    struct worker *sum;
    const struct worker *worker;
};

static void add_stats(void *state)
{
    struct addition *addition = state;
    stats_add(&addition->sum->stats, &addition->worker->stats);
}

bool worker_count(struct worker *worker, struct worker *sum)
{
    struct addition addition = {sum, worker};
    return arena_try_both(&worker->memory, &worker->line_memory, clear_tools, worker) &&
           (worker == sum || arena_try(&sum->memory, add_stats, &addition));
}

void worker_run(struct worker *worker, struct parcel *parcel)
{
    struct notes *notes = parcel->notes;
    *notes = (struct notes){.status = WORK_DONE};
    worker->parcel = parcel;
    parcel->outputs[OUTPUT_EVENTS].reached = parcel->block.first_line - 1;
    if (!arena_try_both(&worker->memory, &worker->line_memory, run, worker))
        notes->status = WORK_NO_MEMORY;
}

enum work_status parcel_write(struct parcel *parcel)
{
    struct notes *notes = parcel->notes;
    enum work_status status = WORK_DONE;
    if (notes->status != WORK_DONE && notes->status != WORK_STOPPED)
        return notes->status;
    for (enum output_name i = 0; i < N_OUTPUTS && status == WORK_DONE; i++)
        if (parcel->outputs[i].sink != NULL)
            status = work_status(notes, output_write(&parcel->outputs[i]), i);
    return status == WORK_DONE ? notes->status : status;
}

void counts_add(struct counts *sum, const struct counts *counts)
{
    sum->lines += counts->lines;
    sum->events += counts->events;
    sum->rejected += counts->rejected;
    sum->blank += counts->blank;
    sum->skipped += counts->skipped;
    sum->untimed += counts->untimed;
    sum->delivered += counts->delivered;
    sum->blocked += counts->blocked;
}
