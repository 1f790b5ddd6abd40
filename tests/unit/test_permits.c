/* What is remembered is what would be decided: random events against the decision itself, with so
 * many destinations that the memory overflows again and again. */
#include "event/scan.h"
#include "mapping/read.h"
#include "observe/stats.h"
#include "permits.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_CATEGORIES = 70, N_DESTINATIONS = 3000 };

static struct arena memory, line_memory;
static struct mapping mapping;
static struct findings findings;
static struct scan scan;
static struct permits permits;
static struct route routes[N_DESTINATIONS];
static char file[N_DESTINATIONS * 80];

static struct reason_tally tallies[N_DESTINATIONS], expected[N_DESTINATIONS];
static unsigned seed = 1;

static unsigned below(unsigned n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 16) % n;
}

static void set_up_body(void *state)
{
    (void)state;
    size_t len = (size_t)sprintf(file, "{\"version\":1,\"policy\":\"segment\",\"destinations\":{");
    for (unsigned i = 0; i < N_DESTINATIONS; i++)
        len += (size_t)sprintf(file + len, "%s\"d%u\":[\"c%u\",\"c%u\"]", i == 0 ? "" : ",", i,
                               i % N_CATEGORIES, (i / N_CATEGORIES + i + 1) % N_CATEGORIES);
    strcpy(file + len, "}}");
    findings = (struct findings){.arena = &memory};
    mapping_read(&mapping, text_of(file), &findings);
    ck_assert_uint_eq(findings.n, 0);
    for (size_t i = 0; i < N_DESTINATIONS; i++)
        routes[i].destination = &mapping.destinations[i];
    scan_init(&scan, &mapping, &memory, &line_memory);
    permits = (struct permits){
        .mapping = &mapping, .routes = routes, .n_routes = N_DESTINATIONS, .tallies = tallies};
    permits_init(&permits, &memory);
}

/* Few different events with few preferences, and some with more of them than are remembered. */
static size_t make_line(char *line)
{
    size_t len = (size_t)sprintf(line, "{\"context\":{\"consent\":{\"categoryPreferences\":{");
    unsigned n = below(10) == 0 ? 70 : below(3), first = below(N_CATEGORIES);
    for (unsigned i = 0; i < n; i++)
        len += (size_t)sprintf(line + len, "%s\"c%u\":%s", i == 0 ? "" : ",",
                               (first + i) % N_CATEGORIES, below(4) == 0 ? "false" : "true");
    len += (size_t)sprintf(line + len, "}}},\"integrations\":{");
    n = below(50) == 0 ? 200 : below(2);
    for (unsigned i = 0; i < n; i++)
        len += (size_t)sprintf(line + len, "%s\"d%u\":%s", i == 0 ? "" : ",", i,
                               below(2) == 0 ? "false" : "true");
    return len + (size_t)sprintf(line + len, "}}");
}

static void compare(void)
{
    struct permit permit = permits_of(&permits, &scan.event);
    uint32_t at = 0;
    for (uint32_t i = 0; i < N_DESTINATIONS; i++) {
        struct decision decision = decide(&mapping, &scan.event, routes[i].destination);
        bool deliver = decision.deliver;
        uint64_t *n = deliver ? expected[i].delivered : expected[i].blocked;
        n[decision.reason]++;
        bool permitted = at < permit.n_routes && permit.routes[at] == i;
        if (deliver != permitted)
            ck_abort_msg("destination %u", i);
        at += permitted;
    }
    ck_assert_uint_eq(permit.n_routes + permit.n_blocked, N_DESTINATIONS);
}

static void run_body(void *state)
{
    static char line[10000];
    (void)state;
    for (int i = 0; i < 6000; i++) {
        size_t at;
        struct text text = {line, make_line(line)};
        ck_assert_int_eq(event_scan(&scan, text, &at), REJECT_NONE);
        compare();
    }
    permits_clear(&permits);
    ck_assert_mem_eq(tallies, expected, sizeof tallies);
}

START_TEST(permits_are_the_decisions)
{
    ck_assert(arena_try(&memory, set_up_body, NULL));
    ck_assert(arena_try(&line_memory, run_body, NULL));
    arena_free(&memory);
    arena_free(&line_memory);
}
END_TEST

/* ---- events whose hashes are the same ---- */

