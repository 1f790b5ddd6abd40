#include "decision.h"

static const char *const reason_names[] = {
    [REASON_NOT_ENFORCED] = "not-enforced",
    [REASON_NO_CONSENT_OBJECT] = "no-consent-object",
    [REASON_UNMAPPED] = "unmapped",
    [REASON_MALFORMED_CONSENT] = "malformed-consent",
    [REASON_EMPTY_CONSENT] = "empty-consent",
    [REASON_END_USER_CONSENT] = "end-user-consent",
    [REASON_CATEGORY_DISABLED] = "category-disabled",
    [REASON_CONSENTED] = "consented",
    [REASON_INTEGRATIONS] = "integrations",
};

const char *reason_name(enum reason reason)
{
    return reason_names[reason];
}

static struct decision block(enum reason reason)
{
    return (struct decision){false, reason};
}

static struct decision deliver(enum reason reason)
{
    return (struct decision){true, reason};
}

static struct decision deliver_if_allowed(const struct event *event,
                                          const struct destination *destination, enum reason reason)
{
    return integrations_allow(event, destination) ? deliver(reason) : block(REASON_INTEGRATIONS);
}

/* Where a consent object is present, the integrations object speaks only under `veto`. */
static struct decision deliver_unless_vetoed(const struct mapping *mapping,
                                             const struct event *event,
                                             const struct destination *destination,
                                             enum reason reason)
{
    if (mapping->rules.knob[KNOB_INTEGRATIONS] == INTEGRATIONS_VETO)
        return deliver_if_allowed(event, destination, reason);
    return deliver(reason);
}

/* Of a destination that nothing is asked of for a provider. */
static const struct need no_need = {.provider = PROVIDER_ANY};

/* Where consent is not stated, nobody's word counts, and the strictest of the needs does: one that
 * asks for anything, else one that is unmapped, if only for providers that none is for, else one
 * that is not enforced. */
static const struct need *any_need(const struct destination *destination)
{
    const struct need *unmapped =
        destination_need(destination, PROVIDER_ANY) == NULL ? &no_need : NULL;
    for (size_t i = 0; i < destination->n_needs; i++) {
        const struct need *need = &destination->needs[i];
        if (need->n_categories != 0 && !need->all_ignored)
            return need;
        if (need->n_categories == 0)
            unmapped = need;
    }
    return unmapped != NULL ? unmapped : &destination->needs[0];
}

/* RudderStack's older settings, for events that name no provider. */
static const struct need *older_need(const struct destination *destination)
{
    const struct need *need = destination_need(destination, PROVIDER_ONE_TRUST);
    if (need == NULL || !need->match_given)
        need = destination_need(destination, PROVIDER_KETCH);
    return need != NULL && need->match_given ? need : NULL;
}

const struct need *need_of(const struct event *event, const struct destination *destination)
{
    if (event->consent != CONSENT_STATED)
        return any_need(destination);
    const struct need *need = event->provider == PROVIDER_NONE
                                  ? older_need(destination)
                                  : destination_need(destination, event->provider);
    if (need == NULL)
        need = destination_need(destination, PROVIDER_ANY);
    return need == NULL ? &no_need : need;
}

static bool not_enforced(const struct event *event, const struct destination *destination,
                         const struct need *need)
{
    return destination->kind != KIND_EVENT_STREAMING || event->source_exempt || need->all_ignored;
}

enum enforcement { NOT_ENFORCED_BY_ABSENCE, DENIED, BY_PREFERENCES };

/* The knob `empty`. */
static bool counts_as_absent(const struct rules *rules, const struct event *event)
{
    enum empty empty = (enum empty)rules->knob[KNOB_EMPTY];
    if (event->consent != CONSENT_EMPTY)
        return event->consent == CONSENT_ABSENT;
    return empty == EMPTY_ABSENT ||
           (empty == EMPTY_ABSENT_WITHOUT_INTEGRATIONS && event->integrations_empty);
}

static enum enforcement enforcement(const struct rules *rules, const struct event *event)
{
    if (counts_as_absent(rules, event) && rules->knob[KNOB_ABSENT] == ABSENT_DELIVER)
        return NOT_ENFORCED_BY_ABSENCE;
    return event->consent == CONSENT_STATED ? BY_PREFERENCES : DENIED;
}

static enum reason reason_of_denial(enum consent_state consent)
{
    if (consent == CONSENT_ABSENT)
        return REASON_NO_CONSENT_OBJECT;
    return consent == CONSENT_EMPTY ? REASON_EMPTY_CONSENT : REASON_MALFORMED_CONSENT;
}

bool any_suffices(const struct event *event, const struct need *need)
{
    return need->match == MATCH_BY_EVENT ? event->any_suffices : need->match == MATCH_ANY;
}

/* Whether the categories are consented as `match` asks. With all_enabled, of categories that are
 * not: whether they would be if none were disabled. (Where all are needed and less is asked for
 * than is listed, they would not: what is missing is listed, too.) */
static bool is_consented(const struct event *event, const struct need *need, bool all_enabled)
{
    bool any = false, all = true;
    for (size_t i = 0; i < need->n_masks; i++) {
        const struct mask *mask = &need->masks[i];
        uint64_t satisfied =
            event->consented[mask->word] & (all_enabled ? mask->listed : mask->enabled);
        any = any || satisfied != 0;
        all = all && satisfied == mask->asked;
    }
    return any_suffices(event, need) ? any : all;
}

struct decision decide(const struct mapping *mapping, const struct event *event,
                       const struct destination *destination)
{
    return decide_need(mapping, event, destination, need_of(event, destination));
}

struct decision decide_need(const struct mapping *mapping, const struct event *event,
                            const struct destination *destination, const struct need *need)
{
    if (not_enforced(event, destination, need))
        return deliver_if_allowed(event, destination, REASON_NOT_ENFORCED);

    enum enforcement enforced = enforcement(&mapping->rules, event);
    if (enforced == NOT_ENFORCED_BY_ABSENCE)
        return deliver_if_allowed(event, destination, REASON_NO_CONSENT_OBJECT);

    if (need->n_categories == 0) {
        if (mapping->rules.knob[KNOB_UNMAPPED] == UNMAPPED_BLOCK)
            return block(REASON_UNMAPPED);
        return deliver_unless_vetoed(mapping, event, destination, REASON_UNMAPPED);
    }

    if (enforced == DENIED)
        return block(reason_of_denial(event->consent));

    struct decision consented =
        deliver_unless_vetoed(mapping, event, destination, REASON_CONSENTED);
    if (is_consented(event, need, false))
        return consented;
    bool would_be_delivered = is_consented(event, need, true) && consented.deliver;
    return block(would_be_delivered ? REASON_CATEGORY_DISABLED : REASON_END_USER_CONSENT);
}
