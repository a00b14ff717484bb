/* Memory as the batch system saw it, beside what plateau measured of tasks. The two are of
 * different things: Slurm sums over all processes of a job and counts a shared page once in each;
 * plateau looks at every task. */
#include "report/fleet/fleet_parts.h"

#include "core/array.h"
#include "core/number.h"
#include "core/str.h"

#include <math.h>
#include <string.h>

/* What one node has of it, in bytes; NAN: absent. */
struct memory {
	double max_rss, ave_rss;   /* of the job, by the batch system */
	double task_rss, task_pss; /* the largest of a level, per task */
	double all_rss;            /* all tasks of that level together: no less than they had */
	uint32_t concurrency;      /* of that level; 0: none */
	const char *reason;
};

static double bytes_or_nan(int64_t bytes)
{
	return bytes == RECORD_ABSENT || bytes < 0 ? (double)NAN : (double)bytes;
}

/* A fleet file may come from anybody: what is above this, more than there is, is no memory. */
#define MOST_BYTES 0x1p60

/* The level with the most memory in all of its tasks together. */
static void look_at_tasks(const struct profile *profile, struct memory *memory)
{
	for (size_t i = 0; i < profile->figure_count; i++) {
		const struct profile_figure *const f = &profile->figures[i];
		const double all = f->value * f->concurrency;
		if (f->measure != MEASURE_PEAK_RSS || !(all >= 0 && all < MOST_BYTES) ||
		    memory->all_rss >= all)
			continue;
		const struct profile_figure *const pss =
		        profile_find(profile, f->concurrency, f->policy, MEASURE_PEAK_PSS);
		memory->all_rss = all;
		memory->task_rss = f->value;
		memory->task_pss = pss && pss->value < MOST_BYTES ? pss->value : (double)NAN;
		memory->concurrency = f->concurrency;
	}
}

static struct memory memory_of(const struct fleet_rank_item *item)
{
	struct memory memory = {NAN, NAN, NAN, NAN, NAN, 0, NULL};
	if (item->attempt && item->attempt->has_job) {
		memory.max_rss = bytes_or_nan(item->attempt->job.max_rss_bytes);
		memory.ave_rss = bytes_or_nan(item->attempt->job.ave_rss_bytes);
		memory.reason = item->attempt->job.rss_reason;
	}
	if (fleet_profile_of(item))
		look_at_tasks(fleet_profile_of(item), &memory);
	return memory;
}

static void add_bytes(struct table *table, double bytes)
{
	char text[NUMBER_TEXT_BYTES] = "";
	if (isfinite(bytes))
		number_format_bytes((int64_t)bytes, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
}

static void add_row(struct table *table, const struct fleet_ranking *ranking,
                    const struct fleet_rank_item *item, const struct memory *memory)
{
	char name[FLEET_NAME_BYTES];
	table_row(table);
	table_cell(table, TEXT_PLAIN, "%s", fleet_name(ranking, item, 40, name));
	add_bytes(table, memory->max_rss);
	add_bytes(table, memory->ave_rss);
	add_bytes(table, memory->all_rss);
	add_bytes(table, memory->task_rss);
	add_bytes(table, memory->task_pss);
	if (memory->concurrency > 0)
		table_cell(table, TEXT_DIM, "%u", memory->concurrency);
	else
		table_cell(table, TEXT_DIM, "%s", "");
	table_cell(table, TEXT_DIM, "%s",
	           isfinite(memory->max_rss) || !memory->reason ? "" : memory->reason);
}

static void add_table(const struct fleet_ranking *ranking, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"node", NULL, TABLE_LEFT, 0},
	        {"Slurm MaxRSS", "job", TABLE_RIGHT, 1},
	        {"Slurm AveRSS", "job", TABLE_RIGHT, 1},
	        {"all tasks", "N times the next", TABLE_RIGHT, 1},
	        {"RSS of a task", "peak, mean", TABLE_RIGHT, 2},
	        {"PSS of a task", "peak, mean", TABLE_RIGHT, 2},
	        {"at N", NULL, TABLE_RIGHT, 2},
	        {"why Slurm has none", NULL, TABLE_LEFT, 3},
	};
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	document_only(doc, READ_IN_PAGE);
	for (size_t i = 0; i < ranking->item_count; i++) {
		const struct memory memory = memory_of(&ranking->items[i]);
		if (isfinite(memory.max_rss) || isfinite(memory.all_rss))
			add_row(table, ranking, &ranking->items[i], &memory);
	}
}

/* The node whose job had the most, of all that are known. */
struct most {
	double bytes;
	const struct fleet_rank_item *item;
	size_t known;
};

static void take(struct most *most, double bytes, const struct fleet_rank_item *item)
{
	if (!isfinite(bytes))
		return;
	most->known++;
	if (most->item && most->bytes >= bytes)
		return;
	most->bytes = bytes;
	most->item = item;
}

static void say_most(const struct fleet_ranking *ranking, const struct most *most, const char *what,
                     struct str *text)
{
	char bytes[NUMBER_TEXT_BYTES];
	char name[FLEET_NAME_BYTES];
	number_format_bytes((int64_t)most->bytes, bytes);
	str_addf(text, "%s%s at most %s (%s; known of %zu %s).", text->length > 0 ? " " : "", what,
	         bytes, fleet_name(ranking, most->item, 40, name), most->known,
	         number_noun(most->known, "node", "nodes"));
}

/* Before anybody holds one against the other. */
static void say_difference(struct document *doc)
{
	document_say(
	        doc, TEXT_DIM,
	        "Slurm sums over all processes of the job, plateau's too, counts a shared page "
	        "in each, and looks only now and then: a short peak is missed. Its AveRSS is no "
	        "average over time.");
	document_only(doc, READ_IN_PAGE);
}

void fleet_add_memory(const struct fleet_ranking *ranking, struct document *doc)
{
	struct most slurm = {0};
	struct most ours = {0};
	cleanup_str struct str text = {0};
	for (size_t i = 0; i < ranking->item_count; i++) {
		const struct memory memory = memory_of(&ranking->items[i]);
		take(&slurm, memory.max_rss, &ranking->items[i]);
		take(&ours, memory.all_rss, &ranking->items[i]);
	}
	if (!slurm.item && !ours.item)
		return;
	document_section(doc, "memory", "Memory",
	                 slurm.item ? "as Slurm saw the job, beside what tasks had"
	                            : "of tasks; there is no account by Slurm");
	if (slurm.item)
		say_most(ranking, &slurm, "Slurm's MaxRSS:", &text);
	if (ours.item)
		say_most(ranking, &ours, "All tasks at once, by plateau:", &text);
	doc->failed |= text.failed;
	document_say(doc, TEXT_PLAIN, "%s", str_text(&text));
	if (slurm.item)
		say_difference(doc);
	add_table(ranking, doc);
}
