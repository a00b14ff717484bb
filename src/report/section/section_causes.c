/* Why tasks take longer at N than at the baseline: the sentence, the factors, and where the time
 * off the CPU went. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "report/event_text.h"
#include "report/figures.h"
#include "report/level_rows.h"
#include "report/section/section.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Empty slots and failures have columns where some level has more than this. */
#define LOSS_LEAST 0.005

/* Behind those of the factors. */
enum { RANK_LOSSES = FACTOR_COUNT + 2 };

static const struct {
	enum attribution_factor factor;
	const char *head[2];
} factors[] = {
        {FACTOR_INSTRUCTIONS, {"instr.", NULL}}, {FACTOR_CPI, {"cycles", "per instr."}},
        {FACTOR_CLOCK, {"clock", NULL}},         {FACTOR_KERNEL, {"kernel", "time"}},
        {FACTOR_ON_CPU, {"CPU", "time"}},        {FACTOR_OFF_CPU, {"off CPU", NULL}},
};

/* What the tables show; the same for all levels. */
struct causes {
	const struct findings *findings;
	bool has_factor[FACTOR_COUNT];
	double sizes[FACTOR_COUNT]; /* the largest at any level, in logs */
	bool are_all_used;
	size_t tasks;
	bool has_occupancy;
	bool has_failures;
	bool has_parallelism;
	bool has_part[OFF_CPU_PARTS];
	bool has_stalls;
	bool has_intervals;
	int decimals; /* of seconds off the CPU */
	struct figure_unit time;
};

static bool is_loss(const struct estimate *e)
{
	return estimate_has_value(e) && fabs(log(e->value)) > LOSS_LEAST;
}

static struct causes look_at(const struct findings *findings)
{
	struct causes c = {.findings = findings, .are_all_used = true, .time = {"s", 1}};
	double most = NAN;
	for (size_t i = 0; i < findings->summary.level_count; i++) {
		const struct attribution *const a = &findings->attributions[i];
		const double off = findings->summary.levels[i].off_cpu_s.mean;
		for (size_t f = 0; f < FACTOR_COUNT; f++) {
			c.has_factor[f] |= estimate_has_value(&a->factors[f]);
			if (estimate_has_value(&a->factors[f]))
				c.sizes[f] = fmax(c.sizes[f], fabs(log(a->factors[f].value)));
		}
		c.are_all_used &= a->tasks_used == a->tasks_successful;
		c.tasks += a->tasks_used;
		c.has_intervals |= a->baseline >= 0 && (size_t)a->baseline != i &&
		                   estimate_has_interval(&a->product);
		c.has_occupancy |= is_loss(&a->occupancy);
		c.has_failures |= is_loss(&a->failures);
		c.has_parallelism |= a->is_parallelism;
		for (size_t p = 0; p < OFF_CPU_PARTS; p++)
			c.has_part[p] |= isfinite(a->off_cpu.seconds[p]);
		for (size_t k = 0; k < STALL_KINDS; k++)
			c.has_stalls |= isfinite(a->off_cpu.stalls[k]);
		most = fmax(most, off);
	}
	if (most > 0)
		c.time = figure_unit_of_time(most);
	c.decimals = figure_decimals(most * c.time.factor);
	return c;
}

/* An estimate in two cells; at the baseline it is 1 by definition. Without any interval the second
 * one is empty, and with it the column, which is then left out. */
static void add_estimate(const struct causes *c, const struct level_row *row,
                         const struct estimate *e, bool is_cause, const char *at_baseline)
{
	char text[FIGURE_BYTES];
	if (row->level->is_baseline && estimate_has_value(e)) {
		table_cell(row->table, TEXT_PLAIN, "1");
		table_cell(row->table, TEXT_DIM, "%s", c->has_intervals ? at_baseline : "");
		return;
	}
	figure_write(e->value, figure_estimate_decimals(e, 1, 3, 3), row->style, text);
	table_cell(row->table,
	           !is_cause      ? TEXT_PLAIN
	           : e->value > 1 ? TEXT_WARN
	                          : TEXT_GOOD,
	           "%s", text);
	figure_write_interval(e, 1, 3, row->style, text);
	table_cell(row->table, TEXT_DIM, "%s", c->has_intervals ? text : "");
}

