#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 16, CHUNK_SIZE = 64 * 1024 };

struct chunk {
    struct chunk *older;
    size_t size; /* of the bytes behind this header */
    _Alignas(ALIGNMENT) char bytes[];
};

bool arena_try(struct arena *arena, void (*body)(void *state), void *state)
{
    jmp_buf escape;
    jmp_buf *outer = arena->escape;
    arena->escape = &escape;
    bool enough = setjmp(escape) == 0;
    if (enough)
        body(state);
    arena->escape = outer;
    return enough;
}

struct inner_try {
    struct arena *arena;
    void (*body)(void *state);
    void *state;
    bool done;
};

static void try_inner(void *state)
{
    struct inner_try *inner = state;
    inner->done = arena_try(inner->arena, inner->body, inner->state);
}

bool arena_try_both(struct arena *one, struct arena *other, void (*body)(void *state), void *state)
{
    struct inner_try inner = {.arena = other, .body = body, .state = state};
    jmp_buf *outer = other->escape;
    bool done = arena_try(one, try_inner, &inner) && inner.done;
    other->escape = outer; /* the inner try was left without an end when `one` had no memory */
    return done;
}

static _Noreturn void out_of_memory(struct arena *arena)
{
    if (arena->escape == NULL)
        abort(); /* a caller outside of arena_try: a bug, not a condition */
    longjmp(*arena->escape, 1);
}

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static void *take(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 4)
        out_of_memory(arena);
    size = aligned(size);
    if ((size_t)(arena->end - arena->at) < size || arena->at == NULL) {
        size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
        struct chunk *chunk = malloc(sizeof *chunk + room);
        if (chunk == NULL)
            out_of_memory(arena);
        chunk->older = arena->chunks;
        chunk->size = room;
        arena->chunks = chunk;
        arena->at = chunk->bytes;
        arena->end = chunk->bytes + room;
    }
    arena->last = arena->at;
    arena->at += size;
    return arena->last;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(take(arena, size), 0, size);
}

/* The newest chunk's only allocation grows with its chunk: long strings are not copied, and what
 * they took before is not kept. */
static void *grow_with_chunk(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX / 4)
        out_of_memory(arena);
    struct chunk *chunk = realloc(arena->chunks, sizeof *chunk + aligned(size));
    if (chunk == NULL)
        out_of_memory(arena);
    chunk->size = aligned(size);
    arena->chunks = chunk;
    arena->last = chunk->bytes;
    arena->at = arena->end = chunk->bytes + chunk->size;
    return chunk->bytes;
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
    if (old != NULL && new_size <= old_size)
        return old;
    if (old != NULL && old == arena->last && new_size <= (size_t)(arena->end - arena->last)) {
        arena->at = arena->last + aligned(new_size); /* a chunk's size is aligned, too */
        return old;
    }
    if (old != NULL && old == arena->last && old == arena->chunks->bytes)
        return grow_with_chunk(arena, new_size);
    void *new = take(arena, new_size);
    if (old != NULL && old_size != 0)
        memcpy(new, old, old_size);
    return new;
}

void *arena_one_more(struct arena *arena, void *items, size_t n, size_t item_size)
{
    bool full = n == 0 || (n >= 8 && (n & (n - 1)) == 0);
    if (!full)
        return items;
    return arena_grow(arena, items, n * item_size, (n < 8 ? 8 : 2 * n) * item_size);
}

static void free_chunks(struct arena *arena, bool keep_first)
{
    struct chunk *chunk = arena->chunks;
    while (chunk != NULL && !(keep_first && chunk->older == NULL)) {
        struct chunk *older = chunk->older;
        free(chunk);
        chunk = older;
    }
    arena->chunks = chunk;
}

void arena_reset(struct arena *arena)
{
    free_chunks(arena, true);
    arena->last = NULL;
    arena->at = arena->chunks == NULL ? NULL : arena->chunks->bytes;
    arena->end = arena->chunks == NULL ? NULL : arena->chunks->bytes + arena->chunks->size;
}

void arena_free(struct arena *arena)
{
    free_chunks(arena, false);
    *arena = ARENA_EMPTY;
}
