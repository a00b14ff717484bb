/* Jobs, as squeue tells of those that wait, run, or ended lately (MinJobAge). */
#include "fleet/slurm/slurm_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "model/record.h"

#include <errno.h>
#include <string.h>

enum {
	JOB_ID,
	JOB_COMMENT,
	JOB_NODES,
	JOB_ASKED,
	JOB_PARTITION,
	JOB_STATE,
	JOB_EXIT,
	JOB_REASON,
	JOB_LIMIT,
	JOB_SUBMITTED,
	JOB_STARTED,
	JOB_ENDED,
	JOB_FIELDS
};

/* squeue cuts each at its width; these are wider than what Slurm accepts, or what we write. */
static const char *const job_formats[JOB_FIELDS] = {
        [JOB_ID] = "JobID:40",
        [JOB_COMMENT] = "Comment:1024",
        [JOB_NODES] = "NodeList:256",
        [JOB_ASKED] = "ReqNodes:256",
        [JOB_PARTITION] = "Partition:256",
        [JOB_STATE] = "State:40",
        [JOB_EXIT] = "exit_code:24",
        [JOB_REASON] = "Reason:512",
        [JOB_LIMIT] = "TimeLimit:40",
        [JOB_SUBMITTED] = "SubmitTime:40",
        [JOB_STARTED] = "StartTime:40",
        [JOB_ENDED] = "EndTime:40",
};

int jobs_format(const char *separator, char **ret_format, struct error *err)
{
	struct str s = {0};
	for (size_t i = 0; i < JOB_FIELDS; i++)
		str_addf(&s, "%s%s%s", i > 0 ? "," : "", job_formats[i], separator);
	return str_take(&s, ret_format, err);
}

static bool has_ended(enum job_state state)
{
	return state != JOB_UNKNOWN && state != JOB_PENDING && state != JOB_HELD &&
	       state != JOB_RUNNING;
}

static int read_texts(const struct fields *fields, size_t record, struct batch_job *job,
                      struct error *err)
{
	const char *const allocated = fields_at(fields, record, JOB_NODES);
	const struct {
		const char *field;
		char **text;
	} texts[] = {
	        {fields_at(fields, record, JOB_ID), &job->id},
	        {fields_at(fields, record, JOB_COMMENT), &job->comment},
	        {*allocated ? allocated : fields_at(fields, record, JOB_ASKED), &job->node},
	        {fields_at(fields, record, JOB_PARTITION), &job->partition},
	        {fields_at(fields, record, JOB_STATE), &job->state_word},
	        {fields_at(fields, record, JOB_REASON), &job->reason},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		const int r = field_copy(texts[i].field, texts[i].text, err);
		if (r < 0)
			return r;
	}
	if (!job->id || !job->state_word)
		return error_set(err, EINVAL, "squeue: a job without an id or a state");
	return 0;
}

static int read_job(const struct fields *fields, size_t record, struct batch_job *job,
                    struct error *err)
{
	const int r = read_texts(fields, record, job, err);
	if (r < 0)
		return r;
	job->state = job_state_find(job->state_word, job->reason);
	job->submitted_ns = field_time_ns(fields_at(fields, record, JOB_SUBMITTED));
	/* Of a job that waits, when it is expected to start and end; of one that was cancelled
	 * before it had a node, when that was. */
	const bool was_there = *fields_at(fields, record, JOB_NODES) != '\0';
	job->started_ns = was_there && job->state != JOB_PENDING && job->state != JOB_HELD
	                          ? field_time_ns(fields_at(fields, record, JOB_STARTED))
	                          : RECORD_ABSENT;
	job->ended_ns = has_ended(job->state) ? field_time_ns(fields_at(fields, record, JOB_ENDED))
	                                      : RECORD_ABSENT;
	job->time_limit_ns = field_limit_ns(fields_at(fields, record, JOB_LIMIT));
	job->exit_code = -1;
	if (has_ended(job->state) && was_there)
		field_exit(fields_at(fields, record, JOB_EXIT), &job->exit_code, &job->signal);
	job->max_rss_bytes = RECORD_ABSENT;
	job->ave_rss_bytes = RECORD_ABSENT;
	return 0;
}

int jobs_parse(const struct subprocess_end *end, const char *separator, struct batch_jobs *jobs,
               struct error *err)
{
	cleanup_fields struct fields fields = {0};
	int r = fields_split("squeue", end, separator, JOB_FIELDS, &fields, err);
	if (r == 0)
		r = array_reserve(&jobs->items, &jobs->capacity,
		                  jobs->count + fields.record_count + 1, sizeof *jobs->items, err);
	for (size_t i = 0; r == 0 && i < fields.record_count; i++)
		r = read_job(&fields, i, &jobs->items[jobs->count++], err);
	return r;
}
