#include "base/json_string.h"

#include <stdio.h>

struct text json_string_before(struct text json, size_t end)
{
    size_t closing = end - 1;
    size_t opening = closing;
    while (opening > 0) {
        opening--;
        if (json.bytes[opening] != '"')
            continue;
        size_t backslashes = 0;
        while (backslashes < opening && json.bytes[opening - 1 - backslashes] == '\\')
            backslashes++;
        if (backslashes % 2 == 0)
            break;
    }
    return (struct text){json.bytes + opening + 1, closing - opening - 1};
}

static unsigned hex_digit(char c)
{
    if (c <= '9')
        return (unsigned)(c - '0');
    return (unsigned)((c | 0x20) - 'a') + 10;
}

/* The code unit of the \uXXXX at the offset, or 0 when none stands there. */
static unsigned unit_at(struct text raw, size_t at)
{
    if (at + 6 > raw.len || raw.bytes[at] != '\\' || raw.bytes[at + 1] != 'u')
        return 0;
    unsigned unit = 0;
    for (size_t i = 2; i < 6; i++)
        unit = unit << 4 | hex_digit(raw.bytes[at + i]);
    return unit;
}

char *json_string_escape(char *to, uint32_t character)
{
    if (character <= 0xFFFF)
        return to + sprintf(to, "\\u%04x", (unsigned)character);
    character -= 0x10000;
    return to + sprintf(to, "\\u%04x\\u%04x", 0xD800u + (unsigned)(character >> 10),
                        0xDC00u + (unsigned)(character & 0x3FF));
}

bool json_string_has_lone_surrogate(struct text raw)
{
    for (size_t i = 0; i < raw.len;) {
        if (raw.bytes[i] != '\\') {
            i++;
            continue;
        }
        unsigned unit = unit_at(raw, i);
        if (unit >= 0xDC00 && unit <= 0xDFFF)
            return true;
        if (unit >= 0xD800 && unit <= 0xDBFF) {
            unsigned low = unit_at(raw, i + 6);
            if (low < 0xDC00 || low > 0xDFFF)
                return true;
            i += 6;
        }
        i += raw.bytes[i + 1] == 'u' ? 6 : 2;
    }
    return false;
}

/* The escapes of two characters that stand for printable ones stand for their second. */
bool json_string_ascii(struct text raw, char *room, size_t size, struct text *text)
{
    size_t len = 0;
    for (size_t i = 0; i < raw.len; len++) {
        unsigned unit = (unsigned char)raw.bytes[i];
        bool escaped = unit == '\\';
        if (escaped && raw.bytes[i + 1] == 'u') {
            unit = unit_at(raw, i);
            i += 6;
        } else if (escaped) {
            unit = (unsigned char)raw.bytes[i + 1];
            if (strchr("\"\\/", (int)unit) == NULL)
                return false;
            i += 2;
        } else {
            i++;
        }
        if (unit < 0x20 || unit > 0x7E || len == size)
            return false;
        room[len] = (char)unit;
    }
    *text = (struct text){room, len};
    return true;
}
