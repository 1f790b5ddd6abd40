/* utf8, json_string, json_path, ids: the small readers of text; quoted, which shows it. */
#include "base/json_path.h"
#include "base/json_string.h"
#include "base/utf8.h"
#include "mapping/finding.h"
#include "mapping/ids.h"
#include "unit.h"

#include <stdint.h>
#include <stdio.h>

static const struct {
    const char *bytes;
    int bad_at; /* -1: valid */
} utf8_rows[] = {
    {"", -1},
    {"plain ASCII, long enough for more than one word", -1},
    {"caf\xC3\xA9", -1},
    {"\xE2\x82\xAC\xF0\x9F\x98\x80 \xC3\xA9\xC3\xA9 eight more", -1},
    {"\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF", -1},
    {"\xC0\x80", 0},                /* overlong NUL */
    {"ab\xC1\xBF", 2},              /* overlong DEL */
    {"\xE0\x9F\xBF", 0},            /* overlong in three */
    {"\xF0\x8F\xBF\xBF", 0},        /* overlong in four */
    {"abcdefghij\xED\xA0\x80", 10}, /* the first surrogate */
    {"\xED\xBF\xBF", 0},            /* the last one */
    {"\xF4\x90\x80\x80", 0},        /* past U+10FFFF */
    {"\xF5\x80\x80\x80", 0},
    {"\xC3\xA9\x80", 2},     /* a continuation too many */
    {"12345678\xE2\x82", 8}, /* cut off */
    {"\xE2\x82 12", 0},
    {"\xFF", 0},
};

START_TEST(utf8_is_strict)
{
    struct text text = text_of(utf8_rows[_i].bytes);
    size_t expected = utf8_rows[_i].bad_at < 0 ? text.len : (size_t)utf8_rows[_i].bad_at;
    ck_assert_uint_eq(utf8_bad_at(text), expected);
}
END_TEST

/* Every sequence of one to three bytes against the ranges of RFC 3629, section 4. */
static bool valid_by_rfc(const unsigned char *b, size_t len)
{
    size_t i = 0;
    while (i < len) {
        size_t n = b[i] < 0x80                    ? 1
                   : b[i] >= 0xC2 && b[i] <= 0xDF ? 2
                   : (b[i] & 0xF0) == 0xE0        ? 3
                                                  : 0;
        if (n == 0 || i + n > len)
            return false;
        for (size_t k = 1; k < n; k++)
            if ((b[i + k] & 0xC0) != 0x80)
                return false;
        if (b[i] == 0xE0 && b[i + 1] < 0xA0)
            return false;
        if (b[i] == 0xED && b[i + 1] > 0x9F)
            return false;
        i += n;
    }
    return true;
}

START_TEST(utf8_all_short_sequences)
{
    for (unsigned value = 0; value < 1u << 24; value++) {
        unsigned char b[3] = {(unsigned char)(value >> 16), (unsigned char)(value >> 8),
                              (unsigned char)value};
        if (b[0] < 0x7F && b[0] > 1)
            continue; /* one ASCII first byte stands for all */
        struct text text = {(const char *)b, 3};
        if ((utf8_bad_at(text) == 3) != valid_by_rfc(b, 3))
            ck_abort_msg("%02x %02x %02x", b[0], b[1], b[2]);
    }
}
END_TEST

START_TEST(characters_and_controls)
{
    ck_assert_uint_eq(utf8_characters(TEXT("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")), 4);
    ck_assert(!utf8_has_control(TEXT("a b \xC3\xA9\xC2\xA0")));
    ck_assert(utf8_has_control(TEXT("a\x1F")));
    ck_assert(utf8_has_control(TEXT("\x7F")));
    ck_assert(utf8_has_control(TEXT("\xC2\x85")));
    ck_assert(!utf8_has_control(TEXT("\xC3\x85")));
    ck_assert(!utf8_has_control(TEXT("\xC2"))); /* cut off; what lies behind is not looked at */
}
END_TEST

static const struct {
    const char *text, *harmless;
} harmless_rows[] = {
    {"", ""},
    {"a \xC3\xA9 \xF0\x9F\x98\x80", "a \xC3\xA9 \xF0\x9F\x98\x80"},
    {"\x1B[31m\n\t\x7F", "?[31m???"},
    {"\xC2\x9B"
     "1m",
     "?1m"},
    {"\xC2\xA0", "\xC2\xA0"},
    {"a\xE2\x80\xAE"
     "b\xE2\x80\x8F\xE2\x81\xA6\xD8\x9C",
     "a?b???"},
    {"\xE2\x80\xA8\xE2\x80\xA9", "??"},
    {"\xF3\xA0\x81\x81", "?"}, /* a tag character */
    {"\x9B"
     "31m",
     "?31m"},                   /* a control character of Latin-1 */
    {"\xE9t\xE9", "\xE9t\xE9"}, /* letters of Latin-1 */
    {"\xE2\x80", "\xE2?"},      /* cut off */
};