static void fill_row(const struct level_row *row, const void *units)
{
	const struct causes *const c = units;
	const struct attribution *const a = &c->findings->attributions[row->index];
	add_estimate(c, row, &a->product, false, "baseline");
	for (size_t i = 0; i < ARRAY_LENGTH(factors); i++)
		if (c->has_factor[factors[i].factor])
			add_estimate(c, row, &a->factors[factors[i].factor],
			             a->is_cause[factors[i].factor], "");
	if (c->has_occupancy)
		add_estimate(c, row, &a->occupancy, false, "");
	if (c->has_failures)
		add_estimate(c, row, &a->failures, false, "");
	if (c->are_all_used)
		return;
	if (a->tasks_used == a->tasks_successful)
		table_cell(row->table, TEXT_PLAIN, "%zu", a->tasks_used);
	else
		table_cell(row->table, TEXT_WARN, "%zu of %zu", a->tasks_used, a->tasks_successful);
}

static void add_column(struct table_column *columns, size_t *count, const char *head,
                       const char *unit, unsigned rank)
{
	columns[(*count)++] = (struct table_column){head, unit, TABLE_POINT, rank};
	columns[(*count)++] = (struct table_column){"95 %", "interval", TABLE_RIGHT, rank};
}

/* The factors that matter most stand in the first part of a table that is too wide. */
static unsigned rank_of(const struct causes *c, size_t factor)
{
	unsigned rank = 2;
	for (size_t f = 0; f < FACTOR_COUNT; f++)
		rank += c->sizes[f] > c->sizes[factor] ||
		        (f < factor && c->sizes[f] == c->sizes[factor]);
	return rank;
}

static void add_factors(const struct causes *c, struct document *doc)
{
	struct table_column columns[LEVEL_COLUMNS + 2 * (FACTOR_COUNT + 3) + 1] = {
	        level_columns[0], level_columns[1]};
	size_t count = LEVEL_COLUMNS;
	add_column(columns, &count, "slowdown", NULL, 1);
	for (size_t i = 0; i < ARRAY_LENGTH(factors); i++) {
		const bool is_parallel = factors[i].factor == FACTOR_OFF_CPU && c->has_parallelism;
		if (c->has_factor[factors[i].factor])
			add_column(columns, &count,
			           is_parallel ? "parallelism" : factors[i].head[0],
			           is_parallel ? NULL : factors[i].head[1],
			           rank_of(c, factors[i].factor));
	}
	if (c->has_occupancy)
		add_column(columns, &count, "empty", "slots", RANK_LOSSES);
	if (c->has_failures)
		add_column(columns, &count, "failed", "tasks", RANK_LOSSES + 1);
	if (!c->are_all_used)
		columns[count++] =
		        (struct table_column){"tasks", "used", TABLE_RIGHT, RANK_LOSSES + 2};
	struct table *const table = document_table(doc, "", columns, count);
	level_rows(&c->findings->summary, doc, table, c, fill_row);
	if (c->are_all_used)
		document_say(doc, TEXT_DIM, "All %zu successful %s in it.", c->tasks,
		             number_noun(c->tasks, "task is", "tasks are"));
}

static void say_level(const struct findings *findings, struct document *doc, ptrdiff_t level)
{
	struct error err;
	cleanup_free char *text = NULL;
	if (level < 0)
		return;
	if (attribution_sentence(&findings->summary, findings->attributions, (size_t)level, &text,
	                         &err) < 0)
		doc->failed = true;
	else
		document_say(doc, TEXT_PLAIN, "%s", text);
}

/* The sentence of every policy's highest level, after that of the highest whose tasks have PUs of
 * their own. */
