/* The guardian: the process that a person sees, and the parent of the engine. When the engine
 * ends, in whatever way, the guardian ends every process that the run has left, removes its
 * private folder, and passes the exit code on. When the guardian is killed, the engine is told by a
 * signal, makes the same sweep and closes the result. Both killed at one instant leave at most
 * grandchildren of tasks, and the folder.
 *
 * The engine is in a process group of its own, so that Ctrl-C reaches it once, through the
 * guardian, which forwards INT, TERM, HUP, QUIT and XCPU. */
#ifndef RUN_GUARDIAN_H
#define RUN_GUARDIAN_H

#include <stdbool.h>

struct error;
struct guardian;

enum guardian_side { GUARDIAN_ENGINE, GUARDIAN_DONE };

/* How the engine ended, for the guardian's side. */
struct guardian_outcome {
	int exit_status;       /* of the engine, -1: it was killed */
	int signal;            /* that killed it, or 0 */
	bool has_strays;       /* processes are left that could not be ended */
	char left_folder[512]; /* why the private folder could not be removed, "" when it is gone */
	char output[4096];     /* what the engine told as its result file, "" */
};

/* Splits the process in two. Returns GUARDIAN_ENGINE in the engine, at once, with *ret_guardian
 * set; GUARDIAN_DONE in the guardian, when the engine has ended and all is swept, with *ret_outcome
 * set; -errno when no process can be made. To be called before threads and files. */
int guardian_split(struct guardian **ret_guardian, struct guardian_outcome *ret_outcome,
                   struct error *err);

/* In the engine: what the guardian has to know should it have to clean up. Texts are copied; a
 * longer one than fits is left out. */
void guardian_tell_run(struct guardian *guardian, const char *run_id, const char *folder);
void guardian_tell_output(struct guardian *guardian, const char *output);

/* In the engine, at its end: where the guardian is gone, does its work. */
void guardian_sweep(struct guardian *guardian);

#endif
