#include "observe/html.h"

#include "mapping/finding.h"
#include "stream/input.h"

#include <inttypes.h>

/* A colour for each reason; in grey, too, delivered ones are the darker or, at night, the lighter.
 */
static const char head[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<title>Consent report</title>\n<style>\n"
    ":root{color-scheme:light dark;--text:#1b1f24;--soft:#59636e;--page:#fff;--box:#f4f6f8;"
    "--line:#d5dae0;--none:#d5dae0;--consented:#0b6e4f;--exempt:#3f7f9f;--absent:#5f7f1f;"
    "--open:#4d5bb0;--refused:#e0a458;--malformed:#eda08f;--empty:#f2d9b0;--denied:#cdd49a;"
    "--closed:#cfc6ea;--disabled:#f0df7a;--vetoed:#b4d3ea}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--text:#e8ebee;--soft:#a3adb8;"
    "--page:#14171a;--box:#1d2226;--line:#353c43;--none:#353c43;--consented:#5fd3a8;"
    "--exempt:#7cc4e8;--absent:#b5d96a;--open:#a9b4ff;--refused:#9a6426;--malformed:#8f4639;"
    "--empty:#5d4120;--denied:#565f2a;--closed:#564b7d;--disabled:#72631a;--vetoed:#34566f}}\n"
    "body{font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--page);"
    "margin:0 auto;padding:1rem;max-width:70rem}\n"
    "h1{font-size:1.6rem;margin:.2em 0}h2{font-size:1.2rem;margin:2rem 0 .5rem;"
    "border-bottom:1px solid var(--line);break-after:avoid}\n"
    "p,ul{margin:.4rem 0}code,li{overflow-wrap:anywhere}.soft{color:var(--soft)}\n"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.5rem;"
    "padding:0;list-style:none}\n"
    ".tiles li{background:var(--box);border:1px solid var(--line);border-radius:.4rem;"
    "padding:.5rem .8rem}\n"
    ".tiles b{display:block;font-size:1.4rem;font-variant-numeric:tabular-nums}\n"
    ".row{break-inside:avoid;margin:.9rem 0}\n"
    ".row h3{font-size:1rem;margin:0;display:flex;justify-content:space-between;gap:1rem}\n"
    ".row h3 span{white-space:nowrap;font-weight:400;font-variant-numeric:tabular-nums}\n"
    ".bar{display:flex;height:.9rem;border-radius:.2rem;overflow:hidden;background:var(--none)}\n"
    ".bar i{display:block;min-width:1px;box-shadow:inset -1px 0 var(--page)}\n"
    ".bar,.bar i,.key{print-color-adjust:exact;-webkit-print-color-adjust:exact}\n"
    ".key{display:inline-block;width:.8em;height:.8em;border-radius:.15em;margin-right:.35em}\n"
    ".consented,.stated{background:var(--consented)}.not-enforced{background:var(--exempt)}"
    ".deliver.no-consent-object{background:var(--absent)}.deliver.unmapped{background:var(--open)}"
    ".end-user-consent,.refused{background:var(--refused)}"
    ".malformed-consent,.malformed{background:var(--malformed)}"
    ".empty-consent,.empty,.missing{background:var(--empty)}"
    ".block.no-consent-object{background:var(--denied)}.block.unmapped{background:var(--closed)}"
    ".category-disabled{background:var(--disabled)}.integrations{background:var(--vetoed)}"
    ".absent{background:var(--soft)}\n"
    ".parts{display:flex;flex-wrap:wrap;gap:0 1rem;padding:0;list-style:none;font-size:.9rem}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse}th,td{border:1px solid var(--line);"
    "padding:.25rem .5rem;text-align:left}td.n{text-align:center}tr{break-inside:avoid}"
    "th:first-child{min-width:6rem}\n"
    "tr:first-child th{vertical-align:bottom}th[scope=col]{text-align:center}"
    ".up{writing-mode:vertical-rl;transform:rotate(180deg);max-height:20rem}\n"
    "@media screen and (min-width:40rem){table:not(.many) .up{writing-mode:horizontal-tb;"
    "transform:none}table:not(.many) .up code{overflow-wrap:normal}}\n"
    "@media(max-width:40rem){table{font-size:.85rem}th,td{padding:.25rem .3rem}}\n"
    "@media print{body{max-width:none;padding:0;font-size:11pt}.wide{overflow:visible}}\n"
    "</style>\n</head>\n<body>\n";

/* ---- pieces ---- */

/* Text of somebody else's: no tag, no control character, and its direction ends where it ends. */
static void put_foreign(struct page *page, struct text text)
{
    const char *safe = quoted_whole(page->arena, text) + 1;
    page_add(page, "<bdi>");
    for (; *safe != '"'; safe++) {
        if (safe[0] == '\\' && (safe[1] == '"' || safe[1] == '\\'))
            safe++; /* these need no escape here */
        if (*safe == '<')
            page_add(page, "&lt;");
        else if (*safe == '>')
            page_add(page, "&gt;");
        else if (*safe == '&')
            page_add(page, "&amp;");
        else if (*safe == '"')
            page_add(page, "&quot;");
        else
            page_put(page, safe, 1);
    }
    page_add(page, "</bdi>");
}

static void put_file(struct page *page, const char *name)
{
    page_add(page, "<code>");
    put_foreign(page, json_utf8(page->arena, name));
    page_add(page, "</code>");
}

/* A part of a bar. Its colour is that of its name, and of whether that delivers. */
static void put_share(struct page *page, const char *css, const char *name, uint64_t n,
                      uint64_t all)
{
    if (n != 0)
        page_printf(page, "<i class=\"%s%s\" title=\"%s %" PRIu64 "\" style=\"width:%.4f%%\"></i>",
                    css, name, name, n, (double)n / (double)all * 100);
}

/* A part of a bar in words; `kind` and `name` say what it is for whoever reads the page by program.
 */
static void put_part(struct page *page, const char *css, const char *kind, const char *name,
                     uint64_t n)
{
    page_printf(page,
                "<li data-kind=\"%s\" data-name=\"%s\"><span class=\"key %s%s\"></span>%s "
                "<b>%" PRIu64 "</b></li>",
                kind, name, css, name, name, n);
}

static uint64_t sum(const uint64_t n[N_REASONS])
{
    uint64_t all = 0;
    for (size_t i = 0; i < N_REASONS; i++)
        all += n[i];
    return all;
}

static unsigned percent(uint64_t n, uint64_t all)
{
    return all == 0 ? 0 : (unsigned)((double)n * 100 / (double)all);
}

/* ---- sections ---- */

static void put_tile(struct page *page, const char *name, uint64_t n)
{
    page_printf(page, "<li data-name=\"%s\"><b>%" PRIu64 "</b>%s</li>\n", name, n, name);
}

static void put_summary(struct page *page, const struct html_report *report)
{
    const struct counts *counts = report->counts;
    page_add(page, "<h1>Consent report</h1>\n<p class=\"soft\">Mapping ");
    put_file(page, report->mapping_name);
    page_printf(page, ", policy <code>%s</code>; events of", report->mapping->policy->name);
    for (size_t i = 0; report->events[i] != NULL; i++) {
        page_add(page, i == 0 ? " " : ", ");
        put_file(page, input_name(report->events[i]));
    }
    page_add(page, "</p>\n<ul class=\"tiles\" id=\"counts\">\n");
    put_tile(page, "lines", counts->lines);
    put_tile(page, "events", counts->events);
    put_tile(page, "rejected", counts->rejected);
    put_tile(page, "blank", counts->blank);
    put_tile(page, "pairs", counts->delivered + counts->blocked);
    put_tile(page, "delivered", counts->delivered);
    put_tile(page, "blocked", counts->blocked);
    page_add(page, "</ul>\n");
}

static const char deliver_css[] = "deliver ", block_css[] = "block ";

static void put_destination(struct page *page, const struct html_report *report, size_t route)
{
    const struct reason_tally *tally = &report->stats->destinations[route];
    struct text id = report->routes[route].destination->id;
    uint64_t all = report->counts->events, delivered = sum(tally->delivered);
    page_printf(page, "<div class=\"row\" data-destination=\"%.*s\"><h3><code>%.*s</code>",
                (int)id.len, id.bytes, (int)id.len, id.bytes);
    page_printf(page, "<span>%" PRIu64 " of %" PRIu64 ", %u%%</span></h3><div class=\"bar\">",
                delivered, all, percent(delivered, all));
    for (enum reason reason = 0; reason < N_REASONS; reason++)
        put_share(page, deliver_css, reason_name(reason), tally->delivered[reason], all);
    for (enum reason reason = 0; reason < N_REASONS; reason++)
        put_share(page, block_css, reason_name(reason), tally->blocked[reason], all);
    page_add(page, "</div><ul class=\"parts\">");
    for (enum reason reason = 0; reason < N_REASONS; reason++)
        if (tally->delivered[reason] != 0)
            put_part(page, deliver_css, "delivered", reason_name(reason), tally->delivered[reason]);
    for (enum reason reason = 0; reason < N_REASONS; reason++)
        if (tally->blocked[reason] != 0)
            put_part(page, block_css, "blocked", reason_name(reason), tally->blocked[reason]);
    page_add(page, "</ul></div>\n");
}

static void put_destinations(struct page *page, const struct html_report *report)
{
    page_add(page, "<h2>Delivered and blocked</h2>\n<p class=\"soft\">"
                   "What is delivered comes first in a bar, then what is blocked, by reason."
                   "</p>\n");
    for (size_t i = 0; i < report->n_routes; i++)
        put_destination(page, report, i);
}

static void put_consent(struct page *page, const struct html_report *report)
{
    const uint64_t *events = report->stats->events;
    page_add(page, "<h2>Consent of the events</h2>\n<div class=\"row\" id=\"consent\">"
                   "<div class=\"bar\">");
    for (int state = N_CONSENT_STATES - 1; state >= 0; state--)
        put_share(page, "", consent_state_name((enum consent_state)state), events[state],
                  report->counts->events);
    page_add(page, "</div><ul class=\"parts\">");
    for (int state = N_CONSENT_STATES - 1; state >= 0; state--)
        put_part(page, "", "consent", consent_state_name((enum consent_state)state), events[state]);
    page_add(page, "</ul></div>\n");
}

static void put_category(struct page *page, const struct html_report *report, size_t category)
{
    const struct category_tally *tally = &report->stats->categories[category];
    uint64_t stated = report->stats->events[CONSENT_STATED];
    uint64_t missing = stated - tally->consented - tally->refused;
    page_add(page, "<div class=\"row category\"><h3><code>");
    put_foreign(page, report->mapping->category_ids.texts[category]);
    page_printf(page, "</code><span>%u%% consented%s</span></h3><div class=\"bar\">",
                percent(tally->consented, stated),
                report->mapping->categories[category].enabled ? "" : ", disabled");
    put_share(page, "", "consented", tally->consented, stated);
    put_share(page, "", "refused", tally->refused, stated);
    put_share(page, "", "missing", missing, stated);
    page_add(page, "</div><ul class=\"parts\">");
    put_part(page, "", "category", "consented", tally->consented);
    put_part(page, "", "category", "refused", tally->refused);
    put_part(page, "", "category", "missing", missing);
    page_add(page, "</ul></div>\n");
}

static void put_undeclared(struct page *page, const struct html_report *report)
{
    const struct tallies *undeclared = &report->stats->undeclared;
    uint64_t sightings;
    if (stats_too_many_undeclared(report->stats, &sightings)) {
        page_printf(page,
                    "<p>More than %d categories that the mapping does not know, %" PRIu64
                    " sightings.</p>\n",
                    TALLIES_MOST, sightings);
        return;
    }
    const size_t *order = stats_undeclared_order(report->stats, page->arena);
    if (undeclared->ids.n != 0)
        page_add(page, "<h3>Categories that the mapping does not know</h3>\n"
                       "<ul class=\"parts\" id=\"undeclared\">\n");
    for (size_t i = 0; i < undeclared->ids.n; i++) {
        page_add(page, "<li><code>\"");
        put_foreign(page, undeclared->ids.texts[order[i]]);
        page_printf(page, "\"</code> <b>%" PRIu64 "</b></li>\n", undeclared->list[order[i]].events);
    }
    if (undeclared->ids.n != 0)
        page_add(page, "</ul>\n");
}

static void put_categories(struct page *page, const struct html_report *report)
{
    page_add(page, "<h2>Consent by category</h2>\n<p class=\"soft\">Of the events whose consent "
                   "is stated.</p>\n");
    for (size_t i = 0; i < report->mapping->category_ids.n; i++)
        put_category(page, report, i);
    put_undeclared(page, report);
}

/* ---- the mapping ---- */

static bool asks_for(const struct need *need, size_t category)
{
    for (size_t i = 0; i < need->n_categories; i++)
        if (need->categories[i] == category)
            return true;
    return false;
}

static void put_rule(struct page *page, const struct mapping *mapping,
                     const struct destination *destination, const struct need *need)
{
    const char *rule = destination->kind != KIND_EVENT_STREAMING ? kind_words[destination->kind]
                       : need->all_ignored                       ? "not enforced"
                       : need->n_categories == 0                 ? "unmapped"
                       : need->match == MATCH_BY_EVENT           ? "as the event says"
                       : need->match == MATCH_ALL                ? "all"
                                                                 : "any";
    page_printf(page, "<tr><th scope=\"row\"><code>%.*s</code></th><td>%s",
                (int)destination->id.len, destination->id.bytes, rule);
    if (need->provider != PROVIDER_ANY) {
        page_add(page, ", provider <code>");
        put_foreign(page, mapping->providers.texts[need->provider]);
        page_add(page, "</code>");
    }
    page_add(page, "</td>");
}

static void put_cells(struct page *page, const struct mapping *mapping, const struct need *need)
{
    for (size_t c = 0; c < mapping->category_ids.n; c++)
        page_add(page, asks_for(need, c) ? "<td class=\"n\">&#10003;</td>" : "<td></td>");
}

static void put_list(struct page *page, const struct mapping *mapping, const struct need *need)
{
    page_add(page, "<td>");
    for (size_t i = 0; i < need->n_categories; i++) {
        page_add(page, i == 0 ? "<code>" : ", <code>");
        put_foreign(page, mapping->category_ids.texts[need->categories[i]]);
        page_add(page, "</code>");
    }
    page_add(page, "</td>");
}

static void put_needs(struct page *page, const struct mapping *mapping,
                      const struct destination *destination, bool matrix)
{
    for (size_t i = 0; i < destination->n_needs; i++) {
        put_rule(page, mapping, destination, &destination->needs[i]);
        if (matrix)
            put_cells(page, mapping, &destination->needs[i]);
        else
            put_list(page, mapping, &destination->needs[i]);
        page_add(page, "</tr>\n");
    }
}

/* A table of destinations and categories; where that would be a wall, the categories as a list. */
static void put_mapping(struct page *page, const struct html_report *report)
{
    enum { CATEGORIES_MOST = 40, CELLS_MOST = 20000, ACROSS_MOST = 6 };
    const struct mapping *mapping = report->mapping;
    size_t n = mapping->category_ids.n, rows = 0;
    for (size_t i = 0; i < report->n_routes; i++)
        rows += report->routes[i].destination->n_needs;
    bool matrix = n <= CATEGORIES_MOST && n * rows <= CELLS_MOST;
    page_printf(page,
                "<h2>The mapping</h2>\n<p class=\"soft\">Which categories each destination "
                "needs: any of them, or all.</p>\n<div class=\"wide\"><table id=\"mapping\"%s>\n"
                "<tr><th>Destination</th><th>Rule</th>",
                n > ACROSS_MOST ? " class=\"many\"" : "");
    for (size_t c = 0; matrix && c < n; c++) {
        page_add(page, "<th scope=\"col\"><span class=\"up\"><code>");
        put_foreign(page, mapping->category_ids.texts[c]);
        page_printf(page, "</code>%s</span></th>",
                    mapping->categories[c].enabled ? "" : " (disabled)");
    }
    page_add(page, matrix ? "</tr>\n" : "<th>Categories</th></tr>\n");
    for (size_t i = 0; i < report->n_routes; i++)
        put_needs(page, mapping, report->routes[i].destination, matrix);
    page_add(page, "</table></div>\n");
}

/* ---- what is not as it should be ---- */

static void put_rejects(struct page *page, const struct html_report *report)
{
    page_add(page, "<h2>Lines that are not events</h2>\n");
    if (report->counts->rejected == 0) {
        page_add(page, "<p>None.</p>\n");
        return;
    }
    page_add(page, "<ul id=\"rejects\">\n");
    for (enum reject reject = 0; reject < N_REJECTS; reject++) {
        const struct html_reject *rejects = &report->rejects[reject];
        if (rejects->n == 0)
            continue;
        page_printf(page, "<li><b>%" PRIu64 "</b>: %s; first ", rejects->n, reject_words(reject));
        put_file(page, rejects->first.file);
        page_printf(page, " line %" PRIu64 "</li>\n", rejects->first.line);
    }
    page_add(page, "</ul>\n");
}

static void put_drift(struct page *page, const struct html_report *report)
{
    page_add(page, "<h2>Events and mapping apart</h2>\n");
    if (report->n_drift == 0)
        page_add(page, "<p>Nothing.</p>\n");
    else
        page_add(page, "<ul id=\"drift\">\n");
    for (size_t i = 0; i < report->n_drift; i++) {
        page_add(page, "<li>");
        put_foreign(page, text_of(report->drift[i]));
        page_add(page, "</li>\n");
    }
    if (report->n_drift != 0)
        page_add(page, "</ul>\n");
}

void html_report(struct page *page, const struct html_report *report)
{
    page_add(page, head);
    put_summary(page, report);
    put_destinations(page, report);
    put_consent(page, report);
    put_categories(page, report);
    put_mapping(page, report);
    put_rejects(page, report);
    put_drift(page, report);
    page_add(page, "<p class=\"soft\">assent " ASSENT_VERSION "</p>\n</body>\n</html>\n");
}
