/* yajl's memory out of an arena: it is given back with the arena, and yajl never meets a NULL. And
 * where yajl stopped. */
#ifndef ASSENT_YAJL_MEMORY_H
#define ASSENT_YAJL_MEMORY_H

#include "base/arena.h"
#include "base/text.h"

#include <yajl/yajl_parse.h>

/* Hooks that allocate from the arena, which must outlive every handle made with them; handles need
 * no yajl_free. */
yajl_alloc_funcs yajl_memory(struct arena *arena);

/* Whether the parse of the text failed inside of a token, and the offset where: of the byte that
 * cannot stand there, or of the begin of a word that is none of JSON's. Else the tokens are right,
 * but one stands where it cannot, and *at is how much yajl has consumed. *why is the reason in
 * yajl's words, whose first line is for people. */
bool yajl_lexical_fault(yajl_handle handle, struct text json, size_t *at, const char **why);

#endif
