#include "cli/explain.h"

#include "cli/each_line.h"
#include "cli/look_options.h"
#include "cli/mapping_file.h"
#include "cli/options.h"
#include "cli/rejects.h"
#include "cli/show.h"
#include "event/scan.h"
#include "observe/audit.h"

#include <inttypes.h>
#include <unistd.h>

static const struct option long_options[] = {
    {"destination", required_argument, NULL, 'd'},
    {"format", required_argument, NULL, 'f'},
    {"help", no_argument, NULL, 'h'},
    {"line", required_argument, NULL, LOOK_LINE},
    {"mapping", required_argument, NULL, 'm'},
    {"message-id", required_argument, NULL, LOOK_MESSAGE_ID},
    {NULL, 0, NULL, 0},
};

static const struct look_command command = {
    "assent explain", ":m:d:f:h", long_options, true,
    "usage: assent explain [OPTIONS] -m MAPPING [EVENTS...]\n"
    "Says of each event why each destination does or does not get it.\n"
    "\n"
    "  -m, --mapping FILE      which consent categories each destination needs\n"
    "  -d, --destination ID    only this destination; may repeat\n"
    "  -f, --format text|json  for people (default), or the records of --audit\n"
    "      --line N            only the event on this line\n"
    "      --message-id ID     only events with this messageId\n"
    "  -h, --help              show this help\n"
    "\n"
    "No EVENTS, or -: standard input. See assent-explain(1).\n"};

struct explain {
    const struct look_options *options;
    const char *const *events;
    struct mapping_file file;
    struct arena memory, line_memory;
    struct scan scan;
    struct scan_observer observer;
    struct audit audit;
    struct page page; /* of the event at hand */
    struct output output;
    struct rejects rejects;
    uint64_t n_rejected, n_shown;
    const struct destination **destinations; /* that are asked for */
    size_t n_destinations;
    int id_width;
    bool colours;

    struct text type, message_id; /* of the event at hand; no bytes: it has none */
    enum sink_status sent;
};

/* ---- for people ---- */

static const char *coloured(const struct explain *explain, bool deliver)
{
    if (!explain->colours)
        return deliver ? "deliver" : "block  ";
    return deliver ? "\x1b[32mdeliver\x1b[0m" : "\x1b[31mblock\x1b[0m  ";
}

static void show_label(struct explain *explain, const char *name, struct text text)
{
    page_printf(&explain->page, " %s %s,", name,
                text.bytes == NULL ? "none" : quoted(&explain->line_memory, text));
}

/* Whose consent it is and how it says to be read, where it says so. */
static void show_lists(struct explain *explain)
{
    const struct mapping *mapping = &explain->file.mapping;
    const struct event *event = &explain->scan.event;
    if (!shapes[mapping->policy->shape].by_provider || event->consent != CONSENT_STATED)
        return;
    const char *provider = event->provider == PROVIDER_NONE    ? "none"
                           : event->provider == PROVIDER_OTHER ? "not in the mapping"
                                                               : NULL;
    if (provider == NULL)
        provider = quoted(&explain->line_memory, mapping->providers.texts[event->provider]);
    page_printf(&explain->page, " provider %s, strategy %s,", provider,
                event->any_suffices ? "or" : "and");
}

static void show_head(struct explain *explain, struct place place)
{
    static const char *const integrations[] = {
        [INTEGRATIONS_ABSENT] = "absent",
        [INTEGRATIONS_STATED] = "stated",
        [INTEGRATIONS_NOTHING] = "malformed",
    };
    const struct event *event = &explain->scan.event;
    if (explain->n_shown != 0)
        page_add(&explain->page, "\n");
    page_add_name(&explain->page, place.file);
    page_printf(&explain->page, ":%" PRIu64 ":", place.line);
    show_label(explain, "type", explain->type);
    show_label(explain, "messageId", explain->message_id);
    page_printf(&explain->page, " consent %s,", consent_state_name(event->consent));
    show_lists(explain);
    page_printf(&explain->page, " integrations %s%s\n", integrations[event->integrations],
                event->source_exempt ? ", source exempt" : "");
}

