/*
 * --checkpoint: a run that goes on where an earlier one with the same command stopped, however it
 * did. What the checkpoint says of the run (program, mapping, options, inputs) must be the same;
 * what the outputs hold beyond it is cut off, so that it is written once. Contract: cli.md,
 * `--checkpoint`.
 *
 *   the order of every checkpoint: outputs written and synced, then the checkpoint replaced
 */
#ifndef ASSENT_RESUME_H
#define ASSENT_RESUME_H

#include "cli/split_folder.h"
#include "stream/checkpoint.h"

struct resume {
    bool on;
    bool goes_on;            /* an earlier run has begun */
    struct checkpoint state; /* where the run begins */
    struct checkpoint_file file;

    /* private */
    const struct split_folder *folder;
    struct arena arena, page_arena; /* the state; a checkpoint that is written */
};

/* Opens the checkpoint, if one is asked for, and compares it with the run. Nothing of the run is
 * changed. Anything but STATUS_DONE comes after a message; resume_end in any case. The folder must
 * outlive it; it is looked at for the run's options, routes and sinks even without --split. */
enum status resume_start(struct resume *resume, const struct split_folder *folder);

/* Of a run that begins: the outputs' files, which were made, outlast a power cut. The folders that
 * they are in are opened for it. */
enum status resume_keep_names(const struct resume *resume);

/* Cuts the outputs back to the checkpoint. */
enum status resume_cut_back(struct resume *resume);

/* Makes the first checkpoint, of a run that has put out nothing: what stands in the outputs later
 * is the run's own. */
enum status resume_begin(struct resume *resume);

/* Makes a checkpoint: all before the position has been put out, with so many lines rejected. A run
 * is not done when an input was changed while it was read: STATUS_FAILED. */
enum status resume_mark(struct resume *resume, struct position position, uint64_t n_rejected,
                        bool done);

void resume_end(struct resume *resume);

#endif
