#include "model/fleet.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const struct fleet_verdict_words fleet_verdict_words[FLEET_VERDICTS] = {
        [FLEET_PASS] = {"pass", "pass", false, false},
        [FLEET_SLOW] = {"slow", "slow", false, true},
        [FLEET_FAIL] = {"fail", "fail", false, true},
        [FLEET_INCONCLUSIVE] = {"inconclusive", "inconclusive", false, false},
        [FLEET_HUNG] = {"hung", "hung", false, true},
        [FLEET_NODE_FAIL] = {"node-fail", "node failed", false, true},
        [FLEET_NO_RESULT] = {"no-result", "no result", false, false},
        [FLEET_HELD] = {"held", "held", true, false},
        [FLEET_RUNNING] = {"running", "running", true, false},
        [FLEET_PENDING] = {"pending", "pending", true, false},
        [FLEET_NOT_RUN] = {"not-run", "not run", false, false},
};

const enum fleet_verdict fleet_worst_first[FLEET_VERDICTS] = {
        FLEET_NODE_FAIL, FLEET_FAIL,         FLEET_HUNG, FLEET_SLOW,
        FLEET_NO_RESULT, FLEET_INCONCLUSIVE, FLEET_HELD, FLEET_RUNNING,
        FLEET_PENDING,   FLEET_NOT_RUN,      FLEET_PASS,
};

int fleet_verdict_order(enum fleet_verdict verdict)
{
	int order = 0;
	while (order + 1 < FLEET_VERDICTS && fleet_worst_first[order] != verdict)
		order++;
	return order;
}

const char *const job_stage_names[JOB_STAGES] = {[STAGE_STARTING] = "starting",
                                                 [STAGE_RUNNING] = "running",
                                                 [STAGE_MOVING] = "moving",
                                                 [STAGE_DONE] = "done"};

static size_t digits_of(const char *text)
{
	size_t count = 0;
	while (isdigit((unsigned char)text[count]))
		count++;
	return count;
}

/* Two runs of digits as numbers of any length; 0: the same number. */
static int compare_digits(const char *a, size_t a_count, const char *b, size_t b_count)
{
	for (; a_count > 1 && *a == '0'; a_count--)
		a++;
	for (; b_count > 1 && *b == '0'; b_count--)
		b++;
	if (a_count != b_count)
		return a_count < b_count ? -1 : 1;
	return memcmp(a, b, a_count);
}

int fleet_name_compare(const char *a, const char *b)
{
	const char *const whole_a = a;
	const char *const whole_b = b;
	while (*a && *b) {
		const size_t a_digits = digits_of(a);
		const size_t b_digits = digits_of(b);
		if (a_digits > 0 && b_digits > 0) {
			const int order = compare_digits(a, a_digits, b, b_digits);
			if (order != 0)
				return order;
			a += a_digits;
			b += b_digits;
			continue;
		}
		if (*a != *b)
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		a++;
		b++;
	}
	if (*a || *b)
		return *a ? 1 : -1;
	return strcmp(whole_a, whole_b); /* node01 and node1 are two */
}

const char fleet_drain_leader[] = "plateau:";

bool fleet_node_is_drained_by_us(const struct fleet_node *node)
{
	return node->site_state && strstr(node->site_state, "drain") && node->site_reason &&
	       strncmp(node->site_reason, fleet_drain_leader, strlen(fleet_drain_leader)) == 0;
}

struct fleet_node *fleet_node_find(const struct fleet *fleet, const char *name)
{
	for (size_t i = 0; i < fleet->node_count; i++)
		if (strcmp(fleet->nodes[i].name, name) == 0)
			return &fleet->nodes[i];
	return NULL;
}

struct fleet_node *fleet_node_take(struct fleet *fleet, const char *name, struct error *err)
{
	struct fleet_node *const there = fleet_node_find(fleet, name);
	if (there)
		return there;
	char *const copy = strdup(name);
	if (!copy) {
		error_memory(err);
		return NULL;
	}
	if (array_reserve(&fleet->nodes, &fleet->node_capacity, fleet->node_count + 1,
	                  sizeof *fleet->nodes, err) < 0) {
		free(copy);
		return NULL;
	}
	struct fleet_node *const node = &fleet->nodes[fleet->node_count++];
	*node = (struct fleet_node){.name = copy, .verdict = FLEET_NOT_RUN};
	return node;
}

