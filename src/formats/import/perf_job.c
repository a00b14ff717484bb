#include "formats/import/perf_job.h"

#include "core/array.h"
#include "core/error.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Wall time by "CPUs utilized" is used when rounding makes it wrong by no more than this. */
static const double most_rounding = 0.002;
/* "started on" has whole seconds: of shorter jobs it does not say when they ran. */
static const int64_t least_started_ns = 20000000000;

/* Events that are times of the job, and not what it counted. */
static const struct time_event {
	const char *name;
	size_t offset; /* in struct perf_job */
} time_events[] = {
        {"duration_time", offsetof(struct perf_job, elapsed_ns)},
        {"user_time", offsetof(struct perf_job, user_ns)},
        {"system_time", offsetof(struct perf_job, system_ns)},
};

static const struct signal_word {
	const char *word;
	int32_t number;
} signal_words[] = {
        {"Hangup", SIGHUP},
        {"Interrupt", SIGINT},
        {"Quit", SIGQUIT},
        {"Illegal instruction", SIGILL},
        {"Trace/breakpoint trap", SIGTRAP},
        {"Aborted", SIGABRT},
        {"Bus error", SIGBUS},
        {"Floating point exception", SIGFPE},
        {"Killed", SIGKILL},
        {"Segmentation fault", SIGSEGV},
        {"Broken pipe", SIGPIPE},
        {"Alarm clock", SIGALRM},
        {"Terminated", SIGTERM},
        {"CPU time limit exceeded", SIGXCPU},
        {"File size limit exceeded", SIGXFSZ},
};

void perf_job_init(struct perf_job *job, size_t line)
{
	*job = (struct perf_job){
	        .line = line,
	        .elapsed_ns = RECORD_ABSENT,
	        .user_ns = RECORD_ABSENT,
	        .system_ns = RECORD_ABSENT,
	        .started_ns = RECORD_ABSENT,
	};
}

void perf_job_add(struct perf_job *job, const struct perf_row *row)
{
	if (job->row_count < PERF_MOST_ROWS)
		job->rows[job->row_count++] = *row;
	else
		job->rows_left_out++;
}

bool perf_job_is_alike(const struct perf_job *a, const struct perf_job *b)
{
	if (a->row_count != b->row_count || a->rows_left_out != b->rows_left_out)
		return false;
	for (size_t i = 0; i < a->row_count; i++)
		if (strcmp(a->rows[i].event, b->rows[i].event) != 0)
			return false;
	return true;
}

static bool is_event(const char *event, const char *name)
{
	const size_t length = strlen(name);
	return strncmp(event, name, length) == 0 && (event[length] == '\0' || event[length] == ':');
}

/* Where the job keeps the time that this event is; NULL: it is none. */
static int64_t *time_of(struct perf_job *job, const char *event)
{
	for (size_t i = 0; i < ARRAY_LENGTH(time_events); i++)
		if (is_event(event, time_events[i].name))
			return (int64_t *)(void *)((char *)job + time_events[i].offset);
	return NULL;
}

static bool is_clock(const struct perf_row *row)
{
	return is_event(row->event, "task-clock") || is_event(row->event, "cpu-clock");
}

static bool clock_ns(const struct perf_row *row, int64_t *ret_ns)
{
	return row->state == PERF_VALUE && strcmp(row->unit, "msec") == 0 &&
	       written_number_ns(&row->value, 1000, ret_ns);
}

/* For how long events were there to be counted: the time on the CPU, as well as it is known. */
static int64_t enabled_of(const struct perf_job *job)
{
	int64_t ns = 0;
	for (size_t i = 0; i < job->row_count; i++)
		if (is_clock(&job->rows[i]) && clock_ns(&job->rows[i], &ns) && ns > 0)
			return ns;
	if (job->user_ns != RECORD_ABSENT && job->system_ns != RECORD_ABSENT &&
	    job->user_ns + job->system_ns > 0)
		return job->user_ns + job->system_ns;
	return job->elapsed_ns > 0 ? job->elapsed_ns : 1000000000;
}

/* perf has multiplied by enabled/running already: undone, so that the value times that ratio is
 * what was written. */
