/* What is remembered is what would be decided: random events against the decision itself, with so
 * many destinations that the memory overflows again and again. */
#include "event/scan.h"
#include "mapping/read.h"
#include "permits.h"
#include "unit.h"

#include <stdio.h>
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

static void fill(TCase *tests)
{
    tcase_add_test(tests, permits_are_the_decisions);
    tcase_set_timeout(tests, 300);
}

int main(void)
{
    return unit_run("permits", fill);
}
