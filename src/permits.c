#include "permits.h"

enum { N_ENTRIES = 1024, POOL = 128 * 1024 };

struct permit_entry {
    uint64_t hash;
    uint32_t n_said; /* at `at` in the pool; the routes follow */
    uint32_t at;
    uint32_t n_routes, n_blocked;
    bool used;
};

void permits_init(struct permits *permits, struct arena *arena, const struct mapping *mapping,
                  const struct route *routes, size_t n_routes)
{
    size_t one = EVENT_SAID_MOST + n_routes; /* the most that one event takes */
    *permits = (struct permits){.mapping = mapping, .routes = routes, .n_routes = n_routes};
    permits->entries = arena_alloc(arena, N_ENTRIES * sizeof *permits->entries);
    permits->pool_cap = one > POOL ? one : POOL;
    /* Not zeroed: its pages cost nothing until they are used. */
    permits->pool = arena_grow(arena, NULL, 0, permits->pool_cap * sizeof *permits->pool);
}

static uint64_t hash(const uint32_t *said, size_t n)
{
    uint64_t h = n;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ said[i]) * 0x9E3779B97F4A7C15u;
        h ^= h >> 32;
    }
    return h;
}

static struct permit permit_of(const struct permits *permits, const struct permit_entry *entry)
{
    return (struct permit){permits->pool + entry->at + entry->n_said, entry->n_routes,
                           entry->n_blocked};
}

/* Makes room for one event at the pool's end, if need be by forgetting everything. */
static void make_room(struct permits *permits)
{
    if (permits->pool_cap - permits->pool_len >= EVENT_SAID_MOST + permits->n_routes)
        return;
    memset(permits->entries, 0, N_ENTRIES * sizeof *permits->entries);
    permits->pool_len = 0;
}

/* Decides over every route, and notes them at the pool's end behind what the event says. */
static struct permit_entry decide_all(struct permits *permits, const struct event *event)
{
    struct permit_entry entry = {.at = (uint32_t)permits->pool_len, .used = true};
    uint32_t *to = permits->pool + permits->pool_len;
    if (!event->said_too_much) {
        entry.n_said = (uint32_t)event->n_said;
        memcpy(to, event->said, event->n_said * sizeof *to);
    }
    to += entry.n_said;
    for (size_t i = 0; i < permits->n_routes; i++) {
        if (decide(permits->mapping, event, permits->routes[i].destination).deliver)
            to[entry.n_routes++] = (uint32_t)i;
        else
            entry.n_blocked++;
    }
    return entry;
}

struct permit permits_of(struct permits *permits, const struct event *event)
{
    uint64_t h = hash(event->said, event->n_said);
    struct permit_entry *entry = &permits->entries[h % N_ENTRIES];
    if (entry->used && !event->said_too_much && entry->hash == h &&
        entry->n_said == event->n_said &&
        memcmp(permits->pool + entry->at, event->said, event->n_said * sizeof *event->said) == 0)
        return permit_of(permits, entry);
    make_room(permits);
    struct permit_entry new = decide_all(permits, event);
    if (event->said_too_much)
        return permit_of(permits, &new); /* at the pool's end, which is not moved */
    new.hash = h;
    *entry = new;
    permits->pool_len += new.n_said + new.n_routes;
    return permit_of(permits, entry);
}
