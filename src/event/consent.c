#include "event/scan.h"

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
        if (seen->times > 1 || seen->not_an_object)
            return WAY_BROKEN;
    }
    return WAY_WHOLE;
}

static enum consent_state consent_of(const struct scan *scan)
{
    const struct key_way *way = &scan->mapping->paths.consent;
    size_t at;
    switch (walk(scan, way, &at)) {
    case WAY_WHOLE:
        return scan->category_twice ? CONSENT_MALFORMED : CONSENT_STATED;
    case WAY_MISSING:
        return scan->mapping->preferences_named && at == way->n - 1 ? CONSENT_EMPTY
                                                                    : CONSENT_ABSENT;
    case WAY_BROKEN:
        break;
    }
    return CONSENT_MALFORMED;
}

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
    struct event *event = &scan->event;
    event->consent = consent_of(scan);
    event->integrations = integrations_of(scan, &event->integrations_empty);
    event->source_exempt = source_exempt(scan);
    event->said[0] = (uint32_t)event->consent | (uint32_t)event->integrations << 4 |
                     (uint32_t)event->integrations_empty << 8 | (uint32_t)event->source_exempt << 9;
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
