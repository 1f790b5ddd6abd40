/*
 * A folder with a file for each destination, in place of one descriptor. Lines come in the order of
 * the input, each behind the tag of its file, and leave without it. They are collected and written
 * many at a time, packed or plain, and always whole. However many files there are, few are open.
 *
 * The bytes of a file depend on its lines and on where split_flush was called, nothing else: a
 * replay that goes on from such a place writes the same ones. Contract: cli.md, `--split`.
 */
#ifndef ASSENT_SPLIT_H
#define ASSENT_SPLIT_H

#include "stream/pack.h"
#include "stream/sink.h"

#include <stdint.h>
#include <sys/types.h>

struct split_file {
    const char *name; /* in the folder; the caller's */
    uint64_t len;     /* bytes that were written */
    bool made;        /* it is there: written, or gone on with */

    /* private */
    int fd;       /* -1: closed */
    bool waiting; /* it is in the split's list of those */
    bool unsynced;
    ino_t inode;
    char *bytes; /* of lines that wait to be written */
    size_t n_bytes, cap;
};

struct split {
    struct split_file *files; /* by tag */
    size_t n_files;
    int folder;
    const char *folder_name;
    bool at_once; /* nothing waits beyond a split_write, unless it is packed */
    char *failed; /* "FOLDER/NAME" of a file that could not be written, for messages */

    /* private */
    enum packing packing;
    struct pack *pack;
    size_t *waiting, n_waiting; /* tags */
    size_t n_reserved;          /* bytes of memory for what waits */
    size_t *open, n_open, next; /* tags of open files, the oldest is closed for a new one */
    size_t open_most;
    char tag[4]; /* of the line at hand */
    size_t tag_len;
    uint32_t at; /* the file of the line at hand */
};

enum { SPLIT_TAG = sizeof(uint32_t) };

/* Makes the files' structures; none is made or opened yet. The folder is an open descriptor. False
 * with *fault when memory is short or the build cannot pack so; split_free in either case,
 * behind split_end when anything was written. */
bool split_start(struct split *split, int folder, const char *folder_name, size_t n_files,
                 enum packing packing, const char **fault);
void split_free(struct split *split);

/* What stands before a line of the file of that number, SPLIT_TAG bytes. */
void split_tag(uint32_t number, char *tag);

/* The sink's write: lines, tagged. A file is made with its first line, and never is it another one
 * that was there already. */
enum sink_status split_write(struct sink *sink, const struct iovec *pieces, size_t n_pieces,
                             size_t *written);

/* Writes what waits. With `sync` all that was written since the last one outlasts a power cut. */
enum sink_status split_flush(struct sink *sink, bool sync);

/* Flushes, if nothing has failed, and closes all files. */
enum sink_status split_end(struct sink *sink);

/* Goes on with a file that had len bytes: with `cut` cuts it back to them, else only looks whether
 * it can. False with errno, ESTALE when it has fewer. */
bool split_go_on(struct split *split, struct split_file *file, uint64_t len, bool cut);

#endif
