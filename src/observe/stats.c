#include "observe/stats.h"

#include <stdlib.h>

static void on_category(void *state, struct text id)
{
    struct stats *stats = state;
    if (ids_find(&stats->mapping->category_ids, id) != IDS_NONE)
        return;
    stats->seen =
        arena_one_more(stats->line_memory, stats->seen, stats->n_seen, sizeof *stats->seen);
    stats->seen[stats->n_seen++] = tallies_id(stats->line_memory, id);
}

void stats_init(struct stats *stats, const struct mapping *mapping, size_t n_routes,
                struct arena *memory, struct arena *line_memory)
{
    *stats = (struct stats){.n_routes = n_routes,
                            .undeclared.most = TALLIES_MOST,
                            .mapping = mapping,
                            .memory = memory,
                            .line_memory = line_memory};
    stats->observer = (struct scan_observer){.state = stats, .category = on_category};
    stats->destinations = arena_alloc(memory, n_routes * sizeof *stats->destinations);
    stats->categories = arena_alloc(memory, mapping->category_ids.n * sizeof *stats->categories);
    scan_init(&stats->scan, mapping, memory, line_memory);
    stats->scan.observer = &stats->observer;
}

static void count_undeclared(struct stats *stats, uint64_t n_events)
{
    stats->n_looks++;
    for (size_t i = 0; i < stats->n_seen; i++) {
        struct tally *tally = tallies_of(&stats->undeclared, stats->memory, stats->seen[i]);
        if (tally->last_event == stats->n_looks && tally != &stats->undeclared.rest)
            continue;
        tally->events += n_events;
        tally->last_event = stats->n_looks;
    }
}

void stats_look(struct stats *stats, struct text line, uint64_t n_events)
{
    const struct event *event = &stats->scan.event;
    bool blank;
    size_t at;
    stats->seen = NULL;
    stats->n_seen = 0;
    (void)event_read(&stats->scan, line, line.len, &blank, &at); /* accepted before */
    stats->events[event->consent] += n_events;
    if (event->consent != CONSENT_STATED)
        return;
    for (size_t i = 0; i < stats->mapping->category_ids.n; i++) {
        if (bitset_has(event->consented, i))
            stats->categories[i].consented += n_events;
        else if (bitset_has(event->stated, i))
            stats->categories[i].refused += n_events;
    }
    count_undeclared(stats, n_events);
}

void stats_add(struct stats *sum, const struct stats *stats)
{
    for (size_t i = 0; i < N_CONSENT_STATES; i++)
        sum->events[i] += stats->events[i];
    for (size_t i = 0; i < sum->n_routes; i++)
        for (size_t reason = 0; reason < N_REASONS; reason++) {
            sum->destinations[i].delivered[reason] += stats->destinations[i].delivered[reason];
            sum->destinations[i].blocked[reason] += stats->destinations[i].blocked[reason];
        }
    for (size_t i = 0; i < sum->mapping->category_ids.n; i++) {
        sum->categories[i].consented += stats->categories[i].consented;
        sum->categories[i].refused += stats->categories[i].refused;
    }
    for (size_t i = 0; i < stats->undeclared.ids.n; i++)
        tallies_of(&sum->undeclared, sum->memory, stats->undeclared.ids.texts[i])->events +=
            stats->undeclared.list[i].events;
    sum->undeclared.rest.events += stats->undeclared.rest.events;
}

bool stats_too_many_undeclared(const struct stats *stats, uint64_t *sightings)
{
    *sightings = stats->undeclared.rest.events;
    for (size_t i = 0; i < stats->undeclared.ids.n; i++)
        *sightings += stats->undeclared.list[i].events;
    return stats->undeclared.rest.events != 0;
}

struct ranked {
    struct text id;
    uint64_t events;
    size_t number;
};

static int by_frequency(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->events != y->events)
        return x->events > y->events ? -1 : 1;
    return text_compare(&x->id, &y->id);
}

const size_t *stats_undeclared_order(const struct stats *stats, struct arena *arena)
{
    size_t n = stats->undeclared.ids.n;
    struct ranked *ranked = arena_alloc(arena, n * sizeof *ranked);
    size_t *order = arena_alloc(arena, n * sizeof *order);
    for (size_t i = 0; i < n; i++)
        ranked[i] =
            (struct ranked){stats->undeclared.ids.texts[i], stats->undeclared.list[i].events, i};
    qsort(ranked, n, sizeof *ranked, by_frequency);
    for (size_t i = 0; i < n; i++)
        order[i] = ranked[i].number;
    return order;
}

bool stats_balance(const struct stats *stats, uint64_t n_events)
{
    uint64_t n = 0;
    for (size_t i = 0; i < N_CONSENT_STATES; i++)
        n += stats->events[i];
    bool balance = n == n_events;
    for (size_t i = 0; i < stats->n_routes; i++) {
        n = 0;
        for (size_t reason = 0; reason < N_REASONS; reason++)
            n += stats->destinations[i].delivered[reason] + stats->destinations[i].blocked[reason];
        balance = balance && n == n_events;
    }
    return balance;
}
