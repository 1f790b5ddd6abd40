#include "event/line.h"

#include "base/utf8.h"

static const char *const words[] = {
    [REJECT_NONE] = "",
    [REJECT_TOO_LONG] = "the line is longer than --max-line",
    [REJECT_CONTROL_BYTE] = "the line has a control byte",
    [REJECT_NOT_UTF8] = "the line is not strict UTF-8",
    [REJECT_NOT_JSON] = "the line is not JSON",
    [REJECT_NOT_ENDED] = "the line ends before its JSON does",
    [REJECT_TWO_VALUES] = "the line goes on after its JSON value",
    [REJECT_NOT_OBJECT] = "the line is not a JSON object",
    [REJECT_TOO_DEEP] = "the line is nested deeper than 512 levels",
};

const char *reject_words(enum reject reject)
{
    return words[reject];
}

uint64_t reject_column(enum reject reject, struct text raw, size_t at)
{
    return reject == REJECT_TOO_LONG ? 0 : 1 + utf8_characters((struct text){raw.bytes, at});
}

struct text line_content(struct text line)
{
    if (line.len > 0 && line.bytes[line.len - 1] == '\n') {
        line.len--;
        if (line.len > 0 && line.bytes[line.len - 1] == '\r')
            line.len--;
    }
    return line;
}

bool line_is_blank(struct text content)
{
    for (size_t i = 0; i < content.len; i++)
        if (content.bytes[i] != ' ' && content.bytes[i] != '\t')
            return false;
    return true;
}

static bool is_control(unsigned char c)
{
    return c < 0x20 && c != '\t';
}

enum reject line_check(struct text content, size_t max_line, size_t *at)
{
    const unsigned char *bytes = (const unsigned char *)content.bytes;
    *at = 0;
    if (content.len > max_line)
        return REJECT_TOO_LONG;
    /* Nothing but a minimum and an OR, so that compilers make vector code of it. */
    unsigned char lowest = 0xFF, high = 0;
    for (size_t i = 0; i < content.len; i++) {
        lowest = bytes[i] < lowest ? bytes[i] : lowest;
        high |= bytes[i];
    }
    for (; lowest < 0x20 && *at < content.len; ++*at)
        if (is_control(bytes[*at]))
            return REJECT_CONTROL_BYTE;
    if (high >= 0x80) {
        *at = utf8_bad_at(content);
        if (*at < content.len)
            return REJECT_NOT_UTF8;
    }
    return REJECT_NONE;
}
