#include "warnings.h"

#include "decision.h"

#include <stdio.h>
#include <stdlib.h>
#include <uninorm.h>

struct search {
    const struct mapping *mapping;
    struct findings *findings;
    struct event event; /* an event that consents to everything, to ask decide with */
};

static const char *quote(const struct search *search, struct text text)
{
    return quoted(search->findings->arena, text);
}

static const char *rule(const struct search *search, enum knob knob)
{
    return knob_words[knob].values[search->mapping->rules.knob[knob]];
}

/* ---- what a destination can receive ---- */

static void *all_bits(struct arena *arena, size_t n_bits)
{
    size_t size = bitset_words(n_bits) * sizeof(uint64_t);
    return memset(arena_alloc(arena, size), 0xFF, size);
}

static struct event consenting_event(const struct mapping *mapping, struct arena *arena)
{
    size_t n = bitset_words(mapping->integrations.n) * sizeof(uint64_t);
    return (struct event){.integrations = INTEGRATIONS_ABSENT,
                          .integrations_empty = true,
                          .consented = all_bits(arena, mapping->category_ids.n),
                          .stated = all_bits(arena, mapping->category_ids.n),
                          .any_suffices = true,
                          .named = arena_alloc(arena, n),
                          .refused = arena_alloc(arena, n)};
}

/* Where consent is stated, events that call for this need. */
static bool can_receive(const struct search *search, const struct destination *destination,
                        const struct need *need, enum consent_state consent)
{
    struct event event = search->event;
    event.consent = consent;
    return consent == CONSENT_STATED
               ? decide_need(search->mapping, &event, destination, need).deliver
               : decide(search->mapping, &event, destination).deliver;
}

/* What reaches a destination that no consent opens. */
static const char *what_is_left(const struct search *search, const struct destination *destination,
                                const struct need *need)
{
    bool absent = can_receive(search, destination, need, CONSENT_ABSENT);
    bool empty = can_receive(search, destination, need, CONSENT_EMPTY);
    bool other = search->mapping->sources_other.n != 0;
    if (absent && other)
        return empty ? "only events without a consent object, or with an empty one, and events of "
                       "the sources under \"other\" reach it"
                     : "only events without a consent object and events of the sources under "
                       "\"other\" reach it";
    if (absent)
        return empty ? "only events without a consent object, or with an empty one, reach it"
                     : "only events without a consent object reach it";
    return other ? "only events of the sources under \"other\" reach it" : "no event reaches it";
}

static void warn_unmapped(const struct search *search, const struct destination *destination,
                          const struct need *need)
{
    const char *id = quote(search, destination->id);
    if (can_receive(search, destination, need, CONSENT_STATED)) {
        bool veto = search->mapping->rules.knob[KNOB_INTEGRATIONS] == INTEGRATIONS_VETO;
        findings_add(search->findings, FINDING_UNMAPPED_DESTINATION, destination->at,
                     "the destination %s is mapped to no category: under \"unmapped\": \"%s\" it "
                     "gets every event%s, whatever the end user's consent",
                     id, rule(search, KNOB_UNMAPPED),
                     veto ? " that the integrations object allows" : "");
        return;
    }
    findings_add(search->findings, FINDING_UNMAPPED_DESTINATION, destination->at,
                 "the destination %s is mapped to no category: under \"unmapped\": \"%s\" it gets "
                 "no event that states consent; %s: map it to its categories",
                 id, rule(search, KNOB_UNMAPPED), what_is_left(search, destination, need));
}

static void warn_never_receives(const struct search *search, const struct destination *destination,
                                const struct need *need)
{
    findings_add(search->findings, FINDING_NEVER_RECEIVES, destination->at,
                 "no consent can satisfy the destination %s: under \"disabled\": \"%s\", %s; %s: "
                 "enable the categories or map it to others",
                 quote(search, destination->id), rule(search, KNOB_DISABLED),
                 need->match != MATCH_ALL ? "all its categories are disabled"
                                          : "a category is disabled, and \"match\" is \"all\"",
                 what_is_left(search, destination, need));
}

