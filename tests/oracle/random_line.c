#include "random_case.h"
#include "random_words.h"

#include <string.h>

static const char *const source_words[] = {"web", "server", "", "a\\u0000b", "\\u00e9", "Server"};

/* What an event says at the end of a path. */
enum what { WHAT_PREFERENCES, WHAT_LISTS, WHAT_INTEGRATIONS, WHAT_SOURCE, N_WHATS };

struct interest {
    enum what what;
    const char *const *tokens; /* those that are left of its path */
    size_t n;
};

struct aim {
    const struct random_case *plan;
    struct random_text *to;
};

static void add_object(const struct aim *aim, const struct interest *interests, size_t n);

/* A value that is seldom what it should be. */
static void add_odd_value(struct random_text *to)
{
    static const char *const odd[] = {"null", "true", "false",    "1",    "\"\"",
                                      "[]",   "{}",   "\"true\"", "[{}]", "\"or\""};
    if (once_in(to, 5))
        add_value(to, 4);
    else
        add(to, ANY(to, odd));
}

static void add_answer(struct random_text *to)
{
    uint32_t what = below(to, 16);
    if (what < 13)
        add(to, what < 8 ? "true" : "false");
    else
        add_odd_value(to);
}

/* A list's ids, or what is none. */
static void add_ids(const struct aim *aim)
{
    struct random_text *to = aim->to;
    const struct random_case *plan = aim->plan;
    uint32_t n = below(to, plan->n_categories < 60 ? 4 : 200);
    add(to, "[");
    for (uint32_t i = 0; i < n; i++) {
        const char *id = plan->categories[below(to, (uint32_t)plan->n_categories)];
        add(to, i == 0 ? "" : ",");
        uint32_t what = below(to, 40);
        if (what == 0)
            add_odd_value(to);
        else if (what < 4)
            add(to, "\"\"");
        else if (what < 7)
            add_look_alike(to, id);
        else
            add_spelled(to, id);
    }
    add(to, "]");
}

static void add_provider(const struct aim *aim)
{
    struct random_text *to = aim->to;
    uint32_t what = below(to, 16);
    if (what == 0)
        add_odd_value(to);
    else if (what == 1)
        add_look_alike(to, ANY(to, provider_words));
    else
        add_spelled(to, what == 2 ? "" : ANY(to, provider_words));
}

static void add_strategy(const struct aim *aim)
{
    static const char *const strategies[] = {"or", "or", "and", "any", "OR", "or\\u0000", ""};
    if (once_in(aim->to, 16))
        add_odd_value(aim->to);
    else
        add_spelled(aim->to, ANY(aim->to, strategies));
}

static void add_source(const struct aim *aim)
{
    if (once_in(aim->to, 8))
        add_odd_value(aim->to);
    else if (once_in(aim->to, 8))
        add_look_alike(aim->to, ANY(aim->to, source_words));
    else
        add_spelled(aim->to, ANY(aim->to, source_words));
}

/* A key that decides something, and its value: mostly just that; else missing, doubled, a
 * look-alike in its place or beside it, of another type. `value` writes the value. */
struct member {
    const char *key;
    void (*value)(const struct aim *aim);
    const struct interest *interests; /* where value is NULL: an object's */
    size_t n;
};

static void add_member_value(const struct aim *aim, const struct member *member)
{
    if (member->value != NULL)
        member->value(aim);
    else
        add_object(aim, member->interests, member->n);
}

static void add_one(const struct aim *aim, const struct member *member, bool *first, bool odd)
{
    add_comma(aim->to, first);
    add_spelled(aim->to, member->key);
    add(aim->to, ":");
    if (odd)
        add_odd_value(aim->to);
    else
        add_member_value(aim, member);
}

static void add_look_alike_of(const struct aim *aim, const struct member *member, bool *first)
{
    add_comma(aim->to, first);
    add_look_alike(aim->to, member->key);
    add(aim->to, ":");
    add_member_value(aim, member);
}

static void add_member(const struct aim *aim, const struct member *member, bool *first)
{
    switch (below(aim->to, 40)) {
    case 0:
    case 1:
        return;
    case 2:
        add_look_alike_of(aim, member, first);
        return;
    case 3:
        add_look_alike_of(aim, member, first);
        add_one(aim, member, first, false);
        return;
    case 4:
        add_one(aim, member, first, false);
        add_look_alike_of(aim, member, first);
        return;
    case 5:
        add_one(aim, member, first, true);
        return;
    case 6:
        add_one(aim, member, first, once_in(aim->to, 2));
        add_one(aim, member, first, once_in(aim->to, 2));
        return;
    default:
        add_one(aim, member, first, false);
    }
}

/* Members that decide nothing, mostly. */
static void add_junk(const struct aim *aim, bool *first)
{
    while (once_in(aim->to, 5)) {
        add_comma(aim->to, first);
        aim->to->add_key(aim->to, aim->to->context);
        add(aim->to, ":");
        add_value(aim->to, 5);
    }
}

static void add_preferences(const struct aim *aim, bool *first)
{
    const struct random_case *plan = aim->plan;
    struct random_text *to = aim->to;
    uint32_t n = (uint32_t)plan->n_categories, start = below(to, n);
    for (uint32_t i = 0; i < n; i++) {
        const char *id = plan->categories[(start + i) % n];
        if (once_in(to, 4))
            continue;
        add_comma(to, first);
        if (once_in(to, 12 + n))
            add_look_alike(to, id);
        else
            add_spelled(to, once_in(to, 10 * n) ? plan->categories[start] : id);
        add(to, ":");
        add_answer(to);
    }
}

