/* `assent diff`: what a change of the mapping changes. Contract: cli.md; the man page is
 * assent-diff(1). */
#ifndef ASSENT_DIFF_H
#define ASSENT_DIFF_H

#include "cli/status.h"

enum status diff(int argc, char **argv);

#endif
