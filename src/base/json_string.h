/* JSON strings as they stand in the text, with their escapes (RFC 8259, section 7): what yajl's
 * decoded strings cannot tell any more. */
#ifndef ASSENT_JSON_STRING_H
#define ASSENT_JSON_STRING_H

#include "base/text.h"

#include <stdint.h>

/* The string token of a valid JSON text that ends right before offset `end`, without its quotes. */
struct text json_string_before(struct text json, size_t end);

/* Whether an escape in a raw string (without its quotes) is half of a surrogate pair and stands
 * alone. yajl decodes those to other text ("?"), so such a string must equal nothing. */
bool json_string_has_lone_surrogate(struct text raw);

/* The raw string with its escapes resolved, if that is ASCII and fits into the room. False: it is
 * something else. */
bool json_string_ascii(struct text raw, char *room, size_t size, struct text *text);

/* Writes the character's escape, of 6 bytes or, past U+FFFF, two halves of 6, and a NUL behind it;
 * returns where that stands. */
char *json_string_escape(char *to, uint32_t character);

#endif
