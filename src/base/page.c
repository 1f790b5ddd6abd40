#include "base/page.h"

#include <stdarg.h>
#include <stdio.h>

static void make_room(struct page *page, size_t len)
{
    if (page->cap - page->len >= len)
        return;
    size_t cap = 2 * (page->len + len);
    page->bytes = arena_grow(page->arena, page->bytes, page->len, cap);
    page->cap = cap;
}

void page_put(void *state, const char *bytes, size_t len)
{
    struct page *page = state;
    make_room(page, len);
    if (len != 0)
        memcpy(page->bytes + page->len, bytes, len);
    page->len += len;
}

void page_add(struct page *page, const char *string)
{
    page_put(page, string, strlen(string));
}

void page_printf(struct page *page, const char *format, ...)
{
    char few[256]; /* mostly enough */
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int len = vsnprintf(few, sizeof few, format, arguments);
    va_end(arguments);
    if (len >= 0 && (size_t)len < sizeof few) {
        page_put(page, few, (size_t)len);
    } else if (len >= 0) {
        make_room(page, (size_t)len + 1);
        vsnprintf(page->bytes + page->len, (size_t)len + 1, format, again);
        page->len += (size_t)len;
    }
    va_end(again);
}
