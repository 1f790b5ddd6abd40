/* The decision table, one row of this table a case: rules, event, destination, decision. */
#include "decision.h"
#include "unit.h"
#include "worker.h"

static struct mapping mapping;
static struct event event;
static uint64_t consented[2], named[1], refused[1];

/* Six knobs in the order of enum knob. */
#define BETA                                                                                       \
    {                                                                                              \
        {                                                                                          \
            MATCH_ANY, UNMAPPED_BLOCK, INTEGRATIONS_IGNORE, DISABLED_DENY, EMPTY_DENY,             \
                ABSENT_DELIVER                                                                     \
        }                                                                                          \
    }
#define SEGMENT                                                                                    \
    {                                                                                              \
        {                                                                                          \
            MATCH_ALL, UNMAPPED_DELIVER, INTEGRATIONS_VETO, DISABLED_IGNORE,                       \
                EMPTY_ABSENT_WITHOUT_INTEGRATIONS, ABSENT_DELIVER                                  \
        }                                                                                          \
    }
#define STRICT                                                                                     \
    {                                                                                              \
        {                                                                                          \
            MATCH_ALL, UNMAPPED_BLOCK, INTEGRATIONS_VETO, DISABLED_DENY, EMPTY_DENY, ABSENT_DENY   \
        }                                                                                          \
    }
#define EMPTY_AS_ABSENT                                                                            \
    {                                                                                              \
        {                                                                                          \
            MATCH_ALL, UNMAPPED_BLOCK, INTEGRATIONS_VETO, DISABLED_DENY, EMPTY_ABSENT,             \
                ABSENT_DELIVER                                                                     \
        }                                                                                          \
    }
#define EMPTY_AS_DENIED_ABSENT                                                                     \
    {                                                                                              \
        {                                                                                          \
            MATCH_ALL, UNMAPPED_BLOCK, INTEGRATIONS_VETO, DISABLED_DENY, EMPTY_ABSENT, ABSENT_DENY \
        }                                                                                          \
    }

/* Single knobs that differ from those beside them. */
#define MIXED                                                                                      \
    {                                                                                              \
        {                                                                                          \
            MATCH_ANY, UNMAPPED_DELIVER, INTEGRATIONS_IGNORE, DISABLED_DENY, EMPTY_DENY,           \
                ABSENT_DENY                                                                        \
        }                                                                                          \
    }
#define ONLY_VETO                                                                                  \
    {                                                                                              \
        {                                                                                          \
            MATCH_ANY, UNMAPPED_BLOCK, INTEGRATIONS_VETO, DISABLED_IGNORE, EMPTY_ABSENT,           \
                ABSENT_DELIVER                                                                     \
        }                                                                                          \
    }

/* Destinations: of categories 0 and 70; the second word is only asked for by two of them. */
enum who {
    MAPPED,
    UNMAPPED,
    TWO_ANY,
    TWO_ALL,
    ONE_DISABLED,
    HALF_ANY,
    HALF_ALL,
    IGNORED_ANY,
    IGNORED_ALL,
    ALL_IGNORED,
    WAREHOUSE,
    OTHER
};

static struct mask one[] = {{0, 1, 1, 1}};
static struct mask two[] = {{0, 1, 1, 1}, {1, 1u << 6, 1u << 6, 1u << 6}};
static struct mask disabled[] = {{0, 1, 1, 0}};
static struct mask half[] = {{0, 1, 1, 1}, {1, 1u << 6, 1u << 6, 0}};
static struct mask half_ignored[] = {{0, 1, 1, 1}, {1, 1u << 6, 0, 0}};
static size_t own[] = {1};

