#include "stream/unpack.h"

#include <stdbool.h>
#include <stdlib.h>

#ifdef ASSENT_ZLIB
#include <zlib.h>
#endif
#ifdef ASSENT_ZSTD
#include <zstd.h>
#include <zstd_errors.h>
#endif

static const char out_of_memory[] = "out of memory";
static const char gzip_corrupt[] = "its gzip data is corrupt";
static const char gzip_short[] = "it ends in the middle of its gzip data";
static const char zstd_corrupt[] = "its Zstandard data is corrupt";
static const char zstd_short[] = "it ends in the middle of its Zstandard data";

struct unpack {
    enum packing packing;
    bool within;    /* a member or frame */
    bool ended;     /* the file */
    size_t at, len; /* what is fed and not used yet, in bytes */
#ifdef ASSENT_ZLIB
    z_stream gzip;
#endif
#ifdef ASSENT_ZSTD
    ZSTD_DStream *zstd;
#endif
    char bytes[UNPACK_READ];
};

/* ---- which it is ---- */

/* Whether the file begins with the bytes, as far as it goes; the first of them may be one of a
 * range. */
static enum packing begins(struct text begin, unsigned char least, unsigned char most,
                           struct text rest, enum packing packing)
{
    unsigned char first = (unsigned char)begin.bytes[0];
    size_t len = begin.len - 1 < rest.len ? begin.len - 1 : rest.len;
    if (first < least || first > most || memcmp(begin.bytes + 1, rest.bytes, len) != 0)
        return PACKING_NONE;
    return len == rest.len ? packing : PACKING_UNDECIDED;
}

enum packing packing_of(struct text begin)
{
    if (begin.len == 0)
        return PACKING_UNDECIDED;
    enum packing packing = begins(begin, 0x1F, 0x1F, TEXT("\x8B"), PACKING_GZIP);
    if (packing == PACKING_NONE)
        packing = begins(begin, 0x28, 0x28, TEXT("\xB5\x2F\xFD"), PACKING_ZSTD);
    if (packing == PACKING_NONE) /* a skippable frame */
        packing = begins(begin, 0x50, 0x5F, TEXT("\x2A\x4D\x18"), PACKING_ZSTD);
    return packing;
}

/* ---- gzip ---- */

#ifdef ASSENT_ZLIB
static const char *gzip_start(struct unpack *unpack)
{
    enum { GZIP_ONLY = 16 };
    return inflateInit2(&unpack->gzip, GZIP_ONLY + MAX_WBITS) == Z_OK ? NULL : out_of_memory;
}

/* Zeros behind a member pad it, as on tapes; anything else must be another member. */
static bool gzip_skip_padding(struct unpack *unpack)
{
    while (unpack->at < unpack->len && unpack->bytes[unpack->at] == '\0')
        unpack->at++;
    return unpack->at < unpack->len;
}

static const char *gzip_some(struct unpack *unpack, char *room, size_t size, size_t *n)
{
    *n = 0;
    if (!unpack->within && unpack->gzip.total_in != 0) {
        if (!gzip_skip_padding(unpack))
            return NULL;
        inflateReset(&unpack->gzip);
    }
    unpack->gzip.next_in = (unsigned char *)unpack->bytes + unpack->at;
    unpack->gzip.avail_in = (unsigned)(unpack->len - unpack->at);
    unpack->gzip.next_out = (unsigned char *)room;
    unpack->gzip.avail_out = (unsigned)size;
    unpack->within = unpack->within || unpack->at < unpack->len;
    int status = inflate(&unpack->gzip, Z_NO_FLUSH);
    unpack->at = unpack->len - unpack->gzip.avail_in;
    *n = size - unpack->gzip.avail_out;
    if (status == Z_STREAM_END)
        unpack->within = false;
    else if (status == Z_MEM_ERROR)
        return out_of_memory;
    else if (status != Z_OK && status != Z_BUF_ERROR)
        return gzip_corrupt;
    return NULL;
}
#endif

/* ---- Zstandard ---- */

