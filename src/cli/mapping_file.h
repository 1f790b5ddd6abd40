/* A mapping file opened, read and its findings told: what every command begins with. */
#ifndef ASSENT_MAPPING_FILE_H
#define ASSENT_MAPPING_FILE_H

#include "mapping/read.h"

#include <sys/stat.h>

struct told; /* cli/finding_report.h */

struct mapping_file {
    const char *name;
    struct arena arena; /* owns all below */
    struct text bytes;
    struct stat stat; /* of the file, when it was read */
    struct findings findings;
    struct mapping mapping;
};

/* Reads the file. False after a message when it cannot be read at all. What is wrong with the
 * mapping itself is in the findings. mapping_file_free frees it, in either case. */
bool mapping_file_read(struct mapping_file *file, const char *name);
void mapping_file_free(struct mapping_file *file);

/* Calls `tell` for each finding, in the file's order. Findings that were only counted get a
 * message. */
void mapping_file_each(const struct mapping_file *file,
                       void (*tell)(void *state, const struct told *told), void *state);

/* Reads the file for use: false after messages when it cannot be read or has errors. */
bool mapping_file_use(struct mapping_file *file, const char *name);

#endif
