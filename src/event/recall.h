/*
 * Events whose cores (event/skim/skim.h) are the same bytes say the same: what was made of one is
 * remembered and need not be parsed again. Bounded: a newer core takes an older one's place. One
 * per scan.
 */
#ifndef ASSENT_RECALL_H
#define ASSENT_RECALL_H

#include "base/arena.h"
#include "event/event.h"

struct recall_entry;

struct recall {
    /* private */
    uint64_t *hashes;             /* of the entries' cores; 0: the entry is free */
    struct recall_entry *entries; /* a hash table without chains: the newest stays */
    uint64_t *bits;               /* of the entries' events, n_bits words each */
    size_t n_entries, n_bits;
    size_t last; /* the entry that was found or kept last */

    /* Who counts events: told of each entry, when it is forgotten, how many had that core. NULL:
     * nobody, as recall_init leaves it. */
    void (*forget)(void *state, struct text core, uint64_t n_events);
    void *forget_state;
};

/* For events that have n_bits words of bits behind one another, from event->consented on. All
 * memory comes from the arena, inside of whose arena_try this must run. */
void recall_init(struct recall *recall, struct arena *arena, size_t n_bits);

/* Fills an event, all but its line, with what recall_keep was given for the same core. The event is
 * the same one each time. False: it was never given, or is forgotten; it is too long to keep. */
bool recall_find(struct recall *recall, struct text core, struct event *event);
bool recall_keep(struct recall *recall, struct text core, const struct event *event);

/* Takes the event that was found or kept last back from what is counted. */
void recall_take_back(struct recall *recall);

/* Forgets all. */
void recall_clear(struct recall *recall);

#endif
