/* UTF-8 as RFC 3629 has it, and the counting of columns in it. */
#ifndef ASSENT_UTF8_H
#define ASSENT_UTF8_H

#include "base/text.h"

#include <stdint.h>

/* The offset of the first byte that is not strict UTF-8 (no overlongs, no surrogates, nothing past
 * U+10FFFF), or text.len when there is none. */
size_t utf8_bad_at(struct text text);

/* The number of characters; a byte that begins none counts as one when it continues none. */
size_t utf8_characters(struct text text);

/* Whether the character may make a terminal or a reader take text for something else: control and
 * format characters, such as ESC and those that turn the direction, and separators of lines. */
bool utf8_is_harmful(uint32_t character);

/* Puts a '?' in the place of each harmful character, and of bytes that are no UTF-8 and would be a
 * control character in another encoding. Returns the new length. */
size_t utf8_make_harmless(char *bytes, size_t len);

/* Whether a control character (C0, DEL, C1) stands in valid UTF-8. */
bool utf8_has_control(struct text text);

#endif
