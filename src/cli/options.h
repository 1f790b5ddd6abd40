/* The filter's command line, read and checked before anything is opened. Contract: cli.md. */
#ifndef ASSENT_OPTIONS_H
#define ASSENT_OPTIONS_H

#include "cli/asked.h"
#include "cli/confine.h"
#include "event/timestamp.h"
#include "observe/audit.h"
#include "stream/unpack.h"

#include <stdbool.h>
#include <stddef.h>

enum format { FORMAT_TSV, FORMAT_JSON };
enum progress_when { PROGRESS_NEVER, PROGRESS_AUTO, PROGRESS_ALWAYS };
enum stats_form { STATS_NONE, STATS_TABLE, STATS_JSON };

/* Of --max-line, and the longest line of every command that has no such option. */
enum { MAX_LINE_DEFAULT = 16 * 1024 * 1024 };

/* Bytes of input between two checkpoints: a second's work or less, and long beside an fsync. */
enum { CHECKPOINT_EVERY_DEFAULT = 256 * 1024 * 1024 };

struct options {
    const char *mapping;
    enum format format;
    struct asked asked;
    size_t max_line;
    size_t jobs;
    const char *split; /* a folder; NULL: standard output */
    enum packing split_packing;
    bool force;
    const char *checkpoint; /* NULL: there is none */
    size_t checkpoint_every;
    const char *rejects;    /* NULL: they are only counted */
    const char *audit_file; /* NULL: there is none */
    enum audit_which audit;
    bool stop_on_reject;
    struct span span; /* of --since and --until */
    enum stats_form stats;
    enum progress_when progress;
    enum sandbox_when sandbox;
    const char *const *events; /* NULL-ended; "-" where none was named */
    bool help, version;
};

/* Reads the command line, whose strings must outlive the options. False after a message when it is
 * wrong: status 2. options_free frees what it allocated, in either case. */
bool options_read(struct options *options, int argc, char **argv);
void options_free(struct options *options);

/* What --help prints. */
extern const char options_help[];

#endif
