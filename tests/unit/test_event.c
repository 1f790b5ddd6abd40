/* Lines and what a scan makes of them: every consent state, look-alike, duplicate and decoy. */
#include "event/scan.h"
#include "mapping/read.h"
#include "unit.h"

#include <string.h>

static struct arena memory, line_memory;
static struct mapping mapping;
static struct findings findings;
static struct scan scan;

static void set_up_body(void *file)
{
    findings = (struct findings){.arena = &memory};
    mapping_read(&mapping, text_of(file), &findings);
    ck_assert_uint_eq(findings.n, 0);
    scan_init(&scan, &mapping, &memory, &line_memory);
}

static void set_up(const char *file)
{
    ck_assert(arena_try(&memory, set_up_body, (void *)(uintptr_t)file));
}

static void tear_down(void)
{
    arena_free(&memory);
    arena_free(&line_memory);
}

struct scanning {
    struct text line;
    enum reject reject;
    size_t at;
};

static void scan_body(void *state)
{
    struct scanning *scanning = state;
    scanning->reject = event_scan(&scan, scanning->line, &scanning->at);
}

static enum reject scan_line(struct text line, size_t *at)
{
    struct scanning scanning = {.line = line};
    ck_assert(arena_try(&line_memory, scan_body, &scanning));
    *at = scanning.at;
    return scanning.reject;
}

/* Categories Ads 0, Fun 1; integrations All 0, A 1, B 2. */
static const char file[] = "{\"version\":1,\"sources\":{\"key\":\"/w\",\"other\":[\"s\",\"?\"]},"
                           "\"destinations\":{\"a\":{\"categories\":[\"Ads\",\"Fun\"],"
                           "\"integrations\":[\"A\",\"B\"]}}}";

#define C(preferences) "{\"context\":{\"consent\":{\"categoryPreferences\":" preferences "}}}"

#define ABSENT CONSENT_ABSENT
#define EMPTY CONSENT_EMPTY
#define BAD CONSENT_MALFORMED
#define STATED CONSENT_STATED

