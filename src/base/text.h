/* A piece of text that somebody else owns: bytes and their number, no NUL at the end. */
#ifndef ASSENT_TEXT_H
#define ASSENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct text {
    const char *bytes;
    size_t len;
};

/* The text of a string literal. */
#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})

/* Byte for byte: nothing is normalised. */
static inline bool text_equal(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.bytes, b.bytes, a.len) == 0);
}

static inline struct text text_of(const char *string)
{
    return (struct text){string, strlen(string)};
}

#endif
