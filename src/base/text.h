/* A piece of text that somebody else owns: bytes and their number, no NUL at the end. */
#ifndef ASSENT_TEXT_H
#define ASSENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct text {
    const char *bytes;
    size_t len;
};

/* The text of a string literal. */
#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})

#define NO_TEXT ((struct text){0})

/* Byte for byte: nothing is normalised. */
static inline bool text_equal(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.bytes, b.bytes, a.len) == 0);
}

/* The order of their bytes, of two struct text, for qsort. */
static inline int text_compare(const void *a, const void *b)
{
    const struct text *x = a, *y = b;
    size_t len = x->len < y->len ? x->len : y->len;
    int order = len == 0 ? 0 : memcmp(x->bytes, y->bytes, len);
    return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

static inline char ascii_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static inline bool text_equal_but_for_ascii_case(struct text a, struct text b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (ascii_lower(a.bytes[i]) != ascii_lower(b.bytes[i]))
            return false;
    return true;
}

/* Without the white space of ASCII at its ends. */
static inline struct text text_trimmed(struct text text)
{
    static const char space[] = " \t\n\v\f\r";
    for (; text.len > 0 && memchr(space, text.bytes[0], sizeof space - 1) != NULL; text.len--)
        text.bytes++;
    while (text.len > 0 && memchr(space, text.bytes[text.len - 1], sizeof space - 1) != NULL)
        text.len--;
    return text;
}

/* The number of bytes up to the last c, itself included, or 0: memrchr is not everywhere. */
static inline size_t text_behind_last(struct text text, char c)
{
    enum { AT_ONCE = 256 };
    for (size_t n; text.len > 0; text.len -= n) {
        n = text.len < AT_ONCE ? text.len : AT_ONCE;
        if (memchr(text.bytes + text.len - n, c, n) == NULL)
            continue;
        while (text.bytes[text.len - 1] != c)
            text.len--;
        return text.len;
    }
    return 0;
}

/* Takes the next line, its end included, off the rest of a text; false when none is left. */
static inline bool text_next_line(struct text *rest, struct text *line)
{
    if (rest->len == 0)
        return false;
    const char *end = memchr(rest->bytes, '\n', rest->len);
    *line = (struct text){rest->bytes, end == NULL ? rest->len : (size_t)(end - rest->bytes) + 1};
    *rest = (struct text){rest->bytes + line->len, rest->len - line->len};
    return true;
}

static inline struct text text_of(const char *string)
{
    return (struct text){string, strlen(string)};
}

#endif
