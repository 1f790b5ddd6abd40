/*
 * The keys on the way from an event to what assent reads of it: the consent object's preferences,
 * the integrations object, the source id, and labels where somebody asks for them. One small
 * tree of keys, which the event's scan follows.
 */
#ifndef ASSENT_KEY_PATHS_H
#define ASSENT_KEY_PATHS_H

#include "base/json_path.h"
#include "mapping/shape.h"

#include <stdint.h>

/* What a member of the event is for. One member may be several things, if the mapping says so. */
enum key_role {
    ROLE_PREFERENCES = 1,  /* its members are categories */
    ROLE_INTEGRATIONS = 2, /* its members are integrations keys */
    ROLE_SOURCE = 4,       /* its value is the source id */
    ROLE_DENIED = 32,      /* its value is a list of categories that are refused */
    ROLE_ALLOWED = 64,     /* a list of categories that decides nothing */
    ROLE_PROVIDER = 128,   /* its value says whose consent this is */
    ROLE_STRATEGY = 256,   /* its value says whether any or all categories are needed */
    ROLE_LABELS = 7 << 9,  /* a bit for each label, below */
};

/* Members of the event that decide nothing; they are read where somebody asks for them. */
enum label { LABEL_MESSAGE_ID, LABEL_TIMESTAMP, LABEL_TYPE, N_LABELS };

static inline unsigned role_of_label(enum label label)
{
    return 1u << (9 + label);
}

struct key_node {
    struct text key;     /* of the root: empty */
    struct text c_key;   /* the key up to a NUL: what a C program takes it for */
    unsigned roles;      /* of enum key_role */
    size_t parent;       /* of the root: itself */
    size_t first_child;  /* 0: none (the root is nobody's child) */
    size_t next_sibling; /* 0: none */
    uint64_t lengths;    /* bit n % 64: a child's key or c_key has n bytes; no other key matters */
};

/* A way down: the nodes' numbers from the root's child to the goal; none when the goal is the root.
 */
struct key_way {
    size_t *nodes;
    size_t n;
};

struct key_paths {
    struct key_node *nodes; /* node 0 is the event itself */
    size_t n;
    struct key_way consent; /* to the consent object and, where that is one of its members and has a
                             * name, its preferences */
    size_t members[SHAPE_MEMBERS_MOST]; /* of the consent object: nodes, as the shape lists them */
    struct key_way integrations;
    struct key_way source;
    size_t labels[N_LABELS]; /* nodes; 0: nobody has asked for it */
    bool any_labels;
};

static inline uint64_t length_bit(size_t len)
{
    return (uint64_t)1 << (len % 64);
}

/* The text up to its first NUL. */
struct text up_to_nul(struct text text);

/* Adds the way of a path to the tree and gives its goal the role (0: none). */
struct key_way key_paths_add(struct key_paths *paths, struct arena *arena, struct json_path path,
                             unsigned role);

#endif
