#include "cli/options.h"

#include "base/system.h"
#include "cli/usage.h"

#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

const char options_help[] =
    "usage: assent [OPTIONS] -m MAPPING [EVENTS...]\n"
    "Writes one tagged line per event and destination that the event's consent permits.\n"
    "\n"
    "  -m, --mapping FILE      which consent categories each destination needs\n"
    "  -f, --format tsv|json   the tag's form (default: tsv)\n"
    "  -d, --destination ID    only this destination; may repeat\n"
    "  -j, --jobs N            worker threads (default: one per processor)\n"
    "      --audit FILE        put every decision on record, as JSON lines\n"
    "      --audit-only WHICH  only decisions that block or deliver\n"
    "      --checkpoint FILE   go on where an interrupted run with the same file stopped\n"
    "      --checkpoint-every BYTES\n"
    "                          of input, between two checkpoints (default: 256M)\n"
    "      --force             replace files that are in the way of --split\n"
    "      --max-line BYTES    longer lines are rejected (default: 16M; suffixes K, M, G)\n"
    "      --rejects FILE      keep the lines that are not events\n"
    "      --on-reject ACTION  continue (default) or stop\n"
    "      --progress[=WHEN]   show how far it has come: auto (default: on a terminal), always\n"
    "                          or never\n"
    "      --sandbox WHEN      give up what a filter does not need: auto (default: as far as the\n"
    "                          system can), require or off\n"
    "      --since TIME        only events whose timestamp is this or later\n"
    "      --split DIR         a file for each destination, untagged, in place of standard output\n"
    "      --split-compress gz|zst\n"
    "                          compress those files\n"
    "      --stats[=FORM]      count decisions on standard error: table (default) or json\n"
    "      --until TIME        only events whose timestamp is earlier\n"
    "  -h, --help              show this help\n"
    "  -V, --version           show the version\n"
    "\n"
    "Other commands, each with its own --help:\n"
    "  assent check MAPPING... check mapping files\n"
    "  assent diff OLD NEW     what a change of the mapping changes\n"
    "  assent explain          why a destination does or does not get an event\n"
    "  assent report           who would get how much, as a page of HTML\n"
    "\n"
    "No EVENTS, or -: standard input. See assent(1) and assent-mapping(5).\n";

enum { JOBS_MOST = 256 };

enum {
    OPTION_MAX_LINE = 256,
    OPTION_REJECTS,
    OPTION_ON_REJECT,
    OPTION_STATS,
    OPTION_PROGRESS,
    OPTION_AUDIT,
    OPTION_AUDIT_ONLY,
    OPTION_SINCE,
    OPTION_UNTIL,
    OPTION_SPLIT,
    OPTION_SPLIT_COMPRESS,
    OPTION_FORCE,
    OPTION_CHECKPOINT,
    OPTION_CHECKPOINT_EVERY,
    OPTION_SANDBOX,
};

static const struct option long_options[] = {
    {"mapping", required_argument, NULL, 'm'},
    {"format", required_argument, NULL, 'f'},
    {"destination", required_argument, NULL, 'd'},
    {"jobs", required_argument, NULL, 'j'},
    {"max-line", required_argument, NULL, OPTION_MAX_LINE},
    {"audit", required_argument, NULL, OPTION_AUDIT},
    {"audit-only", required_argument, NULL, OPTION_AUDIT_ONLY},
    {"checkpoint", required_argument, NULL, OPTION_CHECKPOINT},
    {"checkpoint-every", required_argument, NULL, OPTION_CHECKPOINT_EVERY},
    {"force", no_argument, NULL, OPTION_FORCE},
    {"rejects", required_argument, NULL, OPTION_REJECTS},
    {"split", required_argument, NULL, OPTION_SPLIT},
    {"split-compress", required_argument, NULL, OPTION_SPLIT_COMPRESS},
    {"on-reject", required_argument, NULL, OPTION_ON_REJECT},
    {"since", required_argument, NULL, OPTION_SINCE},
    {"until", required_argument, NULL, OPTION_UNTIL},
    {"progress", optional_argument, NULL, OPTION_PROGRESS},
    {"sandbox", required_argument, NULL, OPTION_SANDBOX},
    {"stats", optional_argument, NULL, OPTION_STATS},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

/* The values of options, in the order of their enums. */
static const char *const format_words[] = {"tsv", "json", NULL};
static const char *const on_reject_words[] = {"continue", "stop", NULL};
static const char *const progress_words[] = {"never", "auto", "always", NULL};
static const char *const sandbox_words[] = {"auto", "require", "off", NULL};
static const char *const stats_words[] = {"table", "json", NULL};
static const char *const audit_words[] = {"block", "deliver", NULL};
static const char *const packing_words[] = {"gz", "zst", NULL};

static const char command[] = "assent";
static const char letters[] = ":m:f:d:j:hV";

static bool wrong(const char *what)
{
    return usage_wrong(command, what, "");
}

static bool fits(bool value_fits, const char *what)
{
    return usage_fits(command, value_fits, what);
}

/* A number of bytes with an optional suffix K, M or G (powers of 1024); at least 1. */
static bool read_size(const char *text, size_t *size)
{
    size_t n = 0, unit = 1;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (n > SIZE_MAX / 100)
            return false;
        n = n * 10 + (size_t)(*at - '0');
    }
    if (at != text && *at != '\0') {
        static const char units[] = "KMG";
        const char *suffix = strchr(units, *at++);
        if (suffix == NULL)
            return false;
        unit <<= 10 * (suffix - units + 1);
    }
    /* Far below SIZE_MAX, so that no sum with it overflows. */
    if (*at != '\0' || n == 0 || n > SIZE_MAX / 3 / unit)
        return false;
    *size = n * unit;
    return true;
}

