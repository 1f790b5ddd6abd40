/* Text that is put together before it is written: it grows in an arena, inside of whose arena_try
 * all of this must run. */
#ifndef ASSENT_PAGE_H
#define ASSENT_PAGE_H

#include "base/arena.h"
#include "base/text.h"

struct page {
    struct arena *arena;
    char *bytes;
    size_t len, cap;
};

/* Adds bytes; `page` is a struct page, so that this may be json_gen's `put`. */
void page_put(void *page, const char *bytes, size_t len);

void page_add(struct page *page, const char *string);

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void page_printf(struct page *page, const char *format, ...);

static inline struct text page_text(const struct page *page)
{
    return (struct text){page->bytes, page->len};
}

#endif
