#include "fleet/submit.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "fleet/folder.h"
#include "fleet/lock.h"
#include "fleet/observe.h"
#include "fleet/slurm/slurm.h"
#include "fleet/submit_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A question to the batch system that was under way when its submit died is answered within this
 * time; should it take longer after all, the second job of one attempt finds the first and ends. */
enum { DOUBT_S = 10 };

/* So many first jobs that are refused mean that the rest would be. */
enum { REFUSALS = 3 };

/* So many answers of sbatch without an id, and without a job, mean that none will come. */
enum { ODD_ANSWERS = 2 };

struct submit_work {
	const struct submit_settings *settings;
	struct submit_steps *steps;
	char *job_name;
	size_t live; /* jobs of this fleet in the queue, as far as is known */
	size_t held; /* of these */
	size_t taken;
	size_t refused;
	bool is_stopped;
	size_t odd_answers; /* of sbatch, one after the other, with no job behind any of them */
};

static bool is_silence(int r)
{
	return r == -EHOSTUNREACH || r == -ETIMEDOUT || r == -EPROTO;
}

static void tell(const struct submit_work *work, enum submit_news news,
                 const struct submit_step *step, const char *text)
{
	work->settings->tell(work->settings->context, news, step, text);
}

/* ---- Notes in the folder ------------------------------------------------------------------ */

static int note(const char *dir, const struct submit_step *step, int64_t submitted_ns,
                struct error *err)
{
	const struct submission submission = {
	        .node = step->node,
	        .attempt = step->attempt,
	        .job = step->job,
	        .refused = step->job ? NULL : step->reason,
	        .submitted_ns = submitted_ns,
	};
	return folder_write_submission(dir, &submission, err);
}

static int adopt(const char *dir, const char *node, const struct fleet_attempt *attempt,
                 struct error *err)
{
	cleanup_free char *path = NULL;
	cleanup_free char *name = NULL;
	int r = folder_path(dir, node, attempt->number, "submitted.json", &path, err);
	if (r == 0)
		r = str_copy(node, &name, err);
	if (r < 0 || access(path, F_OK) == 0)
		return r;
	r = folder_make_attempt(dir, node, attempt->number, err);
	if (r < 0 && r != -EEXIST)
		return r;
	const struct submit_step step = {
	        .node = name, .attempt = attempt->number, .job = attempt->job.id};
	return note(dir, &step, attempt->job.submitted_ns, err);
}

