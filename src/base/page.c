#include "base/page.h"

#include "base/utf8.h"

#include <stdio.h>
#include <unistr.h>
#include <uniwidth.h>

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

void page_add_name(struct page *page, const char *name)
{
    size_t begin = page->len;
    page_add(page, name);
    page->len = begin + utf8_make_harmless(page->bytes + begin, page->len - begin);
}

/* The bytes at the begin of a string without control characters that fit into so many columns. */
static size_t len_within(struct text text, size_t columns)
{
    size_t at = 0;
    for (size_t column = 0; at < text.len;) {
        ucs4_t c;
        int len = u8_mbtouc(&c, (const uint8_t *)text.bytes + at, text.len - at);
        column += (size_t)uc_width(c, "UTF-8");
        if (column > columns)
            break;
        at += (size_t)len;
    }
    return at;
}

void page_add_within(struct page *page, const char *string, size_t columns)
{
    struct text text = text_of(string);
    if (len_within(text, columns) == text.len) {
        page_put(page, text.bytes, text.len);
        return;
    }
    page_put(page, text.bytes, len_within(text, columns - 3));
    page_add(page, "...");
}

void page_vprintf(struct page *page, const char *format, va_list arguments)
{
    char few[256]; /* mostly enough */
    va_list again;
    va_copy(again, arguments);
    int n = vsnprintf(few, sizeof few, format, arguments);
    size_t len = n < 0 ? 0 : (size_t)n;
    if (len < sizeof few) {
        page_put(page, few, len);
    } else {
        make_room(page, len + 1);
        page->len += (size_t)vsnprintf(page->bytes + page->len, len + 1, format, again);
    }
    va_end(again);
}

void page_printf(struct page *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    page_vprintf(page, format, arguments);
    va_end(arguments);
}
