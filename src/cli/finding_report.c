#include "cli/finding_report.h"

#include "base/yajl_memory.h"
#include "cli/show.h"
#include "cli/snippet.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistr.h>

struct report_form {
    const char *name;
    void (*start)(struct finding_report *report);
    void (*tell)(struct finding_report *report, const struct told *told);
    void (*end)(struct finding_report *report);
};

static const struct finding_kind *kind_of(const struct told *told)
{
    return &finding_kinds[told->code];
}

static void put(void *ctx, const char *bytes, size_t len)
{
    struct finding_report *report = ctx;
    if (report->error == 0 && fwrite(bytes, 1, len, stdout) != len)
        report->error = errno;
}

static void put_string(struct finding_report *report, const char *string)
{
    put(report, string, strlen(string));
}

static void nothing(struct finding_report *report)
{
    (void)report;
}

/* ---- text ---- */

void told_message(const struct told *told)
{
    message(told->place, kind_of(told)->severity, "%s [%s]", told->text, finding_name(told->code));
}

static void text_tell(struct finding_report *report, const struct told *told)
{
    (void)report;
    char lines[SNIPPET_BYTES];
    told_message(told);
    if (told->walk != NULL)
        message_lines((struct text){lines, snippet(told->walk, message_colours(), lines)});
}

/* ---- github: workflow commands, which GitHub shows beside the lines of a pull request ---- */

/* In a command `%` and line ends are escaped, in its properties `:` and `,`, too. */
static void github_put(struct finding_report *report, const char *string, const char *escaped)
{
    for (; *string != '\0'; string++) {
        char hex[4];
        if (strchr(escaped, *string) != NULL)
            put(report, hex, (size_t)snprintf(hex, sizeof hex, "%%%02X", (unsigned char)*string));
        else
            put(report, string, 1);
    }
}

static void github_tell(struct finding_report *report, const struct told *told)
{
    char place[80];
    put_string(report, "::");
    put_string(report, severity_word(kind_of(told)->severity));
    put_string(report, " file=");
    github_put(report, told->place.file, "%\r\n:,");
    snprintf(place, sizeof place, ",line=%" PRIu64, told->place.line);
    put_string(report, place);
    if (told->place.column != 0) {
        snprintf(place, sizeof place, ",col=%" PRIu64, told->place.column);
        put_string(report, place);
    }
    put_string(report, ",title=");
    github_put(report, finding_name(told->code), "%\r\n:,");
    put_string(report, "::");
    github_put(report, told->text, "%\r\n");
    put_string(report, "\n");
}

/* ---- JSON ---- */

static void json_string(struct finding_report *report, const char *string)
{
    yajl_gen_string(report->json, (const unsigned char *)string, strlen(string));
}

static void json_member(struct finding_report *report, const char *key, const char *value)
{
    json_string(report, key);
    json_string(report, value);
}

static void json_number(struct finding_report *report, const char *key, uint64_t value)
{
    json_string(report, key);
    yajl_gen_integer(report->json, (long long)value);
}

static void json_open(struct finding_report *report, const char *key)
{
    if (key != NULL)
        json_string(report, key);
    yajl_gen_map_open(report->json);
}

static void json_close(struct finding_report *report)
{
    yajl_gen_map_close(report->json);
}

static void json_open_array(struct finding_report *report, const char *key)
{
    if (key != NULL)
        json_string(report, key);
    yajl_gen_array_open(report->json);
}

static void json_close_array(struct finding_report *report)
{
    yajl_gen_array_close(report->json);
}

/* A file's name need not be UTF-8; JSON must be: U+FFFD stands for each byte that is not. */
static const char *as_utf8(struct arena *arena, const char *name)
{
    size_t len = strlen(name);
    char *out = arena_alloc(arena, 3 * len + 1), *to = out;
    for (size_t at = 0; at < len;) {
        ucs4_t c;
        int n = u8_mbtoucr(&c, (const uint8_t *)name + at, len - at);
        memcpy(to, n > 0 ? name + at : "\xEF\xBF\xBD", n > 0 ? (size_t)n : 3);
        to += n > 0 ? n : 3;
        at += n > 0 ? (size_t)n : 1;
    }
    return out;
}

static void json_start(struct finding_report *report)
{
    json_open_array(report, NULL);
}

static void json_tell(struct finding_report *report, const struct told *told)
{
    json_open(report, NULL);
    json_member(report, "file", as_utf8(&report->arena, told->place.file));
    json_number(report, "line", told->place.line);
    json_number(report, "column", told->place.column);
    json_member(report, "severity", severity_word(kind_of(told)->severity));
    json_member(report, "code", finding_name(told->code));
    json_member(report, "message", told->text);
    json_close(report);
}

