/* What Slurm's words for a job's state mean. */
#include "fleet/slurm/slurm_parts.h"

#include "core/array.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *word;
	enum job_state state;
} states[] = {
        {"PENDING", JOB_PENDING},      {"REQUEUED", JOB_PENDING},
        {"REQUEUE_FED", JOB_PENDING},  {"REQUEUE_HOLD", JOB_HELD},
        {"RESV_DEL_HOLD", JOB_HELD},   {"SPECIAL_EXIT", JOB_HELD},
        {"RUNNING", JOB_RUNNING},      {"CONFIGURING", JOB_RUNNING},
        {"COMPLETING", JOB_RUNNING},   {"SUSPENDED", JOB_RUNNING},
        {"STOPPED", JOB_RUNNING},      {"RESIZING", JOB_RUNNING},
        {"SIGNALING", JOB_RUNNING},    {"STAGE_OUT", JOB_RUNNING},
        {"COMPLETED", JOB_DONE},       {"FAILED", JOB_FAILED},
        {"LAUNCH_FAILED", JOB_FAILED}, {"RECONFIG_FAIL", JOB_FAILED},
        {"TIMEOUT", JOB_TIMEOUT},      {"NODE_FAIL", JOB_NODE_FAIL},
        {"BOOT_FAIL", JOB_NODE_FAIL},  {"CANCELLED", JOB_CANCELLED},
        {"DEADLINE", JOB_CANCELLED},   {"PREEMPTED", JOB_CANCELLED},
        {"REVOKED", JOB_CANCELLED},    {"OUT_OF_MEMORY", JOB_OUT_OF_MEMORY},
};

/* What in a reason says that the job waits for a person. Others (resources, priority, a limit that
 * other jobs use up, a reservation that ends) pass by themselves. Blanks stand for '_' too. */
static const char *const waits_for_person[] = {
        "held",
        "UnavailableNodes", /* the node that it is pinned to is down or drained */
        "DependencyNeverSatisfied",
        "BadConstraints",
        "InvalidAccount",
        "InvalidQOS",
        "AccountNotAllowed",
        "QOSNotAllowed",
        "PartitionTimeLimit",
        "PartitionNodeLimit",
        "PerJob", /* QOSMaxWallDurationPerJobLimit and its like: it will never fit */
        "ReservationDeleted",
        "TimeLimit",
};

static bool is_waiting_for_person(const char *reason)
{
	for (size_t i = 0; i < ARRAY_LENGTH(waits_for_person); i++)
		if (strcasestr(reason, waits_for_person[i]))
			return true;
	return false;
}

enum job_state job_state_find(const char *state_word, const char *reason)
{
	/* "CANCELLED by 1000" */
	const size_t length = strcspn(state_word, " +");
	enum job_state state = JOB_UNKNOWN;
	for (size_t i = 0; i < ARRAY_LENGTH(states); i++)
		if (strlen(states[i].word) == length &&
		    strncasecmp(states[i].word, state_word, length) == 0)
			state = states[i].state;
	if (state == JOB_PENDING && reason && is_waiting_for_person(reason))
		return JOB_HELD;
	return state;
}
