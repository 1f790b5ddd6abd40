/* FNV-1a, 64 bits: tells apart what was changed by mistake, not what somebody forged. */
#ifndef ASSENT_FINGERPRINT_H
#define ASSENT_FINGERPRINT_H

#include "base/text.h"

#include <stdint.h>

static inline uint64_t fingerprint(struct text text)
{
    uint64_t sum = 0xCBF29CE484222325;
    for (size_t i = 0; i < text.len; i++)
        sum = (sum ^ (unsigned char)text.bytes[i]) * 0x100000001B3;
    return sum;
}

#endif
