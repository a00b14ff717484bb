/* Carries a plan of jobs out: one after the other, as far as the window lets them, each noted in
 * the fleet's folder before and after the batch system is asked, so that a submit that is killed
 * at any moment is gone on with by the next one and no job is there twice.
 *
 *   the folder's lock (fleet/lock) is held
 *   observe, submit_plan   what is to be done
 *   submit_script          what each job runs
 *   submit_run             does it */
#ifndef FLEET_SUBMIT_H
#define FLEET_SUBMIT_H

#include "model/fleet.h"
#include "model/manifest.h"
#include "model/submit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct lock;
struct slurm;
struct batch_choice;
struct batch_request;

/* What somebody who waits wants to know. */
enum submit_news {
	NEWS_JOB,     /* step has been submitted or refused */
	NEWS_WINDOW,  /* as many jobs as may be are in the queue: it waits for one to end */
	NEWS_LIMIT,   /* the site takes no more jobs now: it waits; text has its words */
	NEWS_SILENCE, /* the batch system does not answer: it waits; text has its words */
	NEWS_DOUBT,   /* it waits until jobs of a submit that was killed must be known */
	NEWS_COUNT
};

struct submit_settings {
	const char *dir; /* absolute */
	const struct manifest *manifest;
	const struct batch_choice *choice; /* that the nodes came from */
	struct slurm *slurm;
	struct lock *lock;
	uint32_t window; /* jobs of this fleet that may be in the queue at once */
	int64_t poll_ns; /* how often it looks while it waits */
	/* Waits until the monotonic time; true: it is asked to stop. until_ns 0: only looks. */
	bool (*wait)(void *context, int64_t until_ns);
	void (*tell)(void *context, enum submit_news news, const struct submit_step *step,
	             const char *text);
	void *context;
};

/* The script of one job. It does nothing but to start `plateau fleet job`, and depends on nothing
 * of the submitter's environment. The caller frees it. 0 or -ENOMEM. */
int submit_script(const struct manifest *manifest, const char *dir, const char *node,
                  uint32_t attempt, char **ret_script, struct error *err);

/* A request to the batch system for one step; its texts belong to `texts`, which is released with
 * submit_texts_release. */
struct submit_texts {
	char *name, *comment, *script, *output;
};
int submit_request(const struct manifest *manifest, const char *dir, const struct submit_step *step,
                   struct submit_texts *texts, struct batch_request *ret_request,
                   struct error *err);
void submit_texts_release(struct submit_texts *texts);
#define cleanup_submit_texts __attribute__((cleanup(submit_texts_release)))

/* Notes the ids of jobs that the batch system has and the folder lacks. Returns 0 or -errno. */
int submit_adopt(const char *dir, const struct fleet *fleet, struct error *err);

/* Waits, where steps are in doubt, until an answer to a question that was under way when their
 * submit was killed must have come. *ret_waited: ask again what is there. */
int submit_wait_for_doubts(const struct submit_settings *settings, const struct submit_steps *steps,
                           bool *ret_waited, struct error *err);

/* Returns 0 (all steps were tried, or it was asked to stop: some are waiting then); -ESTALE (the
 * lock is gone); -ECANCELED (the first jobs were all refused: the rest would be, too); or -errno of
 * the batch system or the folder. Steps say what came of them, whatever is returned. */
int submit_run(const struct submit_settings *settings, struct submit_steps *steps,
               struct error *err);

#endif