static void warn_event_decides(const struct search *search, const struct destination *destination,
                               const struct need *need)
{
    findings_add(search->findings, FINDING_EVENT_DECIDES_MATCH, destination->at,
                 "whether the destination %s needs one or all of its %zu categories, each event's "
                 "resolutionStrategy says, and so whoever sends it: give it a \"match\"",
                 quote(search, destination->id), need->n_categories);
}

static void find_in_need(const struct search *search, const struct destination *destination,
                         const struct need *need)
{
    if (need->match == MATCH_BY_EVENT && need->n_categories > 1)
        warn_event_decides(search, destination, need);
    if (need->n_categories == 0)
        warn_unmapped(search, destination, need);
    else if (!can_receive(search, destination, need, CONSENT_STATED))
        warn_never_receives(search, destination, need);
}

static void find_closed_destinations(const struct search *search)
{
    for (size_t i = 0; i < mapping_n_destinations(search->mapping); i++) {
        const struct destination *destination = &search->mapping->destinations[i];
        for (size_t j = 0; j < destination->n_needs; j++)
            if (destination->kind == KIND_EVENT_STREAMING)
                find_in_need(search, destination, &destination->needs[j]);
    }
}

/* ---- categories ---- */

/* The destinations that are mapped to a category. */
struct use {
    const struct destination *first, *last;
    size_t n;
    size_t n_left_with_none; /* of them, those that the rules leave no category */
};

/* A destination counts once, for how many providers it may name a category. */
static void count_need(struct use *uses, const struct destination *destination,
                       const struct need *need)
{
    for (size_t i = 0; i < need->n_categories; i++) {
        struct use *use = &uses[need->categories[i]];
        if (use->last == destination)
            continue;
        use->last = destination;
        if (use->n++ == 0)
            use->first = destination;
        use->n_left_with_none += need->all_ignored;
    }
}

static struct use *count_uses(const struct search *search)
{
    const struct mapping *mapping = search->mapping;
    struct use *uses = arena_alloc(search->findings->arena, mapping->category_ids.n * sizeof *uses);
    for (size_t i = 0; i < mapping_n_destinations(mapping); i++) {
        const struct destination *destination = &mapping->destinations[i];
        for (size_t j = 0; j < destination->n_needs; j++)
            count_need(uses, destination, &destination->needs[j]);
    }
    return uses;
}

static void warn_disabled(const struct search *search, const struct category *category,
                          const struct use *use)
{
    char effect[100] = "it counts as refused in every event";
    if (search->mapping->rules.knob[KNOB_DISABLED] == DISABLED_IGNORE)
        snprintf(effect, sizeof effect,
                 use->n_left_with_none == 0
                     ? "no event is asked for it"
                     : "no event is asked for it, and %zu with no other category get every event",
                 use->n_left_with_none);
    findings_add(search->findings, FINDING_DISABLED_CATEGORY_MAPPED, category->at,
                 "the category %s is disabled, but mapped to %zu destination%s, first %s: under "
                 "\"disabled\": \"%s\" %s",
                 quote(search, category->id), use->n, use->n == 1 ? "" : "s",
                 quote(search, use->first->id), rule(search, KNOB_DISABLED), effect);
}

static void find_idle_categories(const struct search *search)
{
    const struct use *uses = count_uses(search);
    for (size_t i = 0; i < search->mapping->category_ids.n; i++) {
        const struct category *category = &search->mapping->categories[i];
        if (uses[i].n == 0)
            findings_add(search->findings, FINDING_UNUSED_CATEGORY, category->at,
                         "the category %s is declared, but no destination is mapped to it: no "
                         "decision asks for it",
                         quote(search, category->id));
        else if (!category->enabled)
            warn_disabled(search, category, &uses[i]);
    }
}

/* ---- ids that look the same ---- */

