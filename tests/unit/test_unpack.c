/* Packed files, fed and unpacked in pieces of every size, cut off at every byte, and damaged. */
#include "stream/unpack.h"
#include "unit.h"

#include <stdint.h>
#include <stdio.h>

/* `{"n":1}` LF, `{"n":2}` LF in two members or frames, as gzip -n and zstd make them. */
enum { PLAIN = 16 };
static const char plain[] = "{\"n\":1}\n{\"n\":2}\n";
static const unsigned char gzip[] = {
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xAB, 0x56, 0xCA, 0x53,
    0xB2, 0x32, 0xAC, 0xE5, 0x02, 0x00, 0x93, 0x11, 0xBE, 0x85, 0x08, 0x00, 0x00, 0x00,
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xAB, 0x56, 0xCA, 0x53,
    0xB2, 0x32, 0xAA, 0xE5, 0x02, 0x00, 0xCA, 0xAF, 0xF8, 0x87, 0x08, 0x00, 0x00, 0x00};
static const unsigned char padded[] = {
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xAB, 0x56, 0xCA, 0x53, 0xB2, 0x32,
    0xAC, 0xE5, 0x02, 0x00, 0x93, 0x11, 0xBE, 0x85, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x1F, 0x8B,
    0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xAB, 0x56, 0xCA, 0x53, 0xB2, 0x32, 0xAA, 0xE5,
    0x02, 0x00, 0xCA, 0xAF, 0xF8, 0x87, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
static const unsigned char zstd[] = {
    0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x58, 0x41, 0x00, 0x00, 0x7B, 0x22, 0x6E, 0x22, 0x3A,
    0x31, 0x7D, 0x0A, 0x33, 0x15, 0x9B, 0x3C, 0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x58, 0x41,
    0x00, 0x00, 0x7B, 0x22, 0x6E, 0x22, 0x3A, 0x32, 0x7D, 0x0A, 0x0F, 0xD1, 0x43, 0x7D};
enum { GZIP_FIRST = 28, ZSTD_FIRST = 21 };

static const struct {
    enum packing packing;
    const char *bytes;
    size_t len, first; /* of all, of the first member */
    size_t padding;    /* bytes between the members */
    size_t skippable;  /* of bytes at the end that may be cut off without harm */
} rows[] = {
    {PACKING_GZIP, (const char *)gzip, sizeof gzip, GZIP_FIRST, 0, 0},
    {PACKING_GZIP, (const char *)padded, sizeof padded, GZIP_FIRST, 2, 3},
    {PACKING_ZSTD, (const char *)zstd, sizeof zstd, ZSTD_FIRST, 0, 0},
};

/* Feeds the file `step` bytes at a time into rooms of `room` bytes. The status is the last one. */
static enum unpack_status unpack_all(enum packing packing, const char *bytes, size_t len,
                                     size_t step, size_t room, char *out, size_t *n_out)
{
    const char *fault;
    size_t at = step < len ? step : len;
    struct unpack *unpack = unpack_start(packing, (struct text){bytes, at}, &fault);
    ck_assert_ptr_nonnull(unpack);
    *n_out = 0;
    for (;;) {
        size_t n = 0;
        enum unpack_status status = unpack_some(unpack, out + *n_out, room, &n, &fault);
        if (status == UNPACK_BYTES) {
            ck_assert(n >= 1 && n <= room);
            *n_out += n;
            ck_assert_uint_le(*n_out, 100);
        } else if (status == UNPACK_MORE) {
            size_t fed = len - at < step ? len - at : step;
            memcpy(unpack_room(unpack), bytes + at, fed);
            unpack_feed(unpack, fed);
            at += fed;
        } else {
            ck_assert(status == UNPACK_END || fault != NULL);
            unpack_end(unpack);
            return status;
        }
    }
}

START_TEST(pieces_of_every_size)
{
    char out[200];
    size_t n;
    for (size_t step = 1; step <= rows[_i].len; step++)
        for (size_t room = 1; room <= PLAIN + 1; room++) {
            ck_assert_int_eq(
                unpack_all(rows[_i].packing, rows[_i].bytes, rows[_i].len, step, room, out, &n),
                UNPACK_END);
            ck_assert_uint_eq(n, PLAIN);
            ck_assert_mem_eq(out, plain, PLAIN);
        }
}
END_TEST

/* Only between members may a file end. */
START_TEST(cut_off_at_every_byte)
{
    char out[200];
    size_t n;
    for (size_t len = 1; len < rows[_i].len; len++)
        for (size_t step = 1; step < 20; step += 6) {
            bool good = (len >= rows[_i].first && len <= rows[_i].first + rows[_i].padding) ||
                        len >= rows[_i].len - rows[_i].skippable;
            ck_assert_int_eq(unpack_all(rows[_i].packing, rows[_i].bytes, len, step, 7, out, &n),
                             good ? UNPACK_END : UNPACK_BAD);
            ck_assert_mem_eq(out, plain, n);
        }
}
END_TEST

/* A byte changed in the middle of a file: unpacked to the same, or found out. */
START_TEST(damage_is_found)
{
    char out[200], bytes[200];
    size_t n, n_found = 0;
    for (size_t at = 0; at < rows[_i].len - rows[_i].skippable; at++) {
        memcpy(bytes, rows[_i].bytes, rows[_i].len);
        bytes[at] = (char)(bytes[at] ^ 0x20);
        enum unpack_status status =
            unpack_all(rows[_i].packing, bytes, rows[_i].len, rows[_i].len, 50, out, &n);
        if (status == UNPACK_END)
            ck_assert(n == PLAIN && memcmp(out, plain, PLAIN) == 0);
        else
            n_found++;
    }
    ck_assert_uint_gt(n_found, rows[_i].len / 2);
}
END_TEST

static const struct {
    const char *begin;
    size_t len;
    enum packing packing;
} begin_rows[] = {
    {"", 0, PACKING_UNDECIDED},       {"{", 1, PACKING_NONE},
    {"\x1F", 1, PACKING_UNDECIDED},   {"\x1F\x8B", 2, PACKING_GZIP},
    {"\x1F\x9D", 2, PACKING_NONE},    {"(", 1, PACKING_UNDECIDED},
    {"(\xB5/", 3, PACKING_UNDECIDED}, {"(\xB5/\xFD", 4, PACKING_ZSTD},
    {"(\xB5/\xFE", 4, PACKING_NONE},  {"P*M\x18", 4, PACKING_ZSTD},
    {"_*M\x18.", 5, PACKING_ZSTD},    {"`*M\x18", 4, PACKING_NONE},
    {"P*N", 3, PACKING_NONE},         {"\xEF\xBB\xBF", 3, PACKING_NONE},
};

START_TEST(files_are_recognised_by_their_begin)
{
    ck_assert_int_eq(packing_of((struct text){begin_rows[_i].begin, begin_rows[_i].len}),
                     begin_rows[_i].packing);
}
END_TEST

#define ROWS(rows) (int)(sizeof(rows) / sizeof *(rows))

static void fill(TCase *tests)
{
    tcase_add_loop_test(tests, pieces_of_every_size, 0, ROWS(rows));
    tcase_add_loop_test(tests, cut_off_at_every_byte, 0, ROWS(rows));
    tcase_add_loop_test(tests, damage_is_found, 0, ROWS(rows));
    tcase_add_loop_test(tests, files_are_recognised_by_their_begin, 0, ROWS(begin_rows));
    tcase_set_timeout(tests, 120);
}

int main(void)
{
    return unit_run("unpack", fill);
}
