#include "base/message.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const severities[] = {
    [SEVERITY_ERROR] = "error", [SEVERITY_WARNING] = "warning", [SEVERITY_NOTE] = "note"};

struct line {
    char bytes[4000];
    size_t len;
};

static void add_list(struct line *line, const char *format, va_list args)
{
    size_t room = sizeof line->bytes - line->len - 1; /* one byte is kept for the LF */
    int len = vsnprintf(line->bytes + line->len, room, format, args);
    if (len > 0)
        line->len += (size_t)len < room ? (size_t)len : room - 1;
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void add(struct line *line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_list(line, format, args);
    va_end(args);
}

void message(struct place place, enum severity severity, const char *format, ...)
{
    struct line line = {.len = 0};
    add(&line, "assent: ");
    if (place.file != NULL)
        add(&line, "%s:", place.file);
    if (place.line != 0)
        add(&line, "%" PRIu64 ":", place.line);
    if (place.column != 0)
        add(&line, "%" PRIu64 ":", place.column);
    add(&line, "%s%s: ", place.file == NULL ? "" : " ", severities[severity]);
    va_list args;
    va_start(args, format);
    add_list(&line, format, args);
    va_end(args);
    for (size_t i = 0; i < line.len; i++)
        if ((unsigned char)line.bytes[i] < 0x20 || line.bytes[i] == 0x7F)
            line.bytes[i] = '?';
    line.bytes[line.len++] = '\n';
    /* Nowhere is left to report to when standard error itself fails. */
    ssize_t written = write(STDERR_FILENO, line.bytes, line.len);
    (void)written;
}
