/* Tasks that stand apart from the others of their level. */
#include "analyse/distributions_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A task stands apart by more than this many standard deviations, as the MAD sees them. */
#define OUTLIER_SIGMAS 5.0

/* Tasks that are all but equal differ by the clock and by chance: a standard deviation is taken to
 * be at least this part of the median, so that nothing within 1 % stands apart. */
#define LEAST_SIGMA_PART 0.002

struct found {
	struct outlier *items;
	size_t count;
	size_t capacity;
};

static int find_in_level(const struct summary *summary, const struct task_columns *columns,
                         size_t level, double *scratch, struct found *found, struct error *err)
{
	const size_t first = columns->level_first[level];
	const size_t count = columns->level_first[level + 1] - first;
	const double *const walls = columns->figures[FIGURE_WALL_S] + first;
	memcpy(scratch, walls, count * sizeof *scratch);
	const double median = quantile_median(scratch, count);
	const double sigma = fmax(quantile_mad(scratch, count, median), LEAST_SIGMA_PART * median);
	for (size_t i = 0; sigma > 0 && i < count; i++) {
		const double deviation = (walls[i] - median) / sigma;
		if (!(fabs(deviation) > OUTLIER_SIGMAS))
			continue;
		const int r = array_reserve(&found->items, &found->capacity, found->count + 1,
		                            sizeof *found->items, err);
		if (r < 0)
			return r;
		const size_t task = columns->task[first + i];
		const struct dataset *const dataset = summary->dataset;
		const size_t dataset_level =
		        (size_t)(summary->levels[level].level - dataset->levels);
		found->items[found->count++] = (struct outlier){
		        .task = task,
		        .level = level,
		        .wall_s = walls[i],
		        .median_s = median,
		        .deviation = deviation,
		        .place = dataset_find_slot(dataset, (uint32_t)dataset_level,
		                                   dataset->tasks[task].slot),
		};
	}
	return 0;
}

/* The farthest first. */
static int compare_outliers(const void *a, const void *b)
{
	const struct outlier *const x = a;
	const struct outlier *const y = b;
	const double dx = fabs(x->deviation);
	const double dy = fabs(y->deviation);
	if (dx < dy || dx > dy)
		return dx > dy ? -1 : 1;
	return (x->task > y->task) - (x->task < y->task);
}

int outliers_find(const struct summary *summary, const struct task_columns *columns,
                  struct distributions *ret_distributions, struct error *err)
{
	cleanup_free double *scratch =
	        malloc((columns->count ? columns->count : 1) * sizeof *scratch);
	if (!scratch)
		return error_memory(err);
	struct found found = {0};
	int r = 0;
	size_t levels = 0;
	size_t tasks = 0;
	for (size_t i = 0; r == 0 && i < summary->level_count; i++) {
		const size_t count = columns->level_first[i + 1] - columns->level_first[i];
		if (count < OUTLIERS_LEAST_TASKS)
			continue;
		levels++;
		tasks += count;
		r = find_in_level(summary, columns, i, scratch, &found, err);
	}
	if (r < 0) {
		free(found.items);
		return r;
	}
	if (found.count > 1)
		qsort(found.items, found.count, sizeof *found.items, compare_outliers);
	ret_distributions->outliers = found.items;
	ret_distributions->outliers_found = found.count;
	ret_distributions->outliers_levels = levels;
	ret_distributions->outliers_tasks = tasks;
	ret_distributions->outlier_count =
	        found.count < OUTLIERS_MOST ? found.count : OUTLIERS_MOST;
	return 0;
}
