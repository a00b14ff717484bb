/* Why tasks take longer at N than at the baseline: the sentence, the factors, and where the time
 * off the CPU went. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "report/figures.h"
#include "report/level_rows.h"
#include "report/plot_causes.h"
#include "report/section.h"

#include <math.h>
#include <string.h>

/* Empty slots and failures have columns where some level has more than this. */
#define LOSS_LEAST 0.005

static const struct {
	enum attribution_factor factor;
	const char *head[2];
	unsigned rank;
} factors[] = {
        {FACTOR_INSTRUCTIONS, {"instruc-", "tions"}, 3},
        {FACTOR_CPI, {"cycles/", "instr."}, 3},
        {FACTOR_CLOCK, {"lower", "clock"}, 2},
        {FACTOR_KERNEL, {"kernel", "time"}, 4},
        {FACTOR_ON_CPU, {"CPU", "time"}, 2},
        {FACTOR_OFF_CPU, {"off the", "CPU"}, 1},
};

/* What the tables show; the same for all levels. */
struct causes {
	const struct findings *findings;
	bool has_factor[FACTOR_COUNT];
	bool has_occupancy;
	bool has_failures;
	bool has_parallelism;
	bool has_part[OFF_CPU_PARTS];
	bool has_stalls;
	int decimals; /* of seconds off the CPU */
	struct figure_unit time;
};

static bool is_loss(const struct estimate *e)
{
	return estimate_has_value(e) && fabs(log(e->value)) > LOSS_LEAST;
}

