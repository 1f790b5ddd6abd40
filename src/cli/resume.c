#include "cli/resume.h"

#include "base/descriptor.h"
#include "base/fingerprint.h"
#include "base/message.h"
#include "base/system.h"
#include "cli/each_line.h"
#include "cli/show.h"
#include "stream/input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

/* ---- what the run is ---- */

struct description {
    struct resume *resume;
    struct page page;
    const char *fault; /* of an input */
    const char *input;
};

/* Names may hold anything: a line of the description stays one. */
static void add_name(struct page *page, const char *name)
{
    for (; *name != '\0'; name++) {
        unsigned char c = (unsigned char)*name;
        if (c < ' ' || c == '\\' || c == 0x7F)
            page_printf(page, "\\%02x", c);
        else
            page_put(page, name, 1);
    }
}

/* What is cut back must be what was written. */
static void describe_output(struct page *page, const char *word, const char *name)
{
    if (name == NULL)
        return;
    page_add(page, word);
    add_name(page, name);
    page_add(page, "\n");
}

/* An input by its size, the time of its last change and its first bytes. */
static void describe_input(struct description *description, const char *name)
{
    enum { FIRST_BYTES = 64 * 1024 };
    struct stat stat;
    description->input = name;
    bool named = strcmp(name, "-") != 0;
    int fd = named ? descriptor_open(name, O_RDONLY | O_NONBLOCK, 0) : -1;
    bool there = fd >= 0 && fstat(fd, &stat) == 0;
    if (!there || !S_ISREG(stat.st_mode)) {
        description->fault = named && !there
                                 ? strerror(errno)
                                 : "no regular file: a run that goes on reads its input once more";
        if (fd >= 0)
            close(fd);
        return;
    }
    char *bytes = arena_alloc(&description->resume->page_arena, FIRST_BYTES);
    ssize_t len = descriptor_read_all(fd, bytes, FIRST_BYTES);
    if (len < 0)
        description->fault = strerror(errno);
    close(fd);
    uint64_t first_bytes = fingerprint((struct text){bytes, len < 0 ? 0 : (size_t)len});
    arena_reset(&description->resume->page_arena);
    page_printf(&description->page, "input %jd %jd %016" PRIx64 " ", (intmax_t)stat.st_size,
                (intmax_t)stat.st_mtime, first_bytes);
    add_name(&description->page, name);
    page_add(&description->page, "\n");
}

static void add_moment(struct page *page, const char *word, bool there, struct moment moment)
{
    if (there)
        page_printf(page, " %s %" PRId64 ".%09" PRIu32, word, moment.seconds, moment.nanoseconds);
}

static void describe(void *state)
{
    struct description *description = state;
    const struct split_folder *folder = description->resume->folder;
    const struct options *options = folder->options;
    struct page *page = &description->page;
    page->arena = &description->resume->arena;
    page_printf(page, "version %s\nmapping %016" PRIx64 "\n", ASSENT_VERSION,
                fingerprint(folder->mapping->bytes));
    page_printf(page,
                "options format %d max-line %zu stop %d split %d packing %d rejects %d audit %d",
                options->format, options->max_line, options->stop_on_reject, options->split != NULL,
                options->split_packing, options->rejects != NULL, options->audit);
    page_printf(page, " every %zu", options->checkpoint_every);
    add_moment(page, "since", options->span.has_since, options->span.since);
    add_moment(page, "until", options->span.has_until, options->span.until);
    page_add(page, "\n");
    describe_output(page, "split ", options->split);
    describe_output(page, "rejects ", options->rejects);
    describe_output(page, "audit ", options->audit_file);
    for (size_t i = 0; i < options->asked.n; i++)
        page_printf(page, "destination %s\n", options->asked.ids[i]);
    for (const char *const *name = options->events; *name != NULL; name++)
        if (description->fault == NULL)
            describe_input(description, *name);
}

/* ---- the checkpoint that is there ---- */

static enum status tell(const struct resume *resume, enum status status, const char *text)
{
    message((struct place){.file = resume->file.name}, SEVERITY_ERROR, "%s", text);
    return status;
}

static enum status tell_to_remove(const struct resume *resume, const char *text)
{
    message((struct place){.file = resume->file.name}, SEVERITY_ERROR,
            "%s: remove it to begin anew", text);
    return STATUS_USAGE;
}

