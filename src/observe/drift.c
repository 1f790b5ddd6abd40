#include "observe/drift.h"

#include "base/suggest.h"

#include <inttypes.h>

struct sighting {
    enum sight sight;
    struct text id;
};

/* ---- one line ---- */

static void see(struct drift *drift, enum sight sight, struct text id)
{
    drift->sightings = arena_one_more(drift->line_memory, drift->sightings, drift->n_sightings,
                                      sizeof *drift->sightings);
    drift->sightings[drift->n_sightings++] = (struct sighting){sight, id};
}

static void on_category(void *state, struct text id)
{
    struct drift *drift = state;
    size_t known = ids_find(&drift->mapping->category_ids, id);
    drift->category = known == IDS_NONE ? tallies_id(drift->line_memory, id)
                                        : drift->mapping->category_ids.texts[known];
    drift->category_told = true;
    see(drift, SIGHT_CATEGORY, drift->category);
}

static void on_preference(void *state, bool is_boolean)
{
    struct drift *drift = state;
    if (drift->category_told && !is_boolean)
        see(drift, SIGHT_NOT_BOOLEAN, drift->category);
    drift->category_told = false;
}

static void on_integrations_key(void *state, struct text key)
{
    struct drift *drift = state;
    if (ids_find(&drift->mapping->integrations, key) == IDS_NONE)
        see(drift, SIGHT_INTEGRATIONS_KEY, tallies_id(drift->line_memory, key));
}

static void on_source(void *state, struct text id)
{
    struct drift *drift = state;
    if (ids_find(&drift->mapping->sources_website, id) == IDS_NONE &&
        ids_find(&drift->mapping->sources_other, id) == IDS_NONE)
        see(drift, SIGHT_SOURCE, tallies_id(drift->line_memory, id));
}

static void on_provider(void *state, struct text name)
{
    struct drift *drift = state;
    see(drift, SIGHT_PROVIDER, tallies_id(drift->line_memory, name));
}

/* ---- all lines ---- */

static void count(struct drift *drift, const struct sighting *sighting, struct place place)
{
    struct tallies *tallies = &drift->seen[sighting->sight];
    struct tally *tally = tallies_of(tallies, drift->memory, sighting->id);
    if (tally->last_event == drift->n_events && tally != &tallies->rest)
        return;
    if (tally->events++ == 0)
        tally->first = place;
    tally->last_event = drift->n_events;
}

enum reject drift_line(struct drift *drift, struct text raw, size_t max_line, struct place place,
                       size_t *at)
{
    bool blank;
    drift->sightings = NULL;
    drift->n_sightings = 0;
    drift->category_told = false;
    enum reject reject = event_read(&drift->scan, raw, max_line, &blank, at);
    if (reject != REJECT_NONE || blank)
        return reject;
    drift->n_events++;
    for (size_t i = 0; i < drift->n_sightings; i++)
        count(drift, &drift->sightings[i], place);
    return REJECT_NONE;
}

/* Tallies the mapping's own ids first, so that they have the numbers that they have there. */
static void expect(struct drift *drift, enum sight sight, const struct ids *ids)
{
    drift->seen[sight].most += ids->n;
    for (size_t i = 0; i < ids->n; i++)
        tallies_of(&drift->seen[sight], drift->memory, ids->texts[i]);
}

void drift_init(struct drift *drift, const struct mapping *mapping, struct arena *memory,
                struct arena *line_memory)
{
    *drift = (struct drift){.mapping = mapping, .memory = memory, .line_memory = line_memory};
    drift->observer = (struct scan_observer){.state = drift,
                                             .category = on_category,
                                             .preference = on_preference,
                                             .integrations_key = on_integrations_key,
                                             .source = on_source,
                                             .provider = on_provider};
    scan_init(&drift->scan, mapping, memory, line_memory);
    drift->scan.observer = &drift->observer;
    for (enum sight sight = 0; sight < N_SIGHTS; sight++)
        drift->seen[sight].most = TALLIES_MOST;
    expect(drift, SIGHT_CATEGORY, &mapping->category_ids);
    expect(drift, SIGHT_PROVIDER, &mapping->providers);
}

/* ---- what was found ---- */

/* What is said of the ids of one sort: `3 events hold the category "X", which …`. */
static const struct sight_words {
    enum finding_code code;
    const char *hold, *holds; /* for more events and for one */
    const char *then;
} sight_words[N_SIGHTS] = {
    [SIGHT_CATEGORY] =
        {FINDING_CATEGORY_UNKNOWN, "events hold the category", "event holds the category",
         ", which the mapping does not know: declare it, or map a destination to it"},
    [SIGHT_NOT_BOOLEAN] = {FINDING_PREFERENCE_NOT_BOOLEAN, "events hold a preference for",
                           "event holds a preference for",
                           " that is neither true nor false: it is no consent"},
    [SIGHT_INTEGRATIONS_KEY] = {FINDING_INTEGRATIONS_KEY_UNKNOWN,
                                "events hold the integrations key",
                                "event holds the integrations key",
                                ", which is no destination's: it switches nothing off"},
    [SIGHT_SOURCE] = {FINDING_SOURCE_UNLISTED, "events come from the source",
                      "event comes from the source",
                      ", which \"sources\" does not list: consent is enforced for it"},
    [SIGHT_PROVIDER] = {FINDING_PROVIDER_UNKNOWN, "events hold the provider",
                        "event holds the provider",
                        ", which no destination names: what its categories are is not known"},
};