/* permits.c's step from word to word. */
static uint64_t step(uint64_t hash, uint32_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

static uint64_t hash_of(const struct event *event)
{
    uint64_t hash = event->n_said;
    for (size_t i = 0; i < event->n_said; i++)
        hash = step(hash, event->said[i]);
    return hash;
}

static uint32_t any_word(void)
{
    static uint32_t word = 1;
    word ^= word << 13;
    word ^= word >> 17;
    return word ^= word << 5;
}

static int by_hash(const void *a, const void *b)
{
    uint64_t x = step(2, *(const uint32_t *)a), y = step(2, *(const uint32_t *)b);
    return (x > y) - (x < y);
}

/* Where the hashes of two first words differ in their lower halves alone, the second words make
 * them the same. */
static void say_two_words(struct event *one, struct event *other)
{
    enum { N = 1 << 18 };
    static uint32_t words[N];
    size_t i = 1;
    for (size_t n = 0; n < N; n++)
        words[n] = any_word();
    qsort(words, N, sizeof *words, by_hash);
    while (i < N && step(2, words[i - 1]) >> 32 != step(2, words[i]) >> 32)
        i++;
    ck_assert_uint_lt(i, N);
    uint32_t difference = (uint32_t)(step(2, words[i - 1]) ^ step(2, words[i]));
    one->n_said = other->n_said = 2;
    one->said[0] = words[i - 1], one->said[1] = 7;
    other->said[0] = words[i], other->said[1] = 7 ^ difference;
}

/* The other's words are the first of the one's. */
static void say_more_words(struct event *one, struct event *other)
{
    static const uint32_t words[] = {3, 1, 1};
    memcpy(one->said, words, sizeof words);
    memcpy(other->said, words, sizeof words);
    one->n_said = 3;
    other->n_said = 2;
}

static void (*const say_the_same[])(struct event *one, struct event *other) = {say_two_words,
                                                                               say_more_words};

static void decide_over_pair(void *state)
{
    uint64_t *bits = arena_alloc(&memory, bitset_words(N_CATEGORIES) * sizeof *bits);
    struct event open = {.consent = CONSENT_ABSENT, .consented = bits, .stated = bits};
    struct event closed = {.consent = CONSENT_MALFORMED, .consented = bits, .stated = bits};
    say_the_same[*(int *)state](&open, &closed);
    ck_assert_uint_eq(hash_of(&open), hash_of(&closed));
    for (int i = 0; i < 3; i++) {
        ck_assert_uint_eq(permits_of(&permits, &open).n_routes, N_DESTINATIONS);
        ck_assert_uint_eq(permits_of(&permits, &closed).n_routes, 0);
        ck_assert_uint_eq(permits_of(&permits, &closed).n_blocked, N_DESTINATIONS);
    }
}

/* Whoever writes events can make such pairs: what one may not have, the other must not give it. */
START_TEST(events_of_one_hash_are_two_events)
{
    ck_assert(arena_try(&memory, set_up_body, NULL));
    ck_assert(arena_try(&memory, decide_over_pair, &_i));
    arena_free(&memory);
    arena_free(&line_memory);
}
END_TEST

/* ---- the audit's records ---- */

static void audit_body(void *state)
{
    static char line[10000];
    static struct audit audit;
    size_t most = 0, forgotten = 0;
    (void)state;
    audit_init(&audit, AUDIT_ALL, &memory, &line_memory);
    permits.audit = &audit;
    scan.says_refusals = true;
    for (int i = 0; i < 200; i++) {
        size_t at, before = audit.page.len, n = 0;
        struct text text = {line, make_line(line)};
        ck_assert_int_eq(event_scan(&scan, text, &at), REJECT_NONE);
        struct permit permit = permits_of(&permits, &scan.event);
        forgotten += audit.page.len < before;
        most = audit.page.len > most ? audit.page.len : most;
        struct text records = permit.records, record;
        for (; text_next_line(&records, &record); n++) {
            char begin[40];
            int len = sprintf(begin, ",\"destination\":\"d%zu\",", n);
            ck_assert(record.len > (size_t)len);
            ck_assert_mem_eq(record.bytes, begin, (size_t)len);
        }
        ck_assert_uint_eq(n, N_DESTINATIONS);
    }
    ck_assert_uint_gt(forgotten, 1);
    ck_assert_uint_lt(most, 2 * (size_t)AUDIT_KEPT);
}

START_TEST(records_are_whole_and_bounded)
{
    ck_assert(arena_try(&memory, set_up_body, NULL));
    ck_assert(arena_try_both(&memory, &line_memory, audit_body, NULL));
    permits.audit = NULL;
    arena_free(&memory);
    arena_free(&line_memory);
}
END_TEST

/* ---- what is counted ---- */

START_TEST(what_does_not_add_up_is_noticed)
{
    struct reason_tally routes_tallies[2] = {{.delivered = {5}},
                                             {.delivered = {1, 1}, .blocked = {0, 0, 3}}};
    struct stats stats = {.events = {0, 2, 0, 3}, .destinations = routes_tallies, .n_routes = 2};
    ck_assert(stats_balance(&stats, 5));
    ck_assert(!stats_balance(&stats, 4));
    for (int i = 0; i < 2; i++) {
        routes_tallies[i].blocked[3]++;
        ck_assert(!stats_balance(&stats, 5));
        routes_tallies[i].blocked[3]--;
    }
    stats.events[0]++;
    ck_assert(!stats_balance(&stats, 5));
}
END_TEST

static void fill(TCase *tests)
{
    tcase_add_test(tests, permits_are_the_decisions);
    tcase_add_loop_test(tests, events_of_one_hash_are_two_events, 0, 2);
    tcase_add_test(tests, records_are_whole_and_bounded);
    tcase_add_test(tests, what_does_not_add_up_is_noticed);
    tcase_set_timeout(tests, 300);
}

int main(void)
{
    return unit_run("permits", fill);
}
