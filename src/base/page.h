/* Text that is put together before it is written: it grows in an arena, inside of whose arena_try
 * all of this must run. */
#ifndef ASSENT_PAGE_H
#define ASSENT_PAGE_H

#include "base/arena.h"
#include "base/text.h"

#include <stdarg.h>

struct page {
    struct arena *arena;
    char *bytes;
    size_t len, cap;
};

/* Adds bytes; `page` is a struct page, so that this may be json_gen's `put`. */
void page_put(void *page, const char *bytes, size_t len);

void page_add(struct page *page, const char *string);

/* Adds a file's name, harmless to a terminal (base/utf8.h). */
void page_add_name(struct page *page, const char *name);

/* Adds what fits into so many columns of a terminal, at least three; `...` stands for the rest. The
 * string holds no control character. */
void page_add_within(struct page *page, const char *string, size_t columns);

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void page_printf(struct page *page, const char *format, ...);

#if defined(__GNUC__)
__attribute__((format(printf, 2, 0), nonnull(2)))
#endif
void page_vprintf(struct page *page, const char *format, va_list arguments);

static inline struct text page_text(const struct page *page)
{
    return (struct text){page->bytes, page->len};
}

#endif
