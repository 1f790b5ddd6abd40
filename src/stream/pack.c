#include "stream/pack.h"

#include <stdint.h>
#include <stdlib.h>

#ifdef ASSENT_ZLIB
#include <zlib.h>
#endif
#ifdef ASSENT_ZSTD
#include <zstd.h>
#endif

/* One call of a library takes so many bytes, each as a member or frame of its own. */
enum { AT_ONCE = 64 * 1024 * 1024 };

/* A way to pack. */
struct format {
    const char *(*start)(struct pack *pack); /* a fault, or NULL */
    bool (*one)(struct pack *pack, struct text plain);
    void (*end)(struct pack *pack);
};

struct pack {
    const struct format *format;
#ifdef ASSENT_ZLIB
    z_stream gzip;
#endif
#ifdef ASSENT_ZSTD
    ZSTD_CCtx *zstd;
#endif
    char *bytes; /* what is packed */
    size_t len, cap;
};

static const char out_of_memory[] = "out of memory";

#if defined ASSENT_ZLIB || defined ASSENT_ZSTD
static bool reserve(struct pack *pack, size_t more)
{
    if (pack->cap - pack->len >= more)
        return true;
    char *bytes = realloc(pack->bytes, pack->len + more);
    if (bytes == NULL)
        return false;
    pack->bytes = bytes;
    pack->cap = pack->len + more;
    return true;
}
#endif

/* ---- gzip ---- */

#ifdef ASSENT_ZLIB
static const char *gzip_start(struct pack *pack)
{
    enum { AS_GZIP = 16, MEMORY_LEVEL = 8 };
    return deflateInit2(&pack->gzip, Z_DEFAULT_COMPRESSION, Z_DEFLATED, AS_GZIP + MAX_WBITS,
                        MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK
               ? NULL
               : out_of_memory;
}

static bool gzip_member(struct pack *pack, struct text plain)
{
    z_stream *gzip = &pack->gzip;
    deflateReset(gzip);
    size_t most = deflateBound(gzip, (uLong)plain.len);
    if (!reserve(pack, most))
        return false;
    gzip->next_in = (unsigned char *)(uintptr_t)plain.bytes; /* it does not write there */
    gzip->avail_in = (unsigned)plain.len;
    gzip->next_out = (unsigned char *)pack->bytes + pack->len;
    gzip->avail_out = (unsigned)most;
    if (deflate(gzip, Z_FINISH) != Z_STREAM_END)
        return false;
    pack->len = (size_t)((char *)gzip->next_out - pack->bytes);
    return true;
}

static void gzip_end(struct pack *pack)
{
    deflateEnd(&pack->gzip);
}

static const struct format gzip = {gzip_start, gzip_member, gzip_end};
#else
static const char *gzip_start(struct pack *pack)
{
    (void)pack;
    return "this build cannot write gzip";
}

static const struct format gzip = {.start = gzip_start};
#endif

/* ---- Zstandard ---- */

#ifdef ASSENT_ZSTD
static const char *zstd_start(struct pack *pack)
{
    pack->zstd = ZSTD_createCCtx();
    if (pack->zstd == NULL)
        return out_of_memory;
    ZSTD_CCtx_setParameter(pack->zstd, ZSTD_c_checksumFlag, 1); /* may always be asked for */
    return NULL;
}

static bool zstd_frame(struct pack *pack, struct text plain)
{
    if (!reserve(pack, ZSTD_compressBound(plain.len)))
        return false;
    size_t n = ZSTD_compress2(pack->zstd, pack->bytes + pack->len, pack->cap - pack->len,
                              plain.bytes, plain.len);
    if (ZSTD_isError(n))
        return false;
    pack->len += n;
    return true;
}

static void zstd_end(struct pack *pack)
{
    ZSTD_freeCCtx(pack->zstd);
}

static const struct format zstd = {zstd_start, zstd_frame, zstd_end};
#else
static const char *zstd_start(struct pack *pack)
{
    (void)pack;
    return "this build cannot write Zstandard";
}

static const struct format zstd = {.start = zstd_start};
#endif

/* ---- either ---- */

struct pack *pack_start(enum packing packing, const char **fault)
{
    struct pack *pack = calloc(1, sizeof *pack);
    *fault = out_of_memory;
    if (pack == NULL)
        return NULL;
    pack->format = packing == PACKING_GZIP ? &gzip : &zstd;
    *fault = pack->format->start(pack);
    if (*fault == NULL)
        return pack;
    free(pack);
    return NULL;
}

void pack_end(struct pack *pack)
{
    if (pack == NULL)
        return;
    pack->format->end(pack);
    free(pack->bytes);
    free(pack);
}

bool pack_whole(struct pack *pack, struct text plain, struct text *packed)
{
    pack->len = 0;
    while (plain.len != 0) {
        struct text part = {plain.bytes, plain.len < AT_ONCE ? plain.len : AT_ONCE};
        if (!pack->format->one(pack, part))
            return false;
        plain = (struct text){plain.bytes + part.len, plain.len - part.len};
    }
    *packed = (struct text){pack->bytes, pack->len};
    return true;
}
