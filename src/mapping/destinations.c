#include "mapping/reading.h"

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

static void read_need_categories(struct reader *reader, const struct tree *array, void *into)
{
    struct need *need = into;
    const struct ids *declared = &reader->mapping->category_ids;
    struct ids here = {0};
    need->categories = room_for_children(reader, array);
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
        need->categories[need->n_categories++] = category;
    }
}

static void add_integration(struct reader *reader, struct destination *destination, struct text key)
{
    bool was_new;
    destination->integrations[destination->n_integrations++] =
        ids_add(&reader->mapping->integrations, reader->arena, key, &was_new);
}

static void read_integrations(struct reader *reader, const struct tree *array,
                              struct destination *destination)
{
    destination->integrations = room_for_children(reader, array);
    for (const struct tree *value = array->first; value != NULL; value = value->next)
        if (has_kind(reader, value, TREE_STRING, "an integrations key"))
            add_integration(reader, destination, value->text);
}

static void read_match(struct reader *reader, const struct tree *value, void *into)
{
    struct need *need = into;
    unsigned char match = MATCH_ALL;
    read_knob(reader, value, KNOB_MATCH, &match);
    need->match = (enum match)match;
    need->match_given = true;
}

static void read_provider(struct reader *reader, const struct tree *value, void *into)
{
    bool was_new;
    if (value->text.len == 0)
        findings_add(reader->findings, FINDING_UNKNOWN_VALUE, value->at,
                     "\"provider\" is empty: name one, or leave it out for any");
    else
        ((struct need *)into)->provider =
            ids_add(&reader->mapping->providers, reader->arena, value->text, &was_new);
}

/* Where a need does not say it, the rules do. RudderStack's own rule is that the event says it; but
 * where the file asks for `all`, an event cannot ask for less. */
static void settle_match(const struct reader *reader, struct need *need)
{
    enum match rule = (enum match)reader->mapping->rules.knob[KNOB_MATCH];
    if (need->match_given)
        return;
    bool all = (rule == MATCH_ALL && reader->match_in_rules) || need->provider == PROVIDER_CUSTOM;
    need->match = !shapes[reader->mapping->policy->shape].by_provider ? rule
                  : all                                               ? MATCH_ALL
                                                                      : MATCH_BY_EVENT;
}

static struct need *need_add(struct reader *reader, struct destination *destination)
{
    destination->needs = arena_one_more(reader->arena, destination->needs, destination->n_needs,
                                        sizeof(struct need));
    struct need *need = &destination->needs[destination->n_needs++];
    *need = (struct need){.provider = PROVIDER_ANY};
    return need;
}

/* ---- the members of a destination, those of its only need among them ---- */

struct destination_reading {
    struct destination *destination;
    struct need *need; /* the only one */
    bool need_said, consents_said;
};

static void read_categories_member(struct reader *reader, const struct tree *value, void *into)
{
    struct destination_reading *reading = into;
    reading->need_said = true;
    read_need_categories(reader, value, reading->need);
}

static void read_match_member(struct reader *reader, const struct tree *value, void *into)
{
    struct destination_reading *reading = into;
    reading->need_said = true;
    read_match(reader, value, reading->need);
}

static void read_provider_member(struct reader *reader, const struct tree *value, void *into)
{
    struct destination_reading *reading = into;
    reading->need_said = true;
    read_provider(reader, value, reading->need);
}

static void read_name_member(struct reader *reader, const struct tree *value, void *into)
{
    read_text(reader, value, &((struct destination_reading *)into)->destination->name);
}

static void read_kind_member(struct reader *reader, const struct tree *value, void *into)
{
    int word = read_word(reader, value, kind_words, FINDING_UNKNOWN_VALUE, "kind");
    if (word >= 0)
        ((struct destination_reading *)into)->destination->kind = (enum kind)word;
}

static void read_integrations_member(struct reader *reader, const struct tree *array, void *into)
{
    read_integrations(reader, array, ((struct destination_reading *)into)->destination);
}

/* One need for each provider. */
static void read_consents_member(struct reader *reader, const struct tree *array, void *into)
{
    static const struct member members[] = {
        {"provider", TREE_STRING, read_provider, false},
        {"match", TREE_STRING, read_match, false},
        {"categories", TREE_ARRAY, read_need_categories, true},
        MEMBERS_END,
    };
    struct destination_reading *reading = into;
    struct destination *destination = reading->destination;
    struct ids here = {0};
    reading->consents_said = true;
    destination->n_needs = 0;
    for (const struct tree *value = array->first; value != NULL; value = value->next) {
        struct need *need = need_add(reader, destination);
        if (!has_kind(reader, value, TREE_OBJECT, "an item of \"consents\""))
            continue;
        read_members(reader, value, members, need);
        bool any = need->provider == PROVIDER_ANY, was_new; /* a provider's name is not empty */
        ids_add(&here, reader->arena,
                any ? NO_TEXT : reader->mapping->providers.texts[need->provider], &was_new);
        if (!was_new)
            findings_add(reader->findings, FINDING_DUPLICATE_PROVIDER, value->at,
                         "a second item of \"consents\" is for the same provider: make the two "
                         "one");
    }
    if (destination->n_needs == 0)
        need_add(reader, destination);
}

static const struct member destination_members[] = {
    {"name", TREE_STRING, read_name_member, false},
    {"categories", TREE_ARRAY, read_categories_member, false},
    {"integrations", TREE_ARRAY, read_integrations_member, false},
    {"kind", TREE_STRING, read_kind_member, false},
    {"match", TREE_STRING, read_match_member, false},
    MEMBERS_END,
};

/* Of the shape that knows providers. */
static const struct member destination_members_by_provider[] = {
    {"name", TREE_STRING, read_name_member, false},
    {"categories", TREE_ARRAY, read_categories_member, false},
    {"integrations", TREE_ARRAY, read_integrations_member, false},
    {"kind", TREE_STRING, read_kind_member, false},
    {"match", TREE_STRING, read_match_member, false},
    {"provider", TREE_STRING, read_provider_member, false},
    {"consents", TREE_ARRAY, read_consents_member, false},
    MEMBERS_END,
};

/* Either form of a destination: an array of categories, or an object. */
static void read_destination(struct reader *reader, const struct tree *value,
                             struct destination *destination)
{
    bool by_provider = shapes[reader->mapping->policy->shape].by_provider;
    struct destination_reading reading = {.destination = destination,
                                          .need = need_add(reader, destination)};
    if (value->kind == TREE_ARRAY)
        read_need_categories(reader, value, reading.need);
    else if (has_kind(reader, value, TREE_OBJECT, "a destination that is no array of categories"))
        read_members(reader, value,
                     by_provider ? destination_members_by_provider : destination_members, &reading);
    if (reading.need_said && reading.consents_said)
        findings_add(reader->findings, FINDING_UNKNOWN_KEY, value->at,
                     "beside \"consents\", \"categories\", \"match\" and \"provider\" mean "
                     "nothing: put them into its items");
    for (size_t i = 0; i < destination->n_needs; i++)
        settle_match(reader, &destination->needs[i]);
    if (destination->integrations == NULL) {
        destination->integrations = arena_alloc(reader->arena, sizeof(size_t));
        add_integration(reader, destination, destination->name);
    }
}

void read_destinations(struct reader *reader, const struct tree *object, void *into)
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
            (struct destination){.id = child->key, .name = child->key, .at = child->key_at};
        read_destination(reader, child, &mapping->destinations[n]);
    }
}
