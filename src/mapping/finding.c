#include "mapping/finding.h"

#include "base/json_string.h"
#include "base/page.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistr.h>

#define ERROR(name, meaning)                                                                       \
    {                                                                                              \
        name, SEVERITY_ERROR, meaning                                                              \
    }
#define WARNING(name, meaning)                                                                     \
    {                                                                                              \
        name, SEVERITY_WARNING, meaning                                                            \
    }

const struct finding_kind finding_kinds[N_FINDING_CODES] = {
    [FINDING_NOT_JSON] = ERROR("not-json", "The file is not strict JSON."),
    [FINDING_NOT_UTF8] = ERROR("not-utf8", "The file is not strict UTF-8."),
    [FINDING_TOO_LARGE] = ERROR("too-large", "The file is too large to be a mapping."),
    [FINDING_TOO_DEEP] = ERROR("too-deep", "Values are nested too deep to be a mapping."),
    [FINDING_LONE_SURROGATE] =
        ERROR("lone-surrogate", "A string holds half of a surrogate pair, which is no character."),
    [FINDING_WRONG_TYPE] = ERROR("wrong-type", "A value has another type than its key asks for."),
    [FINDING_UNKNOWN_KEY] = ERROR("unknown-key", "An object has a key that means nothing there."),
    [FINDING_DUPLICATE_KEY] = ERROR("duplicate-key", "An object has a key twice."),
    [FINDING_MISSING_KEY] = ERROR("missing-key", "A key that is required is missing."),
    [FINDING_BAD_VERSION] = ERROR("bad-version", "The version of the format is not 1."),
    [FINDING_UNKNOWN_POLICY] = ERROR("unknown-policy", "No policy has this name."),
    [FINDING_UNKNOWN_VALUE] =
        ERROR("unknown-value", "A knob or a kind has a value that it cannot have."),
    [FINDING_BAD_POINTER] = ERROR("bad-pointer", "A string that must be a JSON Pointer is none."),
    [FINDING_BAD_CATEGORY_ID] = ERROR("bad-category-id", "A category id breaks the rules for ids."),
    [FINDING_BAD_DESTINATION_ID] =
        ERROR("bad-destination-id", "A destination id breaks the rules for ids."),
    [FINDING_UNDECLARED_CATEGORY] =
        ERROR("undeclared-category", "A destination names a category that is not declared."),
    [FINDING_DUPLICATE_CATEGORY] =
        ERROR("duplicate-category", "A destination names a category twice."),
    [FINDING_SOURCE_BOTH_KINDS] =
        ERROR("source-both-kinds", "A source is listed as website and as other."),
    [FINDING_NO_DESTINATION] = ERROR("no-destination", "The mapping has no destination."),
    [FINDING_DUPLICATE_PROVIDER] =
        ERROR("duplicate-provider", "A destination names a provider twice."),

    [FINDING_UNMAPPED_DESTINATION] =
        WARNING("unmapped-destination", "A destination is mapped to no category."),
    [FINDING_UNUSED_CATEGORY] =
        WARNING("unused-category", "A declared category is named by no destination."),
    [FINDING_DISABLED_CATEGORY_MAPPED] =
        WARNING("disabled-category-mapped", "Destinations are mapped to a disabled category."),
    [FINDING_SIMILAR_IDS] =
        WARNING("similar-ids", "Two ids differ, but look the same or nearly so."),
    [FINDING_SHARED_INTEGRATIONS_KEY] =
        WARNING("shared-integrations-key", "Two destinations have the same integrations key."),
    [FINDING_NEVER_RECEIVES] =
        WARNING("never-receives", "No consent can make a destination receive an event."),
    [FINDING_OWN_KEY_ALL] = WARNING("own-key-all", "A destination's own integrations key is All."),
    [FINDING_EVENT_DECIDES_MATCH] =
        WARNING("event-decides-match", "Whoever sends an event says how much consent it needs."),

    [FINDING_CATEGORY_UNKNOWN] =
        WARNING("category-unknown", "Events hold a category that the mapping does not know."),
    [FINDING_CATEGORY_NEVER_SEEN] =
        WARNING("category-never-seen", "No event holds a category of the mapping."),
    [FINDING_PREFERENCE_NOT_BOOLEAN] =
        WARNING("preference-not-boolean", "Events hold a preference that is no boolean."),
    [FINDING_INTEGRATIONS_KEY_UNKNOWN] =
        WARNING("integrations-key-unknown", "Events hold an integrations key of no destination."),
    [FINDING_SOURCE_UNLISTED] =
        WARNING("source-unlisted", "Events come from a source that the mapping does not list."),
    [FINDING_PROVIDER_UNKNOWN] =
        WARNING("provider-unknown", "Events hold a consent provider that no destination names."),
    [FINDING_PROVIDER_NEVER_SEEN] =
        WARNING("provider-never-seen", "No event holds a consent provider of the mapping."),
    [FINDING_REJECTED_LINES] = WARNING("rejected-lines", "Lines of the events are no events."),
};

