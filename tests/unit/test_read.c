/* Reading mappings: every error of the contract, each with its place. */
#include "mapping/read.h"
#include "mapping/tree.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct arena arena;
static struct mapping mapping;
static struct findings findings;

static void read_body(void *file)
{
    findings = (struct findings){.arena = &arena};
    mapping_read(&mapping, *(struct text *)file, &findings);
}

static void read_mapping(struct text file)
{
    ck_assert(arena_try(&arena, read_body, &file));
}

#define D "\"destinations\":{\"a\":[\"Ads\"]}"
#define V "{\"version\":1,"

/* One finding each, except where more are named; line 1 everywhere. */
static const struct {
    const char *file;
    enum finding_code code;
    size_t at;
} bad_rows[] = {
    {"", FINDING_NOT_JSON, 0},
    {"{", FINDING_NOT_JSON, 1},
    {"{}}", FINDING_NOT_JSON, 2},
    {"{\"version\":1 // no\n}", FINDING_NOT_JSON, 13},
    {"{\"$schema\":\"a\tb\"}", FINDING_NOT_JSON, 13},
    {"\xFF{}", FINDING_NOT_UTF8, 0},
    {"{\"\xC0\x80\":1}", FINDING_NOT_UTF8, 2},
    {"{\v}", FINDING_NOT_JSON, 1},
    {"{}\f", FINDING_NOT_JSON, 2},
    {"[]", FINDING_WRONG_TYPE, 0},
    {"7", FINDING_WRONG_TYPE, 0},
    {V "\"$schema\":1," D "}", FINDING_WRONG_TYPE, 23},
    {"{" D "}", FINDING_MISSING_KEY, 0},
    {"{\"version\":2," D "}", FINDING_BAD_VERSION, 11},
    {"{\"version\":1.0," D "}", FINDING_BAD_VERSION, 11},
    {"{\"version\":\"1\"," D "}", FINDING_WRONG_TYPE, 11},
    {V D ",\"version\":1}", FINDING_DUPLICATE_KEY, 42},
    {V "\"policy\":\"segmnt\"," D "}", FINDING_UNKNOWN_POLICY, 22},
    {V "\"policy\":null," D "}", FINDING_WRONG_TYPE, 22},
    {V "\"polcy\":\"strict\"," D "}", FINDING_UNKNOWN_KEY, 13},
    {V "\"rules\":{\"match\":\"some\"}," D "}", FINDING_UNKNOWN_VALUE, 30},
    {V "\"rules\":{\"mach\":\"any\"}," D "}", FINDING_UNKNOWN_KEY, 22},
    {V "\"rules\":{\"empty\":true}," D "}", FINDING_WRONG_TYPE, 30},
    {V "\"consent\":{\"object\":\"context\"}," D "}", FINDING_BAD_POINTER, 33},
    {V "\"consent\":{\"preferences\":1}," D "}", FINDING_WRONG_TYPE, 38},
    {V "\"sources\":{\"key\":\"/a~\"}," D "}", FINDING_BAD_POINTER, 30},
    {V "\"sources\":{\"website\":[\"w\"],\"other\":[\"w\"]}," D "}", FINDING_SOURCE_BOTH_KINDS, 49},
    {V "\"sources\":{\"website\":[1]}," D "}", FINDING_WRONG_TYPE, 35},
    {V "\"categories\":{\"\":{},\"Ads\":{}}," D "}", FINDING_BAD_CATEGORY_ID, 27},
    {V "\"categories\":{\"1a\":{},\"Ads\":{}}," D "}", FINDING_BAD_CATEGORY_ID, 27},
    {V "\"categories\":{\"a\\u0001\":{},\"Ads\":{}}," D "}", FINDING_BAD_CATEGORY_ID, 27},
    {V "\"categories\":{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\":{},\"Ads\":{}}," D "}",
     FINDING_BAD_CATEGORY_ID, 27},
    {V "\"categories\":{\"Ads\":{\"enabled\":\"no\"}}," D "}", FINDING_WRONG_TYPE, 44},
    {V "\"categories\":{\"Ads\":{\"enable\":true}}," D "}", FINDING_UNKNOWN_KEY, 34},
    {V "\"categories\":{\"Ads\":true}," D "}", FINDING_WRONG_TYPE, 33},
    {V "\"categories\":{\"Ads\":{},\"Ads\":{}}," D "}", FINDING_DUPLICATE_KEY, 36},
    {V "\"categories\":{\"Fun\":{}}," D "}", FINDING_UNDECLARED_CATEGORY, 58},
    {V "\"destinations\":{}}", FINDING_NO_DESTINATION, 28},
    {V "\"destinations\":[]}", FINDING_WRONG_TYPE, 28},
    {"{\"version\":1}", FINDING_MISSING_KEY, 0},
    {V "\"destinations\":{\"a\":7}}", FINDING_WRONG_TYPE, 33},
    {V "\"destinations\":{\"a b\":[]}}", FINDING_BAD_DESTINATION_ID, 29},
    {V "\"destinations\":{\"\":[]}}", FINDING_BAD_DESTINATION_ID, 29},
    {V "\"destinations\":{\"..\":[]}}", FINDING_BAD_DESTINATION_ID, 29},
    {V "\"destinations\":{\"__proto__\":[]}}", FINDING_BAD_DESTINATION_ID, 29},
    {V "\"destinations\":{\"caf\xC3\xA9\":[]}}", FINDING_BAD_DESTINATION_ID, 29},
    {V "\"destinations\":{\"a\":[],\"a\":[]}}", FINDING_DUPLICATE_KEY, 36},
    {V "\"destinations\":{\"a\":[\"x\",\"x\"]}}", FINDING_DUPLICATE_CATEGORY, 38},
    {V "\"destinations\":{\"a\":[null]}}", FINDING_WRONG_TYPE, 34},
    {V "\"destinations\":{\"a\":{\"kind\":\"web\"}}}", FINDING_UNKNOWN_VALUE, 41},
    {V "\"destinations\":{\"a\":{\"match\":\"one\"}}}", FINDING_UNKNOWN_VALUE, 42},
    {V "\"destinations\":{\"a\":{\"name\":[]}}}", FINDING_WRONG_TYPE, 41},
    {V "\"destinations\":{\"a\":{\"integrations\":\"A\"}}}", FINDING_WRONG_TYPE, 49},
    {V "\"destinations\":{\"a\":{\"integrations\":[true]}}}", FINDING_WRONG_TYPE, 50},
    {V "\"destinations\":{\"a\":{\"nam\":\"A\"}}}", FINDING_UNKNOWN_KEY, 34},
    {V "\"destinations\":{\"a\":[\"x\\ud800\"]}}", FINDING_LONE_SURROGATE, 34},
    {V "\"destinations\":{\"a\":{\"name\":\"\\udc00\"}}}", FINDING_LONE_SURROGATE, 41},
};

