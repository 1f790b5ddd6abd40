#include "random_words.h"

#include <stdio.h>
#include <string.h>

const char *const integration_words[12] = {
    "google-ads", "All", "all",     "a",       "Facebook", "",
    "a\\u0000b",  "S3",  "\\u00e9", "\\u0080", "\\ud7ff",  "\\udbff\\udfff",
};

const char *const provider_words[5] = {"oneTrust", "ketch", "custom", "iubenda", "ONETRUST"};

void add_comma(struct random_text *to, bool *first)
{
    add(to, *first ? "" : ",");
    *first = false;
    add_space(to);
}

/* The first and last characters of each length in UTF-8, and some within, in both spellings. */
static const char *const two_spellings[][3] = {
    {"\\u00e9", "\\u00E9", "\xC3\xA9"},
    {"\\u0080", "\\u0080", "\xC2\x80"},
    {"\\u07ff", "\\u07FF", "\xDF\xBF"},
    {"\\u0800", "\\u0800", "\xE0\xA0\x80"},
    {"\\ud7ff", "\\uD7Ff", "\xED\x9F\xBF"},
    {"\\uffff", "\\uFfFF", "\xEF\xBF\xBF"},
    {"\\ud800\\udc00", "\\uD800\\uDC00", "\xF0\x90\x80\x80"},
    {"\\udbff\\udfff", "\\uDBFF\\uDFFF", "\xF4\x8F\xBF\xBF"},
    {"\\ud83c\\udf6a", "\\uD83c\\udF6A", "\xF0\x9F\x8D\xAA"},
};

/* Adds one of them in any spelling, where the text is one. */
static bool add_respelled(struct random_text *to, const char *text)
{
    for (size_t i = 0; i < COUNT(two_spellings); i++)
        if (strcmp(two_spellings[i][0], text) == 0) {
            add_quoted(to, two_spellings[i][below(to, 3)]);
            return true;
        }
    return false;
}

/* Of a lettering that JSON spells in escapes, at random. */
void add_spelled(struct random_text *to, const char *text)
{
    if (add_respelled(to, text))
        return;
    bool spell = strchr(text, '\\') == NULL && once_in(to, 6);
    add(to, "\"");
    for (; *text != '\0'; text++) {
        char piece[8] = {*text};
        if (spell && *text > 0 && once_in(to, 3))
            snprintf(piece, sizeof piece, once_in(to, 2) ? "\\u%04x" : "\\u%04X", (unsigned)*text);
        add(to, piece);
    }
    add(to, "\"");
}

/* Another key, which reads like this one to somebody. */
void add_look_alike(struct random_text *to, const char *text)
{
    static const char *const behind[] = {"\\u0000", "\\u0000x",     "\\ud800", "\\udfffx", " ",
                                         "s",       "\xE2\x80\x8B", "\\u0301", ""};
    char other[80] = "";
    size_t len = strlen(text);
    len = len < sizeof other ? len : sizeof other - 1;
    memcpy(other, text, len);
    if (len > 0 && strchr(text, '\\') == NULL && !once_in(to, 3))
        for (uint32_t i = 0, n = 1 + below(to, 3); i < n; i++) {
            char *c = &other[below(to, (uint32_t)len)];
            if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))
                *c = (char)(*c ^ 0x20);
        }
    add(to, once_in(to, 16) ? "\"\\udc00" : once_in(to, 16) ? "\" " : "\"");
    add(to, once_in(to, 16) ? "" : other);
    add(to, once_in(to, 2) ? ANY(to, behind) : "");
    add(to, "\"");
}
