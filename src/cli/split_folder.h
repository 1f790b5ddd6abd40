/* The folder of --split, looked at before anything is written: a file for each route, and none of
 * an earlier run that this one would add to or leave behind. Contract: cli.md, `--split`. */
#ifndef ASSENT_SPLIT_FOLDER_H
#define ASSENT_SPLIT_FOLDER_H

#include "cli/files.h"
#include "stream/split.h"

/* What looks at the folder. */
struct split_folder {
    struct split *split;
    const struct options *options;
    const struct mapping_file *mapping;
    const struct inputs *inputs;
    const struct route *routes;
    size_t n_routes;
    struct sink *sinks;
};

/* Tells something of a file in the folder; returns the status. */
enum status split_folder_about(const struct split_folder *folder, const char *name,
                               const char *text, enum status status);

/* Whether a file is an input, or another output. */
bool split_folder_uses(const struct split_folder *folder, const struct stat *there);

/* Whether the name in that open folder is one that a route's file has, or had when it was packed
 * otherwise. */
bool split_folder_names(const struct split_folder *folder, int other, const char *name);

/* Opens the folder, made if it is not there, plans its files and makes the sink of the events. The
 * names come from the arena. Anything but STATUS_DONE comes after a message; split_free in any
 * case. */
enum status split_folder_open(const struct split_folder *folder, struct arena *arena);

/* For a run that begins: refuses when a file of a route is there, packed or not, and there is no
 * --force, or it is a folder, or when it is another file of the run. Nothing is changed yet. */
enum status split_folder_look(const struct split_folder *folder);

/* Removes what --force lets it replace. */
enum status split_folder_clear(const struct split_folder *folder);

/* For a run that goes on: refuses when a folder is in the place of a file that it may begin.
 * Nothing is changed yet. */
enum status split_folder_look_at_unmade(const struct split_folder *folder);

/* For a run that goes on: removes the files that were begun since. */
enum status split_folder_clear_unmade(const struct split_folder *folder);

#endif
