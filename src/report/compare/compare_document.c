#include "report/compare/compare_document.h"

#include "core/array.h"
#include "report/compare/compare_parts.h"
#include "report/figures.h"
#include "report/measure_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- The answer ------------------------------------------------------------------------------ */

static void add_ratio_figure(const struct compare_view *view, const struct ratio *ratio,
                             enum measure_better better, const char *name, const char *what)
{
	char basis[96];
	char interval[FIGURE_BYTES];
	char remark[400];
	if (!estimate_has_value(&ratio->value)) {
		document_figure(view->doc, TEXT_DIM, name, ratio->reason ? ratio->reason : "", "%s",
		                "not known");
		document_only(view->doc, READ_IN_PAGE);
		return;
	}
	ratio_behind(ratio, basis);
	figure_write_interval(&ratio->value, 1, 3, view->doc->style, interval);
	if (estimate_has_interval(&ratio->value))
		snprintf(remark, sizeof remark, "%s; %s: %s; %s", what,
		         ratio->basis == BASIS_READING ? "read within" : "95 %", interval, basis);
	else
		snprintf(remark, sizeof remark, "%s; %s", what, basis);
	document_figure(view->doc, ratio_role(ratio, better), name, remark, "%.*f times",
	                figure_estimate_decimals(&ratio->value, 1, 3, 3), ratio->value.value);
	document_only(view->doc, READ_IN_PAGE);
}

/* Throughput of a side at its best N. */
static void add_best(const struct compare_view *view, const struct side *side,
                     const struct estimate *estimate, uint32_t best, const char *policy)
{
	char value[FIGURE_BYTES];
	char name[96];
	char interval[FIGURE_BYTES];
	char remark[160];
	if (!estimate_has_value(estimate))
		return;
	const struct measure_scale scale =
	        measure_scale_of(MEASURE_THROUGHPUT, NULL, estimate->value, view->doc->style);
	measure_write(MEASURE_THROUGHPUT, NULL, estimate->value, estimate, view->doc->style, value);
	figure_write_interval(estimate, scale.factor, 4, view->doc->style, interval);
	snprintf(name, sizeof name, "%.60s at its best", side->name);
	const char *const called = compare_policy(policy);
	const char *const error =
	        estimate->error_kind == STATED_READING ? "; read within: " : "; 95 %: ";
	snprintf(remark, sizeof remark, "N=%u%s%.40s%s%s", best, called[0] ? ", " : "", called,
	         estimate_has_interval(estimate) ? error : "",
	         estimate_has_interval(estimate) ? interval : "");
	document_figure(view->doc, TEXT_PLAIN, name, remark, "%s", value);
	document_only(view->doc, READ_IN_PAGE);
}

/* What the CPU factor is made of: where tasks have several threads, so many CPUs are in use. */
static const char *per_throughput(const struct comparison *c)
{
	const bool has_threads = c->base.runs[0]->dataset->run.threads > 1 ||
	                         c->new.runs[0]->dataset->run.threads > 1;
	return has_threads ? "threads at once per throughput (N T/X)"
	                   : "tasks at once per throughput (N/X)";
}

/* A terminal has the other figures in the sentence. */
static void say_capacity(const struct compare_view *view)
{
	const struct comparison *const c = view->comparison;
	const struct ratio *const ratio = &c->nodes.cpu_factor;
	char text[96];
	char behind[96];
	if (!estimate_has_value(&ratio->value))
		return;
	document_fact(
	        view->doc, "capacity",
	        "CPU factor %s: what CPU hours of %s are to be multiplied by for %s. It is %s "
	        "of %s by that of %s, each at its best N (%s)",
	        ratio_write(ratio, view->doc->style, text), c->base.name, c->new.name,
	        per_throughput(c), c->new.name, c->base.name, ratio_behind(ratio, behind));
	document_only(view->doc, READ_IN_TERMINAL);
}

static void add_answer(const struct compare_view *view)
{
	const struct comparison *const c = view->comparison;
	const struct compared_nodes *const nodes = &c->nodes;
	char id[48];
	char what[256];
	document_section(view->doc, compare_id(view, "answer", id), "", "");
	if (nodes->sentence[0])
		document_say(view->doc, TEXT_PLAIN, "%s", nodes->sentence);
	if (nodes->single_sentence[0])
		document_say(view->doc, TEXT_PLAIN, "%s", nodes->single_sentence);
	snprintf(what, sizeof what, "throughput of %.60s at N=%u by that of %.60s at N=%u",
	         c->new.name, nodes->new_best, c->base.name, nodes->base_best);
	add_ratio_figure(view, &nodes->throughput, BETTER_HIGHER, "Work of one node", what);
	add_best(view, &c->base, &nodes->throughput.base, nodes->base_best, nodes->base_policy);
	add_best(view, &c->new, &nodes->throughput.new, nodes->new_best, nodes->new_policy);
	snprintf(what, sizeof what, "multiplies CPU hours of %.60s; %s, new by base", c->base.name,
	         per_throughput(c));
	add_ratio_figure(view, &nodes->cpu_factor, BETTER_LOWER, "CPU factor", what);
	snprintf(what, sizeof what, "throughput at N=%u", nodes->single_level);
	add_ratio_figure(view, &nodes->single, BETTER_HIGHER,
	                 nodes->single_level == 1 ? "One task alone" : "At the lowest level", what);
	say_capacity(view);
}

