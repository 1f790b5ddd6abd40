#include "random_case.h"

#include <stdio.h>
#include <string.h>

#define COUNT(table) ((uint32_t)(sizeof(table) / sizeof(table)[0]))
#define ANY(to, table) (table)[below(to, COUNT(table))]

/* ---- words ---- */

static const char *const category_words[] = {
    "Ads",
    "Fun",
    "ads",
    "ADS",
    "All",
    "consent",
    "integrations",
    "caf\\u00e9",
    "cafe\\u0301",
    "\\u0800",
    "C0001",
    "true",
    "Ads ",
    "\\ud83c\\udf6a",
    "k",
    "a/b",
    "q\\\"q",
    "provider",
    "\\u07ff",
    "Z",
    "A",
    "B",
    "__proto__",
    "\\ud800\\udc00",
    "\\uffff",
    "categoryPreferences",
    "\\u00e9",
};

/* At the limits of what an id may be, and past them. */
#define TEN "xxxxxxxxxx"
#define FIFTY TEN TEN TEN TEN TEN
static const char *const odd_categories[] = {
    TEN TEN TEN "xxxx",
    TEN TEN TEN "xxx\\u00e9",
    TEN TEN TEN "xxxxx",
    "9",
    "x9",
    "",
    "\\u007f",
    "x\\u0080",
    "\\u009fx",
    "\xC2\x9F",
    "\\u00a0",
    "\xC2\xA0x",
};
static const char *const odd_destinations[] = {
    FIFTY FIFTY FIFTY FIFTY FIFTY "12345",
    FIFTY FIFTY FIFTY FIFTY FIFTY "123456",
    "",
    ".",
    "..",
    ".x",
    "__proto__",
    "prototype",
    "constructor",
    "Constructor",
    "a b",
    "a/b",
    "\\u00e9",
    "z",
    "9",
    "Z_-",
};

static const char *const destination_words[] = {
    "google-ads", "amplitude", "a", "b", "A", "All", "all", "s3", "S3", "integrations", "...", "0",
};

static const char *const key_words[] = {
    "google-ads", "All", "all",     "a",       "Facebook", "",
    "a\\u0000b",  "S3",  "\\u00e9", "\\u0080", "\\ud7ff",  "\\udbff\\udfff",
};

static const char *const token_words[] = {
    "context", "consent", "integrations",        "privacy",   "a\\u0000b", "\\u00e9", "0", "",
    "Kelvin",  "a b",     "categoryPreferences", "messageId", "q\\\"q",
};

static const char *const source_words[] = {"web", "server", "", "a\\u0000b", "\\u00e9", "Server"};

static const char *const providers[] = {"oneTrust", "ketch", "custom", "iubenda", "ONETRUST"};

/* The first and last characters of each length in UTF-8, and some within, in both spellings. */
static const char *const two_spellings[][3] = {
    {"\\u00e9", "\\u00E9", "\xC3\xA9"},
    {"\\u0080", "\\u0080", "\xC2\x80"},
    {"\\u07ff", "\\u07FF", "\xDF\xBF"},
    {"\\u0800", "\\u0800", "\xE0\xA0\x80"},
    {"\\ud7ff", "\\uD7Ff", "\xED\x9F\xBF"},
    {"\\uffff", "\\uFfFF", "\xEF\xBF\xBF"},
    {"\\ud800\\udc00", "\\uD800\\uDC00", "\xF0\x90\x80\x80"},
    {"\\udbff\\udfff", "\\uDBFF\\uDFFF", "\xF4\x8F\xBF\xBF"},
    {"\\ud83c\\udf6a", "\\uD83c\\udF6A", "\xF0\x9F\x8D\xAA"},
};

/* Adds one of them in any spelling, where the text is one. */
static bool add_respelled(struct random_text *to, const char *text)
{
    for (size_t i = 0; i < COUNT(two_spellings); i++)
        if (strcmp(two_spellings[i][0], text) == 0) {
            add_quoted(to, two_spellings[i][below(to, 3)]);
            return true;
        }
    return false;
}

