/* The two halves of the sandbox (base/sandbox.h), each false with errno set where it cannot be had.
 * The calls are closed last: Landlock makes some that are then closed. */
#ifndef ASSENT_SANDBOX_PARTS_H
#define ASSENT_SANDBOX_PARTS_H

#include "base/sandbox.h"

#include <stdbool.h>

/* Landlock: nothing but what is allowed can be opened any more. */
bool sandbox_files(const struct sandbox *allowed);

/* seccomp: no call can be made any more but what a filter needs. */
bool sandbox_calls(const struct sandbox *allowed);

#endif
