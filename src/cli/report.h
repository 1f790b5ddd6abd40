/* `assent report`: what a run would deliver, as one page for people. The man page is
 * assent-report(1). */
#ifndef ASSENT_REPORT_H
#define ASSENT_REPORT_H

#include "cli/status.h"

enum status report(int argc, char **argv);

#endif
