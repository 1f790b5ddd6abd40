#include "cli/split_folder.h"

#include "base/descriptor.h"
#include "base/message.h"
#include "cli/each_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char *const endings[] = {
    [PACKING_NONE] = ".ndjson",
    [PACKING_GZIP] = ".ndjson.gz",
    [PACKING_ZSTD] = ".ndjson.zst",
};
enum { N_ENDINGS = sizeof endings / sizeof *endings, ENDING_MOST = sizeof ".ndjson.zst" };

struct naming {
    const struct split_folder *folder;
    struct arena *arena;
};

static void print_name(char *name, struct text id, enum packing packing)
{
    memcpy(name, id.bytes, id.len);
    strcpy(name + id.len, endings[packing]);
}

static void name_files(void *state)
{
    struct naming *naming = state;
    const struct split_folder *folder = naming->folder;
    for (size_t i = 0; i < folder->n_routes; i++) {
        struct text id = folder->routes[i].destination->id;
        char *name = arena_alloc(naming->arena, id.len + ENDING_MOST);
        print_name(name, id, folder->options->split_packing);
        folder->split->files[i].name = name;
    }
}

/* Files can be read again at any time; of anything else, what was read is written at once. */
static bool all_are_files(const char *const *events)
{
    struct stat stat;
    for (; *events != NULL; events++)
        if (!files_stat(*events, &stat) || !S_ISREG(stat.st_mode))
            return false;
    return true;
}

enum status split_folder_open(const struct split_folder *folder, struct arena *arena)
{
    const struct options *options = folder->options;
    const char *name = options->split, *fault;
    struct naming naming = {folder, arena};
    if (mkdir(name, 0777) != 0 && errno != EEXIST)
        return files_failed(name);
    int fd = descriptor_open(name, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0)
        return files_failed(name);
    folder->sinks[OUTPUT_EVENTS] = (struct sink){.fd = fd, .name = name, .split = folder->split};
    if (!split_start(folder->split, fd, name, folder->n_routes, options->split_packing, &fault)) {
        message((struct place){.file = name}, SEVERITY_ERROR, "%s", fault);
        return options->split_packing == PACKING_NONE ? STATUS_FAILED : STATUS_USAGE;
    }
    folder->split->at_once = !all_are_files(options->events);
    return arena_try(arena, name_files, &naming) ? STATUS_DONE : out_of_memory(NO_PLACE);
}

enum status split_folder_about(const struct split_folder *folder, const char *name,
                               const char *text, enum status status)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder->options->split, name);
    message((struct place){.file = path}, SEVERITY_ERROR, "%s", text);
    return status;
}

bool split_folder_uses(const struct split_folder *folder, const struct stat *there)
{
    struct stat output;
    const char *input;
    bool used = files_is_input(there, folder->inputs, &input);
    for (enum output_name i = 0; i < N_OUTPUTS; i++)
        used = used || (i != OUTPUT_EVENTS && folder->sinks[i].fd >= 0 &&
                        fstat(folder->sinks[i].fd, &output) == 0 && files_same(there, &output));
    return used;
}

bool split_folder_names(const struct split_folder *folder, int other, const char *name)
{
    struct stat here, there;
    char file_name[255 + ENDING_MOST];
    if (folder->options->split == NULL || fstat(folder->split->folder, &here) != 0 ||
        fstat(other, &there) != 0 || here.st_ino != there.st_ino || here.st_dev != there.st_dev)
        return false;
    for (size_t i = 0; i < folder->n_routes; i++)
        for (int ending = 0; ending < N_ENDINGS; ending++) {
            print_name(file_name, folder->routes[i].destination->id, (enum packing)ending);
            if (strcmp(file_name, name) == 0)
                return true;
        }
    return false;
}

/* A name that is too long is none that a file was ever given; that of this run's is told. */
static bool is_none_there(const struct split_folder *folder, enum packing packing)
{
    return errno == ENOENT || (errno == ENAMETOOLONG && packing != folder->options->split_packing);
}

static enum status look_at_file(const struct split_folder *folder, const char *name,
                                enum packing packing)
{
    struct stat there;
    const char *fault = "is there already: name another folder, or replace it with --force";
    if (fstatat(folder->split->folder, name, &there, AT_SYMLINK_NOFOLLOW) != 0) {
        if (is_none_there(folder, packing))
            return STATUS_DONE;
        fault = strerror(errno);
    } else if (split_folder_uses(folder, &there)) {
        fault = "is another file of this run: name another folder";
    } else if (S_ISDIR(there.st_mode)) {
        fault = "is a folder: name another one for --split";
    } else if (folder->options->force) {
        return STATUS_DONE;
    }
    return split_folder_about(folder, name, fault, STATUS_USAGE);
}

static enum status remove_file(const struct split_folder *folder, const char *name,
                               enum packing packing)
{
    if (unlinkat(folder->split->folder, name, 0) == 0 || is_none_there(folder, packing))
        return STATUS_DONE;
    return split_folder_about(folder, name, strerror(errno), STATUS_FAILED);
}

typedef enum status (*file_call)(const struct split_folder *folder, const char *name,
                                 enum packing packing);

static enum status each_file(const struct split_folder *folder, file_call call)
{
    char name[255 + ENDING_MOST];
    enum status status = STATUS_DONE;
    for (size_t i = 0; i < folder->n_routes; i++)
        for (int ending = 0; ending < N_ENDINGS && status == STATUS_DONE; ending++) {
            print_name(name, folder->routes[i].destination->id, (enum packing)ending);
            status = call(folder, name, (enum packing)ending);
        }
    return status;
}

enum status split_folder_look(const struct split_folder *folder)
{
    return each_file(folder, look_at_file);
}

enum status split_folder_clear(const struct split_folder *folder)
{
    return folder->options->force ? each_file(folder, remove_file) : STATUS_DONE;
}

static enum status look_for_folder(const struct split_folder *folder, const char *name,
                                   enum packing packing)
{
    struct stat there;
    (void)packing;
    if (fstatat(folder->split->folder, name, &there, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISDIR(there.st_mode))
        return STATUS_DONE;
    return split_folder_about(folder, name, "is a folder: remove it", STATUS_USAGE);
}

static enum status each_unmade(const struct split_folder *folder, file_call call)
{
    enum status status = STATUS_DONE;
    for (size_t i = 0; i < folder->n_routes && status == STATUS_DONE; i++)
        if (!folder->split->files[i].made)
            status = call(folder, folder->split->files[i].name, folder->options->split_packing);
    return status;
}

enum status split_folder_look_at_unmade(const struct split_folder *folder)
{
    return each_unmade(folder, look_for_folder);
}

enum status split_folder_clear_unmade(const struct split_folder *folder)
{
    return each_unmade(folder, remove_file);
}
