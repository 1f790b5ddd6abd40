/* Which of a destination's needs an event calls for, and whether one category is enough. */
#include "decision.h"
#include "unit.h"

enum { A = CONSENT_ABSENT, E = CONSENT_EMPTY, M = CONSENT_MALFORMED, S = CONSENT_STATED };
enum { ONE_TRUST = PROVIDER_ONE_TRUST, KETCH = PROVIDER_KETCH, CUSTOM = PROVIDER_CUSTOM };
enum { MINE = N_PROVIDERS, NO_NEED = -1 };
#define ANY PROVIDER_ANY
#define NONE PROVIDER_NONE
#define OTHER PROVIDER_OTHER

/* Behind those that count stands one that nothing may call for. */
#define TRAP                                                                                       \
    {                                                                                              \
        .provider = ANY, .n_categories = 1, .match_given = true                                    \
    }
#define ASKS(of)                                                                                   \
    {                                                                                              \
        .provider = (of), .n_categories = 1                                                        \
    }
#define GIVEN(of)                                                                                  \
    {                                                                                              \
        .provider = (of), .n_categories = 1, .match_given = true                                   \
    }
#define UNMAPPED(of)                                                                               \
    {                                                                                              \
        .provider = (of)                                                                           \
    }
#define IGNORED(of)                                                                                \
    {                                                                                              \
        .provider = (of), .n_categories = 1, .all_ignored = true                                   \
    }

static const struct {
    struct need needs[4];
    size_t n_needs;
    int consent;
    size_t provider; /* of the event */
    int expected;    /* which need */
} rows[] = {
    /* one for all providers */
    {{ASKS(ANY), TRAP}, 1, S, NONE, 0},
    {{ASKS(ANY), TRAP}, 1, S, OTHER, 0},
    {{ASKS(ANY), TRAP}, 1, S, KETCH, 0},
    {{UNMAPPED(ANY), TRAP}, 1, M, NONE, 0},
    {{IGNORED(ANY), TRAP}, 1, E, NONE, 0},
    /* the event's provider, else that of any, else none */
    {{ASKS(MINE), ASKS(KETCH), ASKS(ANY), TRAP}, 3, S, MINE, 0},
    {{ASKS(MINE), ASKS(KETCH), ASKS(ANY), TRAP}, 3, S, KETCH, 1},
    {{ASKS(MINE), ASKS(KETCH), ASKS(ANY), TRAP}, 3, S, ONE_TRUST, 2},
    {{ASKS(MINE), ASKS(KETCH), ASKS(ANY), TRAP}, 3, S, OTHER, 2},
    {{ASKS(MINE), ASKS(KETCH), ASKS(ANY), TRAP}, 3, S, NONE, 2},
    {{ASKS(MINE), ASKS(KETCH), TRAP}, 2, S, ONE_TRUST, NO_NEED},
    {{ASKS(MINE), ASKS(KETCH), TRAP}, 2, S, OTHER, NO_NEED},
    {{ASKS(MINE), ASKS(KETCH), TRAP}, 2, S, NONE, NO_NEED},
    /* no provider: OneTrust's, else Ketch's, if its match is given */
    {{GIVEN(KETCH), GIVEN(ONE_TRUST), TRAP}, 2, S, NONE, 1},
    {{GIVEN(KETCH), ASKS(ONE_TRUST), TRAP}, 2, S, NONE, 0},
    {{ASKS(KETCH), GIVEN(ONE_TRUST), TRAP}, 2, S, NONE, 1},
    {{ASKS(KETCH), ASKS(ONE_TRUST), TRAP}, 2, S, NONE, NO_NEED},
    {{ASKS(ONE_TRUST), TRAP}, 1, S, NONE, NO_NEED},
    {{GIVEN(ONE_TRUST), TRAP}, 1, S, NONE, 0},
    {{GIVEN(KETCH), TRAP}, 1, S, NONE, 0},
    {{GIVEN(CUSTOM), GIVEN(MINE), TRAP}, 2, S, NONE, NO_NEED},
    {{GIVEN(CUSTOM), GIVEN(KETCH), TRAP}, 2, S, NONE, 1},
    {{GIVEN(CUSTOM), GIVEN(KETCH), ASKS(ANY), TRAP}, 3, S, CUSTOM, 0},
    /* consent that is not stated: the strictest */
    {{ASKS(MINE), GIVEN(KETCH), TRAP}, 2, M, KETCH, 0},
    {{ASKS(MINE), GIVEN(KETCH), TRAP}, 2, E, KETCH, 0},
    {{ASKS(MINE), GIVEN(KETCH), TRAP}, 2, A, KETCH, 0},
    {{IGNORED(MINE), UNMAPPED(KETCH), ASKS(ANY), TRAP}, 3, M, KETCH, 2},
    {{IGNORED(MINE), UNMAPPED(KETCH), TRAP}, 2, M, NONE, 1},
    {{UNMAPPED(MINE), IGNORED(KETCH), TRAP}, 2, M, KETCH, 0},
    {{UNMAPPED(MINE), IGNORED(ANY), TRAP}, 2, M, KETCH, 0},
    {{IGNORED(MINE), UNMAPPED(ANY), TRAP}, 2, M, MINE, 1},
    {{IGNORED(MINE), IGNORED(ANY), TRAP}, 2, M, KETCH, 0},
    {{IGNORED(MINE), IGNORED(KETCH), TRAP}, 2, M, KETCH, NO_NEED},
};

START_TEST(need_that_an_event_calls_for)
{
    struct need needs[4];
    memcpy(needs, rows[_i].needs, sizeof needs);
    const struct destination destination = {.needs = needs, .n_needs = rows[_i].n_needs};
    const struct event event = {.consent = (enum consent_state)rows[_i].consent,
                                .provider = rows[_i].provider};
    const struct need *need = need_of(&event, &destination);
    bool is_own = need >= needs && need < needs + 4;
    ck_assert_int_eq(is_own ? (int)(need - needs) : NO_NEED, rows[_i].expected);
    if (!is_own)
        ck_assert(need->provider == ANY && need->n_categories == 0 && !need->all_ignored);
}
END_TEST

static const struct {
    enum match match;
    bool event_says, suffices;
} matches[] = {
    {MATCH_ANY, false, true}, {MATCH_ANY, true, true},      {MATCH_ALL, false, false},
    {MATCH_ALL, true, false}, {MATCH_BY_EVENT, true, true}, {MATCH_BY_EVENT, false, false},
};

START_TEST(one_category_is_enough)
{
    const struct need need = {.match = matches[_i].match};
    const struct event event = {.any_suffices = matches[_i].event_says};
    ck_assert_int_eq(any_suffices(&event, &need), matches[_i].suffices);
}
END_TEST

static void fill(TCase *tests)
{
    tcase_add_loop_test(tests, need_that_an_event_calls_for, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_loop_test(tests, one_category_is_enough, 0, (int)(sizeof matches / sizeof *matches));
}

int main(void)
{
    return unit_run("needs", fill);
}