/* What the event says of the categories, where it says anything. */
static void show_categories(struct explain *explain, const struct need *need)
{
    const struct mapping *mapping = &explain->file.mapping;
    const struct event *event = &explain->scan.event;
    if (event->consent == CONSENT_STATED && need->n_categories > 1)
        page_add(&explain->page, any_suffices(event, need) ? "  any of" : "  all of");
    for (size_t i = 0; event->consent == CONSENT_STATED && i < need->n_categories; i++) {
        size_t category = need->categories[i];
        const char *preference = bitset_has(event->consented, category) ? "consented"
                                 : bitset_has(event->stated, category)  ? "refused"
                                                                        : "missing";
        page_printf(&explain->page, "%s%s %s%s",
                    i != 0                   ? ", "
                    : need->n_categories > 1 ? " "
                                             : "  ",
                    quoted(&explain->line_memory, mapping->category_ids.texts[category]),
                    preference, mapping->categories[category].enabled ? "" : " (disabled)");
    }
}

static void show_row(struct explain *explain, const struct destination *destination,
                     struct decision decision)
{
    const char *reason = reason_name(decision.reason);
    const struct need *need = need_of(&explain->scan.event, destination);
    bool last = explain->scan.event.consent != CONSENT_STATED || need->n_categories == 0;
    page_printf(&explain->page, "  %s  %-*.*s  %-*s", coloured(explain, decision.deliver),
                explain->id_width, (int)destination->id.len, destination->id.bytes, last ? 0 : 17,
                reason);
    show_categories(explain, need);
    page_add(&explain->page, "\n");
}

/* ---- for programs ---- */

static void show_records(struct explain *explain, struct place place)
{
    struct text records = page_text(&explain->audit.page), record;
    struct audit_head head;
    const char *file = explain->events[1] != NULL ? place.file : NULL;
    audit_head(&explain->audit, &head, &explain->scan.event, file, place.line);
    while (text_next_line(&records, &record)) {
        for (size_t i = 0; i < sizeof head.parts / sizeof *head.parts; i++)
            page_put(&explain->page, head.parts[i].bytes, head.parts[i].len);
        page_put(&explain->page, record.bytes, record.len);
    }
    audit_forget(&explain->audit);
}

/* ---- one line ---- */

static void on_label(void *state, enum label label, struct text text)
{
    struct explain *explain = state;
    char *bytes = arena_alloc(&explain->line_memory, text.len + 1);
    memcpy(bytes, text.bytes, text.len);
    *(label == LABEL_TYPE ? &explain->type : &explain->message_id) = (struct text){bytes, text.len};
}

static void show_event(struct explain *explain, struct place place)
{
    const struct mapping *mapping = &explain->file.mapping;
    explain->page.len = 0;
    if (!explain->options->json)
        show_head(explain, place);
    for (size_t i = 0; i < explain->n_destinations; i++) {
        const struct destination *destination = explain->destinations[i];
        struct decision decision = decide(mapping, &explain->scan.event, destination);
        if (explain->options->json)
            audit_add(&explain->audit, mapping, &explain->scan.event, destination, decision);
        else
            show_row(explain, destination, decision);
    }
    if (explain->options->json)
        show_records(explain, place);
    struct text text = page_text(&explain->page);
    explain->sent = output_line(&explain->output, &text, 1, true, true);
    explain->n_shown++;
}

struct line {
    struct explain *explain;
    struct text raw;
    struct place place;
};

static void explain_line(void *state)
{
    struct line *line = state;
    struct explain *explain = line->explain;
    const char *id = explain->options->message_id;
    bool blank;
    size_t at;
    explain->type = explain->message_id = NO_TEXT;
    enum reject reject = event_read(&explain->scan, line->raw, MAX_LINE_DEFAULT, &blank, &at);
    if (reject != REJECT_NONE) {
        explain->n_rejected++;
        line->place.column = reject_column(reject, line->raw, at);
        rejects_tell(&explain->rejects, line->place, reject);
        return;
    }
    /* More than one, or half a surrogate. */
    if (explain->scan.event.labels[LABEL_MESSAGE_ID].len == 0)
        explain->message_id = NO_TEXT;
    if (explain->scan.event.labels[LABEL_TYPE].len == 0)
        explain->type = NO_TEXT;
    bool wanted = id == NULL || (explain->message_id.bytes != NULL &&
                                 text_equal(explain->message_id, text_of(id)));
    if (!blank && wanted)
        show_event(explain, line->place);
}

