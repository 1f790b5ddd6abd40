/*
 * The work on one block: each line is checked, scanned and decided over, and its tagged lines are
 * put out. The filter's road from event/ through decision to stream/, in one place. It knows
 * nothing of threads: stream/pipeline.h calls it, each worker with one parcel at a time.
 */
#ifndef ASSENT_WORKER_H
#define ASSENT_WORKER_H

#include "event/scan.h"
#include "event/timestamp.h"
#include "observe/stats.h"
#include "stream/parcel.h"

/* What every worker is told; immutable while events flow. */
struct task {
    const struct mapping *mapping;
    const struct route *routes;
    size_t n_routes;
    size_t max_line;
    bool stop_on_reject;
    bool keep_rejects; /* there is a sink for them */
    bool stats;        /* are asked for */
    enum audit_which audit;
    bool audit_names_files; /* more than one is read */
    struct span span;       /* of the events' timestamps: others are skipped */
};

struct counts {
    uint64_t lines, events, rejected, blank;
    uint64_t skipped; /* events outside of the span, which are none of `events` */
    uint64_t untimed; /* of `events`, where there is a span: without a usable timestamp */
    uint64_t delivered, blocked; /* pairs */
};

/* Whether every line and every pair is accounted for (cli.md, "Exit status", 70). */
bool counts_balance(const struct counts *counts, size_t n_routes);

/* A rejected line, to be reported. */
struct report {
    enum reject reject;
    uint64_t line;
    uint64_t column; /* 0: none */
};

enum { REPORTS_MOST = 20 }; /* the rest are only counted */

/* The outputs of a parcel, in the order in which they are written. */
enum output_name { OUTPUT_EVENTS, OUTPUT_REJECTS, OUTPUT_AUDIT, N_OUTPUTS };

enum work_status {
    WORK_DONE,
    WORK_STOPPED,     /* at a rejected line, as asked */
    WORK_NOT_WRITTEN, /* a sink failed: that of the notes' `failed` */
    WORK_INTERRUPTED, /* a caught signal has come */
    WORK_NO_MEMORY,
};

/* What the work on one block has to tell; a parcel's notes. */
struct notes {
    enum work_status status;
    enum output_name failed;
    struct counts counts;
    struct report reports[REPORTS_MOST];
    size_t n_reports;
};

/* One thread's tools; a worker works on one parcel at a time. */
struct worker {
    const struct task *task;
    struct scan scan;
    struct permits permits;
    struct stats stats; /* when they are asked for */
    struct audit audit; /* likewise */
    struct arena memory, line_memory;
    struct parcel *parcel; /* under work */
};

/* False when memory is short. The task must outlive the worker; worker_free frees it. */
bool worker_init(struct worker *worker, const struct task *task);
void worker_free(struct worker *worker);

/* Works on a parcel's block; what it puts out is in the parcel's outputs and notes. */
void worker_run(struct worker *worker, struct parcel *parcel);

/* Brings the worker's stats up to date and adds them to the sum, which may be the same. False when
 * memory is short. */
bool worker_count(struct worker *worker, struct worker *sum);

/* A parcel with notes and buffers for the sinks that are open (fd not -1), which must outlive it.
 * False when memory is short; parcel_free frees it, in either case. */
bool parcel_init(struct parcel *parcel, struct sink sinks[N_OUTPUTS]);
void parcel_free(struct parcel *parcel);

/* Writes what the work left in the parcel's buffers. The status is the work's, or what went wrong
 * here. */
enum work_status parcel_write(struct parcel *parcel);

void counts_add(struct counts *sum, const struct counts *counts);

#endif
