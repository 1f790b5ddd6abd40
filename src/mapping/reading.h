/* What the sections of a mapping file need of each other while they are read. */
#ifndef ASSENT_READING_H
#define ASSENT_READING_H

#include "mapping/members.h"

/* For tables of members: the string's text, into a struct text. */
void read_text(struct reader *reader, const struct tree *value, void *into);

/* A knob's value, by its name. */
void read_knob(struct reader *reader, const struct tree *value, enum knob knob,
               unsigned char *into);

/* The number of a category, which is known from now on. */
size_t category_add(struct reader *reader, struct text id, size_t at, bool *was_new);

/* The section `destinations` (destinations.c). */
void read_destinations(struct reader *reader, const struct tree *object, void *into);

#endif