/* The text in Unicode's form NFC; as it is where memory is short. */
static struct text composed(struct arena *arena, struct text text)
{
    size_t len = 0;
    uint8_t *form = u8_normalize(UNINORM_NFC, (const uint8_t *)text.bytes, text.len, NULL, &len);
    if (form == NULL)
        return text;
    char *bytes = arena_alloc(arena, len);
    memcpy(bytes, form, len);
    free(form);
    return (struct text){bytes, len};
}

/* What similar ids have in common: composed, without surrounding space, ASCII in lower case. */
static struct text folded(struct arena *arena, struct text text)
{
    bool ascii = true;
    for (size_t i = 0; i < text.len; i++)
        ascii = ascii && (unsigned char)text.bytes[i] < 0x80;
    text = text_trimmed(ascii ? text : composed(arena, text));
    char *bytes = arena_alloc(arena, text.len);
    for (size_t i = 0; i < text.len; i++)
        bytes[i] = ascii_lower(text.bytes[i]);
    return (struct text){bytes, text.len};
}

static size_t category_at(const struct mapping *mapping, size_t number)
{
    return mapping->categories[number].at;
}

static size_t destination_at(const struct mapping *mapping, size_t number)
{
    return mapping->destinations[number].at;
}

static void find_similar_ids(const struct search *search, const struct ids *ids, const char *what,
                             size_t (*at)(const struct mapping *mapping, size_t number))
{
    struct arena *arena = search->findings->arena;
    struct ids forms = {0};
    size_t *firsts = arena_alloc(arena, ids->n * sizeof *firsts); /* by the form's number */
    for (size_t i = 0; i < ids->n; i++) {
        bool was_new;
        size_t form = ids_add(&forms, arena, folded(arena, ids->texts[i]), &was_new);
        if (was_new)
            firsts[form] = i;
        else
            findings_add(search->findings, FINDING_SIMILAR_IDS, at(search->mapping, i),
                         "the %s ids %s and %s are different ids, but look alike: rename one, or "
                         "make them one",
                         what, quote(search, ids->texts[firsts[form]]),
                         quote(search, ids->texts[i]));
    }
}

/* ---- integrations keys ---- */

static void find_shared_key(const struct search *search, const struct destination *destination,
                            size_t key, const struct destination **owner)
{
    if (*owner == NULL)
        *owner = destination;
    else if (*owner != destination)
        findings_add(search->findings, FINDING_SHARED_INTEGRATIONS_KEY, destination->at,
                     "the destinations %s and %s have the same integrations key %s: an event that "
                     "switches one off switches both off",
                     quote(search, (*owner)->id), quote(search, destination->id),
                     quote(search, search->mapping->integrations.texts[key]));
}

static void find_doubtful_keys(const struct search *search)
{
    const struct mapping *mapping = search->mapping;
    const struct destination **owners =
        arena_alloc(search->findings->arena, mapping->integrations.n * sizeof(void *));
    for (size_t i = 0; i < mapping_n_destinations(mapping); i++) {
        const struct destination *destination = &mapping->destinations[i];
        for (size_t j = 0; j < destination->n_integrations; j++) {
            size_t key = destination->integrations[j];
            if (key != INTEGRATION_ALL)
                find_shared_key(search, destination, key, &owners[key]);
            else
                findings_add(search->findings, FINDING_OWN_KEY_ALL, destination->at,
                             "the destination %s has the integrations key \"All\", which speaks of "
                             "every destination: name its own key in \"integrations\"",
                             quote(search, destination->id));
        }
    }
}

void warnings_find(const struct mapping *mapping, struct findings *findings)
{
    struct search search = {mapping, findings, consenting_event(mapping, findings->arena)};
    find_closed_destinations(&search);
    find_idle_categories(&search);
    find_similar_ids(&search, &mapping->category_ids, "category", category_at);
    find_similar_ids(&search, &mapping->destination_ids, "destination", destination_at);
    find_doubtful_keys(&search);
    findings_sort(findings);
}
