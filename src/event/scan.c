#include "event/scan.h"

#include "base/json_string.h"
#include "base/yajl_memory.h"
#include "mapping/read.h"

/* -Dscan=yajl builds a program that parses every line whole. */
#ifdef ASSENT_SCAN_YAJL
#define SCAN_SKIMS false
#else
#define SCAN_SKIMS true
#endif

static bool on_a_path(const struct scan *scan)
{
    return scan->outside == 0;
}

/* yajl passes a string without escapes on as it stands in the line, any other one decoded. */
static bool has_escapes(const struct scan *scan, const unsigned char *bytes)
{
    const struct text *line = &scan->event.line;
    const char *at = (const char *)bytes;
    return at < line->bytes || at >= line->bytes + line->len;
}

/* A string that yajl has decoded does not show any more whether it had a lone surrogate. */
static bool has_lone_surrogate(const struct scan *scan)
{
    size_t end = yajl_get_bytes_consumed(scan->handle);
    return json_string_has_lone_surrogate(json_string_before(scan->event.line, end));
}

/* The node of a key in the object that is being read. Keys that careless readers take for it, which
 * ignore ASCII case or all from a NUL on, are noted on the way: c_key is the key up to a NUL. */
static size_t follow(struct scan *scan, struct text key, struct text c_key)
{
    const struct key_node *nodes = scan->mapping->paths.nodes;
    size_t found = 0;
    for (size_t i = nodes[scan->node].first_child; i != 0; i = nodes[i].next_sibling) {
        if (text_equal(nodes[i].key, key)) {
            found = i;
            if (scan->seen[i].times < 2)
                scan->seen[i].times++;
        } else if (text_equal_but_for_ascii_case(nodes[i].c_key, c_key)) {
            scan->seen[i].look_alike = true;
        }
    }
    return found;
}

/* A key with a lone surrogate equals nothing and may be taken for anything. */
static void follow_nothing(struct scan *scan)
{
    const struct key_node *nodes = scan->mapping->paths.nodes;
    for (size_t i = nodes[scan->node].first_child; i != 0; i = nodes[i].next_sibling)
        scan->seen[i].look_alike = true;
}

static void category_key(struct scan *scan, struct text key)
{
    size_t category = ids_find(&scan->mapping->category_ids, key);
    if (category == IDS_NONE)
        return;
    if (bitset_has(scan->event.stated, category))
        scan->category_twice = true;
    bitset_add(scan->event.stated, category);
    scan->category = category;
}

static void integration_key(struct scan *scan, struct text key)
{
    size_t integration = ids_find(&scan->mapping->integrations, key);
    if (integration == IDS_NONE)
        return;
    if (bitset_has(scan->event.named, integration)) {
        bitset_add(scan->event.refused, integration);
        scan->all_twice = scan->all_twice || integration == INTEGRATION_ALL;
    }
    bitset_add(scan->event.named, integration);
    scan->integration = integration;
}

static void observe_key(const struct scan *scan, unsigned roles, struct text key)
{
    const struct scan_observer *observer = scan->observer;
    if ((roles & ROLE_PREFERENCES) != 0 && observer->category != NULL)
        observer->category(observer->state, key);
    if ((roles & ROLE_INTEGRATIONS) != 0 && observer->integrations_key != NULL)
        observer->integrations_key(observer->state, key);
}

/* Kept apart from on_key, whose way for all other keys stays short. */
#if defined(__GNUC__)
__attribute__((noinline))
#endif
static int
key_on_a_path(struct scan *scan, const unsigned char *bytes, size_t len)
{
    struct text key = {(const char *)bytes, len};
    bool escapes = has_escapes(scan, bytes);
    unsigned roles = scan->mapping->paths.nodes[scan->node].roles;
    scan->category = scan->integration = IDS_NONE;
    scan->child = 0;
    if (roles & ROLE_INTEGRATIONS)
        scan->any_integration = true;
    if (escapes && has_lone_surrogate(scan)) {
        follow_nothing(scan);
        return 1;
    }
    if (escapes || (scan->mapping->paths.nodes[scan->node].lengths & length_bit(len)) != 0)
        scan->child = follow(scan, key, escapes ? up_to_nul(key) : key);
    if (roles & ROLE_PREFERENCES)
        category_key(scan, key);
    if (roles & ROLE_INTEGRATIONS)
        integration_key(scan, key);
    if (scan->observer != NULL)
        observe_key(scan, roles, key);
    return 1;
}

static int on_key(void *ctx, const unsigned char *bytes, size_t len)
{
    return on_a_path(ctx) ? key_on_a_path(ctx, bytes, len) : 1;
}

