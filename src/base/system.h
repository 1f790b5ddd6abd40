/* What differs from system to system, each with a fallback where a system has no such thing. */
#ifndef ASSENT_SYSTEM_H
#define ASSENT_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>

/* The processors that this process may use; at least 1. */
size_t system_processors(void);

/* Flags by which open does not wait for a FIFO's writer, while poll still waits for one; none where
 * poll would not. */
int system_fifo_flags(void);

/* The columns of a terminal, 80 of anything else. */
size_t system_columns(int fd);

/* Makes a pipe as large as it may be for a user, so that its ends wait less for each other;
 * anything but a pipe is left alone. */
void system_widen_pipe(int fd);

/* How many files this process may have open. */
size_t system_open_files(void);

/* Opens the folder that the named file is in, for its entries; *base is the name in it, which lives
 * as long as the name. -1 with errno. */
int system_open_folder_of(const char *name, const char **base);

/* Makes what was written to the descriptor outlast a power cut; true also where there is nothing to
 * sync, such as a pipe. False with errno. */
bool system_sync(int fd);

/* Makes all that was written to the folder's file system outlast a power cut, at once. False where
 * it cannot be had: sync each file. */
bool system_sync_all(int folder);

#endif
