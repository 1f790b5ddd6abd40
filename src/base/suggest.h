/*
 * "Did you mean …?": the nearest of the words that would have been right. Words that are equal but
 * for ASCII case and surrounding space come first, then the one that the fewest edits (a character
 * put in, left out, exchanged, or two swapped) lead to, at most a third of the longer word's
 * characters. Of two that are equally near, the first.
 */
#ifndef ASSENT_SUGGEST_H
#define ASSENT_SUGGEST_H

#include "base/text.h"

/* How many more candidates may be looked at: what keeps a file of 10,000 wrong ids linear. */
struct suggest_budget {
    size_t candidates;
};

#define SUGGEST_BUDGET ((struct suggest_budget){200000})

/* The candidate nearest to the word, borrowed; .bytes is NULL when none is near, or when the budget
 * does not reach for all n of them. */
struct text suggest(struct suggest_budget *budget, struct text word, const struct text *candidates,
                    size_t n);

#endif
