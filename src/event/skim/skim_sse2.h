/* The walk with SSE2, 16 bytes at a time: every x86-64 has it. */
#include <emmintrin.h>

static inline unsigned special_sse2(const unsigned char *at)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)); /* signed: and all from 0x80 on */
    unsigned mask = (unsigned)_mm_movemask_epi8(_mm_or_si128(ends, low));
    return mask == 0 ? 16 : (unsigned)__builtin_ctz(mask);
}

#define SKIM_NAME(name) name##_sse2
#define SKIM_TARGET
#define SKIM_WIDTH 16
#include "event/skim/skim_walk.h"
