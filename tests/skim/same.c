#include "same.h"

#include <stdlib.h>

enum { MAX_LINE = 64 * 1024 };

const char *const same_mappings[] = {
    "{\"version\":1,\"sources\":{\"key\":\"/writeKey\",\"other\":[\"s\",\"?\"]},"
    "\"destinations\":{\"a\":{\"categories\":[\"Ads\",\"Fun\"],\"integrations\":[\"A\",\"B\"]}}}",
    "{\"version\":1,\"consent\":{\"object\":\"/context/integrations\",\"preferences\":\"\"},"
    "\"destinations\":{\"A\":[\"Ads\",\"A\"]}}",
    "{\"version\":1,\"consent\":{\"object\":\"/integrations/consent\",\"preferences\":\"context\"},"
    "\"sources\":{\"key\":\"/context/consent\",\"website\":[\"s\"],\"other\":[\"t\"]},"
    "\"destinations\":{\"A\":[\"Ads\",\"consent\"]}}",
    "{\"version\":1,\"consent\":{\"object\":\"\",\"preferences\":\"consent\"},"
    "\"destinations\":{\"B\":[\"Ads\",\"Fun\"]}}",
    "{\"version\":1,\"consent\":{\"object\":\"\",\"preferences\":\"\"},"
    "\"destinations\":{\"B\":[\"Ads\",\"context\"]}}",
    "{\"version\":1,\"consent\":{\"object\":\"/messageId\",\"preferences\":\"messageId\"},"
    "\"sources\":{\"key\":\"/messageId\",\"other\":[\"s\"]},"
    "\"destinations\":{\"B\":[\"Ads\",\"Fun\"]}}",
    "{\"version\":1,\"policy\":\"rudderstack\",\"consent\":{\"object\":\"/context/consent\"},"
    "\"destinations\":{\"A\":{\"consents\":[{\"provider\":\"oneTrust\",\"match\":\"any\","
    "\"categories\":[\"Ads\",\"s\"]},{\"provider\":\"s\",\"categories\":[\"Fun\"]}]}}}",
    NULL,
};

static void prepare(void *state)
{
    struct sameness *same = state;
    scan_init(&same->parsed, &same->mapping, &same->memory, &same->line_memory);
    scan_init(&same->skimmed, &same->mapping, &same->memory, &same->line_memory);
    same->parsed.skims = false;
    same->skimmed.skims = true;
    same->parsed.says_refusals = same->skimmed.says_refusals = true;
}

struct reading {
    struct sameness *same;
    const char *mapping;
};

static void read_mapping(void *state)
{
    struct reading *reading = state;
    struct findings findings = {.arena = &reading->same->memory};
    mapping_read(&reading->same->mapping, text_of(reading->mapping), &findings);
    if (findings.n != 0)
        abort();
    mapping_ask_label(&reading->same->mapping, findings.arena, LABEL_MESSAGE_ID);
    mapping_ask_label(&reading->same->mapping, findings.arena, LABEL_TYPE);
    prepare(reading->same);
}

void same_init(struct sameness *same, const char *mapping)
{
    *same = (struct sameness){0};
    struct reading reading = {same, mapping};
    if (!arena_try(&same->memory, read_mapping, &reading))
        abort();
    for (int set = 0; set < SKIM_SETS; set++)
        same->has[set] =
            skim_init_with(&same->skims[set], &same->mapping.paths, (enum skim_set)set);
}

void same_free(struct sameness *same)
{
    arena_free(&same->memory);
    arena_free(&same->line_memory);
}

static bool same_event(const struct scan *a, const struct scan *b)
{
    const struct event *x = &a->event, *y = &b->event;
    return x->consent == y->consent && x->integrations == y->integrations &&
           x->integrations_empty == y->integrations_empty && x->source_exempt == y->source_exempt &&
           x->provider == y->provider && x->any_suffices == y->any_suffices &&
           x->n_said == y->n_said && x->said_too_much == y->said_too_much &&
           memcmp(x->said, y->said, x->n_said * sizeof *x->said) == 0 &&
           memcmp(a->bits, b->bits, a->n_bits * sizeof *a->bits) == 0 &&
           x->line.bytes == y->line.bytes && x->line.len == y->line.len &&
           memcmp(x->labels, y->labels, sizeof x->labels) == 0;
}

struct trial {
    struct sameness *same;
    struct text line;
    const char *differs;
};

static const char *skims_differ(struct sameness *same, struct text line, enum reject reject)
{
    bool accepted = false;
    for (int set = 0; set < SKIM_SETS; set++) {
        struct skim *skim = &same->skims[set];
        if (!same->has[set])
            continue;
        bool accepts = skim_line(skim, line);
        if (set != SKIM_PORTABLE && accepts != accepted)
            return "an instruction set accepts what another refuses";
        if (accepts && !text_equal(skim->core, same->skims[SKIM_PORTABLE].core))
            return "instruction sets make different cores";
        accepted = accepts;
    }
    if (accepted && reject != REJECT_NONE)
        return "the skim accepts what the checks or yajl refuse";
    same->n_accepted += accepted;
    return NULL;
}

static void try_line(void *state)
{
    struct trial *trial = state;
    struct sameness *same = trial->same;
    bool blank[2];
    size_t at[2];
    enum reject parsed = event_read(&same->parsed, trial->line, MAX_LINE, &blank[0], &at[0]);
    enum reject skimmed = event_read(&same->skimmed, trial->line, MAX_LINE, &blank[1], &at[1]);
    if (parsed != skimmed || blank[0] != blank[1])
        trial->differs = "the verdicts differ";
    else if (parsed == REJECT_NONE && !blank[0] && !same_event(&same->parsed, &same->skimmed))
        trial->differs = "the events differ";
    else if (parsed != REJECT_NONE && at[0] != at[1])
        trial->differs = "the places differ";
    else
        trial->differs = skims_differ(same, line_content(trial->line), parsed);
    same->n_lines++;
}

const char *same_line(struct sameness *same, struct text line)
{
    struct trial trial = {.same = same, .line = line};
    return arena_try(&same->line_memory, try_line, &trial) ? trial.differs : "out of memory";
}