static struct causes look_at(const struct findings *findings)
{
	struct causes c = {.findings = findings, .time = {"s", 1}};
	double most = NAN;
	for (size_t i = 0; i < findings->summary.level_count; i++) {
		const struct attribution *const a = &findings->attributions[i];
		const double off = findings->summary.levels[i].off_cpu_s.mean;
		for (size_t f = 0; f < FACTOR_COUNT; f++)
			c.has_factor[f] |= estimate_has_value(&a->factors[f]);
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

/* An estimate in two cells; at the baseline it is 1 by definition. */
static void add_estimate(const struct level_row *row, const struct estimate *e, bool is_cause,
                         const char *at_baseline)
{
	char text[FIGURE_BYTES];
	if (row->level->is_baseline && estimate_has_value(e)) {
		table_cell(row->table, TEXT_PLAIN, "1");
		table_cell(row->table, TEXT_DIM, "%s", at_baseline);
		return;
	}
	figure_write(e->value, figure_estimate_decimals(e, 1, 3, 3), row->style, text);
	table_cell(row->table,
	           !is_cause      ? TEXT_PLAIN
	           : e->value > 1 ? TEXT_WARN
	                          : TEXT_GOOD,
	           "%s", text);
	figure_write_interval(e, 1, 3, row->style, text);
	table_cell(row->table, TEXT_DIM, "%s", text);
}

static void fill_row(const struct level_row *row, const void *units)
{
	const struct causes *const c = units;
	const struct attribution *const a = &c->findings->attributions[row->index];
	add_estimate(row, &a->product, false, "baseline");
	for (size_t i = 0; i < ARRAY_LENGTH(factors); i++)
		if (c->has_factor[factors[i].factor])
			add_estimate(row, &a->factors[factors[i].factor],
			             a->is_cause[factors[i].factor], "");
	if (c->has_occupancy)
		add_estimate(row, &a->occupancy, false, "");
	if (c->has_failures)
		add_estimate(row, &a->failures, false, "");
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

static void add_factors(const struct causes *c, struct document *doc)
{
	struct table_column columns[LEVEL_COLUMNS + 2 * (FACTOR_COUNT + 3) + 1] = {
	        level_columns[0], level_columns[1]};
	size_t count = LEVEL_COLUMNS;
	add_column(columns, &count, "slowdown", NULL, 1);
	for (size_t i = 0; i < ARRAY_LENGTH(factors); i++) {
		const bool is_parallel = factors[i].factor == FACTOR_OFF_CPU && c->has_parallelism;
		if (c->has_factor[factors[i].factor])
			add_column(columns, &count, is_parallel ? "parallel-" : factors[i].head[0],
			           is_parallel ? "ism" : factors[i].head[1], factors[i].rank);
	}
	if (c->has_occupancy)
		add_column(columns, &count, "empty", "slots", 5);
	if (c->has_failures)
		add_column(columns, &count, "failed", "tasks", 5);
	columns[count++] = (struct table_column){"tasks", "used", TABLE_RIGHT, 6};
	struct table *const table = document_table(doc, "", columns, count);
	level_rows(&c->findings->summary, doc, table, c, fill_row);
}

/* The sentence of the highest level of every policy. */
static void say_causes(const struct findings *findings, struct document *doc)
{
	struct error err;
	for (size_t p = 0; p < findings->summary.policy_count; p++) {
		cleanup_free char *text = NULL;
		const ptrdiff_t top = attribution_top_level(
		        &findings->summary, findings->attributions, findings->summary.policies[p]);
		if (top < 0)
			continue;
		if (attribution_sentence(&findings->summary, findings->attributions, (size_t)top,
		                         &text, &err) < 0)
			doc->failed = true;
		else
			document_say(doc, TEXT_PLAIN, "%s", text);
	}
}

/* Why the split does not go further, each reason once. */
static void say_limits(const struct findings *findings, struct document *doc)
{
	static const char *const kept[ATTRIBUTION_MODES] = {
	        [ATTRIBUTION_NONE] = "Not split",
	        [ATTRIBUTION_USER_ONLY] = "Split in user mode only",
	        [ATTRIBUTION_NO_COUNTERS] = "CPU time is not split further",
	};
	const char *said = NULL;
	for (size_t i = 0; i < findings->summary.level_count; i++) {
		const struct attribution *const a = &findings->attributions[i];
		if (a->baseline < 0 || !a->reason || !kept[a->mode] ||
		    (said && strcmp(said, a->reason) == 0))
			continue;
		said = a->reason;
		document_say(doc, TEXT_DIM, "%s: %s.", kept[a->mode], a->reason);
	}
}

static void fill_split(const struct level_row *row, const void *units)
{
	const struct causes *const c = units;
	const struct off_cpu_split *const split = &c->findings->attributions[row->index].off_cpu;
	level_figure(row, row->level->off_cpu_s.mean * c->time.factor, c->decimals);
	for (size_t p = 0; p < OFF_CPU_PARTS; p++)
		level_figure(row, split->seconds[p] * c->time.factor, c->decimals);
}

static void add_split(const struct causes *c, struct document *doc)
{
	const char *const unit = c->time.name;
	const struct table_column columns[] = {
	        level_columns[0],
	        level_columns[1],
	        {"off the CPU", unit, TABLE_POINT, 1},
	        {"run queue", unit, TABLE_POINT, 1},
	        {"block I/O", unit, TABLE_POINT, 1},
	        {"page-in", unit, TABLE_POINT, 1},
	        {"other", unit, TABLE_POINT, 1},
	};
	struct table *const table =
	        document_table(doc, "Time off the CPU per task, and what it waited for", columns,
	                       ARRAY_LENGTH(columns));
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
	        {"policy", NULL, TABLE_LEFT, 0}, {"N", NULL, TABLE_RIGHT, 0},
	        {"a CPU", "%", TABLE_POINT, 1},  {"block I/O", "%", TABLE_POINT, 1},
	        {"memory", "%", TABLE_POINT, 1},
	};
	struct table *const table =
	        document_table(doc, "Part of the window in which at least one task waited for",
	                       columns, ARRAY_LENGTH(columns));
	level_rows(&c->findings->summary, doc, table, c, fill_stalls);
}

/* Why parts of the time off the CPU are not known, each reason once. */
static void say_missing_parts(const struct causes *c, struct document *doc)
{
	static const char *const names[OFF_CPU_OTHER] = {"Time in the run queue", "Block I/O",
	                                                 "Page-in"};
	const struct findings *const findings = c->findings;
	const char *said = NULL;
	for (size_t p = 0; p < OFF_CPU_OTHER; p++) {
		const char *reason = NULL;
		for (size_t i = 0; i < findings->summary.level_count && !c->has_part[p]; i++)
			if (findings->summary.levels[i].trials > 0)
				reason = findings->attributions[i].off_cpu.reason[p];
		if (!reason || (said && strcmp(said, reason) == 0))
			continue;
		said = reason;
		document_say(doc, TEXT_DIM, "%s is not known (%s).",
		             c->has_part[OFF_CPU_OTHER] ? names[p]
		                                        : "What tasks waited for while off the CPU",
		             reason);
	}
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
	plot_causes(findings, doc);
	add_factors(&c, doc);
	say_limits(findings, doc);
	if (c.has_part[OFF_CPU_OTHER])
		add_split(&c, doc);
	say_missing_parts(&c, doc);
	if (c.has_stalls && !c.has_part[OFF_CPU_OTHER])
		add_stalls(&c, doc);
}
