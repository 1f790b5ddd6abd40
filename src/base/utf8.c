#include "base/utf8.h"

#include <stdint.h>
#include <unistr.h>

size_t utf8_bad_at(struct text text)
{
    const uint8_t *bytes = (const uint8_t *)text.bytes;
    const uint8_t *bad = text.len == 0 ? NULL : u8_check(bytes, text.len);
    return bad == NULL ? text.len : (size_t)(bad - bytes);
}

size_t utf8_characters(struct text text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += ((unsigned char)text.bytes[i] & 0xC0) != 0x80;
    return n;
}

bool utf8_has_control(struct text text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (c < 0x20 || c == 0x7F)
            return true;
        if (c == 0xC2 && i + 1 < text.len && (unsigned char)text.bytes[i + 1] < 0xA0)
            return true;
    }
    return false;
}
