/*
 * The contract of the mapping file and the decision once more, in C: slow and plain, to be read
 * beside mapping.md and held against the program millions of times. It shares nothing with src/.
 *
 *     bytes of a mapping  -> contract_read   -> struct contract, or why it is none
 *     bytes of a line     -> contract_line   -> blank, rejected, or an event's JSON tree
 *     event, destination  -> contract_decide -> deliver or block, and the reason
 *
 * JSON is a tree of all that stands in the text, duplicates included (contract_json.c). The mapping
 * is read off its tree (contract_mapping.c), and the tables are functions over trees: what an event
 * says (contract_event.c), and the rows of the decision (contract_decide.c). Knobs, kinds and
 * reasons are the contract's words themselves.
 */
#ifndef ASSENT_TESTS_CONTRACT_H
#define ASSENT_TESTS_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>

/* ---- memory: taken piece by piece, given back all at once ---- */

struct pool {
    struct pool_chunk *chunks;
};

/* Zeroed; aborts when there is none. */
void *pool_take(struct pool *pool, size_t size);
void pool_empty(struct pool *pool); /* keeps one chunk for the next round */
void pool_free(struct pool *pool);

/* ---- JSON ---- */

struct string {
    const char *bytes; /* decoded; a lone surrogate is three bytes that no UTF-8 has */
    size_t len;
};

enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json {
    enum json_kind kind;
    struct string text; /* of a string: decoded; of a number: as it stands */
    struct string key;  /* of an object's member */
    struct json *first; /* of an array's or object's children */
    struct json *next;
};

enum { CONTRACT_DEPTH = 512 }; /* of objects and arrays in each other */

/* The text's one value, or NULL: it is not RFC 8259 in strict UTF-8, or deeper than that. */
const struct json *parse_json(struct pool *pool, const char *bytes, size_t len);

bool string_equal(struct string a, struct string b);
bool string_is(struct string a, const char *word);
bool string_has_half(struct string a); /* of a surrogate pair */

/* How many members have this very key; the first of them. */
size_t count_of(const struct json *object, struct string key);
const struct json *member_of(const struct json *object, struct string key);
struct string word(const char *text);

/* ---- the mapping ---- */

struct strings {
    const struct string *items;
    size_t n;
};

/* What a destination asks: of any provider's consent, or (policy rudderstack) of one provider's. */
struct ask {
    struct string provider; /* empty: any */
    const char *match;      /* "any" or "all"; NULL: not given here */
    struct strings categories;
};

struct target { /* a destination */
    struct string id;
    const char *kind;
    struct strings integrations;
    struct ask *asks;
    size_t n_asks;
};

enum {
    RULE_MATCH,
    RULE_UNMAPPED,
    RULE_INTEGRATIONS,
    RULE_DISABLED,
    RULE_EMPTY,
    RULE_ABSENT,
    N_RULES
};

struct contract {
    struct pool pool;
    const char *why; /* the mapping cannot be used; NULL: it can */

    const char *policy;
    const char *rules[N_RULES];
    bool match_all_asked;          /* by the file's own rules */
    struct strings consent_object; /* tokens of the pointer */
    struct string preferences;     /* empty: the consent object itself */
    struct strings source_key;
    struct strings other_sources;
    struct strings categories; /* known: declared, or implied */
    bool *disabled;            /* by category */
    struct target *targets;
    size_t n_targets;
};

/* Reads a mapping file. contract_free frees what it holds, in either case. */
void contract_read(struct contract *contract, const char *bytes, size_t len);
void contract_free(struct contract *contract);

bool contract_is_rudderstack(const struct contract *contract);
bool contract_is_disabled(const struct contract *contract, struct string category);
bool strings_have(struct strings strings, struct string string);

/* ---- events ---- */

enum contract_line { LINE_BLANK, LINE_REJECTED, LINE_EVENT };

/* What a line of the input is, its end included; of an event, its tree in the pool. */
enum contract_line contract_line(struct pool *pool, const char *bytes, size_t len, size_t max_line,
                                 const struct json **event);

enum state { STATE_ABSENT, STATE_EMPTY, STATE_MALFORMED, STATE_STATED };

/* What an event says of consent. */
struct consent {
    enum state state;
    const struct json *preferences; /* STATE_STATED, but for rudderstack */
    struct strings denied;          /* STATE_STATED, of rudderstack */
    struct string provider;         /* likewise; empty: none */
    bool any_suffices;              /* likewise: its strategy is `or` */
};

struct consent consent_of(struct pool *pool, const struct contract *contract,
                          const struct json *event);
bool is_consented(const struct contract *contract, const struct consent *consent,
                  struct string category);

bool is_from_other_source(const struct contract *contract, const struct json *event);
bool integrations_are_empty(const struct json *event);
bool integrations_allow_target(const struct json *event, const struct target *target);

/* ---- the decision ---- */

struct verdict {
    bool deliver;
    const char *reason;
};

struct verdict contract_decide(const struct contract *contract, const struct json *event,
                               const struct consent *consent, const struct target *target);

#endif
