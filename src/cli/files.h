/* The files of a run, looked at before anything is read or written: none may be an output and
 * something else at once. Contract: cli.md, "Exit status", 2. */
#ifndef ASSENT_FILES_H
#define ASSENT_FILES_H

#include "cli/mapping_file.h"
#include "cli/options.h"
#include "cli/status.h"
#include "worker.h"

/* stat, or fstat for `-`, standard input. */
bool files_stat(const char *name, struct stat *stat_of);

/* Whether the files can be opened, after a message when not: a mistake in the command line. */
bool events_can_be_read(const char *const *events);

/* Makes the run's sinks: standard output, and the files that the options name, opened and, when all
 * are found to be no other file of the run, emptied. A sink that is not asked for has fd -1.
 * Anything but STATUS_DONE comes after a message. */
enum status files_open(const struct options *options, const struct mapping_file *mapping,
                       struct sink sinks[N_OUTPUTS]);

#endif