/* Of a lettering that JSON spells in escapes, at random. */
static void add_spelled(struct random_text *to, const char *text)
{
    if (add_respelled(to, text))
        return;
    bool spell = strchr(text, '\\') == NULL && once_in(to, 6);
    add(to, "\"");
    for (; *text != '\0'; text++) {
        char piece[8] = {*text};
        if (spell && *text > 0 && once_in(to, 3))
            snprintf(piece, sizeof piece, once_in(to, 2) ? "\\u%04x" : "\\u%04X", (unsigned)*text);
        add(to, piece);
    }
    add(to, "\"");
}

/* Another key, which reads like this one to somebody. */
static void add_look_alike(struct random_text *to, const char *text)
{
    static const char *const behind[] = {"\\u0000", "\\u0000x",     "\\ud800", "\\udfffx", " ",
                                         "s",       "\xE2\x80\x8B", "\\u0301", ""};
    char other[80] = "";
    size_t len = strlen(text);
    len = len < sizeof other ? len : sizeof other - 1;
    memcpy(other, text, len);
    if (len > 0 && strchr(text, '\\') == NULL && !once_in(to, 3))
        for (uint32_t i = 0, n = 1 + below(to, 3); i < n; i++) {
            char *c = &other[below(to, (uint32_t)len)];
            if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))
                *c = (char)(*c ^ 0x20);
        }
    add(to, once_in(to, 16) ? "\"\\udc00" : once_in(to, 16) ? "\" " : "\"");
    add(to, once_in(to, 16) ? "" : other);
    add(to, once_in(to, 2) ? ANY(to, behind) : "");
    add(to, "\"");
}

/* ---- mappings ---- */

static void comma(struct random_text *to, bool *first)
{
    add(to, *first ? "" : ",");
    *first = false;
    add_space(to);
}

static void add_word_member(struct random_text *to, bool *first, const char *key, const char *value)
{
    comma(to, first);
    add_spelled(to, key);
    add(to, ":");
    add_spelled(to, value);
}

static void add_pointer(struct random_text *to, const struct random_path *path)
{
    add(to, "\"");
    for (size_t i = 0; i < path->n; i++) {
        add(to, "/");
        for (const char *c = path->tokens[i]; *c != '\0'; c++)
            add(to, *c == '/' ? "~1" : *c == '~' ? "~0" : (char[]){*c, '\0'});
    }
    add(to, "\"");
}

static void random_path(struct random_path *path, struct random_text *to)
{
    path->n = below(to, PATH_MOST);
    for (size_t i = 0; i < path->n; i++)
        path->tokens[i] = ANY(to, token_words);
}

/* Path words as they come by default. */
static struct random_path path_of(const char *first, const char *second)
{
    return (struct random_path){{first, second}, second == NULL ? 1 : 2};
}

static void add_rules(struct random_text *to, bool *first)
{
    static const char *const knobs[][4] = {
        {"match", "any", "all", "all"},
        {"unmapped", "block", "deliver", "deliver"},
        {"integrations", "ignore", "veto", "veto"},
        {"disabled", "deny", "ignore", "ignore"},
        {"empty", "deny", "absent", "absent-without-integrations"},
        {"absent", "deliver", "deny", "deliver"},
    };
    bool none = true;
    comma(to, first);
    add(to, "\"rules\":{");
    for (size_t i = 0; i < COUNT(knobs); i++)
        if (once_in(to, 2))
            add_word_member(to, &none, knobs[i][0], knobs[i][1 + below(to, 3)]);
    add(to, "}");
}

