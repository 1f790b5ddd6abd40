/*
 * The skim: nine tenths of an event are bytes that consent does not look at; they must be valid,
 * not understood. The skim walks a line once, checks all of it and copies out what the mapping's
 * key paths lead to: the core, an event of its own that says of consent, integrations and source
 * just what the line says. The core alone goes through yajl's callbacks (event/scan.h).
 *
 *   line  {"type":"track","context":{"ip":"…","consent":{"categoryPreferences":{"Ads":true}}},…}
 *   core  {"context":{"consent":{"categoryPreferences":{"Ads":true}}}}
 *
 * The sentence that the tests prove: what the skim accepts, the contract's strict checks and yajl
 * accept, and the core decides like the line. So it may refuse too much, never accept too much. It
 * refuses, and the line goes whole through yajl, which gives the verdict and the message, when
 *
 *   - anything is not as RFC 8259, RFC 3629 and cli.md's "A line that is not an event" ask, or
 *   - in an object on the way to what is read, a key has an escape, is a look-alike or occurs
 *     twice, or the core is longer than SKIM_CORE_MOST.
 *
 * How it works. One pass, no table of tokens: between strings the grammar is followed byte by byte,
 * a bit per open container; within strings, where most bytes are, a vector at a time is compared
 * with what ends a run of plain bytes: a quote, a backslash, a control byte or a byte that is no
 * ASCII (signed, the last two are one comparison: less than 0x20). Escapes and UTF-8 are checked
 * where they are met. The line's last byte is known to be a brace, which ends every number,
 * literal, escape and character, so only strings and the outermost brace look at where the line
 * ends. Nothing behind the line's last byte is read.
 *
 * The walk is skim_walk.h, compiled once per instruction set with that set's comparison: 8 bytes in
 * a word anywhere (skim.c), SSE2 on every x86-64, AVX2 where the processor has it, NEON on ARM64.
 *
 * Ideas from: Langdale, Lemire, "Parsing Gigabytes of JSON per Second" (2019), comparisons of whole
 * vectors in place of bytes; Li et al., "Mison: A Fast JSON Parser for Data Analytics" (2017) and
 * Palkar et al., "Filter Before You Parse: Faster Analytics on Raw Data with Sparser" (2018), that
 * most of a record is not needed; Mycroft's test for a small byte in a word (1987).
 */
#ifndef ASSENT_SKIM_H
#define ASSENT_SKIM_H

#include "mapping/key_paths.h"

/* Bytes of the longest core; what decides is far shorter. */
enum { SKIM_CORE_MOST = 4096 };

struct skim {
    struct text core; /* of the line last accepted; valid until the next one */

    /* private */
    const struct key_paths *paths;
    bool (*walk)(struct skim *skim, const unsigned char *at, const unsigned char *end);
    uint64_t open[9];                 /* a bit per open container, by its depth: it is an object */
    size_t depth;                     /* of open containers */
    size_t node;                      /* the innermost object on a key path */
    size_t path_depth;                /* its depth */
    uint64_t seen;                    /* a bit per node: its key stood there */
    size_t child;                     /* the node of its member that is being copied, 0: none */
    const char *member;               /* what is not copied yet of that member begins here */
    unsigned char n_labels[4];        /* by label: how often its key stood there */
    const char *label_keys[N_LABELS]; /* behind the last one's key */
    size_t len;                       /* of bytes */
    char bytes[SKIM_CORE_MOST];
};

/* The instruction sets, the slowest first; the tests try them all. */
enum skim_set { SKIM_PORTABLE, SKIM_SSE2, SKIM_AVX2, SKIM_NEON, SKIM_SETS };

/* Makes a skim for events of these key paths, which must outlive it, with the fastest instruction
 * set that the processor has. */
void skim_init(struct skim *skim, const struct key_paths *paths);

/* Likewise with that set; false when this processor or this build does not have it. */
bool skim_init_with(struct skim *skim, const struct key_paths *paths, enum skim_set set);

/* Walks a line without its end. True: accepted, and skim->core is filled. False: not its business;
 * nothing may be concluded. */
bool skim_line(struct skim *skim, struct text line);

/* The string of a label in the line last accepted, raw and without its quotes. It decides nothing,
 * so it is not in the core. False: nobody asked for it, or it is no string, or there twice. */
bool skim_label(const struct skim *skim, enum label label, struct text *raw);

#endif
