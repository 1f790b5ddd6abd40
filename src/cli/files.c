#include "cli/files.h"

#include "base/descriptor.h"
#include "base/message.h"
#include "stream/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* By being written to as two things; a terminal or /dev/null takes all. */
static bool can_be_mixed(const struct stat *stat)
{
    return S_ISREG(stat->st_mode) || S_ISFIFO(stat->st_mode);
}

bool files_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && can_be_mixed(a);
}

enum status files_refuse(const char *name, const char *text)
{
    message((struct place){.file = name}, SEVERITY_ERROR, "%s", text);
    return STATUS_USAGE;
}

enum status files_failed(const char *name)
{
    message((struct place){.file = name}, SEVERITY_ERROR, "cannot open: %s", strerror(errno));
    return STATUS_FAILED;
}

bool files_stat(const char *name, struct stat *stat_of)
{
    return strcmp(name, "-") == 0 ? fstat(STDIN_FILENO, stat_of) == 0 : stat(name, stat_of) == 0;
}

struct input_file {
    dev_t dev;
    ino_t ino;
    size_t number; /* of two that are one file, the first is told */
    const char *name;
};

static int compare_inputs(const void *a, const void *b)
{
    const struct input_file *x = a, *y = b;
    if (x->dev != y->dev)
        return x->dev < y->dev ? -1 : 1;
    if (x->ino != y->ino)
        return x->ino < y->ino ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static void add_input(struct inputs *inputs, const struct stat *stat, const char *name)
{
    if (!can_be_mixed(stat))
        return;
    inputs->files[inputs->n] = (struct input_file){stat->st_dev, stat->st_ino, inputs->n, name};
    inputs->n++;
}

void files_look(struct inputs *inputs, struct arena *arena, const struct options *options,
                const struct mapping_file *mapping)
{
    size_t n = 0;
    struct stat stat;
    while (options->events[n] != NULL)
        n++;
    *inputs = (struct inputs){arena_alloc(arena, (n + 1) * sizeof *inputs->files), 0};
    add_input(inputs, &mapping->stat, mapping->name);
    for (size_t i = 0; i < n; i++)
        if (files_stat(options->events[i], &stat))
            add_input(inputs, &stat, input_name(options->events[i]));
    qsort(inputs->files, inputs->n, sizeof *inputs->files, compare_inputs);
}

bool files_is_input(const struct stat *output, const struct inputs *inputs, const char **name)
{
    const struct input_file wanted = {.dev = output->st_dev, .ino = output->st_ino};
    size_t first = 0, n = inputs->n;
    while (n != 0) {
        size_t half = n / 2;
        bool behind = compare_inputs(&inputs->files[first + half], &wanted) < 0;
        first += behind ? half + 1 : 0;
        n = behind ? n - half - 1 : half;
    }
    if (first == inputs->n || inputs->files[first].dev != wanted.dev ||
        inputs->files[first].ino != wanted.ino)
        return false;
    *name = inputs->files[first].name;
    return true;
}

bool events_can_be_read(const char *const *events)
{
    for (; *events != NULL; events++)
        if (strcmp(*events, "-") != 0 && access(*events, R_OK) != 0)
            return files_failed(*events) == STATUS_DONE;
    return true;
}

/* What each output is called where it is an input as well. */
static const char *const output_words[N_OUTPUTS] = {
    [OUTPUT_EVENTS] = "is an input and standard output: name another one",
    [OUTPUT_REJECTS] = "is an input and the file of the rejects: name another one",
    [OUTPUT_AUDIT] = "is an input and the file of the audit: name another one",
};

/* Opens the file of an output and checks that it is none of the others; stats are theirs. */
static enum status open_output(const struct inputs *inputs, struct sink *sinks, struct stat *stats,
                               enum output_name output)
{
    struct sink *sink = &sinks[output];
    struct stat standard_error;
    const char *name;
    if (output != OUTPUT_EVENTS)
        sink->fd = descriptor_open(sink->name, O_WRONLY | O_CREAT, 0666);
    if (sink->fd < 0 || fstat(sink->fd, &stats[output]) != 0)
        return files_failed(sink->name);
    if (files_is_input(&stats[output], inputs, &name))
        return files_refuse(name, output_words[output]);
    bool same = output != OUTPUT_EVENTS && fstat(STDERR_FILENO, &standard_error) == 0 &&
                files_same(&stats[output], &standard_error);
    for (enum output_name i = 0; i < output; i++)
        same = same || (sinks[i].fd >= 0 && files_same(&stats[output], &stats[i]));
    return same ? files_refuse(sink->name, "two outputs are this one file: name another one")
                : STATUS_DONE;
}

static enum status inputs_there(const struct options *options)
{
    struct stat events;
    for (const char *const *at = options->events; *at != NULL; at++)
        if (!files_stat(*at, &events) || (strcmp(*at, "-") != 0 && access(*at, R_OK) != 0))
            return files_failed(input_name(*at));
    return STATUS_DONE;
}

enum status files_open(const struct options *options, const struct inputs *inputs,
                       struct sink sinks[N_OUTPUTS])
{
    struct stat stats[N_OUTPUTS];
    sinks[OUTPUT_EVENTS] = (struct sink){.fd = -1};
    if (options->split == NULL)
        sinks[OUTPUT_EVENTS] = (struct sink){.fd = STDOUT_FILENO, .name = "standard output"};
    sinks[OUTPUT_REJECTS] = (struct sink){.fd = -1, .name = options->rejects};
    sinks[OUTPUT_AUDIT] = (struct sink){.fd = -1, .name = options->audit_file};
    enum status status = STATUS_DONE;
    for (enum output_name i = 0; i < N_OUTPUTS && status == STATUS_DONE; i++) {
        if (sinks[i].name != NULL)
            status = open_output(inputs, sinks, stats, i);
        if (i == OUTPUT_EVENTS && status == STATUS_DONE)
            status = inputs_there(options);
    }
    return status;
}

enum status files_empty(const struct sink sinks[N_OUTPUTS])
{
    struct stat stat;
    for (enum output_name i = 0; i < N_OUTPUTS; i++)
        if (i != OUTPUT_EVENTS && sinks[i].fd >= 0 &&
            (fstat(sinks[i].fd, &stat) != 0 ||
             (S_ISREG(stat.st_mode) && descriptor_truncate(sinks[i].fd, 0) != 0)))
            return files_failed(sinks[i].name);
    return STATUS_DONE;
}