struct candidates {
    const struct text *texts;
    size_t n;
};

/* The sources of both kinds, one after the other. */
static struct candidates all_sources(const struct drift *drift)
{
    const struct ids *website = &drift->mapping->sources_website;
    const struct ids *other = &drift->mapping->sources_other;
    struct text *texts = arena_alloc(drift->memory, (website->n + other->n) * sizeof *texts);
    for (size_t i = 0; i < website->n; i++)
        texts[i] = website->texts[i];
    for (size_t i = 0; i < other->n; i++)
        texts[website->n + i] = other->texts[i];
    return (struct candidates){texts, website->n + other->n};
}

static struct candidates candidates_of(const struct drift *drift, enum sight sight)
{
    const struct mapping *mapping = drift->mapping;
    if (sight == SIGHT_CATEGORY)
        return (struct candidates){mapping->category_ids.texts, mapping->category_ids.n};
    if (sight == SIGHT_INTEGRATIONS_KEY)
        return (struct candidates){mapping->integrations.texts, mapping->integrations.n};
    if (sight == SIGHT_PROVIDER)
        return (struct candidates){mapping->providers.texts, mapping->providers.n};
    if (sight == SIGHT_SOURCE)
        return all_sources(drift);
    return (struct candidates){NULL, 0};
}

static void find_unknown(const struct drift *drift, enum sight sight, struct findings *findings)
{
    const struct tallies *tallies = &drift->seen[sight];
    const struct sight_words *words = &sight_words[sight];
    struct candidates candidates = candidates_of(drift, sight);
    struct suggest_budget budget = SUGGEST_BUDGET;
    size_t first = sight == SIGHT_CATEGORY   ? drift->mapping->category_ids.n
                   : sight == SIGHT_PROVIDER ? drift->mapping->providers.n
                                             : 0;
    for (size_t i = first; i < tallies->ids.n; i++) {
        const struct tally *tally = &tallies->list[i];
        struct text id = tallies->ids.texts[i];
        struct text hint = suggest(&budget, id, candidates.texts, candidates.n);
        findings_add_elsewhere(findings, words->code, tally->first, "%" PRIu64 " %s %s%s",
                               tally->events, tally->events == 1 ? words->holds : words->hold,
                               quoted_with_hint(findings->arena, id, hint), words->then);
    }
    if (tallies->rest.events != 0)
        findings_add_elsewhere(findings, words->code, tallies->rest.first,
                               "more than %d ids of this sort were seen: %" PRIu64
                               " sightings of further ones, from here on, are only counted",
                               TALLIES_MOST, tallies->rest.events);
}

/* By provider: the first destination that names it, or NULL. */
static const struct destination **first_named(const struct mapping *mapping, struct arena *arena)
{
    const struct destination **first = arena_alloc(arena, mapping->providers.n * sizeof(void *));
    for (size_t i = mapping_n_destinations(mapping); i-- > 0;) {
        const struct destination *destination = &mapping->destinations[i];
        for (size_t j = 0; j < destination->n_needs; j++)
            if (destination->needs[j].provider != PROVIDER_ANY)
                first[destination->needs[j].provider] = destination;
    }
    return first;
}

static void find_unseen_providers(const struct drift *drift, struct findings *findings)
{
    const struct mapping *mapping = drift->mapping;
    const struct destination **first = first_named(mapping, findings->arena);
    for (size_t i = 0; i < mapping->providers.n; i++)
        if (first[i] != NULL && drift->seen[SIGHT_PROVIDER].list[i].events == 0)
            findings_add(findings, FINDING_PROVIDER_NEVER_SEEN, first[i]->at,
                         "none of %" PRIu64 " events holds the provider %s, first named by the "
                         "destination %s: what is mapped under it is not asked for",
                         drift->n_events, quoted(findings->arena, mapping->providers.texts[i]),
                         quoted(findings->arena, first[i]->id));
}

void drift_find(struct drift *drift, struct findings *findings)
{
    find_unseen_providers(drift, findings);
    for (size_t i = 0; i < drift->mapping->category_ids.n; i++) {
        const struct category *category = &drift->mapping->categories[i];
        if (drift->seen[SIGHT_CATEGORY].list[i].events == 0)
            findings_add(findings, FINDING_CATEGORY_NEVER_SEEN, category->at,
                         "none of %" PRIu64 " events holds the category %s: end users are never "
                         "asked for it, or under another id",
                         drift->n_events, quoted(findings->arena, category->id));
    }
    for (enum sight sight = 0; sight < N_SIGHTS; sight++)
        find_unknown(drift, sight, findings);
    findings_sort(findings);
}
