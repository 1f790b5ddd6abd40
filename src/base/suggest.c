#include "base/suggest.h"

#include <stdint.h>
#include <unistr.h>

/* Longer words are compared by case and space alone. */
enum { LONGEST = 64, BYTES_MOST = 4 * LONGEST };

struct word {
    uint32_t characters[LONGEST]; /* ASCII letters in lower case */
    size_t n;                     /* 0: none, or too long */
    uint64_t marks;               /* a bit per character, by its low bits */
};

static void word_read(struct word *word, struct text text)
{
    word->n = 0;
    word->marks = 0;
    if (text.len > BYTES_MOST)
        return;
    for (size_t at = 0; at < text.len;) {
        ucs4_t c;
        at += (size_t)u8_mbtouc(&c, (const uint8_t *)text.bytes + at, text.len - at);
        if (word->n == LONGEST) {
            word->n = 0;
            return;
        }
        if (c < 0x80)
            c = (ucs4_t)(unsigned char)ascii_lower((char)c);
        word->characters[word->n++] = c;
        word->marks |= (uint64_t)1 << (c % 64);
    }
}

static size_t n_bits(uint64_t bits)
{
    size_t n = 0;
    for (; bits != 0; bits &= bits - 1)
        n++;
    return n;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The edits between two words (optimal string alignment), or more than `most` when they are more.
 */
static size_t edits(const struct word *a, const struct word *b, size_t most)
{
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b->n; j++)
        above[j] = j;
    for (size_t i = 1; i <= a->n; i++) {
        size_t best = row[0] = i;
        for (size_t j = 1; j <= b->n; j++) {
            uint32_t x = a->characters[i - 1], y = b->characters[j - 1];
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == b->characters[j - 2] && a->characters[i - 2] == y)
                row[j] = least(row[j], before[j - 2] + 1);
            best = least(best, row[j]);
        }
        if (best > most)
            return best;
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[b->n];
}

/* Whether the two may be `most` edits apart or fewer, by their lengths and characters alone. */
static bool may_be_near(const struct word *a, const struct word *b, size_t most)
{
    size_t difference = a->n > b->n ? a->n - b->n : b->n - a->n;
    return difference <= most && n_bits(a->marks & ~b->marks) <= most &&
           n_bits(b->marks & ~a->marks) <= most;
}

struct text suggest(struct suggest_budget *budget, struct text word, const struct text *candidates,
                    size_t n)
{
    struct text nearest = {NULL, 0};
    if (n > budget->candidates)
        return nearest;
    budget->candidates -= n;
    word = text_trimmed(word);
    struct word wrong, right;
    word_read(&wrong, word);
    size_t fewest = LONGEST;
    for (size_t i = 0; i < n; i++) {
        struct text candidate = text_trimmed(candidates[i]);
        if (text_equal_but_for_ascii_case(word, candidate))
            return candidates[i];
        if (wrong.n == 0 || fewest == 1)
            continue;
        word_read(&right, candidate);
        size_t most = least((wrong.n > right.n ? wrong.n : right.n) / 3, fewest - 1);
        if (right.n == 0 || !may_be_near(&wrong, &right, most))
            continue;
        size_t distance = edits(&wrong, &right, most);
        if (distance <= most) {
            fewest = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
