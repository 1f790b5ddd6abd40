/* suggest: the nearest right word, and the bounds of its work. */
#include "base/suggest.h"
#include "unit.h"

static const struct text candidates[] = {
    {"Advertising", 11},
    {"Analytics", 9},
    {"Functional", 10},
    {"analytics ", 10},
    {"C1", 2},
    {"Gr\xC3\xB6\xC3\x9F"
     "e",
     7},
    {"ab", 2},
    {"abc", 3},
};
enum { N_CANDIDATES = sizeof candidates / sizeof *candidates };

static const struct {
    const char *word;
    int nearest; /* -1: none */
} rows[] = {
    {"Advertising", 0},
    {"ADVERTISING", 0},
    {" Advertising\t", 0},
    {"Advertisng", 0},   /* left out */
    {"Advertissing", 0}, /* put in */
    {"Advertizing", 0},  /* exchanged */
    {"Advertisign", 0},  /* swapped */
    {"Avdretisign", 0},  /* three swaps are three edits */
    {"Ads", -1},         /* more than a third */
    {"analytics", 1},    /* by case alone: the first of two */
    {"Analytics  ", 1},
    {"Funktional", 2},
    {"C2", -1}, /* a third of two characters is none */
    {"c1", 4},
    {"abd", 6}, /* of two that are one edit away, the first */
    {"Gr\xC3\xB6\xC3\x9F"
     "er",
     5},
    {"Gr\xC3\xA4\xC3\x9F"
     "e",
     5}, /* one character, though bytes differ */
    {"Marketing", -1},
    {"", -1},
};

START_TEST(nearest)
{
    struct suggest_budget budget = SUGGEST_BUDGET;
    struct text found = suggest(&budget, text_of(rows[_i].word), candidates, N_CANDIDATES);
    if (rows[_i].nearest < 0)
        ck_assert_ptr_null(found.bytes);
    else
        ck_assert_ptr_eq(found.bytes, candidates[rows[_i].nearest].bytes);
}
END_TEST

START_TEST(long_words_by_case_alone)
{
    char word[400], other[400];
    memset(word, 'a', sizeof word);
    memset(other, 'A', sizeof other);
    struct text candidate = {other, sizeof other};
    struct suggest_budget budget = SUGGEST_BUDGET;
    struct text found = suggest(&budget, (struct text){word, sizeof word}, &candidate, 1);
    ck_assert_ptr_eq(found.bytes, other);
    other[7] = 'b';
    found = suggest(&budget, (struct text){word, sizeof word}, &candidate, 1);
    ck_assert_ptr_null(found.bytes);
}
END_TEST

START_TEST(budget_ends)
{
    struct suggest_budget budget = {N_CANDIDATES};
    struct text word = TEXT("Advertisng");
    ck_assert_ptr_nonnull(suggest(&budget, word, candidates, N_CANDIDATES).bytes);
    ck_assert_ptr_null(suggest(&budget, word, candidates, N_CANDIDATES).bytes);
    ck_assert_ptr_null(suggest(&budget, word, candidates, 1).bytes);
}
END_TEST

static void fill(TCase *tests)
{
    tcase_add_loop_test(tests, nearest, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tests, long_words_by_case_alone);
    tcase_add_test(tests, budget_ends);
}

int main(void)
{
    return unit_run("suggest", fill);
}
