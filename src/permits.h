/*
 * The destinations that an event may go to. Events that say the same share their decisions: what
 * was decided for one is remembered and found again by what the next one says, so that the cost of
 * an event grows with the destinations it may go to, not with those that are mapped.
 *
 * What is remembered is bounded; when it is full, it is forgotten and begun anew. One per worker.
 */
#ifndef ASSENT_PERMITS_H
#define ASSENT_PERMITS_H

#include "observe/audit.h"

/* A destination that events may go to, and what stands before and behind each of its events. */
struct route {
    const struct destination *destination;
    struct text before, behind;
};

/* Decided once: numbers of routes in their order, and how many routes are not among them. */
struct permit {
    const uint32_t *routes;
    uint32_t n_routes, n_blocked;
    struct text records; /* the audit's, of these decisions */
};

/* How many events a route got or did not get, by reason. */
struct reason_tally {
    uint64_t delivered[N_REASONS], blocked[N_REASONS];
};

struct permit_entry;

/* All but what is private is the caller's to fill in, and must outlive the permits. */
struct permits {
    const struct mapping *mapping;
    const struct route *routes;
    size_t n_routes;
    struct reason_tally *tallies; /* by route; NULL: nobody counts */
    struct audit *audit;          /* NULL: there is none */

    /* private */
    struct permit_entry *entries; /* a hash table without chains: the newest stays */
    uint32_t *pool;               /* what the entries' events say, and their routes */
    size_t pool_len, pool_cap;
};

/* All memory comes from the arena, inside of whose arena_try this must run. */
void permits_init(struct permits *permits, struct arena *arena);

/* The event's permit, valid until the next call. */
struct permit permits_of(struct permits *permits, const struct event *event);

/* Brings the tallies up to date with all events so far, and forgets their decisions. */
void permits_clear(struct permits *permits);

#endif
