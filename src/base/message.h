/*
 * The one way to speak to a person: a line on standard error,
 * `assent: FILE:LINE:COL: error: TEXT`, parts that do not apply left out (cli.md). Only main.c and
 * cli/ speak. A message never quotes an event's bytes: they hold personal data.
 */
#ifndef ASSENT_MESSAGE_H
#define ASSENT_MESSAGE_H

#include "base/text.h"

#include <stdint.h>

struct place {
    const char *file; /* NULL: none */
    uint64_t line;    /* 0: none */
    uint64_t column;  /* 0: none */
};

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

#define NO_PLACE ((struct place){0})

/* "error", "warning" or "note". Constant. */
const char *severity_word(enum severity severity);

/* Writes the message whole, by one write; what is harmful in it (base/utf8.h) becomes '?'. Past
 * 4,000 bytes it is cut short. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void message(struct place place, enum severity severity, const char *format, ...);

/* Writes lines that belong to the message before them, as they are: what they quote must have been
 * made harmless. */
void message_lines(struct text lines);

/* Whether text for the descriptor has colours: on a terminal, unless NO_COLOR or TERM asks for
 * none. */
bool message_colours(int fd);

#define MESSAGE_BOLD "\x1b[1m"
#define MESSAGE_CARET "\x1b[1;32m"
#define MESSAGE_PLAIN "\x1b[0m"

#endif
