#include "stream/output.h"

#include <stdlib.h>

/* Room for the marks of lines of no more than `{}`; memory that is not used costs nothing. */
enum { N_MARKS = 96 * 1024 };

bool output_init(struct output *output, struct sink *sink)
{
    *output = (struct output){
        .sink = sink, .full = output_write, .limit = OUTPUT_AT_ONCE, .begins = true};
    output->bytes = malloc(OUTPUT_LARGEST);
    output->marks = malloc(N_MARKS * sizeof *output->marks);
    if (output->bytes != NULL && output->marks != NULL)
        return true;
    output_free(output);
    return false;
}

void output_free(struct output *output)
{
    free(output->bytes);
    free(output->marks);
    *output = (struct output){0};
}

enum sink_status output_write(struct output *output)
{
    size_t written;
    bool ends = !output->open;
    enum sink_status status =
        sink_write(output->sink, output->bytes, output->len, output->begins, ends, &written);
    for (size_t i = 0; i < output->n_marks && output->marks[i].end <= written; i++)
        output->reached = output->marks[i].line;
    output->len = 0;
    output->n_marks = 0;
    output->begins = ends;
    return status;
}

/* A line that no buffer holds: its parts go straight through. */
static enum sink_status write_parts(struct output *output, const struct text *parts, size_t n_parts,
                                    bool begins, bool ends)
{
    for (size_t i = 0; i < n_parts; i++) {
        size_t written;
        bool last = i + 1 == n_parts;
        enum sink_status status = sink_write(output->sink, parts[i].bytes, parts[i].len,
                                             begins && i == 0, ends && last, &written);
        if (status != SINK_OK)
            return status;
    }
    output->begins = ends;
    return SINK_OK;
}

enum sink_status output_line(struct output *output, const struct text *parts, size_t n_parts,
                             bool begins, bool ends)
{
    size_t len = 0;
    for (size_t i = 0; i < n_parts; i++)
        len += parts[i].len;
    if (output->len + len > output->limit || output->n_marks == N_MARKS) {
        enum sink_status status = output->full(output);
        if (status != SINK_OK)
            return status;
    }
    output->open = !ends;
    if (len > output->limit)
        return write_parts(output, parts, n_parts, begins, ends);
    for (size_t i = 0; i < n_parts; i++) {
        if (parts[i].len != 0)
            memcpy(output->bytes + output->len, parts[i].bytes, parts[i].len);
        output->len += parts[i].len;
    }
    return SINK_OK;
}

void output_line_done(struct output *output, uint64_t line)
{
    if (output->len == 0) {
        output->reached = line;
        return;
    }
    if (output->n_marks == 0 || output->marks[output->n_marks - 1].end != output->len)
        output->n_marks++;
    output->marks[output->n_marks - 1] = (struct output_mark){output->len, line};
}
