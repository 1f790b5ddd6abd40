/* Words that random mappings and events share, and how JSON may spell them. */
#ifndef ASSENT_TESTS_RANDOM_WORDS_H
#define ASSENT_TESTS_RANDOM_WORDS_H

#include "random_text.h"

#define COUNT(table) ((uint32_t)(sizeof(table) / sizeof(table)[0]))
#define ANY(to, table) (table)[below(to, COUNT(table))]

/* Strings' insides, as they are written. */
extern const char *const integration_words[12];
extern const char *const provider_words[5];

/* A comma, unless it is the first of an object's members or an array's items. */
void add_comma(struct random_text *to, bool *first);

/* The word as a string in one of its spellings. */
void add_spelled(struct random_text *to, const char *text);

/* Another string, which reads like this one to somebody. */
void add_look_alike(struct random_text *to, const char *text);

#endif
