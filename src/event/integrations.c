#include "event/event.h"

bool integrations_allow(const struct event *event, const struct destination *destination)
{
    if (event->integrations != INTEGRATIONS_STATED)
        return event->integrations == INTEGRATIONS_ABSENT;
    bool named = false;
    for (size_t i = 0; i < destination->n_integrations; i++) {
        size_t key = destination->integrations[i];
        if (bitset_has(event->refused, key))
            return false;
        named = named || bitset_has(event->named, key);
    }
    return named || destination->kind == KIND_WAREHOUSE ||
           !bitset_has(event->refused, INTEGRATION_ALL);
}
