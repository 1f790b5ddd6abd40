/*
 * A JSON text with places: every value of a mapping file, where it stands, duplicates and all, in
 * the file's order. Built by yajl's callbacks; the mapping's rules are then read off it.
 */
#ifndef ASSENT_TREE_H
#define ASSENT_TREE_H

#include "mapping/finding.h"

enum tree_kind {
    TREE_NULL,
    TREE_BOOLEAN,
    TREE_NUMBER,
    TREE_STRING,
    TREE_ARRAY,
    TREE_OBJECT,
};

struct tree {
    enum tree_kind kind;
    bool is_true;       /* of a boolean */
    struct text text;   /* of a string: decoded; of a number: as it stands */
    struct text key;    /* of an object's member: decoded */
    size_t at, key_at;  /* byte offsets of the value's and the key's first byte */
    struct tree *first; /* of an array's or object's children */
    struct tree *next;  /* the next child of the same parent */
};

/* A mapping needs four levels, and 10,000 destinations of 100 categories are a million values. */
enum { TREE_DEPTH = 512, TREE_VALUES = 2000000 };

/* The root of a file's one value; everything is in the findings' arena. NULL when the file is not
 * strict JSON in UTF-8 (RFC 8259, RFC 3629) within the limits above: then one finding says why. A
 * leading BOM is skipped. Lone surrogates are findings, too, but do not stop the reading. */
struct tree *tree_parse(struct text file, struct findings *findings);

#endif