static struct counter_value scaled_value(uint64_t value, int32_t percent_e2, int64_t running_ns,
                                         int64_t enabled_ns)
{
	const double part = percent_e2 / 10000.0;
	struct counter_value counter = {.state = COUNTER_SCALED};
	if (running_ns != RECORD_ABSENT) {
		counter.running_ns = (uint64_t)running_ns;
		counter.enabled_ns = (uint64_t)llround((double)running_ns / part);
	} else {
		counter.enabled_ns = (uint64_t)enabled_ns;
		counter.running_ns = (uint64_t)llround((double)enabled_ns * part);
	}
	if (counter.running_ns == 0 || counter.enabled_ns == 0)
		return (struct counter_value){.state = COUNTER_NOT_COUNTED};
	counter.raw = (uint64_t)roundl((long double)value * (long double)counter.running_ns /
	                               (long double)counter.enabled_ns);
	return counter;
}

/* Returns false where the row is no count: of a unit that belongs to the machine. */
static bool count_of(const struct perf_job *job, const struct perf_row *row,
                     struct counter_value *ret_value)
{
	int64_t ns = 0;
	uint64_t value = row->value.whole;
	*ret_value = (struct counter_value){.state = row->state == PERF_NOT_COUNTED
	                                                     ? COUNTER_NOT_COUNTED
	                                                     : COUNTER_NOT_SUPPORTED};
	if (row->state != PERF_VALUE)
		return true;
	if (is_clock(row)) {
		if (!clock_ns(row, &ns))
			return false;
		value = (uint64_t)ns;
	} else if (row->unit[0] != '\0' && strcmp(row->unit, "ns") != 0) {
		return false;
	}
	const bool is_whole = row->percent_e2 < 0 || row->percent_e2 == 10000;
	if (!is_whole && row->percent_e2 == 0) {
		ret_value->state = COUNTER_NOT_COUNTED; /* below 0.005 % of the time */
		return true;
	}
	if (!is_whole) {
		*ret_value = scaled_value(value, row->percent_e2, row->running_ns, enabled_of(job));
		return true;
	}
	const uint64_t time_ns =
	        (uint64_t)(row->running_ns != RECORD_ABSENT ? row->running_ns : enabled_of(job));
	*ret_value = (struct counter_value){value, time_ns, time_ns, COUNTER_OK};
	return true;
}

static int add_count(const struct perf_job *job, const struct perf_row *row,
                     struct imported *imported, struct imported_task *task, struct error *err)
{
	struct counter_value value;
	if (!count_of(job, row, &value))
		return imported_add_remark(imported, err,
		                           "%.80s was passed over: it is in %s, and no count of a "
		                           "task",
		                           row->event, row->unit);
	uint32_t event = 0;
	int r = imported_event(imported, row->event, imported_is_user_only(row->event), &event,
	                       err);
	if (r == -E2BIG)
		return imported_add_remark(imported, err,
		                           "%.80s was passed over: a result holds %d events, with "
		                           "names of at most %zu letters",
		                           row->event, RECORD_MAX_EVENTS,
		                           sizeof imported->events[0].name - 1);
	if (r == 0)
		r = imported_add_count(task, event, &value, err);
	if (r == -EEXIST)
		return imported_add_remark(imported, err,
		                           "%.80s was counted twice by one job: the first counts",
		                           row->event);
	return r;
}

/* Wall time of a clock and how many CPUs it says were used; RECORD_ABSENT where that is too coarse.
 */
static int64_t wall_by_cpus(const struct perf_job *job)
{
	for (size_t i = 0; i < job->row_count; i++) {
		const struct perf_row *const row = &job->rows[i];
		int64_t ns = 0;
		if (is_clock(row) && clock_ns(row, &ns) && row->cpus > 0 &&
		    row->cpus_error <= most_rounding * row->cpus)
			return llround((double)ns / row->cpus);
	}
	return RECORD_ABSENT;
}

static int read_wall(struct perf_job *job, struct imported *imported, struct error *err)
{
	if (job->elapsed_ns != RECORD_ABSENT)
		return 0;
	job->elapsed_ns = wall_by_cpus(job);
	if (job->elapsed_ns != RECORD_ABSENT)
		return imported_add_remark(
		        imported, err,
		        "perf stat -x and -j do not write how long a job took: it was worked out "
		        "from task-clock and \"CPUs utilized\", to within %.1f %%; the event "
		        "duration_time is exact",
		        100 * most_rounding);
	return imported_add_remark(
	        imported, err,
	        "some jobs have no wall time and count for nothing: perf stat -x and -j write it "
	        "as the event duration_time alone (perf stat -x, -e duration_time,...)");
}