static const struct {
    const char *line;
    enum consent_state consent;
    uint64_t consented;
} consent_rows[] = {
    {"{}", ABSENT, 0},
    {"{\"context\":{}}", ABSENT, 0},
    {"{\"context\":{\"consent\":{}}}", EMPTY, 0},
    {"{\"context\":{\"consent\":{\"x\":1}}}", EMPTY, 0},
    {C("{}"), STATED, 0},
    {C("{\"Ads\":true}"), STATED, 1},
    {C("{\"Ads\":true,\"Fun\":true,\"Else\":true}"), STATED, 3},
    {C("{\"Ads\":false,\"Fun\":null}"), STATED, 0},
    {C("{\"Ads\":\"true\",\"Fun\":1}"), STATED, 0},
    {C("{\"Ads\":[true],\"Fun\":{\"Ads\":true}}"), STATED, 0},
    {C("{\"Ads\":[false,true]}"), STATED, 0},
    {C("{\"Else\":{\"Ads\":true},\"Fun\":true}"), STATED, 2},
    {C("{\"ads\":true,\"ADS\":true,\"Ads \":true}"), STATED, 0},
    {C("{\"\\u0041ds\":true}"), STATED, 1},
    {C("{\"Ads\\u0000\":true}"), STATED, 0},
    {C("{\"Ads\":true,\"Ads\":true}"), BAD, 0},
    {C("{\"Ads\":true,\"A\\u0064s\":true}"), BAD, 0},
    {C("{\"Else\":true,\"Else\":false,\"Ads\":true}"), STATED, 1},
    {C("null"), BAD, 0},
    {C("[]"), BAD, 0},
    {C("true"), BAD, 0},
    {"{\"context\":null}", BAD, 0},
    {"{\"context\":[]}", BAD, 0},
    {"{\"context\":[{\"consent\":{}}]}", BAD, 0},
    {"{\"context\":\"\"}", BAD, 0},
    {"{\"context\":{\"consent\":null}}", BAD, 0},
    {"{\"context\":{\"consent\":false}}", BAD, 0},
    {"{\"context\":{},\"context\":{}}", BAD, 0},
    {"{\"context\":{\"consent\":{},\"consent\":{}}}", BAD, 0},
    {"{\"context\":{\"consent\":{\"categoryPreferences\":{},\"categoryPreferences\":{}}}}", BAD, 0},
    {"{\"\\u0063ontext\":{},\"context\":{}}", BAD, 0},
    {"{\"Context\":{}}", BAD, 0},
    {"{\"CONTEXT\":1}", BAD, 0},
    {"{\"context\\u0000\":1}", BAD, 0},
    {"{\"context\\u0000x\":1}", BAD, 0},
    {"{\"contextx\":1}", ABSENT, 0},
    {"{\"\\ud800\":1}", BAD, 0},
    {"{\"\\udfffz\":1}", BAD, 0},
    {"{\"\\ud83d\\ude00\":1}", ABSENT, 0},
    {"{\"context\":{\"Consent\":{}}}", BAD, 0},
    {"{\"context\":{\"\\ud800\":{}}}", BAD, 0},
    {"{\"context\":{\"consent\":{\"CategoryPreferences\":{}}}}", BAD, 0},
    {"{\"Context\":1,\"context\":{},\"\\ud800\":1}", ABSENT, 0},
    {"{\"context\":{\"Consent\":1,\"consent\":{}}}", EMPTY, 0},
    {"{\"\\u0063ontext\":{\"\\u0063onsent\":{\"categoryPreferences\":{\"Ads\":true}}}}", STATED, 1},
    {"{\"properties\":{\"context\":{\"consent\":{\"categoryPreferences\":{\"Ads\":true}}}}}",
     ABSENT, 0},
    {"{\"consent\":{\"categoryPreferences\":{\"Ads\":true}}}", ABSENT, 0},
    {"{\"x\":{\"Context\":1}}", ABSENT, 0},
    {"{\"x\":\"{\\\"context\\\":{}}\"}", ABSENT, 0},
    {"{\"context\":{\"x\":{\"consent\":1}}}", ABSENT, 0},
    {"{\"\\ud8000\":1,\"context\":{\"consent\":{\"categoryPreferences\":{\"\\ud800Ads\":true}}}}",
     STATED, 0},
};

START_TEST(consent_states)
{
    size_t at;
    set_up(file);
    /* A line that went before leaves nothing behind. */
    ck_assert_int_eq(scan_line(TEXT(C("{\"Ads\":true,\"Ads\":true,\"Fun\":true}")), &at),
                     REJECT_NONE);
    ck_assert_int_eq(scan_line(text_of(consent_rows[_i].line), &at), REJECT_NONE);
    ck_assert_int_eq(scan.event.consent, consent_rows[_i].consent);
    if (scan.event.consent == CONSENT_STATED)
        ck_assert_uint_eq(scan.event.consented[0], consent_rows[_i].consented);
    tear_down();
}
END_TEST

#define NONE INTEGRATIONS_ABSENT
#define KEYS INTEGRATIONS_STATED
#define NOTHING INTEGRATIONS_NOTHING