static void add(struct findings *findings, struct finding finding, const char *format, va_list args)
{
    if (findings->n == FINDINGS_MOST) {
        findings->n_more++;
        return;
    }
    struct page sentence = {.arena = findings->arena};
    page_vprintf(&sentence, format, args);
    page_put(&sentence, "", 1);
    finding.text = sentence.bytes;
    finding.order = findings->n;
    findings->list =
        arena_one_more(findings->arena, findings->list, findings->n, sizeof *findings->list);
    findings->list[findings->n++] = finding;
}

void findings_add(struct findings *findings, enum finding_code code, size_t at, const char *format,
                  ...)
{
    va_list args;
    va_start(args, format);
    add(findings, (struct finding){.code = code, .at = at}, format, args);
    va_end(args);
}

void findings_add_elsewhere(struct findings *findings, enum finding_code code, struct place place,
                            const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(findings, (struct finding){.code = code, .at = SIZE_MAX, .place = place}, format, args);
    va_end(args);
}

static int by_place(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->place.line != y->place.line)
        return x->place.line < y->place.line ? -1 : 1;
    if (x->code != y->code)
        return x->code < y->code ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

void findings_sort(struct findings *findings)
{
    if (findings->n != 0)
        qsort(findings->list, findings->n, sizeof *findings->list, by_place);
}

/* One character of a text in quotes. */
static char *put_shown(char *to, const uint8_t *bytes, size_t len, uint32_t c)
{
    if (utf8_is_harmful(c))
        return json_string_escape(to, c);
    if (c == '"' || c == '\\')
        *to++ = '\\';
    memcpy(to, bytes, len);
    return to + len;
}

static const char *quote(struct arena *arena, struct text text, size_t longest)
{
    size_t len = text.len;
    if (len > longest) {
        len = longest;
        while (len > 0 && ((unsigned char)text.bytes[len] & 0xC0) == 0x80)
            len--; /* not inside of a character */
    }
    char *out = arena_alloc(arena, 6 * len + sizeof "\"\"...");
    char *to = out;
    *to++ = '"';
    for (size_t i = 0; i < len;) {
        const uint8_t *bytes = (const uint8_t *)text.bytes + i;
        ucs4_t c;
        int n = u8_mbtoucr(&c, bytes, len - i);
        to = n > 0 ? put_shown(to, bytes, (size_t)n, c) : json_string_escape(to, 0xFFFD);
        i += n > 0 ? (size_t)n : 1;
    }
    strcpy(to, len < text.len ? "\"..." : "\"");
    return out;
}

const char *quoted(struct arena *arena, struct text text)
{
    enum { LONGEST = 80 };
    return quote(arena, text, LONGEST);
}

const char *quoted_whole(struct arena *arena, struct text text)
{
    return quote(arena, text, SIZE_MAX);
}

const char *quoted_list(struct arena *arena, struct text *texts, size_t n)
{
    struct page page = {.arena = arena};
    if (n != 0)
        qsort(texts, n, sizeof *texts, text_compare);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || !text_equal(texts[i], texts[i - 1])) {
            page_add(&page, i == 0 ? "" : ", ");
            page_add(&page, quoted_whole(arena, texts[i]));
        }
    page_put(&page, "", 1);
    return page.bytes;
}

const char *quoted_with_hint(struct arena *arena, struct text text, struct text hint)
{
    const char *words = quoted(arena, text);
    if (hint.bytes == NULL)
        return words;
    const char *meant = quoted(arena, hint);
    size_t size = strlen(words) + strlen(meant) + sizeof " (did you mean ?)";
    char *both = arena_alloc(arena, size);
    snprintf(both, size, "%s (did you mean %s?)", words, meant);
    return both;
}

struct place_walk place_walk_start(struct text file)
{
    bool bom = file.len >= 3 && memcmp(file.bytes, "\xEF\xBB\xBF", 3) == 0;
    return (struct place_walk){
        .file = file, .at = bom ? 3 : 0, .line_at = bom ? 3 : 0, .line = 1, .column = 1};
}

void place_walk_to(struct place_walk *walk, size_t at)
{
    for (; walk->at < at && walk->at < walk->file.len; walk->at++) {
        unsigned char c = (unsigned char)walk->file.bytes[walk->at];
        if (c == '\n') {
            walk->line++;
            walk->line_at = walk->at + 1;
            walk->column = 1;
        } else if ((c & 0xC0) != 0x80) {
            walk->column++;
        }
    }
}
