/*
 * The consent scan: one line through yajl's callbacks, which follow the mapping's key paths and
 * look at nothing else. Contract: mapping.md, "The consent state of an event", "The integrations
 * object", "Ambiguity never widens delivery".
 *
 * Of the event's members only those on a key path (mapping/key_paths.h) have a node; `node` is the
 * one whose members are being read, and `outside` counts the open containers that are none. What is
 * seen is noted per node; when the line has ended, consent_settle makes the event's state of it.
 */
#ifndef ASSENT_SCAN_H
#define ASSENT_SCAN_H

#include "event/event.h"
#include "event/line.h"
#include "event/recall.h"
#include "event/skim/skim.h"

#include <yajl/yajl_parse.h>

enum value {
    VALUE_TRUE,
    VALUE_FALSE,
    VALUE_NULL,
    VALUE_NUMBER,
    VALUE_STRING,
    VALUE_ARRAY,
    VALUE_OBJECT
};

/* What a line said of one node. */
struct node_seen {
    unsigned times;  /* its key stood there, exactly; 2: more than once */
    bool look_alike; /* a key that is not it but reads like it */
    enum value value;
    bool has_items; /* of a list: ids that are not empty */
    bool bad;       /* a string with half a surrogate, or a list with that or no string in it */
};

/* Who wants to see more than the event holds: what stands there, known to the mapping or not. Calls
 * that nobody wants are NULL. Texts are valid during the call. What is seen of a line that is then
 * rejected was no event's. */
struct scan_observer {
    void *state;
    void (*category)(void *state, struct text id); /* a key of the preferences, an id of a list */
    void (*preference)(void *state, bool is_boolean); /* the value of one, after its key */
    void (*integrations_key)(void *state, struct text key);
    void (*source)(void *state, struct text id);
    void (*provider)(void *state, struct text name);
    void (*label)(void *state, enum label label, struct text text);
};

struct scan {
    const struct mapping *mapping;
    const struct scan_observer *observer; /* NULL: none, as scan_init leaves it */
    struct event event;
    bool skims;         /* lines are skimmed first: as the build says, and the tests */
    bool says_refusals; /* event->said tells refused from missing categories, too */
    struct skim skim;
    struct recall recall;
    bool recalled;          /* the event is with recall, which counts it */
    struct node_seen *seen; /* by node number */
    uint64_t *bits;         /* all bits of the event, n_bits words of them */
    size_t n_bits;
    bool category_twice; /* a category that the mapping knows */
    bool all_twice;
    bool any_integration; /* the integrations object has a key */
    bool source_listed;   /* the source id is one of sources.other */

    /* while a line is parsed */
    yajl_handle handle;
    struct arena *arena; /* yajl's memory; cleared per line */
    size_t node;
    size_t outside;
    size_t depth;       /* of open containers */
    size_t child;       /* the node whose value comes next, 0: none */
    size_t category;    /* likewise a category's number, or IDS_NONE */
    size_t integration; /* likewise an integrations key's number, or IDS_NONE */
    size_t list;        /* the node whose list is being read, 0: none */
    size_t ended_at;    /* behind the event's last brace, 0: not read yet */
    enum reject reject; /* why a callback stopped the parse */
};

/* Makes a scan for the mapping's events. The mapping must outlive it; its own memory comes from
 * `memory`, yajl's from `line_arena`, inside of whose arena_try both calls must run. */
void scan_init(struct scan *scan, const struct mapping *mapping, struct arena *memory,
               struct arena *line_arena);

/* Parses a line that line_check let through and fills scan->event. The event borrows the line. On
 * anything but REJECT_NONE, *at is the offset of the fault and the event must not be used. */
enum reject event_scan(struct scan *scan, struct text line, size_t *at);

/* Takes one raw line of the input, its end included: checks it and, unless it is blank, scans it.
 * As event_scan otherwise. What the skim accepts is not checked twice: only its core is scanned,
 * and that only when no line before had the same one. */
enum reject event_read(struct scan *scan, struct text raw, size_t max_line, bool *blank,
                       size_t *at);

/* Makes the event's states of what the scan has seen; event_scan calls it (consent.c). */
void consent_settle(struct scan *scan);

#endif