int submit_adopt(const char *dir, const struct fleet *fleet, struct error *err)
{
	for (size_t n = 0; n < fleet->node_count; n++) {
		const struct fleet_node *const node = &fleet->nodes[n];
		for (size_t a = 0; a < node->attempt_count; a++) {
			const struct fleet_attempt *const attempt = &node->attempts[a];
			if (!attempt->has_job || !attempt->job.id)
				continue;
			const int r = adopt(dir, node->name, attempt, err);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* The time by the clock of the file system that the folder is on, as of when the lock was taken or
 * touched. Times of files are not to be held against this machine's clock. */
static int64_t folder_now_ns(const char *dir)
{
	struct error ignored;
	cleanup_free char *path = NULL;
	struct stat status;
	if (file_join(dir, "lock", &path, &ignored) < 0 || stat(path, &status) < 0)
		return clock_calendar_ns();
	return file_mtime_ns(&status);
}

/* How long ago the youngest step in doubt was begun, in ns; INT64_MAX: none is in doubt. */
static int64_t youngest_doubt_ns(const char *dir, const struct submit_steps *steps)
{
	struct error ignored;
	const int64_t now_ns = folder_now_ns(dir);
	int64_t youngest_ns = INT64_MAX;
	for (size_t i = 0; i < steps->count; i++) {
		cleanup_free char *path = NULL;
		struct stat status;
		const struct submit_step *const step = &steps->items[i];
		if (!step->is_in_doubt || step->state != SUBMIT_WAITING ||
		    folder_path(dir, step->node, step->attempt, "job.sh", &path, &ignored) < 0 ||
		    stat(path, &status) < 0)
			continue; /* without a script nothing was asked */
		const int64_t age_ns = now_ns - file_mtime_ns(&status);
		youngest_ns = age_ns < youngest_ns ? age_ns : youngest_ns;
	}
	return youngest_ns;
}

int submit_wait_for_doubts(const struct submit_settings *settings, const struct submit_steps *steps,
                           bool *ret_waited, struct error *err)
{
	*ret_waited = false;
	const int64_t age_ns = youngest_doubt_ns(settings->dir, steps);
	const int64_t enough_ns = DOUBT_S * NS_PER_S;
	if (age_ns >= enough_ns)
		return 0;
	const int64_t rest_ns = age_ns < 0 ? enough_ns : enough_ns - age_ns;
	settings->tell(settings->context, NEWS_DOUBT, NULL, NULL);
	if (settings->wait(settings->context, clock_now_ns() + rest_ns))
		return error_set(err, EINTR, "interrupted");
	*ret_waited = true;
	return 0;
}

/* ---- What is in the queue ----------------------------------------------------------------- */

static bool is_live(const struct batch_job *job)
{
	return job->state == JOB_PENDING || job->state == JOB_HELD || job->state == JOB_RUNNING;
}

/* A step of which it is not known whether the batch system took it: it is there after all. */
static int settle(struct submit_work *work, struct submit_step *step, const struct batch_jobs *jobs,
                  struct error *err)
{
	for (size_t i = 0; i < jobs->count; i++) {
		const struct batch_job *const job = &jobs->items[i];
		cleanup_free char *node = NULL;
		uint32_t attempt;
		struct error ignored;
		if (!job->id || !job->comment ||
		    observe_read_comment(job->comment, &node, &attempt, &ignored) < 0 ||
		    attempt != step->attempt || strcmp(node, step->node) != 0)
			continue;
		int r = str_copy(job->id, &step->job, err);
		if (r == 0)
			r = note(work->settings->dir, step, job->submitted_ns, err);
		if (r < 0)
			return r;
		step->state = SUBMIT_SUBMITTED;
		step->is_in_doubt = false;
		tell(work, NEWS_JOB, step, NULL);
		work->odd_answers = 0;
		return 0;
	}
	return 0;
}

/* Asks what is in the queue, and what the site says of the nodes. */
static int look(struct submit_work *work, struct error *err)
{
	const struct submit_settings *const settings = work->settings;
	cleanup_batch_jobs struct batch_jobs jobs = {0};
	cleanup_batch_nodes struct batch_nodes nodes = {0};
	int r = slurm_jobs(settings->slurm, work->job_name, settings->manifest->created_ns, &jobs,
	                   err);
	if (r < 0)
		return r;
	work->live = work->held = 0;
	for (size_t i = 0; i < jobs.count; i++) {
		work->live += is_live(&jobs.items[i]);
		work->held += jobs.items[i].state == JOB_HELD;
	}
	for (size_t i = 0; r == 0 && i < work->steps->count; i++)
		if (work->steps->items[i].is_in_doubt &&
		    work->steps->items[i].state == SUBMIT_WAITING)
			r = settle(work, &work->steps->items[i], &jobs, err);
	if (r == 0)
		r = slurm_nodes(settings->slurm, settings->choice, &nodes, err);
	return r < 0 ? r : submit_plan_refresh(work->steps, &nodes, err);
}

/* Waits a poll, at least so long, and looks, until there is an answer or a wish to stop. */
static int wait_and_look(struct submit_work *work, int64_t least_ns, struct error *err)
{
	const struct submit_settings *const settings = work->settings;
	const int64_t pause_ns = settings->poll_ns > least_ns ? settings->poll_ns : least_ns;
	for (;;) {
		/* Before the pause, too: a look at a slow controller takes minutes. */
		int r = lock_keep(settings->lock, err);
		if (r < 0)
			return r;
		if (settings->wait(settings->context, clock_now_ns() + pause_ns)) {
			work->is_stopped = true;
			return 0;
		}
		r = lock_keep(settings->lock, err);
		if (r == 0)
			r = look(work, err);
		if (!is_silence(r))
			return r;
		tell(work, NEWS_SILENCE, NULL, err->text);
	}
}

/* ---- One job ------------------------------------------------------------------------------ */

/* The folder and the script of a job, before anybody is asked to run it. An earlier refusal is
 * taken away: should this submit die, it must not stand for the answer to this question. */
static int prepare(const struct submit_work *work, struct submit_step *step,
                   const struct submit_texts *texts, struct error *err)
{
	const char *const dir = work->settings->dir;
	cleanup_free char *path = NULL;
	int r = folder_make_attempt(dir, step->node, step->attempt, err);
	if (r == -EEXIST && step->is_made)
		r = 0;
	if (r < 0)
		return r;
	step->is_made = true;
	cleanup_free char *answer = NULL;
	r = folder_path(dir, step->node, step->attempt, "submitted.json", &answer, err);
	if (r == 0 && unlink(answer) < 0 && errno != ENOENT)
		r = error_system(err, errno, "cannot remove %s", answer);
	if (r == 0)
		r = folder_path(dir, step->node, step->attempt, "job.sh", &path, err);
	return r < 0 ? r : file_replace(path, texts->script, strlen(texts->script), err);
}

static int submit_one(struct submit_work *work, struct submit_step *step, struct error *err)
{
	const struct submit_settings *const settings = work->settings;
	cleanup_submit_texts struct submit_texts texts = {0};
	struct batch_request request;
	int r = submit_request(settings->manifest, settings->dir, step, &texts, &request, err);
	if (r == 0)
		r = prepare(work, step, &texts, err);
	if (r < 0)
		return r;
	const int64_t now_ns = clock_calendar_ns();
	r = slurm_submit(settings->slurm, &request, &step->job, err);
	if (r < 0)
		return r;
	step->state = SUBMIT_SUBMITTED;
	step->is_in_doubt = false;
	work->live++;
	work->taken++;
	work->odd_answers = 0;
	/* The job is there: that its id cannot be noted is no reason to submit it again. */
	r = note(settings->dir, step, now_ns, err);
	tell(work, NEWS_JOB, step, NULL);
	return r;
}

static int refuse(struct submit_work *work, struct submit_step *step, struct error *err)
{
	int r = str_copy(err->text, &step->reason, err);
	if (r < 0)
		return r;
	step->state = SUBMIT_REFUSED;
	work->refused++;
	r = note(work->settings->dir, step, clock_calendar_ns(), err);
	tell(work, NEWS_JOB, step, step->reason);
	if (r < 0)
		return r;
	return work->taken == 0 && work->refused >= REFUSALS
	               ? error_set(err, ECANCELED,
	                           "the first %d jobs were all refused; the others are not tried",
	                           REFUSALS)
	               : 0;
}

/* Made by somebody else since the folder was read, by hand on the node perhaps. */
static int leave(struct submit_step *step, struct error *err)
{
	step->state = SUBMIT_LIVE;
	return str_copy("somebody else has begun with this attempt", &step->reason, err);
}

/* A step, and what its answer means for what follows. */
static int go_on(struct submit_work *work, struct submit_step *step, struct error *err)
{
	const int r = submit_one(work, step, err);
	if (step->state == SUBMIT_SUBMITTED)
		return r;
	switch (r) {
	case -EINVAL:
		return refuse(work, step, err);
	case -EEXIST:
		return leave(step, err);
	case -EAGAIN:
		tell(work, NEWS_LIMIT, step, err->text);
		return wait_and_look(work, 0, err);
	default:
		break;
	}
	if (!is_silence(r))
		return r;
	step->is_in_doubt = true;
	/* What the queue showed behind the first such answer was no job of this step. */
	if (r == -EPROTO && ++work->odd_answers >= ODD_ANSWERS)
		return error_context(
		        err, r,
		        "this sbatch answers otherwise than Slurm's: it ends well, gives "
		        "no job id, and no job comes of it");
	tell(work, NEWS_SILENCE, step, err->text);
	return wait_and_look(work, DOUBT_S * NS_PER_S, err);
}

static int wait_for_window(struct submit_work *work, struct error *err)
{
	cleanup_free char *text = NULL;
	const int r = str_format(&text, err, "%zu in the queue%s", work->live,
	                         work->held > 0 && work->held == work->live
	                                 ? ", all of them held: see plateau fleet status"
	                                 : "");
	if (r < 0)
		return r;
	tell(work, NEWS_WINDOW, NULL, text);
	return wait_and_look(work, 0, err);
}

static int work_through(struct submit_work *work, struct error *err)
{
	if (submit_steps_in(work->steps, SUBMIT_WAITING) == 0)
		return 0;
	int r = look(work, err);
	while (r == 0 && !work->is_stopped && work->steps->count > 0) {
		/* Those that wait stand first, the best of them at the top; what is done stays in
		 * its place until the next look. */
		struct submit_step *step = NULL;
		for (size_t i = 0; !step && i < work->steps->count; i++)
			if (work->steps->items[i].state == SUBMIT_WAITING)
				step = &work->steps->items[i];
		if (!step || work->settings->wait(work->settings->context, 0))
			return 0;
		r = lock_keep(work->settings->lock, err);
		if (r == 0)
			r = work->live >= work->settings->window ? wait_for_window(work, err)
			                                         : go_on(work, step, err);
	}
	return r;
}

int submit_run(const struct submit_settings *settings, struct submit_steps *steps,
               struct error *err)
{
	struct submit_work work = {.settings = settings, .steps = steps};
	int r = observe_job_name(settings->manifest->id, &work.job_name, err);
	if (r == 0)
		r = work_through(&work, err);
	free(work.job_name);
	return r;
}
