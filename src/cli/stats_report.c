#include "cli/stats_report.h"

#include "base/json_gen.h"
#include "base/page.h"
#include "base/system.h"
#include "cli/each_line.h"
#include "mapping/finding.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

struct stats_report {
    enum stats_form form;
    const struct stats *stats;
    const struct counts *counts;
    const struct task *task;
    struct arena arena;
    yajl_gen json;
    struct page page;
    size_t width; /* of the table's lines */
};

static uint64_t sum(const uint64_t n[N_REASONS])
{
    uint64_t all = 0;
    for (size_t i = 0; i < N_REASONS; i++)
        all += n[i];
    return all;
}

static uint64_t missing(const struct stats_report *report, size_t category)
{
    const struct category_tally *tally = &report->stats->categories[category];
    return report->stats->events[CONSENT_STATED] - tally->consented - tally->refused;
}

static bool has_span(const struct stats_report *report)
{
    return report->task->span.has_since || report->task->span.has_until;
}

/* ---- JSON ---- */

static void json_reasons(struct stats_report *report, const char *name, const uint64_t n[N_REASONS])
{
    json_open(report->json, name);
    for (enum reason reason = 0; reason < N_REASONS; reason++)
        if (n[reason] != 0)
            json_number(report->json, reason_name(reason), n[reason]);
    json_close(report->json);
}

static void json_destinations(struct stats_report *report)
{
    json_open_array(report->json, "destinations");
    for (size_t i = 0; i < report->task->n_routes; i++) {
        const struct reason_tally *tally = &report->stats->destinations[i];
        json_open(report->json, NULL);
        json_member(report->json, "destination", report->task->routes[i].destination->id);
        json_number(report->json, "delivered", sum(tally->delivered));
        json_number(report->json, "blocked", sum(tally->blocked));
        json_reasons(report, "delivered_by_reason", tally->delivered);
        json_reasons(report, "blocked_by_reason", tally->blocked);
        json_close(report->json);
    }
    json_close_array(report->json);
}

static void json_categories(struct stats_report *report)
{
    const struct mapping *mapping = report->task->mapping;
    json_open_array(report->json, "categories");
    for (size_t i = 0; i < mapping->category_ids.n; i++) {
        json_open(report->json, NULL);
        json_member(report->json, "category", mapping->category_ids.texts[i]);
        json_number(report->json, "consented", report->stats->categories[i].consented);
        json_number(report->json, "refused", report->stats->categories[i].refused);
        json_number(report->json, "missing", missing(report, i));
        json_close(report->json);
    }
    json_close_array(report->json);
}

static void json_undeclared(struct stats_report *report)
{
    const struct tallies *undeclared = &report->stats->undeclared;
    uint64_t sightings;
    bool too_many = stats_too_many_undeclared(report->stats, &sightings);
    json_number(report->json, "undeclared_sightings", sightings);
    json_open_array(report->json, "undeclared");
    const size_t *order = stats_undeclared_order(report->stats, &report->arena);
    for (size_t i = 0; !too_many && i < undeclared->ids.n; i++) {
        json_open(report->json, NULL);
        json_member(report->json, "category", undeclared->ids.texts[order[i]]);
        json_number(report->json, "events", undeclared->list[order[i]].events);
        json_close(report->json);
    }
    json_close_array(report->json);
}

static void write_json(struct stats_report *report)
{
    const struct counts *counts = report->counts;
    report->json = json_gen(&report->arena, page_put, &report->page);
    json_open(report->json, NULL);
    json_number(report->json, "lines", counts->lines);
    json_number(report->json, "events", counts->events);
    json_number(report->json, "rejected", counts->rejected);
    json_number(report->json, "blank", counts->blank);
    if (has_span(report)) {
        json_number(report->json, "skipped", counts->skipped);
        json_number(report->json, "untimed", counts->untimed);
    }
    json_number(report->json, "pairs", counts->delivered + counts->blocked);
    json_number(report->json, "delivered", counts->delivered);
    json_number(report->json, "blocked", counts->blocked);
    json_open(report->json, "consent");
    for (size_t i = 0; i < N_CONSENT_STATES; i++)
        json_number(report->json, consent_state_name((enum consent_state)i),
                    report->stats->events[i]);
    json_close(report->json);
    json_destinations(report);
    json_categories(report);
    json_undeclared(report);
    json_close(report->json);
    page_add(&report->page, "\n");
}

