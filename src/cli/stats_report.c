#include "cli/stats_report.h"

#include "base/json_gen.h"
#include "base/page.h"
#include "base/system.h"
#include "mapping/finding.h"

#include <inttypes.h>
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

static void add_reasons(struct stats_report *report, const char *word, const uint64_t n[N_REASONS])
{
    size_t column = 0;
    for (enum reason reason = 0; reason < N_REASONS; reason++) {
        char item[64];
        if (n[reason] == 0)
            continue;
        int len = snprintf(item, sizeof item, "%s %" PRIu64, reason_name(reason), n[reason]);
        if (column != 0 && column + 2 + (size_t)len > report->width) {
            page_printf(&report->page, ",\n%13s", "");
            column = 13;
        } else if (column != 0) {
            page_printf(&report->page, ", ");
            column += 2;
        } else {
            page_printf(&report->page, "  %-11s", word);
            column = 13;
        }
        page_printf(&report->page, "%s", item);
        column += (size_t)len;
    }
    if (column != 0)
        page_printf(&report->page, "\n");
}

static int digits(uint64_t n)
{
    return snprintf(NULL, 0, "%" PRIu64, n);
}

static void add_destinations(struct stats_report *report)
{
    enum { ID_MOST = 30, BAR_LEAST = 4, BAR_MOST = 40, BETWEEN = 9 };
    size_t id_width = 0, number = (size_t)digits(report->counts->events);
    for (size_t i = 0; i < report->task->n_routes; i++) {
        size_t len = report->task->routes[i].destination->id.len;
        id_width = len > id_width && len <= ID_MOST ? len : id_width;
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

/* An id that may hold anything, at the line's end. */
static void add_id(struct stats_report *report, struct text id)
{
    const char *shown = quoted(&report->arena, id);
    page_add(&report->page, "  ");
    page_add(&report->page, shown);
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
        add_id(report, mapping->category_ids.texts[i]);
    }
    if (stats_too_many_undeclared(report->stats, &sightings)) {
        page_printf(&report->page,
                    "more than %d categories that the mapping does not know, %" PRIu64
                    " sightings\n",
                    TALLIES_MOST, sightings);
        return;
    }
    if (undeclared->ids.n != 0)
        page_printf(&report->page, "   events  category that the mapping does not know\n");
    const size_t *order = stats_undeclared_order(report->stats, &report->arena);
    for (size_t i = 0; i < undeclared->ids.n; i++) {
        page_printf(&report->page, "%9" PRIu64, undeclared->list[order[i]].events);
        add_id(report, undeclared->ids.texts[order[i]]);
    }
}

static void write_table(struct stats_report *report)
{
    const struct counts *counts = report->counts;
    const uint64_t *events = report->stats->events;
    report->width = system_columns(STDERR_FILENO);
    page_printf(&report->page,
                "%" PRIu64 " lines: %" PRIu64 " events, %" PRIu64 " rejected, %" PRIu64 " blank\n",
                counts->lines, counts->events, counts->rejected, counts->blank);
    if (has_span(report))
        page_printf(&report->page,
                    "%" PRIu64 " more events skipped for their timestamp; %" PRIu64
                    " of the events have no usable one\n",
                    counts->skipped, counts->untimed);
    page_printf(&report->page, "%" PRIu64 " pairs: %" PRIu64 " delivered, %" PRIu64 " blocked\n",
                counts->delivered + counts->blocked, counts->delivered, counts->blocked);
    page_printf(&report->page,
                "consent: %" PRIu64 " stated, %" PRIu64 " absent, %" PRIu64 " empty, %" PRIu64
                " malformed\n",
                events[CONSENT_STATED], events[CONSENT_ABSENT], events[CONSENT_EMPTY],
                events[CONSENT_MALFORMED]);
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
    struct sink sink = {.fd = STDERR_FILENO, .name = "standard error"};
    size_t written;
    enum status status = STATUS_FAILED;
    if (arena_try(&report.arena, write_report, &report)) {
        struct iovec piece = {report.page.bytes, report.page.len};
        enum sink_status sent = sink_write(&sink, &piece, 1, true, true, &written);
        status = sent == SINK_OK            ? STATUS_DONE
                 : sent == SINK_INTERRUPTED ? STATUS_INTERRUPTED
                                            : STATUS_FAILED;
    }
    arena_free(&report.arena);
    return status;
}
