#include "mapping/ids.h"

/* Eight bytes at a time, as FNV takes one. Hostile files hold ids that would all meet in one slot,
 * were it known where tables lie in memory: the slots' address is the seed. */
static uint64_t hash(const struct ids *ids, struct text id)
{
    const uint64_t prime = 0x9E3779B97F4A7C15u;
    uint64_t h = ((uint64_t)(uintptr_t)ids->slots ^ id.len) * prime;
    for (size_t i = 0; i < id.len; i += sizeof h) {
        uint64_t eight = 0;
        size_t left = id.len - i;
        memcpy(&eight, id.bytes + i, left < sizeof eight ? left : sizeof eight);
        h = (h ^ eight) * prime;
        h ^= h >> 32;
    }
    h *= prime;
    return h ^ h >> 29;
}

/* The slot that holds the id, or the free one where it would go. */
static uint32_t *slot_of(const struct ids *ids, struct text id)
{
    size_t mask = ids->n_slots - 1;
    size_t i = (size_t)hash(ids, id) & mask;
    while (ids->slots[i] != 0 && !text_equal(ids->texts[ids->slots[i] - 1], id))
        i = (i + 1) & mask;
    return &ids->slots[i];
}

size_t ids_find(const struct ids *ids, struct text id)
{
    if (ids->n == 0)
        return IDS_NONE;
    uint32_t number = *slot_of(ids, id);
    return number == 0 ? IDS_NONE : number - 1;
}

static void make_room(struct ids *ids, struct arena *arena)
{
    if (ids->n * 2 < ids->n_slots)
        return;
    ids->n_slots = ids->n_slots == 0 ? 16 : ids->n_slots * 2;
    ids->slots = arena_alloc(arena, ids->n_slots * sizeof *ids->slots);
    for (size_t i = 0; i < ids->n; i++)
        *slot_of(ids, ids->texts[i]) = (uint32_t)(i + 1);
}

size_t ids_add(struct ids *ids, struct arena *arena, struct text id, bool *was_new)
{
    make_room(ids, arena);
    uint32_t *slot = slot_of(ids, id);
    *was_new = *slot == 0;
    if (*was_new) {
        ids->texts = arena_one_more(arena, ids->texts, ids->n, sizeof *ids->texts);
        ids->texts[ids->n++] = id;
        *slot = (uint32_t)ids->n;
    }
    return *slot - 1;
}
