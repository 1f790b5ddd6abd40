/* What the skim accepts and what it copies, with every instruction set, at the end of a page. */
#include "event/skim/skim.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct arena memory;
static struct key_paths paths;

static struct json_path path(const char *const *tokens, size_t n)
{
    struct text *texts = arena_alloc(&memory, n * sizeof *texts);
    for (size_t i = 0; i < n; i++)
        texts[i] = text_of(tokens[i]);
    return (struct json_path){.tokens = texts, .n_tokens = n};
}

static void make_paths(void *state)
{
    static const char *const consent[] = {"context", "consent", "categoryPreferences"};
    static const char *const integrations[] = {"integrations"}, *const source[] = {"w"};
    (void)state;
    key_paths_add(&paths, &memory, path(consent, 3), ROLE_PREFERENCES);
    key_paths_add(&paths, &memory, path(integrations, 1), ROLE_INTEGRATIONS);
    key_paths_add(&paths, &memory, path(source, 1), ROLE_SOURCE);
}

/* The core is NULL where the skim must refuse. */
static const struct row {
    const char *line, *core;
} rows[] = {
    {"{}", "{}"},
    {" \t{ \t} \t", "{}"},
    {"{\"a\":1}", "{}"},
    {"{\"a\":[{\"context\":1},[],{}],\"b\":{\"w\":\"s\"}}", "{}"},
    {"{\"context\":{}}", "{\"context\":{}}"},
    {"{\"context\" : {\"a\":1} ,\"w\":\"s\"}", "{\"context\" : {},\"w\":\"s\"}"},
    {"{\"context\":null,\"w\":[1,{}]}", "{\"context\":null,\"w\":[1,{}]}"},
    {"{\"context\":[{\"consent\":1}]}", "{\"context\":[{\"consent\":1}]}"},
    {"{\"w\" : \"s\" , \"context\" : { \"a\" : [ ] , \"consent\":{ \"categoryPreferences\":{}  }}}",
     "{\"w\" : \"s\",\"context\" : {\"consent\":{\"categoryPreferences\":{}}}}"},
    {"{\"a\":[ \"b\" ,\t\"c\" , { } , [ ] , [ [ ] , { \"context\" : \"w\" } ] ] \t, "
     "\"w\":\t12.50\t}",
     "{\"w\":\t12.50}"},
    {"{\"x\":2,\"context\":{\"y\":[],\"consent\":{\"categoryPreferences\":{\"A\":true},\"z\":0}}}",
     "{\"context\":{\"consent\":{\"categoryPreferences\":{\"A\":true}}}}"},
    {"{\"integrations\":{\"A\":{\"id\":[7,{}]},\"B\":[0,[]],\"C\":false},\"w\":1}",
     "{\"integrations\":{\"A\":{},\"B\":[],\"C\":false},\"w\":1}"},
    {"{\"integrations\":[{\"A\":[1]}, 2]}", "{\"integrations\":[{}, 2]}"},
    {"{\"integrations\":{\"A\\u0000\":1}}", "{\"integrations\":{\"A\\u0000\":1}}"},
    {"{\"x\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud800\",\"\\u0077\":1}", NULL},
    {"{\"x\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud800\"}", "{}"},
    {"{\"x\":\"\xC2\x80 \xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80 \xF0\x90\x80\x80\xF4\x8F\xBF\xBF\"}",
     "{}"},
    {"{\"x\":\"\xC2\x80\xDF\xBF\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\"}", "{}"},
    {"{\"x\":\"\xC3\xA9\xC3\xA9\xC3\xA9\xC1\xBF\xC3\xA9\xC3\xA9\"}", NULL},
    {"{\"x\":\"\xC3\xA9\xC0\x80\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\"}", NULL},
    {"{\"x\":[0,-0,10,1.5,1e9,-1.25E-3,1e+9,true,false,null]}", "{}"},
    {"{\"x\":[0.25,-0.5,1234567,12345678,123456789,1234.567,12345.6789012345678,0e1,0.0e-10]}",
     "{}"},
    {"{\"x\":[true ,false ,null ,1 ,\"\\\\\",\"\\\\\\\"\"]}", "{}"},
    {"{\"w\":1,\"w\":1}", NULL},
    {"{\"W\":1}", NULL},
    {"{\"Context\":1}", NULL},
    {"{\"context\":{\"CONSENT\":{}}}", NULL},
    {"{\"context\":{\"\\u0063onsent\":{}}}", NULL},
    {"", NULL},
    {" ", NULL},
    {"{", NULL},
    {"}", NULL},
    {"[]", NULL},
    {"{}}", NULL},
    {"{} {}", NULL},
    {"{{}}", NULL},
    {"{,}", NULL},
    {"{\"a\"}", NULL},
    {"{\"a\":}", NULL},
    {"{\"a\":1,}", NULL},
    {"{\"a\" 1}", NULL},
    {"{\"a\":1 \"b\":2}", NULL},
    {"{\"a\":[1,]}", NULL},
    {"{\"a\":[,1]}", NULL},
    {"{\"a\":[1 2]}", NULL},
    {"{\"a\":[}", NULL},
    {"{\"a\":[}]}", NULL},
    {"{\"a\":{]}", NULL},
    {"{\"a\":{,}}", NULL},
    {"{\"a\":{ , }}", NULL},
    {"{\"a\":[ , ]}", NULL},
    {"{\"a\":{1:2}}", NULL},
    {"{\"a\":{[]:2}}", NULL},
    {"{\"a\":{{}:2}}", NULL},
    {"{\"a\":{\"b\"}}", NULL},
    {"{\"a\":{\"b\",\"c\":1}}", NULL},
    {"{\"a\":{\"b\":1,\"c\"}}", NULL},
    {"{\"a\":{\"b\":1,2}}", NULL},
    {"{\"a\":{\"b\":1,{}}}", NULL},
    {"{\"a\":{\"b\" : }}", NULL},
    {"{\"a\":{\"b\":\"c\":1}}", NULL},
    {"{\"a\":{\"b\"::1}}", NULL},
    {"{\"a\":{\"b\":{}:1}}", NULL},
    {"{\"a\":{\"b\":1:2}}", NULL},
    {"{\"a\":[\"b\":1]}", NULL},
    {"{\"a\":[1,\"b\":1]}", NULL},
    {"{\"a\":[{},\"b\":1]}", NULL},
    {"{\"a\":[{}\"b\"]}", NULL},
    {"{\"a\":[{} {}]}", NULL},
    {"{\"a\":[\"b\" \"c\"]}", NULL},
    {"{\"a\":[\"b\"1]}", NULL},
    {"{\"a\":[1\"b\"]}", NULL},
    {"{\"a\":[1{}]}", NULL},
    {"{\"a\":[1,2,]}", NULL},
    {"{\"a\":[1,,2]}", NULL},
    {"{\"a\":{\"b\":1,}}", NULL},
    {"{\"a\":1},\"b\":{}}", NULL},
    {"{\"a\":1},]1}", NULL},
    {"{\"a\":1},1]}", NULL},
    {"{\"a\":1}}}", NULL},
    {"{\"a\":\\\"b\"}", NULL},
    {"{\"a\":\\n}", NULL},
    {"{\"a\":1\\n}", NULL},
    {"{\"a\":\xC3\xA9}", NULL},
    {"{\"a\":1\xC3\xA9}", NULL},
    {"{\"a\":[1}}", NULL},
    {"{\"a\":[1:2]}", NULL},
    {"{a:1}", NULL},
    {"{\"a\":01}", NULL},
    {"{\"a\":+1}", NULL},
    {"{\"a\":1.}", NULL},
    {"{\"a\":.5}", NULL},
    {"{\"a\":1e}", NULL},
    {"{\"a\":-}", NULL},
    {"{\"a\":00}", NULL},
    {"{\"a\":[01,12345678]}", NULL},
    {"{\"a\":[-01,12345678]}", NULL},
    {"{\"a\":[00.5,12345678]}", NULL},
    {"{\"a\":[1.,12345678]}", NULL},
    {"{\"a\":[1..5,12345678]}", NULL},
    {"{\"a\":[.5,12345678]}", NULL},
    {"{\"a\":[1.5.5,12345678]}", NULL},
    {"{\"a\":[1.5e,12345678]}", NULL},
    {"{\"a\":[1:,12345678]}", NULL},
    {"{\"a\":[1/,12345678]}", NULL},
    {"{\"a\":-01}", NULL},
    {"{\"a\":1.5.5}", NULL},
    {"{\"a\":1..5}", NULL},
    {"{\"a\":123456789012x}", NULL},
    {"{\"a\":1234567.}", NULL},
    {"{\"a\":12345678.}", NULL},
    {"{\"a\":1-2}", NULL},
    {"{\"a\":0x1}", NULL},
    {"{\"a\":1e+}", NULL},
    {"{\"a\":true1}", NULL},
    {"{\"a\":falsy}", NULL},
    {"{\"a\":fals}", NULL},
    {"{\"a\":tru}", NULL},
    {"{\"a\":t}", NULL},
    {"{\"a\":nulL}", NULL},
    {"{\"a\":truefalse}", NULL},
    {"{\"a\":\"\t\"}", NULL},
    {"{\"a\":\"\x01\"}", NULL},
    {"{\"a\":\"\\x\"}", NULL},
    {"{\"a\":\"\\u00g0\"}", NULL},
    {"{\"a\":\"\\u00}", NULL},
    {"{\"a\":\"\\}", NULL},
    {"{\"a\":\"}", NULL},
    {"{\"a\":\"0123456789abcdef0123456789abcdef0123456789abcdef}", NULL},
    {"{\"a\":\"\xC0\x80\"}", NULL},
    {"{\"a\":\"\x80\"}", NULL},
    {"{\"a\":\"\xC3}", NULL},
    {"{\"a\":\"\xE0\x9F\xBF\"}", NULL},
    {"{\"a\":\"\xED\xA0\x80\"}", NULL},
    {"{\"a\":\"\xF0\x8F\xBF\xBF\"}", NULL},
    {"{\"a\":\"\xF4\x90\x80\x80\"}", NULL},
    {"{\"a\":\"\xF5\x80\x80\x80\"}", NULL},
    {"{\"a\":\"\xF0\x90\x80}", NULL},
    {"{\"a\":1}\r", NULL},
    {"{\"a\":\v1}", NULL},
    {"\xEF\xBB\xBF{}", NULL},
};

