/* mapping.md, "The file" and "The knobs", and what the policy rudderstack adds to them. */
#include "contract.h"

#include <setjmp.h>
#include <string.h>

struct reading {
    struct contract *contract;
    struct pool *pool;
    bool declared; /* the section `categories` is there */
    jmp_buf refused;
};

static void refuse_unless(struct reading *reading, bool good, const char *why)
{
    if (!good) {
        reading->contract->why = why;
        longjmp(reading->refused, 1);
    }
}

/* ---- the tables ---- */

static const char *const knobs[N_RULES][5] = {
    [RULE_MATCH] = {"match", "any", "all"},
    [RULE_UNMAPPED] = {"unmapped", "block", "deliver"},
    [RULE_INTEGRATIONS] = {"integrations", "ignore", "veto"},
    [RULE_DISABLED] = {"disabled", "deny", "ignore"},
    [RULE_EMPTY] = {"empty", "deny", "absent", "absent-without-integrations"},
    [RULE_ABSENT] = {"absent", "deliver", "deny"},
};

static const struct {
    const char *name;
    const char *rules[N_RULES];
} policies[] = {
    {"segment-beta", {"any", "block", "ignore", "deny", "deny", "deliver"}},
    {"segment", {"all", "deliver", "veto", "ignore", "absent-without-integrations", "deliver"}},
    {"rudderstack", {"all", "deliver", "veto", "ignore", "absent", "deliver"}},
    {"strict", {"all", "block", "veto", "deny", "deny", "deny"}},
};

bool contract_is_rudderstack(const struct contract *contract)
{
    return strcmp(contract->policy, "rudderstack") == 0;
}

bool contract_is_disabled(const struct contract *contract, struct string category)
{
    for (size_t i = 0; i < contract->categories.n; i++)
        if (contract->disabled[i] && string_equal(contract->categories.items[i], category))
            return true;
    return false;
}

bool strings_have(struct strings strings, struct string string)
{
    for (size_t i = 0; i < strings.n; i++)
        if (string_equal(strings.items[i], string))
            return true;
    return false;
}

/* ---- what holds for every value of the file ---- */

static void check_keys_and_strings(struct reading *reading, const struct json *value)
{
    refuse_unless(reading, !string_has_half(value->text) || value->kind != JSON_STRING,
                  "a string with half a surrogate pair");
    for (const struct json *child = value->first; child != NULL; child = child->next) {
        if (value->kind == JSON_OBJECT) {
            refuse_unless(reading, count_of(value, child->key) == 1, "a duplicate key");
            refuse_unless(reading, !string_has_half(child->key), "a key with half a pair");
        }
        check_keys_and_strings(reading, child);
    }
}

/* The value is an object whose keys are all among these words. */
static void check_members(struct reading *reading, const struct json *value, const char *keys)
{
    refuse_unless(reading, value->kind == JSON_OBJECT, "no object");
    for (const struct json *member = value->first; member != NULL; member = member->next) {
        bool known = false;
        for (const char *key = keys; *key != '\0';) {
            size_t len = strcspn(key, " ");
            known = known || string_equal(member->key, (struct string){key, len});
            key += len + (key[len] == ' ');
        }
        refuse_unless(reading, known, "an unknown key");
    }
}

static const struct json *member_of_kind(struct reading *reading, const struct json *object,
                                         const char *key, enum json_kind kind)
{
    const struct json *value = member_of(object, word(key));
    refuse_unless(reading, value == NULL || value->kind == kind, "a wrong type");
    return value;
}

static struct string string_of(struct reading *reading, const struct json *object, const char *key,
                               struct string missing)
{
    const struct json *value = member_of_kind(reading, object, key, JSON_STRING);
    return value == NULL ? missing : value->text;
}

/* One of the words, or NULL where the key is missing. */
static const char *word_of(struct reading *reading, const struct json *object, const char *key,
                           const char *const *words)
{
    const struct json *value = member_of_kind(reading, object, key, JSON_STRING);
    if (value == NULL)
        return NULL;
    while (*words != NULL && !string_is(value->text, *words))
        words++;
    refuse_unless(reading, *words != NULL, "an unknown value");
    return *words;
}