static void fill(const struct perf_job *job, struct imported_task *task)
{
	task->wall_ns = job->elapsed_ns;
	task->record.user_ns = job->user_ns;
	task->record.system_ns = job->system_ns;
	if (job->signal > 0) {
		task->record.state = TASK_SIGNALED;
		task->record.signal = job->signal;
	}
	if (job->started_ns != RECORD_ABSENT && task->wall_ns >= least_started_ns) {
		task->record.start_ns = job->started_ns;
		task->record.end_ns = job->started_ns + task->wall_ns;
	}
}

/* Takes the rows that are times of the job away from its counts. */
static void take_times(struct perf_job *job)
{
	size_t kept = 0;
	for (size_t i = 0; i < job->row_count; i++) {
		const struct perf_row *const row = &job->rows[i];
		int64_t *const time = time_of(job, row->event);
		if (!time) {
			job->rows[kept++] = *row;
			continue;
		}
		int64_t ns = 0;
		if (*time == RECORD_ABSENT && row->state == PERF_VALUE &&
		    written_number_ns(&row->value, 1000000000, &ns))
			*time = ns;
	}
	job->row_count = kept;
}

static int add_facts(const struct perf_job *job, struct imported *imported, struct error *err)
{
	int r = 0;
	if (job->command[0] != '\0')
		r = imported_add_fact(imported, "command", job->command, err);
	if (r == 0 && job->started_ns != RECORD_ABSENT)
		r = imported_add_remark(imported, err,
		                        "\"started on\" has no time zone and whole seconds: it is "
		                        "read as UTC, and used for jobs of 20 s and more");
	if (r == 0 && job->rows_left_out > 0)
		r = imported_add_remark(imported, err,
		                        "of jobs with more than %d events the first "
		                        "are read",
		                        PERF_MOST_ROWS);
	return r;
}

int perf_job_finish(const struct perf_job *job, const char *file, struct imported *imported,
                    struct error *err)
{
	struct perf_job whole = *job;
	take_times(&whole);
	int r = read_wall(&whole, imported, err);
	if (r == 0)
		r = add_facts(&whole, imported, err);
	if (r < 0)
		return r;
	struct imported_task *const task = imported_add_task(imported, file, job->line, err);
	if (!task)
		return imported->task_count >= IMPORTED_MOST_TASKS ? -E2BIG : -ENOMEM;
	fill(&whole, task);
	for (size_t i = 0; r == 0 && i < whole.row_count; i++)
		r = add_count(&whole, &whole.rows[i], imported, task, err);
	if (r == 0 && task->count_count != imported->tasks[0].count_count)
		r = imported_add_remark(imported, err,
		                        "not all jobs counted the same events: files are cut off, "
		                        "or were made with another -e");
	return r;
}

int64_t perf_job_read_start(const char *text)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char month[4] = "";
	struct tm tm = {0};
	int end = 0;
	if (sscanf(text, "%*3s %3s %2d %2d:%2d:%2d %4d%n", month, &tm.tm_mday, &tm.tm_hour,
	           &tm.tm_min, &tm.tm_sec, &tm.tm_year, &end) != 6 ||
	    text[end] != '\0' || strlen(month) != 3)
		return RECORD_ABSENT;
	const char *const found = strstr(months, month);
	if (!found || (found - months) % 3 != 0 || tm.tm_year < 1970 || tm.tm_year > 2261)
		return RECORD_ABSENT;
	tm.tm_mon = (int)(found - months) / 3;
	tm.tm_year -= 1900;
	return (int64_t)timegm(&tm) * 1000000000;
}

int32_t perf_job_read_signal(const char *line)
{
	const char *const colon = strrchr(line, ':');
	if (!colon || colon == line || colon[1] != ' ')
		return 0;
	for (size_t i = 0; i < ARRAY_LENGTH(signal_words); i++)
		if (strcmp(colon + 2, signal_words[i].word) == 0)
			return signal_words[i].number;
	return 0;
}
