/* The walk with NEON, 16 bytes at a time: every 64-bit ARM has it. */
#include <arm_neon.h>

static inline unsigned special_neon(const unsigned char *at)
{
    uint8x16_t bytes = vld1q_u8(at);
    uint8x16_t ends = vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('"')), vceqq_u8(bytes, vdupq_n_u8('\\')));
    /* Signed: all from 0x80 on are low, too. */
    uint8x16_t low = vcltq_s8(vreinterpretq_s8_u8(bytes), vdupq_n_s8(0x20));
    /* Four bits per byte: NEON has no movemask. */
    uint8x8_t halves = vshrn_n_u16(vreinterpretq_u16_u8(vorrq_u8(ends, low)), 4);
    uint64_t mask = vget_lane_u64(vreinterpret_u64_u8(halves), 0);
    return mask == 0 ? 16 : (unsigned)__builtin_ctzll(mask) / 4;
}

#define SKIM_NAME(name) name##_neon
#define SKIM_TARGET
#define SKIM_WIDTH 16
#include "event/skim/skim_walk.h"
