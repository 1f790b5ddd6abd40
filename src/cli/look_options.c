#include "cli/look_options.h"

#include "cli/files.h"
#include "cli/show.h"
#include "cli/usage.h"

static const char *const form_words[] = {"text", "json", NULL};

static bool read_line_number(const char *text, uint64_t *line)
{
    uint64_t n = 0;
    for (; *text >= '0' && *text <= '9' && n < UINT64_MAX / 100; text++)
        n = n * 10 + (uint64_t)(*text - '0');
    *line = n;
    return *text == '\0' && n != 0;
}

static bool read_option(struct look_options *options, const struct look_command *command,
                        int option, char **argv)
{
    int word;
    switch (option) {
    case 'm':
        options->mapping = optarg;
        return true;
    case 'd':
        options->asked.ids[options->asked.n++] = optarg;
        return true;
    case 'f':
        word = word_find(form_words, text_of(optarg));
        options->json = word == 1;
        return usage_fits(command->name, word >= 0, "--format is text or json, not ");
    case LOOK_LINE:
        return usage_fits(command->name, read_line_number(optarg, &options->line),
                          "--line is a number from 1 on, not ");
    case LOOK_MESSAGE_ID:
        options->message_id = optarg;
        return true;
    case 'h':
        options->help = true;
        return true;
    default:
        return usage_no_option(command->name, command->letters, option, argv);
    }
}

bool look_options_read(struct look_options *options, const struct look_command *command, int argc,
                       char **argv, enum status *status)
{
    *options = (struct look_options){0};
    *status = STATUS_USAGE;
    if (!asked_init(&options->asked, argc))
        return false;
    opterr = 0;
    int option;
    while ((option = getopt_long(argc, argv, command->letters, command->long_options, NULL)) != -1)
        if (!read_option(options, command, option, argv))
            return false;
    options->rest = &argv[optind];
    options->n_rest = (size_t)(argc - optind);
    if (options->help) {
        *status = show(command->help);
        return false;
    }
    if (command->needs_mapping && options->mapping == NULL)
        return usage_wrong(command->name, "no mapping: name one with -m", "");
    *status = STATUS_DONE;
    return true;
}

void look_options_free(struct look_options *options)
{
    asked_free(&options->asked);
}

bool look_events(const struct look_options *options, size_t first, const char *const **events)
{
    static const char *const standard_input[] = {"-", NULL};
    *events = first < options->n_rest ? (const char *const *)options->rest + first : standard_input;
    return events_can_be_read(*events);
}
