#include "difference.h"

#include "base/page.h"
#include "behaviour.h"
#include "decision.h"
#include "mapping/finding.h"

#include <stdlib.h>

static const char *const subject_names[N_SUBJECTS] = {
    [SUBJECT_POLICY] = "policy",     [SUBJECT_KNOB] = "knob",
    [SUBJECT_CONSENT] = "consent",   [SUBJECT_SOURCE] = "source",
    [SUBJECT_CATEGORY] = "category", [SUBJECT_DESTINATION] = "destination",
};

const char *subject_name(enum subject subject)
{
    return subject_names[subject];
}

const struct destination *mapping_destination(const struct mapping *mapping, struct text id)
{
    size_t number = ids_find(&mapping->destination_ids, id);
    return number == IDS_NONE ? NULL : &mapping->destinations[number];
}

struct comparing {
    const struct mapping *before, *behind;
    struct arena *arena;
    struct behaviour behaviours[2]; /* before and behind */
    bool alike;                     /* as far as destinations have been compared */
    struct difference general, destinations;
};

static void add(struct comparing *comparing, enum subject subject, struct text id,
                struct text before, struct text behind)
{
    struct difference *to =
        subject == SUBJECT_DESTINATION ? &comparing->destinations : &comparing->general;
    to->changes = arena_one_more(comparing->arena, to->changes, to->n, sizeof *to->changes);
    to->changes[to->n++] = (struct change){subject, id, before, behind};
}

/* ---- destinations, in words that are equal when they decide alike ---- */

/* Under `disabled: deny` a disabled category is never consented: with `all`, none of them suffices;
 * with `any`, it might as well not be there. Under `ignore` it is not there. */
static void add_consent(struct page *page, const struct mapping *mapping, const struct need *need)
{
    static const char *const match_words[] = {
        [MATCH_ANY] = "any of ",
        [MATCH_ALL] = "all of ",
        [MATCH_BY_EVENT] = "any or all, as the event says, of ",
    };
    bool deny = mapping->rules.knob[KNOB_DISABLED] == DISABLED_DENY, any_disabled = false;
    struct text *texts = arena_alloc(page->arena, need->n_categories * sizeof *texts);
    size_t n = 0;
    for (size_t i = 0; i < need->n_categories; i++) {
        size_t category = need->categories[i];
        if (mapping->categories[category].enabled)
            texts[n++] = mapping->category_ids.texts[category];
        else
            any_disabled = true;
    }
    if (deny && any_disabled && (n == 0 || need->match == MATCH_ALL)) {
        page_add(page, "never with consent stated, because of a disabled category");
        return;
    }
    bool by_event = need->match == MATCH_BY_EVENT && deny && any_disabled;
    page_add(page, n < 2 && !by_event ? "" : match_words[need->match]);
    page_add(page, quoted_list(page->arena, texts, n));
    page_add(page, by_event ? " and a disabled one" : "");
}

static void add_need(struct page *page, const struct mapping *mapping, const struct need *need,
                     bool or_none)
{
    if (need->provider != PROVIDER_ANY)
        page_printf(page, "with provider %s%s: ",
                    quoted_whole(page->arena, mapping->providers.texts[need->provider]),
                    or_none ? " or none" : "");
    if (need->all_ignored)
        page_add(page, "not enforced");
    else if (need->n_categories == 0)
        page_add(page, "unmapped");
    else
        add_consent(page, mapping, need);
}

/* In the order of their providers' names: in the mappings they may have any. */
static void add_needs(struct page *page, const struct mapping *mapping,
                      const struct destination *destination)
{
    const struct event without_provider = {.consent = CONSENT_STATED, .provider = PROVIDER_NONE};
    const struct need *of_none = need_of(&without_provider, destination);
    struct text *texts = arena_alloc(page->arena, destination->n_needs * sizeof *texts);
    for (size_t i = 0; i < destination->n_needs; i++) {
        struct page need = {.arena = page->arena};
        add_need(&need, mapping, &destination->needs[i], &destination->needs[i] == of_none);
        texts[i] = page_text(&need);
    }
    qsort(texts, destination->n_needs, sizeof *texts, text_compare);
    for (size_t i = 0; i < destination->n_needs; i++) {
        page_add(page, i == 0 ? "" : "; ");
        page_put(page, texts[i].bytes, texts[i].len);
    }
}