struct fleet_attempt *fleet_attempt_take(struct fleet_node *node, uint32_t number,
                                         struct error *err)
{
	size_t at = node->attempt_count;
	while (at > 0 && node->attempts[at - 1].number >= number)
		at--;
	if (at < node->attempt_count && node->attempts[at].number == number)
		return &node->attempts[at];
	if (array_reserve(&node->attempts, &node->attempt_capacity, node->attempt_count + 1,
	                  sizeof *node->attempts, err) < 0)
		return NULL;
	struct fleet_attempt *const attempt = &node->attempts[at];
	memmove(attempt + 1, attempt, (node->attempt_count - at) * sizeof *attempt);
	node->attempt_count++;
	*attempt = (struct fleet_attempt){.number = number,
	                                  .result_bytes = RECORD_ABSENT,
	                                  .result_mtime_ns = RECORD_ABSENT,
	                                  .verdict = FLEET_NOT_RUN,
	                                  .criteria_verdict = VERDICT_SKIPPED,
	                                  .job = {.submitted_ns = RECORD_ABSENT,
	                                          .started_ns = RECORD_ABSENT,
	                                          .ended_ns = RECORD_ABSENT,
	                                          .time_limit_ns = RECORD_ABSENT,
	                                          .exit_code = -1,
	                                          .max_rss_bytes = RECORD_ABSENT,
	                                          .ave_rss_bytes = RECORD_ABSENT}};
	return attempt;
}

struct fleet_attempt *fleet_attempt_last(const struct fleet_node *node)
{
	return node->attempt_count > 0 ? &node->attempts[node->attempt_count - 1] : NULL;
}

int64_t fleet_attempt_began(const struct fleet_attempt *attempt)
{
	const int64_t times[] = {
	        attempt->has_profile ? attempt->profile.started_ns : RECORD_ABSENT,
	        attempt->has_report ? attempt->report.started_ns : RECORD_ABSENT,
	        attempt->job.started_ns,
	        attempt->job.submitted_ns,
	};
	for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
		if (times[i] != RECORD_ABSENT && times[i] > 0)
			return times[i];
	return RECORD_ABSENT;
}

bool fleet_attempt_is_quiet(const struct fleet_attempt *attempt, int64_t now_ns)
{
	const int64_t last_ns =
	        attempt->has_report ? attempt->report.updated_ns : attempt->job.started_ns;
	return last_ns != RECORD_ABSENT && last_ns > 0 &&
	       now_ns - last_ns >= FLEET_QUIET_S * NS_PER_S;
}

static int compare_nodes(const void *a, const void *b)
{
	return fleet_name_compare(((const struct fleet_node *)a)->name,
	                          ((const struct fleet_node *)b)->name);
}

void fleet_sort(struct fleet *fleet)
{
	if (fleet->node_count > 1)
		qsort(fleet->nodes, fleet->node_count, sizeof *fleet->nodes, compare_nodes);
}

void job_report_release(struct job_report *report)
{
	if (!report)
		return;
	free(report->node);
	free(report->found_node);
	free(report->host);
	free(report->job);
	free(report->reason);
	free(report->cpus);
	free(report->result);
	free(report->result_sha256);
	*report = (struct job_report){0};
}

static bool is_ranked_slow(const struct fleet_attempt *attempt)
{
	return attempt->has_ranked && attempt->ranked.verdict == FLEET_SLOW &&
	       (attempt->verdict == FLEET_PASS || attempt->verdict == FLEET_INCONCLUSIVE);
}

enum fleet_verdict fleet_attempt_verdict(const struct fleet_attempt *attempt)
{
	return is_ranked_slow(attempt) ? FLEET_SLOW : attempt->verdict;
}

const char *fleet_attempt_reason(const struct fleet_attempt *attempt)
{
	return is_ranked_slow(attempt) ? attempt->ranked.reason : attempt->reason;
}

void fleet_attempt_release(struct fleet_attempt *attempt)
{
	if (!attempt)
		return;
	batch_job_release(&attempt->job);
	job_report_release(&attempt->report);
	profile_release(&attempt->profile);
	for (size_t i = 0; i < attempt->judgement_count; i++) {
		free(attempt->judgements[i].label);
		free(attempt->judgements[i].measure);
		free(attempt->judgements[i].reason);
	}
	free(attempt->judgements);
	free(attempt->refused);
	free(attempt->result_path);
	free(attempt->result_sha256);
	free(attempt->unreadable);
	free(attempt->shared);
	free(attempt->reason);
	free(attempt->ranked.component);
	free(attempt->ranked.reason);
	*attempt = (struct fleet_attempt){0};
}

static void release_node(struct fleet_node *node)
{
	for (size_t i = 0; i < node->attempt_count; i++)
		fleet_attempt_release(&node->attempts[i]);
	free(node->attempts);
	free(node->name);
	free(node->partitions);
	free(node->site_state);
	free(node->site_reason);
	free(node->site_reason_by);
	free(node->reason);
}

void fleet_node_drop(struct fleet *fleet, size_t index)
{
	release_node(&fleet->nodes[index]);
	fleet->node_count--;
	memmove(&fleet->nodes[index], &fleet->nodes[index + 1],
	        (fleet->node_count - index) * sizeof *fleet->nodes);
}

void fleet_release(struct fleet *fleet)
{
	if (!fleet)
		return;
	for (size_t i = 0; i < fleet->node_count; i++)
		release_node(&fleet->nodes[i]);
	free(fleet->nodes);
	free(fleet->id);
	free(fleet->name);
	free(fleet->folder);
	free(fleet->plateau_version);
	free(fleet->scenario_text);
	free(fleet->scenario_sha256);
	*fleet = (struct fleet){0};
}
