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

/* A way in which files are packed. Each call but the end returns a fault, or NULL. */
struct format {
    const char *(*start)(struct unpack *unpack);
    const char *(*some)(struct unpack *unpack, char *room, size_t size, size_t *n);
    void (*end)(struct unpack *unpack);
    const char *corrupt, *cut_off; /* faults */
};

struct unpack {
    const struct format *format;
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
static const char gzip_corrupt[] = "its gzip data is corrupt";

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
    int status = inflate(&unpack->gzip, Z_NO_FLUSH);
    unpack->within = status != Z_STREAM_END;
    unpack->at = unpack->len - unpack->gzip.avail_in;
    *n = size - unpack->gzip.avail_out;
    if (status == Z_MEM_ERROR)
        return out_of_memory;
    return status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR ? NULL : gzip_corrupt;
}

static void gzip_end(struct unpack *unpack)
{
    inflateEnd(&unpack->gzip);
}

static const struct format gzip = {gzip_start, gzip_some, gzip_end, gzip_corrupt,
                                   "it ends in the middle of its gzip data"};
#else
static const char *gzip_start(struct unpack *unpack)
{
    (void)unpack;
    return "it is compressed by gzip, which this build cannot read";
}

static const struct format gzip = {.start = gzip_start};
#endif

/* ---- Zstandard ---- */

#ifdef ASSENT_ZSTD
static const char zstd_corrupt[] = "its Zstandard data is corrupt";

static const char *zstd_start(struct unpack *unpack)
{
    unpack->zstd = ZSTD_createDStream();
    return unpack->zstd != NULL ? NULL : out_of_memory;
}

static const char *zstd_fault(size_t status)
{
    switch (ZSTD_getErrorCode(status)) {
    case ZSTD_error_memory_allocation:
        return out_of_memory;
    case ZSTD_error_frameParameter_windowTooLarge: /* as zstd itself, unless asked for */
        return "its Zstandard data needs a window of more than 128 MiB";
    default:
        return zstd_corrupt;
    }
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
        return zstd_fault(status);
    if (any || out.pos != 0) /* else a frame that is not begun would count as one */
        unpack->within = status != 0;
    return NULL;
}

static void zstd_end(struct unpack *unpack)
{
    ZSTD_freeDStream(unpack->zstd);
}

static const struct format zstd = {zstd_start, zstd_some, zstd_end, zstd_corrupt,
                                   "it ends in the middle of its Zstandard data"};
#else
static const char *zstd_start(struct unpack *unpack)
{
    (void)unpack;
    return "it is compressed by Zstandard, which this build cannot read";
}

static const struct format zstd = {.start = zstd_start};
#endif

/* ---- either ---- */

struct unpack *unpack_start(enum packing packing, struct text begin, const char **fault)
{
    struct unpack *unpack = calloc(1, sizeof *unpack);
    *fault = out_of_memory;
    if (unpack == NULL)
        return NULL;
    unpack->format = packing == PACKING_GZIP ? &gzip : &zstd;
    memcpy(unpack->bytes, begin.bytes, begin.len);
    unpack->len = begin.len;
    *fault = unpack->format->start(unpack);
    if (*fault == NULL)
        return unpack;
    free(unpack);
    return NULL;
}

void unpack_end(struct unpack *unpack)
{
    if (unpack == NULL)
        return;
    unpack->format->end(unpack);
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
        *fault = unpack->format->some(unpack, room, size, n);
        if (*n != 0)
            return UNPACK_BYTES; /* a fault comes again with the next call */
        if (*fault != NULL)
            return UNPACK_BAD;
        if (unpack->at < unpack->len && unpack->at != at)
            continue; /* a header was read, or a member's end */
        *fault = unpack->format->corrupt;
        if (unpack->at < unpack->len)
            return UNPACK_BAD; /* it does not get on */
        if (!unpack->ended)
            return UNPACK_MORE;
        *fault = unpack->format->cut_off;
        return unpack->within ? UNPACK_BAD : UNPACK_END;
    }
}
