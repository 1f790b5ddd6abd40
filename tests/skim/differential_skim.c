/*
 * Random hostile lines through the skim and through yajl alone.
 *
 *     differential_skim N [SEED]
 *
 * Lines are made by a small grammar whose keys are those on the mappings' paths, their look-alikes
 * and escapes, and half of them are then damaged. Prints the two TAP lines of a test, and the line
 * that differs as a C string: nobody's data is in it.
 */
#include "../oracle/random_text.h"
#include "same.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static struct random_text line;

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
    "cate\\u0067\\u006f\\u0072\\u0079\\u0050\\u0072\\u0065\\u0066\\u0065\\u0072ences",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
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

static void add_key(struct random_text *to, void *context)
{
    (void)context;
    add_quoted(to, keys[below(to, once_in(to, 2) ? 15 : (uint32_t)(sizeof keys / sizeof *keys))]);
}

/* So that what follows stands anywhere in the blocks that the skim looks at, and behind many. */
static void add_padding(void)
{
    if (!once_in(&line, 4))
        return;
    add(&line, "\"padding\":\"");
    for (uint32_t n = below(&line, once_in(&line, 4) ? 2200 : 80); n > 0; n--)
        add(&line, "x");
    add(&line, "\",");
}

/* Every so often the path itself, so that the states are all met. */
static void add_event(void)
{
    add(&line, "{");
    add_padding();
    if (once_in(&line, 2)) {
        add(&line, "\"context\":{\"ip\":\"1\",\"consent\":{\"categoryPreferences\":");
        add_value(&line, 3);
        add(&line, "}}");
    } else {
        add(&line, "\"context\":");
        add_value(&line, 1);
    }
    for (uint32_t i = 0, n = below(&line, 4); i < n; i++) {
        add(&line, ",");
        add_key(&line, NULL);
        add(&line, ":");
        add_value(&line, 1);
    }
    if (once_in(&line, 3)) {
        add(&line, ",\"integrations\":");
        add_value(&line, 1);
    }
    add(&line, "}");
}

static void make_line(void)
{
    line.len = 0;
    add_space(&line);
    if (once_in(&line, 2000))
        add_deep(&line, "context", once_in(&line, 2));
    else
        add_event();
    add_space(&line);
    if (once_in(&line, 2))
        damage(&line);
    if (!once_in(&line, 4))
        add(&line, once_in(&line, 4) ? "\r\n" : "\n");
}

int main(int argc, char **argv)
{
    uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000, accepted = 0;
    uint64_t n_mappings = 0, failed = 0;
    random_seed(&line, argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
    line.add_key = add_key;
    while (same_mappings[n_mappings] != NULL)
        n_mappings++;
    for (uint64_t m = 0; m < n_mappings && failed == 0; m++) {
        static struct sameness same;
        same_init(&same, same_mappings[m]);
        for (uint64_t i = 0; i < n / n_mappings && failed == 0; i++) {
            make_line();
            /* Memory of its own size, so that sanitizers see a byte too far. */
            char *copy = malloc(line.len + 1);
            if (copy == NULL)
                return 2;
            memcpy(copy + 1, line.bytes, line.len);
            const char *differs = same_line(&same, (struct text){copy + 1, line.len});
            free(copy);
            if (differs != NULL) {
                printf("# %s\n# mapping %s\n", differs, same_mappings[m]);
                random_text_show(&line, "line");
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