/* ---- Who is compared ------------------------------------------------------------------------- */

static void add_part(struct str *line, const char *before, const char *value, const char *behind)
{
	if (value)
		str_addf(line, "%s%s%s%s", line->length > 0 ? ", " : "", before, value, behind);
}

static void add_side(const struct side *side, const char *word, struct document *doc)
{
	cleanup_str struct str line = {0};
	if (side->count == 0)
		return;
	const struct dataset *const dataset = side->runs[0]->dataset;
	const char *const host = host_facts_get(&dataset->host, "hostname");
	add_part(&line, "", side->name, "");
	if (!host || strcmp(host, side->name) != 0)
		add_part(&line, "host ", host, "");
	const char *const processor = host_facts_get(&dataset->host, "processor");
	if (!processor || strcmp(processor, side->name) != 0)
		add_part(&line, "", processor, "");
	add_part(&line, "", host_facts_get(&dataset->host, "cores_allowed"), "\u00A0cores");
	add_part(&line, "", dataset->run.name, "");
	if (side->count > 1)
		str_addf(&line, ", %zu\u00A0runs from %s", side->count, side->path);
	else
		add_part(&line, "", side->path, "");
	if (dataset->run.imported)
		str_addf(&line, ", imported from %s", dataset->run.imported);
	doc->failed |= line.failed;
	document_fact(doc, word, "%s", str_text(&line));
}

/* Whether every side is of a host of its own, or nobody says of which: runs of one node are no
 * nodes. */
static bool are_other_nodes(const struct comparison *comparisons, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j <= i; j++) {
			/* With all before it: the base, and the new ones. */
			const struct side *const other =
			        j == 0 ? &comparisons[0].base : &comparisons[j - 1].new;
			const struct side *const side = &comparisons[i].new;
			if (side->count == 0 || other->count == 0)
				continue;
			const char *const host =
			        host_facts_get(&side->runs[0]->dataset->host, "hostname");
			const char *const before =
			        host_facts_get(&other->runs[0]->dataset->host, "hostname");
			if (host && before && strcmp(host, before) == 0)
				return false;
		}
	return true;
}

static void add_head(const struct comparison *comparisons, size_t count, struct document *doc)
{
	cleanup_str struct str title = {0};
	if (count == 1)
		str_addf(&title, "%s against %s", comparisons[0].new.name,
		         comparisons[0].base.name);
	else
		str_addf(&title, "%zu %s against %s", count,
		         are_other_nodes(comparisons, count) ? "nodes" : "others",
		         comparisons[0].base.name);
	doc->failed |= title.failed;
	document_title(doc, str_text(&title));
	document_section(doc, "sides", "", "");
	add_side(&comparisons[0].base, "base", doc);
	for (size_t i = 0; i < count; i++) {
		char word[24] = "new";
		if (count > 1)
			snprintf(word, sizeof word, "new %zu", i + 1);
		add_side(&comparisons[i].new, word, doc);
	}
}

/* ---- What is not comparable ------------------------------------------------------------------ */

static void add_remarks(const struct compare_view *view)
{
	const struct comparison *const c = view->comparison;
	char id[48];
	document_section(view->doc, compare_id(view, "differences", id), "What differs", "");
	for (size_t i = 0; i < c->remark_count; i++)
		document_item(view->doc, c->remarks[i].is_serious ? TEXT_WARN : TEXT_DIM,
		              c->remarks[i].is_serious ? "!" : "-", "%s", c->remarks[i].text);
	if (c->level_count == 0)
		document_item(view->doc, TEXT_WARN, "!",
		              "No level was run on both sides: nothing can be compared level by "
		              "level.");
}

/* ---- Several --------------------------------------------------------------------------------- */