static struct destination destinations[] = {
    [MAPPED] = {.needs = &(struct need){.provider = PROVIDER_ANY,
                                        .n_categories = 1,
                                        .masks = one,
                                        .n_masks = 1,
                                        .match = MATCH_ALL},
                .n_needs = 1},
    [UNMAPPED] = {.needs = &(struct need){.provider = PROVIDER_ANY, .match = MATCH_ALL},
                  .n_needs = 1},
    [TWO_ANY] = {.needs = &(struct need){.provider = PROVIDER_ANY,
                                         .n_categories = 2,
                                         .masks = two,
                                         .n_masks = 2,
                                         .match = MATCH_ANY},
                 .n_needs = 1},
    [TWO_ALL] = {.needs = &(struct need){.provider = PROVIDER_ANY,
                                         .n_categories = 2,
                                         .masks = two,
                                         .n_masks = 2,
                                         .match = MATCH_ALL},
                 .n_needs = 1},
    [ONE_DISABLED] = {.needs = &(struct need){.provider = PROVIDER_ANY,
                                              .n_categories = 1,
                                              .masks = disabled,
                                              .n_masks = 1,
                                              .match = MATCH_ANY},
                      .n_needs = 1},
    [HALF_ANY] = {.needs = &(struct need){.provider = PROVIDER_ANY,
                                          .n_categories = 2,
                                          .masks = half,
                                          .n_masks = 2,
                                          .match = MATCH_ANY},
                  .n_needs = 1},
    [HALF_ALL] = {.needs = &(struct need){.provider = PROVIDER_ANY,
                                          .n_categories = 2,
                                          .masks = half,
                                          .n_masks = 2,
                                          .match = MATCH_ALL},
                  .n_needs = 1},
    [IGNORED_ANY] = {.needs = &(struct need){.provider = PROVIDER_ANY,
                                             .n_categories = 2,
                                             .masks = half_ignored,
                                             .n_masks = 2,
                                             .match = MATCH_ANY},
                     .n_needs = 1},
    [IGNORED_ALL] = {.needs = &(struct need){.provider = PROVIDER_ANY,
                                             .n_categories = 2,
                                             .masks = half_ignored,
                                             .n_masks = 2,
                                             .match = MATCH_ALL},
                     .n_needs = 1},
    [ALL_IGNORED] = {.needs = &(struct need){.provider = PROVIDER_ANY,
                                             .n_categories = 2,
                                             .all_ignored = true,
                                             .match = MATCH_ALL},
                     .n_needs = 1},
    [WAREHOUSE] = {.needs =
                       &(struct need){
                           .provider = PROVIDER_ANY, .n_categories = 1, .masks = one, .n_masks = 1},
                   .n_needs = 1,
                   .kind = KIND_WAREHOUSE},
    [OTHER] = {.needs =
                   &(struct need){
                       .provider = PROVIDER_ANY, .n_categories = 1, .masks = one, .n_masks = 1},
               .n_needs = 1,
               .kind = KIND_OTHER},
};

enum { NO = INTEGRATIONS_NOTHING, KEYS = INTEGRATIONS_STATED, YES = INTEGRATIONS_ABSENT };
enum { A = CONSENT_ABSENT, E = CONSENT_EMPTY, M = CONSENT_MALFORMED, S = CONSENT_STATED };

