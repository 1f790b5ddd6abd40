/* Prints every decision, one line per event and destination, for the comparison with the oracle:
 * `decisions MAPPING < EVENTS` writes LINE, destination, deliver or block, reason; TABs between. */
#include "cli/mapping_file.h"
#include "decision.h"
#include "event/scan.h"
#include "stream/input.h"

#include <inttypes.h>
#include <stdio.h>

struct state {
    struct mapping_file file;
    struct scan scan;
    struct arena memory, line_memory;
    struct input input;
    struct block block;
};

static void print_decisions(struct state *state, uint64_t line)
{
    const struct mapping *mapping = &state->file.mapping;
    for (size_t i = 0; i < mapping_n_destinations(mapping); i++) {
        const struct destination *destination = &mapping->destinations[i];
        struct decision decision = decide(mapping, &state->scan.event, destination);
        printf("%" PRIu64 "\t%.*s\t%s\t%s\n", line, (int)destination->id.len, destination->id.bytes,
               decision.deliver ? "deliver" : "block", reason_name(decision.reason));
    }
}

static void one_block(struct state *state)
{
    const struct block *block = &state->block;
    size_t at = 0;
    for (uint64_t line = block->first_line; !block->over_long && at < block->text.len; line++) {
        const char *start = block->text.bytes + at;
        const char *line_end = memchr(start, '\n', block->text.len - at);
        size_t len = line_end == NULL ? block->text.len - at : (size_t)(line_end - start) + 1;
        struct text content = line_content((struct text){start, len});
        size_t fault;
        if (line_check(content, state->input.max_line, &fault) == REJECT_NONE &&
            !line_is_blank(content) && event_scan(&state->scan, content, &fault) == REJECT_NONE)
            print_decisions(state, line);
        at += len;
    }
}

static void all_blocks(void *ctx)
{
    struct state *state = ctx;
    scan_init(&state->scan, &state->file.mapping, &state->memory, &state->line_memory);
    while (input_next(&state->input, &state->block) == INPUT_BLOCK)
        one_block(state);
}

static void all(void *ctx)
{
    struct state *state = ctx;
    if (!arena_try(&state->line_memory, all_blocks, state))
        perror("decisions");
}

int main(int argc, char **argv)
{
    static struct state state;
    const char *const names[] = {"-", NULL};
    if (argc != 2 || !mapping_file_use(&state.file, argv[1]))
        return 2;
    input_start(&state.input, names, (size_t)16 << 20);
    bool done = arena_try(&state.memory, all, &state);
    input_stop(&state.input);
    block_free(&state.block);
    arena_free(&state.memory);
    arena_free(&state.line_memory);
    mapping_file_free(&state.file);
    return done && fflush(stdout) == 0 ? 0 : 3;
}