static const struct {
    const char *line;
    enum integrations_state state;
    bool empty, allows; /* destination a */
} integrations_rows[] = {
    {"{}", NONE, true, true},
    {"{\"integrations\":{}}", NONE, true, true},
    {"{\"integrations\":{\"x\":false}}", KEYS, false, true},
    {"{\"integrations\":{\"A\":false}}", KEYS, false, false},
    {"{\"integrations\":{\"A\":true}}", KEYS, false, true},
    {"{\"integrations\":{\"A\":{}}}", KEYS, false, true},
    {"{\"integrations\":{\"A\":{\"All\":false,\"A\":false}}}", KEYS, false, true},
    {"{\"integrations\":{\"A\":null}}", KEYS, false, false},
    {"{\"integrations\":{\"A\":[true]}}", KEYS, false, false},
    {"{\"integrations\":{\"A\":\"true\"}}", KEYS, false, false},
    {"{\"integrations\":{\"A\":1}}", KEYS, false, false},
    {"{\"integrations\":{\"a\":false}}", KEYS, false, true},
    {"{\"integrations\":{\"All\":false}}", KEYS, false, false},
    {"{\"integrations\":{\"All\":null}}", KEYS, false, false},
    {"{\"integrations\":{\"All\":{}}}", KEYS, false, true},
    {"{\"integrations\":{\"All\":false,\"A\":true}}", KEYS, false, true},
    {"{\"integrations\":{\"All\":true,\"A\":false}}", KEYS, false, false},
    {"{\"integrations\":{\"A\":true,\"B\":false}}", KEYS, false, false},
    {"{\"integrations\":{\"A\":true,\"A\":true}}", KEYS, false, false},
    {"{\"integrations\":{\"All\":true,\"All\":true}}", NOTHING, false, false},
    {"{\"integrations\":{\"All\":true,\"All\":true,\"A\":true}}", NOTHING, false, false},
    {"{\"integrations\":{\"All\":true,\"All\":true,\"All\":true}}", NOTHING, false, false},
    {"{\"integrations\":null}", NOTHING, false, false},
    {"{\"integrations\":[]}", NOTHING, false, false},
    {"{\"integrations\":{},\"integrations\":{}}", NOTHING, false, false},
    {"{\"Integrations\":{}}", NOTHING, false, false},
    {"{\"integrations\\u0000\":{}}", NOTHING, false, false},
    {"{\"\\udc00\":{}}", NOTHING, false, false},
    {"{\"integrations\":{},\"Integrations\":{\"A\":false}}", NONE, true, true},
    {"{\"integrations\":{\"\\ud800\":false}}", KEYS, false, true},
    {"{\"context\":{\"integrations\":{\"A\":false}}}", NONE, true, true},
};

START_TEST(integrations_states)
{
    size_t at;
    set_up(file);
    ck_assert_int_eq(scan_line(text_of(integrations_rows[_i].line), &at), REJECT_NONE);
    ck_assert_int_eq(scan.event.integrations, integrations_rows[_i].state);
    ck_assert_int_eq(scan.event.integrations_empty, integrations_rows[_i].empty);
    ck_assert_int_eq(integrations_allow(&scan.event, &mapping.destinations[0]),
                     integrations_rows[_i].allows);
    tear_down();
}
END_TEST

static const struct {
    const char *line;
    bool exempt;
} source_rows[] = {
    {"{}", false},
    {"{\"w\":\"s\"}", true},
    {"{\"\\u0077\":\"\\u0073\"}", true},
    {"{\"w\":\"S\"}", false},
    {"{\"w\":1}", false},
    {"{\"w\":[\"s\"]}", false},
    {"{\"w\":{\"w\":\"s\"}}", false},
    {"{\"w\":\"s\",\"w\":\"s\"}", false},
    {"{\"w\":\"x\",\"w\":\"s\"}", false},
    {"{\"W\":\"s\"}", false},
    {"{\"w\":\"?\"}", true},
    {"{\"w\":\"\\ud800\"}", false}, /* yajl decodes it to "?" */
    {"{\"x\":{\"w\":\"s\"}}", false},
};

START_TEST(sources)
{
    size_t at;
    set_up(file);
    ck_assert_int_eq(scan_line(text_of(source_rows[_i].line), &at), REJECT_NONE);
    ck_assert_int_eq(scan.event.source_exempt, source_rows[_i].exempt);
    tear_down();
}
END_TEST

