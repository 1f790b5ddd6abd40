/*
 * Memory that is given back all at once: the mapping's for the run, a worker's for one line.
 *
 * Nothing that asks an arena for memory ever sees NULL. When memory runs out, control leaves for
 * the arena_try that is under way, which returns false: the one path by which lack of memory is
 * reported. yajl, which does not check its allocations, is safe behind it.
 */
#ifndef ASSENT_ARENA_H
#define ASSENT_ARENA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

struct chunk;

struct arena {
    struct chunk *chunks; /* the newest first; the oldest outlives arena_reset */
    char *at, *end;       /* the free part of the newest chunk */
    char *last;           /* the newest allocation, which can grow in place */
    jmp_buf *escape;      /* of the arena_try under way, else NULL */
};

/* An empty arena: arena_free it when done. */
#define ARENA_EMPTY ((struct arena){0})

/* Runs body(state); false when memory ran out on the way, whatever body had done by then. Every
 * other function here may be called only inside of it, but for arena_reset and arena_free. */
bool arena_try(struct arena *arena, void (*body)(void *state), void *state);

/* The same for a body that asks two arenas for memory. */
bool arena_try_both(struct arena *one, struct arena *other, void (*body)(void *state), void *state);

/* Zeroed memory for any type, valid until the next arena_reset or arena_free. */
void *arena_alloc(struct arena *arena, size_t size);

/* Makes room for new_size bytes where old_size were; the bytes are kept, the rest is not zeroed. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);

/* Room for one more item in an array of n items that grows by doubling; the array may move. */
void *arena_one_more(struct arena *arena, void *items, size_t n, size_t item_size);

/* Forgets all that was allocated and keeps the first chunk for the next round. */
void arena_reset(struct arena *arena);

void arena_free(struct arena *arena);

#endif
