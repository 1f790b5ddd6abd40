#include "event/recall.h"

#include "base/sizes.h"

enum {
    CORE_MOST = 488, /* bytes; longer ones seldom come twice */
    ENTRIES_MOST = RECALL_ENTRIES,
    BITS_MOST = 64 * 1024, /* words, of all entries */
};

struct recall_entry {
    uint64_t n_events; /* that had the core */
    size_t core_len;
    char core[CORE_MOST];
    struct event event; /* its pointers are the scan's own */
};

void recall_init(struct recall *recall, struct arena *arena, size_t n_bits)
{
    size_t n = n_bits <= BITS_MOST / ENTRIES_MOST ? ENTRIES_MOST : BITS_MOST / n_bits;
    *recall = (struct recall){.n_entries = n == 0 ? 1 : n, .n_bits = n_bits};
    recall->hashes = arena_alloc(arena, recall->n_entries * sizeof *recall->hashes);
    /* Not zeroed: their pages cost nothing until they are used. */
    recall->entries = arena_grow(arena, NULL, 0, recall->n_entries * sizeof *recall->entries);
    recall->bits = arena_grow(arena, NULL, 0, recall->n_entries * n_bits * sizeof *recall->bits);
}

static uint64_t hash_of(struct text core)
{
    uint64_t hash = core.len, word;
    for (; core.len >= sizeof word; core.bytes += sizeof word, core.len -= sizeof word) {
        memcpy(&word, core.bytes, sizeof word);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, core.bytes, core.len);
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return (hash ^ hash >> 32) | 1; /* 0 is none */
}

static size_t bits_len(const struct recall *recall)
{
    return recall->n_bits * sizeof *recall->bits;
}

bool recall_find(struct recall *recall, struct text core, struct event *event)
{
    uint64_t hash = hash_of(core);
    size_t i = (hash >> 1) % recall->n_entries;
    struct recall_entry *entry = &recall->entries[i];
    if (recall->hashes[i] != hash || !text_equal((struct text){entry->core, entry->core_len}, core))
        return false;
    entry->n_events++;
    recall->last = i;
    *event = entry->event;
    memcpy(event->consented, recall->bits + i * recall->n_bits, bits_len(recall));
    return true;
}

static void forget(struct recall *recall, size_t i)
{
    const struct recall_entry *entry = &recall->entries[i];
    if (recall->hashes[i] != 0 && recall->forget != NULL && entry->n_events != 0)
        recall->forget(recall->forget_state, (struct text){entry->core, entry->core_len},
                       entry->n_events);
    recall->hashes[i] = 0;
}

bool recall_keep(struct recall *recall, struct text core, const struct event *event)
{
    if (core.len > CORE_MOST)
        return false;
    uint64_t hash = hash_of(core);
    size_t i = (hash >> 1) % recall->n_entries;
    struct recall_entry *entry = &recall->entries[i];
    forget(recall, i);
    recall->hashes[i] = hash;
    recall->last = i;
    entry->n_events = 1;
    entry->core_len = core.len;
    memcpy(entry->core, core.bytes, core.len);
    entry->event = *event;
    memcpy(recall->bits + i * recall->n_bits, event->consented, bits_len(recall));
    return true;
}

void recall_take_back(struct recall *recall)
{
    recall->entries[recall->last].n_events--;
}

void recall_clear(struct recall *recall)
{
    for (size_t i = 0; i < recall->n_entries; i++)
        forget(recall, i);
}
