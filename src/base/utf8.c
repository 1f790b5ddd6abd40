#include "base/utf8.h"

#include <unictype.h>
#include <unistr.h>

/* The offset of the first byte at or behind `at` that is no ASCII, or len; 32 at a time. */
static size_t skip_ascii(const uint8_t *bytes, size_t at, size_t len)
{
    for (uint64_t w[4]; len - at >= sizeof w; at += sizeof w) {
        memcpy(w, bytes + at, sizeof w);
        if (((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080u) != 0)
            break;
    }
    while (at < len && bytes[at] < 0x80)
        at++;
    return at;
}

size_t utf8_bad_at(struct text text)
{
    const uint8_t *bytes = (const uint8_t *)text.bytes;
    for (size_t at = skip_ascii(bytes, 0, text.len); at < text.len;) {
        /* A run of bytes that are no ASCII holds whole characters, or it is not UTF-8. */
        size_t end = at;
        while (end < text.len && bytes[end] >= 0x80)
            end++;
        const uint8_t *bad = u8_check(bytes + at, end - at);
        if (bad != NULL)
            return (size_t)(bad - bytes);
        at = skip_ascii(bytes, end, text.len);
    }
    return text.len;
}

size_t utf8_characters(struct text text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += ((unsigned char)text.bytes[i] & 0xC0) != 0x80;
    return n;
}

bool utf8_is_harmful(uint32_t character)
{
    return uc_is_general_category_withtable(character, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf |
                                                           UC_CATEGORY_MASK_Zl |
                                                           UC_CATEGORY_MASK_Zp);
}

size_t utf8_make_harmless(char *bytes, size_t len)
{
    size_t to = 0;
    for (size_t at = 0; at < len;) {
        ucs4_t c;
        int n = u8_mbtoucr(&c, (const uint8_t *)bytes + at, len - at);
        bool harmful = n > 0 ? utf8_is_harmful(c) : (unsigned char)bytes[at] < 0xA0;
        size_t n_bytes = n > 0 ? (size_t)n : 1;
        memmove(bytes + to, harmful ? "?" : bytes + at, harmful ? 1 : n_bytes);
        to += harmful ? 1 : n_bytes;
        at += n_bytes;
    }
    return to;
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
