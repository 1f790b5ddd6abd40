/* mapping.md, "The decision, for one event and one destination: the first row that fits", and which
 * of a destination's blocks applies under the policy rudderstack. */
#include "contract.h"

#include <string.h>

static bool is(const struct contract *contract, int rule, const char *value)
{
    return strcmp(contract->rules[rule], value) == 0;
}

static const struct ask *ask_for(const struct target *target, const char *provider)
{
    for (size_t i = 0; i < target->n_asks; i++)
        if (string_is(target->asks[i].provider, provider))
            return &target->asks[i];
    return NULL;
}

/* Categories, all disabled, where disabled ones are ignored: nothing is left to be enforced. */
static bool all_ignored(const struct contract *contract, const struct ask *ask)
{
    for (size_t i = 0; i < ask->categories.n; i++)
        if (!contract_is_disabled(contract, ask->categories.items[i]))
            return false;
    return ask->categories.n != 0 && is(contract, RULE_DISABLED, "ignore");
}

/* What the destination asks of this event. */
static const struct ask *applying(const struct contract *contract, const struct consent *consent,
                                  const struct target *target)
{
    static const struct ask nothing = {0};
    const struct ask *any = ask_for(target, ""), *ask = NULL;
    /* Where no provider has stated anything, the strictest: something asked of any of them, else
     * of one nothing, as of all where none is left out, else what is not enforced. */
    if (consent->state != STATE_STATED) {
        const struct ask *unmapped = any == NULL ? &nothing : NULL;
        for (size_t i = 0; i < target->n_asks; i++) {
            if (target->asks[i].categories.n == 0)
                unmapped = &target->asks[i];
            else if (!all_ignored(contract, &target->asks[i]))
                return &target->asks[i];
        }
        return unmapped != NULL ? unmapped : &target->asks[0];
    }
    if (consent->provider.len != 0) {
        for (size_t i = 0; i < target->n_asks; i++)
            if (string_equal(target->asks[i].provider, consent->provider))
                ask = &target->asks[i];
    } else { /* RudderStack's older settings */
        ask = ask_for(target, "oneTrust");
        if (ask == NULL || ask->match == NULL)
            ask = ask_for(target, "ketch");
        if (ask != NULL && ask->match == NULL)
            ask = NULL;
    }
    return ask != NULL ? ask : any != NULL ? any : &nothing;
}

static bool any_suffices(const struct contract *contract, const struct consent *consent,
                         const struct ask *ask)
{
    if (ask->match != NULL)
        return strcmp(ask->match, "any") == 0;
    if (!contract_is_rudderstack(contract))
        return is(contract, RULE_MATCH, "any");
    if (contract->match_all_asked || string_is(ask->provider, "custom"))
        return false;
    return consent->any_suffices;
}

/* Whether the categories are consented as `match` asks; with all_enabled: were none disabled. */
static bool satisfied(const struct contract *contract, const struct consent *consent,
                      const struct ask *ask, bool all_enabled)
{
    bool any = false, all = true;
    for (size_t i = 0; i < ask->categories.n; i++) {
        struct string category = ask->categories.items[i];
        bool disabled = !all_enabled && contract_is_disabled(contract, category);
        if (disabled && is(contract, RULE_DISABLED, "ignore"))
            continue;
        bool consented = !disabled && is_consented(contract, consent, category);
        any = any || consented;
        all = all && consented;
    }
    return any_suffices(contract, consent, ask) ? any : all;
}

static bool not_enforced_by_absence(const struct contract *contract, const struct json *event,
                                    const struct consent *consent)
{
    if (!is(contract, RULE_ABSENT, "deliver"))
        return false;
    if (consent->state == STATE_EMPTY && is(contract, RULE_EMPTY, "absent-without-integrations"))
        return integrations_are_empty(event);
    return consent->state == STATE_ABSENT ||
           (consent->state == STATE_EMPTY && is(contract, RULE_EMPTY, "absent"));
}

static struct verdict deliver_if(bool allowed, const char *reason)
{
    return allowed ? (struct verdict){true, reason} : (struct verdict){false, "integrations"};
}

static struct verdict block(const char *reason)
{
    return (struct verdict){false, reason};
}

struct verdict contract_decide(const struct contract *contract, const struct json *event,
                               const struct consent *consent, const struct target *target)
{
    const struct ask *asks = applying(contract, consent, target);
    bool allowed = integrations_allow_target(event, target);
    bool not_vetoed = allowed || is(contract, RULE_INTEGRATIONS, "ignore");

    /* 1 */
    if (strcmp(target->kind, "event-streaming") != 0 || is_from_other_source(contract, event) ||
        all_ignored(contract, asks))
        return deliver_if(allowed, "not-enforced");
    /* 2 */
    if (not_enforced_by_absence(contract, event, consent))
        return deliver_if(allowed, "no-consent-object");
    /* 3 */
    if (asks->categories.n == 0)
        return is(contract, RULE_UNMAPPED, "block") ? block("unmapped")
                                                    : deliver_if(not_vetoed, "unmapped");
    /* 4 */
    if (consent->state == STATE_MALFORMED)
        return block("malformed-consent");
    if (consent->state == STATE_EMPTY)
        return block("empty-consent");
    if (consent->state == STATE_ABSENT)
        return block("no-consent-object");
    /* 5 */
    if (!satisfied(contract, consent, asks, false)) {
        bool would = satisfied(contract, consent, asks, true) && not_vetoed;
        return block(would ? "category-disabled" : "end-user-consent");
    }
    /* 6 */
    return deliver_if(not_vetoed, "consented");
}
