#include "cli/mapping_file.h"

#include "base/descriptor.h"
#include "base/message.h"
#include "cli/finding_report.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

struct loading {
    struct mapping_file *file;
    int fd;
    int error; /* errno of a read */
};

/* Reads to the end, or to one byte more than a mapping may have. */
static void read_bytes(struct loading *loading)
{
    struct mapping_file *file = loading->file;
    char *bytes = NULL;
    size_t len = 0, cap = 0;
    while (len <= MAPPING_LARGEST) {
        if (len == cap) {
            size_t more = cap == 0 ? (size_t)64 * 1024 : cap * 2;
            bytes = arena_grow(&file->arena, bytes, cap, more);
            cap = more;
        }
        ssize_t n = descriptor_read(loading->fd, bytes + len, cap - len);
        if (n < 0)
            loading->error = errno;
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    file->bytes = (struct text){bytes, len};
}

static void load(void *state)
{
    struct loading *loading = state;
    struct mapping_file *file = loading->file;
    file->findings = (struct findings){.arena = &file->arena};
    read_bytes(loading);
    if (loading->error != 0)
        return;
    if (file->bytes.len > MAPPING_LARGEST)
        findings_add(&file->findings, FINDING_TOO_LARGE, 0,
                     "the file is larger than 16 MiB: this is no mapping");
    else
        mapping_read(&file->mapping, file->bytes, &file->findings);
}

bool mapping_file_read(struct mapping_file *file, const char *name)
{
    *file = (struct mapping_file){.name = name};
    struct place place = {.file = name};
    struct loading loading = {.file = file, .fd = descriptor_open(name, O_RDONLY, 0)};
    if (loading.fd < 0 || fstat(loading.fd, &file->stat) != 0) {
        message(place, SEVERITY_ERROR, "cannot open the mapping: %s", strerror(errno));
        return false;
    }
    bool enough = arena_try(&file->arena, load, &loading);
    close(loading.fd);
    if (!enough)
        message(place, SEVERITY_ERROR, "out of memory");
    else if (loading.error != 0)
        message(place, SEVERITY_ERROR, "cannot read the mapping: %s", strerror(loading.error));
    return enough && loading.error == 0;
}

void mapping_file_free(struct mapping_file *file)
{
    arena_free(&file->arena);
}

void mapping_file_each(const struct mapping_file *file,
                       void (*tell)(void *state, const struct told *told), void *state)
{
    struct place_walk walk = place_walk_start(file->bytes);
    for (size_t i = 0; i < file->findings.n; i++) {
        const struct finding *finding = &file->findings.list[i];
        struct told told = {finding->place, finding->code, finding->text, NULL};
        if (finding->at != SIZE_MAX) {
            place_walk_to(&walk, finding->at);
            told.place = (struct place){file->name, walk.line, walk.column};
            told.walk = &walk;
        }
        tell(state, &told);
    }
    if (file->findings.n_more != 0)
        message((struct place){.file = file->name}, SEVERITY_NOTE, "%zu findings more",
                file->findings.n_more);
}

static void tell_message(void *state, const struct told *told)
{
    (void)state;
    told_message(told);
}

bool mapping_file_use(struct mapping_file *file, const char *name)
{
    if (!mapping_file_read(file, name))
        return false;
    mapping_file_each(file, tell_message, NULL);
    return file->findings.n == 0;
}
