/* What an acceptance engineer looks for first, as figures: throughput and efficiency at full
 * occupancy, the plateau, how many tasks to run, memory, data quality; and the causes of the loss
 * in a sentence. */
#include "analyse/full_level.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "report/figures.h"
#include "report/level_rows.h"
#include "report/plot/plot_causes.h"
#include "report/plot/plot_overview.h"
#include "report/quality.h"
#include "report/section/section.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct overview {
	const struct findings *findings;
	const struct summary *summary;
	struct document *doc;
	struct full_level at;
	const struct level_summary *full; /* at.level */
	double memory;                    /* bytes; 0: not known */
};

static double fact(const struct findings *findings, const char *name)
{
	return fmax((double)host_facts_count(&findings->dataset->host, name), 0);
}

static void write_interval(const struct overview *o, const struct estimate *estimate, double factor,
                           char text[FIGURE_BYTES + 16])
{
	char interval[FIGURE_BYTES];
	figure_write_interval(estimate, factor, 3, o->doc->style, interval);
	if (estimate_has_interval(estimate))
		snprintf(text, FIGURE_BYTES + 16, "%s: %s",
		         estimate->error_kind == STATED_READING ? "read within" : "95 %", interval);
	else
		snprintf(text, FIGURE_BYTES + 16, "without an interval");
}

static void add_throughput(const struct overview *o)
{
	const struct estimate *const rate = &o->full->throughput_per_s;
	const struct figure_unit unit = level_rate_unit(o->summary);
	const uint32_t threads = o->findings->dataset->run.threads;
	char name[64];
	char interval[FIGURE_BYTES + 16];
	char remark[256];
	summary_level_name(o->summary, o->at.index, name);
	char full[64] = "";
	if (o->at.is_exact && threads > 1)
		snprintf(full, sizeof full, ", tasks of %u threads on all cores", threads);
	else if (o->at.is_exact)
		snprintf(full, sizeof full, ", a task on every core");
	if (rate->value > 0)
		write_interval(o, rate, unit.factor, interval);
	else
		snprintf(interval, sizeof interval, "in some trial no task succeeded");
	if (o->full->is_stated)
		snprintf(remark, sizeof remark, "at %s%s; %s, as stated", name, full, interval);
	else
		snprintf(remark, sizeof remark, "at %s%s; %s, %zu %s", name, full, interval,
		         o->full->trials, number_noun(o->full->trials, "trial", "trials"));
	document_figure(o->doc, TEXT_PLAIN,
	                o->at.is_exact ? "Throughput at full occupancy" : "Throughput", remark,
	                "%.*f tasks%s", figure_estimate_decimals(rate, unit.factor, 3, 4),
	                rate->value * unit.factor, unit.name);
}

/* The concurrency from which linear is drawn: not that of the scenario where that was not run. */
static uint32_t baseline_of(const struct overview *o)
{
	const ptrdiff_t level = summary_baseline(o->summary, o->full->level->policy);
	return level >= 0 ? o->summary->levels[level].level->concurrency
	                  : o->findings->dataset->run.baseline;
}

/* No level has a throughput: why the first has none. */
static void add_nothing(const struct overview *o)
{
	const char *const reason =
	        o->summary->level_count > 0 ? o->summary->levels[0].reason : NULL;
	document_figure(o->doc, TEXT_WARN, "Throughput", reason ? reason : "nothing was measured",
	                "%s", "not known");
}

static void add_efficiency(const struct overview *o)
{
	const struct estimate *const e = &o->full->efficiency;
	char interval[FIGURE_BYTES + 16];
	char remark[160];
	if (!estimate_has_value(e))
		return;
	write_interval(o, e, 1, interval);
	char below[48] = "";
	if (e->value > 0 && e->value < 0.995)
		snprintf(below, sizeof below, "; %.2f times below linear", 1 / e->value);
	if (o->full->is_baseline)
		snprintf(remark, sizeof remark, "it is the baseline itself");
	else if (!(e->value > 0))
		snprintf(remark, sizeof remark, "of linear; in some trial no task succeeded");
	else
		snprintf(remark, sizeof remark, "of linear from N=%u; %s%s", baseline_of(o),
		         interval, below);
	document_figure(o->doc, TEXT_PLAIN, "Efficiency", remark, "%.*f",
	                figure_estimate_decimals(e, 1, 2, 3), e->value);
}

static void add_plateau(const struct overview *o)
{
	if (o->findings->scaling_count == 0)
		return;
	const struct scaling *const scaling = &o->findings->scalings[0];
	const struct plateau *const p = &scaling->plateau;
	const bool is_one_of_several = o->findings->scaling_count > 1;
	char name[80];
	char remark[448] = "";
	snprintf(name, sizeof name, "Plateau%s%s%.40s", p->is_identified ? " begins" : "",
	         is_one_of_several ? ", " : "", is_one_of_several ? scaling->policy : "");
	if (p->is_identified && isfinite(p->low) && isfinite(p->high))
		snprintf(remark, sizeof remark, "%s: N=%.0f %s %.0f",
		         o->full->is_stated ? "by the stated errors" : "95 %", p->low,
		         figure_absent(o->doc->style), p->high);
	else if (!p->is_identified)
		snprintf(remark, sizeof remark, "%s", p->state_reason);
	if (p->is_identified)
		document_figure(o->doc, TEXT_PLAIN, name, remark, "N=%.0f", p->concurrency);
	else
		document_figure(o->doc, TEXT_PLAIN, name, remark, "not identified");
	if (p->recommended > 0)
		document_figure(o->doc, p->is_doubtful ? TEXT_WARN : TEXT_PLAIN,
		                p->is_doubtful ? "Recommended: look at it" : "Recommended",
		                p->reason, "N=%u", p->recommended);
	else
		document_figure(o->doc, TEXT_PLAIN, "Recommended", p->reason, "%s", "none");
}