/* Notes a category and whether it is consented, or an integrations key and whether it allows. */
static void say(struct event *event, bool is_category, size_t number, bool yes)
{
    _Static_assert(MAPPING_LARGEST < UINT32_MAX / 4, "the number of an id has two bits to spare");
    if (event->n_said == EVENT_SAID_MOST) {
        event->said_too_much = true;
        return;
    }
    event->said[event->n_said++] = (uint32_t)number << 2 | (uint32_t)is_category << 1 | yes;
}

/* A value of an object on a path, which its key has announced. */
static void member_value(struct scan *scan, enum value value)
{
    if (scan->child != 0)
        scan->seen[scan->child].value = value;
    if (scan->category != IDS_NONE && value == VALUE_TRUE)
        bitset_add(scan->event.consented, scan->category);
    if (scan->category != IDS_NONE && (value == VALUE_TRUE || scan->says_refusals))
        say(&scan->event, true, scan->category, value == VALUE_TRUE);
    if (scan->integration != IDS_NONE) {
        bool allows = value == VALUE_TRUE || value == VALUE_OBJECT;
        if (!allows)
            bitset_add(scan->event.refused, scan->integration);
        say(&scan->event, false, scan->integration, allows);
    }
    if (scan->observer != NULL && scan->observer->preference != NULL &&
        (scan->mapping->paths.nodes[scan->node].roles & ROLE_PREFERENCES))
        scan->observer->preference(scan->observer->state,
                                   value == VALUE_TRUE || value == VALUE_FALSE);
}

/* Whether what comes next is an item of a list of ids. */
static bool in_list(const struct scan *scan)
{
    return scan->list != 0 && scan->outside == 1;
}

static int on_scalar(struct scan *scan, enum value value)
{
    if (in_list(scan) && value != VALUE_STRING)
        scan->seen[scan->list].bad = true;
    if (!on_a_path(scan))
        return 1;
    if (scan->depth == 0) {
        scan->reject = REJECT_NOT_OBJECT;
        return 0;
    }
    member_value(scan, value);
    return 1;
}

static int on_null(void *ctx)
{
    return on_scalar(ctx, VALUE_NULL);
}

static int on_boolean(void *ctx, int is_true)
{
    return on_scalar(ctx, is_true ? VALUE_TRUE : VALUE_FALSE);
}

static int on_number(void *ctx, const char *bytes, size_t len)
{
    (void)bytes;
    (void)len;
    return on_scalar(ctx, VALUE_NUMBER);
}

static void observe_string(const struct scan *scan, unsigned roles, struct text text)
{
    const struct scan_observer *observer = scan->observer;
    if ((roles & ROLE_SOURCE) != 0 && observer->source != NULL)
        observer->source(observer->state, text);
    if ((roles & ROLE_PROVIDER) != 0 && text.len != 0 && observer->provider != NULL)
        observer->provider(observer->state, text);
    for (enum label label = 0; label < N_LABELS; label++)
        if ((roles & role_of_label(label)) != 0 && observer->label != NULL)
            observer->label(observer->state, label, text);
}

/* A raw string without its quotes. One with a lone surrogate would be no JSON to many readers. */
static void set_label(struct scan *scan, enum label label, struct text raw)
{
    struct text token = {raw.bytes - 1, raw.len + 2};
    scan->event.labels[label] = json_string_has_lone_surrogate(raw) ? NO_TEXT : token;
}

static void path_label(struct scan *scan, unsigned roles)
{
    size_t end = yajl_get_bytes_consumed(scan->handle);
    for (enum label label = 0; label < N_LABELS; label++)
        if ((roles & role_of_label(label)) != 0)
            set_label(scan, label, json_string_before(scan->event.line, end));
}

/* A string on a path. yajl has made other text of a lone surrogate: it is nobody's id. */
static void path_string(struct scan *scan, unsigned roles, const unsigned char *bytes, size_t len)
{
    struct text text = {(const char *)bytes, len};
    if ((roles & ROLE_LABELS) != 0)
        path_label(scan, roles);
    scan->source_listed = scan->source_listed && (roles & ROLE_SOURCE) == 0;
    if (has_escapes(scan, bytes) && has_lone_surrogate(scan)) {
        scan->seen[scan->child].bad = true;
        return;
    }
    if ((roles & ROLE_SOURCE) != 0)
        scan->source_listed = ids_find(&scan->mapping->sources_other, text) != IDS_NONE;
    if ((roles & ROLE_PROVIDER) != 0)
        scan->event.provider = len == 0 ? PROVIDER_NONE : ids_find(&scan->mapping->providers, text);
    if ((roles & ROLE_STRATEGY) != 0)
        scan->event.any_suffices = text_equal(text, TEXT("or"));
    if (scan->observer != NULL)
        observe_string(scan, roles, text);
}

