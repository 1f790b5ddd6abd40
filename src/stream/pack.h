/*
 * Compressed output, the counterpart of unpack.h: gzip (RFC 1952) and Zstandard (RFC 8878). Each
 * call makes whole members or frames, which depend on nothing but its bytes: a file of them can be
 * cut off behind any call's and gone on with.
 */
#ifndef ASSENT_PACK_H
#define ASSENT_PACK_H

#include "stream/unpack.h"

struct pack;

/* NULL when memory is short; *fault then says so, or that this build lacks the library. pack_end
 * frees it (or NULL). */
struct pack *pack_start(enum packing packing, const char **fault);
void pack_end(struct pack *pack);

/* Packs the bytes; *packed is valid until the next call. False when memory is short. */
bool pack_whole(struct pack *pack, struct text plain, struct text *packed);

#endif
