/* Jobs, as the site's accounts tell of them by sacct: those that the controller has forgotten, and
 * the memory of all that ended. */
#include "fleet/slurm/slurm_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "model/record.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

enum {
	ACCOUNT_ID,
	ACCOUNT_COMMENT,
	ACCOUNT_NODES,
	ACCOUNT_PARTITION,
	ACCOUNT_STATE,
	ACCOUNT_EXIT,
	ACCOUNT_LIMIT,
	ACCOUNT_SUBMITTED,
	ACCOUNT_STARTED,
	ACCOUNT_ENDED,
	ACCOUNT_MAX_RSS,
	ACCOUNT_AVE_RSS,
	ACCOUNT_FIELDS
};

/* In the order above. */
const char accounts_fields[] =
        "JobID,Comment,NodeList,Partition,State,ExitCode,Timelimit,Submit,Start,End,MaxRSS,AveRSS";

int accounts_rss_reason(const struct slurm *slurm, char **ret_reason, struct error *err)
{
	if (slurm->gathers && strstr(slurm->gathers, "none"))
		return str_copy("the site's Slurm samples no memory (JobAcctGatherType is none)",
		                ret_reason, err);
	if (slurm->sampled_ns == RECORD_ABSENT || slurm->sampled_ns == 0)
		return str_copy("Slurm has no sample of it", ret_reason, err);
	return str_format(ret_reason, err, "Slurm has no sample of it (it takes one every %lld s)",
	                  (long long)(slurm->sampled_ns / NS_PER_S));
}

/* "CANCELLED by 1000": the user's name, or the number where it has none here. */
static int read_cancelled_by(const char *state, char **ret_user, struct error *err)
{
	static const char by[] = " by ";
	const char *const at = strstr(state, by);
	if (!at)
		return 0;
	const char *const user = at + sizeof by - 1;
	int64_t number;
	struct error none;
	struct passwd entry;
	struct passwd *found = NULL;
	char buffer[4096];
	if (number_parse_integer(user, 0, UINT32_MAX - 1, &number, &none) == 0)
		(void)getpwuid_r((uid_t)number, &entry, buffer, sizeof buffer, &found);
	return str_copy(found ? found->pw_name : user, ret_user, err);
}

static struct batch_job *find_job(const struct batch_jobs *jobs, const char *id, size_t length)
{
	for (size_t i = 0; i < jobs->count; i++)
		if (strncmp(jobs->items[i].id, id, length) == 0 &&
		    jobs->items[i].id[length] == '\0')
			return &jobs->items[i];
	return NULL;
}

static bool is_known_end(int64_t ended_ns)
{
	return ended_ns != RECORD_ABSENT;
}

/* What the controller has forgotten. */
static int add_job(const struct fields *fields, size_t record, struct batch_jobs *jobs,
                   struct error *err)
{
	int r = array_reserve(&jobs->items, &jobs->capacity, jobs->count + 1, sizeof *jobs->items,
	                      err);
	if (r < 0)
		return r;
	struct batch_job *const job = &jobs->items[jobs->count++];
	*job = (struct batch_job){.started_ns = RECORD_ABSENT,
	                          .exit_code = -1,
	                          .max_rss_bytes = RECORD_ABSENT,
	                          .ave_rss_bytes = RECORD_ABSENT};
	const struct {
		size_t field;
		char **text;
	} texts[] = {
	        {ACCOUNT_ID, &job->id},
	        {ACCOUNT_COMMENT, &job->comment},
	        {ACCOUNT_NODES, &job->node},
	        {ACCOUNT_PARTITION, &job->partition},
	        {ACCOUNT_STATE, &job->state_word},
	};
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(texts); i++)
		r = field_copy(fields_at(fields, record, texts[i].field), texts[i].text, err);
	if (r < 0)
		return r;
	if (!job->id || !job->state_word)
		return error_set(err, EINVAL, "sacct: a job without an id or a state");
	job->state = job_state_find(job->state_word, NULL);
	job->time_limit_ns = field_limit_ns(fields_at(fields, record, ACCOUNT_LIMIT));
	job->submitted_ns = field_time_ns(fields_at(fields, record, ACCOUNT_SUBMITTED));
	job->ended_ns = field_time_ns(fields_at(fields, record, ACCOUNT_ENDED));
	if (!job->node)
		return 0;
	job->started_ns = field_time_ns(fields_at(fields, record, ACCOUNT_STARTED));
	if (is_known_end(job->ended_ns))
		field_exit(fields_at(fields, record, ACCOUNT_EXIT), &job->exit_code, &job->signal);
	return 0;
}

/* What the accounts know more of a job that squeue told of. */
static int complete_job(const struct fields *fields, size_t record, struct batch_job *job,
                        struct error *err)
{
	if (job->ended_ns != RECORD_ABSENT && job->started_ns != RECORD_ABSENT &&
	    job->exit_code == -1 && job->signal == 0)
		field_exit(fields_at(fields, record, ACCOUNT_EXIT), &job->exit_code, &job->signal);
	return job->comment
	               ? 0
	               : field_copy(fields_at(fields, record, ACCOUNT_COMMENT), &job->comment, err);
}

static int read_account(const struct fields *fields, size_t record, struct batch_jobs *jobs,
                        struct error *err)
{
	const char *const id = fields_at(fields, record, ACCOUNT_ID);
	struct batch_job *job = find_job(jobs, id, strlen(id));
	const int r =
	        job ? complete_job(fields, record, job, err) : add_job(fields, record, jobs, err);
	if (r < 0)
		return r;
	if (!job)
		job = &jobs->items[jobs->count - 1];
	if (job->cancelled_by || job->state != JOB_CANCELLED)
		return 0;
	return read_cancelled_by(fields_at(fields, record, ACCOUNT_STATE), &job->cancelled_by, err);
}

/* Of a job's steps (the script itself is "batch") the one that held most. A step that was never
 * sampled says nothing, or 0. */
static void read_step(const struct fields *fields, size_t record, struct batch_jobs *jobs)
{
	const char *const id = fields_at(fields, record, ACCOUNT_ID);
	struct batch_job *const job = find_job(jobs, id, strcspn(id, "."));
	const int64_t max_bytes = field_bytes(fields_at(fields, record, ACCOUNT_MAX_RSS));
	if (!job || max_bytes <= 0 || max_bytes <= job->max_rss_bytes)
		return;
	job->max_rss_bytes = max_bytes;
	job->ave_rss_bytes = field_bytes(fields_at(fields, record, ACCOUNT_AVE_RSS));
}

int accounts_parse(const struct subprocess_end *end, const char *separator, const char *reason,
                   struct batch_jobs *jobs, struct error *err)
{
	cleanup_fields struct fields fields = {0};
	int r = fields_split("sacct", end, separator, ACCOUNT_FIELDS, &fields, err);
	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < fields.record_count; i++)
		if (!strchr(fields_at(&fields, i, ACCOUNT_ID), '.'))
			r = read_account(&fields, i, jobs, err);
	for (size_t i = 0; r == 0 && i < fields.record_count; i++)
		if (strchr(fields_at(&fields, i, ACCOUNT_ID), '.'))
			read_step(&fields, i, jobs);
	for (size_t i = 0; r == 0 && i < jobs->count; i++) {
		struct batch_job *const job = &jobs->items[i];
		if (job->max_rss_bytes == RECORD_ABSENT && !job->rss_reason)
			r = str_copy(is_known_end(job->ended_ns)
			                     ? reason
			                     : "the accounts have it when the job is over",
			             &job->rss_reason, err);
	}
	return r;
}