static void add_best_cells(struct table *table, const struct estimate *estimate, uint32_t best,
                           const struct measure_scale *scale, const struct text_style *style)
{
	char text[FIGURE_BYTES];
	if (best > 0)
		table_cell(table, TEXT_PLAIN, "%u", best);
	else
		table_cell(table, TEXT_PLAIN, "%s", figure_absent(style));
	figure_write(estimate->value * scale->factor,
	             figure_estimate_decimals(estimate, scale->factor, 3, 4), style, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
}

static void add_ratio_cells(struct table *table, const struct ratio *ratio,
                            enum measure_better better, const struct text_style *style)
{
	char text[FIGURE_BYTES];
	figure_write(ratio->value.value, figure_estimate_decimals(&ratio->value, 1, 3, 4), style,
	             text);
	table_cell(table, ratio_role(ratio, better), "%s", text);
	figure_write_interval(&ratio->value, 1, 4, style, text);
	table_cell(table, TEXT_DIM, "%s", text);
}

static double least_rate(const struct comparison *comparisons, size_t count)
{
	double least = INFINITY;
	for (size_t i = 0; i < count; i++)
		least = fmin(least, fmin(comparisons[i].nodes.throughput.base.value,
		                         comparisons[i].nodes.throughput.new.value));
	return isfinite(least) ? least : 1;
}

/* All sides against the first. */
static void add_all(const struct comparison *comparisons, size_t count, struct document *doc)
{
	const struct compared_nodes *const first = &comparisons[0].nodes;
	const struct measure_scale scale = measure_scale_of(
	        MEASURE_THROUGHPUT, NULL, least_rate(comparisons, count), doc->style);
	const char *const interval =
	        first->throughput.basis == BASIS_READING ? "read within" : "95 % interval";
	const bool is_one = first->single_level == 1;
	const struct table_column columns[] = {
	        {"node", NULL, TABLE_LEFT, 0},
	        {"best N", NULL, TABLE_RIGHT, 1},
	        {scale.unit, NULL, TABLE_POINT, 1},
	        {"work", "by base", TABLE_POINT, 1},
	        {interval, NULL, TABLE_RIGHT, 1},
	        {"CPU factor", NULL, TABLE_POINT, 2},
	        {interval, NULL, TABLE_RIGHT, 2},
	        {is_one ? "one task" : "at lowest N", "by base", TABLE_POINT, 2},
	        {interval, NULL, TABLE_RIGHT, 2},
	};
	document_section(doc, "nodes", "The nodes", "each at its best N");
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s", comparisons[0].base.name);
	add_best_cells(table, &first->throughput.base, first->base_best, &scale, doc->style);
	for (size_t i = 0; i < 3; i++) {
		table_cell(table, TEXT_PLAIN, "1");
		table_cell(table, TEXT_DIM, "base");
	}
	for (size_t i = 0; i < count; i++) {
		const struct compared_nodes *const nodes = &comparisons[i].nodes;
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", comparisons[i].new.name);
		add_best_cells(table, &nodes->throughput.new, nodes->new_best, &scale, doc->style);
		add_ratio_cells(table, &nodes->throughput, BETTER_HIGHER, doc->style);
		add_ratio_cells(table, &nodes->cpu_factor, BETTER_LOWER, doc->style);
		add_ratio_cells(table, &nodes->single, BETTER_HIGHER, doc->style);
	}
}

/* ---- Together -------------------------------------------------------------------------------- */

static bool has_policies(const struct comparison *c)
{
	for (size_t i = 0; i < c->level_count; i++)
		if (c->levels[i].policy && c->levels[0].policy &&
		    strcmp(c->levels[i].policy, c->levels[0].policy) != 0)
			return true;
	return false;
}

/* Of several comparisons each begins by saying which it is. */
static void add_heading(const struct compare_view *view)
{
	char id[48];
	cleanup_str struct str title = {0};
	str_addf(&title, "%s against %s", view->comparison->new.name, view->comparison->base.name);
	view->doc->failed |= title.failed;
	document_section(view->doc, compare_id(view, "pair", id), str_text(&title), "");
	if (view->comparison->nodes.sentence[0])
		document_say(view->doc, TEXT_PLAIN, "%s", view->comparison->nodes.sentence);
}

void compare_fill(const struct comparison *comparisons, size_t count, enum block_reader reader,
                  struct document *doc)
{
	if (count == 0)
		return;
	add_head(comparisons, count, doc);
	if (count > 1)
		add_all(comparisons, count, doc);
	if (count > 1 && reader == READ_IN_PAGE)
		compare_plots(comparisons, count, doc);
	for (size_t i = 0; i < count; i++) {
		const struct compare_view view = {&comparisons[i], doc, i, count,
		                                  has_policies(&comparisons[i])};
		if (count > 1)
			add_heading(&view);
		else
			add_answer(&view);
		add_remarks(&view);
		if (count == 1 && reader == READ_IN_PAGE)
			compare_plots(comparisons, count, doc);
		compare_tables(&view);
		compare_scaling(&view);
	}
}
