#include "agreement.h"

#include "decision.h"

#include <stdlib.h>

struct reading {
    struct agreement *agreement;
    struct text mapping;
};

static void read_mapping(void *state)
{
    struct reading *reading = state;
    struct agreement *agreement = reading->agreement;
    agreement->findings = (struct findings){.arena = &agreement->memory};
    mapping_read(&agreement->mapping, reading->mapping, &agreement->findings);
}

static void prepare(void *state)
{
    struct agreement *agreement = state;
    const struct mapping *mapping = &agreement->mapping;
    size_t n = mapping_n_destinations(mapping);
    agreement->routes = arena_alloc(&agreement->memory, n * sizeof *agreement->routes);
    for (size_t i = 0; i < n; i++)
        agreement->routes[i].destination = &mapping->destinations[i];
    agreement->permits =
        (struct permits){.mapping = mapping, .routes = agreement->routes, .n_routes = n};
    scan_init(&agreement->scan, mapping, &agreement->memory, &agreement->line_memory);
    permits_init(&agreement->permits, &agreement->memory);
}

bool agreement_begin(struct agreement *agreement, struct text mapping, size_t max_line)
{
    struct reading reading = {agreement, mapping};
    agreement->max_line = max_line;
    arena_free(&agreement->memory);
    pool_empty(&agreement->contract.pool);
    contract_read(&agreement->contract, mapping.bytes, mapping.len);
    if (!arena_try(&agreement->memory, read_mapping, &reading))
        abort();
    bool usable = agreement->findings.n == 0;
    if (usable != (agreement->contract.why == NULL))
        agreement->differs = usable ? "a mapping is accepted that the contract refuses"
                                    : "a mapping is refused that the contract accepts";
    else if (usable && mapping_n_destinations(&agreement->mapping) != agreement->contract.n_targets)
        agreement->differs = "the destinations differ";
    usable = usable && agreement->differs == NULL;
    if (usable && !arena_try_both(&agreement->memory, &agreement->line_memory, prepare, agreement))
        abort();
    return usable;
}

void agreement_free(struct agreement *agreement)
{
    arena_free(&agreement->memory);
    arena_free(&agreement->line_memory);
    contract_free(&agreement->contract);
    pool_free(&agreement->line_pool);
}

static const char *decisions_differ(struct agreement *agreement, const struct json *event)
{
    static const enum consent_state states[] = {[STATE_ABSENT] = CONSENT_ABSENT,
                                                [STATE_EMPTY] = CONSENT_EMPTY,
                                                [STATE_MALFORMED] = CONSENT_MALFORMED,
                                                [STATE_STATED] = CONSENT_STATED};
    const struct contract *contract = &agreement->contract;
    const struct event *said = &agreement->scan.event;
    struct consent consent = consent_of(&agreement->line_pool, contract, event);
    struct permit permit = permits_of(&agreement->permits, said);
    size_t n_permitted = 0;
    if (said->consent != states[consent.state])
        return "the consent states differ";
    for (size_t i = 0; i < contract->n_targets; i++) {
        struct verdict verdict = contract_decide(contract, event, &consent, &contract->targets[i]);
        struct decision decision =
            decide(&agreement->mapping, said, agreement->routes[i].destination);
        if (decision.deliver != verdict.deliver)
            return decision.deliver ? "delivered against the contract" : "blocked against it";
        if (strcmp(reason_name(decision.reason), verdict.reason) != 0)
            return "the reasons differ";
        if (verdict.deliver &&
            (n_permitted == permit.n_routes || permit.routes[n_permitted++] != i))
            return "a permit is missing";
        agreement->n_by_reason[decision.reason]++;
    }
    agreement->n_decisions += contract->n_targets;
    if (n_permitted != permit.n_routes || n_permitted + permit.n_blocked != contract->n_targets)
        return "a permit too many";
    return NULL;
}

struct trial {
    struct agreement *agreement;
    struct text line;
};

static void try_line(void *state)
{
    struct trial *trial = state;
    struct agreement *agreement = trial->agreement;
    const struct json *event;
    bool blank;
    size_t at;
    pool_empty(&agreement->line_pool);
    enum contract_line kind = contract_line(&agreement->line_pool, trial->line.bytes,
                                            trial->line.len, agreement->max_line, &event);
    enum reject reject =
        event_read(&agreement->scan, trial->line, agreement->max_line, &blank, &at);
    agreement->n_lines[kind]++;
    if (blank != (kind == LINE_BLANK))
        agreement->differs = "blank or not";
    else if ((reject != REJECT_NONE) != (kind == LINE_REJECTED))
        agreement->differs = reject == REJECT_NONE ? "an event that is none" : "no event";
    else if (kind == LINE_EVENT &&
             !text_equal(agreement->scan.event.line, line_content(trial->line)))
        agreement->differs = "the event's bytes differ";
    else if (kind == LINE_EVENT)
        agreement->differs = decisions_differ(agreement, event);
}

bool agreement_line(struct agreement *agreement, struct text line)
{
    struct trial trial = {agreement, line};
    if (!arena_try_both(&agreement->memory, &agreement->line_memory, try_line, &trial))
        abort();
    return agreement->differs == NULL;
}
