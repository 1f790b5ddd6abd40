/*
 * What is wrong with a mapping file: a code that stays the same, a place, a sentence that says how
 * to mend it. Reading a mapping collects findings and never stops at the first one. Errors keep a
 * mapping from being used; warnings, which only `assent check` looks for, do not.
 */
#ifndef ASSENT_FINDING_H
#define ASSENT_FINDING_H

#include "base/arena.h"
#include "base/message.h"
#include "base/text.h"

enum finding_code {
    FINDING_NOT_JSON,
    FINDING_NOT_UTF8,
    FINDING_TOO_LARGE,
    FINDING_TOO_DEEP,
    FINDING_LONE_SURROGATE,
    FINDING_WRONG_TYPE,
    FINDING_UNKNOWN_KEY,
    FINDING_DUPLICATE_KEY,
    FINDING_MISSING_KEY,
    FINDING_BAD_VERSION,
    FINDING_UNKNOWN_POLICY,
    FINDING_UNKNOWN_VALUE,
    FINDING_BAD_POINTER,
    FINDING_BAD_CATEGORY_ID,
    FINDING_BAD_DESTINATION_ID,
    FINDING_UNDECLARED_CATEGORY,
    FINDING_DUPLICATE_CATEGORY,
    FINDING_SOURCE_BOTH_KINDS,
    FINDING_NO_DESTINATION,
    FINDING_DUPLICATE_PROVIDER,

    FINDING_UNMAPPED_DESTINATION,
    FINDING_UNUSED_CATEGORY,
    FINDING_DISABLED_CATEGORY_MAPPED,
    FINDING_SIMILAR_IDS,
    FINDING_SHARED_INTEGRATIONS_KEY,
    FINDING_NEVER_RECEIVES,
    FINDING_OWN_KEY_ALL,
    FINDING_EVENT_DECIDES_MATCH,

    FINDING_CATEGORY_UNKNOWN,
    FINDING_CATEGORY_NEVER_SEEN,
    FINDING_PREFERENCE_NOT_BOOLEAN,
    FINDING_INTEGRATIONS_KEY_UNKNOWN,
    FINDING_SOURCE_UNLISTED,
    FINDING_PROVIDER_UNKNOWN,
    FINDING_PROVIDER_NEVER_SEEN,
    FINDING_REJECTED_LINES,
    N_FINDING_CODES,
};

/* What is the same for every finding of a code. The words are constant and stable. */
struct finding_kind {
    const char *name; /* in messages and reports: "undeclared-category" */
    enum severity severity;
    const char *meaning; /* one sentence */
};
extern const struct finding_kind finding_kinds[N_FINDING_CODES];

static inline const char *finding_name(enum finding_code code)
{
    return finding_kinds[code].name;
}

struct finding {
    enum finding_code code;
    size_t at; /* byte offset in the mapping file; of one that stands elsewhere: SIZE_MAX */
    struct place place; /* of one that stands elsewhere */
    size_t order;       /* of those at one place: when it was found */
    const char *text;   /* one sentence, no event bytes, no control characters */
};

struct findings {
    struct arena *arena; /* owns the list and the sentences */
    struct finding *list;
    size_t n;
    size_t n_more; /* past FINDINGS_MOST they are only counted */
};

enum { FINDINGS_MOST = 10000 };

/* Adds a finding; the sentence is formatted as by printf. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
void findings_add(struct findings *findings, enum finding_code code, size_t at, const char *format,
                  ...);

/* The same for a finding that does not stand in the mapping file. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
void findings_add_elsewhere(struct findings *findings, enum finding_code code, struct place place,
                            const char *format, ...);

/* Puts the findings in the order of their places in the file; those elsewhere come last. */
void findings_sort(struct findings *findings);

/* The text in quotes, fit to stand in a sentence: quotes, backslashes and harmful characters
 * (base/utf8.h) are escaped, long texts cut short. In the arena. */
const char *quoted(struct arena *arena, struct text text);

/* The same, but not cut short. */
const char *quoted_whole(struct arena *arena, struct text text);

/* The texts, which are sorted, in quotes with commas between them, each once and whole. */
const char *quoted_list(struct arena *arena, struct text *texts, size_t n);

/* As quoted, and ` (did you mean "…"?)` behind it unless the hint's bytes are NULL. */
const char *quoted_with_hint(struct arena *arena, struct text text, struct text hint);

/* A walk through a file from place to place. */
struct place_walk {
    struct text file;
    size_t at;           /* where it stands: byte offset */
    size_t line_at;      /* byte offset of the line's first character */
    size_t line, column; /* the same, from 1; columns count characters, and a BOM is none */
};

struct place_walk place_walk_start(struct text file);

/* Moves on to a byte offset at or behind where it stands. */
void place_walk_to(struct place_walk *walk, size_t at);

#endif
