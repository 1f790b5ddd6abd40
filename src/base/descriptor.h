/* Calls on descriptors, made again when a signal cuts them short or a descriptor that does not
 * block puts them off: neither is an error (cli.md, "Exit status"). */
#ifndef ASSENT_DESCRIPTOR_H
#define ASSENT_DESCRIPTOR_H

#include "base/text.h"

#include <sys/types.h>

/* Like open and openat, closed on exec. */
int descriptor_open(const char *name, int flags, mode_t mode);
int descriptor_open_at(int folder, const char *name, int flags, mode_t mode);

/* Like read. */
ssize_t descriptor_read(int fd, void *bytes, size_t size);

/* Reads until the room is full or the file ends. The number of bytes; -1 with errno. */
ssize_t descriptor_read_all(int fd, char *bytes, size_t size);

/* Writes all of the bytes to a file. False with errno; *written says how many were, in any case. */
bool descriptor_write(int fd, struct text text, size_t *written);

/* Like ftruncate. */
int descriptor_truncate(int fd, off_t len);

#endif