static bool read_jobs(const char *text, size_t *jobs)
{
    size_t n = 0;
    for (; *text >= '0' && *text <= '9' && n <= JOBS_MOST; text++)
        n = n * 10 + (size_t)(*text - '0');
    *jobs = n;
    return *text == '\0' && n >= 1 && n <= JOBS_MOST;
}

/* The options of a run's files. */
static bool read_file_option(struct options *options, int option)
{
    int word;
    switch (option) {
    case OPTION_REJECTS:
        options->rejects = optarg;
        return true;
    case OPTION_AUDIT:
        options->audit_file = optarg;
        return true;
    case OPTION_AUDIT_ONLY:
        word = word_find(audit_words, text_of(optarg));
        options->audit = (enum audit_which)(word + AUDIT_BLOCKED);
        return fits(word >= 0, "--audit-only is block or deliver, not ");
    case OPTION_SPLIT:
        options->split = optarg;
        return true;
    case OPTION_SPLIT_COMPRESS:
        word = word_find(packing_words, text_of(optarg));
        options->split_packing = (enum packing)(word + PACKING_GZIP);
        return fits(word >= 0, "--split-compress is gz or zst, not ");
    case OPTION_FORCE:
        options->force = true;
        return true;
    case OPTION_CHECKPOINT:
        options->checkpoint = optarg;
        return true;
    default:
        return fits(read_size(optarg, &options->checkpoint_every),
                    "--checkpoint-every is a number of bytes such as 65536 or 16M, not ");
    }
}

static bool read_option(struct options *options, int option, char **argv)
{
    int word;
    switch (option) {
    case 'm':
        options->mapping = optarg;
        return true;
    case 'f':
        word = word_find(format_words, text_of(optarg));
        options->format = (enum format)word;
        return fits(word >= 0, "--format is tsv or json, not ");
    case 'd':
        options->asked.ids[options->asked.n++] = optarg;
        return true;
    case 'j':
        return fits(read_jobs(optarg, &options->jobs), "--jobs is a number from 1 to 256, not ");
    case OPTION_MAX_LINE:
        return fits(read_size(optarg, &options->max_line),
                    "--max-line is a number of bytes such as 65536 or 16M, not ");
    case OPTION_REJECTS:
    case OPTION_AUDIT:
    case OPTION_AUDIT_ONLY:
    case OPTION_SPLIT:
    case OPTION_SPLIT_COMPRESS:
    case OPTION_FORCE:
    case OPTION_CHECKPOINT:
    case OPTION_CHECKPOINT_EVERY:
        return read_file_option(options, option);
    case OPTION_ON_REJECT:
        word = word_find(on_reject_words, text_of(optarg));
        options->stop_on_reject = word == 1;
        return fits(word >= 0, "--on-reject is continue or stop, not ");
    case OPTION_SINCE:
        options->span.has_since = true;
        return fits(moment_read_loosely(text_of(optarg), &options->span.since),
                    "--since is a time such as 2026-11-24 or 2026-11-24T12:00:00Z, not ");
    case OPTION_UNTIL:
        options->span.has_until = true;
        return fits(moment_read_loosely(text_of(optarg), &options->span.until),
                    "--until is a time such as 2026-11-24 or 2026-11-24T12:00:00Z, not ");
    case OPTION_PROGRESS:
        word = optarg == NULL ? PROGRESS_AUTO : word_find(progress_words, text_of(optarg));
        options->progress = (enum progress_when)word;
        return fits(word >= 0, "--progress is auto, always or never, not ");
    case OPTION_SANDBOX:
        word = word_find(sandbox_words, text_of(optarg));
        options->sandbox = (enum sandbox_when)word;
        return fits(word >= 0, "--sandbox is auto, require or off, not ");
    case OPTION_STATS:
        word = optarg == NULL ? 0 : word_find(stats_words, text_of(optarg));
        options->stats = (enum stats_form)(word + STATS_TABLE);
        return fits(word >= 0, "--stats is table or json, not ");
    case 'h':
        options->help = true;
        return true;
    case 'V':
        options->version = true;
        return true;
    default:
        return usage_no_option(command, letters, option, argv);
    }
}

bool options_read(struct options *options, int argc, char **argv)
{
    static const char *const standard_input[] = {"-", NULL};
    *options = (struct options){.max_line = MAX_LINE_DEFAULT,
                                .checkpoint_every = CHECKPOINT_EVERY_DEFAULT,
                                .events = standard_input};
    options->jobs = system_processors();
    if (options->jobs > JOBS_MOST)
        options->jobs = JOBS_MOST;
    if (!asked_init(&options->asked, argc))
        return false;
    opterr = 0;
    int option;
    while ((option = getopt_long(argc, argv, letters, long_options, NULL)) != -1)
        if (!read_option(options, option, argv))
            return false;
    if (options->help || options->version)
        return true;
    if (options->mapping == NULL)
        return wrong("no mapping: name one with -m");
    if (options->split == NULL && options->split_packing != PACKING_NONE)
        return wrong("--split-compress is about the files of --split: name their folder");
    if (options->split != NULL && options->format != FORMAT_TSV)
        return wrong("--format is about tags, which the files of --split have none of");
    if (options->split == NULL && options->force)
        return wrong("--force is about the files of --split: name their folder");
    if (options->audit != AUDIT_NONE && options->audit_file == NULL)
        return wrong("--audit-only narrows an audit: name its file with --audit");
    if (options->audit_file != NULL && options->audit == AUDIT_NONE)
        options->audit = AUDIT_ALL;
    if (optind < argc)
        options->events = (const char *const *)&argv[optind];
    return true;
}

void options_free(struct options *options)
{
    asked_free(&options->asked);
}
