#include "random_case.h"
#include "random_words.h"

#include <stdio.h>
#include <string.h>

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

static const char *const token_words[] = {
    "context", "consent", "integrations",        "privacy",   "a\\u0000b", "\\u00e9", "0", "",
    "Kelvin",  "a b",     "categoryPreferences", "messageId", "q\\\"q",
};

static void add_word_member(struct random_text *to, bool *first, const char *key, const char *value)
{
    add_comma(to, first);
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
    add_comma(to, first);
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
        add_comma(to, first);
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
    add_comma(to, first);
    add(to, "\"sources\":{\"other\":[\"server\",\"a\\u0000b\"],\"website\":[");
    add(to, once_in(to, 60) ? "\"web\",\"server\"]" : "\"web\"]");
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
    add_comma(to, first);
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
            add_comma(to, &first);
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
    uint32_t n = below(to, 4), start = below(to, COUNT(provider_words) + 1);
    add(to, "\"consents\":[");
    for (uint32_t i = 0; i < n; i++) {
        bool first = true;
        uint32_t provider = (start + (once_in(to, 200) ? 0 : i)) % (COUNT(provider_words) + 1);
        add(to, i == 0 ? "{" : ",{");
        if (provider != COUNT(provider_words))
            add_word_member(to, &first, "provider", provider_words[provider]);
        add_match(to, &first);
        add_comma(to, &first);
        add(to, "\"categories\":");
        add_listed(plan, to);
        add(to, "}");
    }
    add(to, "]");
}

static void add_destination(const struct random_case *plan, struct random_text *to)
{
    static const char *const kinds[] = {"event-streaming", "event-streaming", "warehouse", "other"};
    static const char *const beside_consents[] = {",\"match\":\"any\"", ",\"categories\":[]",
                                                  ",\"provider\":\"x\""};
    bool first = true, lists = plan->preferences == NULL;
    if (once_in(to, lists ? 5 : 3)) {
        add_listed(plan, to);
        return;
    }
    add(to, "{");
    if (lists && once_in(to, 2)) {
        first = false;
        add_consents(plan, to);
        add(to, once_in(to, 200) ? ANY(to, beside_consents) : "");
    } else {
        if (!once_in(to, 8)) {
            add_comma(to, &first);
            add(to, "\"categories\":");
            add_listed(plan, to);
        }
        add_match(to, &first);
        if (lists && once_in(to, 2))
            add_word_member(to, &first, "provider",
                            once_in(to, 200) ? "" : ANY(to, provider_words));
    }
    if (once_in(to, 3))
        add_word_member(to, &first, "name", ANY(to, integration_words));
    if (once_in(to, 3))
        add_word_member(to, &first, "kind", ANY(to, kinds));
    if (once_in(to, 3)) {
        add_comma(to, &first);
        add(to, "\"integrations\":[");
        for (uint32_t i = 0, n = below(to, 4); i < n; i++) {
            add(to, i == 0 ? "" : ",");
            add_spelled(to, ANY(to, integration_words));
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
    add_comma(to, first);
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
    static const char *const versions[] = {"1.0", "2", "0", "\"1\"", "1e0", "-1", "10", "null"};
    static const char *const policies[] = {"segment-beta", "segment", "strict", "rudderstack"};
    const char *policy = ANY(to, policies);
    bool first = true, lists = strcmp(policy, "rudderstack") == 0;
    *plan =
        (struct random_case){.consent = path_of("context", lists ? "consentManagement" : "consent"),
                             .preferences = lists ? NULL : "categoryPreferences"};
    to->len = 0;
    choose_categories(plan, to);
    add(to, "{\"version\":");
    add(to, once_in(to, 60) ? ANY(to, versions) : "1");
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
