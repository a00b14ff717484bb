#include "tasks/isr/options.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "tasks/isr/synthesize.h"

#include <errno.h>
#include <string.h>

/* What the words on the command line have said so far. */
struct parse {
	struct options options;
	const char *words[2]; /* those that are no options */
	int word_count;
	const char *only_synthesize; /* an option that makes sense only there */
	const char *only_reduce;
};

typedef int (*option_function)(struct parse *parse, const char *value, struct error *err);

static int take_help(struct parse *parse, const char *value, struct error *err)
{
	(void)value, (void)err;
	parse->options.action = ACTION_HELP;
	return 0;
}

static int take_version(struct parse *parse, const char *value, struct error *err)
{
	(void)value, (void)err;
	parse->options.action = ACTION_VERSION;
	return 0;
}

static int take_no_output(struct parse *parse, const char *value, struct error *err)
{
	(void)value, (void)err;
	parse->options.no_output = true;
	parse->only_reduce = "--no-output";
	return 0;
}

static int take_calib(struct parse *parse, const char *value, struct error *err)
{
	(void)err;
	parse->options.calibrations = value;
	parse->only_reduce = "--calib";
	return 0;
}

static int take_synthesize(struct parse *parse, const char *value, struct error *err)
{
	parse->options.action = ACTION_SYNTHESIZE;
	return number_parse_integer(value, 1, SYNTHESIZE_MOST, &parse->options.count, err);
}

static int take_seed(struct parse *parse, const char *value, struct error *err)
{
	parse->only_synthesize = "--seed";
	return number_parse_integer(value, 0, INT64_MAX, &parse->options.seed, err);
}

static int take_size(struct parse *parse, const char *value, struct error *err)
{
	parse->only_synthesize = "--size";
	const int r = number_parse_real(value, &parse->options.size, err);
	if (r < 0)
		return r;
	if (!(parse->options.size >= 0.1 && parse->options.size <= 1))
		return error_set(err, EINVAL, "%s is not between 0.1 and 1", value);
	return 0;
}

static const struct option {
	const char *name;
	const char *value; /* how help calls it; NULL: takes none */
	option_function take;
	const char *help;
} options_table[] = {
        {"--calib", "DIR", take_calib,
         "calibrations (default: the folder CALIBDIR of INPUT's header names, beside INPUT)"},
        {"--no-output", NULL, take_no_output, "do everything but write OUTPUT (give no OUTPUT)"},
        {"--synthesize", "COUNT", take_synthesize,
         "make COUNT raw exposures in DIR, raw-00000.fits and on, and calibrations in DIR/calib"},
        {"--seed", "S", take_seed, "seed of what is made (default 1); same seed, same files"},
        {"--size", "F", take_size,
         "width and height of every amplifier's data times F, 0.1 to 1 (default 1: a CCD of "
         "4072 x 4000); overscans stay as they are"},
        {"--help", NULL, take_help, "print this and exit"},
        {"--version", NULL, take_version, "print the version and exit"},
};

static int unknown_option(const char *argument, struct error *err)
{
	const char *const near = str_nearest(argument, &options_table[0].name,
	                                     ARRAY_LENGTH(options_table), sizeof *options_table);
	return error_set(err, EINVAL, "unknown option %s%s%s; see plateau-isr --help", argument,
	                 near ? ", did you mean " : "", near ? near : "");
}

/* An option, as "--name value" or "--name=value"; *at moves past what was used. */
static int parse_option(struct parse *parse, int argc, char *const argv[], int *at,
                        struct error *err)
{
	const char *const argument = argv[(*at)++];
	const size_t name_bytes = strcspn(argument, "=");
	const struct option *option = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(options_table); i++) {
		if (strlen(options_table[i].name) == name_bytes &&
		    strncmp(options_table[i].name, argument, name_bytes) == 0)
			option = &options_table[i];
	}
	if (!option)
		return unknown_option(argument, err);
	const char *value = argument[name_bytes] ? argument + name_bytes + 1 : NULL;
	if (!option->value && value)
		return error_set(err, EINVAL, "%s takes no value", option->name);
	if (option->value && !value) {
		if (*at >= argc)
			return error_set(err, EINVAL, "%s needs a value: %s %s", option->name,
			                 option->name, option->value);
		value = argv[(*at)++];
	}
	const int r = option->take(parse, value, err);
	return r < 0 ? error_context(err, r, "%s", option->name) : 0;
}

