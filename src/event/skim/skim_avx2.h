/* The walk with AVX2, 32 bytes at a time: for processors that have it and its like, which is asked
 * at run time. */
#include <immintrin.h>

#define SKIM_NAME(name) name##_avx2
#define SKIM_TARGET __attribute__((target("avx2,bmi,pclmul")))

#define ALL_32(c)                                                                                  \
    {                                                                                              \
        c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c,  \
            c, c                                                                                   \
    }

/* In memory: to make a vector of a byte takes longer than to load it. */
static const struct vectors_avx2 {
    _Alignas(32) char quotes[32],
        backslashes[32], commas[32], colons[32], opens[32], closes[32], spaces[32];
} vectors_avx2 = {ALL_32('"'), ALL_32('\\'), ALL_32(','), ALL_32(':'),
                  ALL_32('{'), ALL_32('}'),  ALL_32(' ')};

#undef ALL_32

SKIM_TARGET static inline __m256i load_avx2(const void *at)
{
    return _mm256_loadu_si256(at);
}

SKIM_TARGET static inline uint64_t bits_avx2(__m256i first, __m256i second)
{
    return (unsigned)_mm256_movemask_epi8(first) | (uint64_t)(unsigned)_mm256_movemask_epi8(second)
                                                       << 32;
}

SKIM_TARGET static inline uint64_t equal_avx2(__m256i first, __m256i second, const char all[32])
{
    __m256i bytes = load_avx2(all);
    return bits_avx2(_mm256_cmpeq_epi8(first, bytes), _mm256_cmpeq_epi8(second, bytes));
}

SKIM_TARGET static inline struct marks marks_avx2(const unsigned char *at)
{
    const struct vectors_avx2 *all = &vectors_avx2;
    __asm__("" : "+r"(all)); /* else the compiler knows better what they hold */
    __m256i first = load_avx2(at), second = load_avx2(at + 32), spaces = load_avx2(all->spaces);
    __m256i first_or = _mm256_or_si256(first, spaces), second_or = _mm256_or_si256(second, spaces);
    return (struct marks){
        .quotes = equal_avx2(first, second, all->quotes),
        .backslashes = equal_avx2(first, second, all->backslashes),
        .commas = equal_avx2(first, second, all->commas),
        .colons = equal_avx2(first, second, all->colons),
        .opens = equal_avx2(first_or, second_or, all->opens),
        .closes = equal_avx2(first_or, second_or, all->closes),
        .spaces = equal_avx2(first, second, all->spaces),
        /* Signed: all from 0x80 on are low, too. */
        .low = bits_avx2(_mm256_cmpgt_epi8(spaces, first), _mm256_cmpgt_epi8(spaces, second)),
    };
}

SKIM_TARGET static inline uint64_t turns_avx2(uint64_t bits)
{
    __m128i all = _mm_set1_epi8((char)0xFF);
    __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), all, 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

#include "event/skim/skim_walk.h"
