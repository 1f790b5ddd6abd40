/*
 * Findings told in the forms that people and tools read: messages on standard error, or one report
 * on standard output. Each form is a row of one table. Contract: cli.md, "check".
 */
#ifndef ASSENT_FINDING_REPORT_H
#define ASSENT_FINDING_REPORT_H

#include "base/page.h"
#include "cli/status.h"
#include "mapping/finding.h"

#include <yajl/yajl_gen.h>

/* A finding and where it stands. */
struct told {
    struct place place;
    enum finding_code code;
    const char *text;
    const struct place_walk *walk; /* stands at the place in the mapping file; NULL: elsewhere */
};

/* Tells a finding by one message, as every command does. */
void told_message(const struct told *told);

struct report_form;

struct finding_report {
    const struct report_form *form;
    struct arena arena;
    yajl_gen json;
    struct page page; /* what goes to standard output at the end */
    bool no_memory;
};

/* Begins a report. finding_report_end must follow. */
void finding_report_start(struct finding_report *report, const struct report_form *form);

void finding_report_tell(struct finding_report *report, const struct told *told);

/* Ends the report and frees what it holds. Anything but STATUS_DONE comes after a message. */
enum status finding_report_end(struct finding_report *report);

/* The form of that name, NULL when there is none: text, json, github or sarif. */
const struct report_form *report_form_find(const char *name);

#endif
