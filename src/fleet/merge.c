#include "fleet/merge.h"

#include "core/array.h"
#include "core/error.h"
#include "fleet/observe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_text(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static bool is_known_time(int64_t time_ns)
{
	return time_ns != RECORD_ABSENT && time_ns > 0;
}

static bool is_time(int64_t a, int64_t b)
{
	return is_known_time(a) && a == b;
}

/* Ids of jobs begin anew some day, and on every site: the time belongs to them. */
static bool is_same_job(const struct batch_job *a, const struct batch_job *b)
{
	return is_text(a->id, b->id) &&
	       (is_time(a->submitted_ns, b->submitted_ns) || is_text(a->name, b->name));
}

static bool is_same_report(const struct fleet_attempt *a, const struct fleet_attempt *b)
{
	return a->has_report && b->has_report &&
	       is_time(a->report.started_ns, b->report.started_ns) &&
	       is_text(a->report.host, b->report.host);
}

/* A site says the same of many jobs. */
static bool is_same_refusal(const struct fleet_attempt *a, const struct fleet_attempt *b)
{
	return is_text(a->refused, b->refused) && a->job.submitted_ns == b->job.submitted_ns;
}

/* A result from elsewhere that could not be read is known by its path alone. */
bool merge_is_unread(const struct fleet_attempt *attempt)
{
	return attempt->unreadable && attempt->result_path && !attempt->has_profile &&
	       !attempt->has_job && !attempt->has_report && !attempt->job.id;
}

static bool is_same_unread(const struct fleet_attempt *a, const struct fleet_attempt *b)
{
	return (merge_is_unread(a) || merge_is_unread(b)) &&
	       is_text(a->result_path, b->result_path);
}

bool merge_is_same(const struct fleet_attempt *a, const struct fleet_attempt *b)
{
	if (a->has_profile && b->has_profile && is_text(a->profile.run_id, b->profile.run_id))
		return true;
	return is_same_job(&a->job, &b->job) || is_same_report(a, b) || is_same_refusal(a, b) ||
	       is_same_unread(a, b);
}

/* INT64_MAX: not yet, or unknown, and so behind the others. A result that was not read is as old as
 * its file. */
static int64_t time_of(const struct fleet_attempt *attempt)
{
	const int64_t began_ns = fleet_attempt_began(attempt);
	if (began_ns == RECORD_ABSENT && merge_is_unread(attempt) && attempt->result_mtime_ns > 0)
		return attempt->result_mtime_ns;
	return began_ns == RECORD_ABSENT ? INT64_MAX : began_ns;
}

/* Swaps two structs; the one that loses is released with its attempt. */
#define SWAP(type, a, b)                                                                           \
	do {                                                                                       \
		type keep_ = (a);                                                                  \
		(a) = (b);                                                                         \
		(b) = keep_;                                                                       \
	} while (0)

void merge_take_result(struct fleet_attempt *to, struct fleet_attempt *from)
{
	SWAP(struct profile, to->profile, from->profile);
	SWAP(bool, to->has_profile, from->has_profile);
	SWAP(struct fleet_judgement *, to->judgements, from->judgements);
	SWAP(size_t, to->judgement_count, from->judgement_count);
	SWAP(enum verdict, to->criteria_verdict, from->criteria_verdict);
	SWAP(char *, to->result_sha256, from->result_sha256);
	SWAP(int64_t, to->result_bytes, from->result_bytes);
	SWAP(int64_t, to->result_mtime_ns, from->result_mtime_ns);
	SWAP(struct fleet_ranked, to->ranked, from->ranked);
	SWAP(bool, to->has_ranked, from->has_ranked);
}

static bool is_over(enum job_state state)
{
	return state != JOB_UNKNOWN && state != JOB_PENDING && state != JOB_HELD &&
	       state != JOB_RUNNING;
}

/* A batch system forgets its jobs, and their memory where accounts are not kept for ever. */
static void complete_job(struct fleet_attempt *late, struct fleet_attempt *early)
{
	if (!late->has_job && early->has_job && is_over(early->job.state)) {
		SWAP(struct batch_job, late->job, early->job);
		late->has_job = true;
		late->is_forgotten = false;
		return;
	}
	if (late->has_job && late->job.max_rss_bytes == RECORD_ABSENT &&
	    early->job.max_rss_bytes != RECORD_ABSENT) {
		late->job.max_rss_bytes = early->job.max_rss_bytes;
		late->job.ave_rss_bytes = early->job.ave_rss_bytes;
		SWAP(char *, late->job.rss_reason, early->job.rss_reason);
	}
}

/* What a ranking said holds for the result that it was said of. */
static void keep_ranked(struct fleet_attempt *late, struct fleet_attempt *early)
{
	if (!early->has_ranked || !is_text(late->profile.run_id, early->profile.run_id) ||
	    (late->has_ranked && late->ranked.ranked_ns >= early->ranked.ranked_ns))
		return;
	SWAP(struct fleet_ranked, late->ranked, early->ranked);
	SWAP(bool, late->has_ranked, early->has_ranked);
}

/* What only the earlier picture of an attempt knows. */
static int complete(struct fleet_attempt *late, struct fleet_attempt *early, int64_t now_ns,
                    struct error *err)
{
	complete_job(late, early);
	if (!late->has_report && early->has_report) {
		SWAP(struct job_report, late->report, early->report);
		late->has_report = true;
	}
	if (!late->has_profile && early->has_profile)
		merge_take_result(late, early);
	else
		keep_ranked(late, early);
	if (!late->result_path)
		SWAP(char *, late->result_path, early->result_path);
	if (!late->unreadable && !late->has_profile)
		SWAP(char *, late->unreadable, early->unreadable);
	return standing_find(late, now_ns, err);
}