START_TEST(harmful_characters)
{
    char bytes[64];
    size_t len = strlen(harmless_rows[_i].text);
    memcpy(bytes, harmless_rows[_i].text, len);
    struct text got = {bytes, utf8_make_harmless(bytes, len)};
    ck_assert(text_equal(got, text_of(harmless_rows[_i].harmless)));
}
END_TEST

static const struct {
    const char *raw;
    bool lone;
} surrogate_rows[] = {
    {"", false},
    {"plain", false},
    {"\\u0041\\n\\\\", false},
    {"\\ud83d\\ude00", false},
    {"\\uD83D\\uDE00 \\uD83D\\uDE00", false},
    {"\\ud83d", true},
    {"\\ude00", true},
    {"\\ud83dx\\ude00", true},
    {"\\ud83d\\u0041", true},
    {"\\ud83d\\ud83d\\ude00", true},
    {"\\ude00\\ud83d", true},
    {"\\\\ud83d", false}, /* an escaped backslash, then letters */
    {"\\\\\\ud83d", true},
    {"\\ud83d\\\\ude00", true},
    {"\\udbff\\udfff", false},
    {"\\ud7ff\\ue000", false},
};

START_TEST(lone_surrogates)
{
    ck_assert_int_eq(json_string_has_lone_surrogate(text_of(surrogate_rows[_i].raw)),
                     surrogate_rows[_i].lone);
}
END_TEST

static const struct {
    const char *json, *raw;
} token_rows[] = {
    {"\"a\"", "a"},
    {"{\"k\":\"\"", ""},
    {"{\"k\":\"a\\\"b\"", "a\\\"b"},
    {"[\"a\\\\\"", "a\\\\"},
    {"[\"\",\"\\\\\\\"\"", "\\\\\\\""},
};

START_TEST(string_tokens_are_found_backwards)
{
    struct text json = text_of(token_rows[_i].json);
    struct text raw = json_string_before(json, json.len);
    ck_assert(text_equal(raw, text_of(token_rows[_i].raw)));
}
END_TEST

static struct arena arena;

static const struct {
    const char *pointer;
    int n_tokens; /* -1: no pointer */
    const char *tokens[3];
} path_rows[] = {
    {"", 0, {NULL}},
    {"/", 1, {""}},
    {"/context/consent", 2, {"context", "consent"}},
    {"/a~1b/m~0n", 2, {"a/b", "m~n"}},
    {"/~01", 1, {"~1"}},
    {"//", 2, {"", ""}},
    {"/ /x/", 3, {" ", "x", ""}},
    {"context", -1, {NULL}},
    {"/a~", -1, {NULL}},
    {"/a~2", -1, {NULL}},
    {"#/a", -1, {NULL}},
};

static void parse_path(void *state)
{
    int row = *(int *)state;
    struct json_path path;
    bool good = json_path_parse(&arena, text_of(path_rows[row].pointer), &path);
    ck_assert_int_eq(good, path_rows[row].n_tokens >= 0);
    for (int i = 0; i < path_rows[row].n_tokens; i++)
        ck_assert(text_equal(path.tokens[i], text_of(path_rows[row].tokens[i])));
    if (good)
        ck_assert_uint_eq(path.n_tokens, (size_t)path_rows[row].n_tokens);
}

START_TEST(json_pointers)
{
    ck_assert(arena_try(&arena, parse_path, &_i));
    arena_free(&arena);
}
END_TEST

static void number_ids(void *state)
{
    struct ids *ids = state;
    static char names[10000][16];
    bool was_new;
    for (size_t i = 0; i < 10000; i++) {
        int len = snprintf(names[i], sizeof names[i], "id-%zu", i);
        ck_assert_uint_eq(ids_add(ids, &arena, (struct text){names[i], (size_t)len}, &was_new), i);
        ck_assert(was_new);
    }
    ck_assert_uint_eq(ids_add(ids, &arena, TEXT("id-77"), &was_new), 77);
    ck_assert(!was_new);
}

