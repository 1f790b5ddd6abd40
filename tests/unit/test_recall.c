/* What is remembered of an event is found by its core alone. */
#include "event/recall.h"
#include "unit.h"

#include <string.h>

static struct arena arena;

static void init(void *state)
{
    static struct recall recall;
    recall_init(&recall, &arena, *(size_t *)state);
    *(struct recall **)state = &recall;
}

static struct recall *set_up(size_t n_bits)
{
    union {
        size_t n_bits;
        struct recall *recall;
    } state = {.n_bits = n_bits};
    ck_assert(arena_try(&arena, init, &state));
    return state.recall;
}

/* recall.c's step from word to word. It can be undone, so that whoever writes events can make two
 * cores whose hashes are the same. */
static uint64_t step(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 32;
}

START_TEST(cores_of_one_hash_are_two_cores)
{
    struct recall *recall = set_up(1);
    uint64_t one[2] = {1, 2}, other[2] = {3, 0}, bits = 7;
    other[1] = one[1] ^ step(sizeof one, one[0]) ^ step(sizeof one, other[0]);
    ck_assert_uint_eq(step(step(sizeof one, one[0]), one[1]),
                      step(step(sizeof one, other[0]), other[1]));
    struct text core = {(const char *)one, sizeof one}, same = {(const char *)other, sizeof other};
    struct event event = {.consent = CONSENT_STATED, .consented = &bits};
    ck_assert(recall_keep(recall, core, &event));
    ck_assert(recall_find(recall, core, &event));
    ck_assert(!recall_find(recall, same, &event));
    arena_free(&arena);
}
END_TEST

START_TEST(events_of_very_many_categories_are_kept_one_at_a_time)
{
    enum { N_BITS = 100000 };
    struct recall *recall = set_up(N_BITS);
    static uint64_t bits[N_BITS];
    struct event event = {.consent = CONSENT_STATED, .consented = bits};
    bits[0] = 1, bits[N_BITS - 1] = 2;
    ck_assert(recall_keep(recall, TEXT("one"), &event));
    memset(bits, 0, sizeof bits);
    ck_assert(recall_find(recall, TEXT("one"), &event));
    ck_assert(bits[0] == 1 && bits[N_BITS - 1] == 2);
    ck_assert(recall_keep(recall, TEXT("other"), &event));
    ck_assert(!recall_find(recall, TEXT("one"), &event));
    arena_free(&arena);
}
END_TEST

static void fill(TCase *tests)
{
    tcase_add_test(tests, cores_of_one_hash_are_two_cores);
    tcase_add_test(tests, events_of_very_many_categories_are_kept_one_at_a_time);
}

int main(void)
{
    return unit_run("recall", fill);
}
