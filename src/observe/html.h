/*
 * The report of a run as one HTML page: no script, nothing loaded from anywhere, light and dark,
 * fit for a phone, a desk and paper. Its numbers are those of `--stats`. Every text that comes from
 * a mapping, an event or a file's name is escaped and isolated from the text around it.
 */
#ifndef ASSENT_HTML_H
#define ASSENT_HTML_H

#include "base/message.h"
#include "base/page.h"
#include "observe/stats.h"
#include "worker.h"

/* Lines that are no events, by why. */
struct html_reject {
    uint64_t n;
    struct place first;
};

struct html_report {
    const char *mapping_name;
    const struct mapping *mapping;
    const char *const *events; /* names of the files, NULL-ended */
    const struct route *routes;
    size_t n_routes;
    const struct counts *counts;
    const struct stats *stats;
    const struct html_reject *rejects; /* by enum reject */
    const char *const *drift;          /* sentences; n of them */
    size_t n_drift;
};

/* Writes the page, whose arena's arena_try must be under way. */
void html_report(struct page *page, const struct html_report *report);

#endif
