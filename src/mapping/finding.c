#include "mapping/finding.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const names[] = {
    [FINDING_NOT_JSON] = "not-json",
    [FINDING_NOT_UTF8] = "not-utf8",
    [FINDING_TOO_LARGE] = "too-large",
    [FINDING_TOO_DEEP] = "too-deep",
    [FINDING_LONE_SURROGATE] = "lone-surrogate",
    [FINDING_WRONG_TYPE] = "wrong-type",
    [FINDING_UNKNOWN_KEY] = "unknown-key",
    [FINDING_DUPLICATE_KEY] = "duplicate-key",
    [FINDING_MISSING_KEY] = "missing-key",
    [FINDING_BAD_VERSION] = "bad-version",
    [FINDING_UNKNOWN_POLICY] = "unknown-policy",
    [FINDING_UNKNOWN_VALUE] = "unknown-value",
    [FINDING_BAD_POINTER] = "bad-pointer",
    [FINDING_BAD_CATEGORY_ID] = "bad-category-id",
    [FINDING_BAD_DESTINATION_ID] = "bad-destination-id",
    [FINDING_UNDECLARED_CATEGORY] = "undeclared-category",
    [FINDING_DUPLICATE_CATEGORY] = "duplicate-category",
    [FINDING_SOURCE_BOTH_KINDS] = "source-both-kinds",
    [FINDING_NO_DESTINATION] = "no-destination",
};

const char *finding_name(enum finding_code code)
{
    return names[code];
}

void findings_add(struct findings *findings, enum finding_code code, size_t at, const char *format,
                  ...)
{
    if (findings->n == FINDINGS_MOST) {
        findings->n_more++;
        return;
    }
    char sentence[400];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    size_t size = len < 0 ? 1 : (size_t)len + 1 < sizeof sentence ? (size_t)len + 1 : sizeof sentence;
    char *text = arena_alloc(findings->arena, size);
    memcpy(text, sentence, size - 1);
    findings->list =
        arena_one_more(findings->arena, findings->list, findings->n, sizeof *findings->list);
    findings->list[findings->n++] = (struct finding){code, at, text};
}

static int by_place(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->code > y->code) - (x->code < y->code);
}

void findings_sort(struct findings *findings)
{
    if (findings->n != 0)
        qsort(findings->list, findings->n, sizeof *findings->list, by_place);
}

const char *quoted(struct arena *arena, struct text text)
{
    enum { LONGEST = 80 };
    size_t len = text.len;
    if (len > LONGEST) {
        len = LONGEST;
        while (len > 0 && ((unsigned char)text.bytes[len] & 0xC0) == 0x80)
            len--; /* not inside of a character */
    }
    char *out = arena_alloc(arena, 6 * len + sizeof "\"\"...");
    char *to = out;
    *to++ = '"';
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        unsigned char next = i + 1 < len ? (unsigned char)text.bytes[i + 1] : 0;
        if (c < 0x20 || c == 0x7F)
            to += sprintf(to, "\\u%04x", c);
        else if (c == 0xC2 && next < 0xA0 && ++i < len)
            to += sprintf(to, "\\u%04x", next);
        else
            *to++ = (char)c;
    }
    strcpy(to, len < text.len ? "\"..." : "\"");
    return out;
}

struct place_walk place_walk_start(struct text file)
{
    bool bom = file.len >= 3 && memcmp(file.bytes, "\xEF\xBB\xBF", 3) == 0;
    return (struct place_walk){.file = file, .at = bom ? 3 : 0, .line = 1, .column = 1};
}

void place_walk_to(struct place_walk *walk, size_t at)
{
    for (; walk->at < at && walk->at < walk->file.len; walk->at++) {
        unsigned char c = (unsigned char)walk->file.bytes[walk->at];
        if (c == '\n') {
            walk->line++;
            walk->column = 1;
        } else if ((c & 0xC0) != 0x80) {
            walk->column++;
        }
    }
}
