/*
 * The audit's records, one line of JSON for each decision. Contract: cli.md, `--audit`.
 *
 *   {"line":12,"messageId":"…","destination":"ID","decision":"block","reason":"…","categories":{…}}
 *   `---- the event's ------'`------------------------- the decision's ---------------------------'
 *
 * The decision's part is the same for all events that say the same: permits.h remembers it with
 * their permit. Where several files are read, the event's part begins with the member `file`.
 */
#ifndef ASSENT_AUDIT_H
#define ASSENT_AUDIT_H

#include "base/json_gen.h"
#include "base/page.h"
#include "decision.h"

enum audit_which { AUDIT_NONE, AUDIT_BLOCKED, AUDIT_DELIVERED, AUDIT_ALL };

struct audit {
    enum audit_which which; /* decisions that are put on record */

    /* the decisions' parts since audit_forget, one after the other; each ends with its only LF */
    struct page page;

    /* private */
    struct arena *line_memory;
    const char *file; /* whose member this is, ready to be written */
    struct text file_member;
    struct page message_id; /* of the event at hand, where not all of it is written as it came */
};

/* As many bytes of parts as should be kept. */
enum { AUDIT_KEPT = 4 * 1024 * 1024 };

/* Memory comes from `memory`; `line_memory` is cleared per line. The calls below must run inside of
 * the arena_try of both. */
void audit_init(struct audit *audit, enum audit_which which, struct arena *memory,
                struct arena *line_memory);

/* Adds the part of a decision over the event, if it is to be on record. The scan that made the
 * event must say refusals: else the part holds for this event alone. */
void audit_add(struct audit *audit, const struct mapping *mapping, const struct event *event,
               const struct destination *destination, struct decision decision);

/* Forgets the parts. */
void audit_forget(struct audit *audit);

/* The event's part: three texts to be written one after the other. */
struct audit_head {
    struct text parts[3];
    char bytes[160]; /* private */
};

/* Makes it in place. Of the messageId, what is harmful to a terminal (base/utf8.h) is escaped. What
 * it borrows lives as long as the event and the audit. `file` is NULL where only one is read. */
void audit_head(struct audit *audit, struct audit_head *head, const struct event *event,
                const char *file, uint64_t line);

#endif
