/* Sets of small numbers, a bit each, in 64-bit words. Who owns a set knows its number of bits. */
#ifndef ASSENT_BITSET_H
#define ASSENT_BITSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The words that n_bits need; at least one, so that an empty set has an address. */
static inline size_t bitset_words(size_t n_bits)
{
    return n_bits == 0 ? 1 : (n_bits + 63) / 64;
}

static inline bool bitset_has(const uint64_t *words, size_t bit)
{
    return (words[bit / 64] >> (bit % 64) & 1) != 0;
}

static inline void bitset_add(uint64_t *words, size_t bit)
{
    words[bit / 64] |= (uint64_t)1 << (bit % 64);
}

#endif
