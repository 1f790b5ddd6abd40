#include "base/message.h"

#include "base/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A severity's word, and the SGR code of its colour. */
static const struct {
    const char *word, *colour;
} severities[] = {
    [SEVERITY_ERROR] = {"error", "\x1b[1;31m"},
    [SEVERITY_WARNING] = {"warning", "\x1b[1;35m"},
    [SEVERITY_NOTE] = {"note", "\x1b[1;36m"},
};

enum { NAME_MOST = 4096 }; /* bytes of a file's name: one that can be opened is whole */

struct line {
    char bytes[NAME_MOST + 1000]; /* with room for what is said of it */
    size_t len;
    bool colours;
};

const char *severity_word(enum severity severity)
{
    return severities[severity].word;
}

bool message_colours(int fd)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return (no_color == NULL || no_color[0] == '\0') && term != NULL && strcmp(term, "dumb") != 0 &&
           isatty(fd);
}

static void add_list(struct line *line, const char *format, va_list args)
{
    size_t room = sizeof line->bytes - line->len - 1; /* one byte is kept for the LF */
    size_t start = line->len;
    int len = vsnprintf(line->bytes + line->len, room, format, args);
    if (len > 0)
        line->len += (size_t)len < room ? (size_t)len : room - 1;
    line->len = start + utf8_make_harmless(line->bytes + start, line->len - start);
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
add(struct line *line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_list(line, format, args);
    va_end(args);
}

/* Before the text, which alone may fill the line. */
static void add_colour(struct line *line, const char *colour)
{
    size_t len = strlen(colour);
    if (!line->colours)
        return;
    memcpy(line->bytes + line->len, colour, len);
    line->len += len;
}

/* How much of a file's name is shown: no part of a character. */
static size_t name_len(const char *name)
{
    size_t len = strnlen(name, NAME_MOST);
    while (((unsigned char)name[len] & 0xC0) == 0x80 && len > NAME_MOST - 4)
        len--;
    return len;
}

void message(struct place place, enum severity severity, const char *format, ...)
{
    struct line line = {.len = 0, .colours = message_colours(STDERR_FILENO)};
    add_colour(&line, MESSAGE_BOLD);
    add(&line, "assent: ");
    if (place.file != NULL)
        add(&line, "%.*s:", (int)name_len(place.file), place.file);
    if (place.line != 0)
        add(&line, "%" PRIu64 ":", place.line);
    if (place.column != 0)
        add(&line, "%" PRIu64 ":", place.column);
    if (place.file != NULL)
        add(&line, " ");
    add_colour(&line, severities[severity].colour);
    add(&line, "%s:", severities[severity].word);
    add_colour(&line, MESSAGE_PLAIN);
    add(&line, " ");
    va_list args;
    va_start(args, format);
    add_list(&line, format, args);
    va_end(args);
    line.bytes[line.len++] = '\n';
    message_lines((struct text){line.bytes, line.len});
}

void message_lines(struct text lines)
{
    while (lines.len != 0) {
        ssize_t n = write(STDERR_FILENO, lines.bytes, lines.len);
        if (n >= 0) {
            lines = (struct text){lines.bytes + n, lines.len - (size_t)n};
        } else if (errno == EAGAIN) {
            poll(&(struct pollfd){.fd = STDERR_FILENO, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            return; /* nowhere is left to report to when standard error itself fails */
        }
    }
}
