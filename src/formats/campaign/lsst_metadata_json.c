#include "formats/campaign/lsst_metadata_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/str.h"
#include "formats/campaign/python_json.h"
#include "formats/log/log_time.h"
#include "model/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

DEFINE_CLEANUP(json, json_t *, json_decref);
#define cleanup_json __attribute__((cleanup(cleanup_json_function)))

enum {
	NUMBER_PREP,
	NUMBER_INIT,
	NUMBER_COUNTS, /* differences of counts */
	NUMBER_RSS_BEFORE = NUMBER_COUNTS + 6,
	NUMBER_METRICS,
	MOST_ATTEMPTS = 1000
};

/* More than a year is no task. */
static const double most_seconds = 366.0 * 86400;
/* A count above this is no count: 2^53. */
static const double most_count = 9007199254740992.0;

const char *const lsst_number_names[LSST_NUMBERS] = {
        "prep_s",
        "init_s",
        "minor_page_faults",
        "major_page_faults",
        "block_inputs",
        "block_outputs",
        "voluntary_context_switches",
        "involuntary_context_switches",
        "rss_before_bytes",
        "time_in_put",
        "time_in_get",
        "time_in_ingest",
        "n_put",
        "n_get",
        "n_ingest",
};

static const char *const count_names[] = {
        "MinorPageFaults", "MajorPageFaults",          "BlockInputs",
        "BlockOutputs",    "VoluntaryContextSwitches", "InvoluntaryContextSwitches",
};

/* The moments at which a quantum notes what it has used; before there were quanta, the method that
 * ran did. The first is where a task begins, the last where it ends. */
struct moments {
	const char *names[4];
	size_t count;
};

static const struct moments quantum_moments = {{"prep", "init", "start", "end"}, 4};
static const struct moments method_moments[] = {
        {{"runQuantumStart", "runQuantumEnd"}, 2},
        {{"runDataRefStart", "runDataRefEnd"}, 2},
        {{"runStart", "runEnd"}, 2},
};

/* ---- Values of a node {"scalars", "arrays", "metadata"} ------------------------------------- */

static const json_t *child(const json_t *node, const char *name)
{
	return json_object_get(json_object_get(node, "metadata"), name);
}

/* A value, the last where there are several. */
static const json_t *value_of(const json_t *node, const char *name)
{
	const json_t *const list = json_object_get(json_object_get(node, "arrays"), name);
	if (json_array_size(list) > 0)
		return json_array_get(list, json_array_size(list) - 1);
	return json_object_get(json_object_get(node, "scalars"), name);
}

static const json_t *at_moment(const json_t *node, const char *moment, const char *what)
{
	char name[80];
	snprintf(name, sizeof name, "%s%s", moment, what);
	return value_of(node, name);
}

/* How many values there are: an end that is missing makes them differ. */
static size_t count_at(const json_t *node, const char *moment, const char *what)
{
	char name[80];
	snprintf(name, sizeof name, "%s%s", moment, what);
	const json_t *const list = json_object_get(json_object_get(node, "arrays"), name);
	return list ? json_array_size(list) : at_moment(node, moment, what) != NULL;
}

