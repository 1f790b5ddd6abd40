#include "base/yajl_memory.h"

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
    if (size <= header->size)
        return old;
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
