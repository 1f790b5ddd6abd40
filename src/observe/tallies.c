#include "observe/tallies.h"

struct text tallies_id(struct arena *arena, struct text id)
{
    size_t len = id.len;
    if (len > TALLIES_ID_BYTES)
        for (len = TALLIES_ID_BYTES; ((unsigned char)id.bytes[len] & 0xC0) == 0x80;)
            len--; /* not inside of a character */
    char *bytes = arena_alloc(arena, len);
    if (len != 0)
        memcpy(bytes, id.bytes, len);
    return (struct text){bytes, len};
}

struct tally *tallies_of(struct tallies *tallies, struct arena *arena, struct text id)
{
    size_t number = ids_find(&tallies->ids, id);
    if (number == IDS_NONE && tallies->ids.n == tallies->most)
        return &tallies->rest;
    if (number == IDS_NONE) {
        bool was_new;
        tallies->list = arena_one_more(arena, tallies->list, tallies->ids.n, sizeof *tallies->list);
        number = ids_add(&tallies->ids, arena, tallies_id(arena, id), &was_new);
        tallies->list[number] = (struct tally){0};
    }
    return &tallies->list[number];
}