START_TEST(errors_have_code_and_place)
{
    read_mapping(text_of(bad_rows[_i].file));
    ck_assert_msg(findings.n == 1, "%zu findings", findings.n);
    ck_assert_str_eq(finding_name(findings.list[0].code), finding_name(bad_rows[_i].code));
    ck_assert_uint_eq(findings.list[0].at, bad_rows[_i].at);
    arena_free(&arena);
}
END_TEST

#define SEVEN_MISTAKES                                                                             \
    TEXT("\xEF\xBB\xBF{\n"                                                                         \
         "  \"version\": 3,\n"                                                                     \
         "  \"rules\": {\"match\": \"x\", \"extra\": 1},\n"                                        \
         "  \"categories\": {\"Ads\": {}, \"9\": {}},\n"                                           \
         "  \"destinations\": {\"a\": [\"ads\", \"Ads\", \"Ads\"], \"b c\": []}\n"                 \
         "}\n")

START_TEST(all_findings_are_collected)
{
    read_mapping(SEVEN_MISTAKES);
    static const struct {
        size_t line, column;
    } places[] = {{2, 14}, {3, 22}, {3, 27}, {4, 29}, {5, 26}, {5, 40}, {5, 48}};
    struct place_walk walk = place_walk_start(SEVEN_MISTAKES);
    ck_assert_uint_eq(findings.n, sizeof places / sizeof *places);
    for (size_t i = 0; i < findings.n; i++) {
        place_walk_to(&walk, findings.list[i].at);
        ck_assert_uint_eq(walk.line, places[i].line);
        ck_assert_uint_eq(walk.column, places[i].column);
    }
    arena_free(&arena);
}
END_TEST

