#include "base/json_gen.h"

#include "base/yajl_memory.h"

#include <inttypes.h>
#include <stdio.h>

yajl_gen json_gen(struct arena *arena, void (*put)(void *state, const char *bytes, size_t len),
                  void *state)
{
    yajl_alloc_funcs memory = yajl_memory(arena);
    yajl_gen json = yajl_gen_alloc(&memory);
    yajl_gen_config(json, yajl_gen_print_callback, put, state);
    return json;
}

static void put_text(yajl_gen json, struct text text)
{
    yajl_gen_string(json, (const unsigned char *)text.bytes, text.len);
}

static void put_key(yajl_gen json, const char *key)
{
    if (key != NULL)
        put_text(json, text_of(key));
}

void json_member(yajl_gen json, const char *key, struct text value)
{
    put_key(json, key);
    put_text(json, value);
}

/* yajl_gen_integer knows no number past LLONG_MAX. */
void json_number(yajl_gen json, const char *key, uint64_t value)
{
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%" PRIu64, value);
    put_key(json, key);
    yajl_gen_number(json, digits, (size_t)len);
}

void json_open(yajl_gen json, const char *key)
{
    put_key(json, key);
    yajl_gen_map_open(json);
}

void json_close(yajl_gen json)
{
    yajl_gen_map_close(json);
}

void json_open_array(yajl_gen json, const char *key)
{
    put_key(json, key);
    yajl_gen_array_open(json);
}

void json_close_array(yajl_gen json)
{
    yajl_gen_array_close(json);
}
