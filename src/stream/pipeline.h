/*
 * The traffic on the road: blocks are read one after the other, worked on by several threads, and
 * settled in the order of the input by the caller's thread. It is bounded: as many blocks are under
 * way as there are parcels, and whoever is behind makes all others wait.
 *
 *   a worker's thread: read the next block (one at a time) -> work -> the next block ...
 *   the caller's thread: settle block 1, block 2, ...; write a full output in its block's turn
 *
 * Threads start only once an input has shown that it is large; until then, and with one worker, the
 * caller's thread does it all, block by block. A block larger than the usual (a line that is) is
 * worked on by the caller's thread in its turn while nothing more is read: the memory for long
 * lines is needed once, not once a thread.
 */
#ifndef ASSENT_PIPELINE_H
#define ASSENT_PIPELINE_H

#include "stream/input.h"
#include "stream/parcel.h"

struct pipeline_calls {
    /* Works on the parcel's block; on a worker's thread or the caller's. */
    void (*work)(void *worker, struct parcel *parcel);
    /* Writes and tells what the work has put out; on the caller's thread, in order. False: stop. */
    bool (*settle)(void *context, struct parcel *parcel);
    void *context;
};

/* Runs until the input ends, INPUT_END, or fails, or settle says stop: then INPUT_BLOCK. Workers
 * are n_workers pointers, each used by one thread at a time; there are n_parcels > n_workers
 * parcels, and with one worker one is enough. All memory is the caller's. */
enum input_status pipeline_run(struct input *input, const struct pipeline_calls *calls,
                               void **workers, size_t n_workers, struct parcel *parcels,
                               size_t n_parcels);

#endif
