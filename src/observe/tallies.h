/* How many events hold which ids, for ids that come from events: hostile ones cannot fill the
 * memory. Past a number of different ids the others are only counted. */
#ifndef ASSENT_TALLIES_H
#define ASSENT_TALLIES_H

#include "base/message.h"
#include "mapping/ids.h"

enum {
    TALLIES_MOST = 1000,    /* ids that are told apart, unless more are asked for */
    TALLIES_ID_BYTES = 256, /* kept of an id */
};

/* How often an id was seen. */
struct tally {
    uint64_t events;     /* that hold it, once or more */
    uint64_t last_event; /* the number of the last of them, from 1 */
    struct place first;
};

struct tallies {
    struct ids ids;
    struct tally *list; /* by number in ids */
    size_t most;        /* ids that are told apart */
    struct tally rest;  /* of all the others; its events count an event once per id */
};

/* The id's tally, which is `rest` when no more are told apart. Valid until the next call. An id
 * that is new is copied, or its begin, to the arena, inside of whose arena_try this must run. */
struct tally *tallies_of(struct tallies *tallies, struct arena *arena, struct text id);

/* A copy of the id, or of its begin: never a part of a character. */
struct text tallies_id(struct arena *arena, struct text id);

#endif
