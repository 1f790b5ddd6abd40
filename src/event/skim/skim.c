#include "event/skim/skim.h"

#include "event/line.h"
#include "event/skim/skim_bytes.h"

/* ---- containers and the core ---- */

static bool put(struct skim *skim, struct text text)
{
    if (text.len > SKIM_CORE_MOST - skim->len)
        return false;
    memcpy(skim->bytes + skim->len, text.bytes, text.len);
    skim->len += text.len;
    return true;
}

/* Copies what was not copied yet of the member under way. */
static bool put_member(struct skim *skim, const unsigned char *end)
{
    return put(skim, (struct text){skim->member, (size_t)((const char *)end - skim->member)});
}

static void set_node(struct skim *skim, size_t node)
{
    skim->node = node;
    skim->lengths = skim->paths->nodes[node].lengths;
}

/* Down to where a bracket has to be looked at: a member's value is copied without what stands in
 * its containers. */
static void set_child(struct skim *skim, size_t child)
{
    skim->child = child;
    skim->watched = child == 0 ? skim->path_depth : skim->path_depth + 2;
}

static bool end_member(struct skim *skim, const unsigned char *end)
{
    set_child(skim, 0);
    return put_member(skim, end);
}

/* Ends a member whose value is no container, before the comma or brace behind it. */
static bool end_scalar_member(struct skim *skim, const unsigned char *behind)
{
    while (is_space(behind[-1]))
        behind--;
    return end_member(skim, behind);
}

/* Ends it before the next member's key. */
static bool end_member_before(struct skim *skim, struct text key)
{
    const unsigned char *comma = (const unsigned char *)key.bytes - 2;
    while (is_space(*comma))
        comma--;
    return end_scalar_member(skim, comma);
}

/* Of the members of preferences and integrations only the kind of their values is read: what is in
 * a container there is left out, so that options which differ make no other core. */
static bool kinds_suffice(const struct key_node *node)
{
    return (node->roles & ~(unsigned)(ROLE_PREFERENCES | ROLE_INTEGRATIONS)) == 0 &&
           node->first_child == 0;
}

static bool decides_nothing(const struct key_node *node)
{
    return node->roles != 0 && (node->roles & ~(unsigned)ROLE_LABELS) == 0 &&
           node->first_child == 0;
}

static void note_label(struct skim *skim, unsigned roles, const char *behind_key)
{
    for (enum label label = 0; label < N_LABELS; label++)
        if ((roles & role_of_label(label)) != 0) {
            if (skim->n_labels[label] < 2)
                skim->n_labels[label]++;
            skim->label_keys[label] = behind_key;
        }
}

/* But for ASCII case, of which a bit tells. */
static bool begin_alike(struct text a, struct text b)
{
    return a.len == 0 || b.len == 0 || ((a.bytes[0] ^ b.bytes[0]) & ~0x20) == 0;
}

/* A key without escapes, in an object on a key path: a key that leads on is noted as skim->child.
 * False when it is a look-alike or stands there twice. */
static bool path_key(struct skim *skim, struct text key)
{
    const struct key_node *nodes = skim->paths->nodes;
    if (skim->child != 0 && !end_member_before(skim, key))
        return false;
    for (size_t i = nodes[skim->node].first_child; i != 0; i = nodes[i].next_sibling) {
        if (!begin_alike(nodes[i].key, key))
            continue;
        if (text_equal(nodes[i].key, key)) {
            if ((nodes[i].roles & ROLE_LABELS) != 0) {
                note_label(skim, nodes[i].roles, key.bytes + key.len + 1);
                if (decides_nothing(&nodes[i]))
                    continue;
            }
            if ((skim->seen >> i & 1) != 0)
                return false;
            skim->seen |= (uint64_t)1 << i;
            set_child(skim, i);
            skim->member = key.bytes - 1;
            if (skim->bytes[skim->len - 1] != '{' && !put(skim, TEXT(",")))
                return false;
        } else if (text_equal_but_for_ascii_case(nodes[i].c_key, key) &&
                   !decides_nothing(&nodes[i])) {
            return false;
        }
    }
    return true;
}

