#include "tasks/isr/options.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "tasks/isr/synthesize.h"

#include <errno.h>

/* What the words on the command line have said so far. */
struct parse {
	struct options options;
	const char *words[2]; /* those that are no options */
	int word_count;
	const char *only_synthesize; /* an option that makes sense only there */
	const char *only_reduce;
};

static int take_no_output(void *context, const char *value, struct error *err)
{
	struct parse *const parse = context;
	(void)value, (void)err;
	parse->options.no_output = true;
	parse->only_reduce = "--no-output";
	return 0;
}

static int take_calib(void *context, const char *value, struct error *err)
{
	struct parse *const parse = context;
	(void)err;
	parse->options.calibrations = value;
	parse->only_reduce = "--calib";
	return 0;
}

static int take_synthesize(void *context, const char *value, struct error *err)
{
	struct parse *const parse = context;
	parse->options.is_synthesis = true;
	return number_parse_integer(value, 1, SYNTHESIZE_MOST, &parse->options.count, err);
}

static int take_seed(void *context, const char *value, struct error *err)
{
	struct parse *const parse = context;
	parse->only_synthesize = "--seed";
	return number_parse_integer(value, 0, INT64_MAX, &parse->options.seed, err);
}

static int take_size(void *context, const char *value, struct error *err)
{
	struct parse *const parse = context;
	parse->only_synthesize = "--size";
	const int r = number_parse_real(value, &parse->options.size, err);
	if (r < 0)
		return r;
	if (!(parse->options.size >= 0.1 && parse->options.size <= 1))
		return error_set(err, EINVAL, "%s is not between 0.1 and 1", value);
	return 0;
}

static int take_word(void *context, const char *word, struct error *err)
{
	struct parse *const parse = context;
	if (parse->word_count == (int)ARRAY_LENGTH(parse->words))
		return error_set(err, EINVAL, "too many names, from %s on", word);
	parse->words[parse->word_count++] = word;
	return 0;
}

static const struct task_option options_table[] = {
        {"--calib", "DIR", take_calib,
         "calibrations (default: the folder CALIBDIR of\n"
         "INPUT's header names, beside INPUT)"},
        {"--no-output", NULL, take_no_output, "do everything but write OUTPUT (give no OUTPUT)"},
        {"--synthesize", "COUNT", take_synthesize,
         "make COUNT raw exposures in DIR, raw-00000.fits and on,\n"
         "and calibrations in DIR/calib"},
        {"--seed", "S", take_seed,
         "seed of what is made (default 1); same seed, same\n"
         "files"},
        {"--size", "F", take_size,
         "width and height of every amplifier's data times F, 0.1\n"
         "to 1 (default 1: a CCD of 4072 x 4000); overscans stay\n"
         "as they are"},
};

const struct task_command isr_command = {
        .name = "plateau-isr",
        .summary = "remove the instrument signature from a raw CCD exposure, as a task",
        .usage = "INPUT.fits OUTPUT.fits [--calib DIR]\n"
                 "INPUT.fits --no-output [--calib DIR]\n"
                 "--synthesize COUNT DIR [--seed S] [--size F]",
        .about = "Removes the instrument signature from a raw CCD exposure of 16 amplifiers:\n"
                 "overscan, bias, variance, crosstalk, saturation, brighter-fatter, dark, flat,\n"
                 "defects, background. Writes image, variance and mask as FITS; logs every step\n"
                 "on stderr in the long format of the LSST pipelines.\n",
        .options = options_table,
        .option_count = ARRAY_LENGTH(options_table),
        .notes = "Files made by --synthesize that are there already are kept.\n"
                 "Exit status: 0 done, 1 something failed while running, 2 usage or bad input.\n",
        .take_word = take_word,
};

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

int options_parse(int argc, char *const argv[], struct options *ret, enum task_action *ret_action,
                  struct error *err)
{
	struct parse parse = {.options = {.seed = 1, .size = 1}};
	int r = task_command_parse(&isr_command, argc, argv, &parse, ret_action, err);
	if (r < 0 || *ret_action != TASK_RUN)
		return r;
	r = parse.options.is_synthesis ? finish_synthesize(&parse, err)
	                               : finish_reduce(&parse, err);
	if (r == 0)
		*ret = parse.options;
	return r;
}
