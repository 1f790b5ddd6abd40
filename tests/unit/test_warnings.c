/* warnings_find: per mapping, exactly these codes. */
#include "mapping/read.h"
#include "unit.h"
#include "warnings.h"

#define V "{\"version\":1,"
#define OFF "\"categories\":{\"A\":{\"enabled\":false},\"B\":{}},"
#define ONLY_OFF "\"categories\":{\"A\":{\"enabled\":false}},"

static const struct {
    const char *file;
    const char *codes; /* one after the other */
} rows[] = {
    {V "\"destinations\":{\"a\":[\"A\"]}}", ""},
    {V "\"destinations\":{\"a\":[]}}", "unmapped-destination "},
    {V "\"policy\":\"segment\",\"destinations\":{\"a\":[]}}", "unmapped-destination "},
    {V "\"destinations\":{\"a\":{\"kind\":\"warehouse\"},\"b\":{\"kind\":\"other\"}}}", ""},
    {V "\"categories\":{\"A\":{},\"B\":{}},\"destinations\":{\"a\":[\"A\"]}}", "unused-category "},
    {V "\"categories\":{\"A\":{},\"B\":{\"enabled\":false}},\"destinations\":{\"a\":[\"A\"]}}",
     "unused-category "},
    /* any: one enabled category is enough */
    {V OFF "\"destinations\":{\"a\":[\"A\",\"B\"]}}", "disabled-category-mapped "},
    {V OFF "\"destinations\":{\"a\":[\"A\"],\"b\":[\"B\"]}}",
     "disabled-category-mapped never-receives "},
    /* all: one disabled category is too many */
    {V "\"policy\":\"strict\"," OFF "\"destinations\":{\"a\":[\"A\",\"B\"]}}",
     "disabled-category-mapped never-receives "},
    {V OFF "\"destinations\":{\"a\":{\"categories\":[\"A\",\"B\"],\"match\":\"all\"}}}",
     "disabled-category-mapped never-receives "},
    /* ignore: nothing is asked for */
    {V "\"policy\":\"segment\"," ONLY_OFF "\"destinations\":{\"a\":[\"A\"]}}",
     "disabled-category-mapped "},
    {V ONLY_OFF "\"destinations\":{\"a\":{\"categories\":[\"A\"],\"kind\":\"other\"}}}",
     "disabled-category-mapped "},
    /* at one place, in the order of the codes */
    {V "\"policy\":\"rudderstack\",\"rules\":{\"disabled\":\"deny\"},\"categories\":{\"A\":{"
       "\"enabled\":false},\"B\":{\"enabled\":false}},\"destinations\":{\"a\":{\"consents\":[{"
       "\"provider\":\"p\",\"categories\":[\"A\",\"B\"]}]}}}",
     "disabled-category-mapped disabled-category-mapped never-receives event-decides-match "},
    {V "\"destinations\":{\"a\":[\"A\"],\"b\":[\"a\"],\"c\":[\" A\"]}}",
     "similar-ids similar-ids "},
    {V "\"destinations\":{\"a\":[\"A\"],\"b\":[\"A b\"]}}", ""},
    {V "\"destinations\":{\"a\":[\"\\u00c5\"],\"b\":[\"A\\u030a\"],\"c\":[\"\\u212b\"]}}",
     "similar-ids similar-ids "},
    {V "\"destinations\":{\"a\":[\"\\u00e5\"],\"b\":[\"\\u00c5\"]}}", ""}, /* case of ASCII alone */
    {V "\"destinations\":{\"a\":[\"A\"],\"A\":[\"A\"]}}", "similar-ids "},
    {V "\"destinations\":{\"a\":[\"A\"],\"b\":{\"categories\":[\"A\"],\"name\":\"a\"}}}",
     "shared-integrations-key "},
    {V "\"destinations\":{\"a\":{\"categories\":[\"A\"],\"integrations\":[\"k\",\"k\"]}}}", ""},
    {V "\"destinations\":{\"a\":[\"A\"],\"b\":{\"categories\":[\"A\"],\"integrations\":[]}}}", ""},
    {V "\"destinations\":{\"All\":[\"A\"]}}", "own-key-all "},
};

struct finding_test {
    const char *file;
    struct arena arena;
    char codes[1000];
};

static void find(void *state)
{
    struct finding_test *test = state;
    struct findings findings = {.arena = &test->arena};
    struct mapping mapping;
    mapping_read(&mapping, text_of(test->file), &findings);
    ck_assert_uint_eq(findings.n, 0);
    warnings_find(&mapping, &findings);
    for (size_t i = 0; i < findings.n; i++) {
        ck_assert_int_eq(finding_kinds[findings.list[i].code].severity, SEVERITY_WARNING);
        ck_assert(i == 0 || findings.list[i].at >= findings.list[i - 1].at);
        strcat(strcat(test->codes, finding_name(findings.list[i].code)), " ");
    }
}

START_TEST(codes)
{
    struct finding_test test = {.file = rows[_i].file};
    ck_assert(arena_try(&test.arena, find, &test));
    ck_assert_str_eq(test.codes, rows[_i].codes);
    arena_free(&test.arena);
}
END_TEST

START_TEST(every_code_has_its_row)
{
    for (int i = 0; i < N_FINDING_CODES; i++) {
        ck_assert_ptr_nonnull(finding_kinds[i].name);
        ck_assert_ptr_nonnull(finding_kinds[i].meaning);
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(finding_kinds[i].name, finding_kinds[j].name);
    }
}
END_TEST

static void fill(TCase *tests)
{
    tcase_add_loop_test(tests, codes, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tests, every_code_has_its_row);
}

int main(void)
{
    return unit_run("warnings", fill);
}