START_TEST(other_shapes)
{
    size_t at;
    set_up("{\"version\":1,\"consent\":{\"object\":\"\",\"preferences\":\"\"},"
           "\"destinations\":{\"a\":[\"Ads\"]}}");
    ck_assert_int_eq(scan_line(TEXT("{\"Ads\":true}"), &at), REJECT_NONE);
    ck_assert_int_eq(scan.event.consent, CONSENT_STATED);
    ck_assert_uint_eq(scan.event.consented[0], 1);
    tear_down();
    set_up("{\"version\":1,\"consent\":{\"object\":\"/integrations\",\"preferences\":\"\"},"
           "\"destinations\":{\"a\":[\"Ads\"]}}");
    ck_assert_int_eq(scan_line(TEXT("{\"integrations\":{\"Ads\":true,\"a\":false}}"), &at),
                     REJECT_NONE);
    ck_assert_int_eq(scan.event.consent, CONSENT_STATED);
    ck_assert_uint_eq(scan.event.consented[0], 1);
    ck_assert(!integrations_allow(&scan.event, &mapping.destinations[0]));
    tear_down();
    set_up("{\"version\":1,\"consent\":{\"object\":\"/a~1b/\",\"preferences\":\"p\"},"
           "\"destinations\":{\"a\":[\"Ads\"]}}");
    ck_assert_int_eq(scan_line(TEXT("{\"a/b\":{\"\":{\"p\":{\"Ads\":true}}}}"), &at), REJECT_NONE);
    ck_assert_int_eq(scan.event.consent, CONSENT_STATED);
    ck_assert_int_eq(scan_line(TEXT("{\"a/b\":{\"\":{}}}"), &at), REJECT_NONE);
    ck_assert_int_eq(scan.event.consent, CONSENT_EMPTY);
    ck_assert_int_eq(scan_line(TEXT("{\"a/b\":{\"\\u0000\":{}}}"), &at), REJECT_NONE);
    ck_assert_int_eq(scan.event.consent, CONSENT_MALFORMED);
    tear_down();
}
END_TEST

static const struct {
    const char *line;
    enum reject reject;
    size_t at;
} reject_rows[] = {
    {"{} ", REJECT_NONE, 3},
    {" {\"a\":1e999}", REJECT_NONE, 12},
    {"{\"a\":[1,2", REJECT_NOT_ENDED, 9},
    {"{\"a\":1}}", REJECT_TWO_VALUES, 7},
    {"{}[]", REJECT_TWO_VALUES, 2},
    {"{},", REJECT_TWO_VALUES, 2},
    {"{} \"a", REJECT_TWO_VALUES, 3},
    {"{}\"", REJECT_TWO_VALUES, 2},
    {"{} 1", REJECT_TWO_VALUES, 3},
    {"[]", REJECT_NOT_OBJECT, 0},
    {" \tnull", REJECT_NOT_OBJECT, 2},
    {"\"x\"", REJECT_NOT_OBJECT, 0},
    {"7", REJECT_NOT_OBJECT, 0},
    {"7 ", REJECT_NOT_OBJECT, 0},
    {"{a:1}", REJECT_NOT_JSON, 1},
    {"{\"a\":01}", REJECT_NOT_JSON, 5},
    {"{\"a\":1,}", REJECT_NOT_JSON, 7},
    {"{\"a\":NaN}", REJECT_NOT_JSON, 5},
    {"{'a':1}", REJECT_NOT_JSON, 1},
    {"{\"a\":\"\\x\"}", REJECT_NOT_JSON, 7},
    {"{\"a\":\"\t\"}", REJECT_NOT_JSON, 6},
    {"{\"a\":tru}", REJECT_NOT_JSON, 5},
    {"{\"a\":1.}", REJECT_NOT_JSON, 7},
    {"{\"a\":/**/1}", REJECT_NOT_JSON, 5},
    {"{}/**/", REJECT_TWO_VALUES, 2},
    {"\xEF\xBB\xBF{}", REJECT_NOT_JSON, 0},
    {"nonsense", REJECT_NOT_JSON, 0},
};

