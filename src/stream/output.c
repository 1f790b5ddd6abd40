#include "stream/output.h"

#include <stdlib.h>

bool output_init(struct output *output, struct sink *sink, size_t copied_most)
{
    *output = (struct output){.sink = sink, .full = output_write, .copied_most = copied_most};
    output->pieces = malloc(OUTPUT_PIECES * sizeof *output->pieces);
    output->bytes = malloc(OUTPUT_BYTES);
    output->marks = malloc(OUTPUT_MARKS * sizeof *output->marks);
    if (output->pieces != NULL && output->bytes != NULL && output->marks != NULL)
        return true;
    output_free(output);
    return false;
}

void output_free(struct output *output)
{
    free(output->pieces);
    free(output->bytes);
    free(output->marks);
    *output = (struct output){0};
}

enum sink_status output_write(struct output *output)
{
    size_t written;
    bool ends = !output->open;
    enum sink_status status =
        sink_write(output->sink, output->pieces, output->n_pieces, output->begins, ends, &written);
    for (size_t i = 0; i < output->n_marks && output->marks[i].end <= written; i++)
        output->reached = output->marks[i].line;
    output->n_pieces = output->len = output->n_bytes = output->n_marks = 0;
    return status;
}

/* At most so many: where only short parts are copied, they need not be looked at. */
static size_t bytes_to_copy(const struct output *output, const struct text *parts, size_t n_parts)
{
    size_t n = 0;
    if (output->copied_most == OUTPUT_COPIED)
        return n_parts * OUTPUT_COPIED;
    for (size_t i = 0; i < n_parts; i++)
        n += parts[i].len <= output->copied_most ? parts[i].len : 0;
    return n;
}

static bool has_room(const struct output *output, size_t n_parts, size_t to_copy)
{
    return output->n_pieces + n_parts <= OUTPUT_PIECES &&
           to_copy <= OUTPUT_BYTES - output->n_bytes && output->n_marks < OUTPUT_MARKS;
}

/* What lies right behind the last piece makes it longer. */
static void add_piece(struct output *output, const char *bytes, size_t len)
{
    struct iovec *last = output->n_pieces == 0 ? NULL : &output->pieces[output->n_pieces - 1];
    if (last != NULL && (const char *)last->iov_base + last->iov_len == bytes)
        last->iov_len += len;
    else /* a sink does not write through it */
        output->pieces[output->n_pieces++] = (struct iovec){(void *)(uintptr_t)bytes, len};
    output->len += len;
}

static void add_part(struct output *output, struct text part, size_t copied_most)
{
    if (part.len > copied_most) {
        add_piece(output, part.bytes, part.len);
    } else if (part.len != 0) {
        char *copy = output->bytes + output->n_bytes;
        memcpy(copy, part.bytes, part.len);
        output->n_bytes += part.len;
        add_piece(output, copy, part.len);
    }
}

enum sink_status output_line(struct output *output, const struct text *parts, size_t n_parts,
                             bool begins, bool ends)
{
    size_t to_copy = bytes_to_copy(output, parts, n_parts);
    if (!has_room(output, n_parts, to_copy)) {
        enum sink_status status = output->full(output);
        if (status != SINK_OK)
            return status;
    }
    if (output->len == 0)
        output->begins = begins;
    output->open = !ends;
    size_t copied_most = to_copy <= OUTPUT_BYTES ? output->copied_most : 0;
    size_t len = output->len, n_bytes = output->n_bytes;
    for (size_t i = 0; i < n_parts; i++)
        add_part(output, parts[i], copied_most);
    bool borrows = output->len - len != output->n_bytes - n_bytes;
    return borrows && output->copied_most == OUTPUT_BYTES ? output->full(output) : SINK_OK;
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
