/* Events line by line on the caller's thread: for commands that look at events and pass none on. */
#ifndef ASSENT_EACH_LINE_H
#define ASSENT_EACH_LINE_H

#include "base/message.h"
#include "cli/status.h"
#include "stream/output.h"

struct each_line {
    const char *const *events; /* NULL-ended, as input_start takes them */
    struct output *output;     /* written before the input is waited for; NULL: there is none */

    /* A raw line, its end included; NULL for one that is longer than MAX_LINE_DEFAULT. False: stop,
     * as *status says, which begins as STATUS_DONE. */
    bool (*line)(void *state, const struct text *raw, struct place place, enum status *status);
    void *state;
};

/* Anything but STATUS_DONE comes after a message, or is a broken pipe or a signal. */
enum status each_line(const struct each_line *each);

/* STATUS_FAILED, after a message. */
enum status out_of_memory(struct place place);

/* STATUS_INTERNAL, after a message: the counts do not add up. */
enum status unaccounted(void);

#endif
