/* A block on its way: what was read, and what the work on it puts out. */
#ifndef ASSENT_PARCEL_H
#define ASSENT_PARCEL_H

#include "stream/block.h"
#include "stream/output.h"

struct parcel {
    struct block block;
    struct output output, rejects;
    void *notes; /* what the work has to say of the block; the pipeline does not look at it */
};

#endif
