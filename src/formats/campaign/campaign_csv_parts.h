/* A table of a campaign, column by column. Private to campaign_csv*.c. */
#ifndef FORMATS_CAMPAIGN_CAMPAIGN_CSV_PARTS_H
#define FORMATS_CAMPAIGN_CAMPAIGN_CSV_PARTS_H

#include "formats/import/task_csv_parts.h"
#include "model/campaign.h"
#include "model/words_index.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a row says; RECORD_ABSENT: nothing. */
struct campaign_row {
	int64_t start_ns;
	int64_t end_ns;
	int64_t wall_ns;
	int64_t user_ns;
	int64_t system_ns;
	int64_t cpu_ns;
	int64_t max_rss_bytes;
	int64_t cores;
	int64_t attempt; /* from 1 */
	int64_t retry;   /* from 0 */
	int64_t exit_status;
	int64_t signal;
	int64_t exceeded_memory_limit;
};

enum { CAMPAIGN_ROW_FIGURES = sizeof(struct campaign_row) / sizeof(int64_t) };

extern const struct task_vocabulary campaign_vocabulary;

/* "run_time" is CPU time beside a wall time, and else the wall time; "memory" beside it is in
 * bytes, as gatherResourceUsage of LSST's analysis_tools writes it, if its figures
 * are such (which is seen when they are read). Call it when columns are found. */
void campaign_csv_settle(struct csv_columns *columns);

/* Whether there is a column of what a task needs, one that numbers data (and so says which task a
 * row is of), one of attempts or retries. */
bool campaign_csv_has_figures(const struct csv_columns *columns);
bool campaign_csv_has_keys(const struct csv_columns *columns);
bool campaign_csv_has_attempts(const struct csv_columns *columns);

/* More different texts than this are no labels. */
enum { CAMPAIGN_MOST_LABELS = 256 };

/* The values of one column that becomes a covariate, row by row. */
struct csv_covariate {
	const struct task_column *column;
	double *values;
	uint32_t *labels;
	struct words words;
	struct words_index index;
	bool is_label;
	bool is_fixed;   /* its kind was named */
	bool is_dropped; /* it is neither: too many different texts */
	bool has_any;
};

struct csv_covariates {
	struct csv_covariate *items;
	size_t count;
	size_t rows;
	size_t capacity;
};

/* Those of the columns. Returns 0 or -ENOMEM. */
int csv_covariates_find(const struct csv_columns *columns, struct csv_covariates *covariates,
                        struct error *err);

/* Makes room for one more row, whose values are absent. */
int csv_covariates_next(struct csv_covariates *covariates, struct error *err);

/* Sets the value of the last row. Returns 0; -EINVAL, err saying why: a number was named, and this
 * is none; -ENOMEM. */
int csv_covariate_set(struct csv_covariates *covariates, size_t i, const char *cell,
                      struct error *err);

/* Puts all of them into the campaign, whose tasks from first on are these rows, and says what was
 * dropped. Returns 0; -EEXIST: of one name and of another kind than in another file; -ENOMEM. */
int csv_covariates_put(const struct csv_covariates *covariates, struct campaign *campaign,
                       size_t first, struct error *err);

void csv_covariates_release(struct csv_covariates *covariates);

#endif
