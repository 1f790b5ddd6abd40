/*
 * The shapes in which events state consent: which members of the consent object are read, as what.
 * What is then made of them, each shape's `state` says; the table is in event/consent.c.
 */
#ifndef ASSENT_SHAPE_H
#define ASSENT_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

struct scan; /* event/scan.h */

enum consent_shape {
    SHAPE_PREFERENCES, /* an object of booleans */
    SHAPE_LISTS,       /* lists of denied and allowed ids, the provider's name, a strategy */
    N_SHAPES
};

enum { SHAPE_MEMBERS_MOST = 4 };

struct shape {
    const char *object; /* where the consent object is, as a JSON Pointer, unless the file says */
    /* Its members, the one that states consent first; NULL ends them. The file may give a shape's
     * only member another name. */
    struct {
        const char *key;
        unsigned role; /* of enum key_role */
    } members[SHAPE_MEMBERS_MOST + 1];
    const char *words; /* for people */
    bool by_provider;  /* it says whose consent it is: mappings ask by provider */
    bool any_ids;      /* of categories; else they are as Segment's */
    bool doubles;      /* a category that the mapping knows can be there twice, and is malformed */
    /* The consent state of the line that was scanned; fills the event's categories. An enum
     * consent_state. */
    int (*state)(struct scan *scan);
};

extern const struct shape shapes[N_SHAPES];

/* Whether the only member stands for the whole, and may be the consent object itself. */
static inline bool shape_has_one_member(enum consent_shape shape)
{
    return shapes[shape].members[1].key == NULL;
}

#endif
