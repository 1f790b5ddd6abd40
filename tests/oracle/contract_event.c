/* cli.md, "A line that is not an event"; mapping.md, "The consent state of an event", "The
 * integrations object", "Ambiguity never widens delivery", "Policy `rudderstack`". */
#include "contract.h"

#include <string.h>

/* ---- the line ---- */

static bool is_blank(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (bytes[i] != ' ' && bytes[i] != '\t')
            return false;
    return true;
}

static bool has_control_byte(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)bytes[i] < 0x20 && bytes[i] != '\t')
            return true;
    return false;
}

enum contract_line contract_line(struct pool *pool, const char *bytes, size_t len, size_t max_line,
                                 const struct json **event)
{
    *event = NULL;
    if (len > 0 && bytes[len - 1] == '\n') {
        len--;
        if (len > 0 && bytes[len - 1] == '\r')
            len--;
    }
    if (len > max_line)
        return LINE_REJECTED;
    if (is_blank(bytes, len))
        return LINE_BLANK;
    if (has_control_byte(bytes, len))
        return LINE_REJECTED;
    const struct json *value = parse_json(pool, bytes, len);
    if (value == NULL || value->kind != JSON_OBJECT)
        return LINE_REJECTED;
    *event = value;
    return LINE_EVENT;
}

/* ---- keys on the way ---- */

static struct string up_to_nul(struct string text)
{
    const char *nul = text.len == 0 ? NULL : memchr(text.bytes, '\0', text.len);
    return nul == NULL ? text : (struct string){text.bytes, (size_t)(nul - text.bytes)};
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Another key that reads like this one: ASCII case ignored, up to a NUL; or it has half a pair. */
static bool is_look_alike(struct string other, struct string key)
{
    if (string_has_half(other))
        return true;
    struct string a = up_to_nul(other), b = up_to_nul(key);
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.bytes[i]) != lower(b.bytes[i]))
            return false;
    return true;
}

static bool has_look_alike(const struct json *object, struct string key)
{
    for (const struct json *member = object->first; member != NULL; member = member->next)
        if (is_look_alike(member->key, key))
            return true;
    return false;
}

enum found { FOUND, MISSING, AMBIGUOUS };

/* The member of that key, which is there once or not at all, and no look-alike in its place. */
static enum found find(const struct json *object, struct string key, const struct json **value)
{
    *value = member_of(object, key);
    if (*value == NULL)
        return has_look_alike(object, key) ? AMBIGUOUS : MISSING;
    return count_of(object, key) == 1 ? FOUND : AMBIGUOUS;
}

/* Likewise, and it is an object. */
static enum found step(const struct json *object, struct string key, const struct json **value)
{
    enum found found = find(object, key, value);
    return found == FOUND && (*value)->kind != JSON_OBJECT ? AMBIGUOUS : found;
}

static enum found find_consent_object(const struct contract *contract, const struct json *event,
                                      const struct json **object)
{
    *object = event;
    for (size_t i = 0; i < contract->consent_object.n; i++) {
        enum found found = step(*object, contract->consent_object.items[i], object);
        if (found != FOUND)
            return found;
    }
    return FOUND;
}

/* ---- consent: an object of booleans ---- */

static struct consent consent_of_preferences(const struct contract *contract,
                                             const struct json *event)
{
    struct consent consent = {.state = STATE_MALFORMED};
    const struct json *object;
    enum found found = find_consent_object(contract, event, &object);
    if (found != FOUND) {
        consent.state = found == MISSING ? STATE_ABSENT : STATE_MALFORMED;
        return consent;
    }
    consent.preferences = object;
    if (contract->preferences.len != 0) {
        found = step(object, contract->preferences, &consent.preferences);
        if (found != FOUND) {
            consent.state = found == MISSING ? STATE_EMPTY : STATE_MALFORMED;
            return consent;
        }
    }
    for (size_t i = 0; i < contract->categories.n; i++)
        if (count_of(consent.preferences, contract->categories.items[i]) > 1)
            return consent;
    consent.state = STATE_STATED;
    return consent;
}

/* ---- consent: rudderstack's lists ---- */

