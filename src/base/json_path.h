/* JSON Pointers (RFC 6901) that walk through objects: the way from an event to one of its members.
 * Array indexes are not followed: an array on the way is simply no object. */
#ifndef ASSENT_JSON_PATH_H
#define ASSENT_JSON_PATH_H

#include "base/arena.h"
#include "base/text.h"

struct json_path {
    struct text *tokens; /* unescaped; in the arena */
    size_t n_tokens;     /* 0: the whole document */
};

/* False when the text is no JSON Pointer: not empty and without a leading '/', or a '~' that is
 * followed by neither '0' nor '1'. */
bool json_path_parse(struct arena *arena, struct text pointer, struct json_path *path);

#endif
