#include "mapping/tree.h"

#include "base/json_string.h"
#include "base/utf8.h"
#include "base/yajl_memory.h"

struct builder {
    struct text json; /* the file without its BOM */
    size_t skipped;   /* the BOM's bytes */
    struct findings *findings;
    yajl_handle handle;
    struct tree *root;
    struct tree **ends[TREE_DEPTH + 1]; /* of each open container: where its next child goes */
    size_t depth;
    struct text key;
    size_t key_at;
    size_t n_values;
    size_t last_end; /* of the last token that a callback told of: any but a comma or a colon */
    bool completing; /* a number at the file's very end */
    bool refused;    /* a finding says why */
};

static size_t end_of_token(struct builder *b)
{
    b->last_end = b->completing ? b->json.len : yajl_get_bytes_consumed(b->handle);
    return b->last_end;
}

/* Puts a value behind its elder sibling; NULL stops the parse. */
static struct tree *add(struct builder *b, enum tree_kind kind, size_t at)
{
    if (b->n_values++ == TREE_VALUES) {
        b->refused = true;
        findings_add(b->findings, FINDING_TOO_LARGE, at + b->skipped,
                     "the file has more than %d values: split the mapping", TREE_VALUES);
        return NULL;
    }
    struct tree *value = arena_alloc(b->findings->arena, sizeof *value);
    value->kind = kind;
    value->at = at + b->skipped;
    value->key = b->key;
    value->key_at = b->key_at;
    *b->ends[b->depth] = value;
    b->ends[b->depth] = &value->next;
    return value;
}

/* A decoded string outlives yajl's buffer; where it has escapes, they are looked at. */
static struct text string(struct builder *b, const unsigned char *bytes, size_t len, size_t *at)
{
    struct text raw = json_string_before(b->json, end_of_token(b));
    *at = (size_t)(raw.bytes - b->json.bytes) - 1;
    if (json_string_has_lone_surrogate(raw))
        findings_add(b->findings, FINDING_LONE_SURROGATE, *at + b->skipped,
                     "this string has half of a surrogate pair, which is no character: "
                     "write the whole pair or the character itself");
    char *copy = arena_alloc(b->findings->arena, len);
    if (len != 0)
        memcpy(copy, bytes, len);
    return (struct text){copy, len};
}

static int on_null(void *ctx)
{
    struct builder *b = ctx;
    return add(b, TREE_NULL, end_of_token(b) - 4) != NULL;
}

static int on_boolean(void *ctx, int is_true)
{
    struct builder *b = ctx;
    struct tree *value = add(b, TREE_BOOLEAN, end_of_token(b) - (is_true ? 4 : 5));
    if (value != NULL)
        value->is_true = is_true;
    return value != NULL;
}

static int on_number(void *ctx, const char *bytes, size_t len)
{
    struct builder *b = ctx;
    (void)bytes;
    size_t at = end_of_token(b) - len;
    struct tree *value = add(b, TREE_NUMBER, at);
    if (value != NULL)
        value->text = (struct text){b->json.bytes + at, len};
    return value != NULL;
}

static int on_string(void *ctx, const unsigned char *bytes, size_t len)
{
    struct builder *b = ctx;
    size_t at;
    struct text text = string(b, bytes, len, &at);
    struct tree *value = add(b, TREE_STRING, at);
    if (value != NULL)
        value->text = text;
    return value != NULL;
}

static int on_key(void *ctx, const unsigned char *bytes, size_t len)
{
    struct builder *b = ctx;
    b->key = string(b, bytes, len, &b->key_at);
    b->key_at += b->skipped;
    return 1;
}

static int open_container(struct builder *b, enum tree_kind kind)
{
    struct tree *value = add(b, kind, end_of_token(b) - 1);
    if (value == NULL)
        return 0;
    if (b->depth == TREE_DEPTH) {
        b->refused = true;
        findings_add(b->findings, FINDING_TOO_DEEP, value->at,
                     "values are nested deeper than %d levels: a mapping needs four", TREE_DEPTH);
        return 0;
    }
    b->ends[++b->depth] = &value->first;
    b->key = (struct text){NULL, 0};
    return 1;
}

