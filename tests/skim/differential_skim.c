/*
 * Random hostile lines through the skim and through yajl alone.
 *
 *     differential_skim N [SEED]
 *
 * Lines are made by a small grammar whose keys are those on the mappings' paths, their look-alikes
 * and escapes, and half of them are then damaged. Prints the two TAP lines of a test, and the line
 * that differs as a C string: nobody's data is in it.
 */
#include "same.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state;

static uint32_t below(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)((state >> 32) * n >> 32);
}

static char line[16 * 1024];
static size_t len;

static void add(const char *text)
{
    size_t n = strlen(text);
    if (len + n < sizeof line - 2000) {
        memcpy(line + len, text, n);
        len += n;
    }
}

static const char *const keys[] = {
    "deniedConsentIds",
    "deniedConsentIds",
    "allowedConsentIds",
    "provider",
    "resolutionStrategy",
    "context",
    "consent",
    "categoryPreferences",
    "integrations",
    "writeKey",
    "Ads",
    "Fun",
    "A",
    "B",
    "All",
    "context",
    "consent",
    "categoryPreferences",
    "integrations",
    "writeKey",
    "Context",
    "CONSENT",
    "categorypreferences",
    "Integrations",
    "writekey",
    "\\u0063onsent",
    "context\\u0000",
    "consent\\u0000x",
    "\\ud800",
    "context\\ud800",
    "type",
    "properties",
    "",
    "messageId",
    "messageId",
    "messageID",
    "message\\u0049d",
    "naïve",
    "contexts",
    "consenu",
    "all",
    "ads",
    "日本",
};

static const char *const strings[] = {
    "",
    "s",
    "t",
    "?",
    "true",
    "a longer text without any escapes in it, longer than two vectors",
    "\\\"",
    "\\\\",
    "\\u00e9",
    "\\ud83d\\ude00",
    "\\ud800",
    "\\udc00\\ud800",
    "é",
    "日本語",
    "😀",
    "0123456789abcde",
    "0123456789abcdef",
    "0123456789abcdef0123456789abcde\\n",
    "0123456789abcdef0123456789abcdef",
    "\\/\\b\\f\\n\\r\\t",
    "{\\\"consent\\\":{}}",
    "\xEF\xBB\xBF",
    "\xED\x9F\xBF",
    "\xF4\x8F\xBF\xBF",
    "\xE0\xA0\x80",
    "\xF0\x90\x80\x80",
    "\x7F",
    /* Refused: */
    "\\x",
    "\\u12g4",
    "\xC0\x80",
    "\xED\xA0\x80",
    "\xF4\x90\x80\x80",
    "\xFF",
    "\x80",
    "\xE2\x82",
    "\t",
    "\x01",
    "\\u",
    "\\",
};

static const char *const scalars[] = {
    "\"or\"",
    "\"Ads\"",
    "\"oneTrust\"",
    "[\"Ads\",\"\",\"s\"]",
    "[\"\\u0041ds\",[],\"Fun\"]",
    "true",
    "false",
    "null",
    "0",
    "-0",
    "1",
    "-12.50",
    "1e999",
    "1E+2",
    "0.1e-7",
    "true",
    "true",
    "false",
    "12345678901234567890123",
    "\"s\"",
    "\"t\"",
    /* Refused: */
    "01",
    "+1",
    "1.",
    ".5",
    "1e",
    "-",
    "tru",
    "truee",
    "nul",
    "NaN",
    "0x1",
    "--1",
    "1e+",
};

#define PICK(table, n_good, n) (table)[below(16) == 0 ? below(n) : below(n_good)]
#define COUNT(table) ((uint32_t)(sizeof(table) / sizeof(table)[0]))

static void add_space(void)
{
    static const char *const spaces[] = {" ", "\t", "  ", "\t \t"};
    if (below(12) == 0)
        add(spaces[below(4)]);
}

static void add_string(const char *text)
{
    add("\"");
    add(text);
    add("\"");
}

