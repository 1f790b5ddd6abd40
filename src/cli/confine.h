/* The sandbox as the command line asks for it. Contract: cli.md, "Sandbox". */
#ifndef ASSENT_CONFINE_H
#define ASSENT_CONFINE_H

#include "base/sandbox.h"
#include "cli/status.h"

enum sandbox_when { SANDBOX_AUTO, SANDBOX_REQUIRE, SANDBOX_OFF };

/* Enters the sandbox, once all but what it allows is open and before anything is read or emptied.
 * Anything but STATUS_DONE comes after a message: it is required and cannot be had as a whole. */
enum status confine(enum sandbox_when when, const struct sandbox *allowed);

#endif
