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

/* The run's inputs, the mapping among them, to be found by what they are. */
struct inputs {
    struct input_file *files;
    size_t n;
};

/* Looks at the inputs; those that are not there are left out. Memory comes from the arena, inside
 * of whose arena_try this must run. */
void files_look(struct inputs *inputs, struct arena *arena, const struct options *options,
                const struct mapping_file *mapping);

/* Whether the output is an input of the run; *name then says which. */
bool files_is_input(const struct stat *output, const struct inputs *inputs, const char **name);

/* Whether both are one regular file, or one pipe: writing to it as two things would mix or destroy
 * them. */
bool files_same(const struct stat *a, const struct stat *b);

/* Makes the run's sinks: standard output, unless there is a folder in its place (cli/split_folder.h
 * makes its sink), and the files that the options name, opened and found to be no other file of the
 * run. A sink that is not asked for has fd -1. Anything but STATUS_DONE comes after a message. */
enum status files_open(const struct options *options, const struct inputs *inputs,
                       struct sink sinks[N_OUTPUTS]);

/* Empties the files that were opened. */
enum status files_empty(const struct sink sinks[N_OUTPUTS]);

/* The status of files that stand in each other's way, STATUS_USAGE, or that cannot be opened,
 * STATUS_FAILED with errno, after a message. */
enum status files_refuse(const char *name, const char *text);
enum status files_failed(const char *name);

#endif