/* An id of a list. An empty one is none; one with half a surrogate may be taken for any. */
static void list_item(struct scan *scan, const unsigned char *bytes, size_t len)
{
    struct text id = {(const char *)bytes, len};
    if (len == 0)
        return;
    scan->seen[scan->list].has_items = true;
    if (has_escapes(scan, bytes) && has_lone_surrogate(scan)) {
        scan->seen[scan->list].bad = true;
        return;
    }
    if ((scan->mapping->paths.nodes[scan->list].roles & ROLE_DENIED) != 0) {
        size_t category = ids_find(&scan->mapping->category_ids, id);
        if (category != IDS_NONE && !bitset_has(scan->event.stated, category)) {
            bitset_add(scan->event.stated, category);
            say(&scan->event, true, category, false);
        }
    }
    if (scan->observer != NULL && scan->observer->category != NULL)
        scan->observer->category(scan->observer->state, id);
}

static int on_string(void *ctx, const unsigned char *bytes, size_t len)
{
    struct scan *scan = ctx;
    if (in_list(scan))
        list_item(scan, bytes, len);
    if (on_a_path(scan) && scan->child != 0 && scan->mapping->paths.nodes[scan->child].roles != 0)
        path_string(scan, scan->mapping->paths.nodes[scan->child].roles, bytes, len);
    return on_scalar(scan, VALUE_STRING);
}

static int open_container(struct scan *scan, enum value value)
{
    if (scan->depth == 0 && value != VALUE_OBJECT) {
        scan->reject = REJECT_NOT_OBJECT;
        return 0;
    }
    if (scan->depth == EVENT_DEPTH) {
        scan->reject = REJECT_TOO_DEEP;
        return 0;
    }
    scan->depth++;
    if (scan->depth == 1)
        return 1; /* the event itself: node 0 */
    if (in_list(scan))
        scan->seen[scan->list].bad = true;
    if (!on_a_path(scan)) {
        scan->outside++;
        return 1;
    }
    member_value(scan, value);
    if (scan->child != 0 && value == VALUE_OBJECT) {
        scan->node = scan->child;
        return 1;
    }
    if (scan->child != 0 && /* an array */
        (scan->mapping->paths.nodes[scan->child].roles & (ROLE_DENIED | ROLE_ALLOWED)) != 0)
        scan->list = scan->child;
    scan->outside++;
    return 1;
}

static int on_start_object(void *ctx)
{
    return open_container(ctx, VALUE_OBJECT);
}

static int on_start_array(void *ctx)
{
    return open_container(ctx, VALUE_ARRAY);
}

static int on_end(void *ctx)
{
    struct scan *scan = ctx;
    scan->depth--;
    if (scan->depth == 0)
        scan->ended_at = yajl_get_bytes_consumed(scan->handle);
    if (scan->outside == 1)
        scan->list = 0;
    if (scan->outside != 0)
        scan->outside--;
    else
        scan->node = scan->mapping->paths.nodes[scan->node].parent;
    return 1;
}

/* Only yajl_number is given: yajl_integer and yajl_double would refuse large numbers. */
static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_integer = NULL,
    .yajl_double = NULL,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_start_object,
    .yajl_map_key = on_key,
    .yajl_end_map = on_end,
    .yajl_start_array = on_start_array,
    .yajl_end_array = on_end,
};

void scan_init(struct scan *scan, const struct mapping *mapping, struct arena *memory,
               struct arena *line_arena)
{
    size_t n_categories = bitset_words(mapping->category_ids.n);
    size_t n_integrations = bitset_words(mapping->integrations.n);
    *scan = (struct scan){.mapping = mapping, .arena = line_arena, .skims = SCAN_SKIMS};
    scan->seen = arena_alloc(memory, mapping->paths.n * sizeof *scan->seen);
    scan->n_bits = 2 * n_categories + 2 * n_integrations;
    scan->bits = arena_alloc(memory, scan->n_bits * sizeof *scan->bits);
    scan->event.consented = scan->bits;
    scan->event.stated = scan->event.consented + n_categories;
    scan->event.named = scan->event.stated + n_categories;
    scan->event.refused = scan->event.named + n_integrations;
    skim_init(&scan->skim, &mapping->paths);
    recall_init(&scan->recall, memory, scan->n_bits);
}

static void reset(struct scan *scan, struct text line)
{
    memset(scan->seen, 0, scan->mapping->paths.n * sizeof *scan->seen);
    memset(scan->bits, 0, scan->n_bits * sizeof *scan->bits);
    scan->event.line = line;
    memset(scan->event.labels, 0, sizeof scan->event.labels);
    scan->event.n_said = 1; /* the first word is the states', which consent_settle knows */
    scan->event.said_too_much = false;
    scan->category_twice = scan->all_twice = scan->any_integration = scan->source_listed = false;
    scan->event.provider = PROVIDER_NONE;
    scan->event.any_suffices = false;
    scan->node = scan->outside = scan->depth = scan->child = scan->list = 0;
    scan->category = scan->integration = IDS_NONE;
    scan->ended_at = 0;
    scan->reject = REJECT_NONE;
}