static struct strings strings_of(struct reading *reading, const struct json *array)
{
    size_t n = 0;
    if (array == NULL)
        return (struct strings){0};
    for (const struct json *item = array->first; item != NULL; item = item->next, n++)
        refuse_unless(reading, item->kind == JSON_STRING, "something else than a string");
    struct string *items = pool_take(reading->pool, n * sizeof *items);
    struct strings strings = {items, n};
    for (const struct json *item = array->first; item != NULL; item = item->next)
        *items++ = item->text;
    return strings;
}

/* RFC 6901: the tokens, with `~1` for `/` and `~0` for `~`. */
static struct strings pointer(struct reading *reading, struct string text)
{
    refuse_unless(reading, text.len == 0 || text.bytes[0] == '/', "a pointer without a slash");
    struct string *tokens = pool_take(reading->pool, text.len * sizeof *tokens);
    struct strings pointer = {tokens, 0};
    for (size_t i = 0; i < text.len; i++) {
        if (text.bytes[i] == '/') {
            tokens[pointer.n++].bytes = pool_take(reading->pool, text.len);
            continue;
        }
        char c = text.bytes[i];
        if (c == '~') {
            i++;
            refuse_unless(reading, i < text.len && (text.bytes[i] == '0' || text.bytes[i] == '1'),
                          "a lone tilde in a pointer");
            c = text.bytes[i] == '0' ? '~' : '/';
        }
        struct string *token = &tokens[pointer.n - 1];
        ((char *)token->bytes)[token->len++] = c;
    }
    return pointer;
}

/* ---- the sections ---- */

static void read_policy(struct reading *reading, const struct json *top)
{
    struct contract *contract = reading->contract;
    struct string name = string_of(reading, top, "policy", word("segment-beta"));
    size_t i = 0;
    while (i < 4 && !string_is(name, policies[i].name))
        i++;
    refuse_unless(reading, i < 4, "an unknown policy");
    contract->policy = policies[i].name;
    memcpy(contract->rules, policies[i].rules, sizeof contract->rules);
    const struct json *rules = member_of(top, word("rules"));
    if (rules == NULL)
        return;
    check_members(reading, rules, "match unmapped integrations disabled empty absent");
    for (i = 0; i < N_RULES; i++) {
        const char *value = word_of(reading, rules, knobs[i][0], knobs[i] + 1);
        if (value != NULL)
            contract->rules[i] = value;
        if (value != NULL && i == RULE_MATCH)
            contract->match_all_asked = strcmp(value, "all") == 0;
    }
}

static void read_places(struct reading *reading, const struct json *top)
{
    struct contract *contract = reading->contract;
    bool rudderstack = contract_is_rudderstack(contract);
    struct string object = word(rudderstack ? "/context/consentManagement" : "/context/consent");
    struct string source_key = word("/writeKey");
    contract->preferences = word("categoryPreferences");
    const struct json *consent = member_of(top, word("consent"));
    if (consent != NULL) {
        check_members(reading, consent, rudderstack ? "object" : "object preferences");
        object = string_of(reading, consent, "object", object);
        contract->preferences = string_of(reading, consent, "preferences", contract->preferences);
    }
    const struct json *sources = member_of(top, word("sources"));
    if (sources != NULL) {
        check_members(reading, sources, "key website other");
        source_key = string_of(reading, sources, "key", source_key);
        struct strings website =
            strings_of(reading, member_of_kind(reading, sources, "website", JSON_ARRAY));
        contract->other_sources =
            strings_of(reading, member_of_kind(reading, sources, "other", JSON_ARRAY));
        for (size_t i = 0; i < website.n; i++)
            refuse_unless(reading, !strings_have(contract->other_sources, website.items[i]),
                          "a source of both kinds");
    }
    contract->consent_object = pointer(reading, object);
    contract->source_key = pointer(reading, source_key);
}

/* 1 to 34 characters, not starting with a digit, no control characters (Unicode's Cc); rudderstack:
 * any, but for control characters and the empty one. */