enum { N_ROWS = sizeof rows / sizeof rows[0] };

/* A page with none behind it. */
static char *page_end(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    ck_assert(pages != MAP_FAILED);
    ck_assert_int_eq(mprotect(pages + page, page, PROT_NONE), 0);
    return pages + page;
}

static void skim_at(char *end, const char *line, const char *core)
{
    size_t len = strlen(line);
    memcpy(end - len, line, len);
    for (int set = 0; set < SKIM_SETS; set++) {
        static struct skim skim;
        if (!skim_init_with(&skim, &paths, (enum skim_set)set))
            continue;
        bool accepted = skim_line(&skim, (struct text){end - len, len});
        ck_assert_msg(accepted == (core != NULL), "set %d: %s", set, line);
        if (accepted)
            ck_assert_msg(text_equal(skim.core, text_of(core)), "set %d: %s: %.*s", set, line,
                          (int)skim.core.len, skim.core.bytes);
    }
}

START_TEST(rows_at_the_end_of_a_page)
{
    ck_assert(arena_try(&memory, make_paths, NULL));
    skim_at(page_end(), rows[_i].line, rows[_i].core);
}
END_TEST

/* Whatever stands before them, so that a block's end falls anywhere in them, and that of the last
 * block which is looked at before the walk goes on. */
