#include "mapping/read.h"

#include "base/utf8.h"
#include "mapping/members.h"

static void read_text(struct reader *reader, const struct tree *value, void *into)
{
    (void)reader;
    *(struct text *)into = value->text;
}

static void read_nothing(struct reader *reader, const struct tree *value, void *into)
{
    (void)reader;
    (void)value;
    (void)into;
}

static void read_pointer(struct reader *reader, const struct tree *value, void *into)
{
    if (!json_path_parse(reader->arena, value->text, into))
        findings_add(reader->findings, FINDING_BAD_POINTER, value->at,
                     "%s is no JSON Pointer: write it like \"/context/consent\", with ~0 for ~ "
                     "and ~1 for / inside of a key",
                     quote(reader, value->text));
}

/* ---- version, policy, rules ---- */

static void read_version(struct reader *reader, const struct tree *value, void *into)
{
    (void)into;
    if (!text_equal(value->text, TEXT("1")))
        findings_add(reader->findings, FINDING_BAD_VERSION, value->at,
                     "\"version\" must be 1, the version of the format that this program reads");
}

static void read_policy(struct reader *reader, const struct tree *value, void *into)
{
    (void)into;
    const char *words[8] = {NULL};
    for (size_t i = 0; policies[i].name != NULL; i++)
        words[i] = policies[i].name;
    int word = read_word(reader, value, words, FINDING_UNKNOWN_POLICY, "policy");
    if (word >= 0) {
        reader->mapping->policy = &policies[word];
        reader->mapping->rules = policies[word].rules;
    }
}

static void read_knob(struct reader *reader, const struct tree *value, enum knob knob,
                      unsigned char *into)
{
    char what[40] = "value of the knob ";
    strcat(what, knob_words[knob].name);
    int word = read_word(reader, value, knob_words[knob].values, FINDING_UNKNOWN_VALUE, what);
    if (word >= 0)
        *into = (unsigned char)word;
}

/* `into` is the rules; the member's key says which knob. */
static void read_rule(struct reader *reader, const struct tree *value, void *into)
{
    struct rules *rules = into;
    for (enum knob knob = 0; knob < N_KNOBS; knob++)
        if (text_equal(value->key, text_of(knob_words[knob].name)))
            read_knob(reader, value, knob, &rules->knob[knob]);
}

static void read_rules(struct reader *reader, const struct tree *object, void *into)
{
    (void)into;
    struct member members[N_KNOBS + 1] = {MEMBERS_END};
    for (enum knob knob = 0; knob < N_KNOBS; knob++)
        members[knob] = (struct member){knob_words[knob].name, TREE_STRING, read_rule, false};
    read_members(reader, object, members, &reader->mapping->rules);
}

/* ---- consent, sources ---- */

static void read_consent_object(struct reader *reader, const struct tree *value, void *into)
{
    (void)into;
    read_pointer(reader, value, &reader->consent);
}

static void read_preferences(struct reader *reader, const struct tree *value, void *into)
{
    (void)into;
    read_text(reader, value, &reader->preferences);
}

static void read_consent(struct reader *reader, const struct tree *object, void *into)
{
    static const struct member members[] = {
        {"object", TREE_STRING, read_consent_object, false},
        {"preferences", TREE_STRING, read_preferences, false},
        MEMBERS_END,
    };
    read_members(reader, object, members, into);
}

static void read_source_ids(struct reader *reader, const struct tree *array, struct ids *ids,
                            const struct ids *other_kind)
{
    for (const struct tree *value = array->first; value != NULL; value = value->next) {
        if (!has_kind(reader, value, TREE_STRING, "a source id"))
            continue;
        bool was_new;
        ids_add(ids, reader->arena, value->text, &was_new);
        if (ids_find(other_kind, value->text) != IDS_NONE)
            findings_add(reader->findings, FINDING_SOURCE_BOTH_KINDS, value->at,
                         "the source %s is listed as \"website\" and as \"other\": "
                         "keep it in one of the two",
                         quote(reader, value->text));
    }
}

