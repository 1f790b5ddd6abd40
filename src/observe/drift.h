/*
 * A mapping beside real events: which of their categories, integrations keys and sources it does
 * not know, and which of its own they never use. Events are read by event_read, as the filter
 * does. Contract: cli.md, "check", `--against`.
 */
#ifndef ASSENT_DRIFT_H
#define ASSENT_DRIFT_H

#include "event/scan.h"
#include "mapping/finding.h"
#include "observe/tallies.h"

/* What an event can hold that is counted by its id. */
enum sight {
    SIGHT_CATEGORY,
    SIGHT_NOT_BOOLEAN,
    SIGHT_INTEGRATIONS_KEY,
    SIGHT_SOURCE,
    SIGHT_PROVIDER,
    N_SIGHTS
};

struct sighting;

struct drift {
    const struct mapping *mapping;
    struct arena *memory, *line_memory;
    struct scan_observer observer;
    struct scan scan;
    uint64_t n_events;
    struct tallies seen[N_SIGHTS]; /* the first of the categories and providers are the mapping's */

    /* of the line at hand, in the line's memory: counted only when the line turns out an event */
    struct sighting *sightings;
    size_t n_sightings;
    struct text category;
    bool category_told; /* its value comes next */
};

/* The mapping must have no errors and outlive the drift, which must not move. Its memory comes from
 * `memory`; `line_memory` is cleared per line. This and the calls below must run inside of the
 * arena_try of both. */
void drift_init(struct drift *drift, const struct mapping *mapping, struct arena *memory,
                struct arena *line_memory);

/* Counts one raw line, found at the place, whose file's name must outlive the drift. As
 * event_read. */
enum reject drift_line(struct drift *drift, struct text raw, size_t max_line, struct place place,
                       size_t *at);

/* Adds what was found: warnings, some in the mapping's file, some in the events' files. */
void drift_find(struct drift *drift, struct findings *findings);

#endif
