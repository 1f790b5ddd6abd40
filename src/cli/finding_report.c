#include "cli/finding_report.h"

#include "base/json_gen.h"
#include "cli/each_line.h"
#include "cli/show.h"
#include "cli/snippet.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

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
        message_lines(
            (struct text){lines, snippet(told->walk, message_colours(STDERR_FILENO), lines)});
}

/* ---- github: workflow commands, which GitHub shows beside the lines of a pull request ---- */

/* In a command `%` and line ends are escaped, in its properties `:` and `,`, too. */
static void github_put(struct finding_report *report, const char *string, const char *escaped)
{
    for (; *string != '\0'; string++) {
        char hex[4];
        if (strchr(escaped, *string) != NULL)
            page_put(&report->page, hex,
                     (size_t)snprintf(hex, sizeof hex, "%%%02X", (unsigned char)*string));
        else
            page_put(&report->page, string, 1);
    }
}

static void github_tell(struct finding_report *report, const struct told *told)
{
    char place[80];
    page_add(&report->page, "::");
    page_add(&report->page, severity_word(kind_of(told)->severity));
    page_add(&report->page, " file=");
    github_put(report, told->place.file, "%\r\n:,");
    snprintf(place, sizeof place, ",line=%" PRIu64, told->place.line);
    page_add(&report->page, place);
    if (told->place.column != 0) {
        snprintf(place, sizeof place, ",col=%" PRIu64, told->place.column);
        page_add(&report->page, place);
    }
    page_add(&report->page, ",title=");
    github_put(report, finding_name(told->code), "%\r\n:,");
    page_add(&report->page, "::");
    github_put(report, told->text, "%\r\n");
    page_add(&report->page, "\n");
}

/* ---- JSON ---- */

static void json_start(struct finding_report *report)
{
    json_open_array(report->json, NULL);
}

static void json_tell(struct finding_report *report, const struct told *told)
{
    json_open(report->json, NULL);
    json_member(report->json, "file", json_utf8(&report->arena, told->place.file));
    json_number(report->json, "line", told->place.line);
    json_number(report->json, "column", told->place.column);
    json_member(report->json, "severity", text_of(severity_word(kind_of(told)->severity)));
    json_member(report->json, "code", text_of(finding_name(told->code)));
    json_member(report->json, "message", text_of(told->text));
    json_close(report->json);
}

static void json_end(struct finding_report *report)
{
    json_close_array(report->json);
    page_add(&report->page, "\n");
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
    json_open_array(report->json, "rules");
    for (enum finding_code code = 0; code < N_FINDING_CODES; code++) {
        json_open(report->json, NULL);
        json_member(report->json, "id", text_of(finding_name(code)));
        json_open(report->json, "shortDescription");
        json_member(report->json, "text", text_of(finding_kinds[code].meaning));
        json_close(report->json);
        json_open(report->json, "defaultConfiguration");
        json_member(report->json, "level", text_of(severity_word(finding_kinds[code].severity)));
        json_close(report->json);
        json_close(report->json);
    }
    json_close_array(report->json);
}

static void sarif_start(struct finding_report *report)
{
    json_open(report->json, NULL);
    json_member(report->json, "$schema", TEXT("https://json.schemastore.org/sarif-2.1.0.json"));
    json_member(report->json, "version", TEXT("2.1.0"));
    json_open_array(report->json, "runs");
    json_open(report->json, NULL);
    json_open(report->json, "tool");
    json_open(report->json, "driver");
    json_member(report->json, "name", TEXT("assent"));
    json_member(report->json, "version", TEXT(ASSENT_VERSION));
    sarif_rules(report);
    json_close(report->json);
    json_close(report->json);
    json_member(report->json, "columnKind", TEXT("unicodeCodePoints"));
    json_open_array(report->json, "results");
}

static void sarif_location(struct finding_report *report, const struct place *place)
{
    json_open_array(report->json, "locations");
    json_open(report->json, NULL);
    json_open(report->json, "physicalLocation");
    json_open(report->json, "artifactLocation");
    json_member(report->json, "uri", text_of(as_uri(&report->arena, place->file)));
    json_close(report->json);
    json_open(report->json, "region");
    json_number(report->json, "startLine", place->line);
    if (place->column != 0)
        json_number(report->json, "startColumn", place->column);
    json_close(report->json);
    json_close(report->json);
    json_close(report->json);
    json_close_array(report->json);
}

static void sarif_tell(struct finding_report *report, const struct told *told)
{
    json_open(report->json, NULL);
    json_member(report->json, "ruleId", text_of(finding_name(told->code)));
    json_number(report->json, "ruleIndex", (uint64_t)told->code);
    json_member(report->json, "level", text_of(severity_word(kind_of(told)->severity)));
    json_open(report->json, "message");
    json_member(report->json, "text", text_of(told->text));
    json_close(report->json);
    sarif_location(report, &told->place);
    json_close(report->json);
}

static void sarif_end(struct finding_report *report)
{
    json_close_array(report->json);
    json_close(report->json);
    json_close_array(report->json);
    json_close(report->json);
    page_add(&report->page, "\n");
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
    report->page.arena = &report->arena;
    report->json = json_gen(&report->arena, page_put, &report->page);
    report->form->start(report);
}

void finding_report_start(struct finding_report *report, const struct report_form *form)
{
    *report = (struct finding_report){.form = form};
    report->no_memory = !arena_try(&report->arena, start, report);
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
    if (!report->no_memory)
        report->no_memory = !arena_try(&report->arena, tell, &telling);
}

static void end(void *state)
{
    struct finding_report *report = state;
    report->form->end(report);
}

enum status finding_report_end(struct finding_report *report)
{
    if (!report->no_memory)
        report->no_memory = !arena_try(&report->arena, end, report);
    enum status status =
        report->no_memory ? out_of_memory(NO_PLACE) : show_text(page_text(&report->page));
    arena_free(&report->arena);
    return status;
}