START_TEST(rejects_have_a_place)
{
    size_t at;
    set_up(file);
    ck_assert_int_eq(scan_line(text_of(reject_rows[_i].line), &at), reject_rows[_i].reject);
    ck_assert_uint_eq(at, reject_rows[_i].at);
    ck_assert_int_eq(scan_line(TEXT("{}"), &at), REJECT_NONE);
    tear_down();
}
END_TEST

START_TEST(depth_is_limited)
{
    char line[3000];
    set_up(file);
    for (size_t depth = 511; depth <= 514; depth++) {
        size_t len = 0, at;
        line[len++] = '{';
        line[len++] = '"', line[len++] = 'a', line[len++] = '"', line[len++] = ':';
        for (size_t i = 1; i < depth; i++)
            line[len++] = '[';
        for (size_t i = 1; i < depth; i++)
            line[len++] = ']';
        line[len++] = '}';
        enum reject expected = depth <= EVENT_DEPTH ? REJECT_NONE : REJECT_TOO_DEEP;
        ck_assert_int_eq(scan_line((struct text){line, len}, &at), expected);
        if (expected == REJECT_TOO_DEEP)
            ck_assert_uint_eq(at, 5 + 511);
    }
    tear_down();
}
END_TEST

static const struct {
    struct text line;
    enum reject reject;
    size_t at;
} byte_rows[] = {
    {{"{\"a\":1}", 7}, REJECT_NONE, 0},        {{"\t{}\t", 4}, REJECT_NONE, 0},
    {{"12345678901", 11}, REJECT_TOO_LONG, 0}, {{"1234567890", 10}, REJECT_NONE, 0},
    {{"a\rb", 3}, REJECT_CONTROL_BYTE, 1},     {{"\0", 1}, REJECT_CONTROL_BYTE, 0},
    {{"\t\x1F", 2}, REJECT_CONTROL_BYTE, 1},   {{"ab\v", 3}, REJECT_CONTROL_BYTE, 2},
    {{"\f", 1}, REJECT_CONTROL_BYTE, 0},       {{"\x7F", 1}, REJECT_NONE, 0},
    {{"a\n", 2}, REJECT_CONTROL_BYTE, 1},      {{"a\xC3\xA9", 3}, REJECT_NONE, 0},
    {{"ab\xC3", 3}, REJECT_NOT_UTF8, 2},       {{"\xED\xA0\x80\r", 4}, REJECT_CONTROL_BYTE, 3},
};

START_TEST(bytes_are_checked)
{
    size_t at;
    ck_assert_int_eq(line_check(byte_rows[_i].line, 10, &at), byte_rows[_i].reject);
    if (byte_rows[_i].reject != REJECT_NONE)
        ck_assert_uint_eq(at, byte_rows[_i].at);
}
END_TEST

START_TEST(line_ends_and_blank_lines)
{
    ck_assert_uint_eq(line_content(TEXT("{}\n")).len, 2);
    ck_assert_uint_eq(line_content(TEXT("{}\r\n")).len, 2);
    ck_assert_uint_eq(line_content(TEXT("{}")).len, 2);
    ck_assert_uint_eq(line_content(TEXT("{}\r")).len, 3);
    ck_assert_uint_eq(line_content(TEXT("\r\r\n")).len, 1);
    ck_assert_uint_eq(line_content(TEXT("\n")).len, 0);
    ck_assert(line_is_blank(TEXT("")));
    ck_assert(line_is_blank(TEXT(" \t ")));
    ck_assert(!line_is_blank(TEXT(" \r")));
    for (enum reject reject = REJECT_TOO_LONG; reject <= REJECT_TOO_DEEP; reject++)
        ck_assert_uint_gt(strlen(reject_words(reject)), 10);
}
END_TEST

