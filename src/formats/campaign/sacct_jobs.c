#include "formats/campaign/sacct_jobs.h"

#include "core/array.h"
#include "core/error.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID_BYTES = 200 };

/* A row that is being taken. */
struct row {
	struct sacct_jobs *jobs;
	const struct sacct_columns *columns;
	char *const *cells;
	const char **ret_column;
	const char **ret_wrong;
	struct error *err;
};

static const enum sacct_field label_fields[SACCT_LABELS] = {
        [SACCT_LABEL_PARTITION] = SACCT_PARTITION,
        [SACCT_LABEL_QOS] = SACCT_QOS,
        [SACCT_LABEL_ACCOUNT] = SACCT_ACCOUNT,
        [SACCT_LABEL_NODES] = SACCT_NODE_LIST,
};

static const struct size_field {
	enum sacct_field field;
	enum sacct_number number;
} size_fields[] = {
        {SACCT_MAX_DISK_READ, SACCT_NUMBER_DISK_READ},
        {SACCT_MAX_DISK_WRITE, SACCT_NUMBER_DISK_WRITE},
        {SACCT_MAX_PAGES, SACCT_NUMBER_PAGES},
};

/* "" where there is no such column. */
static const char *cell(const struct row *row, enum sacct_field field)
{
	const size_t column = row->columns->of[field];
	return column == SIZE_MAX ? "" : row->cells[column];
}

static void refuse(const struct row *row, enum sacct_field field, const char *wrong)
{
	if (*row->ret_wrong)
		return;
	*row->ret_column = sacct_field_names[field];
	*row->ret_wrong = wrong;
}

/* ---- Values of a row --------------------------------------------------------------------------
 */

static int64_t time_of(const struct row *row, enum sacct_field field)
{
	int64_t ns = RECORD_ABSENT;
	if (sacct_time(cell(row, field), &ns) < 0)
		refuse(row, field, "is no time as sacct writes it: [DD-]HH:MM:SS[.mmm]");
	return ns;
}

static int64_t elapsed_of(const struct row *row)
{
	int64_t seconds = 0;
	if (row->columns->of[SACCT_ELAPSED_RAW] == SIZE_MAX)
		return time_of(row, SACCT_ELAPSED);
	const int r = sacct_count(cell(row, SACCT_ELAPSED_RAW), &seconds);
	if (r < 0 || seconds > INT64_C(86400) * 3660)
		refuse(row, SACCT_ELAPSED_RAW, "is no number of seconds");
	return r == 0 ? seconds * INT64_C(1000000000) : RECORD_ABSENT;
}

static int64_t cpu_of(const struct row *row)
{
	int64_t total_ns = time_of(row, SACCT_TOTAL_CPU);
	const int64_t user_ns = time_of(row, SACCT_USER_CPU);
	const int64_t system_ns = time_of(row, SACCT_SYSTEM_CPU);
	if (total_ns == RECORD_ABSENT && user_ns != RECORD_ABSENT && system_ns != RECORD_ABSENT)
		total_ns = user_ns + system_ns;
	/* Nothing runs in no time: the node died before Slurm could ask it. */
	return total_ns == 0 ? RECORD_ABSENT : total_ns;
}

static int64_t date_of(const struct row *row, enum sacct_field field)
{
	int64_t ns = RECORD_ABSENT;
	if (sacct_date(cell(row, field), &ns) < 0)
		refuse(row, field, "is no date as 2026-11-21T02:36:40 (unset SLURM_TIME_FORMAT)");
	return ns;
}

static double size_of(const struct row *row, enum sacct_field field, char *ret_per)
{
	double bytes = (double)NAN;
	if (sacct_size(cell(row, field), &bytes, ret_per) < 0)
		refuse(row, field, "is no size as sacct writes it: 1234K, 0.05M, 2G");
	return bytes;
}

static void take_rss(const struct row *row, struct sacct_job *job)
{
	char per = '\0';
	const double bytes = size_of(row, SACCT_MAX_RSS, &per);
	if (isnan(bytes))
		return;
	/* Slurm looked once and too late, or not at all. */
	if (bytes == 0)
		row->jobs->zero_rss++;
	else if (job->max_rss_bytes == RECORD_ABSENT || (int64_t)bytes > job->max_rss_bytes)
		job->max_rss_bytes = (int64_t)bytes;
}

