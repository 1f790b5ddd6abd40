/* Mapping files looked over, all findings of all of them told. Contract: cli.md, "check". */
#ifndef ASSENT_CHECK_H
#define ASSENT_CHECK_H

#include "cli/status.h"

/* Runs `assent check`; argv[0] is the command's name. */
enum status check(int argc, char **argv);

#endif
