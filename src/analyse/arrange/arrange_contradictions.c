/* What imported records say twice, and not the same. */
#include "analyse/arrange/arrange_parts.h"

#include "core/clock.h"
#include "model/measure.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* By what share, and by what time, a wall time and two moments may differ as they are rounded. */
#define WALL_SHARE 0.02
#define WALL_NS    (NS_PER_S / 100)

/* By what factor a throughput and N over the wall time may differ: pauses between tasks and medians
 * of skewed times come to less, a slip of units (60, 3600) to more. */
#define RATE_FACTOR 1.5

static bool is_whole_second(int64_t ns)
{
	return ns % NS_PER_S == 0;
}

/* Moments that were rounded to seconds may be one apart. */
static bool is_same_wall(const struct imported_task *task, int64_t between_ns)
{
	const bool is_rounded =
	        is_whole_second(task->record.start_ns) && is_whole_second(task->record.end_ns);
	const double most = fmax((double)task->wall_ns, (double)between_ns);
	const double allowed = WALL_SHARE * most + (double)(is_rounded ? NS_PER_S : WALL_NS);
	return fabs((double)task->wall_ns - (double)between_ns) <= allowed;
}

static int find_other_walls(const struct imported *imported, struct words *remarks,
                            struct error *err)
{
	const struct imported_task *first = NULL;
	size_t count = 0;
	for (size_t i = 0; i < imported->task_count; i++) {
		const struct imported_task *const task = &imported->tasks[i];
		int64_t between_ns;
		if (task->record.start_ns == RECORD_ABSENT ||
		    task->record.end_ns == RECORD_ABSENT || task->wall_ns == RECORD_ABSENT ||
		    __builtin_sub_overflow(task->record.end_ns, task->record.start_ns,
		                           &between_ns) ||
		    is_same_wall(task, between_ns))
			continue;
		first = first ? first : task;
		count++;
	}
	if (!first)
		return 0;
	return words_addf(
	        remarks, err,
	        "%zu of %zu tasks have another wall time than lies between their start and end "
	        "(%s:%zu: %.4g s, and %.4g s between them): start and end were taken. Look whether "
	        "both are in the unit that the columns say.",
	        count, imported->task_count, first->file, first->line,
	        (double)first->wall_ns / (double)NS_PER_S,
	        (double)(first->record.end_ns - first->record.start_ns) / (double)NS_PER_S);
}

/* What is stated of so many tasks; NULL: nothing. */
static const struct stated_figure *find_stated(const struct imported *imported, int64_t concurrency,
                                               enum measure_id id, enum stated_statistic statistic)
{
	for (size_t i = 0; i < imported->figure_count; i++) {
		const struct stated_figure *const figure = &imported->figures[i].figure;
		if (imported->figures[i].concurrency == concurrency &&
		    strcmp(figure->name, measures[id].name) == 0 &&
		    figure->statistic == statistic &&
		    (statistic != STATED_QUANTILE || figure->quantile == 0.5))
			return figure;
	}
	return NULL;
}

static int find_other_rates(const struct imported *imported, struct words *remarks,
                            struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < imported->figure_count; i++) {
		const int64_t n = imported->figures[i].concurrency;
		const struct stated_figure *const rate = &imported->figures[i].figure;
		const struct stated_figure *wall =
		        find_stated(imported, n, MEASURE_WALL, STATED_MEAN);
		if (!wall)
			wall = find_stated(imported, n, MEASURE_WALL, STATED_QUANTILE);
		if (!wall || rate != find_stated(imported, n, MEASURE_THROUGHPUT, STATED_MEAN) ||
		    !(wall->value > 0) || !(rate->value > 0))
			continue;
		const double of_wall = (double)n / wall->value;
		const double factor = rate->value / of_wall;
		if (fmax(factor, 1 / factor) > RATE_FACTOR)
			r = words_addf(remarks, err,
			               "What is stated of N=%" PRId64 " contradicts itself: "
			               "throughput is %.4g per hour, and N over the wall time "
			               "of %.4g s is %.4g per hour. Look whether both are in the "
			               "unit that the columns say.",
			               n, 3600 * rate->value, wall->value, 3600 * of_wall);
	}
	return r;
}

int arrange_find_contradictions(const struct imported *imported, struct words *remarks,
                                struct error *err)
{
	const int r = find_other_walls(imported, remarks, err);
	return r < 0 ? r : find_other_rates(imported, remarks, err);
}
