/* What differs from system to system, each with a fallback where a system has no such thing. */
#ifndef ASSENT_SYSTEM_H
#define ASSENT_SYSTEM_H

#include <stddef.h>

/* The processors that this process may use; at least 1. */
size_t system_processors(void);

/* The columns of a terminal, 80 of anything else. */
size_t system_columns(int fd);

/* Makes a pipe as large as it may be for a user, so that its ends wait less for each other;
 * anything but a pipe is left alone. */
void system_widen_pipe(int fd);

#endif
