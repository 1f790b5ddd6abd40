/* Rejected lines told to a person: the first ones each with its place, the rest by their number. */
#ifndef ASSENT_REJECTS_H
#define ASSENT_REJECTS_H

#include "base/message.h"
#include "event/line.h"

struct rejects {
    uint64_t n_told;
};

void rejects_tell(struct rejects *rejects, struct place place, enum reject reject);

/* Tells of those that were only counted; n is the number of all. */
void rejects_tell_rest(const struct rejects *rejects, uint64_t n);

#endif
