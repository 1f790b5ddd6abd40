/*
 * One line of the input, before it is parsed: its end, blank or not, and the checks that yajl does
 * not make. Contract: cli.md, "A line that is not an event".
 */
#ifndef ASSENT_LINE_H
#define ASSENT_LINE_H

#include "base/text.h"

#include <stdint.h>

enum reject {
    REJECT_NONE,
    REJECT_TOO_LONG,
    REJECT_CONTROL_BYTE,
    REJECT_NOT_UTF8,
    REJECT_NOT_JSON,
    REJECT_NOT_ENDED,
    REJECT_TWO_VALUES,
    REJECT_NOT_OBJECT,
    REJECT_TOO_DEEP,
    N_REJECTS,
};

/* Why the line is no event, for messages. Constant; never quotes the line. */
const char *reject_words(enum reject reject);

/* The deepest nesting of an event, its own braces included. */
enum { EVENT_DEPTH = 512 };

/* The column of the fault at that offset of the raw line, in characters from 1; 0: it has none. */
uint64_t reject_column(enum reject reject, struct text raw, size_t at);

/* The line without its end: one LF, or CR LF. */
struct text line_content(struct text line);

/* Nothing but spaces and TABs. */
bool line_is_blank(struct text content);

/* The first of the checks on bytes that fails, and the offset where it does: length, control bytes
 * other than TAB, strict UTF-8. REJECT_NONE: the line may go to the parser. */
enum reject line_check(struct text content, size_t max_line, size_t *at);

#endif
