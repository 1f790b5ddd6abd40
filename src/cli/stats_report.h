/* The statistics of a run for people, as a table, and for programs, as JSON; on standard error.
 * Contract: cli.md, `--stats`. The JSON's names are stable: assent(1) lists them. */
#ifndef ASSENT_STATS_REPORT_H
#define ASSENT_STATS_REPORT_H

#include "cli/options.h"
#include "cli/status.h"
#include "worker.h"

/* STATUS_FAILED when memory is short or standard error cannot be written. */
enum status stats_report(enum stats_form form, const struct stats *stats,
                         const struct counts *counts, const struct task *task);

#endif