static void add_places(struct random_case *plan, struct random_text *to, bool *first)
{
    plan->source = path_of("writeKey", NULL);
    if (once_in(to, 3)) {
        random_path(&plan->consent, to);
        comma(to, first);
        add(to, "\"consent\":{\"object\":");
        add_pointer(to, &plan->consent);
        if (plan->preferences != NULL && once_in(to, 2)) {
            plan->preferences = once_in(to, 2) ? "" : ANY(to, token_words);
            add(to, ",\"preferences\":");
            add_spelled(to, plan->preferences);
        }
        add(to, "}");
    }
    if (once_in(to, 2))
        return;
    comma(to, first);
    add(to, "\"sources\":{\"other\":[\"server\",\"a\\u0000b\"],\"website\":[\"web\"]");
    if (once_in(to, 3)) {
        random_path(&plan->source, to);
        add(to, ",\"key\":");
        add_pointer(to, &plan->source);
    }
    add(to, "}");
}

static void choose_categories(struct random_case *plan, struct random_text *to)
{
    static char many[CATEGORIES_MOST][8];
    size_t n = once_in(to, 40) ? 60 + below(to, CATEGORIES_MOST - 60) : 1 + below(to, 7);
    plan->n_categories = n;
    uint32_t start = below(to, COUNT(category_words));
    for (size_t i = 0; i < n; i++) {
        snprintf(many[i], sizeof many[i], "many%zu", i % 1000);
        plan->categories[i] =
            n < 60 ? category_words[(start + i * 5) % COUNT(category_words)] : many[i];
    }
    if (once_in(to, 40))
        plan->categories[0] = ANY(to, odd_categories);
}

static void add_categories(const struct random_case *plan, struct random_text *to, bool *first)
{
    static const char *const entries[] = {"{}", "{}", "{\"enabled\":true}", "{\"enabled\":false}",
                                          "{\"name\":\"\"}"};
    comma(to, first);
    add(to, "\"categories\":{");
    for (size_t i = 0; i < plan->n_categories; i++) {
        add(to, i == 0 ? "" : ",");
        add_spelled(to, plan->categories[i]);
        add(to, ":");
        add(to, ANY(to, entries));
    }
    add(to, "}");
}

/* Some of the mapping's categories, none twice. */
static void add_listed(const struct random_case *plan, struct random_text *to)
{
    uint32_t share = 1 + below(to, 4);
    bool first = true;
    add(to, "[");
    for (size_t i = 0; i < plan->n_categories; i++)
        if (once_in(to, share + 1)) {
            comma(to, &first);
            add_spelled(to, plan->categories[i]);
        }
    add(to, "]");
}

static void add_match(struct random_text *to, bool *first)
{
    if (once_in(to, 3))
        add_word_member(to, first, "match", once_in(to, 2) ? "any" : "all");
}

static void add_consents(const struct random_case *plan, struct random_text *to)
{
    uint32_t n = below(to, 4), start = below(to, COUNT(providers) + 1);
    add(to, "\"consents\":[");
    for (uint32_t i = 0; i < n; i++) {
        bool first = true;
        uint32_t provider = (start + i) % (COUNT(providers) + 1);
        add(to, i == 0 ? "{" : ",{");
        if (provider != COUNT(providers))
            add_word_member(to, &first, "provider", providers[provider]);
        add_match(to, &first);
        comma(to, &first);
        add(to, "\"categories\":");
        add_listed(plan, to);
        add(to, "}");
    }
    add(to, "]");
}

static void add_destination(const struct random_case *plan, struct random_text *to)
{
    static const char *const kinds[] = {"event-streaming", "event-streaming", "warehouse", "other"};
    bool first = true, lists = plan->preferences == NULL;
    if (once_in(to, lists ? 5 : 3)) {
        add_listed(plan, to);
        return;
    }
    add(to, "{");
    if (lists && once_in(to, 2)) {
        first = false;
        add_consents(plan, to);
    } else {
        if (!once_in(to, 8)) {
            comma(to, &first);
            add(to, "\"categories\":");
            add_listed(plan, to);
        }
        add_match(to, &first);
        if (lists && once_in(to, 2))
            add_word_member(to, &first, "provider", ANY(to, providers));
    }
    if (once_in(to, 3))
        add_word_member(to, &first, "name", ANY(to, key_words));
    if (once_in(to, 3))
        add_word_member(to, &first, "kind", ANY(to, kinds));
    if (once_in(to, 3)) {
        comma(to, &first);
        add(to, "\"integrations\":[");
        for (uint32_t i = 0, n = below(to, 4); i < n; i++) {
            add(to, i == 0 ? "" : ",");
            add_spelled(to, ANY(to, key_words));
        }
        add(to, "]");
    }
    add(to, "}");
}