static void check_category_id(struct reading *reading, struct string id)
{
    size_t characters = 0;
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.bytes[i];
        unsigned char behind = i + 1 < id.len ? (unsigned char)id.bytes[i + 1] : 0;
        refuse_unless(reading, c >= 0x20 && c != 0x7F, "a control character in a category id");
        refuse_unless(reading, c != 0xC2 || behind > 0x9F, "a control character in a category id");
        characters += (c & 0xC0) != 0x80;
    }
    refuse_unless(reading, characters != 0, "an empty category id");
    if (contract_is_rudderstack(reading->contract))
        return;
    refuse_unless(reading, characters <= 34, "a long category id");
    refuse_unless(reading, id.bytes[0] < '0' || id.bytes[0] > '9', "a digit first");
}

static void know_category(struct reading *reading, struct string id, bool disabled)
{
    struct contract *contract = reading->contract;
    struct strings *known = &contract->categories;
    check_category_id(reading, id);
    if (strings_have(*known, id))
        return;
    struct string *items = pool_take(reading->pool, (known->n + 1) * sizeof *items);
    bool *flags = pool_take(reading->pool, (known->n + 1) * sizeof *flags);
    if (known->n != 0) {
        memcpy(items, known->items, known->n * sizeof *items);
        memcpy(flags, contract->disabled, known->n * sizeof *flags);
    }
    items[known->n] = id;
    flags[known->n] = disabled;
    *known = (struct strings){items, known->n + 1};
    contract->disabled = flags;
}

static void read_categories(struct reading *reading, const struct json *top)
{
    const struct json *section = member_of_kind(reading, top, "categories", JSON_OBJECT);
    reading->declared = section != NULL;
    if (section == NULL)
        return;
    for (const struct json *entry = section->first; entry != NULL; entry = entry->next) {
        check_members(reading, entry, "name description enabled");
        member_of_kind(reading, entry, "name", JSON_STRING);
        member_of_kind(reading, entry, "description", JSON_STRING);
        const struct json *enabled = member_of(entry, word("enabled"));
        refuse_unless(reading,
                      enabled == NULL || enabled->kind == JSON_TRUE || enabled->kind == JSON_FALSE,
                      "`enabled` is no boolean");
        know_category(reading, entry->key, enabled != NULL && enabled->kind == JSON_FALSE);
    }
}

/* A destination's list of category ids. */
static struct strings read_listed(struct reading *reading, const struct json *array)
{
    struct strings listed = strings_of(reading, array);
    for (size_t i = 0; i < listed.n; i++) {
        struct strings before = {listed.items, i};
        refuse_unless(reading, !strings_have(before, listed.items[i]), "a category twice");
        refuse_unless(reading,
                      !reading->declared ||
                          strings_have(reading->contract->categories, listed.items[i]),
                      "an undeclared category");
        know_category(reading, listed.items[i], false);
    }
    return listed;
}

static struct ask read_ask(struct reading *reading, const struct json *object)
{
    struct ask ask = {0};
    const struct json *provider = member_of_kind(reading, object, "provider", JSON_STRING);
    refuse_unless(reading, provider == NULL || provider->text.len != 0, "an empty provider");
    if (provider != NULL)
        ask.provider = provider->text;
    ask.match = word_of(reading, object, "match", knobs[RULE_MATCH] + 1);
    ask.categories =
        read_listed(reading, member_of_kind(reading, object, "categories", JSON_ARRAY));
    return ask;
}

/* Policy rudderstack: several of them, at most one per provider. */
static void read_consents(struct reading *reading, const struct json *array, struct target *target)
{
    for (const struct json *item = array->first; item != NULL; item = item->next) {
        check_members(reading, item, "provider match categories");
        refuse_unless(reading, member_of(item, word("categories")) != NULL, "no categories");
        struct ask ask = read_ask(reading, item);
        for (size_t i = 0; i < target->n_asks; i++)
            refuse_unless(reading, !string_equal(target->asks[i].provider, ask.provider),
                          "two of them for one provider");
        target->asks[target->n_asks++] = ask;
    }
}

static size_t n_children(const struct json *parent)
{
    size_t n = 0;
    for (const struct json *child = parent->first; child != NULL; child = child->next)
        n++;
    return n;
}

