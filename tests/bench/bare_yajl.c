/* The yardstick: parses every line of a file with a bare yajl, no callbacks, and nothing else.
 * `bare_yajl FILE`. What assent does on top of this is what assent costs. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yajl/yajl_parse.h>

static int parse_lines(const unsigned char *bytes, size_t len)
{
    int bad = 0;
    for (size_t at = 0; at < len;) {
        const unsigned char *end = memchr(bytes + at, '\n', len - at);
        size_t line_len = end == NULL ? len - at : (size_t)(end - (bytes + at));
        yajl_handle handle = yajl_alloc(NULL, NULL, NULL);
        if (yajl_parse(handle, bytes + at, line_len) != yajl_status_ok ||
            yajl_complete_parse(handle) != yajl_status_ok)
            bad++;
        yajl_free(handle);
        at += line_len + 1;
    }
    return bad;
}

int main(int argc, char **argv)
{
    enum { SIZE = 256 * 1024 };
    unsigned char *bytes = malloc(SIZE);
    size_t len = 0;
    int bad = 0;
    int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
    if (fd < 0 || bytes == NULL)
        return 2;
    for (ssize_t n; (n = read(fd, bytes + len, SIZE - len)) > 0;) {
        len += (size_t)n;
        size_t whole = len;
        while (whole > 0 && bytes[whole - 1] != '\n')
            whole--;
        bad += parse_lines(bytes, whole);
        memmove(bytes, bytes + whole, len - whole);
        len -= whole;
    }
    close(fd);
    free(bytes);
    printf("%d lines that are not JSON\n", bad);
    return bad != 0;
}
