#include "stream/pack.h"

#include <limits.h>
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

struct pack {
    enum packing packing;
#ifdef ASSENT_ZLIB
    z_stream gzip;
#endif
#ifdef ASSENT_ZSTD
    ZSTD_CCtx *zstd;
#endif
    char *bytes; /* what is packed */
    size_t len, cap;
};

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

/* ---- gzip ---- */

#ifdef ASSENT_ZLIB
static bool gzip_start(struct pack *pack)
{
    enum { AS_GZIP = 16, MEMORY_LEVEL = 8 };
    return deflateInit2(&pack->gzip, Z_DEFAULT_COMPRESSION, Z_DEFLATED, AS_GZIP + MAX_WBITS,
                        MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK;
}

static bool gzip_member(struct pack *pack, struct text plain)
{
    z_stream *gzip = &pack->gzip;
    if (deflateReset(gzip) != Z_OK || !reserve(pack, deflateBound(gzip, (uLong)plain.len)))
        return false;
    gzip->next_in = (unsigned char *)(uintptr_t)plain.bytes; /* it does not write there */
    gzip->avail_in = (unsigned)plain.len;
    size_t room = pack->cap - pack->len;
    gzip->next_out = (unsigned char *)pack->bytes + pack->len;
    gzip->avail_out = room < UINT_MAX ? (unsigned)room : UINT_MAX;
    if (deflate(gzip, Z_FINISH) != Z_STREAM_END)
        return false;
    pack->len = (size_t)((char *)gzip->next_out - pack->bytes);
    return true;
}
#endif

/* ---- Zstandard ---- */

#ifdef ASSENT_ZSTD
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
#endif

/* ---- either ---- */

static bool start(struct pack *pack, const char **fault)
{
    *fault = "out of memory";
#ifdef ASSENT_ZLIB
    if (pack->packing == PACKING_GZIP)
        return gzip_start(pack);
#endif
#ifdef ASSENT_ZSTD
    if (pack->packing == PACKING_ZSTD) {
        pack->zstd = ZSTD_createCCtx();
        return pack->zstd != NULL &&
               !ZSTD_isError(ZSTD_CCtx_setParameter(pack->zstd, ZSTD_c_checksumFlag, 1));
    }
#endif
    *fault = pack->packing == PACKING_GZIP ? "this build cannot write gzip"
                                           : "this build cannot write Zstandard";
    return false;
}

struct pack *pack_start(enum packing packing, const char **fault)
{
    struct pack *pack = calloc(1, sizeof *pack);
    *fault = "out of memory";
    if (pack == NULL)
        return NULL;
    pack->packing = packing;
    if (start(pack, fault))
        return pack;
    pack_end(pack);
    return NULL;
}

void pack_end(struct pack *pack)
{
    if (pack == NULL)
        return;
#ifdef ASSENT_ZLIB
    if (pack->packing == PACKING_GZIP)
        deflateEnd(&pack->gzip);
#endif
#ifdef ASSENT_ZSTD
    ZSTD_freeCCtx(pack->zstd);
#endif
    free(pack->bytes);
    free(pack);
}

static bool one(struct pack *pack, struct text plain)
{
    (void)plain;
#ifdef ASSENT_ZLIB
    if (pack->packing == PACKING_GZIP)
        return gzip_member(pack, plain);
#endif
#ifdef ASSENT_ZSTD
    if (pack->packing == PACKING_ZSTD)
        return zstd_frame(pack, plain);
#endif
    return false;
}

bool pack_whole(struct pack *pack, struct text plain, struct text *packed)
{
    pack->len = 0;
    while (plain.len != 0) {
        struct text part = {plain.bytes, plain.len < AT_ONCE ? plain.len : AT_ONCE};
        if (!one(pack, part))
            return false;
        plain = (struct text){plain.bytes + part.len, plain.len - part.len};
    }
    *packed = (struct text){pack->bytes, pack->len};
    return true;
}