static void add_destinations(struct random_case *plan, struct random_text *to, bool *first)
{
    static char many[DESTINATIONS_MOST][8];
    size_t n = once_in(to, 40) ? 60 + below(to, DESTINATIONS_MOST - 60) : 4 + below(to, 8);
    uint32_t start = below(to, COUNT(destination_words));
    plan->n_destinations = n;
    comma(to, first);
    add(to, "\"destinations\":{");
    for (size_t i = 0; i < n; i++) {
        snprintf(many[i], sizeof many[i], "d%zu", i % 1000);
        plan->destinations[i] =
            n < 60 ? destination_words[(start + i) % COUNT(destination_words)] : many[i];
        if (i == 0 && once_in(to, 40))
            plan->destinations[i] = ANY(to, odd_destinations);
        add(to, i == 0 ? "" : ",");
        add_spelled(to, plan->destinations[i]);
        add(to, ":");
        add_destination(plan, to);
    }
    add(to, "}");
}

/* Makes a mapping that cannot be used, seldom. */
static void spoil(struct random_text *to)
{
    static const char *const members[] = {
        "\"version\":1",           "\"\\u0076ersion\":1",
        "\"$schema\":\"\\ud800\"", "\"$schema\":null",
        "\"\\udfff\":1",           "\"x\":[{\"y\":\"\\udc00\\ud800\"}]",
        "\"Version\":1",           "\"$schema\":[{\"a\":1,\"a\":1}]",
        "\"destinations\":{}",
    };
    if (!once_in(to, 40))
        return;
    add(to, ",");
    add(to, ANY(to, members));
}

void random_mapping(struct random_case *plan, struct random_text *to)
{
    static const char *const policies[] = {"segment-beta", "segment", "strict", "rudderstack"};
    const char *policy = ANY(to, policies);
    bool first = true, lists = strcmp(policy, "rudderstack") == 0;
    *plan =
        (struct random_case){.consent = path_of("context", lists ? "consentManagement" : "consent"),
                             .preferences = lists ? NULL : "categoryPreferences"};
    to->len = 0;
    choose_categories(plan, to);
    add(to, "{\"version\":1");
    first = false;
    if (lists || strcmp(policy, policies[0]) != 0 || once_in(to, 2))
        add_word_member(to, &first, "policy", policy);
    if (once_in(to, 2))
        add_rules(to, &first);
    add_places(plan, to, &first);
    if (!once_in(to, 3))
        add_categories(plan, to, &first);
    add_destinations(plan, to, &first);
    spoil(to);
    add(to, "}");
    if (once_in(to, 30))
        damage(to);
}

/* ---- events ---- */

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
        add_look_alike(to, ANY(to, providers));
    else
        add_spelled(to, what == 2 ? "" : ANY(to, providers));
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
    comma(aim->to, first);
    add_spelled(aim->to, member->key);
    add(aim->to, ":");
    if (odd)
        add_odd_value(aim->to);
    else
        add_member_value(aim, member);
}

static void add_look_alike_of(const struct aim *aim, const struct member *member, bool *first)
{
    comma(aim->to, first);
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
        comma(aim->to, first);
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
        comma(to, first);
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
                ? ANY(to, key_words)
                : aim->plan->destinations[below(to, (uint32_t)aim->plan->n_destinations)];
        comma(to, first);
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
