/*
 * What blocks of 64 bytes hold, as masks: a bit for each byte, the first one's is the lowest. The
 * grammar is checked on masks, for all tokens of many blocks at once, in loops that compilers make
 * vector code of (skim_find.h); what hangs on containers is left to the walk (skim_walk.h).
 */
#ifndef ASSENT_SKIM_MARKS_H
#define ASSENT_SKIM_MARKS_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of a block; blocks that are looked at before the walk goes on through them. */
enum { SKIM_BLOCK = 64, SKIM_BLOCKS = 32 };

/* As the bytes of a block are, in strings and out of them. */
struct marks {
    uint64_t quotes, backslashes, commas, colons, opens, closes, spaces;
    uint64_t low; /* control bytes, and what is no ASCII */
};

/* By a set's comparison of all bytes with one; `either` are the bytes OR a space, which makes
 * braces of brackets and of nothing else. */
#define MARKS_BY(equal, bytes, either, low_bytes)                                                  \
    ((struct marks){.quotes = equal(bytes, '"'),                                                   \
                    .backslashes = equal(bytes, '\\'),                                             \
                    .commas = equal(bytes, ','),                                                   \
                    .colons = equal(bytes, ':'),                                                   \
                    .opens = equal(either, '{'),                                                   \
                    .closes = equal(either, '}'),                                                  \
                    .spaces = equal(bytes, ' '),                                                   \
                    .low = (low_bytes)})

/* A mask for each block, behind that of the block before them. */
typedef uint64_t skim_masks[SKIM_BLOCKS + 1];

struct blocks {
    const unsigned char *at[SKIM_BLOCKS + 1]; /* their first bytes */

    /* As they are, but for escaped quotes and for TABs between tokens, which are spaces. */
    skim_masks quotes, backslashes, commas, colons, opens, closes, spaces;
    skim_masks in_string; /* from the opening quote up to the closing one, that left out */

    /* Found: */
    skim_masks brackets;
    skim_masks scalars, scalar_starts; /* numbers, literals, and all that is no token */
    skim_masks begins;                 /* what begins a member or item: commas, opening brackets */
    skim_masks starts;                 /* the tokens behind such */
    skim_masks keys, key_ends; /* quotes of keys, and of strings that stand like keys in arrays */
    skim_masks keys_go_on; /* the first bit of the block behind one that a key does not end in */
    skim_masks key_escapes;
    skim_masks places; /* of values: behind such and colons */
    skim_masks behind_keys;
    skim_masks empty; /* brackets that close an empty container, if one opens right before them */
    skim_masks bad, bad_in_object;

    /* Over spaces, from the blocks before: the next token is behind such. */
    uint64_t behind_begin, behind_colon, behind_key;
};

/* The masks before a line's first block: an opening brace stands there. */
static inline void blocks_start(struct blocks *blocks)
{
    blocks->begins[0] = (uint64_t)1 << 63;
    blocks->colons[0] = blocks->scalars[0] = 0;
    blocks->key_ends[0] = blocks->keys_go_on[0] = 0;
    blocks->in_string[0] = 0;
    blocks->behind_begin = blocks->behind_colon = blocks->behind_key = 0;
}

/* The last block is the one before the next ones. */
static inline void blocks_go_on(struct blocks *blocks)
{
    blocks->begins[0] = blocks->begins[SKIM_BLOCKS];
    blocks->colons[0] = blocks->colons[SKIM_BLOCKS];
    blocks->scalars[0] = blocks->scalars[SKIM_BLOCKS];
    blocks->key_ends[0] = blocks->key_ends[SKIM_BLOCKS];
    blocks->keys_go_on[0] = blocks->keys_go_on[SKIM_BLOCKS];
    blocks->in_string[0] = blocks->in_string[SKIM_BLOCKS];
}

/* Of bits that are not all 0. */
static inline unsigned first_bit(uint64_t bits)
{
#ifdef __GNUC__
    return (unsigned)__builtin_ctzll(bits);
#else
    unsigned n = 0;
    while ((bits >> n & 1) == 0)
        n++;
    return n;
#endif
}

#endif
