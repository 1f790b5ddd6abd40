/*
 * The grammar between strings, on masks; compiled like the walk (skim_walk.h), which includes it.
 *
 * Whether a token may stand somewhere, the token before it tells. Where the token behind one begins
 * is a shift by a bit, which each mask's neighbour carries into, and over spaces the carry of an
 * addition, which also leads from a string's opening quote to its closing one.
 */

/* Where the tokens begin that follow those which end there. Over spaces it is block by block. */
SKIM_TARGET static inline void SKIM_NAME(behind)(uint64_t *restrict next,
                                                 const uint64_t *restrict ends,
                                                 const uint64_t *restrict spaces, size_t n,
                                                 uint64_t *carry)
{
    uint64_t on_spaces = *carry;
    for (size_t i = 1; i <= n; i++) {
        next[i] = ends[i] << 1 | ends[i - 1] >> 63;
        on_spaces |= next[i] & spaces[i];
    }
    if (on_spaces == 0)
        return;
    for (size_t i = 1; i <= n; i++) {
        uint64_t bits = next[i] | *carry, sum = bits + spaces[i];
        *carry = sum < bits;
        next[i] = sum & ~spaces[i];
    }
}

/* The closing quotes of keys; block by block where a key is longer than a block. */
SKIM_TARGET static inline void SKIM_NAME(end_keys)(struct blocks *blocks, size_t n)
{
    uint64_t on_and_on = 0, carry = blocks->keys_go_on[0];
    for (size_t i = 1; i <= n; i++) {
        uint64_t in_string = blocks->in_string[i], keys = blocks->keys[i], sum = keys + in_string;
        blocks->keys_go_on[i] = (keys | (in_string & ~sum)) >> 63;
        blocks->key_ends[i] = sum;
    }
    for (size_t i = 1; i <= n; i++) {
        uint64_t sum = blocks->key_ends[i], all = sum + blocks->keys_go_on[i - 1];
        on_and_on |= sum & ~all;
        blocks->key_ends[i] = all & ~blocks->in_string[i];
    }
    if (on_and_on >> 63 == 0)
        return;
    for (size_t i = 1; i <= n; i++) {
        uint64_t sum = blocks->keys[i] + blocks->in_string[i], all = sum + carry;
        carry = (sum < blocks->keys[i]) | (all < sum);
        blocks->keys_go_on[i] = carry;
        blocks->key_ends[i] = all & ~blocks->in_string[i];
    }
}

SKIM_TARGET static inline void SKIM_NAME(find_values)(struct blocks *blocks, size_t n)
{
    for (size_t i = 1; i <= n; i++) {
        uint64_t outside = ~blocks->in_string[i], colons = blocks->colons[i] & outside;
        uint64_t opens = blocks->opens[i] & outside, closes = blocks->closes[i] & outside;
        uint64_t begins = (blocks->commas[i] & outside) | opens;
        uint64_t others = begins | colons | closes | blocks->spaces[i] | blocks->quotes[i];
        blocks->colons[i] = colons;
        blocks->opens[i] = opens;
        blocks->closes[i] = closes;
        blocks->begins[i] = begins;
        blocks->brackets[i] = opens | closes;
        blocks->scalars[i] = outside & ~others;
    }
    SKIM_NAME(behind)(blocks->starts, blocks->begins, blocks->spaces, n, &blocks->behind_begin);
    SKIM_NAME(behind)(blocks->places, blocks->colons, blocks->spaces, n, &blocks->behind_colon);
    /* A value stands behind an opening bracket, a comma or a colon and nowhere else, and nothing
     * else stands there, but what closes an empty container. */
    for (size_t i = 1; i <= n; i++) {
        uint64_t scalars = blocks->scalars[i], opens = blocks->opens[i];
        uint64_t scalar_starts = scalars & ~(scalars << 1 | blocks->scalars[i - 1] >> 63);
        uint64_t openings = blocks->quotes[i] & blocks->in_string[i];
        uint64_t places = blocks->places[i] | blocks->starts[i];
        blocks->scalar_starts[i] = scalar_starts;
        blocks->empty[i] = places & blocks->closes[i];
        blocks->bad[i] = (places ^ (openings | opens | scalar_starts)) & ~blocks->closes[i];
        blocks->keys[i] = blocks->starts[i] & openings;
    }
}

/* In an object, keys stand behind brackets and commas, and colons behind keys. */
SKIM_TARGET static inline void SKIM_NAME(find_keys)(struct blocks *blocks, size_t n)
{
    SKIM_NAME(end_keys)(blocks, n);
    SKIM_NAME(behind)
    (blocks->behind_keys, blocks->key_ends, blocks->spaces, n, &blocks->behind_key);
    for (size_t i = 1; i <= n; i++) {
        uint64_t closes = blocks->closes[i], starts = blocks->starts[i];
        uint64_t in_keys = blocks->key_ends[i] - blocks->keys[i] - blocks->keys_go_on[i - 1];
        blocks->key_escapes[i] = in_keys & blocks->backslashes[i];
        blocks->bad_in_object[i] =
            (starts & ~(blocks->keys[i] | closes)) | (blocks->behind_keys[i] ^ blocks->colons[i]);
    }
}

SKIM_TARGET static inline void SKIM_NAME(find)(struct blocks *blocks, size_t n)
{
    n = (n + 3) / 4 * 4; /* so many fit in a vector; what is too much is not looked at */
    SKIM_NAME(find_values)(blocks, n);
    SKIM_NAME(find_keys)(blocks, n);
}
