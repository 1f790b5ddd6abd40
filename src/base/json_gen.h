/* JSON written by yajl: what its generator needs a line more for. A member's key is NULL where
 * there is none: in arrays and outermost. Texts must be UTF-8. */
#ifndef ASSENT_JSON_GEN_H
#define ASSENT_JSON_GEN_H

#include "base/arena.h"
#include "base/text.h"

#include <stdint.h>
#include <yajl/yajl_gen.h>

/* A generator whose memory is the arena's, inside of whose arena_try it must be used; it needs no
 * yajl_gen_free. What it writes goes to `put`, at once. */
yajl_gen json_gen(struct arena *arena, void (*put)(void *state, const char *bytes, size_t len),
                  void *state);

/* The text of a string that need not be UTF-8, as names of files: U+FFFD stands for each byte that
 * is not. The arena's. */
struct text json_utf8(struct arena *arena, const char *string);

void json_key(yajl_gen json, struct text key);
void json_member(yajl_gen json, const char *key, struct text value);
void json_number(yajl_gen json, const char *key, uint64_t value);

void json_open(yajl_gen json, const char *key);
void json_close(yajl_gen json);
void json_open_array(yajl_gen json, const char *key);
void json_close_array(yajl_gen json);

#endif
