#include "behaviour.h"

#include "base/page.h"
#include "decision.h"
#include "mapping/finding.h"

#include <stdlib.h>

/* What becomes of a pair, whatever its event's integrations object says or as that allows. */
enum outcome { BLOCKED = 'b', AS_INTEGRATIONS_ALLOW = 'i', DELIVERED = 'd' };

struct behaving {
    const struct mapping *mapping;
    struct arena *arena;
    struct event event; /* to ask decide_need with */
    uint64_t *nothing, *everything;
    bool sources;         /* some are exempt */
    bool by_integrations; /* an outcome of the destination at hand is */

    /* what any destination depends on */
    bool on_consent, on_doubled, on_sources;
};

/* One destination's, where consent is not stated; 0: no event is in that state. */
struct cells {
    char absent;       /* something before the last key on the way is missing */
    char last_missing; /* the last one is, and there is an integrations object with keys */
    char last_missing_without_integrations;
    char malformed;
    struct text stated; /* one outcome alone, or what must be consented for it */
};

static bool is_delivered(struct behaving *b, const struct destination *destination,
                         const struct need *need, enum integrations_state integrations)
{
    b->event.integrations = integrations;
    b->event.integrations_empty = integrations == INTEGRATIONS_ABSENT;
    return decide_need(b->mapping, &b->event, destination, need).deliver;
}

static char outcome(struct behaving *b, const struct destination *destination,
                    const struct need *need, enum consent_state consent)
{
    b->event.consent = consent;
    if (is_delivered(b, destination, need, INTEGRATIONS_NOTHING))
        return DELIVERED;
    if (!is_delivered(b, destination, need, INTEGRATIONS_STATED))
        return BLOCKED;
    b->by_integrations = true;
    return AS_INTEGRATIONS_ALLOW;
}

/* ---- stated consent ---- */

/* The outcome where the need is satisfied, and what satisfies it. A disabled category that counts
 * makes `all` never true, which shows in the outcome, and leaves a match by event its `or` alone.
 */
static struct text stated_by(struct behaving *b, const struct destination *destination,
                             const struct need *need)
{
    static const char match_letters[] = {
        [MATCH_ANY] = '|', [MATCH_ALL] = '&', [MATCH_BY_EVENT] = '?'};
    struct page page = {.arena = b->arena};
    b->event.consented = b->everything;
    b->event.any_suffices = true;
    char best = outcome(b, destination, need, CONSENT_STATED);
    page_put(&page, &best, 1);
    if (best == BLOCKED || need->n_categories == 0 || need->all_ignored)
        return page_text(&page);
    b->event.any_suffices = false;
    bool or_alone = outcome(b, destination, need, CONSENT_STATED) == BLOCKED;
    struct text *texts = arena_alloc(b->arena, need->n_categories * sizeof *texts);
    size_t n = 0;
    for (size_t i = 0; i < need->n_categories; i++)
        if (b->mapping->categories[need->categories[i]].enabled)
            texts[n++] = b->mapping->category_ids.texts[need->categories[i]];
    page_put(&page, or_alone ? "!" : n == 1 ? "=" : &match_letters[need->match], 1);
    page_add(&page, quoted_list(b->arena, texts, n));
    return page_text(&page);
}

/* By provider; the providers that no need differs for come first. */
static struct text stated(struct behaving *b, const struct destination *destination)
{
    b->event.consent = CONSENT_STATED;
    b->event.provider = PROVIDER_OTHER;
    struct text other = stated_by(b, destination, need_of(&b->event, destination));
    b->event.consent = CONSENT_STATED;
    b->event.provider = PROVIDER_NONE;
    struct text none = stated_by(b, destination, need_of(&b->event, destination));
    struct page page = {.arena = b->arena};
    page_put(&page, other.bytes, other.len);
    if (!text_equal(none, other))
        page_printf(&page, " none:%.*s", (int)none.len, none.bytes);
    struct text *texts = arena_alloc(b->arena, destination->n_needs * sizeof *texts);
    size_t n = 0;
    for (size_t i = 0; i < destination->n_needs; i++) {
        const struct need *need = &destination->needs[i];
        struct text by_provider = stated_by(b, destination, need);
        if (need->provider == PROVIDER_ANY || text_equal(by_provider, other))
            continue;
        struct page one = {.arena = b->arena};
        page_add(&one, quoted_whole(b->arena, b->mapping->providers.texts[need->provider]));
        page_put(&one, by_provider.bytes, by_provider.len);
        texts[n++] = page_text(&one);
    }
    if (n != 0)
        page_add(&page, quoted_list(b->arena, texts, n));
    return page_text(&page);
}

/* ---- a destination ---- */

static void find_cells(struct behaving *b, const struct destination *destination,
                       struct cells *cells)
{
    size_t n = b->mapping->paths.consent.n;
    bool several = !shape_has_one_member(b->mapping->policy->shape);
    /* Else the last key is that of the consent object itself. */
    bool empty = several || b->mapping->preferences_named;
    enum consent_state last = empty ? CONSENT_EMPTY : CONSENT_ABSENT;
    b->event.consent = CONSENT_MALFORMED;
    const struct need *need = need_of(&b->event, destination);
    cells->malformed = outcome(b, destination, need, CONSENT_MALFORMED);
    if (several || n > 1)
        cells->absent = outcome(b, destination, need, CONSENT_ABSENT);
    if (several || n > 0) {
        cells->last_missing = outcome(b, destination, need, last);
        cells->last_missing_without_integrations =
            is_delivered(b, destination, need, INTEGRATIONS_ABSENT) ? DELIVERED : BLOCKED;
    }
    cells->stated = stated(b, destination);
}

