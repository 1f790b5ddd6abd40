#include "base/arena.h"
#include "unit.h"

#include <stdint.h>
#include <string.h>

static struct arena arena;
static struct arena other_arena;

static void grow_body(void *state)
{
    char *bytes = NULL;
    size_t size = 0;
    for (size_t n = 1; n < 1000000; n = n * 3 + 1) {
        bytes = arena_grow(&arena, bytes, size, n);
        memset(bytes + size, 'a' + (int)(n % 26), n - size);
        size = n;
    }
    *(char **)state = bytes;
}

START_TEST(growing_keeps_the_bytes)
{
    char *bytes;
    ck_assert(arena_try(&arena, grow_body, &bytes));
    size_t size = 0;
    for (size_t n = 1; n < 1000000; n = n * 3 + 1) {
        bool same = true;
        for (size_t i = size; i < n; i++)
            same = same && bytes[i] == 'a' + (int)(n % 26);
        ck_assert(same);
        size = n;
    }
    arena_free(&arena);
}
END_TEST

static void too_much(void *state)
{
    *(bool *)state = true;
    arena_alloc(&arena, SIZE_MAX / 2);
    *(bool *)state = false;
}

static void nested(void *state)
{
    ck_assert(!arena_try(&arena, too_much, state));
    arena_alloc(&arena, 10);
}

START_TEST(lack_of_memory_leaves_for_arena_try)
{
    bool begun = false;
    ck_assert(!arena_try(&arena, too_much, &begun));
    ck_assert(begun);
    ck_assert(arena_try(&arena, nested, &begun));
    ck_assert_ptr_null(arena.escape);
    arena_free(&arena);
}
END_TEST

static void try_too_much(void *state)
{
    arena_alloc(&other_arena, 10);
    too_much(state);
}

START_TEST(two_arenas_are_tried_at_once)
{
    bool begun = false;
    ck_assert(!arena_try_both(&arena, &other_arena, try_too_much, &begun));
    ck_assert(!arena_try_both(&other_arena, &arena, try_too_much, &begun));
    ck_assert(begun);
    ck_assert_ptr_null(arena.escape);
    ck_assert_ptr_null(other_arena.escape);
    arena_free(&arena);
    arena_free(&other_arena);
}
END_TEST

static void grow_too_much(void *state)
{
    char *bytes = arena_grow(&arena, NULL, 0, 100000); /* the only one of its chunk */
    memset(bytes, 'a', 100000);
    *(char **)state = bytes;
    arena_grow(&arena, bytes, 100000, SIZE_MAX / 2);
    *(char **)state = NULL;
}

START_TEST(what_cannot_grow_stays)
{
    char *bytes = NULL;
    ck_assert(!arena_try(&arena, grow_too_much, &bytes));
    ck_assert_ptr_nonnull(bytes);
    ck_assert_int_eq(bytes[99999], 'a');
    arena_free(&arena);
}
END_TEST

static void shrink_and_ask_for_nothing(void *state)
{
    (void)state;
    ck_assert_ptr_nonnull(arena_alloc(&arena, 0)); /* the first of all */
    char *bytes = arena_alloc(&arena, 100);
    memset(bytes, 'a', 100);
    ck_assert_ptr_eq(arena_grow(&arena, bytes, 100, 50), bytes);
    ck_assert_ptr_eq(arena_grow(&arena, bytes, 100, 100), bytes);
    memset(arena_alloc(&arena, 100), 'b', 100);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(bytes[i], 'a');
}

START_TEST(nothing_is_given_back_and_nothing_is_something)
{
    ck_assert(arena_try(&arena, shrink_and_ask_for_nothing, NULL));
    arena_free(&arena);
}
END_TEST

struct items {
    int *list;
    size_t n;
};

static void add_items(void *state)
{
    struct items *items = state;
    for (int i = 0; i < 1000; i++) {
        items->list = arena_one_more(&arena, items->list, items->n, sizeof *items->list);
        items->list[items->n++] = i;
        if (i % 7 == 0)
            arena_alloc(&arena, 33);
    }
    ck_assert_int_eq(((char *)arena_alloc(&arena, 100))[99], 0);
}

START_TEST(lists_grow_one_by_one)
{
    struct items items = {0};
    ck_assert(arena_try(&arena, add_items, &items));
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(items.list[i], i);
    arena_reset(&arena);
    ck_assert_ptr_nonnull(arena.chunks);
    ck_assert(arena_try(&arena, add_items, &(struct items){0}));
    arena_free(&arena);
    ck_assert_ptr_null(arena.chunks);
}
END_TEST

static void fill(TCase *tests)
{
    tcase_add_test(tests, growing_keeps_the_bytes);
    tcase_add_test(tests, lack_of_memory_leaves_for_arena_try);
    tcase_add_test(tests, two_arenas_are_tried_at_once);
    tcase_add_test(tests, what_cannot_grow_stays);
    tcase_add_test(tests, nothing_is_given_back_and_nothing_is_something);
    tcase_add_test(tests, lists_grow_one_by_one);
}

int main(void)
{
    return unit_run("arena", fill);
}
