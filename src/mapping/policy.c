#include "mapping/policy.h"

const struct knob_words knob_words[N_KNOBS] = {
    [KNOB_MATCH] = {"match", {"any", "all", NULL}},
    [KNOB_UNMAPPED] = {"unmapped", {"block", "deliver", NULL}},
    [KNOB_INTEGRATIONS] = {"integrations", {"ignore", "veto", NULL}},
    [KNOB_DISABLED] = {"disabled", {"deny", "ignore", NULL}},
    [KNOB_EMPTY] = {"empty", {"deny", "absent", "absent-without-integrations", NULL}},
    [KNOB_ABSENT] = {"absent", {"deliver", "deny", NULL}},
};

const struct policy policies[] = {
    {"segment-beta",
     {{MATCH_ANY, UNMAPPED_BLOCK, INTEGRATIONS_IGNORE, DISABLED_DENY, EMPTY_DENY, ABSENT_DELIVER}},
     SHAPE_PREFERENCES},
    {"segment",
     {{MATCH_ALL, UNMAPPED_DELIVER, INTEGRATIONS_VETO, DISABLED_IGNORE,
       EMPTY_ABSENT_WITHOUT_INTEGRATIONS, ABSENT_DELIVER}},
     SHAPE_PREFERENCES},
    {"rudderstack",
     {{MATCH_ALL, UNMAPPED_DELIVER, INTEGRATIONS_VETO, DISABLED_IGNORE, EMPTY_ABSENT,
       ABSENT_DELIVER}},
     SHAPE_LISTS},
    {"strict",
     {{MATCH_ALL, UNMAPPED_BLOCK, INTEGRATIONS_VETO, DISABLED_DENY, EMPTY_DENY, ABSENT_DENY}},
     SHAPE_PREFERENCES},
    {NULL, {{0}}, SHAPE_PREFERENCES},
};

const struct policy *policy_find(struct text name)
{
    for (const struct policy *policy = policies; policy->name != NULL; policy++)
        if (text_equal(text_of(policy->name), name))
            return policy;
    return NULL;
}

int word_find(const char *const *words, struct text word)
{
    for (int i = 0; words[i] != NULL; i++)
        if (text_equal(text_of(words[i]), word))
            return i;
    return -1;
}
