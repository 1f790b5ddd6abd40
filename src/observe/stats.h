/*
 * What a run counts for `--stats`: per destination the decisions by reason, per category what end
 * users said, and the categories that events hold and the mapping does not know. One per worker;
 * they are added up at the end. Contract: cli.md, `--stats`.
 *
 * It costs next to nothing per event: events that say the same are counted together, by permits.h
 * for the decisions and by event/recall.h for all else, and looked at here once with their number.
 */
#ifndef ASSENT_STATS_H
#define ASSENT_STATS_H

#include "event/scan.h"
#include "observe/tallies.h"
#include "permits.h"

enum { N_CONSENT_STATES = CONSENT_STATED + 1 };

/* Of the events whose consent is stated; in those that are left the category is missing. */
struct category_tally {
    uint64_t consented, refused;
};

struct stats {
    uint64_t events[N_CONSENT_STATES];
    struct reason_tally *destinations; /* by route */
    size_t n_routes;
    struct category_tally *categories; /* by the mapping's number */
    struct tallies undeclared;         /* categories of events whose consent is stated */

    /* private */
    const struct mapping *mapping;
    struct arena *memory, *line_memory;
    struct scan_observer observer;
    struct scan scan;
    struct text *seen; /* undeclared, in the event at hand; in the line's memory */
    size_t n_seen;
    uint64_t n_looks;
};

/* The mapping must outlive the stats, which must not move. Memory comes from `memory`;
 * `line_memory` is cleared per line. This and the calls below must run inside of the arena_try of
 * both. */
void stats_init(struct stats *stats, const struct mapping *mapping, size_t n_routes,
                struct arena *memory, struct arena *line_memory);

/* Counts events by one of them, or by its core: a line that event_read has accepted. */
void stats_look(struct stats *stats, struct text line, uint64_t n_events);

/* Adds another worker's stats, of the same mapping and routes. */
void stats_add(struct stats *sum, const struct stats *stats);

/* Whether more undeclared categories were seen than are told apart. Which ones those are may depend
 * on the number of workers; how often any was seen does not: *sightings counts an event once per
 * category. */
bool stats_too_many_undeclared(const struct stats *stats, uint64_t *sightings);

/* Numbers of the undeclared categories, the most frequent first, then in their bytes' order. */
const size_t *stats_undeclared_order(const struct stats *stats, struct arena *arena);

/* Whether every event is counted once per destination and once by its consent. */
bool stats_balance(const struct stats *stats, uint64_t n_events);

#endif
