/*
 * The decision: one event, one destination, deliver or block, with one reason. A pure function that
 * every command calls. Contract: mapping.md, "The decision" and "Reasons".
 */
#ifndef ASSENT_DECISION_H
#define ASSENT_DECISION_H

#include "event/event.h"

enum reason {
    REASON_NOT_ENFORCED,
    REASON_NO_CONSENT_OBJECT,
    REASON_UNMAPPED,
    REASON_MALFORMED_CONSENT,
    REASON_EMPTY_CONSENT,
    REASON_END_USER_CONSENT,
    REASON_CATEGORY_DISABLED,
    REASON_CONSENTED,
    REASON_INTEGRATIONS,
    N_REASONS,
};

struct decision {
    bool deliver;
    enum reason reason;
};

/* The reason's name, stable: "end-user-consent". Constant. */
const char *reason_name(enum reason reason);

/* What the destination asks of this event's consent; where none of its needs applies, a need
 * without categories. Contract: mapping.md, "Policy `rudderstack`". */
const struct need *need_of(const struct event *event, const struct destination *destination);

/* Whether one of the need's categories is enough for this event, or all are needed. */
bool any_suffices(const struct event *event, const struct need *need);

/* Decides by the mapping's rules; the destination is one of the mapping's, the event was scanned
 * for the same mapping. */
struct decision decide(const struct mapping *mapping, const struct event *event,
                       const struct destination *destination);

/* The same, as if the event called for this need of the destination. */
struct decision decide_need(const struct mapping *mapping, const struct event *event,
                            const struct destination *destination, const struct need *need);

#endif