/* ---- the table ---- */

static void add_bar(struct stats_report *report, uint64_t n, uint64_t all, size_t width)
{
    size_t full = all == 0 ? 0 : (size_t)((double)n / (double)all * (double)width + 0.5);
    /* None and all are shown for what is none and all alone. */
    if (n != 0 && full == 0)
        full = 1;
    if (n != all && full == width)
        full = width - 1;
    for (size_t i = 0; i < width; i++)
        page_add(&report->page, i < full ? "#" : ".");
}

/* Items with commas between them, in lines that fit the terminal. */
struct flow {
    struct stats_report *report;
    size_t indent; /* of all lines but the first */
    size_t column;
    bool any; /* item stands there */
};

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static struct flow
flow_begin(struct stats_report *report, const char *format, ...)
{
    char words[64];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(words, sizeof words, format, args);
    va_end(args);
    page_add(&report->page, words);
    return (struct flow){.report = report, .indent = (size_t)len, .column = (size_t)len};
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
flow_add(struct flow *flow, const char *format, ...)
{
    enum { COMMA = 1 };
    char item[80];
    struct page *page = &flow->report->page;
    va_list args;
    va_start(args, format);
    size_t len = (size_t)vsnprintf(item, sizeof item, format, args);
    va_end(args);
    if (flow->any && flow->column + 2 + len + COMMA > flow->report->width) {
        page_printf(page, ",\n%*s", (int)flow->indent, "");
        flow->column = flow->indent;
    } else if (flow->any) {
        page_add(page, ", ");
        flow->column += 2;
    }
    page_add(page, item);
    flow->column += len;
    flow->any = true;
}

static void flow_end(const struct flow *flow)
{
    page_add(&flow->report->page, "\n");
}

static void add_reasons(struct stats_report *report, const char *word, const uint64_t n[N_REASONS])
{
    if (sum(n) == 0)
        return;
    struct flow flow = flow_begin(report, "  %-11s", word);
    for (enum reason reason = 0; reason < N_REASONS; reason++)
        if (n[reason] != 0)
            flow_add(&flow, "%s %" PRIu64, reason_name(reason), n[reason]);
    flow_end(&flow);
}

static int digits(uint64_t n)
{
    return snprintf(NULL, 0, "%" PRIu64, n);
}

static void add_destinations(struct stats_report *report)
{
    enum { ID_MOST = 30, BAR_LEAST = 4, BAR_MOST = 40, BETWEEN = 9 };
    size_t id_width = 0, number = (size_t)digits(report->counts->events);
    size_t least = number + BETWEEN + BAR_LEAST, id_most = ID_MOST;
    if (report->width < least + ID_MOST)
        id_most = report->width < least ? 0 : report->width - least;
    for (size_t i = 0; i < report->task->n_routes; i++) {
        size_t len = report->task->routes[i].destination->id.len;
        id_width = len > id_width && len <= id_most ? len : id_width;
    }
    size_t taken = id_width + number + BETWEEN;
    size_t bar = report->width < taken + BAR_LEAST  ? BAR_LEAST
                 : report->width > taken + BAR_MOST ? BAR_MOST
                                                    : report->width - taken;
    page_printf(&report->page, "delivered to\n");
    for (size_t i = 0; i < report->task->n_routes; i++) {
        struct text id = report->task->routes[i].destination->id;
        const struct reason_tally *tally = &report->stats->destinations[i];
        uint64_t n = sum(tally->delivered), all = report->counts->events;
        page_printf(&report->page, "%.*s", (int)id.len, id.bytes);
        if (id.len > id_width)
            page_printf(&report->page, "\n%*s", (int)id_width, "");
        else
            page_printf(&report->page, "%*s", (int)(id_width - id.len), "");
        page_printf(&report->page, "  %*" PRIu64 " %3u%% ", (int)number, n,
                    all == 0 ? 0u : (unsigned)((double)n * 100 / (double)all));
        add_bar(report, n, all, bar);
        page_printf(&report->page, "\n");
        add_reasons(report, "delivered", tally->delivered);
        add_reasons(report, "blocked", tally->blocked);
    }
}

/* An id that may hold anything, at the line's end, of which so many columns are taken. */
static void add_id(struct stats_report *report, struct text id, size_t taken)
{
    enum { LEAST = 8 };
    size_t room = report->width < taken + 2 + LEAST ? LEAST : report->width - taken - 2;
    page_add(&report->page, "  ");
    page_add_within(&report->page, quoted(&report->arena, id), room);
    page_add(&report->page, "\n");
}

static void add_categories(struct stats_report *report)
{
    const struct mapping *mapping = report->task->mapping;
    const struct tallies *undeclared = &report->stats->undeclared;
    uint64_t sightings;
    if (mapping->category_ids.n != 0)
        page_printf(&report->page, "consented    refused    missing  category\n");
    for (size_t i = 0; i < mapping->category_ids.n; i++) {
        const struct category_tally *tally = &report->stats->categories[i];
        page_printf(&report->page, "%9" PRIu64 "  %9" PRIu64 "  %9" PRIu64, tally->consented,
                    tally->refused, missing(report, i));
        add_id(report, mapping->category_ids.texts[i], 31);
    }
    if (stats_too_many_undeclared(report->stats, &sightings)) {
        page_printf(&report->page,
                    "more than %d categories not in the mapping, %" PRIu64 " sightings\n",
                    TALLIES_MOST, sightings);
        return;
    }
    if (undeclared->ids.n != 0)
        page_printf(&report->page, "   events  category not in the mapping\n");
    const size_t *order = stats_undeclared_order(report->stats, &report->arena);
    for (size_t i = 0; i < undeclared->ids.n; i++) {
        page_printf(&report->page, "%9" PRIu64, undeclared->list[order[i]].events);
        add_id(report, undeclared->ids.texts[order[i]], 9);
    }
}

static void write_table(struct stats_report *report)
{
    static const enum consent_state order[N_CONSENT_STATES] = {CONSENT_STATED, CONSENT_ABSENT,
                                                               CONSENT_EMPTY, CONSENT_MALFORMED};
    const struct counts *counts = report->counts;
    const uint64_t *events = report->stats->events;
    report->width = system_columns(STDERR_FILENO);
    struct flow flow = flow_begin(report, "%" PRIu64 " lines: ", counts->lines);
    flow_add(&flow, "%" PRIu64 " events", counts->events);
    flow_add(&flow, "%" PRIu64 " rejected", counts->rejected);
    flow_add(&flow, "%" PRIu64 " blank", counts->blank);
    flow_end(&flow);
    if (has_span(report)) {
        flow = flow_begin(report, "timestamps: ");
        flow_add(&flow, "%" PRIu64 " more events skipped", counts->skipped);
        flow_add(&flow, "%" PRIu64 " events have no usable one", counts->untimed);
        flow_end(&flow);
    }
    flow = flow_begin(report, "%" PRIu64 " pairs: ", counts->delivered + counts->blocked);
    flow_add(&flow, "%" PRIu64 " delivered", counts->delivered);
    flow_add(&flow, "%" PRIu64 " blocked", counts->blocked);
    flow_end(&flow);
    flow = flow_begin(report, "consent: ");
    for (size_t i = 0; i < N_CONSENT_STATES; i++)
        flow_add(&flow, "%" PRIu64 " %s", events[order[i]], consent_state_name(order[i]));
    flow_end(&flow);
    add_destinations(report);
    add_categories(report);
}

static void write_report(void *state)
{
    struct stats_report *report = state;
    report->page.arena = &report->arena;
    if (report->form == STATS_JSON)
        write_json(report);
    else
        write_table(report);
}

enum status stats_report(enum stats_form form, const struct stats *stats,
                         const struct counts *counts, const struct task *task)
{
    struct stats_report report = {.form = form, .stats = stats, .counts = counts, .task = task};
    struct sink sink = {.fd = STDERR_FILENO};
    size_t written;
    enum status status;
    if (arena_try(&report.arena, write_report, &report)) {
        struct iovec piece = {report.page.bytes, report.page.len};
        enum sink_status sent = sink_write(&sink, &piece, 1, true, true, &written);
        status = sent == SINK_OK            ? STATUS_DONE
                 : sent == SINK_INTERRUPTED ? STATUS_INTERRUPTED
                                            : STATUS_FAILED;
        if (status == STATUS_FAILED) /* for which there may be room */
            message(NO_PLACE, SEVERITY_ERROR, "cannot write the statistics: %s",
                    strerror(sink.error));
    } else {
        status = out_of_memory(NO_PLACE);
    }
    arena_free(&report.arena);
    return status;
}