static struct fleet_attempt *find_same(const struct fleet_node *node,
                                       const struct fleet_attempt *attempt, bool is_one_fleet)
{
	for (size_t i = 0; i < node->attempt_count; i++) {
		struct fleet_attempt *const there = &node->attempts[i];
		if (is_one_fleet ? there->number == attempt->number : merge_is_same(there, attempt))
			return there;
	}
	return NULL;
}

/* Empties the attempt. */
static int move_attempt(struct fleet_node *node, struct fleet_attempt *attempt, bool is_one_fleet,
                        int64_t now_ns, struct error *err)
{
	struct fleet_attempt *to = find_same(node, attempt, is_one_fleet);
	if (to) {
		const uint32_t number = to->number;
		const int r = complete(attempt, to, now_ns, err);
		if (r < 0)
			return r;
		fleet_attempt_release(to);
		*to = *attempt;
		to->number = number;
		*attempt = (struct fleet_attempt){0};
		return 0;
	}
	const struct fleet_attempt *const last = fleet_attempt_last(node);
	const uint32_t number = is_one_fleet ? attempt->number : last ? last->number + 1 : 1;
	to = fleet_attempt_take(node, number, err);
	if (!to)
		return -ENOMEM;
	*to = *attempt;
	to->number = number;
	*attempt = (struct fleet_attempt){0};
	return 0;
}

static int compare_times(const void *a, const void *b)
{
	const struct fleet_attempt *const left = a;
	const struct fleet_attempt *const right = b;
	const int64_t left_ns = time_of(left);
	const int64_t right_ns = time_of(right);
	if (left_ns != right_ns)
		return left_ns < right_ns ? -1 : 1;
	return left->number < right->number ? -1 : left->number > right->number;
}

static void number_by_time(struct fleet_node *node)
{
	if (node->attempt_count > 1)
		qsort(node->attempts, node->attempt_count, sizeof *node->attempts, compare_times);
	for (size_t i = 0; i < node->attempt_count; i++)
		node->attempts[i].number = (uint32_t)i + 1;
}

void merge_number_by_time(struct fleet *fleet)
{
	for (size_t i = 0; i < fleet->node_count; i++)
		number_by_time(&fleet->nodes[i]);
}

/* What the site says of the node, by the later picture where that knows anything. */
static void take_site(struct fleet_node *node, struct fleet_node *late)
{
	if (!late->site_state)
		return;
	SWAP(char *, node->partitions, late->partitions);
	SWAP(char *, node->site_state, late->site_state);
	SWAP(char *, node->site_reason, late->site_reason);
	SWAP(char *, node->site_reason_by, late->site_reason_by);
}

static int move_node(struct fleet *into, struct fleet_node *late, bool is_one_fleet, int64_t now_ns,
                     struct error *err)
{
	struct fleet_node *const node = fleet_node_take(into, late->name, err);
	if (!node)
		return -ENOMEM;
	take_site(node, late);
	for (size_t i = 0; i < late->attempt_count; i++) {
		const int r = move_attempt(node, &late->attempts[i], is_one_fleet, now_ns, err);
		if (r < 0)
			return r;
	}
	if (!is_one_fleet)
		number_by_time(node);
	return standing_find_node(node, now_ns, err);
}

static bool is_blank(const struct fleet *fleet)
{
	return fleet->node_count == 0 && !fleet->id && !fleet->name;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return !is_known_time(a) || (is_known_time(b) && b < a) ? b : a;
}

/* What two fleets have in common is the whole's. */
static void keep_common(char **into, const char *late)
{
	if (!is_text(*into, late)) {
		free(*into);
		*into = NULL;
	}
}

static void move_facts(struct fleet *into, struct fleet *late, bool is_one_fleet)
{
	if (is_one_fleet) {
		SWAP(char *, into->folder, late->folder);
		SWAP(char *, into->plateau_version, late->plateau_version);
		SWAP(char *, into->scenario_text, late->scenario_text);
		SWAP(char *, into->scenario_sha256, late->scenario_sha256);
	} else {
		keep_common(&into->id, NULL);
		keep_common(&into->name, late->name);
		keep_common(&into->folder, late->folder);
		keep_common(&into->plateau_version, late->plateau_version);
		if (late->scenario_sha256 && !is_text(into->scenario_sha256, late->scenario_sha256))
			keep_common(&into->scenario_text, NULL);
		keep_common(&into->scenario_sha256, late->scenario_sha256);
	}
	into->created_ns = earlier(into->created_ns, late->created_ns);
	if (into->observed_ns == RECORD_ABSENT || late->observed_ns > into->observed_ns)
		into->observed_ns = late->observed_ns;
	into->has_accounting = into->has_accounting || late->has_accounting;
}

int merge_fleet(struct fleet *into, struct fleet *late, struct error *err)
{
	if (is_blank(into)) {
		SWAP(struct fleet, *into, *late);
		fleet_sort(into);
		return 0;
	}
	const bool is_one_fleet = is_text(into->id, late->id);
	/* Of two files of one fleet either may be the later. */
	if (is_one_fleet && into->observed_ns > late->observed_ns)
		SWAP(struct fleet, *into, *late);
	const int64_t later_ns =
	        late->observed_ns > into->observed_ns ? late->observed_ns : into->observed_ns;
	/* Of a time that is not known nothing is old. */
	const int64_t now_ns = later_ns > 0 ? later_ns : 0;
	for (size_t i = 0; i < late->node_count; i++) {
		const int r = move_node(into, &late->nodes[i], is_one_fleet, now_ns, err);
		if (r < 0)
			return r;
	}
	move_facts(into, late, is_one_fleet);
	fleet_sort(into);
	return 0;
}