static struct text describe(struct arena *arena, const struct mapping *mapping,
                            const struct destination *destination)
{
    if (destination == NULL)
        return NO_TEXT;
    struct page page = {.arena = arena};
    if (!destination_is_enforced(destination))
        page_add(&page,
                 destination->kind == KIND_WAREHOUSE ? "not enforced, warehouse" : "not enforced");
    else
        add_needs(&page, mapping, destination);
    struct text *keys = arena_alloc(arena, destination->n_integrations * sizeof *keys);
    for (size_t i = 0; i < destination->n_integrations; i++)
        keys[i] = mapping->integrations.texts[destination->integrations[i]];
    page_add(&page,
             destination->n_integrations == 0 ? "; no integrations key" : "; integrations key ");
    page_add(&page, quoted_list(arena, keys, destination->n_integrations));
    return page_text(&page);
}

/* Whether both mappings have the destination and decide alike over it. */
static bool decide_alike(const struct comparing *comparing, struct text id)
{
    size_t old = ids_find(&comparing->before->destination_ids, id);
    size_t new = ids_find(&comparing->behind->destination_ids, id);
    return old != IDS_NONE &&
           new != IDS_NONE &&text_equal(comparing->behaviours[0].destinations[old],
                                        comparing->behaviours[1].destinations[new]);
}

static void compare_destination(struct comparing *comparing, struct text id)
{
    const struct mapping *before = comparing->before, *behind = comparing->behind;
    if (decide_alike(comparing, id))
        return;
    comparing->alike = false;
    struct text old = describe(comparing->arena, before, mapping_destination(before, id));
    struct text new = describe(comparing->arena, behind, mapping_destination(behind, id));
    if (old.bytes == NULL || new.bytes == NULL || !text_equal(old, new))
        add(comparing, SUBJECT_DESTINATION, id, old, new);
}

static void compare_destinations(struct comparing *comparing)
{
    const struct ids *before = &comparing->before->destination_ids;
    const struct ids *behind = &comparing->behind->destination_ids;
    for (size_t i = 0; i < before->n; i++)
        compare_destination(comparing, before->texts[i]);
    for (size_t i = 0; i < behind->n; i++)
        if (ids_find(before, behind->texts[i]) == IDS_NONE)
            compare_destination(comparing, behind->texts[i]);
}

/* ---- what holds for all destinations ---- */

static bool has_disabled(const struct mapping *mapping, const struct need *need)
{
    for (size_t i = 0; i < need->n_categories; i++)
        if (!mapping->categories[need->categories[i]].enabled)
            return true;
    return false;
}

/* Whether the need of an enforced destination is subject to the knob. Where a destination has a
 * need for some providers only, it is unmapped for the others. */
static bool knob_decides_need(const struct mapping *mapping, enum knob knob,
                              const struct need *need)
{
    bool unmapped = need->n_categories == 0 || need->provider != PROVIDER_ANY;
    switch (knob) {
    case KNOB_UNMAPPED:
        return unmapped;
    case KNOB_INTEGRATIONS:
        return need->n_categories != 0 || mapping->rules.knob[KNOB_UNMAPPED] == UNMAPPED_DELIVER;
    case KNOB_MATCH:
        return need->n_categories > 1;
    case KNOB_DISABLED:
        return has_disabled(mapping, need);
    default:
        return true;
    }
}

/* Whether a destination is subject to the knob. Match and disabled are seen in the destinations. */
static bool knob_decides(const struct mapping *mapping, enum knob knob)
{
    for (size_t i = 0; i < mapping_n_destinations(mapping); i++) {
        const struct destination *destination = &mapping->destinations[i];
        bool enforced = knob == KNOB_DISABLED ? destination->kind == KIND_EVENT_STREAMING
                                              : destination_is_enforced(destination);
        for (size_t j = 0; enforced && j < destination->n_needs; j++)
            if (knob_decides_need(mapping, knob, &destination->needs[j]))
                return true;
    }
    return false;
}