static void say_causes(const struct findings *findings, struct document *doc)
{
	const struct summary *const summary = &findings->summary;
	for (size_t p = 0; p < summary->policy_count; p++) {
		const ptrdiff_t full = attribution_full_level(summary, findings->attributions,
		                                              summary->policies[p]);
		const ptrdiff_t top = attribution_top_level(summary, findings->attributions,
		                                            summary->policies[p]);
		say_level(findings, doc, full);
		if (top != full)
			say_level(findings, doc, top);
	}
}

static const char *what_is_kept(const struct attribution *a)
{
	if (a->mode == ATTRIBUTION_NONE)
		return "Not split";
	if (a->mode == ATTRIBUTION_NO_COUNTERS)
		return "CPU time is not split further";
	return estimate_has_value(&a->factors[FACTOR_ON_CPU])
	               ? "The clock and kernel time are not told apart"
	               : "Split by what was counted in user mode";
}

/* Why the split does not go further, each reason once. */
static void say_limits(const struct findings *findings, struct document *doc)
{
	const char *said = NULL;
	for (size_t i = 0; i < findings->summary.level_count; i++) {
		const struct attribution *const a = &findings->attributions[i];
		if (a->baseline < 0 || !a->reason || (said && strcmp(said, a->reason) == 0))
			continue;
		said = a->reason;
		document_say(doc, TEXT_DIM, "%s: %s.", what_is_kept(a), a->reason);
	}
}

static void fill_split(const struct level_row *row, const void *units)
{
	const struct causes *const c = units;
	const struct off_cpu_split *const split = &c->findings->attributions[row->index].off_cpu;
	level_figure(row, row->level->off_cpu_s.mean * c->time.factor, c->decimals);
	for (size_t p = 0; p < OFF_CPU_PARTS; p++)
		if (c->has_part[p])
			level_figure(row, split->seconds[p] * c->time.factor, c->decimals);
}

static void add_split(const struct causes *c, struct document *doc)
{
	static const char *const heads[OFF_CPU_PARTS] = {"run queue", "block I/O", "page-in",
	                                                 "other"};
	struct table_column columns[LEVEL_COLUMNS + 1 + OFF_CPU_PARTS] = {level_columns[0],
	                                                                  level_columns[1]};
	size_t count = LEVEL_COLUMNS;
	columns[count++] = (struct table_column){"off the CPU", c->time.name, TABLE_POINT, 1};
	for (size_t p = 0; p < OFF_CPU_PARTS; p++)
		if (c->has_part[p])
			columns[count++] =
			        (struct table_column){heads[p], c->time.name, TABLE_POINT, 1};
	struct table *const table = document_table(
	        doc, "Time off the CPU per task, and what it waited for", columns, count);
	level_rows(&c->findings->summary, doc, table, c, fill_split);
}

static void fill_stalls(const struct level_row *row, const void *units)
{
	static const enum stall_kind shown[] = {STALL_CPU_SOME, STALL_IO_SOME, STALL_MEMORY_SOME};
	const struct causes *const c = units;
	const struct off_cpu_split *const split = &c->findings->attributions[row->index].off_cpu;
	for (size_t i = 0; i < ARRAY_LENGTH(shown); i++)
		level_figure(row, split->stalls[shown[i]] * 100, 1);
}

static void add_stalls(const struct causes *c, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"policy", NULL, TABLE_LEFT, 0},     {"N", NULL, TABLE_RIGHT, 0},
	        {"for a CPU", "%", TABLE_POINT, 1},  {"for block I/O", "%", TABLE_POINT, 1},
	        {"for memory", "%", TABLE_POINT, 1},
	};
	const char *const whose = host_facts_get(&c->findings->dataset->host, "pressure_stall");
	char caption[256];
	snprintf(caption, sizeof caption, "Part of the window in which something waited, of %s",
	         whose ? whose : "pressure stall information");
	struct table *const table = document_table(doc, caption, columns, ARRAY_LENGTH(columns));
	level_rows(&c->findings->summary, doc, table, c, fill_stalls);
}

/* Of which the stalls of the window as a whole tell at least something. */
static bool is_part_missing(const struct causes *c)
{
	for (size_t p = 0; p < OFF_CPU_OTHER; p++)
		if (!c->has_part[p])
			return true;
	return false;
}