static void read_source_key(struct reader *reader, const struct tree *value, void *into)
{
    (void)into;
    read_pointer(reader, value, &reader->source);
}

static void read_website(struct reader *reader, const struct tree *array, void *into)
{
    (void)into;
    struct mapping *mapping = reader->mapping;
    read_source_ids(reader, array, &mapping->sources_website, &mapping->sources_other);
}

static void read_other(struct reader *reader, const struct tree *array, void *into)
{
    (void)into;
    struct mapping *mapping = reader->mapping;
    read_source_ids(reader, array, &mapping->sources_other, &mapping->sources_website);
}

static void read_sources(struct reader *reader, const struct tree *object, void *into)
{
    static const struct member members[] = {
        {"key", TREE_STRING, read_source_key, false},
        {"website", TREE_ARRAY, read_website, false},
        {"other", TREE_ARRAY, read_other, false},
        MEMBERS_END,
    };
    read_members(reader, object, members, into);
}

/* ---- categories ---- */

static void check_category_id(struct reader *reader, struct text id, size_t at)
{
    enum { LONGEST = 34 };
    const char *why = NULL;
    if (id.len == 0)
        why = "is empty";
    else if (id.bytes[0] >= '0' && id.bytes[0] <= '9')
        why = "starts with a digit";
    else if (utf8_has_control(id))
        why = "has a control character";
    else if (utf8_characters(id) > LONGEST)
        why = "is longer than 34 characters";
    if (why != NULL)
        findings_add(reader->findings, FINDING_BAD_CATEGORY_ID, at,
                     "the category id %s %s: rename it", quote(reader, id), why);
}

/* The number of a category, which is known from now on. */
static size_t category_add(struct reader *reader, struct text id, size_t at, bool *was_new)
{
    struct mapping *mapping = reader->mapping;
    size_t n = mapping->category_ids.n;
    size_t number = ids_add(&mapping->category_ids, reader->arena, id, was_new);
    if (*was_new) {
        mapping->categories =
            arena_one_more(reader->arena, mapping->categories, n, sizeof *mapping->categories);
        mapping->categories[number] =
            (struct category){.id = id, .name = id, .enabled = true, .at = at};
        check_category_id(reader, id, at);
    }
    return number;
}

static void read_category_name(struct reader *reader, const struct tree *value, void *into)
{
    read_text(reader, value, &((struct category *)into)->name);
}

static void read_description(struct reader *reader, const struct tree *value, void *into)
{
    read_text(reader, value, &((struct category *)into)->description);
}

static void read_enabled(struct reader *reader, const struct tree *value, void *into)
{
    (void)reader;
    ((struct category *)into)->enabled = value->is_true;
}

static void read_categories(struct reader *reader, const struct tree *object, void *into)
{
    static const struct member members[] = {
        {"name", TREE_STRING, read_category_name, false},
        {"description", TREE_STRING, read_description, false},
        {"enabled", TREE_BOOLEAN, read_enabled, false},
        MEMBERS_END,
    };
    (void)into;
    reader->categories_declared = true;
    for (const struct tree *child = object->first; child != NULL; child = child->next) {
        bool was_new;
        size_t number = category_add(reader, child->key, child->key_at, &was_new);
        if (!was_new)
            findings_add(reader->findings, FINDING_DUPLICATE_KEY, child->key_at,
                         "the category %s is declared a second time: keep one of the two",
                         quote(reader, child->key));
        else if (has_kind(reader, child, TREE_OBJECT, "a category"))
            read_members(reader, child, members, &reader->mapping->categories[number]);
    }
}

/* ---- destinations ---- */

static bool id_in_use_elsewhere(struct text id)
{
    static const char *const taken[] = {".", "..", "__proto__", "prototype", "constructor", NULL};
    return word_find(taken, id) >= 0;
}