/* Whether there are empty consent objects: where the object itself holds the preferences, it is
 * absent if they are. */
static bool knows_empty(const struct mapping *mapping)
{
    return mapping->preferences_named || !shape_has_one_member(mapping->policy->shape);
}

/* An empty consent object is denied where an absent one is. */
static int knob_value(const struct mapping *mapping, enum knob knob)
{
    const unsigned char *value = mapping->rules.knob;
    if (knob == KNOB_EMPTY && value[KNOB_ABSENT] == ABSENT_DENY)
        return EMPTY_DENY;
    return knob == KNOB_EMPTY && !knows_empty(mapping) ? EMPTY_ABSENT : value[knob];
}

/* Whether a destination that is in both mappings changes: where match and disabled are told of. */
static bool any_changes(const struct comparing *comparing)
{
    for (size_t i = 0; i < comparing->destinations.n; i++) {
        const struct change *change = &comparing->destinations.changes[i];
        if (change->before.bytes != NULL && change->behind.bytes != NULL)
            return true;
    }
    return false;
}

static bool knob_changes(const struct comparing *comparing, enum knob knob)
{
    const struct mapping *before = comparing->before, *behind = comparing->behind;
    if (knob_value(before, knob) == knob_value(behind, knob) ||
        (knob == KNOB_EMPTY && knows_empty(before) != knows_empty(behind)) || /* told as consent */
        (!knob_decides(before, knob) && !knob_decides(behind, knob)))
        return false;
    return (knob != KNOB_MATCH && knob != KNOB_DISABLED) || any_changes(comparing);
}

static void compare_knobs(struct comparing *comparing)
{
    const struct mapping *before = comparing->before, *behind = comparing->behind;
    bool any = false;
    for (enum knob knob = 0; knob < N_KNOBS; knob++)
        any = any || knob_changes(comparing, knob);
    if (any && before->policy != behind->policy)
        add(comparing, SUBJECT_POLICY, NO_TEXT, text_of(before->policy->name),
            text_of(behind->policy->name));
    for (enum knob knob = 0; knob < N_KNOBS; knob++)
        if (knob_changes(comparing, knob))
            add(comparing, SUBJECT_KNOB, text_of(knob_words[knob].name),
                text_of(knob_words[knob].values[knob_value(before, knob)]),
                text_of(knob_words[knob].values[knob_value(behind, knob)]));
}

static struct text pointer_of(struct arena *arena, const struct mapping *mapping,
                              const struct key_way *way)
{
    struct page page = {.arena = arena};
    for (size_t i = 0; i < way->n; i++) {
        struct text key = mapping->paths.nodes[way->nodes[i]].key;
        page_add(&page, "/");
        for (size_t at = 0; at < key.len; at++) {
            if (key.bytes[at] == '~' || key.bytes[at] == '/')
                page_add(&page, key.bytes[at] == '~' ? "~0" : "~1");
            else
                page_put(&page, &key.bytes[at], 1);
        }
    }
    if (way->n == 0)
        page_add(&page, "the event itself");
    return page_text(&page);
}

static struct text consent_words(struct arena *arena, const struct mapping *mapping)
{
    struct page page = {.arena = arena};
    struct text pointer = pointer_of(arena, mapping, &mapping->paths.consent);
    page_put(&page, pointer.bytes, pointer.len);
    if (!shape_has_one_member(mapping->policy->shape))
        page_printf(&page, ", %s", shapes[mapping->policy->shape].words);
    else if (!mapping->preferences_named)
        page_add(&page, ", the consent object itself");
    return page_text(&page);
}

/* Which of the last two keys is the consent object's tells empty from absent: where these are
 * decided alike, it is no difference. */
