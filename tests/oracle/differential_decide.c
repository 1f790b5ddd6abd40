/*
 * Random hostile mappings and events, each decided by the program and by the second implementation.
 *
 *     differential_decide N [SEED]
 *
 * Goes on until N decisions (one event, one destination) have been compared; what differs is
 * printed as C strings. Prints TAP.
 */
#include "agreement.h"
#include "decision.h"
#include "random_case.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Few, so that there are many mappings; now and then so many that memory is forgotten again. */
enum { LINES_PER_MAPPING = 150, LINES_SOMETIMES = 20000 };

static struct agreement agreement;
static struct random_case plan;
static struct random_text mapping, line;

/* Memory of its own size, so that sanitizers see a byte too far. */
static struct text copy_of(const struct random_text *text)
{
    char *bytes = malloc(text->len + 1);
    if (bytes == NULL)
        abort();
    memcpy(bytes + 1, text->bytes, text->len);
    return (struct text){bytes + 1, text->len};
}

static void free_copy(struct text text)
{
    free((char *)(uintptr_t)text.bytes - 1);
}

/* One mapping and events for it; whether both can use it. */
static bool compare_one(uint64_t *seed)
{
    random_seed(&mapping, ++*seed * 0x9E3779B97F4A7C15u);
    random_mapping(&plan, &mapping);
    random_seed(&line, mapping.state);
    struct text copy = copy_of(&mapping);
    bool usable = agreement_begin(&agreement, copy, once_in(&line, 8) ? 200 : 48 * 1024);
    int n = once_in(&line, 300) ? LINES_SOMETIMES : LINES_PER_MAPPING;
    for (int i = 0; usable && i < n && agreement.differs == NULL; i++) {
        if (i == 0 || !once_in(&line, 8)) /* else the same line again: it is remembered */
            random_line(&plan, &line);
        struct text event = copy_of(&line);
        agreement_line(&agreement, event);
        free_copy(event);
    }
    free_copy(copy);
    return usable;
}

static void tell(uint64_t n_mappings, uint64_t n_usable)
{
    printf("# %" PRIu64 " mappings, %" PRIu64 " of them refused\n", n_mappings,
           n_mappings - n_usable);
    printf("# %" PRIu64 " events, %" PRIu64 " rejected lines, %" PRIu64 " blank ones\n",
           agreement.n_lines[LINE_EVENT], agreement.n_lines[LINE_REJECTED],
           agreement.n_lines[LINE_BLANK]);
    for (enum reason reason = 0; reason < N_REASONS; reason++)
        printf("# %12" PRIu64 " %s\n", agreement.n_by_reason[reason], reason_name(reason));
    printf("# %.0f s of processor time\n", (double)clock() / CLOCKS_PER_SEC);
}

int main(int argc, char **argv)
{
    uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000, n_mappings = 0, n_usable = 0;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    for (; agreement.n_decisions < n && agreement.differs == NULL; n_mappings++)
        n_usable += compare_one(&seed);
    bool same = agreement.differs == NULL, all_met = true;
    for (enum reason reason = 0; reason < N_REASONS; reason++)
        all_met = all_met && agreement.n_by_reason[reason] > agreement.n_decisions / 1000;
    if (!same) {
        printf("# %s (seed %" PRIu64 ")\n", agreement.differs, seed - 1);
        random_text_show(&mapping, "mapping");
        random_text_show(&line, "line");
    }
    printf("1..2\n%s 1 - %" PRIu64 " decisions are those of the contract\n", same ? "ok" : "not ok",
           agreement.n_decisions);
    printf("%s 2 - each reason was met often\n", all_met ? "ok" : "not ok");
    tell(n_mappings, n_usable);
    agreement_free(&agreement);
    return same && all_met ? EXIT_SUCCESS : EXIT_FAILURE;
}