/* The same of its quotes; few keys have a length that matters. */
static inline bool path_string(struct skim *skim, const unsigned char *opening,
                               const unsigned char *closing)
{
    size_t len = (size_t)(closing - opening - 1);
    return ((skim->lengths >> len % 64 & 1) == 0 && skim->child == 0) ||
           path_key(skim, (struct text){(const char *)opening + 1, len});
}

/* A container that is a member's value, or stands in one. An object on the way is gone into; any
 * other is copied. */
static bool open_on_path(struct skim *skim, const unsigned char *at)
{
    const struct key_node *child = &skim->paths->nodes[skim->child];
    if (skim->depth == skim->path_depth + 2)
        return !kinds_suffice(child) || put_member(skim, at + 1);
    if (*at != '{' || child->roles != 0)
        return true;
    set_node(skim, skim->child);
    skim->path_depth = skim->depth;
    return end_member(skim, at + 1);
}

/* Back in a member's value, in the object on a path, or behind that. */
static bool close_on_path(struct skim *skim, const unsigned char *at)
{
    if (skim->depth > skim->path_depth) {
        if (kinds_suffice(&skim->paths->nodes[skim->child]))
            skim->member = (const char *)at;
        return true;
    }
    if (skim->depth == skim->path_depth)
        return end_member(skim, at + 1);
    if (skim->child != 0 && !end_scalar_member(skim, at))
        return false;
    set_node(skim, skim->paths->nodes[skim->node].parent);
    skim->path_depth = skim->depth;
    set_child(skim, 0);
    return put(skim, TEXT("}"));
}

/* The open containers. */
struct nest {
    size_t depth;
    uint64_t objects; /* a bit for each, the innermost one's is the lowest: it is an object */
};

/* Of a bracket's bits, two tell which of the four it is. */
static inline bool opens_container(unsigned char bracket)
{
    return (bracket & 0x02) != 0;
}

static inline uint64_t is_of_object(unsigned char bracket)
{
    return bracket >> 5 & 1;
}

static inline bool open_container(struct skim *skim, struct nest *nest, const unsigned char *at)
{
    if (nest->depth == EVENT_DEPTH)
        return false;
    if (nest->depth % 64 == 0)
        skim->outer[nest->depth / 64] = nest->objects;
    nest->depth++;
    nest->objects = nest->objects << 1 | is_of_object(*at);
    if (nest->depth > skim->watched)
        return true;
    skim->depth = nest->depth;
    return open_on_path(skim, at);
}

static inline bool close_container(struct skim *skim, struct nest *nest, const unsigned char *at)
{
    if ((nest->objects & 1) != is_of_object(*at))
        return false;
    bool is_watched = nest->depth <= skim->watched;
    nest->depth--;
    nest->objects >>= 1;
    if (nest->depth % 64 == 0)
        nest->objects = skim->outer[nest->depth / 64];
    skim->depth = nest->depth;
    return !is_watched || close_on_path(skim, at);
}

/* Whether each of the closing brackets has nothing but spaces between it and its container's first
 * byte. */
static bool are_empty(const unsigned char *at, uint64_t closes)
{
    for (; closes != 0; closes &= closes - 1) {
        const unsigned char *before = at + first_bit(closes) - 1;
        while (is_space(*before))
            before--;
        if (*before != '{' && *before != '[')
            return false;
    }
    return true;
}

/* ---- the walks ---- */

/* Of what kind a byte is: the lowest bit of one of eight bytes. */
#define KIND(c)                                                                                    \
    ((uint64_t)((c) == '"') | (uint64_t)((c) == '\\') << 8 | (uint64_t)((c) == ',') << 16 |        \
     (uint64_t)((c) == ':') << 24 | (uint64_t)((c) == '{' || (c) == '[') << 32 |                   \
     (uint64_t)((c) == '}' || (c) == ']') << 40 | (uint64_t)((c) == ' ') << 48 |                   \
     (uint64_t)((c) < 0x20 || (c) >= 0x80) << 56)
#define KINDS_4(c) KIND(c), KIND((c) + 1), KIND((c) + 2), KIND((c) + 3)
#define KINDS_16(c) KINDS_4(c), KINDS_4((c) + 4), KINDS_4((c) + 8), KINDS_4((c) + 12)
#define KINDS_64(c) KINDS_16(c), KINDS_16((c) + 16), KINDS_16((c) + 32), KINDS_16((c) + 48)

