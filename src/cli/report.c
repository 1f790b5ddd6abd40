#include "cli/report.h"

#include "cli/each_line.h"
#include "cli/finding_report.h"
#include "cli/look_options.h"
#include "cli/mapping_file.h"
#include "cli/options.h"
#include "cli/rejects.h"
#include "cli/show.h"
#include "observe/drift.h"
#include "observe/html.h"

static const struct option long_options[] = {
    {"destination", required_argument, NULL, 'd'},
    {"help", no_argument, NULL, 'h'},
    {"mapping", required_argument, NULL, 'm'},
    {NULL, 0, NULL, 0},
};

static const struct look_command command = {
    "assent report", ":m:d:h", long_options, true,
    "usage: assent report [OPTIONS] -m MAPPING [EVENTS...] > report.html\n"
    "Shows on one page who would get how much, and why.\n"
    "\n"
    "  -m, --mapping FILE      which consent categories each destination needs\n"
    "  -d, --destination ID    only this destination; may repeat\n"
    "  -h, --help              show this help\n"
    "\n"
    "No EVENTS, or -: standard input. See assent-report(1).\n"};

struct reporting {
    const struct look_options *options;
    const char *const *events;
    struct mapping_file file;
    struct arena memory, line_memory;
    struct route *routes;
    size_t n_routes;
    struct scan scan;
    struct permits permits;
    struct stats stats;
    struct drift drift;
    struct counts counts;
    struct html_reject by_reject[N_REJECTS];
    struct rejects rejects;
    const char **sentences;
    size_t n_sentences;
    struct page page;
};

/* ---- one line ---- */

struct line {
    struct reporting *reporting;
    struct text raw;
    struct place place;
    enum reject reject;
};

static void count_event(struct reporting *reporting, struct text raw)
{
    struct permit permit = permits_of(&reporting->permits, &reporting->scan.event);
    reporting->counts.events++;
    reporting->counts.delivered += permit.n_routes;
    reporting->counts.blocked += permit.n_blocked;
    if (!reporting->scan.recalled)
        stats_look(&reporting->stats, raw, 1);
}

static void read_line(void *state)
{
    struct line *line = state;
    struct reporting *reporting = line->reporting;
    bool blank;
    size_t at;
    line->reject = event_read(&reporting->scan, line->raw, MAX_LINE_DEFAULT, &blank, &at);
    if (line->reject != REJECT_NONE) {
        line->place.column = reject_column(line->reject, line->raw, at);
    } else if (blank) {
        reporting->counts.blank++;
    } else {
        count_event(reporting, line->raw);
        drift_line(&reporting->drift, line->raw, MAX_LINE_DEFAULT, line->place, &at);
    }
}

static bool on_line(void *state, const struct text *raw, struct place place, enum status *status)
{
    struct reporting *reporting = state;
    struct line line = {.reporting = reporting, .place = place, .reject = REJECT_TOO_LONG};
    reporting->counts.lines++;
    if (raw != NULL) {
        line.raw = *raw;
        if (!arena_try_both(&reporting->memory, &reporting->line_memory, read_line, &line)) {
            *status = out_of_memory(place);
            return false;
        }
    }
    if (line.reject != REJECT_NONE) {
        struct html_reject *reject = &reporting->by_reject[line.reject];
        if (reject->n++ == 0)
            reject->first = place;
        reporting->counts.rejected++;
        rejects_tell(&reporting->rejects, line.place, line.reject);
    }
    return true;
}

/* ---- the command ---- */

static void count_core(void *stats, struct text core, uint64_t n_events)
{
    stats_look(stats, core, n_events);
}

static void prepare(void *state)
{
    struct reporting *reporting = state;
    const struct mapping *mapping = &reporting->file.mapping;
    struct arena *memory = &reporting->memory, *line_memory = &reporting->line_memory;
    reporting->page.arena = memory;
    reporting->routes =
        arena_alloc(memory, mapping_n_destinations(mapping) * sizeof *reporting->routes);
    for (size_t i = 0; i < mapping_n_destinations(mapping); i++)
        if (is_asked_for(&reporting->options->asked, mapping->destinations[i].id))
            reporting->routes[reporting->n_routes++].destination = &mapping->destinations[i];
    scan_init(&reporting->scan, mapping, memory, line_memory);
    stats_init(&reporting->stats, mapping, reporting->n_routes, memory, line_memory);
    reporting->scan.recall.forget = count_core;
    reporting->scan.recall.forget_state = &reporting->stats;
    reporting->permits = (struct permits){.mapping = mapping,
                                          .routes = reporting->routes,
                                          .n_routes = reporting->n_routes,
                                          .tallies = reporting->stats.destinations};
    permits_init(&reporting->permits, memory);
    drift_init(&reporting->drift, mapping, memory, line_memory);
}

static void keep_sentence(void *state, const struct told *told)
{
    struct reporting *reporting = state;
    reporting->sentences = arena_one_more(&reporting->memory, reporting->sentences,
                                          reporting->n_sentences, sizeof *reporting->sentences);
    reporting->sentences[reporting->n_sentences++] = told->text;
}

static void make_page(void *state)
{
    struct reporting *reporting = state;
    reporting->file.findings.arena = &reporting->memory;
    permits_clear(&reporting->permits);
    recall_clear(&reporting->scan.recall);
    drift_find(&reporting->drift, &reporting->file.findings);
    mapping_file_each(&reporting->file, keep_sentence, reporting);
    const struct html_report html = {.mapping_name = reporting->options->mapping,
                                     .mapping = &reporting->file.mapping,
                                     .events = reporting->events,
                                     .routes = reporting->routes,
                                     .n_routes = reporting->n_routes,
                                     .counts = &reporting->counts,
                                     .stats = &reporting->stats,
                                     .rejects = reporting->by_reject,
                                     .drift = reporting->sentences,
                                     .n_drift = reporting->n_sentences};
    html_report(&reporting->page, &html);
}

static enum status run(struct reporting *reporting)
{
    const struct each_line each = {
        .events = reporting->events, .line = on_line, .state = reporting};
    struct arena *memory = &reporting->memory, *line_memory = &reporting->line_memory;
    if (!arena_try_both(memory, line_memory, prepare, reporting))
        return out_of_memory(NO_PLACE);
    enum status status = each_line(&each);
    if (status != STATUS_DONE)
        return status;
    rejects_tell_rest(&reporting->rejects, reporting->counts.rejected);
    if (!arena_try_both(memory, line_memory, make_page, reporting))
        return out_of_memory(NO_PLACE);
    if (!counts_balance(&reporting->counts, reporting->n_routes) ||
        !stats_balance(&reporting->stats, reporting->counts.events))
        return unaccounted();
    status = show_text(page_text(&reporting->page));
    return status == STATUS_DONE && reporting->counts.rejected != 0 ? STATUS_REJECTED : status;
}

enum status report(int argc, char **argv)
{
    struct look_options options;
    struct reporting reporting = {.options = &options};
    enum status status;
    if (look_options_read(&options, &command, argc, argv, &status)) {
        status = STATUS_USAGE;
        if (mapping_file_use(&reporting.file, options.mapping) &&
            asked_known(&options.asked, &reporting.file.mapping) &&
            look_events(&options, 0, &reporting.events))
            status = run(&reporting);
        mapping_file_free(&reporting.file);
        arena_free(&reporting.memory);
        arena_free(&reporting.line_memory);
    }
    look_options_free(&options);
    return status;
}
