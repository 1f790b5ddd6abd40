/*
 * The walk over a line, compiled once for each instruction set. Before it is included, define
 *   SKIM_NAME(name)  the name with the set's suffix
 *   SKIM_TARGET      the attribute that lets the compiler use the set
 *   SKIM_NAME(marks)(at), which gives the marks of the 64 bytes from there on
 *   SKIM_NAME(turns)(bits), which gives for each bit whether up to it an odd number is set
 * It has no include guard on purpose.
 */

/* The marks of a line's last bytes, fewer than 64, and spaces behind them. Nothing behind the end
 * is read: the bytes before them are, or a copy. */
SKIM_TARGET static inline struct marks
SKIM_NAME(last_marks)(const unsigned char *begin, const unsigned char *at, const unsigned char *end)
{
    size_t len = (size_t)(end - at), shift = 0;
    struct marks marks;
    if (end - begin >= SKIM_BLOCK) {
        marks = SKIM_NAME(marks)(end - SKIM_BLOCK);
        shift = SKIM_BLOCK - len;
    } else {
        unsigned char bytes[SKIM_BLOCK];
        memset(bytes, ' ', sizeof bytes);
        memcpy(bytes, at, len);
        marks = SKIM_NAME(marks)(bytes);
    }
    return (struct marks){
        .quotes = marks.quotes >> shift,
        .backslashes = marks.backslashes >> shift,
        .commas = marks.commas >> shift,
        .colons = marks.colons >> shift,
        .opens = marks.opens >> shift,
        .closes = marks.closes >> shift,
        .spaces = marks.spaces >> shift | ~(uint64_t)0 << len,
        .low = marks.low >> shift,
    };
}

#include "event/skim/skim_find.h"

/* Looks at the next blocks, from *next on; the number of them, or 0 when something is bad. Those of
 * which a string's middle is all are passed over. Escapes and bytes that are low are seldom: they
 * are kept out of the way of all else. */
SKIM_TARGET static size_t SKIM_NAME(look)(struct blocks *blocks, struct seldom *seldom,
                                          const unsigned char *begin, const unsigned char **next,
                                          const unsigned char *end)
{
    const unsigned char *at = *next;
    uint64_t goes_on = blocks->in_string[0] >> 63;
    size_t n = 0;
    for (; n < SKIM_BLOCKS && at < end; at += SKIM_BLOCK) {
        struct marks marks =
            end - at >= SKIM_BLOCK ? SKIM_NAME(marks)(at) : SKIM_NAME(last_marks)(begin, at, end);
        if ((marks.backslashes | seldom->escaped) != 0) {
            if (!check_escapes(seldom, at, marks.backslashes))
                return 0;
            marks.quotes &= ~seldom->escapes;
        }
        uint64_t in_string = SKIM_NAME(turns)(marks.quotes) ^ (0 - goes_on);
        if (marks.low != 0) {
            if (!check_low_bytes(seldom, at, marks.low, in_string, end))
                return 0;
            marks.spaces |= seldom->tabs;
        }
        if ((marks.quotes | marks.backslashes) == 0 && goes_on != 0)
            continue;
        goes_on = in_string >> 63;
        n++;
        blocks->at[n] = at;
        blocks->quotes[n] = marks.quotes;
        blocks->backslashes[n] = marks.backslashes;
        blocks->commas[n] = marks.commas;
        blocks->colons[n] = marks.colons;
        blocks->opens[n] = marks.opens;
        blocks->closes[n] = marks.closes;
        blocks->spaces[n] = marks.spaces;
        blocks->in_string[n] = in_string;
    }
    *next = at;
    SKIM_NAME(find)(blocks, n);
    return n;
}

/* The keys of an object on a path, in a part of the block. The first one to end may have begun in a
 * block before. */
SKIM_TARGET static inline bool SKIM_NAME(path_keys)(struct skim *skim, const unsigned char *at,
                                                    size_t n, uint64_t part)
{
    const struct blocks *blocks = &skim->blocks;
    uint64_t keys = blocks->keys[n] & part, ends = blocks->key_ends[n] & part;
    if ((blocks->key_escapes[n] & part) != 0)
        return false;
    if ((keys | ends) == 0)
        return true;
    if ((ends & (keys - 1)) != 0) {
        if (!path_string(skim, skim->key, at + first_bit(ends)))
            return false;
        ends &= ends - 1;
    }
    for (; ends != 0; keys &= keys - 1, ends &= ends - 1)
        if (!path_string(skim, at + first_bit(keys), at + first_bit(ends)))
            return false;
    if (keys != 0)
        skim->key = at + first_bit(keys);
    return true;
}

/* From bracket to bracket: all between two is in the same container. */
SKIM_TARGET static inline bool SKIM_NAME(hop)(struct skim *skim, struct nest *nest, size_t n,
                                              const unsigned char *end)
{
    const struct blocks *blocks = &skim->blocks;
    const unsigned char *at = blocks->at[n];
    uint64_t brackets = blocks->brackets[n], left = ~(uint64_t)0;
    for (;;) {
        uint64_t part = (brackets ^ (brackets - 1)) & left;
        uint64_t bad = (nest->objects & 1) != 0 ? blocks->bad_in_object[n] : blocks->colons[n];
        if ((bad & part) != 0)
            return false;
        if (nest->depth == skim->path_depth && !SKIM_NAME(path_keys)(skim, at, n, part))
            return false;
        if (brackets == 0)
            return true;
        const unsigned char *bracket = at + first_bit(brackets);
        if (opens_container(*bracket)) {
            if (!open_container(skim, nest, bracket))
                return false;
        } else {
            if (!close_container(skim, nest, bracket))
                return false;
            if (nest->depth == 0)
                return bracket + 1 == end;
        }
        left ^= part;
        brackets &= brackets - 1;
    }
}

/* Behind the line's first byte, which is a brace, up to the last one, which is one, too. */
SKIM_TARGET static bool SKIM_NAME(walk)(struct skim *skim, const unsigned char *at,
                                        const unsigned char *end)
{
    const unsigned char *begin = at;
    struct blocks *blocks = &skim->blocks;
    struct seldom seldom = {0};
    struct nest nest = {.depth = 1, .objects = 1};
    blocks_start(blocks);
    while (at < end) {
        size_t n_blocks = SKIM_NAME(look)(blocks, &seldom, begin, &at, end);
        if (n_blocks == 0)
            return false;
        for (size_t n = 1; n <= n_blocks; n++)
            if (blocks->bad[n] != 0 ||
                (blocks->empty[n] != 0 && !are_empty(blocks->at[n], blocks->empty[n])) ||
                !are_scalars(blocks->at[n], blocks->scalar_starts[n], end) ||
                !SKIM_NAME(hop)(skim, &nest, n, end))
                return false;
        blocks_go_on(blocks);
    }
    return nest.depth == 0;
}

#undef SKIM_NAME
#undef SKIM_TARGET
