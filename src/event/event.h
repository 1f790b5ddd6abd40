/*
 * What one event says that decides over it: its consent, its integrations, its source. Made by
 * event_scan, read by decide. One struct per worker, reset and never freed from line to line.
 * Contract: mapping.md, "The consent state of an event" and "The integrations object".
 */
#ifndef ASSENT_EVENT_H
#define ASSENT_EVENT_H

#include "base/text.h"
#include "mapping/mapping.h"

enum consent_state { CONSENT_ABSENT, CONSENT_EMPTY, CONSENT_MALFORMED, CONSENT_STATED };

enum integrations_state {
    INTEGRATIONS_ABSENT,  /* missing or {}: allows all */
    INTEGRATIONS_STATED,  /* its keys decide */
    INTEGRATIONS_NOTHING, /* malformed, doubled, a look-alike, `All` twice: allows nothing */
};

/* Words enough for all but freaks. */
enum { EVENT_SAID_MOST = 128 };

struct event {
    struct text line; /* borrowed: the event's bytes, without the line's end */
    /* Of the line: the strings of its labels, raw, with their quotes. Empty when nobody asked for
     * one, or it is no string, holds half of a surrogate pair, or is there twice. */
    struct text labels[N_LABELS];

    enum consent_state consent;
    uint64_t *consented; /* a bit per category of the mapping: its preference is exactly true */
    uint64_t *stated;    /* a bit per category of the mapping: it has a preference */

    enum integrations_state integrations;
    bool integrations_empty; /* missing or {}, and nothing else */
    uint64_t *named;         /* a bit per integrations key of the mapping: it is there */
    uint64_t *refused;       /* likewise: it is there and does not allow */

    bool source_exempt; /* its source is listed under sources.other */

    size_t provider;   /* whose consent it is: a number, PROVIDER_NONE or PROVIDER_OTHER */
    bool any_suffices; /* its strategy is `or` */

    /* All of the above in few words: events of one mapping that say the same are decided alike. The
     * first word is the states, the others are categories consented and integrations keys. */
    uint32_t said[EVENT_SAID_MOST];
    size_t n_said;
    bool said_too_much; /* more than fits: the words are not all */
};

/* The state's name: "absent", "empty", "malformed" or "stated". Constant. */
const char *consent_state_name(enum consent_state consent);

/* Whether the event's integrations object allows the destination. */
bool integrations_allow(const struct event *event, const struct destination *destination);

#endif
