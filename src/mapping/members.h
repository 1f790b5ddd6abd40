/*
 * Reading the objects of a mapping file by tables: one row a key, with its type and its reader.
 * The tables are in read.c and destinations.c; here is how they are applied, and the findings that
 * all objects share.
 */
#ifndef ASSENT_MEMBERS_H
#define ASSENT_MEMBERS_H

#include "base/suggest.h"
#include "mapping/finding.h"
#include "mapping/mapping.h"
#include "mapping/tree.h"

/* A mapping file while it is read. */
struct reader {
    struct arena *arena;
    struct findings *findings;
    struct mapping *mapping;
    struct suggest_budget suggestions;
    bool categories_declared; /* the section is there */
    bool match_in_rules;
    struct json_path consent, source;
    struct text preferences;
};

/* A key of one of the file's objects, its type and who reads its value into `into`. */
struct member {
    const char *key; /* NULL ends a table */
    enum tree_kind kind;
    void (*read)(struct reader *reader, const struct tree *value, void *into);
    bool required;
};

#define MEMBERS_END                                                                                \
    {                                                                                              \
        NULL, TREE_NULL, NULL, false                                                               \
    }

/* The text fit for a finding's sentence. */
const char *quote(struct reader *reader, struct text text);

/* The text as quote gives it, followed by ` (did you mean "…"?)` where a candidate is near. */
const char *quote_and_suggest(struct reader *reader, struct text text,
                              const struct text *candidates, size_t n);

/* Whether the value has the kind; a finding when it has not. `what` names it in the sentence. */
bool has_kind(struct reader *reader, const struct tree *value, enum tree_kind kind,
              const char *what);

/* Reads an object whose keys the contract lists, in the table's order, whatever the file's.
 * Unknown, doubled and missing keys and wrong types are findings. */
void read_members(struct reader *reader, const struct tree *object, const struct member *members,
                  void *into);

/* The number of the string among an enum's words; a finding with the code and -1 when it is none.
 */
int read_word(struct reader *reader, const struct tree *value, const char *const *words,
              enum finding_code code, const char *what);

#endif
