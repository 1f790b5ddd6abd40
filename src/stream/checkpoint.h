/*
 * How far a run has come, kept in a file, so that the same run can go on after any end. The file is
 * replaced as a whole: after a kill or a power cut it is the old one or the new one. It is a text:
 *
 *   assent checkpoint 1
 *   mapping 5d3c…           the run: any lines; one that goes on must be the same in each
 *   input 1048576 …
 *   at 2 81204 633 9210477  file, its bytes and lines, bytes in all
 *   rejected 3              lines
 *   output 5120 0 ID.ndjson bytes, whether the last line lacks its LF, name
 *   done 0
 *   sum 93c467e37db0c7a4    of all before
 *
 * Contract: cli.md, `--checkpoint`.
 */
#ifndef ASSENT_CHECKPOINT_H
#define ASSENT_CHECKPOINT_H

#include "base/page.h"
#include "stream/block.h"

#include <sys/stat.h>

struct checkpoint_output {
    const char *name;
    uint64_t len;
    bool unterminated;
};

struct checkpoint {
    struct text run;
    struct position position;
    uint64_t n_rejected;
    struct checkpoint_output *outputs;
    size_t n_outputs;
    bool done; /* the run has come to its end */
};

/* The text, in the page's arena. */
void checkpoint_print(const struct checkpoint *checkpoint, struct page *page);

/* Reads a text, which is changed and must stay, with a NUL behind it. False when it is no
 * checkpoint, or damaged. Memory comes from the arena, inside of whose arena_try this must run. */
bool checkpoint_parse(struct checkpoint *checkpoint, struct arena *arena, char *bytes, size_t len);

/* The file, and the lock by which a second run with the same one is kept out. */
struct checkpoint_file {
    const char *name; /* the caller's */
    int folder;       /* an open descriptor */

    /* private */
    const char *base; /* in the folder */
    int fd;           /* of the file that stands there, locked; -1: none */
    off_t size;       /* when it was opened */
    bool made;        /* for the lock, and nothing was written */
    char temporary[256 + 16];
};

enum checkpoint_status {
    CHECKPOINT_THERE,
    CHECKPOINT_NONE,
    CHECKPOINT_BUSY,    /* another run has it */
    CHECKPOINT_NO_FILE, /* something else stands there: a link, a device */
    CHECKPOINT_FAILED,  /* errno */
};

/* Opens and locks the file; one that is not there is made, and removed again by the close unless
 * something was written. checkpoint_close in any case. */
enum checkpoint_status checkpoint_open(struct checkpoint_file *file, const char *name);
void checkpoint_close(struct checkpoint_file *file);

/* Of an open one, and of what stands where its successors are written, if anything does: these
 * files will be replaced. The number of them. */
size_t checkpoint_stat(const struct checkpoint_file *file, struct stat stats[2]);

/* All of one that was just opened, with a NUL behind it, in the arena, inside of whose arena_try
 * this must run. NULL with errno; EFBIG when it is too large to be a checkpoint. */
char *checkpoint_read(const struct checkpoint_file *file, struct arena *arena, size_t *len);

/* Replaces the file; when it returns true, the new one outlasts a power cut. False with errno. */
bool checkpoint_write(struct checkpoint_file *file, struct text text);

#endif