static const struct {
    struct rules rules;
    enum who who;
    int consent;
    unsigned low, high; /* consented: categories 0 and 70 */
    int integrations;   /* KEYS: All is false, no own key */
    bool exempt;
    bool deliver;
    enum reason reason;
} rows[] = {
    /* 1: not enforced */
    {BETA, WAREHOUSE, S, 0, 0, YES, false, true, REASON_NOT_ENFORCED},
    {BETA, WAREHOUSE, M, 0, 0, KEYS, false, true, REASON_NOT_ENFORCED},
    {BETA, WAREHOUSE, S, 0, 0, NO, false, false, REASON_INTEGRATIONS},
    {BETA, OTHER, S, 0, 0, YES, false, true, REASON_NOT_ENFORCED},
    {BETA, OTHER, S, 0, 0, KEYS, false, false, REASON_INTEGRATIONS},
    {BETA, MAPPED, S, 0, 0, YES, true, true, REASON_NOT_ENFORCED},
    {STRICT, UNMAPPED, A, 0, 0, YES, true, true, REASON_NOT_ENFORCED},
    {BETA, MAPPED, S, 0, 0, NO, true, false, REASON_INTEGRATIONS},
    {SEGMENT, ALL_IGNORED, S, 0, 0, YES, false, true, REASON_NOT_ENFORCED},
    {SEGMENT, ALL_IGNORED, M, 0, 0, NO, false, false, REASON_INTEGRATIONS},
    /* 2: not enforced by absence */
    {BETA, MAPPED, A, 0, 0, YES, false, true, REASON_NO_CONSENT_OBJECT},
    {BETA, UNMAPPED, A, 0, 0, YES, false, true, REASON_NO_CONSENT_OBJECT},
    {BETA, MAPPED, A, 0, 0, NO, false, false, REASON_INTEGRATIONS},
    {EMPTY_AS_ABSENT, MAPPED, E, 0, 0, YES, false, true, REASON_NO_CONSENT_OBJECT},
    {SEGMENT, MAPPED, E, 0, 0, YES, false, true, REASON_NO_CONSENT_OBJECT},
    /* 3: unmapped */
    {BETA, UNMAPPED, S, 1, 1, YES, false, false, REASON_UNMAPPED},
    {BETA, UNMAPPED, M, 0, 0, YES, false, false, REASON_UNMAPPED},
    {STRICT, UNMAPPED, A, 0, 0, YES, false, false, REASON_UNMAPPED},
    {SEGMENT, UNMAPPED, S, 0, 0, YES, false, true, REASON_UNMAPPED},
    {SEGMENT, UNMAPPED, S, 0, 0, NO, false, false, REASON_INTEGRATIONS},
    {SEGMENT, UNMAPPED, E, 0, 0, KEYS, false, false, REASON_INTEGRATIONS},
    {MIXED, UNMAPPED, S, 0, 0, NO, false, true, REASON_UNMAPPED},
    {ONLY_VETO, UNMAPPED, S, 0, 0, YES, false, false, REASON_UNMAPPED},
    /* 4: denied */
    {BETA, MAPPED, M, 1, 1, YES, false, false, REASON_MALFORMED_CONSENT},
    {BETA, MAPPED, E, 1, 1, YES, false, false, REASON_EMPTY_CONSENT},
    {SEGMENT, MAPPED, E, 0, 0, KEYS, false, false, REASON_EMPTY_CONSENT},
    {STRICT, MAPPED, A, 1, 1, YES, false, false, REASON_NO_CONSENT_OBJECT},
    {EMPTY_AS_DENIED_ABSENT, MAPPED, E, 0, 0, YES, false, false, REASON_EMPTY_CONSENT},
    /* 5: not consented */
    {BETA, MAPPED, S, 0, 1, YES, false, false, REASON_END_USER_CONSENT},
    {BETA, TWO_ANY, S, 0, 0, YES, false, false, REASON_END_USER_CONSENT},
    {BETA, TWO_ALL, S, 1, 0, YES, false, false, REASON_END_USER_CONSENT},
    {BETA, TWO_ALL, S, 0, 1, YES, false, false, REASON_END_USER_CONSENT},
    {BETA, ONE_DISABLED, S, 0, 0, YES, false, false, REASON_END_USER_CONSENT},
    {BETA, ONE_DISABLED, S, 1, 0, YES, false, false, REASON_CATEGORY_DISABLED},
    {STRICT, ONE_DISABLED, S, 1, 0, NO, false, false, REASON_END_USER_CONSENT},
    {BETA, ONE_DISABLED, S, 1, 0, NO, false, false, REASON_CATEGORY_DISABLED},
    {BETA, HALF_ANY, S, 0, 1, YES, false, false, REASON_CATEGORY_DISABLED},
    {BETA, HALF_ALL, S, 1, 1, YES, false, false, REASON_CATEGORY_DISABLED},
    {BETA, HALF_ALL, S, 1, 0, YES, false, false, REASON_END_USER_CONSENT},
    {SEGMENT, IGNORED_ANY, S, 0, 1, YES, false, false, REASON_CATEGORY_DISABLED},
    {SEGMENT, IGNORED_ANY, S, 0, 0, YES, false, false, REASON_END_USER_CONSENT},
    {SEGMENT, IGNORED_ALL, S, 0, 1, YES, false, false, REASON_END_USER_CONSENT},
    {SEGMENT, IGNORED_ALL, S, 1, 0, YES, false, true, REASON_CONSENTED},
    /* 6: consented */
    {BETA, MAPPED, S, 1, 0, YES, false, true, REASON_CONSENTED},
    {BETA, MAPPED, S, 1, 0, NO, false, true, REASON_CONSENTED},
    {BETA, TWO_ANY, S, 1, 0, YES, false, true, REASON_CONSENTED},
    {BETA, TWO_ANY, S, 0, 1, YES, false, true, REASON_CONSENTED},
    {BETA, TWO_ALL, S, 1, 1, YES, false, true, REASON_CONSENTED},
    {BETA, HALF_ANY, S, 1, 0, YES, false, true, REASON_CONSENTED},
    {SEGMENT, MAPPED, S, 1, 0, NO, false, false, REASON_INTEGRATIONS},
    {SEGMENT, MAPPED, S, 1, 0, KEYS, false, false, REASON_INTEGRATIONS},
    {STRICT, MAPPED, S, 1, 0, YES, false, true, REASON_CONSENTED},
    {ONLY_VETO, MAPPED, S, 1, 0, NO, false, false, REASON_INTEGRATIONS},
};