/* Deep enough for every path; the frame is a handful of bytes. */
static void add_value(unsigned depth)
{
    uint32_t what = below(depth > 6 ? 8 : 16);
    add_space();
    if (what < 5) {
        add(PICK(scalars, 16, COUNT(scalars)));
    } else if (what < 8) {
        add_string(PICK(strings, 27, COUNT(strings)));
    } else {
        bool object = what < 14;
        add(object ? "{" : "[");
        for (uint32_t i = 0, n = below(5); i < n; i++) {
            add(i == 0 ? "" : ",");
            add_space();
            if (object) {
                add_string(keys[below(below(2) == 0 ? 15 : COUNT(keys))]);
                add_space();
                add(":");
            }
            add_value(depth + 1);
        }
        add_space();
        add(object ? "}" : "]");
    }
    add_space();
}

/* Every so often the path itself, so that the states are all met. */
static void add_event(void)
{
    add("{");
    if (below(2) == 0) {
        add("\"context\":{\"ip\":\"1\",\"consent\":{\"categoryPreferences\":");
        add_value(3);
        add("}}");
    } else {
        add("\"context\":");
        add_value(1);
    }
    for (uint32_t i = 0, n = below(4); i < n; i++) {
        add(",");
        add_string(keys[below(below(2) == 0 ? 15 : COUNT(keys))]);
        add(":");
        add_value(1);
    }
    if (below(3) == 0) {
        add(",\"integrations\":");
        add_value(1);
    }
    add("}");
}

static void add_deep(void)
{
    uint32_t n = 500 + below(24);
    for (uint32_t i = 0; i < n; i++)
        add(below(2) == 0 ? "[" : "{\"context\":");
}

static void damage(void)
{
    static const char bytes[] =
        "\"\\{}[]:,tfn0123-+.eE \t\r\v\f\x01\x7F\x80\xBF\xC3\xE2\xED\xF0\xF4";
    for (uint32_t i = 0, n = 1 + below(2); i < n && len > 0; i++) {
        size_t at = below((uint32_t)len), rest = len - at;
        switch (below(5)) {
        case 0:
            len = at;
            break;
        case 1:
            memmove(line + at, line + at + 1, rest - 1);
            len--;
            break;
        case 2:
            memmove(line + at + 1, line + at, rest);
            len++;
            line[at] = bytes[below(sizeof bytes - 1)];
            break;
        default:
            line[at] = bytes[below(sizeof bytes - 1)];
            break;
        }
    }
}

static void make_line(void)
{
    len = 0;
    add_space();
    if (below(2000) == 0)
        add_deep();
    else
        add_event();
    add_space();
    if (below(2) == 0)
        damage();
    if (below(4) != 0)
        add(below(4) == 0 ? "\r\n" : "\n");
}

static void show_line(const char *mapping, const char *differs)
{
    printf("# %s\n# mapping %s\n# line \"", differs, mapping);
    for (size_t i = 0; i < len; i++)
        printf(line[i] >= 0x20 && line[i] < 0x7F && line[i] != '"' && line[i] != '\\' ? "%c"
                                                                                      : "\\%03o",
               (unsigned char)line[i]);
    printf("\"\n");
}

int main(int argc, char **argv)
{
    uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000, accepted = 0;
    uint64_t n_mappings = 0, failed = 0;
    state = 0x9E3779B97F4A7C15u ^ (argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
    while (same_mappings[n_mappings] != NULL)
        n_mappings++;
    for (uint64_t m = 0; m < n_mappings && failed == 0; m++) {
        static struct sameness same;
        same_init(&same, same_mappings[m]);
        for (uint64_t i = 0; i < n / n_mappings && failed == 0; i++) {
            make_line();
            /* Memory of its own size, so that sanitizers see a byte too far. */
            char *copy = malloc(len + 1);
            if (copy == NULL)
                return 2;
            memcpy(copy + 1, line, len);
            const char *differs = same_line(&same, (struct text){copy + 1, len});
            free(copy);
            if (differs != NULL) {
                show_line(same_mappings[m], differs);
                failed++;
            }
        }
        accepted += same.n_accepted;
        same_free(&same);
    }
    printf("1..2\n%s 1 - %" PRIu64 " lines are skimmed as they are parsed\n",
           failed == 0 ? "ok" : "not ok", n);
    bool enough = accepted > n / 8;
    printf("%s 2 - %" PRIu64 " of them were accepted by the skim\n", enough ? "ok" : "not ok",
           accepted);
    return failed == 0 && enough ? EXIT_SUCCESS : EXIT_FAILURE;
}
