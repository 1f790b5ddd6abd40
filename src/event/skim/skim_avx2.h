/* The walk with AVX2, 32 bytes at a time: for processors that have it, which is asked at run time.
 */
#include <immintrin.h>

#define ALL_32(c)                                                                                  \
    c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c

/* In memory, since strings are short: to make a vector of a byte takes longer than to load it. */
struct vectors_avx2 {
    _Alignas(32) char quotes[32], backslashes[32], spaces[32];
};

static const struct vectors_avx2 vectors_avx2 = {{ALL_32('"')}, {ALL_32('\\')}, {ALL_32(' ')}};

#undef ALL_32

__attribute__((target("avx2"))) static inline unsigned special_avx2(const unsigned char *at)
{
    const struct vectors_avx2 *vectors = &vectors_avx2;
    __asm__("" : "+r"(vectors)); /* else the compiler knows better what they hold */
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i quotes = _mm256_load_si256((const __m256i *)(const void *)vectors->quotes);
    __m256i backslashes = _mm256_load_si256((const __m256i *)(const void *)vectors->backslashes);
    __m256i spaces = _mm256_load_si256((const __m256i *)(const void *)vectors->spaces);
    __m256i ends =
        _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quotes), _mm256_cmpeq_epi8(bytes, backslashes));
    /* Signed: all from 0x80 on are low, too. */
    __m256i low = _mm256_cmpgt_epi8(spaces, bytes);
    unsigned mask = (unsigned)_mm256_movemask_epi8(_mm256_or_si256(ends, low));
    return mask == 0 ? 32 : (unsigned)__builtin_ctz(mask);
}

#define SKIM_NAME(name) name##_avx2
#define SKIM_TARGET __attribute__((target("avx2")))
#define SKIM_WIDTH 32
#include "event/skim/skim_walk.h"
