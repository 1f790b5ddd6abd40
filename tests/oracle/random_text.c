#include "random_text.h"

#include <stdio.h>
#include <string.h>

void random_seed(struct random_text *to, uint64_t seed)
{
    to->state = 0x9E3779B97F4A7C15u ^ seed;
    to->len = 0;
}

uint32_t below(struct random_text *random, uint32_t n)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return (uint32_t)((random->state >> 32) * n >> 32);
}

bool once_in(struct random_text *random, uint32_t n)
{
    return below(random, n) == 0;
}

void add(struct random_text *to, const char *text)
{
    size_t n = strlen(text);
    if (to->len + n < sizeof to->bytes - 2000) {
        memcpy(to->bytes + to->len, text, n);
        to->len += n;
    }
}

void add_quoted(struct random_text *to, const char *text)
{
    add(to, "\"");
    add(to, text);
    add(to, "\"");
}

static const char *const strings[] = {
    "",
    "s",
    "t",
    "?",
    "true",
    "a longer text without any escapes in it, longer than two vectors",
    "\\\"",
    "\\\\",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud800",
    "\\udc00\\ud800",
    "é",
    "日本語",
    "😀",
    "0123456789abcde",
    "0123456789abcdef",
    "0123456789abcdef0123456789abcde\\n",
    "0123456789abcdef0123456789abcdef",
    "\\/\\b\\f\\n\\r\\t",
    "{\\\"consent\\\":{}}",
    "\xEF\xBB\xBF",
    "\xED\x9F\xBF",
    "\xF4\x8F\xBF\xBF",
    "\xE0\xA0\x80",
    "\xF0\x90\x80\x80",
    "\x7F",
    /* Refused: */
    "\\x",
    "\\u12g4",
    "\xC0\x80",
    "\xED\xA0\x80",
    "\xED\xBF\xBF",
    "\xF4\x90\x80\x80",
    "\xFF",
    "\x80",
    "\xE2\x82",
    "\t",
    "\x01",
    "\\u",
    "\\",
};

static const char *const scalars[] = {
    "\"or\"",
    "\"Ads\"",
    "\"oneTrust\"",
    "[\"Ads\",\"\",\"s\"]",
    "[\"\\u0041ds\",[],\"Fun\"]",
    "true",
    "false",
    "null",
    "0",
    "-0",
    "1",
    "-12.50",
    "1e999",
    "1E+2",
    "0.1e-7",
    "true",
    "true",
    "false",
    "12345678901234567890123",
    "\"s\"",
    "\"t\"",
    /* Refused: */
    "01",
    "+1",
    "1.",
    ".5",
    "1e",
    "-",
    "tru",
    "truee",
    "nul",
    "NaN",
    "0x1",
    "--1",
    "1e+",
};

/* Of a table whose first n_good are good ones: mostly one of those. */
#define PICK(to, table, n_good) (table)[below(to, once_in(to, 16) ? COUNT(table) : (n_good))]
#define COUNT(table) ((uint32_t)(sizeof(table) / sizeof(table)[0]))

void add_space(struct random_text *to)
{
    static const char *const spaces[] = {" ", "\t", "  ", "\t \t"};
    if (once_in(to, 12))
        add(to, spaces[below(to, 4)]);
}

void add_scalar(struct random_text *to)
{
    add(to, PICK(to, scalars, 21));
}

void add_value(struct random_text *to, unsigned depth)
{
    uint32_t what = below(to, depth > 6 ? 8 : 16);
    add_space(to);
    if (what < 5) {
        add_scalar(to);
    } else if (what < 8) {
        add_quoted(to, PICK(to, strings, 27));
    } else {
        bool object = what < 14;
        add(to, object ? "{" : "[");
        for (uint32_t i = 0, n = below(to, 5); i < n; i++) {
            add(to, i == 0 ? "" : ",");
            add_space(to);
            if (object) {
                to->add_key(to, to->context);
                add_space(to);
                add(to, ":");
            }
            add_value(to, depth + 1);
        }
        add_space(to);
        add(to, object ? "}" : "]");
    }
    add_space(to);
}

void add_deep(struct random_text *to, const char *key, bool closed)
{
    enum { MOST = 524 };
    bool arrays[MOST];
    uint32_t n = 500 + below(to, MOST - 500);
    for (uint32_t i = 0; i < n; i++) {
        arrays[i] = i != 0 && once_in(to, 2);
        add(to, arrays[i] ? "[" : "{\"");
        add(to, arrays[i] ? "" : key);
        add(to, arrays[i] ? "" : "\":");
    }
    add(to, closed ? "1" : "");
    for (uint32_t i = n; closed && i-- > 0;)
        add(to, arrays[i] ? "]" : "}");
}

void damage(struct random_text *text)
{
    static const char bytes[] =
        "\"\\{}[]:,tfn0123-+.eE \t\r\v\f\x01\x7F\x80\xBF\xC3\xE2\xED\xF0\xF4";
    for (uint32_t i = 0, n = 1 + below(text, 2); i < n && text->len > 0; i++) {
        size_t where = below(text, (uint32_t)text->len), rest = text->len - where;
        char *at = text->bytes + where, byte = bytes[below(text, sizeof bytes - 1)];
        switch (below(text, 5)) {
        case 0:
            text->len = where;
            break;
        case 1:
            memmove(at, at + 1, rest - 1);
            text->len--;
            break;
        case 2:
            memmove(at + 1, at, rest);
            text->len++;
            *at = byte;
            break;
        default:
            *at = byte;
            break;
        }
    }
}

void random_text_show(const struct random_text *text, const char *name)
{
    printf("# %s \"", name);
    for (size_t i = 0; i < text->len; i++) {
        char c = text->bytes[i];
        bool plain = c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
        printf(plain ? "%c" : "\\%03o", (unsigned char)c);
    }
    printf("\"\n");
}