static const char *const differences[][2] = {
    {"version ", "it was made by another version of assent"},
    {"mapping ", "it was made with another mapping"},
    {"options ", "it was made with other options"},
    {"split ", "it was made with another --split"},
    {"rejects ", "it was made with other --rejects"},
    {"audit ", "it was made with another --audit"},
    {"destination ", "it was made with other options"},
};

static bool begins(struct text line, struct text word)
{
    return line.len > word.len && memcmp(line.bytes, word.bytes, word.len) == 0;
}

/* The name in a line that describes an input, or nothing. */
static struct text name_of_input(struct text line)
{
    enum { NUMBERS = 4 }; /* and the word, with a space behind each */
    if (!begins(line, TEXT("input ")))
        return NO_TEXT;
    for (int i = 0; i < NUMBERS; i++) {
        const char *space = memchr(line.bytes, ' ', line.len);
        size_t len = space == NULL ? line.len : (size_t)(space - line.bytes) + 1;
        line = (struct text){line.bytes + len, line.len - len};
    }
    return line;
}

static const char *difference_of(struct text line, struct text other)
{
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++) {
        struct text word = text_of(differences[i][0]);
        if (begins(line, word) || begins(other, word))
            return differences[i][1];
    }
    return "it was made with other events";
}

/* Says of the first line that differs what it is about. */
static enum status compare(const struct resume *resume, struct text run)
{
    struct text then = resume->state.run, line, other;
    do {
        other = NO_TEXT;
        if (!text_next_line(&run, &line))
            line = NO_TEXT;
        text_next_line(&then, &other);
    } while (line.len != 0 && text_equal(line, other));
    if (line.len == 0 && other.len == 0)
        return STATUS_DONE;
    struct text name = name_of_input(line);
    if (name.len == 0 || !text_equal(name, name_of_input(other)))
        return tell_to_remove(resume, difference_of(line, other));
    message((struct place){.file = resume->file.name}, SEVERITY_ERROR,
            "it was made before %.*s changed: remove it to begin anew", (int)name.len - 1,
            name.bytes);
    return STATUS_USAGE;
}

struct loading {
    struct resume *resume;
    enum status status;
};

static void load(void *state)
{
    struct loading *loading = state;
    struct resume *resume = loading->resume;
    size_t len;
    char *bytes = checkpoint_read(&resume->file, &resume->arena, &len);
    loading->status = STATUS_DONE;
    if (bytes == NULL)
        loading->status = tell(resume, STATUS_USAGE, strerror(errno));
    else if (!checkpoint_parse(&resume->state, &resume->arena, bytes, len))
        loading->status = tell_to_remove(resume, "is no checkpoint, or damaged");
}

static bool is_within(struct position position, const struct options *options)
{
    size_t n = 0;
    while (n <= position.file && options->events[n] != NULL)
        n++;
    return n > position.file;
}

static enum status take_up(struct resume *resume, struct text run)
{
    struct loading loading = {.resume = resume};
    if (!arena_try(&resume->arena, load, &loading))
        return out_of_memory(NO_PLACE);
    if (loading.status == STATUS_DONE)
        loading.status = compare(resume, run);
    if (loading.status == STATUS_DONE &&
        !is_within(resume->state.position, resume->folder->options))
        loading.status = tell_to_remove(resume, "is no checkpoint, or damaged");
    resume->goes_on = loading.status == STATUS_DONE;
    return loading.status;
}

/* It would be replaced. */
static bool is_another_file(const struct resume *resume)
{
    struct stat stats[2];
    size_t n = checkpoint_stat(&resume->file, stats);
    bool is = split_folder_names(resume->folder, resume->file.folder, resume->file.base);
    for (size_t i = 0; i < n; i++)
        is = is || split_folder_uses(resume->folder, &stats[i]);
    return is;
}

static enum status start(struct resume *resume, struct text run)
{
    enum checkpoint_status status =
        checkpoint_open(&resume->file, resume->folder->options->checkpoint);
    if (status <= CHECKPOINT_NONE && is_another_file(resume))
        return tell(resume, STATUS_USAGE,
                    "the checkpoint is another file of this run, or this name with .assent-tmp "
                    "is: name another one");
    switch (status) {
    case CHECKPOINT_THERE:
        return take_up(resume, run);
    case CHECKPOINT_NONE:
        resume->state.run = run;
        return STATUS_DONE;
    case CHECKPOINT_BUSY:
        return tell(resume, STATUS_USAGE, "another run is at work with it");
    case CHECKPOINT_NO_FILE:
        return tell(resume, STATUS_USAGE, "is no regular file: name another one");
    case CHECKPOINT_FAILED:
        break;
    }
    return files_failed(resume->file.name);
}

