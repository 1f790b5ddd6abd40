#include "mapping/read.h"

#include "base/utf8.h"
#include "mapping/reading.h"

void read_text(struct reader *reader, const struct tree *value, void *into)
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

static const struct shape *shape_of(const struct reader *reader)
{
    return &shapes[reader->mapping->policy->shape];
}

/* Only a shape's single member may have another name. */
static bool names_preferences(const struct reader *reader)
{
    return shape_has_one_member(reader->mapping->policy->shape);
}

/* ---- version, policy, rules ---- */

static void read_version(struct reader *reader, const struct tree *value, void *into)
{
    (void)into;
    if (!text_equal(value->text, TEXT("1")))
        findings_add(reader->findings, FINDING_BAD_VERSION, value->at,
                     "\"version\" must be 1, the version of the format that this program reads");
}

/* Where consent is unless the file says. */
static void read_shape(struct reader *reader)
{
    json_path_parse(reader->arena, text_of(shape_of(reader)->object), &reader->consent);
    reader->preferences = text_of(shape_of(reader)->members[0].key);
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
        read_shape(reader);
    }
}

void read_knob(struct reader *reader, const struct tree *value, enum knob knob, unsigned char *into)
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
        if (text_equal(value->key, text_of(knob_words[knob].name))) {
            read_knob(reader, value, knob, &rules->knob[knob]);
            reader->match_in_rules = reader->match_in_rules || knob == KNOB_MATCH;
        }
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
    static const struct member object_alone[] = {
        {"object", TREE_STRING, read_consent_object, false},
        MEMBERS_END,
    };
    read_members(reader, object, names_preferences(reader) ? members : object_alone, into);
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
    else if (utf8_has_control(id))
        why = "has a control character";
    else if (shape_of(reader)->any_ids)
        return;
    else if (id.bytes[0] >= '0' && id.bytes[0] <= '9')
        why = "starts with a digit";
    else if (utf8_characters(id) > LONGEST)
        why = "is longer than 34 characters";
    if (why != NULL)
        findings_add(reader->findings, FINDING_BAD_CATEGORY_ID, at,
                     "the category id %s %s: rename it", quote(reader, id), why);
}

size_t category_add(struct reader *reader, struct text id, size_t at, bool *was_new)
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

/* The pointer, and the token behind it. */
static struct json_path extended(struct reader *reader, struct json_path path, struct text token)
{
    size_t n = path.n_tokens;
    struct text *tokens = arena_alloc(reader->arena, (n + 1) * sizeof *tokens);
    if (n != 0)
        memcpy(tokens, path.tokens, n * sizeof *tokens);
    tokens[n] = token;
    return (struct json_path){tokens, n + 1};
}

/* A shape with one member is read there; of one with several, each is looked at on its own. */
static void build_consent_paths(struct reader *reader)
{
    struct mapping *mapping = reader->mapping;
    struct key_paths *paths = &mapping->paths;
    const struct shape *shape = shape_of(reader);
    if (names_preferences(reader)) {
        mapping->preferences_named = reader->preferences.len != 0;
        struct json_path path = mapping->preferences_named
                                    ? extended(reader, reader->consent, reader->preferences)
                                    : reader->consent;
        paths->consent = key_paths_add(paths, reader->arena, path, shape->members[0].role);
        return;
    }
    paths->consent = key_paths_add(paths, reader->arena, reader->consent, 0);
    for (size_t i = 0; shape->members[i].key != NULL; i++) {
        struct json_path path = extended(reader, reader->consent, text_of(shape->members[i].key));
        struct key_way way = key_paths_add(paths, reader->arena, path, shape->members[i].role);
        paths->members[i] = way.nodes[way.n - 1];
    }
}

static const char *const provider_names[N_PROVIDERS] = {
    [PROVIDER_ONE_TRUST] = "oneTrust",
    [PROVIDER_KETCH] = "ketch",
    [PROVIDER_CUSTOM] = "custom",
};

static void build_paths(struct reader *reader)
{
    struct mapping *mapping = reader->mapping;
    struct arena *arena = reader->arena;
    struct text integrations = TEXT("integrations");
    build_consent_paths(reader);
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
                            .suggestions = SUGGEST_BUDGET};
    bool was_new;
    ids_add(&mapping->integrations, reader.arena, TEXT("All"), &was_new);
    for (size_t i = 0; i < N_PROVIDERS; i++)
        ids_add(&mapping->providers, reader.arena, text_of(provider_names[i]), &was_new);
    read_shape(&reader);
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