START_TEST(places_are_lines_and_columns)
{
    struct place_walk walk = place_walk_start(TEXT("\xEF\xBB\xBF"
                                                   "a\n\xC3\xA9\xC3\xA9x\n\nz"));
    static const struct {
        size_t at, line, column;
    } rows[] = {{0, 1, 1}, {3, 1, 1},  {4, 1, 2},  {5, 2, 1},
                {9, 2, 3}, {11, 3, 1}, {12, 4, 1}, {99, 4, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        place_walk_to(&walk, rows[i].at);
        ck_assert_uint_eq(walk.line, rows[i].line);
        ck_assert_uint_eq(walk.column, rows[i].column);
    }
}
END_TEST

START_TEST(depth_and_number_of_values_are_limited)
{
    static char deep[2000000], wide[TREE_VALUES * 2 + 10];
    memset(deep, '[', sizeof deep);
    read_mapping((struct text){deep, sizeof deep});
    ck_assert_uint_eq(findings.n, 1);
    ck_assert_int_eq(findings.list[0].code, FINDING_TOO_DEEP);
    ck_assert_uint_eq(findings.list[0].at, TREE_DEPTH);
    arena_free(&arena);
    wide[0] = '[';
    for (size_t i = 1; i < sizeof wide; i++)
        wide[i] = i % 2 == 1 ? '1' : ',';
    read_mapping((struct text){wide, sizeof wide});
    ck_assert_uint_eq(findings.n, 1);
    ck_assert_int_eq(findings.list[0].code, FINDING_TOO_LARGE);
    arena_free(&arena);
}
END_TEST

/* Whatever the value is that is one too many. */
START_TEST(the_value_too_many_is_of_any_kind)
{
    static const char *const values[] = {"null]", "true]", "false]", "1]", "\"a\"]", "[]]", "{}]"};
    static char wide[TREE_VALUES * 2 + 10];
    wide[0] = '[';
    for (size_t i = 1; i < (size_t)TREE_VALUES * 2 - 1; i++) /* with the array, all that may be */
        wide[i] = i % 2 == 1 ? '1' : ',';
    strcpy(wide + (size_t)TREE_VALUES * 2 - 2, ",");
    size_t at = strlen(wide);
    strcpy(wide + at, values[_i]);
    read_mapping(text_of(wide));
    ck_assert_uint_eq(findings.n, 1);
    ck_assert_int_eq(findings.list[0].code, FINDING_TOO_LARGE);
    ck_assert_uint_eq(findings.list[0].at, at);
    arena_free(&arena);
}
END_TEST

START_TEST(too_many_findings_are_counted)
{
    static char file[12 * 20000 + 100];
    size_t len = (size_t)sprintf(file, "{\"version\":1,\"destinations\":{\"a\":[");
    for (int i = 0; i < 20000; i++)
        len += (size_t)sprintf(file + len, "%s%d", i == 0 ? "" : ",", i);
    strcpy(file + len, "]}}");
    read_mapping(text_of(file));
    ck_assert_uint_eq(findings.n, FINDINGS_MOST);
    ck_assert_uint_eq(findings.n_more, 20000 - FINDINGS_MOST);
    arena_free(&arena);
}
END_TEST

START_TEST(sentences_are_safe_to_print)
{
    read_mapping(TEXT("{\"version\":1,\"destinations\":{\"a\\n\\u001b\xC2\x9B"
                      "0123456789012345678901234567890123456789012345678901234567890123456789"
                      "012345678901234567890123456789\":[]}}"));
    ck_assert_uint_eq(findings.n, 1);
    for (const char *c = findings.list[0].text; *c != '\0'; c++)
        ck_assert_int_ge((unsigned char)*c, 0x20);
    ck_assert_ptr_nonnull(strstr(findings.list[0].text, "a\\u000a\\u001b\\u009b0"));
    ck_assert_ptr_nonnull(strstr(findings.list[0].text, "\"..."));
    arena_free(&arena);
}
END_TEST

START_TEST(defaults_and_forms)
{
    read_mapping(TEXT("{\"version\":1,\"policy\":\"segment\",\"rules\":{\"unmapped\":\"block\"},"
                      "\"sources\":{\"other\":[\"s\"]},\"destinations\":{\"a\":[\"Ads\",\"Fun\"],"
                      "\"b\":{\"name\":\"Bee\",\"match\":\"any\",\"kind\":\"warehouse\"},"
                      "\"c\":{\"integrations\":[],\"categories\":[\"Fun\"]}}}"));
    ck_assert_uint_eq(findings.n, 0);
    ck_assert_str_eq(mapping.policy->name, "segment");
    ck_assert_int_eq(mapping.rules.knob[KNOB_UNMAPPED], UNMAPPED_BLOCK);
    ck_assert_int_eq(mapping.rules.knob[KNOB_MATCH], MATCH_ALL);
    ck_assert_uint_eq(mapping_n_destinations(&mapping), 3);
    ck_assert_uint_eq(mapping.category_ids.n, 2);
    ck_assert(text_equal(mapping.destinations[0].name, TEXT("a")));
    ck_assert_uint_eq(mapping.destinations[0].n_integrations, 1);
    ck_assert(text_equal(mapping.destinations[1].name, TEXT("Bee")));
    ck_assert_int_eq(mapping.destinations[1].needs[0].match, MATCH_ANY);
    ck_assert_int_eq(mapping.destinations[1].kind, KIND_WAREHOUSE);
    ck_assert(text_equal(mapping.integrations.texts[mapping.destinations[1].integrations[0]],
                         TEXT("Bee")));
    ck_assert_uint_eq(mapping.destinations[2].n_integrations, 0);
    ck_assert_uint_eq(mapping.paths.source.n, 1);
    arena_free(&arena);
}
END_TEST

#define ROWS(rows) (int)(sizeof(rows) / sizeof *(rows))

static void fill(TCase *tests)
{
    tcase_add_loop_test(tests, errors_have_code_and_place, 0, ROWS(bad_rows));
    tcase_add_test(tests, all_findings_are_collected);
    tcase_add_test(tests, places_are_lines_and_columns);
    tcase_add_test(tests, depth_and_number_of_values_are_limited);
    tcase_add_loop_test(tests, the_value_too_many_is_of_any_kind, 0, 7);
    tcase_add_test(tests, too_many_findings_are_counted);
    tcase_add_test(tests, sentences_are_safe_to_print);
    tcase_add_test(tests, defaults_and_forms);
}

int main(void)
{
    return unit_run("read", fill);
}
