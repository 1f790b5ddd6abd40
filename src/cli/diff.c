#include "cli/diff.h"

#include "base/json_gen.h"
#include "base/page.h"
#include "cli/each_line.h"
#include "cli/look_options.h"
#include "cli/mapping_file.h"
#include "cli/options.h"
#include "cli/rejects.h"
#include "cli/show.h"
#include "cli/usage.h"
#include "decision.h"
#include "difference.h"
#include "event/scan.h"

#include <inttypes.h>
#include <unistd.h>

static const struct option long_options[] = {
    {"destination", required_argument, NULL, 'd'},
    {"format", required_argument, NULL, 'f'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static const struct look_command command = {
    "assent diff", ":d:f:h", long_options, false,
    "usage: assent diff [OPTIONS] OLD NEW [EVENTS...]\n"
    "Says what differs between two mappings, and what that changes for events.\n"
    "\n"
    "  -d, --destination ID    only this destination; may repeat\n"
    "  -f, --format text|json  for people (default) or for programs\n"
    "  -h, --help              show this help\n"
    "\n"
    "EVENTS, or -, standard input: also compare the decisions over them.\n"
    "Status: 0 the mappings decide alike, 1 they differ. See assent-diff(1).\n"};

enum turn { NEWLY_DELIVERED, NEWLY_BLOCKED, N_TURNS };
static const char *const turn_words[N_TURNS] = {"newly delivered", "newly blocked"};
static const char *const turn_keys[N_TURNS] = {"newly_delivered", "newly_blocked"};

enum { FIRST_MOST = 5 }; /* events that are named */

/* A destination of either mapping; NULL where it is not in that one. */
struct compared {
    struct text id;
    const struct destination *sides[2];
    uint64_t n[N_TURNS], unchanged;
    struct place first[N_TURNS][FIRST_MOST];
};

struct diff {
    const struct look_options *options;
    const char *const *events;
    struct mapping_file files[2]; /* OLD and NEW */
    struct scan scans[2];
    struct arena memory, line_memory[2];
    struct difference difference;
    size_t n_changes; /* of all destinations, whatever is asked for */
    struct compared *compared;
    size_t n_compared;
    struct rejects rejects;
    uint64_t n_events, n_rejected;
    struct page page;
};

/* ---- events ---- */

static bool is_delivered(const struct diff *diff, const struct compared *compared, size_t side)
{
    const struct destination *destination = compared->sides[side];
    return destination != NULL &&
           decide(&diff->files[side].mapping, &diff->scans[side].event, destination).deliver;
}

static void count(struct diff *diff, struct place place)
{
    diff->n_events++;
    for (size_t i = 0; i < diff->n_compared; i++) {
        struct compared *compared = &diff->compared[i];
        bool old = is_delivered(diff, compared, 0), new = is_delivered(diff, compared, 1);
        if (old == new) {
            compared->unchanged++;
            continue;
        }
        enum turn turn = new ? NEWLY_DELIVERED : NEWLY_BLOCKED;
        if (compared->n[turn] < FIRST_MOST)
            compared->first[turn][compared->n[turn]] = place;
        compared->n[turn]++;
    }
}

struct line {
    struct diff *diff;
    size_t side;
    struct text raw;
    enum reject reject;
    bool blank;
    size_t at;
};

static void read_line(void *state)
{
    struct line *line = state;
    line->reject = event_read(&line->diff->scans[line->side], line->raw, MAX_LINE_DEFAULT,
                              &line->blank, &line->at);
}

static bool on_line(void *state, const struct text *raw, struct place place, enum status *status)
{
    struct diff *diff = state;
    struct line line = {.diff = diff, .reject = REJECT_TOO_LONG};
    for (line.side = 0; raw != NULL && line.side < 2; line.side++) {
        line.raw = *raw;
        if (!arena_try_both(&diff->memory, &diff->line_memory[line.side], read_line, &line)) {
            *status = out_of_memory(place);
            return false;
        }
    }
    if (line.reject != REJECT_NONE) {
        diff->n_rejected++;
        place.column = raw == NULL ? 0 : reject_column(line.reject, *raw, line.at);
        rejects_tell(&diff->rejects, place, line.reject);
    } else if (!line.blank) {
        count(diff, place);
    }
    return true;
}

/* ---- for people ---- */

static const char *name_of(struct diff *diff, const struct change *change)
{
    return change->subject == SUBJECT_KNOB || change->subject == SUBJECT_DESTINATION
               ? change->id.bytes
               : quoted(&diff->memory, change->id);
}

static void show_changes(struct diff *diff)
{
    struct page *page = &diff->page;
    for (size_t i = 0; i < diff->difference.n; i++) {
        const struct change *change = &diff->difference.changes[i];
        struct text before = change->before, behind = change->behind;
        page_add(page, subject_name(change->subject));
        if (change->id.bytes != NULL) {
            const char *name = name_of(diff, change);
            size_t len = name == change->id.bytes ? change->id.len : strlen(name);
            page_add(page, " ");
            page_put(page, name, len);
        }
        page_add(page, before.bytes == NULL   ? " added: "
                       : behind.bytes == NULL ? " removed: "
                                              : ": ");
        page_put(page, before.bytes, before.len);
        if (before.bytes != NULL && behind.bytes != NULL)
            page_add(page, " -> ");
        page_put(page, behind.bytes, behind.len);
        page_add(page, "\n");
    }
}

static void show_first(struct diff *diff, const struct compared *compared, enum turn turn)
{
    struct page *page = &diff->page;
    uint64_t n = compared->n[turn];
    if (n == 0)
        return;
    page_printf(page, "  %s: ", turn_words[turn]);
    for (uint64_t i = 0; i < n && i < FIRST_MOST; i++) {
        page_add(page, i == 0 ? "" : ", ");
        page_add_name(page, compared->first[turn][i].file);
        page_printf(page, ":%" PRIu64, compared->first[turn][i].line);
    }
    page_add(page, n > FIRST_MOST ? ", ...\n" : "\n");
}

static void show_events(struct diff *diff)
{
    struct page *page = &diff->page;
    page_printf(page, "%s%" PRIu64 " events, %" PRIu64 " lines rejected\n",
                diff->difference.n == 0 ? "" : "\n", diff->n_events, diff->n_rejected);
    page_add(page, "newly delivered  newly blocked  unchanged  destination\n");
    for (size_t i = 0; i < diff->n_compared; i++) {
        const struct compared *compared = &diff->compared[i];
        page_printf(page, "%15" PRIu64 "  %13" PRIu64 "  %9" PRIu64 "  %.*s\n",
                    compared->n[NEWLY_DELIVERED], compared->n[NEWLY_BLOCKED], compared->unchanged,
                    (int)compared->id.len, compared->id.bytes);
        for (enum turn turn = 0; turn < N_TURNS; turn++)
            show_first(diff, compared, turn);
    }
}

/* ---- for programs ---- */

static void put_text_or_null(yajl_gen json, const char *key, struct text text)
{
    if (text.bytes != NULL) {
        json_member(json, key, text);
        return;
    }
    json_key(json, text_of(key));
    yajl_gen_null(json);
}

static void put_changes(struct diff *diff, yajl_gen json)
{
    json_open_array(json, "changes");
    for (size_t i = 0; i < diff->difference.n; i++) {
        const struct change *change = &diff->difference.changes[i];
        json_open(json, NULL);
        json_member(json, "subject", text_of(subject_name(change->subject)));
        put_text_or_null(json, "id", change->id);
        put_text_or_null(json, "old", change->before);
        put_text_or_null(json, "new", change->behind);
        json_close(json);
    }
    json_close_array(json);
}

static void put_first(struct diff *diff, yajl_gen json, const struct compared *compared,
                      enum turn turn)
{
    json_open(json, turn_keys[turn]);
    json_number(json, "events", compared->n[turn]);
    json_open_array(json, "first");
    for (uint64_t i = 0; i < compared->n[turn] && i < FIRST_MOST; i++) {
        json_open(json, NULL);
        json_member(json, "file", json_utf8(&diff->memory, compared->first[turn][i].file));
        json_number(json, "line", compared->first[turn][i].line);
        json_close(json);
    }
    json_close_array(json);
    json_close(json);
}

static void put_json(struct diff *diff)
{
    yajl_gen json = json_gen(&diff->memory, page_put, &diff->page);
    json_open(json, NULL);
    put_changes(diff, json);
    if (diff->events != NULL) {
        json_number(json, "events", diff->n_events);
        json_number(json, "rejected", diff->n_rejected);
        json_open_array(json, "destinations");
        for (size_t i = 0; i < diff->n_compared; i++) {
            const struct compared *compared = &diff->compared[i];
            json_open(json, NULL);
            json_member(json, "destination", compared->id);
            for (enum turn turn = 0; turn < N_TURNS; turn++)
                put_first(diff, json, compared, turn);
            json_number(json, "unchanged", compared->unchanged);
            json_close(json);
        }
        json_close_array(json);
    }
    json_close(json);
    page_add(&diff->page, "\n");
}

/* ---- the command ---- */

static void add_compared(struct diff *diff, struct text id)
{
    if (!is_asked_for(&diff->options->asked, id))
        return;
    diff->compared =
        arena_one_more(&diff->memory, diff->compared, diff->n_compared, sizeof *diff->compared);
    diff->compared[diff->n_compared++] =
        (struct compared){.id = id,
                          .sides = {mapping_destination(&diff->files[0].mapping, id),
                                    mapping_destination(&diff->files[1].mapping, id)}};
}

static void prepare(void *state)
{
    struct diff *diff = state;
    const struct mapping *old = &diff->files[0].mapping, *new = &diff->files[1].mapping;
    diff->page.arena = &diff->memory;
    diff->difference = difference_of(old, new, &diff->memory);
    diff->n_changes = diff->difference.n;
    size_t n = 0; /* -d leaves the other destinations out */
    for (size_t i = 0; i < diff->difference.n; i++) {
        const struct change *change = &diff->difference.changes[i];
        if (change->subject != SUBJECT_DESTINATION ||
            is_asked_for(&diff->options->asked, change->id))
            diff->difference.changes[n++] = *change;
    }
    diff->difference.n = n;
    for (size_t i = 0; i < mapping_n_destinations(old); i++)
        add_compared(diff, old->destination_ids.texts[i]);
    for (size_t i = 0; i < mapping_n_destinations(new); i++)
        if (mapping_destination(old, new->destination_ids.texts[i]) == NULL)
            add_compared(diff, new->destination_ids.texts[i]);
    for (size_t side = 0; side < 2; side++)
        scan_init(&diff->scans[side], &diff->files[side].mapping, &diff->memory,
                  &diff->line_memory[side]);
}

static void show_all(void *state)
{
    struct diff *diff = state;
    if (diff->options->json) {
        put_json(diff);
        return;
    }
    show_changes(diff);
    if (diff->events != NULL)
        show_events(diff);
}

/* Mappings that are found to decide alike, and do not, or that differ in no rule and do not decide
 * alike: nothing of this can be relied on. */
static bool contradicts_itself(const struct diff *diff)
{
    uint64_t n = 0;
    for (size_t i = 0; i < diff->n_compared; i++)
        n += diff->compared[i].n[NEWLY_DELIVERED] + diff->compared[i].n[NEWLY_BLOCKED];
    return diff->difference.alike ? n != 0 : diff->n_changes == 0;
}

static enum status run(struct diff *diff)
{
    enum status status = STATUS_DONE;
    const struct each_line each = {.events = diff->events, .line = on_line, .state = diff};
    if (!arena_try_both(&diff->memory, &diff->line_memory[0], prepare, diff))
        return out_of_memory(NO_PLACE);
    if (diff->events != NULL)
        status = each_line(&each);
    if (status != STATUS_DONE)
        return status;
    rejects_tell_rest(&diff->rejects, diff->n_rejected);
    if (contradicts_itself(diff)) {
        message(NO_PLACE, SEVERITY_ERROR, "internal error: decisions differ, but no rule does");
        return STATUS_INTERNAL;
    }
    if (!arena_try(&diff->memory, show_all, diff))
        return out_of_memory(NO_PLACE);
    status = show_text(page_text(&diff->page));
    return status == STATUS_DONE && diff->difference.n != 0 ? STATUS_REJECTED : status;
}

static bool destinations_known(const struct diff *diff)
{
    const struct asked *asked = &diff->options->asked;
    for (size_t i = 0; i < asked->n; i++) {
        struct text id = text_of(asked->ids[i]);
        if (mapping_destination(&diff->files[0].mapping, id) == NULL &&
            mapping_destination(&diff->files[1].mapping, id) == NULL) {
            message(NO_PLACE, SEVERITY_ERROR, "no mapping has a destination %s", asked->ids[i]);
            return false;
        }
    }
    return true;
}

static enum status diff_files(struct diff *diff)
{
    const struct look_options *options = diff->options;
    if (options->n_rest < 2) {
        usage_wrong(command.name, "name two mappings, the old one and the new one", "");
        return STATUS_USAGE;
    }
    bool usable = mapping_file_use(&diff->files[0], options->rest[0]);
    if (!mapping_file_use(&diff->files[1], options->rest[1]) || !usable ||
        !destinations_known(diff))
        return STATUS_USAGE;
    if (options->n_rest > 2 && !look_events(options, 2, &diff->events))
        return STATUS_USAGE;
    return run(diff);
}

enum status diff(int argc, char **argv)
{
    struct look_options options;
    struct diff diff = {.options = &options};
    enum status status;
    if (look_options_read(&options, &command, argc, argv, &status)) {
        status = diff_files(&diff);
        for (size_t side = 0; side < 2; side++) {
            mapping_file_free(&diff.files[side]);
            arena_free(&diff.line_memory[side]);
        }
        arena_free(&diff.memory);
    }
    look_options_free(&options);
    return status;
}
