#include "base/json_gen.h"

#include "base/yajl_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistr.h>

yajl_gen json_gen(struct arena *arena, void (*put)(void *state, const char *bytes, size_t len),
                  void *state)
{
    yajl_alloc_funcs memory = yajl_memory(arena);
    yajl_gen json = yajl_gen_alloc(&memory);
    yajl_gen_config(json, yajl_gen_print_callback, put, state);
    return json;
}

struct text json_utf8(struct arena *arena, const char *string)
{
    size_t len = strlen(string);
    char *out = arena_alloc(arena, 3 * len), *to = out;
    for (size_t at = 0; at < len;) {
        ucs4_t c;
        int n = u8_mbtoucr(&c, (const uint8_t *)string + at, len - at);
        memcpy(to, n > 0 ? string + at : "\xEF\xBF\xBD", n > 0 ? (size_t)n : 3);
        to += n > 0 ? n : 3;
        at += n > 0 ? (size_t)n : 1;
    }
    return (struct text){out, (size_t)(to - out)};
}

void json_key(yajl_gen json, struct text text)
{
    yajl_gen_string(json, (const unsigned char *)text.bytes, text.len);
}

static void put_key(yajl_gen json, const char *key)
{
    if (key != NULL)
        json_key(json, text_of(key));
}

void json_member(yajl_gen json, const char *key, struct text value)
{
    put_key(json, key);
    json_key(json, value); /* yajl writes keys as it writes strings */
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
