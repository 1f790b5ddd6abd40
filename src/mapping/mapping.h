/*
 * The mapping: which consent categories each destination needs, and the rules. Read once, then
 * immutable: every thread may look at it. All of it lives in one arena and names borrow from it.
 * Contract: mapping.md, "The file" and "The knobs".
 */
#ifndef ASSENT_MAPPING_H
#define ASSENT_MAPPING_H

#include "base/bitset.h"
#include "mapping/ids.h"
#include "mapping/key_paths.h"
#include "mapping/policy.h"

struct category {
    struct text id;
    struct text name;        /* the id, when none is given */
    struct text description; /* "" when none is given */
    bool enabled;
    size_t at; /* where the file first speaks of it */
};

enum kind { KIND_EVENT_STREAMING, KIND_WAREHOUSE, KIND_OTHER };
extern const char *const kind_words[];

/* One 64-bit word of a destination's categories; words without any are left out. */
struct mask {
    size_t word;
    uint64_t listed;  /* all that the mapping lists */
    uint64_t asked;   /* those that the rules leave: under `disabled: ignore` the enabled ones */
    uint64_t enabled; /* those of `asked` that an event's consent can satisfy */
};

/* What a destination asks of the consent of one provider, or of any. */
struct need {
    size_t provider; /* its number in mapping.providers, or PROVIDER_ANY */
    enum match match;
    bool match_given;   /* in the file, for this need */
    size_t *categories; /* as listed, disabled ones included */
    size_t n_categories;
    struct mask *masks;
    size_t n_masks;
    bool all_ignored; /* it has categories, and the rules leave none */
};

struct destination {
    struct text id;
    struct text name;
    enum kind kind;
    struct need *needs; /* one, but for the policy rudderstack: one or more */
    size_t n_needs;
    size_t *integrations; /* numbers of its own keys in mapping.integrations */
    size_t n_integrations;
    size_t at; /* of its id in the file */
};

/* The number of `All` among mapping.integrations. */
enum { INTEGRATION_ALL = 0 };

/* The numbers of providers that rules are made for; others come behind them. */
enum { PROVIDER_ONE_TRUST, PROVIDER_KETCH, PROVIDER_CUSTOM, N_PROVIDERS };

/* Of an event: it names none, or one that the mapping does not know. Of a need: any will do. */
#define PROVIDER_NONE (SIZE_MAX - 1)
#define PROVIDER_OTHER IDS_NONE
#define PROVIDER_ANY SIZE_MAX

struct mapping {
    const struct policy *policy;
    struct rules rules;
    bool preferences_named; /* false: the consent object itself holds the booleans */
    struct key_paths paths;
    struct ids category_ids;
    struct category *categories; /* by their number in category_ids */
    struct ids destination_ids;
    struct destination *destinations; /* in the file's order, by their number in destination_ids */
    struct ids integrations;          /* every destination's own keys, and `All` */
    struct ids providers;             /* every need's, and those above */
    struct ids sources_website, sources_other;
};

/* The need of this provider, or NULL. */
const struct need *destination_need(const struct destination *destination, size_t provider);

/* Whether its kind and its needs leave something to be enforced. */
bool destination_is_enforced(const struct destination *destination);

/* Builds the destinations' masks from their categories and the rules. */
void mapping_build_masks(struct mapping *mapping, struct arena *arena);

/* Has scans made from now on read this label of the events, too. It costs them a little. */
void mapping_ask_label(struct mapping *mapping, struct arena *arena, enum label label);

static inline size_t mapping_n_destinations(const struct mapping *mapping)
{
    return mapping->destination_ids.n;
}

#endif