/* The most that the whole tree of a task was seen to hold at any level, since few may have been
 * sampled at one; NAN: it is not known. */
static double largest_tree(const struct summary *summary)
{
	double most = NAN;
	for (size_t i = 0; i < summary->level_count; i++)
		most = fmax(most, summary->levels[i].peak_pss_bytes.max);
	return most;
}

static void add_memory(const struct overview *o)
{
	const double process = o->full->max_rss_bytes.max;
	const double tree = largest_tree(o->summary);
	const double task = fmax(process, tree);
	const char *const whose = tree > process || isnan(process)
	                                  ? "PSS of all its processes, as sampled"
	                                  : "max RSS of its largest process";
	char size[NUMBER_TEXT_BYTES];
	char all[NUMBER_TEXT_BYTES];
	char total[NUMBER_TEXT_BYTES];
	char share[NUMBER_TEXT_BYTES];
	char remark[256];
	snprintf(remark, sizeof remark, "%s", whose);
	if (!(task > 0)) {
		const char *const reason = o->full->max_rss_bytes.reason;
		document_figure(o->doc, TEXT_DIM, "Memory of a task", reason ? reason : "", "%s",
		                "not known");
		return;
	}
	const double together = task * o->full->level->concurrency;
	number_format_bytes(llround(task), size);
	number_format_bytes(llround(together), all);
	if (o->memory > 0 && o->at.cores > 0) {
		number_format_bytes(llround(o->memory), total);
		number_format_bytes(llround(o->memory / o->at.cores), share);
		snprintf(remark, sizeof remark,
		         "%s; the node has %s per core; %u %s at once: at most %s of %s", whose,
		         share, o->full->level->concurrency,
		         number_noun(o->full->level->concurrency, "task", "tasks"), all, total);
	}
	document_figure(o->doc, o->memory > 0 && together > o->memory ? TEXT_BAD : TEXT_PLAIN,
	                "Memory of a task", remark, "%s", size);
}

static void add_quality(const struct overview *o)
{
	struct quality quality;
	quality_judge(o->findings, &quality);
	if (quality.count == 0)
		return;
	char remark[256] = "";
	size_t length = 0;
	for (size_t i = 0; i < quality.count; i++)
		if (quality_is_look(quality.items[i].verdict) && length < sizeof remark - 40)
			length += (size_t)snprintf(remark + length, sizeof remark - length, "%s%s",
			                           length ? ", " : "", quality.items[i].name);
	if (quality.looks == 0)
		document_figure(o->doc, TEXT_GOOD, "Data quality",
		                "nothing that weakens the result was found", "%s", "good");
	else
		document_figure(o->doc, TEXT_WARN, "Data quality", remark, "%zu to look at",
		                quality.looks);
}

static void add_causes(const struct overview *o)
{
	struct error err;
	cleanup_free char *sentence = NULL;
	if (!o->findings->attributions)
		return;
	ptrdiff_t level = attribution_top_level(o->summary, o->findings->attributions,
	                                        o->summary->policies[0]);
	/* Of the level that the figures are of, where it is not the baseline itself. */
	if (o->full && attribution_is_compared(o->findings->attributions, o->at.index))
		level = (ptrdiff_t)o->at.index;
	if (level < 0)
		return;
	if (attribution_sentence(o->summary, o->findings->attributions, (size_t)level, &sentence,
	                         &err) < 0)
		o->doc->failed = true;
	else
		document_say(o->doc, TEXT_PLAIN, "%s", sentence);
}

void section_overview(const struct findings *findings, struct document *doc)
{
	struct overview o = {
	        .findings = findings,
	        .summary = &findings->summary,
	        .doc = doc,
	        .memory = fact(findings, "memory_total_bytes"),
	};
	document_section(doc, "overview", "", "");
	if (o.summary->policy_count == 0)
		return;
	o.at = full_level_find(findings);
	o.full = o.at.level;
	if (o.full) {
		add_throughput(&o);
		add_efficiency(&o);
		add_plateau(&o);
		add_memory(&o);
	} else {
		add_nothing(&o);
	}
	add_quality(&o);
	add_causes(&o);
}

/* The plots of the first screen, beside the figures; they stand nowhere else. */
void section_overview_plots(const struct findings *findings, struct document *doc)
{
	static void (*const plots[])(const struct findings *findings, struct document *doc) = {
	        plot_throughput, plot_efficiency, plot_wall, plot_causes, plot_memory,
	};
	document_section(doc, "overview-plots", "", "");
	for (size_t i = 0; i < ARRAY_LENGTH(plots); i++)
		plots[i](findings, doc);
}