/* Where something stands behind the event's last brace; the line's length when nothing does. */
static size_t behind_event(const struct scan *scan)
{
    const struct text *line = &scan->event.line;
    size_t at = scan->ended_at;
    while (at < line->len && (line->bytes[at] == ' ' || line->bytes[at] == '\t'))
        at++;
    return at;
}

/* Why a callback stopped the parse; a value that is no object is where it begins. */
static enum reject stopped(const struct scan *scan, size_t *at)
{
    const struct text *line = &scan->event.line;
    if (scan->reject == REJECT_NOT_OBJECT)
        for (*at = 0; line->bytes[*at] == ' ' || line->bytes[*at] == '\t';)
            ++*at;
    return scan->reject;
}

/* Why the parse failed. */
static enum reject fault(struct scan *scan, yajl_status status, size_t *at)
{
    const char *why;
    size_t consumed = yajl_get_bytes_consumed(scan->handle);
    if (status == yajl_status_client_canceled ||
        !yajl_lexical_fault(scan->handle, scan->event.line, at, &why))
        *at = consumed - (consumed != 0);
    if (status == yajl_status_client_canceled)
        return stopped(scan, at);
    if (scan->ended_at == 0)
        return REJECT_NOT_JSON;
    *at = behind_event(scan);
    return REJECT_TWO_VALUES;
}

enum reject event_scan(struct scan *scan, struct text line, size_t *at)
{
    reset(scan, line);
    arena_reset(scan->arena);
    yajl_alloc_funcs memory = yajl_memory(scan->arena);
    scan->handle = yajl_alloc(&callbacks, &memory, scan);
    /* line_check did that, and more strictly. */
    yajl_config(scan->handle, yajl_dont_validate_strings, 1);
    const unsigned char *bytes = (const unsigned char *)line.bytes;
    yajl_status status = yajl_parse(scan->handle, bytes, line.len);
    if (status != yajl_status_ok)
        return fault(scan, status, at);
    *at = line.len;
    status = yajl_complete_parse(scan->handle);
    if (status == yajl_status_client_canceled)
        return stopped(scan, at); /* a number and nothing else */
    /* Looked at here, for yajl is content with a string that begins there and never ends. */
    if (scan->ended_at != 0 && (*at = behind_event(scan)) != line.len)
        return REJECT_TWO_VALUES;
    if (status != yajl_status_ok)
        return REJECT_NOT_ENDED;
    for (enum label label = 0; label < N_LABELS; label++) {
        size_t node = scan->mapping->paths.labels[label];
        if (node != 0 && scan->seen[node].times != 1)
            scan->event.labels[label] = NO_TEXT;
    }
    consent_settle(scan);
    return REJECT_NONE;
}

static void skimmed_labels(struct scan *scan)
{
    struct text raw;
    for (enum label label = 0; label < N_LABELS; label++) {
        scan->event.labels[label] = NO_TEXT;
        if (skim_label(&scan->skim, label, &raw))
            set_label(scan, label, raw);
    }
}

/* Whether the line was skimmed and the event is filled from its core, which the skim has checked.
 * An observer has to see it each time. */
static bool event_skim(struct scan *scan, struct text line)
{
    size_t at;
    if (!scan->skims || !skim_line(&scan->skim, line))
        return false;
    struct text core = scan->skim.core;
    bool known = scan->observer == NULL && recall_find(&scan->recall, core, &scan->event);
    if (!known && event_scan(scan, core, &at) != REJECT_NONE) /* GCOV_EXCL_BR_LINE: it never is */
        return false;                                         /* GCOV_EXCL_LINE */
    scan->recalled =
        known || (scan->observer == NULL && recall_keep(&scan->recall, core, &scan->event));
    scan->event.line = line;
    if (scan->mapping->paths.any_labels)
        skimmed_labels(scan);
    return true;
}

enum reject event_read(struct scan *scan, struct text raw, size_t max_line, bool *blank, size_t *at)
{
    struct text content = line_content(raw);
    *blank = scan->recalled = false;
    if (content.len <= max_line && event_skim(scan, content))
        return REJECT_NONE;
    enum reject reject = line_check(content, max_line, at);
    *blank = reject == REJECT_NONE && line_is_blank(content);
    return reject == REJECT_NONE && !*blank ? event_scan(scan, content, at) : reject;
}
