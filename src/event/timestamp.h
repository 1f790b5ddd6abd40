/* Moments as RFC 3339 writes them, and a span of them: what of an event log is replayed. */
#ifndef ASSENT_TIMESTAMP_H
#define ASSENT_TIMESTAMP_H

#include "base/text.h"

#include <stdint.h>

struct moment {
    int64_t seconds; /* since 1970 in UTC, as POSIX counts them */
    uint32_t nanoseconds;
};

/* Reads a date-time of RFC 3339, section 5.6: `2026-11-24T12:00:00.5+01:00`. A leap second is the
 * second after it; of a fraction nine digits count. False when the text is none. */
bool moment_read(struct text text, struct moment *moment);

/* The same, or a date alone, its midnight in UTC: what a person may write. */
bool moment_read_loosely(struct text text, struct moment *moment);

/* From `since` on and before `until`, either if it is there. */
struct span {
    bool has_since, has_until;
    struct moment since, until;
};

bool span_holds(const struct span *span, struct moment moment);

#endif
