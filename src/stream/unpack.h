/*
 * Compressed files, read as they are: gzip (RFC 1952) and Zstandard (RFC 8878), of any number of
 * members or frames, recognised by their first bytes. A build can lack either library; it then
 * knows what it cannot read. Contract: cli.md, "Input".
 */
#ifndef ASSENT_UNPACK_H
#define ASSENT_UNPACK_H

#include "base/text.h"

enum packing { PACKING_NONE, PACKING_GZIP, PACKING_ZSTD, PACKING_UNDECIDED };

/* How a file that begins so is packed; UNDECIDED: more bytes are needed to tell. */
enum packing packing_of(struct text begin);

struct unpack;

/* NULL when memory is short; *fault then says so, or that this build lacks the library. The bytes
 * are the file's first ones, at most UNPACK_READ of them. unpack_end frees it (or NULL). */
struct unpack *unpack_start(enum packing packing, struct text begin, const char **fault);
void unpack_end(struct unpack *unpack);

enum { UNPACK_READ = 128 * 1024 };

/* Where the file's next bytes belong, at most UNPACK_READ of them; unpack_feed says how many came,
 * 0 at the file's end. Only when unpack_some has asked for them. */
char *unpack_room(struct unpack *unpack);
void unpack_feed(struct unpack *unpack, size_t n);

enum unpack_status {
    UNPACK_BYTES, /* *n of them, more than 0 */
    UNPACK_MORE,  /* the file's next bytes are needed */
    UNPACK_END,   /* all is unpacked */
    UNPACK_BAD,   /* *fault says why. What was unpacked before stands. */
};

/* Unpacks into the room, of at least a byte. */
enum unpack_status unpack_some(struct unpack *unpack, char *room, size_t size, size_t *n,
                               const char **fault);

#endif
