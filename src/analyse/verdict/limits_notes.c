/* What a person is told of where limits come from. */
#include "analyse/verdict/limits_parts.h"
#include "core/clock.h"
#include "core/letter.h"
#include "core/str.h"
#include "model/command_line.h"

#include <string.h>

static int note_basis(struct proposing *p, struct error *err)
{
	if (p->limits->is_within_run)
		return words_addf(
		        &p->limits->notes, err,
		        "From %zu run%s, which say%s nothing of how much the node differs from run "
		        "to run: limits rest on the spread of repeats within a run, and leave %g "
		        "%% "
		        "besides. %d or more runs of good nodes make better ones.",
		        p->count, p->count > 1 ? "s" : "", p->count > 1 ? "" : "s",
		        100 * LIMITS_ALLOWANCE_UNKNOWN, LIMITS_RUNS_LEAST);
	return words_addf(
	        &p->limits->notes, err,
	        "From %zu runs: a node that differs from run to run as they do passes all "
	        "limits together in %g of 100 cases.",
	        p->count, 100 * (1 - LIMITS_MISS));
}

/* A fact of the runs that is alike in all; NULL where it is not, or not known. */
static const char *common(const struct proposing *p, const char *(*of)(const struct dataset *))
{
	const char *const first = of(p->runs[0]->dataset);
	for (size_t i = 1; first && i < p->count; i++) {
		const char *const other = of(p->runs[i]->dataset);
		if (!other || strcmp(first, other) != 0)
			return NULL;
	}
	return first;
}

/* The same, as it is told. */
static const char *told(const struct proposing *p, const char *(*of)(const struct dataset *))
{
	const char *const text = common(p, of);
	return text ? text : of(p->runs[0]->dataset) ? "several" : "not known";
}

static const char *scenario_of(const struct dataset *dataset)
{
	return dataset->run.name;
}

static const char *command_of(const struct dataset *dataset)
{
	return dataset->run.command;
}

static const char *host_of(const struct dataset *dataset)
{
	return host_facts_get(&dataset->host, "hostname");
}

static const char *processor_of(const struct dataset *dataset)
{
	return host_facts_get(&dataset->host, "processor");
}

/* Of what these limits are: who finds the file later knows what it may be held against. */
static int note_source(struct proposing *p, struct error *err)
{
	int r = words_addf(&p->limits->notes, err,
	                   "For scenario %.80s, command %.200s, on %.120s; measured on %.80s.",
	                   told(p, scenario_of), told(p, command_of), told(p, processor_of),
	                   told(p, host_of));
	for (size_t i = 0; r == 0 && i < p->count; i++) {
		char utc[CLOCK_TEXT_BYTES];
		const int64_t at_ns = p->runs[i]->dataset->run.origin_calendar_ns;
		clock_format_utc(at_ns > 0 ? at_ns : 0, utc);
		r = words_addf(&p->limits->notes, err, "Run: %.200s of %.10s.",
		               limits_run_path(p->runs[i]), at_ns > 0 ? utc : "an unknown day");
	}
	return r;
}

static bool is_text(const char *text)
{
	for (size_t length; *text; text += length) {
		uint32_t letter;
		length = letter_decode(text, &letter);
		if (length == 0)
			return false;
	}
	return true;
}

static int set_origin(struct proposing *p, const char *what, const char *text, char **ret_text,
                      struct error *err)
{
	if (!text || !text[0])
		return 0;
	if (strlen(text) <= CRITERIA_ORIGIN_MOST_BYTES && is_text(text))
		return str_copy(text, ret_text, err);
	return words_addf(&p->limits->notes, err,
	                  "The %s is not put down under made_from: it is %s. Nobody is warned when "
	                  "these criteria are held against another one.",
	                  what, is_text(text) ? "too long" : "not UTF-8");
}

/* Commands that differ in folders alone are one. */
static const char *common_command(const struct proposing *p)
{
	const char *const first = command_of(p->runs[0]->dataset);
	for (size_t i = 1; first && i < p->count; i++) {
		const char *const other = command_of(p->runs[i]->dataset);
		if (!other || !command_line_is_same(first, other))
			return NULL;
	}
	return first;
}

int limits_set_origin(struct proposing *p, struct error *err)
{
	struct criteria_origin *const origin = &p->limits->criteria.origin;
	int r = set_origin(p, "command", common_command(p), &origin->command, err);
	if (r == 0)
		r = set_origin(p, "processor", common(p, processor_of), &origin->processor, err);
	if (r == 0)
		r = set_origin(p, "scenario", common(p, scenario_of), &origin->scenario, err);
	return r;
}

/* What a good run warns of itself is in the limits, too. */
static int note_warnings(struct proposing *p, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < p->count; i++) {
		const struct summary *const summary = &p->runs[i]->summary;
		/* They are sorted. */
		if (summary->warning_count > 0 && summary_warning_is_serious(&summary->warnings[0]))
			r = words_addf(&p->limits->notes, err,
			               "%.120s is no run of an undisturbed node: %.400s Limits "
			               "from it are wider than the node deserves.",
			               limits_run_path(p->runs[i]), summary->warnings[0].text);
	}
	return r;
}

int limits_note_runs(struct proposing *p, struct error *err)
{
	int r = note_basis(p, err);
	if (r == 0)
		r = note_source(p, err);
	return r == 0 ? note_warnings(p, err) : r;
}
