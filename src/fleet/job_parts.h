/* The parts of fleet/job and what they share. */
#ifndef FLEET_JOB_PARTS_H
#define FLEET_JOB_PARTS_H

#include "fleet/folder.h"
#include "fleet/job.h"
#include "fleet/job_lines.h"
#include "fleet/outlet.h"
#include "platform/strays.h"

#include <signal.h>
#include <sys/types.h>

/* The state file is written anew this often while the run goes on. */
#define JOB_HEARTBEAT_NS (10 * INT64_C(1000000000))

/* Of a job's folder on the node, with its mark behind it. */
#define JOB_PREFIX "plateau-job-"
/* In it: locked while the job lives. */
#define JOB_HELD_FILE "held"

struct job {
	const struct job_settings *settings;
	char *dir; /* absolute */
	struct manifest manifest;
	char *node;
	char *folder;        /* of the attempt */
	bool is_new;         /* which this job has made */
	char *mark;          /* 16 hexadecimal digits of fleet, node and attempt */
	char *node_mark;     /* of fleet and node */
	bool has_taken_kept; /* this attempt's result was kept on the node, and is in its place now
	                      */
	int claim;           /* a socket whose name the kernel gives once; -1: not claimed */
	int folder_lock;     /* the attempt's folder, locked; -1: not */
	struct job_report report;
	int64_t begun_ns;      /* monotonic, as report.started_ns is of the calendar */
	bool has_lost_state;   /* the state file could not be written, which was said */
	struct outlet *log;    /* what is said; NULL: it is said at once */
	struct outlet *states; /* while the run goes on: heartbeats of the state file */
	/* Signals that ask for an end, and the end of children. */
	int signals;
	sigset_t mask_before;
	struct strays_spared spared;
	/* On the node itself. */
	char *parent;        /* of the folder: $TMPDIR or the like */
	bool is_parent_ours; /* $TMPDIR is another, or none: the run gets this one */
	char *local;
	int local_lock;
	char *local_result;
	struct job_lines lines; /* what the run said */
};

/* ---- job_state.c ---- */

void job_say(const struct job *job, enum job_talk kind, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
/* The same of a text as it is. */
void job_hand_out(const struct job *job, enum job_talk kind, const char *text);
/* From here on a log that nobody takes, or a file server that hangs, keeps the job from nothing:
 * what is said goes out by a thread. The end waits a moment for it. */
void job_open_log(struct job *job);
void job_close_log(struct job *job);
/* The state file of an attempt's folder, by way of a file beside it. Returns 0 or -errno. */
int job_write_report(const char *folder, const struct job_report *report, bool is_synced,
                     struct error *err);
/* false: there is none, or none that can be read. */
bool job_read_report(const char *folder, struct job_report *ret_report);
/* Done, with its result beside the state. Returns 0 or -ENOMEM. */
int job_set_done(struct job_report *report, struct error *err);
/* Writes state.json by way of a file beside it. Returns 0 or -errno. */
int job_write_state(struct job *job, bool is_synced, struct error *err);
/* The same where the work goes on whatever comes of it: a failure is said once. */
void job_note_state(struct job *job, enum job_stage stage);
/* Between these, job_beat has the state written by a thread, so that signals are handed on also
 * where the fleet's folder hangs. */
void job_open_states(struct job *job);
void job_close_states(struct job *job);
void job_beat(struct job *job);
/* Keeps a sentence in the report, unless there is one already. */
void job_set_reason(struct job *job, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The attempt's folder with what this job wrote into it, where it has made it: the attempt never
 * was. */
void job_drop_attempt(const struct job *job);
/* The calendar time now, by the clock that does not jump. */
int64_t job_now_ns(const struct job *job);

/* ---- job_here.c ---- */

/* Where this is: node, host, CPUs and memory into the report. -ENODEV: it is not the node that was
 * meant (the report has both names); -EINVAL: no node can be told. */
int job_find_here(struct job *job, struct error *err);
/* Says what the job has, and warns where that is not what it was granted. */
void job_say_here(const struct job *job);

/* ---- job_mark.c ---- */

/* 16 hexadecimal digits of fleet and node (attempt 0), or of an attempt; the caller frees them. */
int job_find_mark(const struct job *job, uint32_t attempt, char **ret_mark, struct error *err);
bool job_has_attempt(const struct job *job, uint32_t attempt);
/* Whether the folder of this name is a job's that does not live any more. */
bool job_is_dead(const struct job *job, int parent, const char *name);
/* The same of a run: what its folder's name says of it; NULL: it is none, or it lives. */
const char *job_dead_run(int parent, const char *name);

/* ---- job_claim.c ---- */

/* The attempt's number and folder, made where they are not there; none other on this node works on
 * the attempt from here on. -EBUSY: another does; -EEXIST: it has its result already; -EALREADY: it
 * has its result now. */
int job_claim(struct job *job, struct error *err);
/* Removes what killed jobs have left: of this attempt, and on this node. */
void job_clear(struct job *job);

/* ---- job_checks.c ---- */

/* What must be there before anything is measured: working folder, scenario, its program and
 * inputs, a folder on the node. On failure *ret_code is what that means (enum job_end). */
int job_check(struct job *job, int *ret_code, struct error *err);
/* Whether the node's own folder of this name may be written to. */
bool job_can_use(const char *folder);
/* Finds where on the node there is room for the job's folder. */
int job_find_parent(struct job *job, struct error *err);
/* Makes the folder on the node. */
int job_make_local(struct job *job, struct error *err);
void job_remove_local(struct job *job);

/* ---- job_child.c ---- */

int job_open_signals(struct job *job, struct error *err);
void job_close_signals(struct job *job);
/* The signal that has asked for an end since the last call; 0: none. */
int job_take_signal(struct job *job);
/* Runs `plateau run` to its end and leaves none of its processes; exit_code, signal and the trials
 * go into the report. *ret_killer: the signal that ended the run, 0: it exited. */
int job_run_child(struct job *job, int *ret_killer, struct error *err);

/* ---- job_result.c ---- */

/* Size and hash of a result into the report, so that what lies in its place can be held against
 * them; absent where they cannot be had. */
void job_note_result(const char *path, struct job_report *report);
/* Whether there is a whole file at path, and of what, as far as there is memory to tell: trials and
 * is_partial go into the report. Returns 0 or -errno. */
int job_look_at_result(const struct job *job, const char *path, struct job_report *report,
                       struct error *err);
/* A whole file to its place, whole or not at all; never replaces. Returns 0 or -errno. */
int job_put_result(const char *from, const char *target, struct error *err);

/* ---- job_kept.c ---- */

/* The local result stays on the node, since it could not be put at `target`: a later job there
 * tries again. The report says so. */
void job_keep(struct job *job, const char *target, const struct error *why);
/* Puts results of this fleet and node into their places that earlier jobs had to keep here, or that
 * were complete when their jobs were killed. */
void job_take_kept(struct job *job);

/* ---- job_move.c ---- */

/* Puts the local result into its place; the report says what came of it. Returns 0, or -errno when
 * there is one that could not be put there. */
int job_move_result(struct job *job, struct error *err);

#endif