START_TEST(ids_are_numbered)
{
    struct ids ids = {0};
    ck_assert_uint_eq(ids_find(&ids, TEXT("id-1")), IDS_NONE);
    ck_assert(arena_try(&arena, number_ids, &ids));
    ck_assert_uint_eq(ids.n, 10000);
    ck_assert_uint_eq(ids_find(&ids, TEXT("id-9999")), 9999);
    ck_assert_uint_eq(ids_find(&ids, TEXT("ID-9999")), IDS_NONE);
    ck_assert_uint_eq(ids_find(&ids, TEXT("id-99990")), IDS_NONE);
    ck_assert_uint_eq(ids_find(&ids, TEXT("")), IDS_NONE);
    arena_free(&arena);
}
END_TEST

static const struct {
    const char *raw, *text; /* NULL: it is not plain */
} ascii_rows[] = {
    {"", ""},
    {"2026-11", "2026-11"},
    {"\\u0032\\/\\\"\\\\\\u005c", "2/\"\\\\"},
    {"12345678", "12345678"},
    {"123456789", NULL},
    {"\\n", NULL},
    {"\\u0000", NULL},
    {"\\u001f", NULL},
    {"\\u007f", NULL},
    {"\\u0131", NULL},
    {"\xC3\xA9", NULL},
    {"\x7F", NULL},
};

START_TEST(plain_strings_are_decoded)
{
    char room[8];
    struct text text;
    const char *expected = ascii_rows[_i].text;
    bool plain = json_string_ascii(text_of(ascii_rows[_i].raw), room, sizeof room, &text);
    ck_assert_int_eq(plain, expected != NULL);
    if (plain)
        ck_assert(text_equal(text, text_of(expected)));
}
END_TEST

#define TEN(text) text text text text text text text text text text
#define SEVENTY_NINE TEN("0123456") "012345678"

static const struct {
    const char *text, *quoted;
} quoted_rows[] = {
    {"", "\"\""},
    {"a\"b\\c", "\"a\\\"b\\\\c\""},
    {"a\x1B\xE2\x80\xAE", "\"a\\u001b\\u202e\""},
    {SEVENTY_NINE "x", "\"" SEVENTY_NINE "x\""},
    {SEVENTY_NINE "xy", "\"" SEVENTY_NINE "x\"..."},
    {SEVENTY_NINE "\xC3\xA9", "\"" SEVENTY_NINE "\"..."}, /* not inside of a character */
    {"\xFF", "\"\\ufffd\""},
    {TEN(TEN("\x80")), "\"\"..."}, /* no character begins where it may be cut */
};

static void quote_row(void *state)
{
    int row = *(int *)state;
    ck_assert_str_eq(quoted(&arena, text_of(quoted_rows[row].text)), quoted_rows[row].quoted);
}

START_TEST(texts_are_quoted_and_cut_short)
{
    ck_assert(arena_try(&arena, quote_row, &_i));
    arena_free(&arena);
}
END_TEST

#define ROWS(rows) (int)(sizeof(rows) / sizeof *(rows))

START_TEST(the_last_of_a_byte)
{
    static char bytes[600];
    memset(bytes, 'x', sizeof bytes);
    for (size_t len = 0; len <= sizeof bytes; len++)
        ck_assert_uint_eq(text_behind_last((struct text){bytes, len}, '\n'), 0);
    bytes[0] = '\n';
    for (size_t at = 0; at < sizeof bytes; at++) {
        bytes[at] = '\n';
        for (size_t len = at + 1; len <= sizeof bytes; len++)
            ck_assert_uint_eq(text_behind_last((struct text){bytes, len}, '\n'), at + 1);
    }
}
END_TEST

static void fill(TCase *tests)
{
    tcase_add_test(tests, the_last_of_a_byte);
    tcase_add_loop_test(tests, utf8_is_strict, 0, ROWS(utf8_rows));
    tcase_add_test(tests, utf8_all_short_sequences);
    tcase_add_test(tests, characters_and_controls);
    tcase_add_loop_test(tests, harmful_characters, 0, ROWS(harmless_rows));
    tcase_add_loop_test(tests, lone_surrogates, 0, ROWS(surrogate_rows));
    tcase_add_loop_test(tests, string_tokens_are_found_backwards, 0, ROWS(token_rows));
    tcase_add_loop_test(tests, plain_strings_are_decoded, 0, ROWS(ascii_rows));
    tcase_add_loop_test(tests, texts_are_quoted_and_cut_short, 0, ROWS(quoted_rows));
    tcase_add_loop_test(tests, json_pointers, 0, ROWS(path_rows));
    tcase_add_test(tests, ids_are_numbered);
    tcase_set_timeout(tests, 120);
}

int main(void)
{
    return unit_run("text", fill);
}
