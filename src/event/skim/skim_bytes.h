/*
 * What is checked byte by byte: numbers and literals, escapes, characters that are no ASCII. The
 * last byte before the line's end is known to be a brace, which ends each of them.
 */
#ifndef ASSENT_SKIM_BYTES_H
#define ASSENT_SKIM_BYTES_H

#include "event/skim/skim_marks.h"

#include <stdbool.h>
#include <string.h>

/* Whether a word's lowest byte is the first in memory. */
#if defined(__BYTE_ORDER__) && defined(__ORDER_LITTLE_ENDIAN__) &&                                 \
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SKIM_WORDS
#endif

/* ---- numbers and literals ---- */

static inline bool is_space(unsigned char c)
{
    return c == ' ' || c == '\t';
}

static inline bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static inline const unsigned char *digits(const unsigned char *at)
{
    if (!is_digit(*at))
        return NULL;
    while (is_digit(*at))
        at++;
    return at;
}

/* RFC 8259, section 6. */
static const unsigned char *number(const unsigned char *at)
{
    at += *at == '-';
    at = *at == '0' ? at + 1 : digits(at);
    if (at != NULL && *at == '.')
        at = digits(at + 1);
    if (at != NULL && (*at | 0x20) == 'e') {
        at++;
        at = digits(at + (*at == '+' || *at == '-'));
    }
    return at;
}

/* The bytes of a word that are no digits, by their high bits. */
static inline uint64_t no_digits(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u, low = ones * 0x7F;
    word ^= ones * '0';
    return (((word & low) + ones * (0x80 - 10)) | word) & ~low;
}

/* The same for most numbers, those of digits and perhaps a point, without a branch for each digit;
 * NULL also when it is another. */
static inline const unsigned char *short_number(const unsigned char *at, const unsigned char *end)
{
#ifdef SKIM_WORDS
    uint64_t word, others;
    if (end - at < (ptrdiff_t)sizeof word)
        return NULL;
    memcpy(&word, at, sizeof word);
    others = no_digits(word);
    if (others == 0)
        return NULL;
    size_t whole = first_bit(others) / 8, len = whole;
    if (at[whole] == '.') {
        others &= others - 1;
        if (others == 0)
            return NULL;
        len = first_bit(others) / 8;
        if (len == whole + 1)
            return NULL;
    }
    return whole == 0 || (*at == '0' && whole != 1) ? NULL : at + len;
#else
    (void)at, (void)end;
    return NULL;
#endif
}