static void add_lists(const struct aim *aim, bool *first)
{
    static const struct member members[] = {{.key = "deniedConsentIds", .value = add_ids},
                                            {.key = "allowedConsentIds", .value = add_ids},
                                            {.key = "provider", .value = add_provider},
                                            {.key = "resolutionStrategy", .value = add_strategy}};
    uint32_t start = below(aim->to, 4);
    for (uint32_t i = 0; i < 4; i++)
        if ((start + i) % 4 == 0 || once_in(aim->to, 2))
            add_member(aim, &members[(start + i) % 4], first);
}

static void add_integrations(const struct aim *aim, bool *first)
{
    struct random_text *to = aim->to;
    for (uint32_t n = below(to, 4); n > 0; n--) {
        const char *key =
            once_in(to, 3) ? "All"
            : once_in(to, 2)
                ? ANY(to, integration_words)
                : aim->plan->destinations[below(to, (uint32_t)aim->plan->n_destinations)];
        add_comma(to, first);
        if (once_in(to, 12))
            add_look_alike(to, key);
        else
            add_spelled(to, key);
        add(to, ":");
        if (once_in(to, 4))
            add(to, once_in(to, 2) ? "{}" : "{\"x\":[false,{\"All\":false}]}");
        else
            add_answer(to);
    }
}

/* The members that stand in this object itself. */
static void add_here(const struct aim *aim, const struct interest *interest, bool *first)
{
    if (interest->what == WHAT_PREFERENCES)
        add_preferences(aim, first);
    else if (interest->what == WHAT_LISTS)
        add_lists(aim, first);
    else if (interest->what == WHAT_INTEGRATIONS)
        add_integrations(aim, first);
}

/* The member that the first of these interests leads to, and all others that go there, too. */
static void add_way(const struct aim *aim, const struct interest *interests, size_t n, bool *first)
{
    struct interest below_it[N_WHATS];
    struct member member = {.key = interests[0].tokens[0], .interests = below_it};
    bool source = false;
    for (size_t i = 0; i < n; i++)
        if (interests[i].n > 0 && strcmp(interests[i].tokens[0], member.key) == 0) {
            below_it[member.n] = interests[i];
            below_it[member.n].tokens++;
            below_it[member.n++].n--;
            source = source || (interests[i].what == WHAT_SOURCE && interests[i].n == 1);
        }
    if (source && (member.n == 1 || once_in(aim->to, 2)))
        member.value = add_source;
    add_member(aim, &member, first);
}

static bool is_first_of_its_way(const struct interest *interests, size_t i)
{
    if (interests[i].n == 0)
        return false;
    for (size_t j = 0; j < i; j++)
        if (interests[j].n > 0 && strcmp(interests[j].tokens[0], interests[i].tokens[0]) == 0)
            return false;
    return true;
}

static void add_object(const struct aim *aim, const struct interest *interests, size_t n)
{
    bool first = true;
    uint32_t start = n == 0 ? 0 : below(aim->to, (uint32_t)n);
    add(aim->to, "{");
    add_junk(aim, &first);
    for (size_t i = 0; i < n; i++) {
        size_t at = (start + i) % n;
        if (interests[at].n == 0)
            add_here(aim, &interests[at], &first);
        /* Behind the first of its way there may be others. */
        else if (is_first_of_its_way(interests, at))
            add_way(aim, interests + at, n - at, &first);
    }
    add_junk(aim, &first);
    add_space(aim->to);
    add(aim->to, "}");
}

static void add_event(const struct random_case *plan, struct random_text *to)
{
    static const char *const integrations[] = {"integrations"};
    struct aim aim = {plan, to};
    struct interest interests[N_WHATS];
    size_t n = 0;
    const char *tokens[PATH_MOST + 1];
    memcpy(tokens, plan->consent.tokens, sizeof plan->consent.tokens);
    size_t n_tokens = plan->consent.n;
    if (plan->preferences != NULL && plan->preferences[0] != '\0')
        tokens[n_tokens++] = plan->preferences;
    interests[n++] = (struct interest){plan->preferences == NULL ? WHAT_LISTS : WHAT_PREFERENCES,
                                       tokens, n_tokens};
    if (!once_in(to, 3))
        interests[n++] = (struct interest){WHAT_INTEGRATIONS, integrations, 1};
    if (once_in(to, 3))
        interests[n++] = (struct interest){WHAT_SOURCE, plan->source.tokens, plan->source.n};
    add_object(&aim, interests, n);
}

/* Keys of members that decide nothing: those that decide, at other places. */
static void add_key(struct random_text *to, void *context)
{
    const struct random_case *plan = context;
    static const char *const others[] = {"type", "properties", "x",       "\\ud800", "messageId",
                                         "é",    "context",    "consent", "All",     "provider"};
    uint32_t what = below(to, 16);
    if (what < 12)
        add_quoted(to, what < 9 ? others[below(to, 3)] : ANY(to, others));
    else if (what == 12)
        add_look_alike(to, plan->categories[below(to, (uint32_t)plan->n_categories)]);
    else
        add_spelled(to, plan->categories[below(to, (uint32_t)plan->n_categories)]);
}

void random_line(const struct random_case *plan, struct random_text *to)
{
    to->add_key = add_key;
    to->context = (void *)(uintptr_t)plan;
    to->len = 0;
    if (once_in(to, 2000))
        add_deep(to, "context", !once_in(to, 3));
    else if (!once_in(to, 300))
        add_event(plan, to);
    add_space(to);
    if (once_in(to, 24))
        damage(to);
    if (!once_in(to, 50))
        add(to, once_in(to, 8) ? "\r\n" : "\n");
}