/* A list of whole strings, or nothing there; false: malformed. */
static bool find_list(const struct json *object, const char *key, const struct json **list)
{
    enum found found = find(object, word(key), list);
    if (found != FOUND)
        return found == MISSING;
    if ((*list)->kind != JSON_ARRAY)
        return false;
    for (const struct json *item = (*list)->first; item != NULL; item = item->next)
        if (item->kind != JSON_STRING || string_has_half(item->text))
            return false;
    return true;
}

static bool find_string(const struct json *object, const char *key, struct string *string)
{
    const struct json *value;
    enum found found = find(object, word(key), &value);
    if (found != FOUND)
        return found == MISSING;
    *string = value->text;
    return value->kind == JSON_STRING && !string_has_half(value->text);
}

static struct strings not_empty(struct pool *pool, const struct json *list)
{
    size_t n = 0;
    for (const struct json *item = list->first; item != NULL; item = item->next)
        n += item->text.len != 0;
    struct string *items = pool_take(pool, n * sizeof *items);
    struct strings strings = {items, n};
    for (const struct json *item = list->first; item != NULL; item = item->next)
        if (item->text.len != 0)
            *items++ = item->text;
    return strings;
}

static struct consent consent_of_lists(struct pool *pool, const struct contract *contract,
                                       const struct json *event)
{
    struct consent consent = {.state = STATE_MALFORMED};
    const struct json *object, *denied, *allowed;
    struct string strategy = {0};
    enum found found = find_consent_object(contract, event, &object);
    if (found != FOUND) {
        consent.state = found == MISSING ? STATE_ABSENT : STATE_MALFORMED;
        return consent;
    }
    if (!find_list(object, "deniedConsentIds", &denied) ||
        !find_list(object, "allowedConsentIds", &allowed) ||
        !find_string(object, "provider", &consent.provider) ||
        !find_string(object, "resolutionStrategy", &strategy))
        return consent;
    consent.any_suffices = string_is(strategy, "or");
    if (denied == NULL) {
        consent.state = STATE_EMPTY;
        return consent;
    }
    consent.denied = not_empty(pool, denied);
    consent.state = consent.denied.n == 0 ? STATE_ABSENT : STATE_STATED;
    return consent;
}

struct consent consent_of(struct pool *pool, const struct contract *contract,
                          const struct json *event)
{
    return contract_is_rudderstack(contract) ? consent_of_lists(pool, contract, event)
                                             : consent_of_preferences(contract, event);
}

/* Of stated consent: exactly `true`; rudderstack: not denied. */
bool is_consented(const struct contract *contract, const struct consent *consent,
                  struct string category)
{
    if (contract_is_rudderstack(contract))
        return !strings_have(consent->denied, category);
    const struct json *preference = member_of(consent->preferences, category);
    return preference != NULL && preference->kind == JSON_TRUE;
}

/* ---- source and integrations ---- */

bool is_from_other_source(const struct contract *contract, const struct json *event)
{
    const struct json *value = event;
    for (size_t i = 0; i < contract->source_key.n; i++) {
        struct string token = contract->source_key.items[i];
        if (value->kind != JSON_OBJECT || count_of(value, token) != 1)
            return false;
        value = member_of(value, token);
    }
    return value->kind == JSON_STRING && strings_have(contract->other_sources, value->text);
}

bool integrations_are_empty(const struct json *event)
{
    const struct json *integrations;
    enum found found = step(event, word("integrations"), &integrations);
    return found == MISSING || (found == FOUND && integrations->first == NULL);
}

static bool allows(const struct json *value)
{
    return value->kind == JSON_TRUE || value->kind == JSON_OBJECT;
}

bool integrations_allow_target(const struct json *event, const struct target *target)
{
    const struct json *integrations;
    enum found found = step(event, word("integrations"), &integrations);
    if (found != FOUND)
        return found == MISSING;
    if (count_of(integrations, word("All")) > 1)
        return false;
    bool own = false;
    for (size_t i = 0; i < target->integrations.n; i++) {
        struct string key = target->integrations.items[i];
        const struct json *value = member_of(integrations, key);
        if (value == NULL)
            continue;
        if (count_of(integrations, key) > 1 || !allows(value))
            return false;
        own = true;
    }
    const struct json *all = member_of(integrations, word("All"));
    return own || all == NULL || strcmp(target->kind, "warehouse") == 0 || allows(all);
}