static inline uint32_t four_bytes(const void *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

/* One of the three, which no branch could foresee. A brace at least follows. */
static inline const unsigned char *literal(const unsigned char *at, const unsigned char *end)
{
    if (end - at < 5)
        return NULL;
    uint32_t word = four_bytes(at);
    unsigned is_false = (unsigned)(word == four_bytes("fals")) & (at[4] == 'e');
    unsigned is_other = (unsigned)(word == four_bytes("true")) | (word == four_bytes("null"));
    return (is_false | is_other) != 0 ? at + 4 + is_false : NULL;
}

/* What may stand behind a number or literal; brackets and quotes that may not are known from the
 * marks. */
static const bool ends_scalar[256] = {
    [','] = true, ['}'] = true, [']'] = true, [' '] = true, ['\t'] = true};

static inline bool is_scalar(const unsigned char *at, const unsigned char *end)
{
    const unsigned char *behind;
    if (*at >= 'a') {
        behind = literal(at, end);
        return behind != NULL && ends_scalar[*behind];
    }
    behind = short_number(at, end);
    if (behind != NULL && ends_scalar[*behind])
        return true;
    behind = number(at);
    return behind != NULL && ends_scalar[*behind];
}

/* Whether numbers and literals begin there, and nothing else. */
static inline bool are_scalars(const unsigned char *at, uint64_t starts, const unsigned char *end)
{
    for (; starts != 0; starts &= starts - 1)
        if (!is_scalar(at + first_bit(starts), end))
            return false;
    return true;
}

/* ---- within strings ---- */

static bool is_hex(unsigned char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Behind an escape; NULL when it is none. RFC 8259, section 7. */
static const unsigned char *escape(const unsigned char *at)
{
    switch (at[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return at + 2;
    case 'u':
        return is_hex(at[2]) && is_hex(at[3]) && is_hex(at[4]) && is_hex(at[5]) ? at + 6 : NULL;
    default:
        return NULL;
    }
}

static bool is_within(unsigned char c, unsigned char least, unsigned char most)
{
    return c >= least && c <= most;
}

/* Behind a character of more than one byte, of the table of RFC 3629, section 4; NULL when the byte
 * begins none: a control byte, too. */
static inline const unsigned char *character(const unsigned char *at)
{
    unsigned char c = at[0];
    if (is_within(c, 0xC2, 0xDF))
        return is_within(at[1], 0x80, 0xBF) ? at + 2 : NULL;
    if (is_within(c, 0xE0, 0xEF)) {
        unsigned char least = c == 0xE0 ? 0xA0 : 0x80, most = c == 0xED ? 0x9F : 0xBF;
        return is_within(at[1], least, most) && is_within(at[2], 0x80, 0xBF) ? at + 3 : NULL;
    }
    if (is_within(c, 0xF0, 0xF4)) {
        unsigned char least = c == 0xF0 ? 0x90 : 0x80, most = c == 0xF4 ? 0x8F : 0xBF;
        return is_within(at[1], least, most) && is_within(at[2], 0x80, 0xBF) &&
                       is_within(at[3], 0x80, 0xBF)
                   ? at + 4
                   : NULL;
    }
    return NULL;
}

/* Whether eight bytes are four characters of two bytes: most alphabets' letters. */
static inline bool are_pairs(const unsigned char *at, const unsigned char *end)
{
#ifdef SKIM_WORDS
    const uint64_t ones = 0x0001000100010001u;
    uint64_t word;
    if (end - at < (ptrdiff_t)sizeof word)
        return false;
    memcpy(&word, at, sizeof word);
    /* From 0xC2 on: one of the four bits above a first byte's lowest is set, so that this carries.
     */
    uint64_t carries = (word & ones * 0x1E) + ones * 0xFE;
    return (word & ones * 0xC0E0) == ones * 0x80C0 && (carries & ones * 0x100) == ones * 0x100;
#else
    (void)at, (void)end;
    return false;
#endif
}

/* Behind a run of such characters, of which there is one at least. */
static inline const unsigned char *characters(const unsigned char *at, const unsigned char *end)
{
    do
        at = are_pairs(at, end) ? at + 8 : character(at);
    while (at != NULL && *at >= 0x80);
    return at;
}

/* Of a block, what few of them have. */
struct seldom {
    uint64_t escapes; /* bytes behind their backslash */
    uint64_t tabs;    /* between tokens */
    /* carried into the next one: */
    uint64_t escaped; /* the first byte is one */
    size_t checked;   /* so many bytes belong to characters that begin before */
};

static bool check_escapes(struct seldom *seldom, const unsigned char *at, uint64_t backslashes)
{
    seldom->escapes = seldom->escaped;
    backslashes &= ~seldom->escaped;
    seldom->escaped = 0;
    while (backslashes != 0) {
        unsigned i = first_bit(backslashes);
        if (escape(at + i) == NULL)
            return false;
        seldom->escapes |= (uint64_t)2 << i;
        seldom->escaped = i == SKIM_BLOCK - 1;
        backslashes &= ~((uint64_t)3 << i);
    }
    return true;
}

/* Control bytes, of which only TABs between tokens are good, and characters that are no ASCII. */
static bool check_low_bytes(struct seldom *seldom, const unsigned char *at, uint64_t low,
                            uint64_t in_string, const unsigned char *end)
{
    size_t checked = seldom->checked;
    seldom->tabs = 0;
    while (checked < SKIM_BLOCK && (low &= ~(uint64_t)0 << checked) != 0) {
        const unsigned char *next = at + first_bit(low), *behind = next + 1;
        uint64_t bit = low & (0 - low);
        if (*next == '\t' && (in_string & bit) == 0)
            seldom->tabs |= bit;
        else
            behind = characters(next, end);
        if (behind == NULL)
            return false;
        checked = (size_t)(behind - at);
    }
    seldom->checked = checked > SKIM_BLOCK ? checked - SKIM_BLOCK : 0;
    return true;
}

#endif
