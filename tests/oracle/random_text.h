/*
 * Random JSON and what only looks like it, written as text, so that duplicates, odd spellings and
 * faults can be written, too. The same for the same seed. Used by the differential programs.
 */
#ifndef ASSENT_TESTS_RANDOM_TEXT_H
#define ASSENT_TESTS_RANDOM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RANDOM_TEXT_MOST = 64 * 1024 };

struct random_text {
    uint64_t state; /* of the generator, not 0 */
    /* What add_value and add_member take for keys. */
    void (*add_key)(struct random_text *to, void *context);
    void *context;
    size_t len;
    char bytes[RANDOM_TEXT_MOST];
};

void random_seed(struct random_text *to, uint64_t seed);

/* Less than n, which is not 0. */
uint32_t below(struct random_text *random, uint32_t n);

/* Once in n times. */
bool once_in(struct random_text *random, uint32_t n);

/* Adds a piece of text; what does not fit any more is left out. */
void add(struct random_text *to, const char *text);
void add_quoted(struct random_text *to, const char *text);

void add_space(struct random_text *to); /* seldom */
void add_scalar(struct random_text *to);
void add_value(struct random_text *to, unsigned depth); /* as deep as 7 - depth, or so */
/* About 512 levels, closed or not. */
void add_deep(struct random_text *to, const char *key, bool closed);

/* Changes a byte or two, or cuts the end off. */
void damage(struct random_text *text);

/* Prints the text as a C string behind `# NAME `. */
void random_text_show(const struct random_text *text, const char *name);

#endif
