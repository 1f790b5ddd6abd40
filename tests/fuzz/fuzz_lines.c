/*
 * The line reader, given its bytes in pieces of any size, with interruptions: its blocks are the
 * files' lines in order, whole, rightly numbered, and of lines that are too long every part.
 *
 * The input: bytes of --max-line, where the second file begins (a byte of 256th parts), how many
 * sizes of pieces follow, those; then the files' bytes.
 */
#include "fuzz.h"
#include "stream/input.h"

#include <errno.h>
#include <unistd.h>

/* The linker leads the reader's calls of read here (-Wl,--wrap=read). */
ssize_t __real_read(int fd, void *to, size_t most);
ssize_t __wrap_read(int fd, void *to, size_t most);

static struct {
    bool on;
    struct text files[2];
    size_t file;
    const uint8_t *pieces; /* sizes; 0: the call is interrupted */
    size_t n_pieces, at;
} served;

ssize_t __wrap_read(int fd, void *to, size_t most)
{
    if (!served.on)
        return __real_read(fd, to, most);
    size_t piece = served.n_pieces == 0 ? most : served.pieces[served.at++ % served.n_pieces];
    if (piece == 0 && served.at % 2 == 1) {
        errno = served.at % 3 == 0 ? EAGAIN : EINTR;
        return -1;
    }
    if (served.file == 2)
        return 0;
    struct text *file = &served.files[served.file];
    piece = piece == 0 ? 1 : piece;
    piece = piece < most ? piece : most;
    piece = piece < file->len ? piece : file->len;
    if (piece == 0)
        served.file++;
    else
        memcpy(to, file->bytes, piece);
    *file = (struct text){file->bytes + piece, file->len - piece};
    return (ssize_t)piece;
}

/* What is still to be handed on, of the file that is read. */
struct expected {
    struct text files[2];
    size_t file;
    uint64_t line; /* the next one's number */
    bool in_long_line;
    size_t max_line;
};

static struct text without_bom(struct text file)
{
    bool bom = file.len >= 3 && memcmp(file.bytes, "\xEF\xBB\xBF", 3) == 0;
    return bom ? (struct text){file.bytes + 3, file.len - 3} : file;
}

static const char *lines_differ(struct expected *expected, const struct block *block)
{
    struct text rest = block->text, line;
    if (expected->in_long_line || block->first_line != expected->line)
        return "lines at the wrong place";
    for (; text_next_line(&rest, &line); expected->line++) {
        struct text right;
        if (!text_next_line(&expected->files[expected->file], &right) || !text_equal(line, right))
            return "another line";
    }
    return NULL;
}

static size_t content_len(struct text line)
{
    size_t len = line.len;
    if (len > 0 && line.bytes[len - 1] == '\n')
        len -= len > 1 && line.bytes[len - 2] == '\r' ? 2 : 1;
    return len;
}

static const char *part_differs(struct expected *expected, const struct block *block)
{
    struct text *file = &expected->files[expected->file], rest = *file, line;
    if (block->begins == expected->in_long_line || block->first_line != expected->line)
        return "a part at the wrong place";
    if (block->text.len > file->len ||
        !text_equal(block->text, (struct text){file->bytes, block->text.len}))
        return "another part";
    if (block->begins && (!text_next_line(&rest, &line) || content_len(line) <= expected->max_line))
        return "a line that is not too long";
    *file = (struct text){file->bytes + block->text.len, file->len - block->text.len};
    bool ended = file->len == 0 || (block->text.len != 0 && file->bytes[-1] == '\n');
    if (block->ends && !ended)
        return "a part that does not end the line";
    expected->in_long_line = !block->ends;
    expected->line += block->ends;
    return NULL;
}

static const char *block_differs(struct expected *expected, const struct block *block)
{
    while (expected->file < 1 && expected->files[expected->file].len == 0 &&
           !expected->in_long_line) {
        expected->file++;
        expected->line = 1;
    }
    if (block->cap > INPUT_READ_SIZE + 2 * (expected->max_line + 16))
        return "more memory than a line needs";
    return block->over_long ? part_differs(expected, block) : lines_differ(expected, block);
}

static void read_all(struct expected *expected)
{
    static const char *const names[] = {"/dev/null", "/dev/null", NULL};
    bool packed = is_packed(expected->files[0]) || is_packed(expected->files[1]);
    struct input input;
    struct block block = {0};
    enum input_status status;
    for (int i = 0; i < 2; i++)
        expected->files[i] = without_bom(expected->files[i]);
    input_start(&input, names, expected->max_line);
    while ((status = input_next(&input, &block)) == INPUT_BLOCK)
        if (!packed)
            must_agree(block_differs(expected, &block));
    if (!packed && (status != INPUT_END || expected->in_long_line || expected->files[0].len != 0 ||
                    expected->files[1].len != 0))
        must_agree("the reader stopped before the end");
    input_stop(&input);
    block_free(&block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { HEAD = 3 };
    if (size < HEAD || size - HEAD < data[2] % 32)
        return 0;
    size_t n_pieces = data[2] % 32, n = size - HEAD - n_pieces, second = n * data[1] / 256;
    const char *bytes = (const char *)data + HEAD + n_pieces;
    struct expected expected = {.files = {{bytes, second}, {bytes + second, n - second}},
                                .line = 1,
                                .max_line = 1 + 4 * (size_t)data[0]};
    served.on = true;
    served.files[0] = expected.files[0];
    served.files[1] = expected.files[1];
    served.file = served.at = 0;
    served.pieces = data + HEAD;
    served.n_pieces = n_pieces;
    read_all(&expected);
    served.on = false;
    return 0;
}
