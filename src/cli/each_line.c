#include "cli/each_line.h"

#include "base/signals.h"
#include "cli/confine.h"
#include "cli/options.h"
#include "cli/show.h"
#include "stream/input.h"

#include <errno.h>

enum status out_of_memory(struct place place)
{
    message(place, SEVERITY_ERROR, "out of memory");
    return STATUS_FAILED;
}

enum status unaccounted(void)
{
    message(NO_PLACE, SEVERITY_ERROR, "internal error: lines or pairs are unaccounted for");
    return STATUS_INTERNAL;
}

static bool each_of_block(const struct each_line *each, const struct block *block,
                          enum status *status)
{
    struct text rest = block->text, raw;
    struct place place = {.file = block->name, .line = block->first_line};
    if (block->over_long)
        return !block->begins || each->line(each->state, NULL, place, status);
    for (; text_next_line(&rest, &raw); place.line++)
        if (!each->line(each->state, &raw, place, status))
            return false;
    return true;
}

static enum status end_of(const struct input *input, enum input_status end)
{
    struct place place = {.file = input->name, .line = input->reached.line};
    switch (end) {
    case INPUT_BLOCK:
    case INPUT_END:
        return STATUS_DONE;
    case INPUT_INTERRUPTED:
        return STATUS_INTERRUPTED;
    case INPUT_FAILED:
        message(place, SEVERITY_ERROR, "cannot read on: %s", input_fault(input));
        return STATUS_FAILED;
    case INPUT_NO_MEMORY:
        break;
    }
    return out_of_memory(place);
}

enum status each_line(const struct each_line *each)
{
    struct block block = {0};
    struct input input;
    const struct sandbox allowed = {.files = each->events};
    enum input_status end = INPUT_END;
    bool go_on = true;
    if (!signals_catch()) {
        message(NO_PLACE, SEVERITY_ERROR, "cannot catch signals: %s", strerror(errno));
        return STATUS_FAILED;
    }
    enum status status = confine(SANDBOX_AUTO, &allowed);
    input_start(&input, each->events, MAX_LINE_DEFAULT);
    while (go_on && (end = input_next(&input, &block)) == INPUT_BLOCK) {
        go_on = each_of_block(each, &block, &status);
        enum sink_status sent =
            each->output == NULL || status != STATUS_DONE ? SINK_OK : output_write(each->output);
        if (sent != SINK_OK)
            status = show_not_written(each->output->sink, sent);
        go_on = go_on && sent == SINK_OK;
    }
    if (status == STATUS_DONE)
        status = end_of(&input, end);
    input_stop(&input);
    block_free(&block);
    return status;
}
