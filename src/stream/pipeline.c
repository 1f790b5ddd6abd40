#include "stream/pipeline.h"

#include "base/signals.h"

#include <pthread.h>
#include <stdlib.h>

/* Where a parcel stands. Whoever may touch it is named; changes are made under the lock. */
enum stage {
    STAGE_FREE,    /* nobody */
    STAGE_WORKING, /* a worker */
    STAGE_FULL,    /* the caller, to empty a full output in the middle of the work */
    STAGE_LARGE,   /* the caller, to do the work as well */
    STAGE_DONE,    /* the caller, to settle it */
};

struct slot {
    struct pipeline *pipeline;
    struct parcel *parcel;
    enum stage stage;
    struct output *full;      /* of STAGE_FULL */
    enum sink_status drained; /* how emptying it went */
};

struct pipeline {
    struct input *input;
    const struct pipeline_calls *calls;
    struct slot *slots; /* block number n is in slot n % n_slots */
    size_t n_slots;

    pthread_mutex_t lock;
    pthread_cond_t turn;        /* the caller waits for the next slot in order */
    pthread_cond_t changed;     /* workers wait for all else */
    uint64_t n_read, n_settled; /* blocks */
    bool reading;               /* a worker is at the input */
    bool stop;                  /* nothing more is to be done */
    bool ended;                 /* the input has no block number n_read: end says why */
    enum input_status end;
};

struct crew {
    struct pipeline *pipeline;
    void *worker;
    pthread_t thread;
};

static void tell_workers(struct pipeline *pipeline)
{
    pthread_cond_broadcast(&pipeline->changed);
}

/* It sleeps on while blocks behind its next one are done. */
static void tell_caller(struct pipeline *pipeline, const struct slot *slot)
{
    if (slot == &pipeline->slots[pipeline->n_settled % pipeline->n_slots])
        pthread_cond_signal(&pipeline->turn);
}

static void wait_for_change(struct pipeline *pipeline)
{
    pthread_cond_wait(&pipeline->changed, &pipeline->lock);
}

/* A worker's full output: the caller writes it when it is this parcel's turn. */
static enum sink_status hand_over(struct output *output)
{
    struct slot *slot = output->full_context;
    struct pipeline *pipeline = slot->pipeline;
    pthread_mutex_lock(&pipeline->lock);
    slot->full = output;
    slot->stage = STAGE_FULL;
    tell_caller(pipeline, slot);
    while (slot->stage == STAGE_FULL && !pipeline->stop)
        wait_for_change(pipeline);
    enum sink_status status = pipeline->stop ? SINK_INTERRUPTED : slot->drained;
    pthread_mutex_unlock(&pipeline->lock);
    return status;
}

static void set_hooks(struct slot *slot, enum sink_status (*full)(struct output *output))
{
    for (size_t i = 0; i < PARCEL_OUTPUTS; i++) {
        slot->parcel->outputs[i].full = full;
        slot->parcel->outputs[i].full_context = slot;
    }
}

static bool may_read(const struct pipeline *pipeline)
{
    return !pipeline->reading && pipeline->n_read - pipeline->n_settled < pipeline->n_slots;
}

/* Reads the next block into its slot, which the lock is released for. NULL: no more. */
static struct slot *read_block(struct pipeline *pipeline)
{
    while (!pipeline->stop && !pipeline->ended && !may_read(pipeline))
        wait_for_change(pipeline);
    if (pipeline->stop || pipeline->ended)
        return NULL;
    struct slot *slot = &pipeline->slots[pipeline->n_read % pipeline->n_slots];
    pipeline->reading = true;
    pthread_mutex_unlock(&pipeline->lock);
    enum input_status status = input_next(pipeline->input, &slot->parcel->block);
    pthread_mutex_lock(&pipeline->lock);
    if (status == INPUT_BLOCK) {
        uint64_t number = pipeline->n_read++;
        bool large = slot->parcel->block.cap > INPUT_READ_SIZE;
        slot->stage = large ? STAGE_LARGE : STAGE_WORKING;
        if (large)
            tell_caller(pipeline, slot);
        while (large && pipeline->n_settled <= number && !pipeline->stop)
            wait_for_change(pipeline);
    } else {
        pipeline->ended = true;
        pipeline->end = status;
        pthread_cond_signal(&pipeline->turn);
    }
    pipeline->reading = false;
    tell_workers(pipeline);
    return slot;
}

static void *worker_thread(void *state)
{
    struct crew *crew = state;
    struct pipeline *pipeline = crew->pipeline;
    pthread_mutex_lock(&pipeline->lock);
    for (struct slot *slot; (slot = read_block(pipeline)) != NULL;) {
        if (slot->stage != STAGE_WORKING)
            continue;
        pthread_mutex_unlock(&pipeline->lock);
        set_hooks(slot, hand_over);
        pipeline->calls->work(crew->worker, slot->parcel);
        pthread_mutex_lock(&pipeline->lock);
        slot->stage = STAGE_DONE;
        tell_caller(pipeline, slot);
    }
    pthread_mutex_unlock(&pipeline->lock);
    return NULL;
}

/* ---- the caller's thread ---- */

static bool work_and_settle(struct pipeline *pipeline, void *worker, struct slot *slot)
{
    set_hooks(slot, output_write);
    pipeline->calls->work(worker, slot->parcel);
    return pipeline->calls->settle(pipeline->calls->context, slot->parcel);
}

