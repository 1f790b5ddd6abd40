/* The main job: events in, one tagged line per permitted pair out. Contract: cli.md, "Filter". */
#ifndef ASSENT_FILTER_H
#define ASSENT_FILTER_H

#include "cli/status.h"

/* Runs the filter with the program's own arguments. */
enum status filter(int argc, char **argv);

#endif