static const struct {
    const char *line, *message_id; /* "" for none */
} message_id_rows[] = {
    {"{\"messageId\":\"a\"}", "\"a\""},
    {"{\"x\":\"messageId\",\"messageId\"\t: \t\"a\\\\\\\"\" }", "\"a\\\\\\\"\""},
    {"{\"messageId\":\"\"}", "\"\""},
    {"{\"message\\u0049d\":\"\\ud83d\\ude00\"}", "\"\\ud83d\\ude00\""},
    {"{\"messageID\":\"b\",\"messageId\":\"a\"}", "\"a\""},
    {"{\"properties\":{\"messageId\":\"b\"}}", ""},
    {"{\"messageId\":\"a\",\"messageId\":\"a\"}", ""},
    {"{\"messageId\":\"a\",\"messageId\":null}", ""},
    {"{\"messageId\":1}", ""},
    {"{\"messageId\":[\"a\"]}", ""},
    {"{\"messageId\":\"\\ud83d\"}", ""},
    {"{\"messageID\":\"a\"}", ""},
};

struct reading {
    const char *line;
    bool skims;
};

static void read_body(void *state)
{
    const struct reading *reading = state;
    bool blank;
    size_t at;
    mapping_ask_label(&mapping, &memory, LABEL_MESSAGE_ID);
    mapping_ask_label(&mapping, &memory, LABEL_TYPE);
    scan_init(&scan, &mapping, &memory, &line_memory);
    scan.skims = reading->skims;
    ck_assert_int_eq(event_read(&scan, text_of(reading->line), 1000, &blank, &at), REJECT_NONE);
}

START_TEST(message_ids)
{
    const char *line = message_id_rows[_i].line, *expected = message_id_rows[_i].message_id;
    for (int skims = 0; skims < 2; skims++) {
        set_up(file);
        struct reading reading = {line, skims != 0};
        ck_assert(arena_try_both(&memory, &line_memory, read_body, &reading));
        struct text got = scan.event.labels[LABEL_MESSAGE_ID];
        ck_assert_uint_eq(got.len, strlen(expected));
        ck_assert(got.len == 0 || memcmp(got.bytes, expected, got.len) == 0);
        ck_assert(got.len == 0 || (got.bytes > line && got.bytes < line + strlen(line)));
        tear_down();
    }
}
END_TEST

/* A label behind the source leaves it as it is; an observer may have asked for nothing. */
START_TEST(source_before_a_label)
{
    const struct scan_observer nothing = {0};
    const char *line = "{\"w\":\"s\",\"messageId\":\"a\"}";
    set_up(file);
    struct reading reading = {line, false};
    ck_assert(arena_try_both(&memory, &line_memory, read_body, &reading));
    ck_assert(scan.event.source_exempt);
    scan.observer = &nothing;
    size_t at;
    ck_assert_int_eq(scan_line(text_of(line), &at), REJECT_NONE);
    ck_assert(scan.event.source_exempt);
    ck_assert_uint_eq(scan.event.labels[LABEL_MESSAGE_ID].len, 3);
    tear_down();
}
END_TEST

#define ROWS(rows) (int)(sizeof(rows) / sizeof *(rows))

static void fill(TCase *tests)
{
    tcase_add_loop_test(tests, consent_states, 0, ROWS(consent_rows));
    tcase_add_loop_test(tests, integrations_states, 0, ROWS(integrations_rows));
    tcase_add_loop_test(tests, sources, 0, ROWS(source_rows));
    tcase_add_loop_test(tests, message_ids, 0, ROWS(message_id_rows));
    tcase_add_test(tests, source_before_a_label);
    tcase_add_test(tests, other_shapes);
    tcase_add_loop_test(tests, rejects_have_a_place, 0, ROWS(reject_rows));
    tcase_add_test(tests, depth_is_limited);
    tcase_add_loop_test(tests, bytes_are_checked, 0, ROWS(byte_rows));
    tcase_add_test(tests, line_ends_and_blank_lines);
}

int main(void)
{
    return unit_run("event", fill);
}
