/* yajl's memory out of an arena: it is given back with the arena, and yajl never meets a NULL. */
#ifndef ASSENT_YAJL_MEMORY_H
#define ASSENT_YAJL_MEMORY_H

#include "base/arena.h"

#include <yajl/yajl_common.h>

/* Hooks that allocate from the arena, which must outlive every handle made with them; handles need
 * no yajl_free. */
yajl_alloc_funcs yajl_memory(struct arena *arena);

#endif