/* What a long line took is given back at once, so that no two parcels hold one. */
static bool work_on_large(struct pipeline *pipeline, void *worker, struct slot *slot)
{
    bool go_on = work_and_settle(pipeline, worker, slot);
    block_free(&slot->parcel->block);
    return go_on;
}

/* Waits until the next parcel in order has something for the caller. NULL: no more will come. */
static struct slot *next_in_order(struct pipeline *pipeline)
{
    for (;;) {
        struct slot *slot = &pipeline->slots[pipeline->n_settled % pipeline->n_slots];
        bool there = pipeline->n_settled < pipeline->n_read;
        if (there && slot->stage != STAGE_WORKING)
            return slot;
        if (!there && pipeline->ended)
            return NULL;
        pthread_cond_wait(&pipeline->turn, &pipeline->lock);
    }
}

/* Settles blocks until there are no more or settle says stop. */
static void settle_in_order(struct pipeline *pipeline, void *worker)
{
    pthread_mutex_lock(&pipeline->lock);
    for (struct slot *slot; !pipeline->stop && (slot = next_in_order(pipeline)) != NULL;) {
        enum stage stage = slot->stage;
        bool go_on = true;
        pthread_mutex_unlock(&pipeline->lock);
        if (stage == STAGE_FULL)
            slot->drained = output_write(slot->full);
        else if (stage == STAGE_LARGE)
            go_on = work_on_large(pipeline, worker, slot);
        else
            go_on = pipeline->calls->settle(pipeline->calls->context, slot->parcel);
        pthread_mutex_lock(&pipeline->lock);
        slot->stage = stage == STAGE_FULL ? STAGE_WORKING : STAGE_FREE;
        if (stage != STAGE_FULL)
            pipeline->n_settled++;
        pipeline->stop = !go_on;
        tell_workers(pipeline);
    }
    pthread_mutex_unlock(&pipeline->lock);
}

/* Block by block on the caller's thread, until the input has shown that it is large, then
 * INPUT_BLOCK with stop unset; with one worker to the end. */
static enum input_status run_alone(struct pipeline *pipeline, void *worker, bool to_the_end)
{
    uint64_t n_bytes = 0;
    while (to_the_end || n_bytes < INPUT_READ_SIZE) {
        struct slot *slot = &pipeline->slots[0];
        enum input_status status = input_next(pipeline->input, &slot->parcel->block);
        if (status != INPUT_BLOCK)
            return status;
        n_bytes += slot->parcel->block.len;
        if (!work_and_settle(pipeline, worker, slot)) {
            pipeline->stop = true;
            break;
        }
    }
    return INPUT_BLOCK;
}

/* Starts as many threads as the system gives; signals stay with the caller's, whose writes they
 * must interrupt. */
static size_t start(struct pipeline *pipeline, struct crew *crew, void **workers, size_t n_workers)
{
    size_t n = 0;
    sigset_t old;
    signals_block(&old);
    for (; n < n_workers; n++) {
        crew[n] = (struct crew){.pipeline = pipeline, .worker = workers[n]};
        if (pthread_create(&crew[n].thread, NULL, worker_thread, &crew[n]) != 0)
            break;
    }
    signals_unblock(&old);
    return n;
}

static enum input_status run_together(struct pipeline *pipeline, struct crew *crew, void **workers,
                                      size_t n_workers)
{
    /* The last worker is kept for what the caller's thread does itself. */
    size_t n = start(pipeline, crew, workers, n_workers - 1);
    if (n == 0)
        return run_alone(pipeline, workers[0], true);
    settle_in_order(pipeline, workers[n_workers - 1]);
    if (pipeline->stop)
        input_cancel(pipeline->input);
    for (size_t i = 0; i < n; i++)
        pthread_join(crew[i].thread, NULL);
    return pipeline->stop ? INPUT_BLOCK : pipeline->end;
}

enum input_status pipeline_run(struct input *input, const struct pipeline_calls *calls,
                               void **workers, size_t n_workers, struct parcel *parcels,
                               size_t n_parcels)
{
    struct pipeline pipeline = {.input = input, .calls = calls, .n_slots = n_parcels};
    struct crew *crew = calloc(n_workers, sizeof *crew);
    pipeline.slots = calloc(n_parcels, sizeof *pipeline.slots);
    enum input_status status = INPUT_NO_MEMORY;
    if (crew != NULL && pipeline.slots != NULL && pthread_mutex_init(&pipeline.lock, NULL) == 0) {
        if (pthread_cond_init(&pipeline.changed, NULL) == 0 &&
            pthread_cond_init(&pipeline.turn, NULL) == 0) {
            for (size_t i = 0; i < n_parcels; i++)
                pipeline.slots[i] = (struct slot){.pipeline = &pipeline, .parcel = &parcels[i]};
            status = run_alone(&pipeline, workers[n_workers - 1], n_workers == 1);
            if (status == INPUT_BLOCK && !pipeline.stop)
                status = run_together(&pipeline, crew, workers, n_workers);
            pthread_cond_destroy(&pipeline.turn);
            pthread_cond_destroy(&pipeline.changed);
        }
        pthread_mutex_destroy(&pipeline.lock);
    }
    free(crew);
    free(pipeline.slots);
    return status;
}
