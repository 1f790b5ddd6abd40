#include "cli/check_options.h"

#include "cli/usage.h"

#include <getopt.h>
#include <stdlib.h>

const char check_options_help[] =
    "usage: assent check [OPTIONS] MAPPING...\n"
    "Checks mapping files and tells every finding with its place and how to mend it.\n"
    "\n"
    "  -f, --format FORM       text (default), json, github or sarif\n"
    "      --strict            warnings fail, too\n"
    "      --against EVENTS    compare with real events (-: standard input); may repeat\n"
    "  -h, --help              show this help\n"
    "\n"
    "Status: 0 no errors, 1 findings, 2 usage or a file that cannot be opened.\n"
    "See assent-check(1).\n";

enum { OPTION_STRICT = 256, OPTION_AGAINST };

static const struct option long_options[] = {
    {"format", required_argument, NULL, 'f'},
    {"strict", no_argument, NULL, OPTION_STRICT},
    {"against", required_argument, NULL, OPTION_AGAINST},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static const char command[] = "assent check";
static const char letters[] = ":f:h";

static bool read_option(struct check_options *options, int option, char **argv, size_t *n_against)
{
    switch (option) {
    case 'f':
        options->form = report_form_find(optarg);
        return usage_fits(command, options->form != NULL,
                          "--format is text, json, github or sarif, not ");
    case OPTION_STRICT:
        options->strict = true;
        return true;
    case OPTION_AGAINST:
        options->against[(*n_against)++] = optarg;
        return true;
    case 'h':
        options->help = true;
        return true;
    default:
        return usage_no_option(command, letters, option, argv);
    }
}

bool check_options_read(struct check_options *options, int argc, char **argv)
{
    *options = (struct check_options){.form = report_form_find("text")};
    options->against = calloc((size_t)argc + 1, sizeof *options->against);
    if (options->against == NULL)
        return usage_wrong(command, "out of memory", "");
    opterr = 0;
    size_t n_against = 0;
    int option;
    while ((option = getopt_long(argc, argv, letters, long_options, NULL)) != -1)
        if (!read_option(options, option, argv, &n_against))
            return false;
    options->mappings = &argv[optind];
    options->n_mappings = (size_t)(argc - optind);
    if (!options->help && options->n_mappings == 0)
        return usage_wrong(command, "no mapping: name the files to check", "");
    return true;
}

void check_options_free(struct check_options *options)
{
    free(options->against);
}