enum status resume_start(struct resume *resume, const struct split_folder *folder)
{
    *resume = (struct resume){.on = folder->options->checkpoint != NULL,
                              .folder = folder,
                              .file = {.folder = -1, .fd = -1}};
    if (!resume->on)
        return STATUS_DONE;
    struct description description = {.resume = resume};
    if (!arena_try_both(&resume->arena, &resume->page_arena, describe, &description))
        return out_of_memory(NO_PLACE);
    if (description.fault != NULL)
        return files_refuse(input_name(description.input), description.fault);
    return start(resume, page_text(&description.page));
}

void resume_end(struct resume *resume)
{
    if (!resume->on)
        return;
    checkpoint_close(&resume->file);
    arena_free(&resume->arena);
    arena_free(&resume->page_arena);
}

/* ---- outputs, cut back and recorded ---- */

static const char *const output_names[N_OUTPUTS] = {
    [OUTPUT_EVENTS] = "stdout",
    [OUTPUT_REJECTS] = "rejects",
    [OUTPUT_AUDIT] = "audit",
};

static bool is_regular(const struct sink *sink, struct stat *stat)
{
    return sink->fd >= 0 && sink->split == NULL && fstat(sink->fd, stat) == 0 &&
           S_ISREG(stat->st_mode);
}

/* Standard output may hold more than this run's lines: only a torn one is cut off. */
static enum status go_on_standard_output(struct sink *sink, uint64_t len, bool cut)
{
    struct stat stat;
    if (!is_regular(sink, &stat))
        return STATUS_DONE;
    if ((uint64_t)stat.st_size < len) {
        message(NO_PLACE, SEVERITY_ERROR,
                "standard output holds less than at the checkpoint: append to it with >>");
        return STATUS_USAGE;
    }
    if (cut)
        sink_end_torn(sink);
    return STATUS_DONE;
}

static enum status cut_back_file(struct sink *sink, const struct checkpoint_output *output,
                                 bool cut)
{
    struct stat stat;
    if (!is_regular(sink, &stat))
        return STATUS_DONE;
    if ((uint64_t)stat.st_size < output->len)
        return files_refuse(sink->name, "holds less than at the checkpoint");
    if (!cut)
        return STATUS_DONE;
    off_t len = (off_t)output->len;
    if (descriptor_truncate(sink->fd, len) != 0 || lseek(sink->fd, len, SEEK_SET) != len)
        return files_failed(sink->name);
    sink->unterminated = output->unterminated;
    return STATUS_DONE;
}

/* Without --split there are no files of it. */
static enum status cut_back_split(struct resume *resume, const struct checkpoint_output *output,
                                  size_t *at, bool cut)
{
    struct split *split = resume->folder->split;
    while (*at < split->n_files && strcmp(split->files[*at].name, output->name) != 0)
        ++*at;
    if (*at == split->n_files)
        return tell(resume, STATUS_USAGE, "names a file that is none of this run's");
    if (split_go_on(split, &split->files[*at], output->len, cut))
        return STATUS_DONE;
    const char *fault = errno == ESTALE   ? "holds less than at the checkpoint"
                        : errno == ENOENT ? "is gone since the checkpoint"
                                          : strerror(errno);
    return split_folder_about(resume->folder, output->name, fault, STATUS_USAGE);
}

static enum status cut_back(struct resume *resume, bool cut)
{
    struct sink *sinks = resume->folder->sinks;
    enum status status = STATUS_DONE;
    size_t at = 0;
    for (size_t i = 0; i < resume->state.n_outputs && status == STATUS_DONE; i++) {
        const struct checkpoint_output *output = &resume->state.outputs[i];
        if (strcmp(output->name, output_names[OUTPUT_EVENTS]) == 0)
            status = go_on_standard_output(&sinks[OUTPUT_EVENTS], output->len, cut);
        else if (strcmp(output->name, output_names[OUTPUT_REJECTS]) == 0)
            status = cut_back_file(&sinks[OUTPUT_REJECTS], output, cut);
        else if (strcmp(output->name, output_names[OUTPUT_AUDIT]) == 0)
            status = cut_back_file(&sinks[OUTPUT_AUDIT], output, cut);
        else
            status = cut_back_split(resume, output, &at, cut);
    }
    return status;
}

