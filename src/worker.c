#include "worker.h"

#include "base/utf8.h"

#include <stdlib.h>

bool counts_balance(const struct counts *counts, size_t n_routes)
{
    return counts->lines == counts->events + counts->rejected + counts->blank &&
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
    scan_init(&worker->scan, task->mapping, &worker->memory, &worker->line_memory);
    struct reason_tally *tallies = NULL;
    if (task->stats) {
        stats_init(&worker->stats, task->mapping, task->n_routes, &worker->memory,
                   &worker->line_memory);
        tallies = worker->stats.destinations;
        worker->scan.recall.forget = count_core;
        worker->scan.recall.forget_state = &worker->stats;
    }
    permits_init(&worker->permits, &worker->memory, task->mapping, task->routes, task->n_routes,
                 tallies);
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

bool parcel_init(struct parcel *parcel, struct sink *output, struct sink *rejects)
{
    *parcel = (struct parcel){.notes = malloc(sizeof(struct notes))};
    return parcel->notes != NULL && output_init(&parcel->output, output) &&
           (rejects->fd < 0 || output_init(&parcel->rejects, rejects));
}

void parcel_free(struct parcel *parcel)
{
    block_free(&parcel->block);
    output_free(&parcel->output);
    output_free(&parcel->rejects);
    free(parcel->notes);
    *parcel = (struct parcel){0};
}

static struct notes *notes_of(struct worker *worker)
{
    return worker->parcel->notes;
}

static enum work_status work_status(enum sink_status status, enum work_status failed)
{
    if (status == SINK_OK)
        return WORK_DONE;
    return status == SINK_FAILED ? failed : WORK_INTERRUPTED;
}

/* Keeps a rejected line, or part of one, and its end exactly as they came in. */
static enum work_status keep_reject(struct worker *worker, struct text raw, bool begins, bool ends)
{
    if (!worker->task->keep_rejects)
        return WORK_DONE;
    return work_status(output_line(&worker->parcel->rejects, &raw, 1, begins, ends), WORK_REJECTS);
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
    uint64_t column =
        reject == REJECT_TOO_LONG ? 0 : 1 + utf8_characters((struct text){raw.bytes, at});
    report(worker, reject, line, column);
    enum work_status status = keep_reject(worker, raw, true, true);
    return status == WORK_DONE && worker->task->stop_on_reject ? WORK_STOPPED : status;
}

static enum work_status deliver_event(struct worker *worker)
{
    const struct event *event = &worker->scan.event;
    struct counts *counts = &notes_of(worker)->counts;
    struct permit permit = permits_of(&worker->permits, event);
    for (uint32_t i = 0; i < permit.n_routes; i++) {
        const struct route *route = &worker->task->routes[permit.routes[i]];
        struct text parts[] = {route->before, event->line, route->behind};
        enum work_status status =
            work_status(output_line(&worker->parcel->output, parts, 3, true, true), WORK_OUTPUT);
        if (status != WORK_DONE)
            return status;
        counts->delivered++;
    }
    counts->blocked += permit.n_blocked;
    counts->events++;
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
    if (reject == REJECT_NONE && worker->task->stats && !worker->scan.recalled)
        stats_look(&worker->stats, raw, 1);
    enum work_status status =
        reject == REJECT_NONE ? deliver_event(worker) : reject_line(worker, raw, reject, at, line);
    if (status == WORK_DONE || status == WORK_STOPPED)
        output_line_done(&worker->parcel->output, line);
    return status;
}

static enum work_status work_on_lines(struct worker *worker, const struct block *block)
{
    struct text rest = block->text, raw;
    for (uint64_t line = block->first_line; block_next_line(&rest, &raw); line++) {
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
    parcel->output.reached = parcel->block.first_line - 1;
    if (!arena_try_both(&worker->memory, &worker->line_memory, run, worker))
        notes->status = WORK_NO_MEMORY;
}

enum work_status parcel_write(struct parcel *parcel)
{
    const struct notes *notes = parcel->notes;
    if (notes->status != WORK_DONE && notes->status != WORK_STOPPED)
        return notes->status;
    enum work_status status = work_status(output_write(&parcel->output), WORK_OUTPUT);
    if (status == WORK_DONE && parcel->rejects.sink != NULL)
        status = work_status(output_write(&parcel->rejects), WORK_REJECTS);
    return status == WORK_DONE ? notes->status : status;
}

void counts_add(struct counts *sum, const struct counts *counts)
{
    sum->lines += counts->lines;
    sum->events += counts->events;
    sum->rejected += counts->rejected;
    sum->blank += counts->blank;
    sum->delivered += counts->delivered;
    sum->blocked += counts->blocked;
}