/* Sizes of which a job has that of its largest step. */
static void take_sizes(const struct row *row, struct sacct_job *job)
{
	for (size_t i = 0; i < ARRAY_LENGTH(size_fields); i++) {
		char per = '\0';
		double *const number = &job->numbers[size_fields[i].number];
		const double value = size_of(row, size_fields[i].field, &per);
		if (!isnan(value) && !(*number >= value))
			*number = value;
	}
}

/* The memory that a job asked for. Older ones write it per node or per core. */
static void take_request(const struct row *row, struct sacct_job *job)
{
	char per = '\0';
	int64_t nodes = 0;
	const double bytes = size_of(row, SACCT_REQ_MEM, &per);
	if (sacct_count(cell(row, SACCT_N_NODES), &nodes) < 0)
		refuse(row, SACCT_N_NODES, "is no count");
	const int64_t factor = per == 'c' ? job->cores : per == 'n' ? nodes : 1;
	if (nodes > 0)
		job->numbers[SACCT_NUMBER_NODES] = (double)nodes;
	if (!isnan(bytes) && factor > 0)
		job->numbers[SACCT_NUMBER_REQ_MEM] = bytes * (double)factor;
}

/* ---- Steps ------------------------------------------------------------------------------------
 */

static void take_step(const struct row *row, struct sacct_job *job)
{
	const int64_t cpu_ns = cpu_of(row);
	enum campaign_state state = CAMPAIGN_UNKNOWN;
	row->jobs->steps++;
	take_rss(row, job);
	take_sizes(row, job);
	/* The kernel ended a step for its memory; to the job's script that was a failure. */
	if (sacct_state(cell(row, SACCT_STATE), &state) == 0 && state == CAMPAIGN_OUT_OF_MEMORY &&
	    job->state == CAMPAIGN_FAILED)
		job->state = CAMPAIGN_OUT_OF_MEMORY;
	if (cpu_ns == RECORD_ABSENT)
		return;
	job->steps_cpu_ns = (job->steps_cpu_ns == RECORD_ABSENT ? 0 : job->steps_cpu_ns) + cpu_ns;
}

/* ---- Jobs -------------------------------------------------------------------------------------
 */

static struct sacct_job empty_job(void)
{
	struct sacct_job job = {
	        .start_ns = RECORD_ABSENT,
	        .wall_ns = RECORD_ABSENT,
	        .cpu_ns = RECORD_ABSENT,
	        .steps_cpu_ns = RECORD_ABSENT,
	        .max_rss_bytes = RECORD_ABSENT,
	        .attempt = 1,
	        .state = CAMPAIGN_UNKNOWN,
	};
	for (size_t i = 0; i < SACCT_NUMBERS; i++)
		job.numbers[i] = (double)NAN;
	for (size_t i = 0; i < SACCT_LABELS; i++)
		job.labels[i] = CAMPAIGN_NO_LABEL;
	return job;
}

static int take_labels(const struct row *row, struct sacct_job *job)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < SACCT_LABELS; i++) {
		const char *const text = cell(row, label_fields[i]);
		if (*text && strcmp(text, "None assigned") != 0)
			r = words_index_add(&row->jobs->label_index[i], &row->jobs->labels[i], text,
			                    CAMPAIGN_MOST_TASKS, &job->labels[i], row->err);
	}
	return r;
}

static void take_cores(const struct row *row, struct sacct_job *job)
{
	const bool has_alloc = row->columns->of[SACCT_ALLOC_CPUS] != SIZE_MAX;
	const enum sacct_field field = has_alloc ? SACCT_ALLOC_CPUS : SACCT_N_CPUS;
	int64_t cores = 0;
	if (sacct_count(cell(row, field), &cores) < 0)
		refuse(row, field, "is no count");
	job->cores = cores < UINT32_MAX ? (uint32_t)cores : 0;
}

static void take_state(const struct row *row, struct sacct_job *job)
{
	enum campaign_state state = CAMPAIGN_UNKNOWN;
	const int r = sacct_state(cell(row, SACCT_STATE), &state);
	row->jobs->unknown_states += r < 0;
	job->state = (uint8_t)state;
}

