/* The files of a run, looked at before anything is read or written: none may be an output and
 * something else at once. Contract: cli.md, "Exit status", 2. */
#ifndef ASSENT_FILES_H
#define ASSENT_FILES_H

#include "cli/mapping_file.h"
#include "cli/options.h"
#include "cli/status.h"

/* stat, or fstat for `-`, standard input. */
bool files_stat(const char *name, struct stat *stat_of);

/* Checks the inputs against standard output, and opens the rejects' file where the options name
 * one (*rejects_fd, else -1), emptied only when it is no other file of the run. Anything but
 * STATUS_DONE comes after a message. */
enum status files_open(const struct options *options, const struct mapping_file *mapping,
                       int *rejects_fd);

#endif
