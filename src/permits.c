#include "permits.h"

#include "base/sizes.h"

enum { N_ENTRIES = PERMITS_ENTRIES, POOL = PERMITS_POOL };

struct permit_entry {
    uint64_t hash;
    uint32_t n_said; /* at `at` in the pool; where tallies are kept the reasons follow, a byte per
                      * route, then the permitted routes */
    uint32_t at;
    uint32_t n_routes, n_blocked;
    uint64_t n_events;
    size_t records_at, records_len; /* among the audit's */
    bool used;
};

/* A decision in a byte. */
enum { DELIVERED = 0x80 };

/* Words of the pool that an entry's reasons take. */
static size_t reason_words(const struct permits *permits)
{
    size_t per_word = sizeof *permits->pool;
    return permits->tallies == NULL ? 0 : (permits->n_routes + per_word - 1) / per_word;
}

/* The most words that one event takes. */
static size_t most_words(const struct permits *permits)
{
    return EVENT_SAID_MOST + reason_words(permits) + permits->n_routes;
}

void permits_init(struct permits *permits, struct arena *arena)
{
    size_t one = most_words(permits);
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
    struct permit permit = {permits->pool + entry->at + entry->n_said + reason_words(permits),
                            entry->n_routes, entry->n_blocked, NO_TEXT};
    if (entry->records_len != 0)
        permit.records =
            (struct text){permits->audit->page.bytes + entry->records_at, entry->records_len};
    return permit;
}

static void tally(const struct permits *permits, const struct permit_entry *entry)
{
    if (permits->tallies == NULL || !entry->used)
        return;
    const unsigned char *reasons =
        (const unsigned char *)(permits->pool + entry->at + entry->n_said);
    for (size_t i = 0; i < permits->n_routes; i++) {
        struct reason_tally *to = &permits->tallies[i];
        unsigned reason = reasons[i] & ~(unsigned)DELIVERED;
        uint64_t *n = (reasons[i] & DELIVERED) != 0 ? to->delivered : to->blocked;
        n[reason] += entry->n_events;
    }
}

void permits_clear(struct permits *permits)
{
    for (size_t i = 0; i < N_ENTRIES; i++)
        tally(permits, &permits->entries[i]);
    memset(permits->entries, 0, N_ENTRIES * sizeof *permits->entries);
    permits->pool_len = 0;
    if (permits->audit != NULL)
        audit_forget(permits->audit);
}

/* Makes room for one event at the pool's end, if need be by forgetting everything. */
static void make_room(struct permits *permits)
{
    if (permits->pool_cap - permits->pool_len < most_words(permits) ||
        (permits->audit != NULL && permits->audit->page.len > AUDIT_KEPT))
        permits_clear(permits);
}

/* Decides over every route, and notes them at the pool's end behind what the event says. */
static struct permit_entry decide_all(struct permits *permits, const struct event *event)
{
    struct permit_entry entry = {.at = (uint32_t)permits->pool_len, .n_events = 1, .used = true};
    uint32_t *to = permits->pool + permits->pool_len;
    if (!event->said_too_much) {
        entry.n_said = (uint32_t)event->n_said;
        memcpy(to, event->said, event->n_said * sizeof *to);
    }
    to += entry.n_said;
    unsigned char *reasons = permits->tallies == NULL ? NULL : (unsigned char *)to;
    to += reason_words(permits);
    entry.records_at = permits->audit == NULL ? 0 : permits->audit->page.len;
    for (size_t i = 0; i < permits->n_routes; i++) {
        struct decision decision = decide(permits->mapping, event, permits->routes[i].destination);
        if (permits->audit != NULL)
            audit_add(permits->audit, permits->mapping, event, permits->routes[i].destination,
                      decision);
        if (reasons != NULL)
            reasons[i] =
                (unsigned char)((unsigned)decision.reason | (decision.deliver ? DELIVERED : 0u));
        if (decision.deliver)
            to[entry.n_routes++] = (uint32_t)i;
        else
            entry.n_blocked++;
    }
    entry.records_len = permits->audit == NULL ? 0 : permits->audit->page.len - entry.records_at;
    return entry;
}

struct permit permits_of(struct permits *permits, const struct event *event)
{
    uint64_t h = hash(event->said, event->n_said);
    struct permit_entry *entry = &permits->entries[h % N_ENTRIES];
    if (entry->used && !event->said_too_much && entry->hash == h &&
        entry->n_said == event->n_said &&
        memcmp(permits->pool + entry->at, event->said, event->n_said * sizeof *event->said) == 0) {
        entry->n_events++;
        return permit_of(permits, entry);
    }
    make_room(permits);
    struct permit_entry new = decide_all(permits, event);
    if (event->said_too_much) {
        tally(permits, &new);
        return permit_of(permits, &new); /* at the pool's end, which is not moved */
    }
    tally(permits, entry);
    new.hash = h;
    *entry = new;
    permits->pool_len += new.n_said + reason_words(permits) + new.n_routes;
    return permit_of(permits, entry);
}