static void take_times(const struct row *row, struct sacct_job *job)
{
	const int64_t submit_ns = date_of(row, SACCT_SUBMIT);
	job->start_ns = date_of(row, SACCT_START);
	job->wall_ns = elapsed_of(row);
	job->cpu_ns = cpu_of(row);
	if (job->start_ns != RECORD_ABSENT && submit_ns != RECORD_ABSENT &&
	    job->start_ns >= submit_ns)
		job->numbers[SACCT_NUMBER_WAITED] = (double)(job->start_ns - submit_ns) / 1e9;
	/* A job that never began took no time, which is not a time of 0. */
	const bool has_not_begun = job->start_ns == RECORD_ABSENT &&
	                           (row->columns->of[SACCT_START] != SIZE_MAX ||
	                            (job->state == CAMPAIGN_LOST && job->wall_ns == 0 &&
	                             job->cpu_ns == RECORD_ABSENT));
	if (job->state != CAMPAIGN_UNFINISHED && !has_not_begun)
		return;
	job->wall_ns = RECORD_ABSENT;
	job->cpu_ns = RECORD_ABSENT;
}

/* The same attempt, in two tables that overlap: what has ended is as it was, and what had not yet
 * ended is out of date. */
static bool is_same(const struct row *row, const struct sacct_job *a, const struct sacct_job *b)
{
	return row->columns->of[SACCT_START] != SIZE_MAX && a->start_ns == b->start_ns &&
	       a->wall_ns == b->wall_ns && a->state == b->state && a->cpu_ns == b->cpu_ns;
}

enum joined { JOINED_NEW, JOINED_TWICE, JOINED_LATER };

static struct sacct_job *job_at(const struct sacct_jobs *jobs, size_t at)
{
	return at == SIZE_MAX ? NULL : &jobs->items[at];
}

/* Whether one of the last jobs of this number is the same. */
static bool is_known(const struct row *row, const struct sacct_job *job)
{
	enum { MOST_LOOKED_AT = 64 };
	const struct sacct_job *earlier = job_at(row->jobs, row->jobs->last[job->id]);
	for (int i = 0; earlier && i < MOST_LOOKED_AT; i++) {
		if (earlier->name == job->name && is_same(row, earlier, job))
			return true;
		earlier = job_at(row->jobs, earlier->before);
	}
	return false;
}

/* Joins the job to an earlier one of its number and name: numbers begin again some day. */
static enum joined join_attempt(const struct row *row, struct sacct_job *job)
{
	struct sacct_jobs *const jobs = row->jobs;
	struct sacct_job *const earlier = job_at(jobs, jobs->last[job->id]);
	if (is_known(row, job)) {
		jobs->twice++;
		return JOINED_TWICE;
	}
	if (!earlier || earlier->name != job->name)
		return JOINED_NEW;
	job->attempt = earlier->attempt;
	if (earlier->state == CAMPAIGN_UNFINISHED &&
	    (earlier->start_ns == RECORD_ABSENT || earlier->start_ns == job->start_ns)) {
		jobs->twice++;
		return JOINED_LATER;
	}
	earlier->is_superseded = true;
	if (earlier->attempt < UINT16_MAX)
		job->attempt++;
	return JOINED_NEW;
}

