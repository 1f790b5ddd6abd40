/* `assent explain`: why each destination does or does not get an event. Contract: cli.md; the man
 * page is assent-explain(1). */
#ifndef ASSENT_EXPLAIN_H
#define ASSENT_EXPLAIN_H

#include "cli/status.h"

enum status explain(int argc, char **argv);

#endif
