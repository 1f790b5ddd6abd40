/* JSON as RFC 8259 has it, UTF-8 as RFC 3629 has it, character by character. */
#include "contract.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

enum { CHUNK = 64 * 1024 };

struct pool_chunk {
    struct pool_chunk *older;
    size_t used, size;
    max_align_t bytes[];
};

void *pool_take(struct pool *pool, size_t size)
{
    size = (size + sizeof(max_align_t)) / sizeof(max_align_t) * sizeof(max_align_t);
    struct pool_chunk *chunk = pool->chunks;
    if (chunk == NULL || chunk->size - chunk->used < size) {
        size_t room = size > CHUNK ? size : CHUNK;
        chunk = malloc(sizeof *chunk + room);
        if (chunk == NULL)
            abort();
        *chunk = (struct pool_chunk){.older = pool->chunks, .size = room};
        pool->chunks = chunk;
    }
    char *taken = (char *)chunk->bytes + chunk->used;
    chunk->used += size;
    return memset(taken, 0, size);
}

void pool_empty(struct pool *pool)
{
    while (pool->chunks != NULL && pool->chunks->older != NULL) {
        struct pool_chunk *older = pool->chunks->older;
        free(pool->chunks);
        pool->chunks = older;
    }
    if (pool->chunks != NULL)
        pool->chunks->used = 0;
}

void pool_free(struct pool *pool)
{
    pool_empty(pool);
    free(pool->chunks);
    pool->chunks = NULL;
}

/* ---- strings ---- */

struct string word(const char *text)
{
    return (struct string){text, strlen(text)};
}

bool string_equal(struct string a, struct string b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.bytes, b.bytes, a.len) == 0);
}

bool string_is(struct string a, const char *text)
{
    return string_equal(a, word(text));
}

/* U+D800 to U+DFFF would begin with ED A0 to ED BF. */
bool string_has_half(struct string a)
{
    for (size_t i = 0; i + 1 < a.len; i++)
        if ((unsigned char)a.bytes[i] == 0xED && (unsigned char)a.bytes[i + 1] >= 0xA0)
            return true;
    return false;
}

size_t count_of(const struct json *object, struct string key)
{
    size_t n = 0;
    for (const struct json *member = object->first; member != NULL; member = member->next)
        n += string_equal(member->key, key);
    return n;
}

const struct json *member_of(const struct json *object, struct string key)
{
    const struct json *member = object->first;
    while (member != NULL && !string_equal(member->key, key))
        member = member->next;
    return member;
}

/* ---- UTF-8 ---- */

/* The number of bytes of the character at the start, 0 when there is no good one. */
static size_t character_len(const unsigned char *at, size_t len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = at[0] < 0x80   ? 1
               : at[0] < 0xC0 ? 0
               : at[0] < 0xE0 ? 2
               : at[0] < 0xF0 ? 3
               : at[0] < 0xF8 ? 4
                              : 0;
    if (n <= 1 || n > len)
        return n == 1 ? 1 : 0;
    uint32_t code = at[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3Fu);
    }
    bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code < least[n] || surrogate || code > 0x10FFFF ? 0 : n;
}

static bool is_utf8(const char *bytes, size_t len)
{
    for (size_t at = 0, n; at < len; at += n)
        if ((n = character_len((const unsigned char *)bytes + at, len - at)) == 0)
            return false;
    return true;
}

static size_t encode(uint32_t code, char *to)
{
    unsigned char *bytes = (unsigned char *)to;
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n; i-- > 1; code >>= 6)
        bytes[i] = (unsigned char)(0x80 | (code & 0x3F));
    bytes[0] = (unsigned char)(first[n] | code);
    return n;
}

/* ---- the grammar ---- */

struct parser {
    const char *at, *end;
    struct pool *pool;
    size_t depth;
};

static int peek(const struct parser *parser)
{
    return parser->at < parser->end ? (unsigned char)*parser->at : -1;
}

static bool take(struct parser *parser, char c)
{
    bool there = peek(parser) == (unsigned char)c;
    parser->at += there;
    return there;
}

static void skip_space(struct parser *parser)
{
    while (take(parser, ' ') || take(parser, '\t') || take(parser, '\n') || take(parser, '\r'))
        ;
}

static bool take_word(struct parser *parser, const char *text)
{
    size_t len = strlen(text);
    if ((size_t)(parser->end - parser->at) < len || memcmp(parser->at, text, len) != 0)
        return false;
    parser->at += len;
    return true;
}

static bool take_digits(struct parser *parser)
{
    const char *start = parser->at;
    while (peek(parser) >= '0' && peek(parser) <= '9')
        parser->at++;
    return parser->at > start;
}