static bool on_line(void *state, const struct text *raw, struct place place, enum status *status)
{
    struct explain *explain = state;
    uint64_t only = explain->options->line;
    bool goes_on = only == 0 || place.line < only || explain->events[1] != NULL;
    if (only != 0 && place.line != only)
        return goes_on;
    if (raw == NULL) {
        explain->n_rejected++;
        rejects_tell(&explain->rejects, place, REJECT_TOO_LONG);
        return goes_on;
    }
    struct line line = {explain, *raw, place};
    if (!arena_try_both(&explain->memory, &explain->line_memory, explain_line, &line))
        *status = out_of_memory(place);
    else if (explain->sent != SINK_OK)
        *status = show_not_written(explain->output.sink, explain->sent);
    return *status == STATUS_DONE && goes_on;
}

/* ---- the command ---- */

static void choose_destinations(struct explain *explain)
{
    enum { WIDEST = 40 };
    const struct mapping *mapping = &explain->file.mapping;
    size_t n = mapping_n_destinations(mapping);
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are what it is an array of */
    explain->destinations = arena_alloc(&explain->memory, n * sizeof *explain->destinations);
    for (size_t i = 0; i < n; i++) {
        const struct destination *destination = &mapping->destinations[i];
        int len = (int)destination->id.len;
        if (!is_asked_for(&explain->options->asked, destination->id))
            continue;
        explain->destinations[explain->n_destinations++] = destination;
        if (len <= WIDEST && len > explain->id_width)
            explain->id_width = len;
    }
}

static void prepare(void *state)
{
    struct explain *explain = state;
    struct mapping *mapping = &explain->file.mapping;
    mapping_ask_label(mapping, &explain->memory, LABEL_MESSAGE_ID);
    mapping_ask_label(mapping, &explain->memory, LABEL_TYPE);
    scan_init(&explain->scan, mapping, &explain->memory, &explain->line_memory);
    explain->scan.skims = false; /* the labels are seen in whole lines alone */
    explain->observer = (struct scan_observer){.state = explain, .label = on_label};
    explain->scan.observer = &explain->observer;
    audit_init(&explain->audit, AUDIT_ALL, &explain->memory, &explain->line_memory);
    explain->page.arena = &explain->memory;
    choose_destinations(explain);
}

static enum status run(struct explain *explain)
{
    struct sink sink = {.fd = STDOUT_FILENO, .name = "standard output"};
    const struct each_line each = {explain->events, &explain->output, on_line, explain};
    explain->colours = message_colours(STDOUT_FILENO);
    if (!arena_try(&explain->memory, prepare, explain) ||
        !output_init(&explain->output, &sink, OUTPUT_BYTES))
        return out_of_memory(NO_PLACE);
    enum status status = each_line(&each);
    if (status == STATUS_DONE)
        status = show_end(&sink);
    rejects_tell_rest(&explain->rejects, explain->n_rejected);
    bool narrowed = explain->options->line != 0 || explain->options->message_id != NULL;
    if (status == STATUS_DONE && narrowed && explain->n_shown == 0) {
        if (explain->n_rejected == 0)
            message(NO_PLACE, SEVERITY_ERROR, "there is no such event");
        return STATUS_REJECTED;
    }
    return status == STATUS_DONE && explain->n_rejected != 0 ? STATUS_REJECTED : status;
}

enum status explain(int argc, char **argv)
{
    struct look_options options;
    struct explain explain = {.options = &options};
    enum status status;
    if (look_options_read(&options, &command, argc, argv, &status)) {
        status = STATUS_USAGE;
        if (mapping_file_use(&explain.file, options.mapping) &&
            asked_known(&options.asked, &explain.file.mapping) &&
            look_events(&options, 0, &explain.events))
            status = run(&explain);
        output_free(&explain.output);
        mapping_file_free(&explain.file);
        arena_free(&explain.memory);
        arena_free(&explain.line_memory);
    }
    look_options_free(&options);
    return status;
}