#ifdef ASSENT_ZSTD
static const char *zstd_start(struct unpack *unpack)
{
    unpack->zstd = ZSTD_createDStream();
    return unpack->zstd != NULL ? NULL : out_of_memory;
}

static const char *zstd_some(struct unpack *unpack, char *room, size_t size, size_t *n)
{
    ZSTD_inBuffer in = {unpack->bytes, unpack->len, unpack->at};
    ZSTD_outBuffer out = {room, size, 0};
    bool any = unpack->at < unpack->len;
    size_t status = ZSTD_decompressStream(unpack->zstd, &out, &in);
    unpack->at = in.pos;
    *n = out.pos;
    if (ZSTD_isError(status))
        return ZSTD_getErrorCode(status) == ZSTD_error_memory_allocation ? out_of_memory
                                                                         : zstd_corrupt;
    if (any || out.pos != 0) /* else a frame that is not begun would count as one */
        unpack->within = status != 0;
    return NULL;
}
#endif

/* ---- either ---- */

static const char *start(struct unpack *unpack)
{
#ifdef ASSENT_ZLIB
    if (unpack->packing == PACKING_GZIP)
        return gzip_start(unpack);
#endif
#ifdef ASSENT_ZSTD
    if (unpack->packing == PACKING_ZSTD)
        return zstd_start(unpack);
#endif
    return unpack->packing == PACKING_GZIP
               ? "it is compressed by gzip, which this build cannot read"
               : "it is compressed by Zstandard, which this build cannot read";
}

static const char *some(struct unpack *unpack, char *room, size_t size, size_t *n)
{
    *n = 0;
#ifdef ASSENT_ZLIB
    if (unpack->packing == PACKING_GZIP)
        return gzip_some(unpack, room, size, n);
#endif
#ifdef ASSENT_ZSTD
    if (unpack->packing == PACKING_ZSTD)
        return zstd_some(unpack, room, size, n);
#endif
    (void)room;
    (void)size;
    return unpack->packing == PACKING_GZIP ? gzip_corrupt : zstd_corrupt;
}

struct unpack *unpack_start(enum packing packing, struct text begin, const char **fault)
{
    struct unpack *unpack = calloc(1, sizeof *unpack);
    *fault = out_of_memory;
    if (unpack == NULL)
        return NULL;
    unpack->packing = packing;
    memcpy(unpack->bytes, begin.bytes, begin.len);
    unpack->len = begin.len;
    *fault = start(unpack);
    if (*fault == NULL)
        return unpack;
    free(unpack);
    return NULL;
}

void unpack_end(struct unpack *unpack)
{
    if (unpack == NULL)
        return;
#ifdef ASSENT_ZLIB
    if (unpack->packing == PACKING_GZIP)
        inflateEnd(&unpack->gzip);
#endif
#ifdef ASSENT_ZSTD
    ZSTD_freeDStream(unpack->zstd);
#endif
    free(unpack);
}

char *unpack_room(struct unpack *unpack)
{
    return unpack->bytes;
}

void unpack_feed(struct unpack *unpack, size_t n)
{
    unpack->at = 0;
    unpack->len = n;
    unpack->ended = n == 0;
}

enum unpack_status unpack_some(struct unpack *unpack, char *room, size_t size, size_t *n,
                               const char **fault)
{
    for (;;) {
        size_t at = unpack->at;
        *fault = some(unpack, room, size, n);
        if (*n != 0)
            return UNPACK_BYTES; /* a fault comes again with the next call */
        if (*fault != NULL)
            return UNPACK_BAD;
        if (unpack->at < unpack->len && unpack->at != at)
            continue; /* a header was read, or a member's end */
        *fault = unpack->packing == PACKING_GZIP ? gzip_corrupt : zstd_corrupt;
        if (unpack->at < unpack->len)
            return UNPACK_BAD; /* it does not get on */
        if (!unpack->ended)
            return UNPACK_MORE;
        *fault = unpack->packing == PACKING_GZIP ? gzip_short : zstd_short;
        return unpack->within ? UNPACK_BAD : UNPACK_END;
    }
}
