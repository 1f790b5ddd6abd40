/* The walk with AVX2, 32 bytes at a time: for processors that have it, which is asked at run time.
 */
#include <immintrin.h>

__attribute__((target("avx2"))) static inline unsigned special_avx2(const unsigned char *at)
{
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i ends = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"')),
                                   _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\')));
    /* Signed: all from 0x80 on are low, too. */
    __m256i low = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), bytes);
    unsigned mask = (unsigned)_mm256_movemask_epi8(_mm256_or_si256(ends, low));
    return mask == 0 ? 32 : (unsigned)__builtin_ctz(mask);
}

#define SKIM_NAME(name) name##_avx2
#define SKIM_TARGET __attribute__((target("avx2")))
#define SKIM_WIDTH 32
#include "event/skim/skim_walk.h"
