#include "base/yajl_memory.h"

#include <string.h>

/* An arena does not know how large an allocation was; for yajl's realloc a header does. */
union header {
    size_t size;
    max_align_t alignment;
};

static void *hook_malloc(void *arena, size_t size)
{
    union header *header = arena_grow(arena, NULL, 0, sizeof *header + size);
    header->size = size;
    return header + 1;
}

static void *hook_realloc(void *arena, void *old, size_t size)
{
    if (old == NULL)
        return hook_malloc(arena, size);
    union header *header = (union header *)old - 1;
    header = arena_grow(arena, header, sizeof *header + header->size, sizeof *header + size);
    header->size = size;
    return header + 1;
}

static void hook_free(void *arena, void *old)
{
    (void)arena;
    (void)old;
}

yajl_alloc_funcs yajl_memory(struct arena *arena)
{
    return (yajl_alloc_funcs){
        .malloc = hook_malloc, .realloc = hook_realloc, .free = hook_free, .ctx = arena};
}

/* Of the bytes that yajl stumbles over it consumes those alone that begin no token. */
bool yajl_lexical_fault(yajl_handle handle, struct text json, size_t *at, const char **why)
{
    static const char lexical[] = "lexical error: ";
    *why = (const char *)yajl_get_error(handle, 0, NULL, 0);
    *at = yajl_get_bytes_consumed(handle);
    if (strncmp(*why, lexical, sizeof lexical - 1) != 0)
        return false;
    const char *what = *why + sizeof lexical - 1;
    if (strncmp(what, "invalid char in", sizeof "invalid char in" - 1) == 0)
        --*at;
    else if (strncmp(what, "invalid string in", sizeof "invalid string in" - 1) == 0)
        while (*at > 0 && json.bytes[*at - 1] >= 'a' && json.bytes[*at - 1] <= 'z')
            --*at;
    return true;
}
