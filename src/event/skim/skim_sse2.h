/* The walk with SSE2, 16 bytes at a time: every x86-64 has it. */
#include <emmintrin.h>

#define SKIM_NAME(name) name##_sse2
#define SKIM_TARGET

static inline uint64_t bits_sse2(const __m128i bytes[4])
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < 4; i++)
        bits |= (uint64_t)(unsigned)_mm_movemask_epi8(bytes[i]) << (16 * i);
    return bits;
}

static inline uint64_t equal_sse2(const __m128i bytes[4], char c)
{
    __m128i all = _mm_set1_epi8(c), equal[4];
    for (unsigned i = 0; i < 4; i++)
        equal[i] = _mm_cmpeq_epi8(bytes[i], all);
    return bits_sse2(equal);
}

static inline struct marks marks_sse2(const unsigned char *at)
{
    __m128i bytes[4], low[4], either[4], space = _mm_set1_epi8(0x20);
    for (size_t i = 0; i < 4; i++) {
        bytes[i] = _mm_loadu_si128((const __m128i *)(const void *)(at + 16 * i));
        low[i] = _mm_cmplt_epi8(bytes[i], space); /* signed: and all from 0x80 on */
        either[i] = _mm_or_si128(bytes[i], space);
    }
    return MARKS_BY(equal_sse2, bytes, either, bits_sse2(low));
}

static inline uint64_t turns_sse2(uint64_t bits)
{
    return turns_portable(bits);
}

#include "event/skim/skim_walk.h"
