#include "mapping/members.h"

static const char *const kind_names[] = {
    [TREE_NULL] = "null",       [TREE_BOOLEAN] = "true or false", [TREE_NUMBER] = "a number",
    [TREE_STRING] = "a string", [TREE_ARRAY] = "an array",        [TREE_OBJECT] = "an object",
};

const char *quote(struct reader *reader, struct text text)
{
    return quoted(reader->arena, text);
}

const char *quote_and_suggest(struct reader *reader, struct text text,
                              const struct text *candidates, size_t n)
{
    return quoted_with_hint(reader->arena, text,
                            suggest(&reader->suggestions, text, candidates, n));
}

bool has_kind(struct reader *reader, const struct tree *value, enum tree_kind kind,
              const char *what)
{
    if (value->kind == kind)
        return true;
    findings_add(reader->findings, FINDING_WRONG_TYPE, value->at, "%s must be %s, not %s", what,
                 kind_names[kind], kind_names[value->kind]);
    return false;
}

static bool is_member(const struct tree *child, const struct member *members)
{
    for (; members->key != NULL; members++)
        if (text_equal(child->key, text_of(members->key)))
            return true;
    return false;
}

/* Words as they stand in a table, for suggest; in the arena. */
struct words {
    struct text *texts;
    size_t n;
};

static void words_add(struct reader *reader, struct words *words, const char *word)
{
    words->texts = arena_one_more(reader->arena, words->texts, words->n, sizeof *words->texts);
    words->texts[words->n++] = text_of(word);
}

/* "a, b, c" */
static const char *word_list(struct reader *reader, const struct words *words)
{
    size_t size = 1;
    for (size_t i = 0; i < words->n; i++)
        size += words->texts[i].len + 2;
    char *list = arena_alloc(reader->arena, size);
    for (size_t i = 0; i < words->n; i++) {
        if (i > 0)
            strcat(list, ", ");
        strncat(list, words->texts[i].bytes, words->texts[i].len);
    }
    return list;
}

static void unknown_key(struct reader *reader, const struct tree *child,
                        const struct member *members)
{
    struct words known = {0};
    for (; members->key != NULL; members++)
        words_add(reader, &known, members->key);
    findings_add(
        reader->findings, FINDING_UNKNOWN_KEY, child->key_at, "unknown key %s: known here are %s",
        quote_and_suggest(reader, child->key, known.texts, known.n), word_list(reader, &known));
}

/* Reads one key of an object: its first occurrence counts, every further one is a finding. */
static void read_member(struct reader *reader, const struct tree *object,
                        const struct member *member, void *into)
{
    const struct tree *found = NULL;
    for (const struct tree *child = object->first; child != NULL; child = child->next) {
        if (!text_equal(child->key, text_of(member->key)))
            continue;
        if (found != NULL) {
            findings_add(reader->findings, FINDING_DUPLICATE_KEY, child->key_at,
                         "the key \"%s\" is here a second time: keep one of the two", member->key);
            continue;
        }
        found = child;
        if (has_kind(reader, child, member->kind, quote(reader, child->key)))
            member->read(reader, child, into);
    }
    if (found == NULL && member->required)
        findings_add(reader->findings, FINDING_MISSING_KEY, object->at,
                     "the key \"%s\" is missing: add it", member->key);
}

void read_members(struct reader *reader, const struct tree *object, const struct member *members,
                  void *into)
{
    for (const struct tree *child = object->first; child != NULL; child = child->next)
        if (!is_member(child, members))
            unknown_key(reader, child, members);
    for (const struct member *member = members; member->key != NULL; member++)
        read_member(reader, object, member, into);
}

int read_word(struct reader *reader, const struct tree *value, const char *const *words,
              enum finding_code code, const char *what)
{
    int word = word_find(words, value->text);
    if (word >= 0)
        return word;
    struct words known = {0};
    for (; *words != NULL; words++)
        words_add(reader, &known, *words);
    findings_add(reader->findings, code, value->at, "unknown %s %s: it can be %s", what,
                 quote_and_suggest(reader, value->text, known.texts, known.n),
                 word_list(reader, &known));
    return -1;
}