/* Whether it is one outcome for all events. */
static bool is_constant(const struct cells *cells)
{
    char one = cells->malformed, without = one == BLOCKED ? BLOCKED : DELIVERED;
    return cells->stated.len == 1 && cells->stated.bytes[0] == one &&
           (cells->absent == 0 || cells->absent == one) &&
           (cells->last_missing == 0 ||
            (cells->last_missing == one && cells->last_missing_without_integrations == without));
}

/* Which integrations keys speak of it. `All` among its own keys leaves nothing of an exemption from
 * it, and says nothing where there is no exemption and no other key. */
static void put_keys(struct behaving *b, struct page *page, const struct destination *destination)
{
    struct text *keys = arena_alloc(b->arena, destination->n_integrations * sizeof *keys);
    size_t n = 0;
    bool all = false;
    for (size_t i = 0; i < destination->n_integrations; i++) {
        if (destination->integrations[i] == INTEGRATION_ALL)
            all = true;
        else
            keys[n++] = b->mapping->integrations.texts[destination->integrations[i]];
    }
    page_add(page, destination->kind == KIND_WAREHOUSE && !all ? " exempt" : "");
    page_add(page, all && n != 0 ? " All" : "");
    page_add(page, n != 0 ? quoted_list(b->arena, keys, n) : "");
}

static struct text destination_behaviour(struct behaving *b, const struct destination *destination)
{
    struct page page = {.arena = b->arena};
    if (destination->kind != KIND_EVENT_STREAMING) {
        page_add(&page, "i");
        put_keys(b, &page, destination);
        return page_text(&page);
    }
    struct cells cells = {0};
    b->by_integrations = false;
    find_cells(b, destination, &cells);
    bool constant = is_constant(&cells);
    if (constant)
        page_put(&page, &cells.malformed, 1);
    else
        page_printf(&page, "%d %d %d %c %.*s", cells.absent, cells.last_missing,
                    cells.last_missing_without_integrations, cells.malformed, (int)cells.stated.len,
                    cells.stated.bytes);
    if (b->by_integrations || b->sources)
        put_keys(b, &page, destination);
    b->on_consent = b->on_consent || !constant;
    b->on_doubled =
        b->on_doubled || cells.stated.len != 1 || cells.stated.bytes[0] != cells.malformed;
    b->on_sources = b->on_sources || !constant || cells.malformed != AS_INTEGRATIONS_ALLOW;
    return page_text(&page);
}

/* ---- the mapping ---- */

static void put_way(const struct behaving *b, struct page *page, const struct key_way *way)
{
    for (size_t i = 0; i < way->n; i++)
        page_add(page, quoted_whole(b->arena, b->mapping->paths.nodes[way->nodes[i]].key));
}

/* The ids, of which there are some, in an order of their own. */
static void put_ids(const struct behaving *b, struct page *page, const struct ids *ids)
{
    struct text *texts = arena_alloc(b->arena, ids->n * sizeof *texts);
    memcpy(texts, ids->texts, ids->n * sizeof *texts);
    page_add(page, quoted_list(b->arena, texts, ids->n));
}

static struct text general_behaviour(const struct behaving *b)
{
    const struct mapping *mapping = b->mapping;
    struct page page = {.arena = b->arena};
    if (b->on_consent) {
        page_add(&page, shapes[mapping->policy->shape].words);
        put_way(b, &page, &mapping->paths.consent);
    }
    /* Of those alone it is noticed that an event holds them twice. */
    if (b->on_doubled && shapes[mapping->policy->shape].doubles) {
        page_add(&page, " known ");
        put_ids(b, &page, &mapping->category_ids);
    }
    if (b->on_sources && b->sources) {
        page_add(&page, " sources ");
        put_way(b, &page, &mapping->paths.source);
        put_ids(b, &page, &mapping->sources_other);
    }
    return page_text(&page);
}

struct behaviour behaviour_of(const struct mapping *mapping, struct arena *arena)
{
    size_t n = mapping_n_destinations(mapping);
    size_t size = bitset_words(mapping->category_ids.n) * sizeof(uint64_t);
    uint64_t *no_keys = arena_alloc(arena, bitset_words(mapping->integrations.n) * sizeof *no_keys);
    struct behaving b = {.mapping = mapping,
                         .arena = arena,
                         .event = {.named = no_keys, .refused = no_keys},
                         .nothing = arena_alloc(arena, size),
                         .everything = memset(arena_alloc(arena, size), 0xFF, size),
                         .sources = mapping->sources_other.n != 0 && mapping->paths.source.n != 0};
    b.event.stated = b.event.consented = b.nothing;
    struct behaviour behaviour = {.destinations =
                                      arena_alloc(arena, n * sizeof *behaviour.destinations)};
    for (size_t i = 0; i < n; i++)
        behaviour.destinations[i] = destination_behaviour(&b, &mapping->destinations[i]);
    behaviour.general = general_behaviour(&b);
    return behaviour;
}