/* None is cut before all were looked at: one that is refused leaves the others as they are. */
enum status resume_cut_back(struct resume *resume)
{
    bool split = resume->folder->options->split != NULL;
    enum status status = cut_back(resume, false);
    if (status == STATUS_DONE && split)
        status = split_folder_look_at_unmade(resume->folder);
    if (status == STATUS_DONE)
        status = cut_back(resume, true);
    if (status == STATUS_DONE && split)
        status = split_folder_clear_unmade(resume->folder);
    return status;
}

static enum status sync_outputs(struct sink *sinks)
{
    if (sinks[OUTPUT_EVENTS].split != NULL && split_flush(&sinks[OUTPUT_EVENTS], true) != SINK_OK)
        return show_not_written(&sinks[OUTPUT_EVENTS], SINK_FAILED);
    for (enum output_name i = 0; i < N_OUTPUTS; i++) {
        if (sinks[i].fd < 0 || sinks[i].split != NULL || system_sync(sinks[i].fd))
            continue;
        sinks[i].error = errno;
        return show_not_written(&sinks[i], SINK_FAILED);
    }
    return STATUS_DONE;
}

static bool sync_entry(const char *name)
{
    const char *base;
    if (name == NULL)
        return true;
    int folder = system_open_folder_of(name, &base);
    bool synced = folder >= 0 && system_sync(folder);
    if (folder >= 0)
        close(folder);
    if (!synced)
        files_failed(name);
    return synced;
}

static void add_output(struct checkpoint *state, const char *name, uint64_t len, bool unterminated)
{
    state->outputs[state->n_outputs++] =
        (struct checkpoint_output){.name = name, .len = len, .unterminated = unterminated};
}

struct printing {
    struct resume *resume;
    struct checkpoint state;
    struct page page;
};

static void print(void *memory)
{
    struct printing *printing = memory;
    const struct split_folder *folder = printing->resume->folder;
    const struct split *split = folder->options->split == NULL ? NULL : folder->split;
    struct checkpoint *state = &printing->state;
    size_t n = N_OUTPUTS + (split == NULL ? 0 : split->n_files);
    struct stat stat;
    printing->page.arena = &printing->resume->page_arena;
    state->outputs = arena_alloc(printing->page.arena, n * sizeof *state->outputs);
    for (enum output_name i = 0; i < N_OUTPUTS; i++)
        if (is_regular(&folder->sinks[i], &stat))
            add_output(state, output_names[i], (uint64_t)stat.st_size,
                       folder->sinks[i].unterminated);
    for (size_t i = 0; split != NULL && i < split->n_files; i++)
        if (split->files[i].made)
            add_output(state, split->files[i].name, split->files[i].len, false);
    checkpoint_print(state, &printing->page);
}

/* Of an input that was changed meanwhile nobody knows what was read. */
static enum status still_the_same(struct resume *resume)
{
    struct description description = {.resume = resume};
    if (!arena_try_both(&resume->arena, &resume->page_arena, describe, &description))
        return out_of_memory(NO_PLACE);
    enum status status = STATUS_DONE;
    if (description.fault != NULL)
        status = files_refuse(input_name(description.input), description.fault);
    else
        status = compare(resume, page_text(&description.page));
    return status == STATUS_DONE ? STATUS_DONE : STATUS_FAILED;
}

enum status resume_mark(struct resume *resume, struct position position, uint64_t n_rejected,
                        bool done)
{
    struct printing printing = {.resume = resume};
    printing.state = (struct checkpoint){
        .run = resume->state.run, .position = position, .n_rejected = n_rejected, .done = done};
    enum status status = done ? still_the_same(resume) : STATUS_DONE;
    if (status == STATUS_DONE)
        status = sync_outputs(resume->folder->sinks);
    if (status != STATUS_DONE)
        return status;
    arena_reset(&resume->page_arena);
    if (!arena_try(&resume->page_arena, print, &printing))
        return out_of_memory(NO_PLACE);
    if (checkpoint_write(&resume->file, page_text(&printing.page)))
        return STATUS_DONE;
    message((struct place){.file = resume->file.name}, SEVERITY_ERROR, "cannot write: %s",
            strerror(errno));
    return STATUS_FAILED;
}

enum status resume_keep_names(const struct resume *resume)
{
    const struct options *options = resume->folder->options;
    bool kept = sync_entry(options->rejects) && sync_entry(options->audit_file) &&
                sync_entry(options->split);
    return kept ? STATUS_DONE : STATUS_FAILED;
}

enum status resume_begin(struct resume *resume)
{
    return resume_mark(resume, (struct position){0}, 0, false);
}