static void check_destination_id(struct reader *reader, struct text id, size_t at)
{
    enum { LONGEST = 255 };
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._-";
    const char *why = NULL;
    for (size_t i = 0; i < id.len; i++)
        if (memchr(allowed, id.bytes[i], sizeof allowed - 1) == NULL)
            why = "has a character other than A-Z a-z 0-9 . _ -";
    if (id.len == 0)
        why = "is empty";
    else if (id.len > LONGEST)
        why = "is longer than 255 bytes";
    else if (id_in_use_elsewhere(id))
        why = "has a meaning of its own to file systems or JavaScript";
    if (why != NULL)
        findings_add(reader->findings, FINDING_BAD_DESTINATION_ID, at,
                     "the destination id %s %s: rename it", quote(reader, id), why);
}

/* Room for as many numbers as the array has children. */
static size_t *room_for_children(struct reader *reader, const struct tree *array)
{
    size_t n = 0;
    for (const struct tree *value = array->first; value != NULL; value = value->next)
        n++;
    return arena_alloc(reader->arena, n * sizeof(size_t));
}

static void read_destination_categories(struct reader *reader, const struct tree *array, void *into)
{
    struct destination *destination = into;
    const struct ids *declared = &reader->mapping->category_ids;
    struct ids here = {0};
    destination->categories = room_for_children(reader, array);
    for (const struct tree *value = array->first; value != NULL; value = value->next) {
        if (!has_kind(reader, value, TREE_STRING, "a category id"))
            continue;
        bool was_new;
        ids_add(&here, reader->arena, value->text, &was_new);
        if (!was_new) {
            findings_add(reader->findings, FINDING_DUPLICATE_CATEGORY, value->at,
                         "the category %s is listed a second time for this destination: "
                         "remove one of the two",
                         quote(reader, value->text));
            continue;
        }
        if (reader->categories_declared && ids_find(declared, value->text) == IDS_NONE) {
            findings_add(reader->findings, FINDING_UNDECLARED_CATEGORY, value->at,
                         "the category %s is not declared: add it to \"categories\" or correct it",
                         quote_and_suggest(reader, value->text, declared->texts, declared->n));
            continue;
        }
        size_t category = category_add(reader, value->text, value->at, &was_new);
        destination->categories[destination->n_categories++] = category;
    }
}

static void add_integration(struct reader *reader, struct destination *destination, struct text key)
{
    bool was_new;
    destination->integrations[destination->n_integrations++] =
        ids_add(&reader->mapping->integrations, reader->arena, key, &was_new);
}

static void read_integrations(struct reader *reader, const struct tree *array, void *into)
{
    struct destination *destination = into;
    destination->integrations = room_for_children(reader, array);
    for (const struct tree *value = array->first; value != NULL; value = value->next)
        if (has_kind(reader, value, TREE_STRING, "an integrations key"))
            add_integration(reader, destination, value->text);
}

static void read_destination_name(struct reader *reader, const struct tree *value, void *into)
{
    read_text(reader, value, &((struct destination *)into)->name);
}

static void read_kind(struct reader *reader, const struct tree *value, void *into)
{
    int word = read_word(reader, value, kind_words, FINDING_UNKNOWN_VALUE, "kind");
    if (word >= 0)
        ((struct destination *)into)->kind = (enum kind)word;
}

static void read_match(struct reader *reader, const struct tree *value, void *into)
{
    struct destination *destination = into;
    unsigned char match = (unsigned char)destination->match;
    read_knob(reader, value, KNOB_MATCH, &match);
    destination->match = (enum match)match;
}

/* Either form of a destination: an array of categories, or an object. */
static void read_destination(struct reader *reader, const struct tree *value,
                             struct destination *destination)
{
    static const struct member members[] = {
        {"name", TREE_STRING, read_destination_name, false},
        {"categories", TREE_ARRAY, read_destination_categories, false},
        {"integrations", TREE_ARRAY, read_integrations, false},
        {"kind", TREE_STRING, read_kind, false},
        {"match", TREE_STRING, read_match, false},
        MEMBERS_END,
    };
    if (value->kind == TREE_ARRAY)
        read_destination_categories(reader, value, destination);
    else if (has_kind(reader, value, TREE_OBJECT, "a destination that is no array of categories"))
        read_members(reader, value, members, destination);
    if (destination->integrations == NULL) {
        destination->integrations = arena_alloc(reader->arena, sizeof(size_t));
        add_integration(reader, destination, destination->name);
    }
}

