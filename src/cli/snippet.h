/* The line that a finding stands in, and a caret under its place, as people read them. */
#ifndef ASSENT_SNIPPET_H
#define ASSENT_SNIPPET_H

#include "mapping/finding.h"

enum {
    SNIPPET_BEFORE = 60, /* characters of a long line that are shown before the place */
    SNIPPET_BEHIND = 40, /* and from it on */
    SNIPPET_BYTES = 2048,
};

/* Writes the two lines about the place where the walk stands into `out` and returns their length.
 * TABs are kept, so that the caret stands right; characters that a terminal would act on, or that
 * would turn text around, become '?'. */
size_t snippet(const struct place_walk *walk, bool colours, char out[SNIPPET_BYTES]);

#endif
