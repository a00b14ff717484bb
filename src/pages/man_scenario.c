/* plateau-scenario(5): every key, from the table that files are bound by. */
#include "core/array.h"
#include "formats/scenario/scenario_keys.h"
#include "model/measure.h"
#include "pages/pages.h"
#include "pages/roff.h"

#include <string.h>

static const char description[] =
        "A scenario says what to run, how many at once, and for how long. It is a YAML file:\n\n"
        "  name: my-task\n"
        "  task:\n"
        "    command: [my-task, \"{input}\", \"{workdir}/out\"]\n"
        "    inputs: \"/data/raw/*.fits\"\n"
        "  sweep:\n"
        "    levels: [1, 2, 4, cores, pus]\n\n"
        "`plateau plan FILE` shows what it means on this node and runs nothing, `plateau run FILE` "
        "runs it. The file is checked as a whole before anything runs, and everything that is "
        "wrong is told at once, with line and column.\n\n"
        "Durations and sizes have a unit: 300s, 1.5 h, 2.6 GB, 512 MiB. A level is a number (16), "
        "a "
        "range (8-64, 8-64/8), a share of the cores (50%), cores, or pus. In words of the command "
        "and in values of the environment {input}, {index}, {slot}, {level}, {workdir} and {cpu} "
        "are filled in for every task; {{ and }} are the braces themselves. In YAML a word with "
        "braces needs quotes.\n\n"
        "docs/scenario.md tells more of each part, with examples.";

static int add_key(const char *path, const struct bind_key *key, void *context)
{
	struct str *const s = context;
	roff_term(s, path, NULL);
	roff_text(s, key->help);
	str_add(s, ".br\n");
	roff_plain(s, key->type);
	if (strcmp(key->default_text, "required") == 0)
		str_add(s, "; required");
	else if (key->default_text[0]) {
		str_add(s, "; default: ");
		roff_plain(s, key->default_text);
	}
	str_add(s, "; example: \\fB");
	roff_plain(s, key->example);
	str_add(s, "\\fR\n");
	return 0;
}

static void add_metrics(struct str *s)
{
	roff_section(s, "metrics of criteria");
	for (size_t i = 0; i < ARRAY_LENGTH(measures); i++) {
		/* "counter." is the beginning of names. */
		const bool is_open = measures[i].name[strlen(measures[i].name) - 1] == '.';
		roff_term(s, measures[i].name, is_open ? "NAME" : NULL);
		roff_text(s, measures[i].help);
	}
}

void page_scenario(struct str *s, const char *date)
{
	const struct roff_page page = {.name = "plateau-scenario",
	                               .section = 5,
	                               .summary = "what plateau is to run: keys of a scenario file",
	                               .date = date};
	roff_begin(s, &page);
	roff_section(s, "description");
	roff_paragraphs(s, description);
	roff_section(s, "keys");
	(void)scenario_keys_visit(add_key, s); /* add_key never stops it */
	add_metrics(s);
	roff_section(s, "see also");
	roff_reference(s, "plateau-run", 1, true);
	roff_reference(s, "plateau-plan", 1, true);
	roff_reference(s, "plateau-accept", 1, true);
	roff_reference(s, "plateau", 1, false);
}
