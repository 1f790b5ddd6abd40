/* The walk with NEON, 16 bytes at a time: every 64-bit ARM has it. */
#include <arm_neon.h>

#define SKIM_NAME(name) name##_neon
#define SKIM_TARGET

/* NEON has no movemask: each byte keeps the bit of its place in eight, then neighbours are added.
 */
static inline uint64_t bits_neon(const uint8x16_t bytes[4])
{
    static const uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t place = vld1q_u8(places);
    uint8x16_t first = vpaddq_u8(vandq_u8(bytes[0], place), vandq_u8(bytes[1], place));
    uint8x16_t second = vpaddq_u8(vandq_u8(bytes[2], place), vandq_u8(bytes[3], place));
    uint8x16_t all = vpaddq_u8(first, second);
    all = vpaddq_u8(all, all);
    return vgetq_lane_u64(vreinterpretq_u64_u8(all), 0);
}

static inline uint64_t equal_neon(const uint8x16_t bytes[4], char c)
{
    uint8x16_t all = vdupq_n_u8((uint8_t)c), equal[4];
    for (unsigned i = 0; i < 4; i++)
        equal[i] = vceqq_u8(bytes[i], all);
    return bits_neon(equal);
}

static inline struct marks marks_neon(const unsigned char *at)
{
    uint8x16_t bytes[4], low[4], either[4], space = vdupq_n_u8(' ');
    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = vld1q_u8(at + 16 * i);
        /* Signed: all from 0x80 on are low, too. */
        low[i] = vcltq_s8(vreinterpretq_s8_u8(bytes[i]), vreinterpretq_s8_u8(space));
        either[i] = vorrq_u8(bytes[i], space);
    }
    return MARKS_BY(equal_neon, bytes, either, bits_neon(low));
}

static inline uint64_t turns_neon(uint64_t bits)
{
    return turns_portable(bits);
}

#include "event/skim/skim_walk.h"
