#include "cli/files.h"

#include "base/message.h"
#include "stream/input.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* One regular file, or one pipe: writing to it as two things would mix or destroy them. */
static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
           (S_ISREG(a->st_mode) || S_ISFIFO(a->st_mode));
}

static enum status refuse(const char *name, const char *text)
{
    message((struct place){.file = name}, SEVERITY_ERROR, "%s", text);
    return STATUS_USAGE;
}

static enum status failed(const char *name)
{
    message((struct place){.file = name}, SEVERITY_ERROR, "cannot open: %s", strerror(errno));
    return STATUS_FAILED;
}

bool files_stat(const char *name, struct stat *stat_of)
{
    return strcmp(name, "-") == 0 ? fstat(STDIN_FILENO, stat_of) == 0 : stat(name, stat_of) == 0;
}

/* Whether the output is one of the run's inputs; *name says which. */
static bool is_input(const struct stat *output, const struct options *options,
                     const struct mapping_file *mapping, const char **name)
{
    struct stat input;
    *name = mapping->name;
    if (same_file(output, &mapping->stat))
        return true;
    for (const char *const *events = options->events; *events != NULL; events++) {
        *name = input_name(*events);
        if (files_stat(*events, &input) && same_file(output, &input))
            return true;
    }
    return false;
}

static enum status open_rejects(const struct options *options, const struct mapping_file *mapping,
                                const struct stat *standard_output, int *fd)
{
    struct stat rejects, standard_error;
    const char *name;
    *fd = open(options->rejects, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (*fd < 0 || fstat(*fd, &rejects) != 0)
        return failed(options->rejects);
    if (is_input(&rejects, options, mapping, &name))
        return refuse(name, "is an input and the file of the rejects: name another one");
    if (same_file(&rejects, standard_output) ||
        (fstat(STDERR_FILENO, &standard_error) == 0 && same_file(&rejects, &standard_error)))
        return refuse(options->rejects, "two outputs are this one file: name another one");
    if (S_ISREG(rejects.st_mode) && ftruncate(*fd, 0) != 0)
        return failed(options->rejects);
    return STATUS_DONE;
}

enum status files_open(const struct options *options, const struct mapping_file *mapping,
                       int *rejects_fd)
{
    struct stat standard_output, events;
    const char *name;
    *rejects_fd = -1;
    if (fstat(STDOUT_FILENO, &standard_output) != 0)
        return failed("standard output");
    if (is_input(&standard_output, options, mapping, &name))
        return refuse(name, "is an input and standard output: name another one");
    for (const char *const *at = options->events; *at != NULL; at++)
        if (!files_stat(*at, &events) || (strcmp(*at, "-") != 0 && access(*at, R_OK) != 0))
            return failed(input_name(*at));
    if (options->rejects == NULL)
        return STATUS_DONE;
    return open_rejects(options, mapping, &standard_output, rejects_fd);
}
