#include "base/json_path.h"

/* Unescapes one token (~1 is '/', ~0 is '~'); false on any other use of '~'. */
static bool token_parse(struct arena *arena, struct text raw, struct text *token)
{
    char *bytes = arena_alloc(arena, raw.len);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.bytes[i];
        if (c == '~') {
            i++;
            if (i == raw.len || (raw.bytes[i] != '0' && raw.bytes[i] != '1'))
                return false;
            c = raw.bytes[i] == '0' ? '~' : '/';
        }
        bytes[len++] = c;
    }
    *token = (struct text){bytes, len};
    return true;
}

bool json_path_parse(struct arena *arena, struct text pointer, struct json_path *path)
{
    *path = (struct json_path){0};
    if (pointer.len == 0)
        return true;
    if (pointer.bytes[0] != '/')
        return false;
    for (size_t start = 1; start <= pointer.len;) {
        size_t end = start;
        while (end < pointer.len && pointer.bytes[end] != '/')
            end++;
        path->tokens = arena_one_more(arena, path->tokens, path->n_tokens, sizeof *path->tokens);
        struct text raw = {pointer.bytes + start, end - start};
        if (!token_parse(arena, raw, &path->tokens[path->n_tokens++]))
            return false;
        start = end + 1;
    }
    return true;
}
