/* Slurm's answers, and the JSON files of a fleet's folder. */
#include "targets.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "fleet/job_lines.h"
#include "fleet/slurm/slurm_parts.h"
#include "formats/fleet/job_report_json.h"
#include "formats/fleet/manifest_json.h"

#include <stdlib.h>
#include <string.h>

#define SEPARATOR "|0123456789abcdef|"

static struct subprocess_end said(const char *text, size_t count)
{
	struct subprocess_end end = {.output = malloc(count + 1), .output_bytes = count};
	if (!end.output)
		abort();
	memcpy(end.output, text, count + 1);
	return end;
}

static int read_nodes(const char *text, size_t count, struct error *err)
{
	cleanup_subprocess_end struct subprocess_end end = said(text, count);
	cleanup_batch_nodes struct batch_nodes nodes = {0};
	const int r = nodes_parse(&end, SEPARATOR, &nodes, err);
	for (size_t i = 0; i < nodes.count; i++)
		fuzz_promise(nodes.items[i].name != NULL);
	return r;
}

static void check_jobs(const struct batch_jobs *jobs)
{
	for (size_t i = 0; i < jobs->count; i++)
		fuzz_promise(jobs->items[i].id && jobs->items[i].state < JOB_STATES);
}

static int read_jobs(const char *text, size_t count, struct error *err)
{
	cleanup_subprocess_end struct subprocess_end end = said(text, count);
	cleanup_batch_jobs struct batch_jobs jobs = {0};
	const int r = jobs_parse(&end, SEPARATOR, &jobs, err);
	if (r == 0)
		check_jobs(&jobs);
	return r;
}

static int read_accounts(const char *text, size_t count, struct error *err)
{
	cleanup_subprocess_end struct subprocess_end end = said(text, count);
	cleanup_batch_jobs struct batch_jobs jobs = {0};
	const int r = accounts_parse(&end, SEPARATOR, "reason", &jobs, err);
	if (r == 0)
		check_jobs(&jobs);
	return r;
}

static int read_config(const char *text, size_t count, struct error *err)
{
	(void)count;
	struct slurm slurm = {0};
	cleanup_free char *reason = NULL;
	int r = config_parse(text, &slurm, err);
	if (r == 0)
		r = accounts_rss_reason(&slurm, &reason, err);
	free(slurm.version);
	free(slurm.gathers);
	return r;
}

static int read_complaint(const char *text, size_t count, struct error *err)
{
	(void)count;
	(void)err;
	cleanup_free char *words = NULL;
	fuzz_promise(slurm_complaint(text, &words) > 0);
	fuzz_promise(!words || !strchr(words, '\n'));
	return 0;
}

/* The expression up to a line end, then features. */
static int read_constraint(const char *text, size_t count, struct error *err)
{
	const char *at = text;
	bool holds = false;
	cleanup_free char *constraint = fuzz_take_line(&at, text + count);
	return constraint ? constraint_holds(constraint, at, &holds, err)
	                  : constraint_holds("", at, &holds, err);
}

static int read_fields(const char *text, size_t count, struct error *err)
{
	(void)count;
	(void)err;
	int32_t code = 0;
	int32_t signal = 0;
	field_time_ns(text);
	field_limit_ns(text);
	field_bytes(text);
	field_exit(text, &code, &signal);
	batch_is_node_name(text);
	return 0;
}

static void emit(void *context, const char *line)
{
	(void)context;
	fuzz_promise(!strchr(line, '\n'));
}

/* What `plateau run` says, in two pieces. */
static int read_job_lines(const char *text, size_t count, struct error *err)
{
	struct job_lines lines = {0};
	cleanup_free char *reason = NULL;
	job_lines_take(&lines, text, count / 2, emit, NULL);
	job_lines_take(&lines, text + count / 2, count - count / 2, emit, NULL);
	job_lines_finish(&lines, emit, NULL);
	const int r = job_lines_reason(&lines, 2, "/folder", &reason, err);
	job_lines_release(&lines);
	return r;
}

/* The first letter says which answer it is. Of answers with fields, a '\1' stands for what is
 * between them, so that a fuzzer finds it. */
void fuzz_slurm(const char *bytes, const char *text, size_t count)
{
	static int (*const readers[])(const char *text, size_t count, struct error *err) = {
	        read_nodes,     read_jobs,       read_accounts, read_config,
	        read_complaint, read_constraint, read_fields,   read_job_lines,
	};
	(void)text;
	struct error err = {""};
	cleanup_str struct str answer = {0};
	const size_t reader = fuzz_choose(&bytes, &count, ARRAY_LENGTH(readers));
	for (size_t i = 0; i < count; i++)
		if (bytes[i] == '\1')
			str_add(&answer, SEPARATOR);
		else
			str_add_bytes(&answer, bytes + i, 1);
	fuzz_check_told(readers[reader](str_text(&answer), answer.length, &err), NULL, &err);
}

/* ---- Files of a fleet's folder --------------------------------------------------------------- */

static int read_report(const char *text, size_t count, struct error *err)
{
	cleanup_job_report struct job_report report = {0};
	cleanup_free char *first = NULL;
	cleanup_free char *second = NULL;
	const int r = job_report_json_read(text, count, &report, err);
	if (r < 0)
		return r;
	cleanup_job_report struct job_report again = {0};
	fuzz_promise(!report.result || !strchr(report.result, '/'));
	fuzz_promise(job_report_json_write(&report, &first, err) == 0);
	fuzz_promise(job_report_json_read(first, strlen(first), &again, err) == 0);
	fuzz_promise(job_report_json_write(&again, &second, err) == 0);
	fuzz_promise(strcmp(first, second) == 0);
	return 0;
}

static int read_manifest(const char *text, size_t count, struct error *err)
{
	cleanup_manifest struct manifest manifest = {0};
	cleanup_free char *first = NULL;
	cleanup_free char *second = NULL;
	const int r = manifest_json_read(text, count, &manifest, err);
	if (r < 0)
		return r;
	cleanup_manifest struct manifest again = {0};
	fuzz_promise(manifest_json_write(&manifest, &first, err) == 0);
	fuzz_promise(manifest_json_read(first, strlen(first), &again, err) == 0);
	fuzz_promise(manifest_json_write(&again, &second, err) == 0);
	fuzz_promise(strcmp(first, second) == 0);
	return 0;
}

static int read_submission(const char *text, size_t count, struct error *err)
{
	cleanup_submission struct submission submission = {0};
	cleanup_free char *first = NULL;
	cleanup_free char *second = NULL;
	const int r = submission_json_read(text, count, &submission, err);
	if (r < 0)
		return r;
	cleanup_submission struct submission again = {0};
	fuzz_promise(submission_json_write(&submission, &first, err) == 0);
	fuzz_promise(submission_json_read(first, strlen(first), &again, err) == 0);
	fuzz_promise(submission_json_write(&again, &second, err) == 0);
	fuzz_promise(strcmp(first, second) == 0);
	return 0;
}

/* The first letter says which file it is. */
void fuzz_fleet_json(const char *bytes, const char *text, size_t count)
{
	static int (*const readers[])(const char *text, size_t count, struct error *err) = {
	        read_report,
	        read_manifest,
	        read_submission,
	};
	struct error err = {""};
	const size_t all = count;
	const size_t reader = fuzz_choose(&bytes, &count, ARRAY_LENGTH(readers));
	fuzz_check_told(readers[reader](text + (all - count), count, &err), NULL, &err);
}
