#include "mapping/key_paths.h"

struct text up_to_nul(struct text text)
{
    const char *nul = text.len == 0 ? NULL : memchr(text.bytes, '\0', text.len);
    return nul == NULL ? text : (struct text){text.bytes, (size_t)(nul - text.bytes)};
}

static size_t node_new(struct key_paths *paths, struct arena *arena, struct key_node node)
{
    paths->nodes = arena_one_more(arena, paths->nodes, paths->n, sizeof *paths->nodes);
    paths->nodes[paths->n] = node;
    return paths->n++;
}

static size_t child(struct key_paths *paths, struct arena *arena, size_t parent, struct text key)
{
    for (size_t i = paths->nodes[parent].first_child; i != 0; i = paths->nodes[i].next_sibling)
        if (text_equal(paths->nodes[i].key, key))
            return i;
    size_t sibling = paths->nodes[parent].first_child;
    size_t new = node_new(
        paths, arena,
        (struct key_node){
            .key = key, .c_key = up_to_nul(key), .parent = parent, .next_sibling = sibling});
    paths->nodes[parent].first_child = new;
    paths->nodes[parent].lengths |= length_bit(key.len) | length_bit(paths->nodes[new].c_key.len);
    return new;
}

struct key_way key_paths_add(struct key_paths *paths, struct arena *arena, struct json_path path,
                             unsigned role)
{
    if (paths->n == 0)
        node_new(paths, arena, (struct key_node){0});
    struct key_way way = {arena_alloc(arena, path.n_tokens * sizeof(size_t)), path.n_tokens};
    size_t node = 0;
    for (size_t i = 0; i < path.n_tokens; i++) {
        node = child(paths, arena, node, path.tokens[i]);
        way.nodes[i] = node;
    }
    paths->nodes[node].roles |= role;
    return way;
}