static void compare_consent(struct comparing *comparing)
{
    const struct mapping *before = comparing->before, *behind = comparing->behind;
    struct arena *arena = comparing->arena;
    bool same_way = text_equal(pointer_of(arena, before, &before->paths.consent),
                               pointer_of(arena, behind, &behind->paths.consent)) &&
                    before->policy->shape == behind->policy->shape;
    bool same_empty = knows_empty(before) == knows_empty(behind) ||
                      knob_value(before, KNOB_EMPTY) == knob_value(behind, KNOB_EMPTY);
    if (!same_way || !same_empty)
        add(comparing, SUBJECT_CONSENT, NO_TEXT, consent_words(arena, before),
            consent_words(arena, behind));
}

static void compare_ids(struct comparing *comparing, enum subject subject, const struct ids *before,
                        const struct ids *behind, struct text words)
{
    for (size_t i = 0; i < before->n; i++)
        if (ids_find(behind, before->texts[i]) == IDS_NONE)
            add(comparing, subject, before->texts[i], words, NO_TEXT);
    for (size_t i = 0; i < behind->n; i++)
        if (ids_find(before, behind->texts[i]) == IDS_NONE)
            add(comparing, subject, behind->texts[i], NO_TEXT, words);
}

static void compare_sources(struct comparing *comparing)
{
    const struct mapping *before = comparing->before, *behind = comparing->behind;
    bool used = before->sources_other.n != 0 && behind->sources_other.n != 0;
    struct text old = pointer_of(comparing->arena, before, &before->paths.source);
    struct text new = pointer_of(comparing->arena, behind, &behind->paths.source);
    if (used && !text_equal(old, new))
        add(comparing, SUBJECT_SOURCE, NO_TEXT, old, new);
    compare_ids(comparing, SUBJECT_SOURCE, &before->sources_other, &behind->sources_other,
                TEXT("not enforced"));
}

/* That a category is known shows in preferences, where one that is there twice is malformed. */
static void compare_categories(struct comparing *comparing)
{
    const struct mapping *before = comparing->before, *behind = comparing->behind;
    struct text enabled = TEXT("enabled"), disabled = TEXT("disabled");
    if (shapes[before->policy->shape].doubles && shapes[behind->policy->shape].doubles)
        compare_ids(comparing, SUBJECT_CATEGORY, &before->category_ids, &behind->category_ids,
                    TEXT("known"));
    if (!any_changes(comparing))
        return;
    for (size_t i = 0; i < before->category_ids.n; i++) {
        size_t other = ids_find(&behind->category_ids, before->category_ids.texts[i]);
        if (other == IDS_NONE || before->categories[i].enabled == behind->categories[other].enabled)
            continue;
        bool was = before->categories[i].enabled;
        add(comparing, SUBJECT_CATEGORY, before->category_ids.texts[i], was ? enabled : disabled,
            was ? disabled : enabled);
    }
}

static bool any_enforced(const struct mapping *mapping)
{
    return knob_decides(mapping, KNOB_ABSENT);
}

static void compare_general(struct comparing *comparing)
{
    compare_knobs(comparing);
    compare_consent(comparing);
    compare_sources(comparing);
    compare_categories(comparing);
}

struct difference difference_of(const struct mapping *before, const struct mapping *behind,
                                struct arena *arena)
{
    struct comparing comparing = {
        .before = before,
        .behind = behind,
        .arena = arena,
        .behaviours = {behaviour_of(before, arena), behaviour_of(behind, arena)}};
    comparing.alike = text_equal(comparing.behaviours[0].general, comparing.behaviours[1].general);
    compare_destinations(&comparing);
    if (comparing.alike)
        return (struct difference){.alike = true};
    if (any_enforced(before) || any_enforced(behind))
        compare_general(&comparing);
    struct difference all = {.n = comparing.general.n + comparing.destinations.n};
    all.changes = arena_alloc(arena, all.n * sizeof *all.changes);
    for (size_t i = 0; i < all.n; i++)
        all.changes[i] = i < comparing.general.n
                             ? comparing.general.changes[i]
                             : comparing.destinations.changes[i - comparing.general.n];
    return all;
}