/* Why a part of the time off the CPU is known at no level, or NULL. */
static const char *missing_part(const struct causes *c, size_t part)
{
	const struct findings *const findings = c->findings;
	for (size_t i = findings->summary.level_count; i-- > 0 && !c->has_part[part];)
		if (findings->summary.levels[i].trials > 0)
			return findings->attributions[i].off_cpu.reason[part];
	return NULL;
}

/* Each reason once, with all the parts that it is of. */
static void say_missing_parts(const struct causes *c, struct document *doc)
{
	static const char *const names[OFF_CPU_OTHER] = {
	        "time in the run queue", "waiting for block I/O", "waiting for pages"};
	for (size_t p = 0; p < OFF_CPU_OTHER; p++) {
		const char *const reason = missing_part(c, p);
		bool is_said = !reason;
		for (size_t q = 0; q < p && !is_said; q++)
			is_said = missing_part(c, q) && strcmp(missing_part(c, q), reason) == 0;
		if (is_said)
			continue;
		cleanup_str struct str text = {0};
		for (size_t q = p; q < OFF_CPU_OTHER; q++)
			if (missing_part(c, q) && strcmp(missing_part(c, q), reason) == 0)
				str_addf(&text, "%s%s", text.length ? ", " : "", names[q]);
		doc->failed |= text.failed;
		document_say(doc, TEXT_DIM, "%s: %s (%s).",
		             c->has_part[OFF_CPU_OTHER] ? "Not told apart, and so in \"other\""
		                                        : "Not known of the time off the CPU",
		             str_text(&text), reason);
	}
}

/* Which events the factors are made of, where they are made of any. */
static void say_events(const struct findings *findings, struct document *doc)
{
	static const char *const names[] = {"instructions", "cycles", "cpu-cycles"};
	const struct dataset *const dataset = findings->dataset;
	bool is_used[2] = {false, false}; /* of both modes, of user mode alone */
	for (size_t i = 0; i < findings->summary.level_count; i++) {
		const struct attribution *const a = &findings->attributions[i];
		is_used[a->mode == ATTRIBUTION_USER_ONLY] |=
		        estimate_has_value(&a->factors[FACTOR_CPI]);
	}
	cleanup_str struct str text = {0};
	for (size_t n = 0; n < ARRAY_LENGTH(names); n++)
		for (size_t e = 0; e < dataset->event_count; e++) {
			if (dataset->events[e].state != COUNTER_OK ||
			    !is_used[dataset->events[e].is_user_only] ||
			    !dataset_event_is(dataset->events[e].name, names[n]))
				continue;
			str_add(&text, text.length ? "; " : "Counted: ");
			event_add_words(&dataset->events[e], &text);
		}
	doc->failed |= text.failed;
	if (text.length > 0)
		document_say(doc, TEXT_DIM, "%s.", str_text(&text));
}

void section_causes(const struct findings *findings, struct document *doc)
{
	const struct causes c = look_at(findings);
	bool has_any = false;
	for (size_t p = 0; p < findings->summary.policy_count; p++)
		has_any |= attribution_top_level(&findings->summary, findings->attributions,
		                                 findings->summary.policies[p]) >= 0;
	if (!has_any)
		return;
	document_section(doc, "causes", "Causes",
	                 "factors on a task's time against the baseline, multiplying to the "
	                 "slowdown");
	say_causes(findings, doc);
	add_factors(&c, doc);
	say_limits(findings, doc);
	say_events(findings, doc);
	if (c.has_part[OFF_CPU_OTHER])
		add_split(&c, doc);
	if (c.has_parallelism)
		document_say(
		        doc, TEXT_DIM,
		        "Tasks use several PUs at once: not how long they waited, but how many "
		        "CPUs they kept at work, is a factor.");
	else
		say_missing_parts(&c, doc);
	if (c.has_stalls && is_part_missing(&c))
		add_stalls(&c, doc);
}