START_TEST(rows_behind_a_string)
{
    static const size_t lens[] = {0, 150, 2000, 2150};
    char *end = page_end();
    ck_assert(arena_try(&memory, make_paths, NULL));
    if (strncmp(rows[_i].line, "{\"", 2) != 0)
        return;
    for (size_t i = 0; i < sizeof lens / sizeof *lens; i += 2)
        for (size_t len = lens[i]; len < lens[i + 1]; len++) {
            char line[4096];
            memcpy(line, "{\"p\":\"", 6);
            memset(line + 6, 'x', len);
            memcpy(line + 6 + len, "\",", 2);
            strcpy(line + 8 + len, rows[_i].line + 1);
            skim_at(end, line, rows[_i].core);
        }
}
END_TEST

/* In the second line, the block between those of its quotes has its escapes. */
START_TEST(keys_longer_than_a_block)
{
    static const char *const keys[] = {
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
        "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "cate\\u0067\\u006f\\u0072\\u0079\\u0050\\u0072\\u0065\\u0066\\u0065\\u0072ences"};
    static const char *const cores[] = {"{\"context\":{\"consent\":{}}}", NULL};
    char *end = page_end();
    ck_assert(arena_try(&memory, make_paths, NULL));
    for (int pad = 0; pad < 70; pad++) {
        char line[400];
        snprintf(line, sizeof line, "{\"context\":{\"p\":\"%*s\",\"consent\":{\"%s\":1}}}", pad, "",
                 keys[_i]);
        skim_at(end, line, cores[_i]);
    }
}
END_TEST

/* Strings of every length around the vectors' widths, with one special byte anywhere. */
START_TEST(a_special_byte_anywhere)
{
    static const char *const specials[] = {"\\n", "\xC3\xA9", "\x01", "\\q", "\xFF", "\x7F"};
    static const bool good[] = {true, true, false, false, false, true};
    char *end = page_end();
    ck_assert(arena_try(&memory, make_paths, NULL));
    for (size_t len = 0; len < 100; len++)
        for (size_t at = 0; at <= len; at++) {
            char line[200];
            size_t special_len = strlen(specials[_i]);
            memcpy(line, "{\"a\":\"", 6);
            memset(line + 6, 'x', len);
            memmove(line + 6 + at, specials[_i], special_len);
            size_t rest = 6 + len + special_len;
            memset(line + 6 + at + special_len, 'y', len - at);
            memcpy(line + rest, "\"}", 3);
            skim_at(end, line, good[_i] ? "{}" : NULL);
        }
}
END_TEST

START_TEST(depth_512_and_no_more)
{
    static char line[4 * 600];
    char *end = page_end();
    ck_assert(arena_try(&memory, make_paths, NULL));
    for (size_t depth = 500; depth < 530; depth++) {
        size_t len = 0;
        for (size_t i = 0; i < depth; i++, len += i == 1 ? 5 : 1)
            memcpy(line + len, i == 0 ? "{\"a\":" : "[", i == 0 ? 5 : 1);
        for (size_t i = 0; i < depth; i++)
            line[len++] = i + 1 == depth ? '}' : ']';
        line[len] = '\0';
        skim_at(end, line, depth <= 512 ? "{}" : NULL);
    }
}
END_TEST

START_TEST(a_core_too_long_is_refused)
{
    static char line[2 * SKIM_CORE_MOST];
    ck_assert(arena_try(&memory, make_paths, NULL));
    static struct skim skim;
    for (size_t len = SKIM_CORE_MOST - 20; len < SKIM_CORE_MOST + 20; len++) {
        memset(line, 'x', sizeof line);
        memcpy(line, "{\"w\":\"", 6);
        memcpy(line + len - 2, "\"}", 2);
        skim_init(&skim, &paths);
        bool accepted = skim_line(&skim, (struct text){line, len});
        ck_assert_msg(accepted == (len <= SKIM_CORE_MOST), "%zu", len);
        ck_assert(!accepted || text_equal(skim.core, (struct text){line, len}));
    }
}
END_TEST

/* Its last member's comma, key or value is too much. */
START_TEST(a_core_of_two_members_too_long_is_refused)
{
    static char line[2 * SKIM_CORE_MOST];
    static struct skim skim;
    ck_assert(arena_try(&memory, make_paths, NULL));
    skim_init(&skim, &paths);
    for (size_t len = SKIM_CORE_MOST - 40; len < SKIM_CORE_MOST + 20; len++) {
        static const char last[] = "\",\"context\":null}";
        memset(line, 'x', sizeof line);
        memcpy(line, "{\"w\":\"", 6);
        memcpy(line + len - strlen(last), last, strlen(last));
        bool accepted = skim_line(&skim, (struct text){line, len});
        ck_assert_msg(accepted == (len <= SKIM_CORE_MOST), "%zu", len);
        ck_assert(!accepted || text_equal(skim.core, (struct text){line, len}));
    }
}
END_TEST

static void fill(TCase *tests)
{
    tcase_add_loop_test(tests, rows_at_the_end_of_a_page, 0, N_ROWS);
    tcase_add_loop_test(tests, rows_behind_a_string, 0, N_ROWS);
    tcase_add_loop_test(tests, keys_longer_than_a_block, 0, 2);
    tcase_add_loop_test(tests, a_special_byte_anywhere, 0, 6);
    tcase_add_test(tests, depth_512_and_no_more);
    tcase_add_test(tests, a_core_too_long_is_refused);
    tcase_add_test(tests, a_core_of_two_members_too_long_is_refused);
}

int main(void)
{
    return unit_run("skim", fill);
}