static int take_job(const struct row *row, uint32_t id)
{
	struct sacct_jobs *const jobs = row->jobs;
	struct sacct_job job = empty_job();
	int64_t restarts = 0;
	const bool has_name = row->columns->of[SACCT_JOB_NAME] != SIZE_MAX;
	job.id = id;
	jobs->is_passed_over = true; /* unless the row is right: its steps need no words then */
	take_state(row, &job);
	take_times(row, &job);
	take_cores(row, &job);
	take_rss(row, &job);
	take_sizes(row, &job);
	take_request(row, &job);
	int r = take_labels(row, &job);
	if (r == 0)
		r = words_index_add(&jobs->name_index, &jobs->names,
		                    has_name ? cell(row, SACCT_JOB_NAME) : "job",
		                    CAMPAIGN_MOST_TASKS, &job.name, row->err);
	if (r < 0 || *row->ret_wrong)
		return r;
	const enum joined joined = join_attempt(row, &job);
	jobs->is_passed_over = joined == JOINED_TWICE;
	if (joined == JOINED_TWICE)
		return 0;
	if (sacct_count(cell(row, SACCT_RESTARTS), &restarts) == 0 && restarts < UINT16_MAX &&
	    restarts + 1 > job.attempt)
		job.attempt = (uint16_t)(restarts + 1);
	job.before = joined == JOINED_LATER ? jobs->items[jobs->last[id]].before : jobs->last[id];
	if (joined == JOINED_LATER) {
		jobs->items[jobs->last[id]] = job;
		return 0;
	}
	jobs->pending_arrays += strchr(jobs->ids.items[id], '[') != NULL;
	r = array_reserve(&jobs->items, &jobs->capacity, jobs->count + 1, sizeof *jobs->items,
	                  row->err);
	if (r < 0)
		return r;
	jobs->last[id] = jobs->count;
	jobs->items[jobs->count++] = job;
	return 0;
}

/* ---- Rows -------------------------------------------------------------------------------------
 */

/* The job's part of "1234_5.batch". Steps of an array's tasks have a dot behind it too. */
static bool read_id(const struct row *row, char id[ID_BYTES], bool *ret_is_step)
{
	const char *const text = cell(row, SACCT_JOB_ID);
	const char *const cluster = cell(row, SACCT_CLUSTER);
	const size_t length = strcspn(text, ".");
	if (length == 0 || length > 60 || strspn(text, "0123456789_+[]-,%.") == 0 ||
	    !(text[0] >= '0' && text[0] <= '9') || strlen(cluster) > 100)
		return false;
	snprintf(id, ID_BYTES, "%s%s%.*s", cluster, *cluster ? ":" : "", (int)length, text);
	*ret_is_step = text[length] == '.';
	return true;
}

/* The index of an id, with room for its last job. */
static int find_id(struct sacct_jobs *jobs, const char *id, uint32_t *ret_id, struct error *err)
{
	const size_t before = jobs->ids.count;
	int r = words_index_add(&jobs->id_index, &jobs->ids, id, CAMPAIGN_MOST_TASKS, ret_id, err);
	if (r == -E2BIG)
		return error_set(err, E2BIG, "more than %d jobs", CAMPAIGN_MOST_TASKS);
	if (r == 0)
		r = array_reserve(&jobs->last, &jobs->last_capacity, jobs->ids.count,
		                  sizeof *jobs->last, err);
	if (r == 0 && jobs->ids.count > before)
		jobs->last[*ret_id] = SIZE_MAX;
	return r;
}

int sacct_jobs_take(struct sacct_jobs *jobs, const struct sacct_columns *columns,
                    char *const *cells, const char **ret_column, const char **ret_wrong,
                    struct error *err)
{
	const struct row row = {jobs, columns, cells, ret_column, ret_wrong, err};
	char text[ID_BYTES];
	bool is_step = false;
	uint32_t id = 0;
	if (!read_id(&row, text, &is_step)) {
		jobs->is_passed_over = true;
		refuse(&row, SACCT_JOB_ID, "is no number of a job, as 1234, 1234_5 or 1234.batch");
		return 0;
	}
	const int r = find_id(jobs, text, &id, err);
	if (r < 0)
		return r;
	if (!is_step)
		return take_job(&row, id);
	if (jobs->is_passed_over)
		return 0;
	if (jobs->last[id] == SIZE_MAX)
		refuse(&row, SACCT_JOB_ID,
		       "is of a step whose job does not stand above it: sort nothing, and leave no "
		       "rows out");
	else
		take_step(&row, &jobs->items[jobs->last[id]]);
	return 0;
}

void sacct_jobs_release(struct sacct_jobs *jobs)
{
	if (!jobs)
		return;
	free(jobs->items);
	free(jobs->last);
	words_release(&jobs->ids);
	words_index_release(&jobs->id_index);
	words_release(&jobs->names);
	words_index_release(&jobs->name_index);
	for (size_t i = 0; i < SACCT_LABELS; i++) {
		words_release(&jobs->labels[i]);
		words_index_release(&jobs->label_index[i]);
	}
	*jobs = (struct sacct_jobs){0};
}