static void read_destinations(struct reader *reader, const struct tree *object, void *into)
{
    (void)into;
    struct mapping *mapping = reader->mapping;
    if (object->first == NULL)
        findings_add(reader->findings, FINDING_NO_DESTINATION, object->at,
                     "\"destinations\" is empty: name at least one destination");
    for (const struct tree *child = object->first; child != NULL; child = child->next) {
        bool was_new;
        size_t n = mapping->destination_ids.n;
        ids_add(&mapping->destination_ids, reader->arena, child->key, &was_new);
        if (!was_new) {
            findings_add(reader->findings, FINDING_DUPLICATE_KEY, child->key_at,
                         "the destination %s is here a second time: keep one of the two",
                         quote(reader, child->key));
            continue;
        }
        check_destination_id(reader, child->key, child->key_at);
        mapping->destinations =
            arena_one_more(reader->arena, mapping->destinations, n, sizeof *mapping->destinations);
        mapping->destinations[n] =
            (struct destination){.id = child->key,
                                 .name = child->key,
                                 .match = (enum match)mapping->rules.knob[KNOB_MATCH],
                                 .at = child->key_at};
        read_destination(reader, child, &mapping->destinations[n]);
    }
}

/* ---- the file ---- */

/* Later sections lean on earlier ones, so the order of this table is the order of reading. */
static const struct member file_members[] = {
    {"$schema", TREE_STRING, read_nothing, false},
    {"version", TREE_NUMBER, read_version, true},
    {"policy", TREE_STRING, read_policy, false},
    {"rules", TREE_OBJECT, read_rules, false},
    {"consent", TREE_OBJECT, read_consent, false},
    {"sources", TREE_OBJECT, read_sources, false},
    {"categories", TREE_OBJECT, read_categories, false},
    {"destinations", TREE_OBJECT, read_destinations, true},
    MEMBERS_END,
};

static void build_paths(struct reader *reader)
{
    struct mapping *mapping = reader->mapping;
    struct arena *arena = reader->arena;
    struct json_path preferences = reader->consent;
    mapping->preferences_named = reader->preferences.len != 0;
    if (mapping->preferences_named) {
        size_t n = preferences.n_tokens;
        preferences.tokens = arena_alloc(arena, (n + 1) * sizeof *preferences.tokens);
        if (n != 0)
            memcpy(preferences.tokens, reader->consent.tokens, n * sizeof *preferences.tokens);
        preferences.tokens[n] = reader->preferences;
        preferences.n_tokens = n + 1;
    }
    struct text integrations = TEXT("integrations");
    mapping->paths.consent = key_paths_add(&mapping->paths, arena, preferences, ROLE_PREFERENCES);
    mapping->paths.integrations = key_paths_add(
        &mapping->paths, arena, (struct json_path){&integrations, 1}, ROLE_INTEGRATIONS);
    if (mapping->sources_website.n != 0 || mapping->sources_other.n != 0)
        mapping->paths.source = key_paths_add(&mapping->paths, arena, reader->source, ROLE_SOURCE);
}

void mapping_read(struct mapping *mapping, struct text file, struct findings *findings)
{
    *mapping = (struct mapping){.policy = &policies[0], .rules = policies[0].rules};
    struct reader reader = {.arena = findings->arena,
                            .findings = findings,
                            .mapping = mapping,
                            .suggestions = SUGGEST_BUDGET,
                            .preferences = TEXT("categoryPreferences")};
    bool was_new;
    ids_add(&mapping->integrations, reader.arena, TEXT("All"), &was_new);
    json_path_parse(reader.arena, TEXT("/context/consent"), &reader.consent);
    json_path_parse(reader.arena, TEXT("/writeKey"), &reader.source);
    struct tree *root = tree_parse(file, findings);
    if (root != NULL && has_kind(&reader, root, TREE_OBJECT, "a mapping"))
        read_members(&reader, root, file_members, NULL);
    if (findings->n == 0) {
        build_paths(&reader);
        mapping_build_masks(mapping, reader.arena);
    }
    findings_sort(findings);
}