START_TEST(decision_table)
{
    struct destination destination = destinations[rows[_i].who];
    destination.integrations = own;
    destination.n_integrations = 1;
    mapping.rules = rows[_i].rules;
    consented[0] = rows[_i].low;
    consented[1] = (uint64_t)rows[_i].high << 6;
    named[0] = refused[0] = rows[_i].integrations == KEYS ? 1 : 0;
    event = (struct event){.consent = (enum consent_state)rows[_i].consent,
                           .consented = consented,
                           .integrations = (enum integrations_state)rows[_i].integrations,
                           .integrations_empty = rows[_i].integrations == YES,
                           .named = named,
                           .refused = refused,
                           .source_exempt = rows[_i].exempt};
    struct decision decision = decide(&mapping, &event, &destination);
    ck_assert_str_eq(reason_name(decision.reason), reason_name(rows[_i].reason));
    ck_assert_int_eq(decision.deliver, rows[_i].deliver);
}
END_TEST

START_TEST(reasons_have_the_contracts_names)
{
    static const char *const names[] = {
        "not-enforced",     "no-consent-object", "unmapped",  "malformed-consent", "empty-consent",
        "end-user-consent", "category-disabled", "consented", "integrations"};
    ck_assert_int_eq(sizeof names / sizeof *names, N_REASONS);
    for (size_t i = 0; i < N_REASONS; i++)
        ck_assert_str_eq(reason_name((enum reason)i), names[i]);
}
END_TEST

START_TEST(policies_have_the_contracts_knobs)
{
    static const struct {
        const char *name;
        struct rules rules;
    } expected[] = {{"segment-beta", BETA}, {"segment", SEGMENT}, {"strict", STRICT}};
    for (size_t i = 0; i < 3; i++) {
        const struct policy *policy = policy_find(text_of(expected[i].name));
        ck_assert_ptr_nonnull(policy);
        ck_assert_mem_eq(&policy->rules, &expected[i].rules, sizeof policy->rules);
    }
    ck_assert_ptr_null(policy_find(TEXT("Segment")));
    ck_assert_str_eq(policies[0].name, "segment-beta");
}
END_TEST

START_TEST(counts_balance_or_not)
{
    struct counts counts = {
        .lines = 10, .events = 6, .rejected = 3, .blank = 1, .delivered = 5, .blocked = 13};
    ck_assert(counts_balance(&counts, 3));
    ck_assert(!counts_balance(&counts, 4));
    counts.blank = 0;
    ck_assert(!counts_balance(&counts, 3));
}
END_TEST

static void fill(TCase *tests)
{
    tcase_add_loop_test(tests, decision_table, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tests, reasons_have_the_contracts_names);
    tcase_add_test(tests, policies_have_the_contracts_knobs);
    tcase_add_test(tests, counts_balance_or_not);
}

int main(void)
{
    return unit_run("decision", fill);
}
