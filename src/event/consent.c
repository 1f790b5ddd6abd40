#include "event/scan.h"

#include "mapping/tree.h"

#include <assert.h>

/* How far a way was found: its last node, or why not. */
enum way_end { WAY_WHOLE, WAY_MISSING, WAY_BROKEN };

/* Walks down a way by what the line said of its nodes. On WAY_MISSING, *at is the first node of the
 * way that is not there. A look-alike in place of a missing key breaks the way. */
static enum way_end walk(const struct scan *scan, const struct key_way *way, size_t *at)
{
    for (*at = 0; *at < way->n; ++*at) {
        const struct node_seen *seen = &scan->seen[way->nodes[*at]];
        if (seen->times == 0)
            return seen->look_alike ? WAY_BROKEN : WAY_MISSING;
        if (seen->times > 1 || seen->value != VALUE_OBJECT)
            return WAY_BROKEN;
    }
    return WAY_WHOLE;
}

/* ---- the shapes ---- */

static int state_of_preferences(struct scan *scan)
{
    const struct key_way *way = &scan->mapping->paths.consent;
    size_t at;
    enum way_end end = walk(scan, way, &at);
    if (end == WAY_MISSING)
        return scan->mapping->preferences_named && at == way->n - 1 ? CONSENT_EMPTY
                                                                    : CONSENT_ABSENT;
    return end == WAY_WHOLE && !scan->category_twice ? CONSENT_STATED : CONSENT_MALFORMED;
}

/* Whether a member of the consent object is there as its role asks, or not there at all. */
static bool is_well_formed(const struct node_seen *seen, unsigned role)
{
    enum value asked = (role & (ROLE_DENIED | ROLE_ALLOWED)) != 0 ? VALUE_ARRAY : VALUE_STRING;
    if (seen->times == 0)
        return !seen->look_alike;
    return seen->times == 1 && seen->value == asked && !seen->bad;
}

/* What is not denied is consented. Where no denied id is left, it is as if nothing were said. */
static int state_of_lists(struct scan *scan)
{
    const struct key_paths *paths = &scan->mapping->paths;
    const struct shape *shape = &shapes[SHAPE_LISTS];
    struct event *event = &scan->event;
    size_t at;
    enum way_end end = walk(scan, &paths->consent, &at);
    if (end != WAY_WHOLE)
        return end == WAY_MISSING ? CONSENT_ABSENT : CONSENT_MALFORMED;
    for (size_t i = 0; shape->members[i].key != NULL; i++)
        if (!is_well_formed(&scan->seen[paths->members[i]], shape->members[i].role))
            return CONSENT_MALFORMED;
    const struct node_seen *denied = &scan->seen[paths->members[0]];
    if (denied->times == 0)
        return CONSENT_EMPTY;
    for (size_t i = 0; i < bitset_words(scan->mapping->category_ids.n); i++)
        event->consented[i] = ~event->stated[i];
    return denied->has_items ? CONSENT_STATED : CONSENT_ABSENT;
}

const struct shape shapes[N_SHAPES] = {
    [SHAPE_PREFERENCES] = {.object = "/context/consent",
                           .members = {{"categoryPreferences", ROLE_PREFERENCES}},
                           .words = "preferences",
                           .doubles = true,
                           .state = state_of_preferences},
    [SHAPE_LISTS] = {.object = "/context/consentManagement",
                     .members = {{"deniedConsentIds", ROLE_DENIED},
                                 {"allowedConsentIds", ROLE_ALLOWED},
                                 {"provider", ROLE_PROVIDER},
                                 {"resolutionStrategy", ROLE_STRATEGY}},
                     .words = "lists of denied and allowed ids",
                     .by_provider = true,
                     .any_ids = true,
                     .state = state_of_lists},
};

/* ---- all that decides ---- */

static enum integrations_state integrations_of(const struct scan *scan, bool *empty)
{
    size_t at;
    enum way_end end = walk(scan, &scan->mapping->paths.integrations, &at);
    *empty = end == WAY_MISSING || (end == WAY_WHOLE && !scan->any_integration);
    if (*empty)
        return INTEGRATIONS_ABSENT;
    return end == WAY_WHOLE && !scan->all_twice ? INTEGRATIONS_STATED : INTEGRATIONS_NOTHING;
}

/* A source id that is not there exactly once, all the way down, is an unlisted source. */
static bool source_exempt(const struct scan *scan)
{
    const struct key_way *way = &scan->mapping->paths.source;
    for (size_t i = 0; i < way->n; i++)
        if (scan->seen[way->nodes[i]].times != 1)
            return false;
    return scan->source_listed;
}

void consent_settle(struct scan *scan)
{
    static_assert(TREE_VALUES / 2 + N_PROVIDERS + 2 < 1 << 21, "providers need more bits");
    struct event *event = &scan->event;
    uint32_t provider = event->provider == PROVIDER_NONE    ? 0
                        : event->provider == PROVIDER_OTHER ? 1
                                                            : (uint32_t)event->provider + 2;
    event->consent = (enum consent_state)shapes[scan->mapping->policy->shape].state(scan);
    event->integrations = integrations_of(scan, &event->integrations_empty);
    event->source_exempt = source_exempt(scan);
    event->said[0] = (uint32_t)event->consent | (uint32_t)event->integrations << 4 |
                     (uint32_t)event->integrations_empty << 8 |
                     (uint32_t)event->source_exempt << 9 | (uint32_t)event->any_suffices << 10 |
                     provider << 11;
}

const char *consent_state_name(enum consent_state consent)
{
    static const char *const names[] = {
        [CONSENT_ABSENT] = "absent",
        [CONSENT_EMPTY] = "empty",
        [CONSENT_MALFORMED] = "malformed",
        [CONSENT_STATED] = "stated",
    };
    return names[consent];
}
