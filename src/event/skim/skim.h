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
 * How it works. A line is looked at in blocks of 64 bytes, which are compared a vector at a time
 * with what matters: quotes, backslashes, commas, colons, brackets, spaces, and bytes that are low
 * (signed: control bytes and what is no ASCII). What comes of it are masks, a bit for each byte;
 * from there on a shift, an AND, an addition are the grammar of 64 bytes (skim_find.h): which
 * quotes open and close, whether each token may stand behind the one before it, which strings are
 * keys. Only three kinds of places are gone to, from bit to bit: brackets, since who encloses whom
 * is no matter of neighbours (skim_walk.h: a bit per open container); first bytes of numbers and
 * literals, and escapes and characters that are no ASCII (skim_bytes.h); and keys, where an object
 * on a path encloses them. The line's last byte is known to be a brace, which ends whatever is
 * checked byte by byte. Nothing behind it is read: the last block is compared from the line's end
 * backwards.
 *
 * The walk is skim_walk.h, compiled once per instruction set with that set's comparison: a table
 * anywhere (skim.c), SSE2 on every x86-64, AVX2 where the processor has it, NEON on ARM64. The
 * loops of skim_find.h have no intrinsics; compilers make vectors of several blocks' masks of them.
 *
 * Ideas from: Langdale, Lemire, "Parsing Gigabytes of JSON per Second" (2019), bitmaps of
 * structural characters, the prefix sum of quotes by carry-less multiplication; Li et al., "Mison:
 * A Fast JSON Parser for Data Analytics" (2017) and Palkar et al., "Filter Before You Parse: Faster
 * Analytics on Raw Data with Sparser" (2018), that most of a record is not needed; Cameron, Herdy,
 * Lin, "High Performance XML Parsing Using Parallel Bit Stream Technology" (2008), carries of an
 * addition that run to the end of a run.
 */
#ifndef ASSENT_SKIM_H
#define ASSENT_SKIM_H

#include "event/line.h"
#include "event/skim/skim_marks.h"
#include "mapping/key_paths.h"

/* Bytes of the longest core; what decides is far shorter. */
enum { SKIM_CORE_MOST = 4096 };

struct skim {
    struct text core; /* of the line last accepted; valid until the next one */

    /* private */
    struct blocks blocks;
    const struct key_paths *paths;
    bool (*walk)(struct skim *skim, const unsigned char *at, const unsigned char *end);
    uint64_t outer[EVENT_DEPTH / 64]; /* a bit per open container but the innermost up to 64 */
    size_t depth;                     /* of open containers */
    size_t node;                      /* the innermost object on a key path */
    uint64_t lengths;                 /* of the keys that lead on from there, as it says */
    size_t path_depth;                /* its depth */
    size_t watched;                   /* the depth of containers whose brackets are looked at */
    const unsigned char *key;         /* the opening quote of one that goes on in the next block */
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