static int on_start_object(void *ctx)
{
    return open_container(ctx, TREE_OBJECT);
}

static int on_start_array(void *ctx)
{
    return open_container(ctx, TREE_ARRAY);
}

static int on_end(void *ctx)
{
    struct builder *b = ctx;
    end_of_token(b);
    b->depth--;
    b->key = (struct text){NULL, 0};
    return 1;
}

/* Only yajl_number is given: yajl_integer and yajl_double would refuse large numbers. */
static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_integer = NULL,
    .yajl_double = NULL,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_start_object,
    .yajl_map_key = on_key,
    .yajl_end_map = on_end,
    .yajl_start_array = on_start_array,
    .yajl_end_array = on_end,
};

/* What yajl would let through: UTF-8 that is not strict, control bytes as white space. */
static bool bytes_ok(struct builder *b)
{
    size_t bad = utf8_bad_at(b->json);
    if (bad < b->json.len) {
        findings_add(b->findings, FINDING_NOT_UTF8, bad + b->skipped,
                     "this byte is not part of valid UTF-8: save the file as UTF-8");
        return false;
    }
    for (size_t i = 0; i < b->json.len; i++) {
        unsigned char c = (unsigned char)b->json.bytes[i];
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') {
            findings_add(b->findings, FINDING_NOT_JSON, i + b->skipped,
                         "a control byte (0x%02x) is not allowed in JSON: remove it", c);
            return false;
        }
    }
    return true;
}

static void not_json(struct builder *b, size_t at, const char *why)
{
    findings_add(b->findings, FINDING_NOT_JSON, at + b->skipped, "this is not valid JSON: %.*s",
                 (int)strcspn(why, "\n"), why);
}

/* The token that could not stand where it does. yajl says roughly how far it came; between the last
 * token that it told of and there, only commas and colons were right. */
static size_t misplaced_token(const struct builder *b, size_t consumed)
{
    size_t at = b->last_end;
    for (; at < b->json.len; at++) {
        char c = b->json.bytes[at];
        bool accepted = (c == ',' || c == ':') && at + 1 < consumed;
        if (!accepted && c != ' ' && c != '\t' && c != '\n' && c != '\r')
            break;
    }
    return at;
}

/* Whatever stopped yajl. */
static void parse_failed(struct builder *b)
{
    const char *why;
    size_t at;
    if (!yajl_lexical_fault(b->handle, b->json, &at, &why))
        at = misplaced_token(b, at);
    not_json(b, at, why);
}

struct tree *tree_parse(struct text file, struct findings *findings)
{
    struct builder *b = arena_alloc(findings->arena, sizeof *b);
    b->json = file;
    b->findings = findings;
    if (file.len >= 3 && memcmp(file.bytes, "\xEF\xBB\xBF", 3) == 0) {
        b->skipped = 3;
        b->json = (struct text){file.bytes + 3, file.len - 3};
    }
    b->ends[0] = &b->root;
    if (!bytes_ok(b))
        return NULL;
    yajl_alloc_funcs memory = yajl_memory(findings->arena);
    b->handle = yajl_alloc(&callbacks, &memory, b);
    const unsigned char *json = (const unsigned char *)b->json.bytes;
    yajl_status status = yajl_parse(b->handle, json, b->json.len);
    if (b->refused)
        return NULL;
    if (status != yajl_status_ok) {
        parse_failed(b);
        return NULL;
    }
    /* Looked at here, for yajl is content with a string that begins there and never ends. */
    size_t behind = misplaced_token(b, 0);
    if (b->root != NULL && b->depth == 0 && behind != b->json.len) {
        not_json(b, behind, "the file goes on after its value");
        return NULL;
    }
    b->completing = true;
    if (yajl_complete_parse(b->handle) != yajl_status_ok) {
        not_json(b, b->json.len, "the file ends too early");
        return NULL;
    }
    return b->root;
}