static double number_at(const json_t *node, const char *moment, const char *what)
{
	const json_t *const value = at_moment(node, moment, what);
	return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static int64_t time_at(const json_t *node, const char *moment)
{
	const char *const text = json_string_value(at_moment(node, moment, "Utc"));
	int64_t ns = RECORD_ABSENT;
	const char *const end = text ? log_time_iso(text, PHASES_UTC, &ns) : NULL;
	return end && *end == '\0' ? ns : RECORD_ABSENT;
}

/* CPU time so far, of the process. */
static double cpu_at(const json_t *node, const char *moment)
{
	const double cpu_s = number_at(node, moment, "CpuTime");
	return isnan(cpu_s)
	               ? number_at(node, moment, "UserTime") + number_at(node, moment, "SystemTime")
	               : cpu_s;
}

/* ---- An attempt ------------------------------------------------------------------------------ */

/* The moment where it begins: the first that is noted. */
static const char *first_moment(const json_t *node, const struct moments *moments)
{
	for (size_t i = 0; i + 1 < moments->count; i++)
		if (time_at(node, moments->names[i]) != RECORD_ABSENT)
			return moments->names[i];
	return moments->names[0];
}

/* Between two moments, in s; NAN where one is absent. */
static double seconds_between(const json_t *node, const char *from, const char *to)
{
	const int64_t begin_ns = time_at(node, from);
	const int64_t end_ns = time_at(node, to);
	if (begin_ns == RECORD_ABSENT || end_ns == RECORD_ABSENT)
		return (double)NAN;
	return (double)(end_ns - begin_ns) / 1e9;
}

/* A difference that cannot be is left out, and told. */
static double plausible(struct lsst_attempt *attempt, double value, double most)
{
	if (isnan(value) || (value >= 0 && value <= most))
		return value;
	attempt->is_odd = true;
	return (double)NAN;
}

static int64_t to_ns(double seconds)
{
	return isnan(seconds) ? RECORD_ABSENT : (int64_t)llround(seconds * 1e9);
}

static void take_memory(const json_t *node, const char *from, const char *to,
                        struct lsst_attempt *attempt)
{
	const json_t *const version = value_of(node, "__version__");
	const double factor = json_number_value(version) >= 1 ? 1 : 1024;
	const double before = number_at(node, from, "MaxResidentSetSize") * factor;
	const double after =
	        plausible(attempt, number_at(node, to, "MaxResidentSetSize") * factor, most_count);
	if (isnan(after))
		return;
	attempt->is_old = factor > 1;
	attempt->max_rss_bytes = (int64_t)after;
	attempt->is_peak_before = before >= after;
	attempt->numbers[NUMBER_RSS_BEFORE] = plausible(attempt, before, most_count);
}

static void take_metrics(const json_t *node, struct lsst_attempt *attempt)
{
	const json_t *const metrics = child(node, "butler_metrics");
	for (size_t i = NUMBER_METRICS; i < LSST_NUMBERS; i++) {
		const json_t *const value = value_of(metrics, lsst_number_names[i]);
		if (json_is_number(value))
			attempt->numbers[i] =
			        plausible(attempt, json_number_value(value), most_count);
	}
}

static void take_moments(const json_t *node, const struct moments *moments,
                         struct lsst_attempt *attempt)
{
	const char *const from = first_moment(node, moments);
	const char *const to = moments->names[moments->count - 1];
	const bool has_ended = count_at(node, to, "Utc") > 0 &&
	                       count_at(node, to, "Utc") >= count_at(node, from, "Utc");
	attempt->start_ns = time_at(node, from);
	attempt->state = has_ended ? CAMPAIGN_DONE : CAMPAIGN_FAILED;
	if (!has_ended)
		return;
	attempt->wall_ns = to_ns(plausible(attempt, seconds_between(node, from, to), most_seconds));
	attempt->cpu_ns = to_ns(
	        plausible(attempt, cpu_at(node, to) - cpu_at(node, from), most_seconds * 100));
	for (size_t i = 0; i < ARRAY_LENGTH(count_names); i++)
		attempt->numbers[NUMBER_COUNTS + i] = plausible(
		        attempt,
		        number_at(node, to, count_names[i]) - number_at(node, from, count_names[i]),
		        most_count);
	take_memory(node, from, to, attempt);
}

static void take_node(const json_t *node, struct lsst_attempt *attempt)
{
	const char *const name = json_string_value(value_of(node, "nodeName"));
	if (name)
		snprintf(attempt->node, sizeof attempt->node, "%.*s",
		         str_cut(name, LSST_WORD_BYTES - 1), name);
}

/* ---- A file -----------------------------------------------------------------------------------
 */

/* The label of the task: the one member that is neither a part of a task nor the executor's. More
 * than one: not known. */
static const char *find_label(const json_t *whole)
{
	const char *found = NULL;
	const char *name = NULL;
	json_t *value = NULL;
	json_object_foreach(json_object_get(whole, "metadata"), name, value)
	{
		if (strchr(name, ':') || strcmp(name, "quantum") == 0 || strcmp(name, "job") == 0)
			continue;
		if (found)
			return NULL;
		found = name;
	}
	return found;
}

/* The moments of the method that ran, of the task itself. */
static const struct moments *find_method(const json_t *node)
{
	for (size_t i = 0; i < ARRAY_LENGTH(method_moments); i++)
		if (at_moment(node, method_moments[i].names[0], "Utc"))
			return &method_moments[i];
	return NULL;
}

/* False: there is nothing of a quantum in it. */
static bool take_attempt(const json_t *whole, struct lsst_file *file, struct lsst_attempt *attempt)
{
	const char *const label = find_label(whole);
	const json_t *const quantum = child(whole, "quantum");
	const json_t *const task = label ? child(whole, label) : NULL;
	const struct moments *const method = find_method(task);
	for (size_t i = 0; i < LSST_NUMBERS; i++)
		attempt->numbers[i] = (double)NAN;
	attempt->start_ns = attempt->wall_ns = RECORD_ABSENT;
	attempt->cpu_ns = attempt->max_rss_bytes = RECORD_ABSENT;
	attempt->state = CAMPAIGN_FAILED;
	if (label && !file->type[0])
		snprintf(file->type, sizeof file->type, "%.*s", str_cut(label, LSST_WORD_BYTES - 1),
		         label);
	if (json_is_null(whole)) /* an attempt that left nothing */
		return true;
	if (!quantum && !method)
		return false;
	take_node(quantum ? quantum : task, attempt);
	if (quantum) {
		take_moments(quantum, &quantum_moments, attempt);
		take_metrics(quantum, attempt);
		attempt->numbers[NUMBER_PREP] =
		        plausible(attempt, seconds_between(quantum, "prep", "init"), most_seconds);
		attempt->numbers[NUMBER_INIT] =
		        plausible(attempt, seconds_between(quantum, "init", "start"), most_seconds);
	} else {
		take_moments(task, method, attempt);
	}
	return true;
}

static bool is_node(const json_t *whole)
{
	return json_is_object(json_object_get(whole, "scalars")) &&
	       json_is_object(json_object_get(whole, "arrays")) &&
	       json_is_object(json_object_get(whole, "metadata"));
}

/* A later attempt comes behind an earlier one, which failed therefore. */
static void take_attempts(const json_t *list, struct lsst_file *file)
{
	const size_t count = json_array_size(list);
	if (count > MOST_ATTEMPTS) {
		lsst_file_refuse(file, 1, 1, "has %zu attempts, which cannot be", count);
		return;
	}
	file->attempts = calloc(count ? count : 1, sizeof *file->attempts);
	if (!file->attempts) {
		lsst_file_refuse(file, 1, 1, "out of memory");
		return;
	}
	for (size_t i = 0; i < count; i++) {
		const json_t *const whole = json_array_get(list, i);
		struct lsst_attempt *const attempt = &file->attempts[i];
		if ((!is_node(whole) && !json_is_null(whole)) ||
		    !take_attempt(whole, file, attempt)) {
			lsst_file_refuse(file, 1, 1,
			                 "attempt %zu has no quantum: this is no metadata of a "
			                 "task, or is cut off",
			                 i + 1);
			return;
		}
		attempt->is_superseded = i + 1 < count;
		if (attempt->is_superseded)
			attempt->state = CAMPAIGN_FAILED;
		file->count++;
	}
	if (count == 0)
		lsst_file_refuse(file, 1, 1, "has no attempts");
}

static void take_whole(json_t *whole, struct lsst_file *file)
{
	json_t *const attempts = json_object_get(whole, "attempts");
	file->kind = LSST_FILE_READ;
	if (json_is_array(attempts)) {
		file->has_attempts = true;
		take_attempts(attempts, file);
		return;
	}
	if (!is_node(whole)) {
		lsst_file_refuse(file, 1, 1,
		                 "is no task metadata, which has scalars, arrays and metadata");
		file->kind = LSST_FILE_OTHER;
		return;
	}
	json_t *list = json_array();
	if (json_array_append(list, whole) == 0)
		take_attempts(list, file);
	else
		lsst_file_refuse(file, 1, 1, "out of memory");
	json_decref(list);
}

void lsst_file_parse(const char *text, size_t bytes, struct lsst_file *ret_file)
{
	json_error_t wrong;
	struct lsst_file file = {.kind = LSST_FILE_READ};
	cleanup_json json_t *whole = NULL;
	if (lsst_yaml_is(text, bytes)) {
		whole = lsst_yaml_parse(text, bytes, &file);
	} else {
		whole = python_json_parse(text, bytes, 0, &wrong);
		if (!whole)
			lsst_file_refuse(&file, wrong.line > 0 ? (size_t)wrong.line : 1,
			                 wrong.column > 0 ? (size_t)wrong.column : 1,
			                 "is no whole JSON: %.120s", wrong.text);
	}
	if (whole)
		take_whole(whole, &file);
	*ret_file = file;
}

void lsst_file_release(struct lsst_file *file)
{
	if (!file)
		return;
	free(file->attempts);
	*file = (struct lsst_file){0};
}