static const uint64_t kinds[256] = {KINDS_64(0), KINDS_64(64), KINDS_64(128), KINDS_64(192)};

/* Swaps blocks of bytes between words whose numbers differ by n. */
static inline void swap_bytes(uint64_t words[8], unsigned n, uint64_t mask)
{
    for (unsigned i = 0; i < 8; i++)
        if ((i & n) == 0) {
            uint64_t swapped = (words[i] >> 8 * n ^ words[i + n]) & mask;
            words[i] ^= swapped << 8 * n;
            words[i + n] ^= swapped;
        }
}

static inline struct marks marks_portable(const unsigned char *at)
{
    /* Byte k of word n: kind k of the n-th eight bytes, a bit for each; then the other way. */
    uint64_t words[8];
    for (unsigned n = 0; n < 8; n++) {
        words[n] = 0;
        for (unsigned i = 8; i-- > 0;)
            words[n] = words[n] << 1 | kinds[at[8 * n + i]];
    }
    swap_bytes(words, 4, 0x00000000FFFFFFFFu);
    swap_bytes(words, 2, 0x0000FFFF0000FFFFu);
    swap_bytes(words, 1, 0x00FF00FF00FF00FFu);
    return (struct marks){words[0], words[1], words[2], words[3],
                          words[4], words[5], words[6], words[7]};
}

static inline uint64_t turns_portable(uint64_t bits)
{
    for (unsigned n = 1; n < 64; n *= 2)
        bits ^= bits << n;
    return bits;
}

#define SKIM_NAME(name) name##_portable
#define SKIM_TARGET
#include "event/skim/skim_walk.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include "event/skim/skim_avx2.h"
#include "event/skim/skim_sse2.h"
#elif defined(__aarch64__) && defined(__ARM_NEON) && defined(__GNUC__) && !defined(__AARCH64EB__)
#include "event/skim/skim_neon.h"
#endif

bool skim_init_with(struct skim *skim, const struct key_paths *paths, enum skim_set set)
{
    bool (*walk)(struct skim *, const unsigned char *, const unsigned char *) = NULL;
    if (set == SKIM_PORTABLE)
        walk = walk_portable;
#if defined(__x86_64__) && defined(__GNUC__)
    if (set == SKIM_SSE2)
        walk = walk_sse2;
    if (set == SKIM_AVX2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("pclmul"))
        walk = walk_avx2;
#elif defined(__aarch64__) && defined(__ARM_NEON) && defined(__GNUC__) && !defined(__AARCH64EB__)
    if (set == SKIM_NEON)
        walk = walk_neon;
#endif
    memset(&skim->blocks, 0, sizeof skim->blocks);
    skim->paths = paths;
    skim->walk = walk;
    return walk != NULL;
}

void skim_init(struct skim *skim, const struct key_paths *paths)
{
    enum skim_set set = SKIM_SETS;
    while (!skim_init_with(skim, paths, --set))
        ;
}

bool skim_line(struct skim *skim, struct text line)
{
    const unsigned char *at = (const unsigned char *)line.bytes, *end = at + line.len;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (at < end && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    /* With a role the whole event is read; more nodes than bits are nobody's. */
    if (end - at < 2 || *at != '{' || end[-1] != '}' || skim->paths->nodes[0].roles != 0 ||
        skim->paths->n > 64)
        return false;
    skim->depth = skim->path_depth = 1;
    set_node(skim, 0);
    set_child(skim, 0);
    skim->outer[0] = 0;
    skim->seen = 0;
    memset(skim->n_labels, 0, sizeof skim->n_labels);
    skim->bytes[0] = '{';
    skim->len = 1;
    if (!skim->walk(skim, at + 1, end))
        return false;
    skim->core = (struct text){skim->bytes, skim->len};
    return true;
}

bool skim_label(const struct skim *skim, enum label label, struct text *raw)
{
    if (skim->n_labels[label] != 1)
        return false;
    const char *at = skim->label_keys[label]; /* in a line that is valid */
    while (*at != ':')
        at++;
    do
        at++;
    while (*at == ' ' || *at == '\t');
    if (*at != '"')
        return false;
    const char *begin = ++at;
    while (*at != '"')
        at += *at == '\\' ? 2 : 1;
    *raw = (struct text){begin, (size_t)(at - begin)};
    return true;
}
