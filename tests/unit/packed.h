/* Files of many lines, packed or not. */
#ifndef ASSENT_PACKED_H
#define ASSENT_PACKED_H

#include "scratch.h"
#include "stream/pack.h"

static const enum packing packings[] = {PACKING_NONE, PACKING_GZIP, PACKING_ZSTD};

/* A file of 100,000 lines of six bytes, cut off or damaged at an offset. */
static inline void write_packed(const char *name, enum packing packing, size_t cut_at,
                                size_t damaged_at)
{
    enum { LINES = 100000, LINE = 6 };
    static char plain[LINES * LINE + 1];
    struct text text = {plain, LINES * LINE};
    const char *fault;
    for (int i = 0; i < LINES; i++)
        sprintf(plain + i * LINE, "%05d\n", i);
    struct pack *pack = packing == PACKING_NONE ? NULL : pack_start(packing, &fault);
    ck_assert(pack == NULL || pack_whole(pack, text, &text));
    char *bytes = malloc(text.len);
    memcpy(bytes, text.bytes, text.len);
    if (damaged_at < text.len)
        bytes[damaged_at] ^= 0x55;
    write_file(name, bytes, cut_at < text.len ? cut_at : text.len);
    free(bytes);
    pack_end(pack);
}

#endif
