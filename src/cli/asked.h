/* The destinations that -d asks for. */
#ifndef ASSENT_ASKED_H
#define ASSENT_ASKED_H

#include "mapping/mapping.h"

struct asked {
    const char **ids; /* of -d; n of them. None: all destinations are asked for */
    size_t n;
};

/* Room for as many ids as there are arguments; false after a message when memory is short.
 * asked_free frees it, in either case. */
bool asked_init(struct asked *asked, int argc);
void asked_free(struct asked *asked);

/* Whether the mapping has them all; else after a message. */
bool asked_known(const struct asked *asked, const struct mapping *mapping);

bool is_asked_for(const struct asked *asked, struct text destination);

#endif
