/* Ids to small numbers: each id that the mapping knows gets the next number, its bit in a bitset.
 */
#ifndef ASSENT_IDS_H
#define ASSENT_IDS_H

#include "base/arena.h"
#include "base/text.h"

#include <stdint.h>

#define IDS_NONE SIZE_MAX

struct ids {
    struct text *texts; /* by number; the bytes are borrowed from who added them */
    size_t n;
    uint32_t *slots; /* open addressing: number + 1, 0 = free */
    size_t n_slots;  /* a power of two, or 0 */
};

/* The number of the id, IDS_NONE when it was never added. Ids are compared byte for byte. */
size_t ids_find(const struct ids *ids, struct text id);

/* The number of the id, which is added when it is new; *was_new says whether it was. */
size_t ids_add(struct ids *ids, struct arena *arena, struct text id, bool *was_new);

#endif
