#include "event/skim/skim.h"

#include "event/line.h"

/* ---- the grammar between strings; the last byte before the line's end is a brace ---- */

static inline const unsigned char *space(const unsigned char *at)
{
    while (*at <= ' ' && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

static inline bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static inline bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static const unsigned char *digits(const unsigned char *at)
{
    if (!is_digit(*at))
        return NULL;
    while (is_digit(*at))
        at++;
    return at;
}

/* RFC 8259, section 6. */
static const unsigned char *number(const unsigned char *at)
{
    at += *at == '-';
    at = *at == '0' ? at + 1 : digits(at);
    if (at != NULL && *at == '.')
        at = digits(at + 1);
    if (at != NULL && (*at == 'e' || *at == 'E')) {
        at++;
        at = digits(at + (*at == '+' || *at == '-'));
    }
    return at;
}

/* Compared byte by byte, so that a shorter rest of the line is not read past its brace. */
static const unsigned char *literal(const unsigned char *at, const char *rest)
{
    for (at++; *rest != '\0'; at++, rest++)
        if (*at != (unsigned char)*rest)
            return NULL;
    return at;
}

static inline const unsigned char *number_or_literal(const unsigned char *at)
{
    switch (*at) {
    case 't':
        return literal(at, "rue");
    case 'f':
        return literal(at, "alse");
    case 'n':
        return literal(at, "ull");
    default:
        return number(at);
    }
}

/* ---- within strings ---- */

static bool is_hex(unsigned char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Behind an escape; NULL when it is none. RFC 8259, section 7. */
static const unsigned char *escape(const unsigned char *at)
{
    switch (at[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        return at + 2;
    case 'u':
        return is_hex(at[2]) && is_hex(at[3]) && is_hex(at[4]) && is_hex(at[5]) ? at + 6 : NULL;
    default:
        return NULL;
    }
}

static bool is_within(unsigned char c, unsigned char least, unsigned char most)
{
    return c >= least && c <= most;
}

/* Behind a character of more than one byte, of the table of RFC 3629, section 4; NULL when the byte
 * begins none: a control byte, too. */
static inline const unsigned char *character(const unsigned char *at)
{
    unsigned char c = at[0];
    if (is_within(c, 0xC2, 0xDF))
        return is_within(at[1], 0x80, 0xBF) ? at + 2 : NULL;
    if (is_within(c, 0xE0, 0xEF)) {
        unsigned char least = c == 0xE0 ? 0xA0 : 0x80, most = c == 0xED ? 0x9F : 0xBF;
        return is_within(at[1], least, most) && is_within(at[2], 0x80, 0xBF) ? at + 3 : NULL;
    }
    if (is_within(c, 0xF0, 0xF4)) {
        unsigned char least = c == 0xF0 ? 0x90 : 0x80, most = c == 0xF4 ? 0x8F : 0xBF;
        return is_within(at[1], least, most) && is_within(at[2], 0x80, 0xBF) &&
                       is_within(at[3], 0x80, 0xBF)
                   ? at + 4
                   : NULL;
    }
    return NULL;
}

/* Behind a run of such characters, of which there is one at least. */
static inline const unsigned char *characters(const unsigned char *at)
{
    do
        at = character(at);
    while (at != NULL && *at >= 0x80);
    return at;
}

/* ---- containers and the core ---- */

static inline bool is_object(const struct skim *skim)
{
    return (skim->open[skim->depth / 64] >> (skim->depth % 64) & 1) != 0;
}

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

static bool end_member(struct skim *skim, const unsigned char *end)
{
    skim->child = 0;
    return put_member(skim, end);
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

/* A key without escapes, in an object on a key path: a key that leads on is noted as skim->child.
 * False when it is a look-alike or stands there twice. */
static bool path_key(struct skim *skim, struct text key)
{
    const struct key_node *nodes = skim->paths->nodes;
    for (size_t i = nodes[skim->node].first_child; i != 0; i = nodes[i].next_sibling) {
        if (text_equal(nodes[i].key, key)) {
            if ((nodes[i].roles & ROLE_LABELS) != 0) {
                note_label(skim, nodes[i].roles, key.bytes + key.len + 1);
                if (decides_nothing(&nodes[i]))
                    continue;
            }
            if ((skim->seen >> i & 1) != 0)
                return false;
            skim->seen |= (uint64_t)1 << i;
            skim->child = i;
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

static inline bool on_path_key(struct skim *skim, const unsigned char *bytes, size_t len)
{
    if ((skim->paths->nodes[skim->node].lengths & length_bit(len)) == 0)
        return true;
    return path_key(skim, (struct text){(const char *)bytes, len});
}

static inline bool scalar_done(struct skim *skim, const unsigned char *end)
{
    return skim->child == 0 || skim->depth != skim->path_depth || end_member(skim, end);
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
    skim->node = skim->child;
    skim->path_depth = skim->depth;
    return end_member(skim, at + 1);
}

static inline bool open_container(struct skim *skim, const unsigned char *at)
{
    if (skim->depth == EVENT_DEPTH)
        return false;
    skim->depth++;
    uint64_t bit = (uint64_t)1 << (skim->depth % 64), *word = &skim->open[skim->depth / 64];
    *word = *at == '{' ? *word | bit : *word & ~bit;
    return skim->child == 0 || skim->depth > skim->path_depth + 2 || open_on_path(skim, at);
}

/* Back in a member's value, in the object on a path, or behind that. */
static bool close_on_path(struct skim *skim, const unsigned char *end)
{
    if (skim->depth > skim->path_depth) {
        if (skim->child != 0 && kinds_suffice(&skim->paths->nodes[skim->child]))
            skim->member = (const char *)end - 1;
        return true;
    }
    if (skim->depth == skim->path_depth)
        return skim->child == 0 || end_member(skim, end);
    skim->node = skim->paths->nodes[skim->node].parent;
    skim->path_depth = skim->depth;
    return put(skim, TEXT("}"));
}

static inline bool close_container(struct skim *skim, const unsigned char *end)
{
    skim->depth--;
    return skim->depth > skim->path_depth + 1 || close_on_path(skim, end);
}

/* ---- the walks ---- */

/* The high bit of each byte of the word that is special; bytes above such a one may be wrong. */
static inline uint64_t special_bytes(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    uint64_t quote = word ^ ones * '"', backslash = word ^ ones * '\\';
    return ((word - ones * 0x20) | (quote - ones) | (backslash - ones) | word) & high;
}

static inline unsigned special_portable(const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    if (special_bytes(word) == 0)
        return 8;
    unsigned n = 0;
    while (n < 8 && is_plain(at[n]))
        n++;
    return n;
}

#define SKIM_NAME(name) name##_portable
#define SKIM_TARGET
#define SKIM_WIDTH 8
#include "event/skim/skim_walk.h"

#if defined(__SSE2__) && defined(__GNUC__)
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
#if defined(__SSE2__) && defined(__GNUC__)
    if (set == SKIM_SSE2)
        walk = walk_sse2;
    if (set == SKIM_AVX2 && __builtin_cpu_supports("avx2"))
        walk = walk_avx2;
#elif defined(__aarch64__) && defined(__ARM_NEON) && defined(__GNUC__) && !defined(__AARCH64EB__)
    if (set == SKIM_NEON)
        walk = walk_neon;
#endif
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
    skim->open[0] = 2;
    skim->node = skim->child = 0;
    skim->seen = 0;
    memset(skim->n_labels, 0, sizeof skim->n_labels);
    skim->bytes[0] = '{';
    skim->len = 1;
    if (!skim->walk(skim, at, end))
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
