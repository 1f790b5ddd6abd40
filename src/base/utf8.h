/* UTF-8 as RFC 3629 has it, and the counting of columns in it. */
#ifndef ASSENT_UTF8_H
#define ASSENT_UTF8_H

#include "base/text.h"

/* The offset of the first byte that is not strict UTF-8 (no overlongs, no surrogates, nothing past
 * U+10FFFF), or text.len when there is none. */
size_t utf8_bad_at(struct text text);

/* The number of characters; a byte that begins none counts as one when it continues none. */
size_t utf8_characters(struct text text);

/* Whether a control character (C0, DEL, C1) stands in valid UTF-8. */
bool utf8_has_control(struct text text);

#endif
