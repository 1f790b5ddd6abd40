#include "cli/snippet.h"

#include "base/utf8.h"

#include <unistr.h>
#include <uniwidth.h>

struct lines {
    char *out; /* SNIPPET_BYTES of them; the window is far smaller */
    size_t len;
};

static void put(struct lines *lines, struct text text)
{
    memcpy(lines->out + lines->len, text.bytes, text.len);
    lines->len += text.len;
}

/* A character of the line; .shown is what stands for it. */
struct character {
    size_t len;
    struct text shown;
    int width;
};

static struct character character_at(struct text line, size_t at)
{
    const uint8_t *bytes = (const uint8_t *)line.bytes + at;
    ucs4_t c;
    int len = u8_mbtoucr(&c, bytes, line.len - at);
    if (len > 0 && (c == '\t' || !utf8_is_harmful(c))) {
        int width = c == '\t' ? 1 : uc_width(c, "UTF-8");
        return (struct character){(size_t)len, {line.bytes + at, (size_t)len}, width};
    }
    return (struct character){len > 0 ? (size_t)len : 1, TEXT("?"), 1};
}

static bool continues(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

/* The line in the file that the walk stands in, without its end; far behind the walk, where nothing
 * of it is shown, it is cut off: a file may be one line, and have many findings. */
static struct text line_of(const struct place_walk *walk)
{
    enum { FAR = 4 * SNIPPET_BEHIND + 8 };
    size_t left = walk->file.len - walk->at;
    const char *at = walk->file.bytes + walk->at;
    const char *end = left == 0 ? NULL : memchr(at, '\n', left < FAR ? left : FAR);
    struct text line = {walk->file.bytes + walk->line_at, walk->at - walk->line_at};
    line.len += end != NULL ? (size_t)(end - at) : left < FAR ? left : FAR;
    if ((end != NULL || left < FAR) && line.len > 0 && line.bytes[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* The offset so many characters before the place, or the line's begin. */
static size_t window_start(struct text line, size_t place)
{
    size_t at = place;
    for (int n = 0; at > 0 && n < SNIPPET_BEFORE; n++)
        for (at--; at > 0 && continues(line.bytes[at]);)
            at--;
    return at;
}

size_t snippet(const struct place_walk *walk, bool colours, char out[SNIPPET_BYTES])
{
    struct text line = line_of(walk);
    size_t place = walk->at - walk->line_at;
    if (place > line.len)
        place = line.len;
    size_t start = window_start(line, place);
    struct text margin = start > 0 ? TEXT("    ...") : TEXT("    ");
    struct lines above = {out, 0};
    char under_bytes[SNIPPET_BYTES / 2];
    struct lines under = {under_bytes, 0};
    put(&above, margin);
    put(&under, (struct text){"       ", margin.len});
    size_t at = start;
    for (int behind = 0; at < line.len && behind < SNIPPET_BEHIND;) {
        struct character c = character_at(line, at);
        put(&above, c.shown);
        if (at < place)
            for (int i = 0; i < c.width; i++)
                put(&under, c.shown.bytes[0] == '\t' ? TEXT("\t") : TEXT(" "));
        else
            behind++;
        at += c.len;
    }
    put(&above, at < line.len ? TEXT("...\n") : TEXT("\n"));
    put(&above, (struct text){under.out, under.len});
    put(&above, colours ? TEXT(MESSAGE_CARET "^" MESSAGE_PLAIN "\n") : TEXT("^\n"));
    return above.len;
}
