/* A block on its way: what was read, and what the work on it puts out. */
#ifndef ASSENT_PARCEL_H
#define ASSENT_PARCEL_H

#include "stream/block.h"
#include "stream/output.h"

/* How many outputs the work has; it knows which they are. One without a sink is not used. */
enum { PARCEL_OUTPUTS = 3 };

struct parcel {
    struct block block;
    struct output outputs[PARCEL_OUTPUTS];
    void *notes; /* what the work has to say of the block; the pipeline does not look at it */
};

#endif