static void json_end(struct finding_report *report)
{
    json_close_array(report);
    put_string(report, "\n");
}

/* ---- SARIF 2.1.0 (OASIS) ---- */

/* A file's name as a URI reference (RFC 3986): what is not unreserved is escaped. */
static const char *as_uri(struct arena *arena, const char *name)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    char *uri = arena_alloc(arena, 3 * strlen(name) + sizeof "file://"), *to = uri;
    if (name[0] == '/')
        to += sprintf(to, "file://");
    for (; *name != '\0'; name++) {
        if (strchr(plain, *name) != NULL)
            *to++ = *name;
        else
            to += sprintf(to, "%%%02X", (unsigned char)*name);
    }
    return uri;
}

static void sarif_rules(struct finding_report *report)
{
    json_open_array(report, "rules");
    for (enum finding_code code = 0; code < N_FINDING_CODES; code++) {
        json_open(report, NULL);
        json_member(report, "id", finding_name(code));
        json_open(report, "shortDescription");
        json_member(report, "text", finding_kinds[code].meaning);
        json_close(report);
        json_open(report, "defaultConfiguration");
        json_member(report, "level", severity_word(finding_kinds[code].severity));
        json_close(report);
        json_close(report);
    }
    json_close_array(report);
}

static void sarif_start(struct finding_report *report)
{
    json_open(report, NULL);
    json_member(report, "$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    json_member(report, "version", "2.1.0");
    json_open_array(report, "runs");
    json_open(report, NULL);
    json_open(report, "tool");
    json_open(report, "driver");
    json_member(report, "name", "assent");
    json_member(report, "version", ASSENT_VERSION);
    sarif_rules(report);
    json_close(report);
    json_close(report);
    json_member(report, "columnKind", "unicodeCodePoints");
    json_open_array(report, "results");
}

static void sarif_location(struct finding_report *report, const struct place *place)
{
    json_open_array(report, "locations");
    json_open(report, NULL);
    json_open(report, "physicalLocation");
    json_open(report, "artifactLocation");
    json_member(report, "uri", as_uri(&report->arena, place->file));
    json_close(report);
    json_open(report, "region");
    json_number(report, "startLine", place->line);
    if (place->column != 0)
        json_number(report, "startColumn", place->column);
    json_close(report);
    json_close(report);
    json_close(report);
    json_close_array(report);
}

static void sarif_tell(struct finding_report *report, const struct told *told)
{
    json_open(report, NULL);
    json_member(report, "ruleId", finding_name(told->code));
    json_number(report, "ruleIndex", (uint64_t)told->code);
    json_member(report, "level", severity_word(kind_of(told)->severity));
    json_open(report, "message");
    json_member(report, "text", told->text);
    json_close(report);
    sarif_location(report, &told->place);
    json_close(report);
}

static void sarif_end(struct finding_report *report)
{
    json_close_array(report);
    json_close(report);
    json_close_array(report);
    json_close(report);
    put_string(report, "\n");
}

/* ---- all forms ---- */

static const struct report_form forms[] = {
    {"text", nothing, text_tell, nothing},
    {"json", json_start, json_tell, json_end},
    {"github", nothing, github_tell, nothing},
    {"sarif", sarif_start, sarif_tell, sarif_end},
};

const struct report_form *report_form_find(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    return NULL;
}

static void start(void *state)
{
    struct finding_report *report = state;
    yajl_alloc_funcs memory = yajl_memory(&report->arena);
    report->json = yajl_gen_alloc(&memory);
    yajl_gen_config(report->json, yajl_gen_print_callback, put, report);
    report->form->start(report);
}

bool finding_report_start(struct finding_report *report, const struct report_form *form)
{
    *report = (struct finding_report){.form = form};
    return arena_try(&report->arena, start, report);
}

struct telling {
    struct finding_report *report;
    const struct told *told;
};

static void tell(void *state)
{
    struct telling *telling = state;
    telling->report->form->tell(telling->report, telling->told);
}

void finding_report_tell(struct finding_report *report, const struct told *told)
{
    struct telling telling = {report, told};
    if (!arena_try(&report->arena, tell, &telling) && report->error == 0)
        report->error = ENOMEM;
}

enum status finding_report_end(struct finding_report *report)
{
    if (report->json != NULL)
        report->form->end(report);
    if (report->error == 0 && fflush(stdout) != 0)
        report->error = errno;
    arena_free(&report->arena);
    return report->error == 0 ? STATUS_DONE : show_failed(report->error);
}
