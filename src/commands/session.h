/* One part of a run, from its start to its end: its name, and that it lives. Processes, private
 * folder and control groups of a part carry its name, so that what two parts leave behind is never
 * mixed up. A copy of a result may be gone on with while the run itself goes on: only what belongs
 * to parts that are known to be dead is cleared away. */
#ifndef COMMANDS_SESSION_H
#define COMMANDS_SESSION_H

#include <stdbool.h>

struct error;

struct session {
	char *name; /* NULL: none yet */
	int lock;   /* of the private folder; meaningful with a name only, -1: none */
};

/* Names a part: the run's id, with something behind it in a part that goes on with it. Returns 0
 * or -ENOMEM. */
int session_begin(const char *run_id, bool is_resumed, struct session *ret_session,
                  struct error *err);

/* Locks the part's private folder, which the engine has just made, until session_release or the end
 * of this process. Where locks are not to be had there is none. Returns 0; -ESTALE when somebody
 * has removed the folder; or -errno. */
int session_hold(struct session *session, struct error *err);

/* Removes the private folders in $TMPDIR and the control groups that other parts of the run, all
 * that are dead, have left. */
void session_clear_dead(const struct session *session, const char *run_id);

void session_release(struct session *session);

#endif