static void read_object_form(struct reading *reading, const struct json *entry,
                             struct target *target)
{
    static const char *const kinds[] = {"event-streaming", "warehouse", "other", NULL};
    bool rudderstack = contract_is_rudderstack(reading->contract);
    check_members(reading, entry,
                  rudderstack ? "categories name integrations kind match provider consents"
                              : "categories name integrations kind match");
    struct string name = string_of(reading, entry, "name", target->id);
    const struct json *keys = member_of_kind(reading, entry, "integrations", JSON_ARRAY);
    const struct json *consents = member_of_kind(reading, entry, "consents", JSON_ARRAY);
    const char *kind = word_of(reading, entry, "kind", kinds);
    if (kind != NULL)
        target->kind = kind;
    if (keys != NULL)
        target->integrations = strings_of(reading, keys);
    else
        *(struct string *)target->integrations.items = name;
    if (consents == NULL) {
        target->asks[target->n_asks++] = read_ask(reading, entry);
        return;
    }
    refuse_unless(reading,
                  member_of(entry, word("categories")) == NULL &&
                      member_of(entry, word("match")) == NULL &&
                      member_of(entry, word("provider")) == NULL,
                  "something beside `consents`");
    target->asks = pool_take(reading->pool, (n_children(consents) + 1) * sizeof *target->asks);
    read_consents(reading, consents, target);
    target->n_asks += target->n_asks == 0; /* one that asks for nothing */
}

static void check_destination_id(struct reading *reading, struct string id)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    static const char *const unsafe[] = {".", "..", "__proto__", "prototype", "constructor"};
    refuse_unless(reading, id.len >= 1 && id.len <= 255, "a destination id's length");
    for (size_t i = 0; i < id.len; i++)
        refuse_unless(reading, memchr(letters, id.bytes[i], sizeof letters - 1) != NULL,
                      "a destination id's letters");
    for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++)
        refuse_unless(reading, !string_is(id, unsafe[i]), "an unsafe destination id");
}

static void read_destinations(struct reading *reading, const struct json *top)
{
    struct contract *contract = reading->contract;
    const struct json *section = member_of_kind(reading, top, "destinations", JSON_OBJECT);
    refuse_unless(reading, section != NULL && section->first != NULL, "no destination");
    contract->targets = pool_take(reading->pool, n_children(section) * sizeof *contract->targets);
    for (const struct json *entry = section->first; entry != NULL; entry = entry->next) {
        struct target *target = &contract->targets[contract->n_targets++];
        struct string *key = pool_take(reading->pool, sizeof *key);
        *key = entry->key;
        *target = (struct target){.id = entry->key, .kind = "event-streaming"};
        target->integrations = (struct strings){key, 1};
        target->asks = pool_take(reading->pool, sizeof *target->asks);
        check_destination_id(reading, entry->key);
        if (entry->kind == JSON_ARRAY)
            target->asks[target->n_asks++].categories = read_listed(reading, entry);
        else
            read_object_form(reading, entry, target);
    }
}

static void read_file(struct reading *reading, const char *bytes, size_t len)
{
    if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
        bytes += 3, len -= 3;
    const struct json *top = parse_json(reading->pool, bytes, len);
    refuse_unless(reading, top != NULL, "no JSON");
    check_keys_and_strings(reading, top);
    check_members(reading, top,
                  "$schema version policy rules consent sources categories destinations");
    member_of_kind(reading, top, "$schema", JSON_STRING);
    const struct json *version = member_of_kind(reading, top, "version", JSON_NUMBER);
    refuse_unless(reading, version != NULL && string_is(version->text, "1"), "no version 1");
    read_policy(reading, top);
    read_places(reading, top);
    read_categories(reading, top);
    read_destinations(reading, top);
}

void contract_read(struct contract *contract, const char *bytes, size_t len)
{
    struct pool pool = contract->pool; /* reused, if it was zeroed or emptied */
    *contract = (struct contract){.pool = pool};
    struct reading reading = {.contract = contract, .pool = &contract->pool};
    if (setjmp(reading.refused) == 0)
        read_file(&reading, bytes, len);
}

void contract_free(struct contract *contract)
{
    pool_free(&contract->pool);
}