/* RFC 8259, section 6. */
static bool take_number(struct parser *parser)
{
    take(parser, '-');
    if (!take(parser, '0') && !take_digits(parser))
        return false;
    if (take(parser, '.') && !take_digits(parser))
        return false;
    if (take(parser, 'e') || take(parser, 'E')) {
        if (!take(parser, '+'))
            take(parser, '-');
        return take_digits(parser);
    }
    return true;
}

static bool take_hex(struct parser *parser, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++, parser->at++) {
        int c = peek(parser);
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : 16;
        if (digit == 16)
            return false;
        *code = *code * 16 + digit;
    }
    return true;
}

/* Behind `\u`: one half of a pair, or both. */
static bool take_code(struct parser *parser, uint32_t *code)
{
    if (!take_hex(parser, code))
        return false;
    const char *behind = parser->at;
    uint32_t low;
    if (*code >= 0xD800 && *code <= 0xDBFF && take_word(parser, "\\u") && take_hex(parser, &low) &&
        low >= 0xDC00 && low <= 0xDFFF)
        *code = 0x10000 + ((*code - 0xD800) << 10) + (low - 0xDC00);
    else
        parser->at = behind; /* what comes next is looked at again */
    return true;
}

static bool take_escape(struct parser *parser, uint32_t *code)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    int c = peek(parser);
    if (c <= 0)
        return false;
    parser->at++;
    if (c == 'u')
        return take_code(parser, code);
    const char *letter = strchr(letters, c);
    if (letter != NULL)
        *code = (unsigned char)meanings[letter - letters];
    return letter != NULL;
}

/* Behind the opening quote. RFC 8259, section 7: a control byte must be escaped. */
static bool take_string(struct parser *parser, struct string *string)
{
    const char *quote = parser->at;
    while (quote < parser->end && *quote != '"')
        quote += *quote == '\\' && quote + 1 < parser->end ? 2 : 1;
    char *bytes = pool_take(parser->pool, (size_t)(quote - parser->at));
    *string = (struct string){bytes, 0};
    while (!take(parser, '"')) {
        int c = peek(parser);
        uint32_t code;
        if (c < 0x20)
            return false;
        parser->at++;
        if (c != '\\')
            bytes[string->len++] = (char)c;
        else if (take_escape(parser, &code))
            string->len += encode(code, bytes + string->len);
        else
            return false;
    }
    return true;
}

static struct json *parse_value(struct parser *parser);

/* Behind the opening bracket or brace. */
static bool take_children(struct parser *parser, struct json *parent, char closing)
{
    struct json **end = &parent->first;
    if (++parser->depth > CONTRACT_DEPTH)
        return false;
    skip_space(parser);
    if (!take(parser, closing)) {
        do {
            struct string key = {0};
            skip_space(parser);
            if (closing == '}') {
                if (!take(parser, '"') || !take_string(parser, &key))
                    return false;
                skip_space(parser);
                if (!take(parser, ':'))
                    return false;
            }
            struct json *child = parse_value(parser);
            if (child == NULL)
                return false;
            child->key = key;
            *end = child;
            end = &child->next;
        } while (take(parser, ','));
        if (!take(parser, closing))
            return false;
    }
    parser->depth--;
    return true;
}

/* A value and the white space around it. */
static struct json *parse_value(struct parser *parser)
{
    struct json *value = pool_take(parser->pool, sizeof *value);
    skip_space(parser);
    const char *start = parser->at;
    bool good = true;
    if (take_word(parser, "null"))
        value->kind = JSON_NULL;
    else if (take_word(parser, "false"))
        value->kind = JSON_FALSE;
    else if (take_word(parser, "true"))
        value->kind = JSON_TRUE;
    else if (take(parser, '"')) {
        value->kind = JSON_STRING;
        good = take_string(parser, &value->text);
    } else if (take(parser, '[')) {
        value->kind = JSON_ARRAY;
        good = take_children(parser, value, ']');
    } else if (take(parser, '{')) {
        value->kind = JSON_OBJECT;
        good = take_children(parser, value, '}');
    } else {
        value->kind = JSON_NUMBER;
        good = take_number(parser);
        value->text = (struct string){start, (size_t)(parser->at - start)};
    }
    skip_space(parser);
    return good ? value : NULL;
}

const struct json *parse_json(struct pool *pool, const char *bytes, size_t len)
{
    if (!is_utf8(bytes, len))
        return NULL;
    struct parser parser = {.at = bytes, .end = bytes + len, .pool = pool};
    const struct json *value = parse_value(&parser);
    return parser.at == parser.end ? value : NULL;
}