static int finish_synthesize(struct parse *parse, struct error *err)
{
	if (parse->word_count != 1)
		return error_set(err, EINVAL,
		                 "--synthesize COUNT needs one folder: "
		                 "plateau-isr --synthesize COUNT DIR");
	if (parse->only_reduce)
		return error_set(err, EINVAL, "%s has no meaning with --synthesize",
		                 parse->only_reduce);
	parse->options.folder = parse->words[0];
	return 0;
}

static int finish_reduce(struct parse *parse, struct error *err)
{
	const int wanted = parse->options.no_output ? 1 : 2;
	if (parse->word_count != wanted)
		return error_set(err, EINVAL, "%s; see plateau-isr --help",
		                 wanted == 1 ? "--no-output needs INPUT.fits alone"
		                             : "two names are needed: INPUT.fits OUTPUT.fits");
	if (parse->only_synthesize)
		return error_set(err, EINVAL, "%s has a meaning with --synthesize only",
		                 parse->only_synthesize);
	parse->options.input = parse->words[0];
	parse->options.output = parse->options.no_output ? NULL : parse->words[1];
	return 0;
}

int options_parse(int argc, char *const argv[], struct options *ret, struct error *err)
{
	struct parse parse = {.options = {.action = ACTION_REDUCE, .seed = 1, .size = 1}};
	bool only_words = false;
	for (int at = 1; at < argc;) {
		if (!only_words && strcmp(argv[at], "--") == 0) {
			only_words = true;
			at++;
		} else if (!only_words && argv[at][0] == '-' && argv[at][1]) {
			const int r = parse_option(&parse, argc, argv, &at, err);
			if (r < 0)
				return r;
		} else if (parse.word_count == (int)ARRAY_LENGTH(parse.words)) {
			return error_set(err, EINVAL, "too many names, from %s on", argv[at]);
		} else {
			parse.words[parse.word_count++] = argv[at++];
		}
		if (parse.options.action == ACTION_HELP || parse.options.action == ACTION_VERSION)
			break;
	}
	int r = 0;
	if (parse.options.action == ACTION_SYNTHESIZE)
		r = finish_synthesize(&parse, err);
	else if (parse.options.action == ACTION_REDUCE)
		r = finish_reduce(&parse, err);
	if (r == 0)
		*ret = parse.options;
	return r;
}

void options_print_help(FILE *stream)
{
	fputs("Usage: plateau-isr INPUT.fits OUTPUT.fits [--calib DIR]\n"
	      "       plateau-isr INPUT.fits --no-output [--calib DIR]\n"
	      "       plateau-isr --synthesize COUNT DIR [--seed S] [--size F]\n"
	      "\n"
	      "Removes the instrument signature from a raw CCD exposure of 16 amplifiers: "
	      "overscan,\n"
	      "bias, variance, crosstalk, saturation, brighter-fatter, dark, flat, defects,\n"
	      "background. Writes image, variance and mask as FITS; logs every step on stderr in "
	      "the\n"
	      "long format of the LSST pipelines.\n"
	      "\n",
	      stream);
	for (size_t i = 0; i < ARRAY_LENGTH(options_table); i++) {
		char left[32];
		snprintf(left, sizeof left, "%s%s%s", options_table[i].name,
		         options_table[i].value ? " " : "",
		         options_table[i].value ? options_table[i].value : "");
		fprintf(stream, "  %-20s %s\n", left, options_table[i].help);
	}
	fputs("\n"
	      "Files made by --synthesize that are there already are kept.\n"
	      "Exit status: 0 done, 1 something failed while running, 2 usage or bad input.\n",
	      stream);
}
