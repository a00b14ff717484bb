/* What the columns of a table of a campaign are called. */
#include "core/array.h"
#include "core/str.h"
#include "formats/campaign/campaign_csv_parts.h"

#include <string.h>

#define ROW(name) PLACE_RECORD, offsetof(struct campaign_row, name)

/* clang-format off */
static const struct task_field fields[] = {
	{"type", TASK_TEXT, PLACE_TYPE, 0, "tasktype type tasklabel task taskname label pipetask jobname step"},
	{"wall_s", TASK_SECONDS, ROW(wall_ns), "wall walltime wallclock wallclocktime elapsed elapsedtime duration real realtime"},
	{"cpu_s", TASK_SECONDS, ROW(cpu_ns), "cpu cputime totalcpu runtime"},
	{"user_s", TASK_SECONDS, ROW(user_ns), "user usertime usercpu utime"},
	{"system_s", TASK_SECONDS, ROW(system_ns), "system systemtime systemcpu sys systime stime"},
	{"max_rss_bytes", TASK_BYTES, ROW(max_rss_bytes), "maxrss rss peakrss memory maxmemory peakmemory maxresident maxresidentsetsize"},
	{"start_s", TASK_INSTANT, ROW(start_ns), "start starttime started begin begintime"},
	{"end_s", TASK_INSTANT, ROW(end_ns), "end endtime ended finish finished stop stoptime"},
	{"cores", TASK_COUNT, ROW(cores), "cores ncores cpus ncpus alloccpus threads nthreads"},
	{"state", TASK_WORD, PLACE_STATE, 0, "state status taskstate taskstatus jobstate jobstatus outcome"},
	{"success", TASK_WORD, PLACE_SUCCESS, 0, "success succeeded issuccess"},
	{"exit_status", TASK_COUNT, ROW(exit_status), "exit exitcode exitstatus returncode rc"},
	{"signal", TASK_COUNT, ROW(signal), NULL},
	{"exceeded_memory_limit", TASK_COUNT, ROW(exceeded_memory_limit), NULL},
	{"attempt", TASK_COUNT, ROW(attempt), "attempt attemptnumber nattempt attemptnr"},
	{"retry", TASK_COUNT, ROW(retry), "retry nretry retries nretries numretries retrycount"},
	{"id", TASK_TEXT, PLACE_ID, 0, "taskid quantumid"},
};
/* clang-format on */

static const struct task_field number_field = {"covariate.", TASK_NUMBER, PLACE_NUMBER, 0, NULL};
static const struct task_field label_field = {"label.", TASK_LABEL, PLACE_NUMBER, 0, NULL};
static const struct task_field other_field = {"covariate.", TASK_OTHER, PLACE_NUMBER, 0, NULL};
static const struct task_field *const named[] = {&number_field, &label_field, NULL};

/* Of plateau export, beside what is here anyway. */
static const char *const silent[] = {"run", "trial", "task_index", "pu", NULL};

/* What says which task of its type one is: dimensions of LSST's data. */
static const char *const keys[] = {
        "visit",      "exposure",  "detector", "tract",  "patch",  "healpix3",
        "healpix9",   "healpix11", "group",    "dataid", "dayobs", "seqnum",
        "exposureid", "visitid",   "ccd",      "raft",
};

/* The same, of which there are few: they are covariates, too. */
static const char *const few_keys[] = {
        "band", "filter", "physicalfilter", "instrument", "skymap",
};

/* Numbers and names that single rows have. */
static const char *const ids[] = {
        "",     "index", "row",  "id",       "uuid",     "jobid",     "jobidraw", "stepid",
        "pid",  "run",   "host", "node",     "hostname", "nodename",  "nodelist", "quantum",
        "path", "file",  "uri",  "filename", "logfile",  "datasetid", "runid",    "unnamed0",
};

static bool is_among(const char *base, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], base) == 0)
			return true;
	return false;
}

static void recognise(struct task_column *column)
{
	static const char figure[] = "figure_";
	char base[64];
	csv_name_base(column->name, base);
	if (str_starts_with(column->name, figure) && column->name[sizeof figure - 1] &&
	    strlen(column->name) - sizeof figure + 1 < sizeof column->detail) {
		column->field = &number_field;
		strcpy(column->detail, column->name + sizeof figure - 1);
	}
	const bool is_number = is_among(base, keys, ARRAY_LENGTH(keys));
	column->is_key = is_number || is_among(base, few_keys, ARRAY_LENGTH(few_keys));
	column->is_passed = is_number || is_among(base, ids, ARRAY_LENGTH(ids));
}

const struct task_vocabulary campaign_vocabulary = {
        .fields = fields,
        .field_count = ARRAY_LENGTH(fields),
        .named = named,
        .words = "type, wall_s, cpu_s (user and system together), user_s, system_s, max_rss_bytes, "
                 "start_s, end_s, cores, state, success, exit_status, signal, attempt (from 1), "
                 "retry (from 0), id (which task, of attempts at it); covariate.NAME (a number), "
                 "label.NAME (a text)",
        .silent = silent,
        .recognise = recognise,
        .other = &other_field,
};

static const struct task_field *field_of(enum task_kind kind, size_t offset)
{
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
		if (fields[i].kind == kind && fields[i].place == PLACE_RECORD &&
		    fields[i].offset == offset)
			return &fields[i];
	return NULL;
}

void campaign_csv_settle(struct csv_columns *columns)
{
	const struct task_field *const wall =
	        field_of(TASK_SECONDS, offsetof(struct campaign_row, wall_ns));
	const struct task_field *const rss =
	        field_of(TASK_BYTES, offsetof(struct campaign_row, max_rss_bytes));
	struct task_column *run_time = NULL;
	struct task_column *memory = NULL;
	bool has_wall = false;
	for (size_t i = 0; i < columns->count; i++) {
		struct task_column *const column = &columns->items[i];
		char base[64];
		csv_name_base(column->name, base);
		has_wall = has_wall || column->field == wall;
		if (column->is_guessed && strncmp(base, "runtime", 7) == 0)
			run_time = column;
		if (column->field == rss && column->is_nameless && strcmp(base, "memory") == 0)
			memory = column;
	}
	if (run_time && !has_wall)
		run_time->field = wall;
	else if (run_time && memory) {
		memory->is_assumed = true; /* if its figures are such, which is seen at the end */
		memory->unit = task_unit_find("B", TASK_BYTES);
	}
}

static bool is_figure(const struct task_column *column)
{
	static const size_t offsets[] = {
	        offsetof(struct campaign_row, wall_ns),       offsetof(struct campaign_row, cpu_ns),
	        offsetof(struct campaign_row, system_ns),     offsetof(struct campaign_row, end_ns),
	        offsetof(struct campaign_row, max_rss_bytes),
	};
	if (!column->field || column->field->place != PLACE_RECORD)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(offsets); i++)
		if (column->field->offset == offsets[i])
			return true;
	return false;
}

bool campaign_csv_has_figures(const struct csv_columns *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (is_figure(&columns->items[i]))
			return true;
	return false;
}

bool campaign_csv_has_keys(const struct csv_columns *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->items[i].is_key && columns->items[i].is_passed)
			return true;
	return false;
}

bool campaign_csv_has_attempts(const struct csv_columns *columns)
{
	for (size_t i = 0; i < columns->count; i++) {
		const struct task_field *const field = columns->items[i].field;
		if (field && field->place == PLACE_RECORD &&
		    (field->offset == offsetof(struct campaign_row, attempt) ||
		     field->offset == offsetof(struct campaign_row, retry)))
			return true;
	}
	return false;
}
