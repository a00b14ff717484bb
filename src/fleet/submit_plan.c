#include "fleet/submit_plan.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct retry_word {
	const char *word;
	enum submit_retry retry;
} retry_words[] = {
        {"failed", RETRY_FAILED},
        {"slow", RETRY_SLOW},
        {"missing", RETRY_MISSING},
        {"inconclusive", RETRY_INCONCLUSIVE},
};

/* What has to be asked for before a node with this verdict is run again. */
static const unsigned retry_of[FLEET_VERDICTS] = {
        [FLEET_SLOW] = RETRY_SLOW,
        [FLEET_FAIL] = RETRY_FAILED,
        [FLEET_HUNG] = RETRY_FAILED,
        [FLEET_NODE_FAIL] = RETRY_FAILED,
        [FLEET_INCONCLUSIVE] = RETRY_INCONCLUSIVE,
        [FLEET_NO_RESULT] = RETRY_MISSING,
        [FLEET_NOT_RUN] = RETRY_MISSING,
};

static int add_retry_word(const char *word, unsigned *retry, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(retry_words); i++)
		if (strcmp(word, retry_words[i].word) == 0) {
			*retry |= retry_words[i].retry;
			return 0;
		}
	return error_set(err, EINVAL,
	                 "\"%.80s\" is not one of failed, slow, missing, inconclusive "
	                 "(several with commas)",
	                 word);
}

int submit_retry_parse(const char *text, unsigned *ret_retry, struct error *err)
{
	cleanup_free char *copy = NULL;
	int r = str_copy(text, &copy, err);
	unsigned retry = 0;
	char *rest = copy;
	for (char *word; r == 0 && (word = strsep(&rest, ","));)
		r = add_retry_word(word, &retry, err);
	if (r == 0)
		*ret_retry = retry;
	return r;
}

/* ---- What came of a node so far ----------------------------------------------------------- */

/* Nothing says that the batch system ever had it. */
static bool is_unsubmitted(const struct fleet_attempt *attempt)
{
	return !attempt->job.id && !attempt->has_job && !attempt->has_report &&
	       !attempt->result_path && !attempt->unreadable;
}

static const char *retry_word(unsigned retry)
{
	for (size_t i = 0; i < ARRAY_LENGTH(retry_words); i++)
		if (retry & retry_words[i].retry)
			return retry_words[i].word;
	return NULL;
}

static int say_live(const struct fleet_node *node, struct submit_step *step, struct error *err)
{
	const struct fleet_attempt *const last = fleet_attempt_last(node);
	const char *const why = last->reason ? last->reason : last->job.reason;
	step->state = SUBMIT_LIVE;
	step->attempt = last->number;
	const int r = last->job.id ? str_copy(last->job.id, &step->job, err) : 0;
	return r < 0 ? r
	             : str_format(&step->reason, err, "%s%s%s",
	                          fleet_verdict_words[node->verdict].words, why ? ": " : "",
	                          why ? why : "");
}

/* Whether a whole result is a good one is asked for --retry alone. */
static int say_ended(const struct fleet_node *node, enum submit_state state,
                     struct submit_step *step, struct error *err)
{
	const char *const again = retry_word(retry_of[node->verdict]);
	step->state = state;
	step->attempt = fleet_attempt_last(node)->number;
	if (state == SUBMIT_DONE && node->verdict == FLEET_PASS)
		return str_copy("with a whole result", &step->reason, err);
	return str_format(&step->reason, err, "%s%s%s%s", fleet_verdict_words[node->verdict].words,
	                  again ? " (--retry " : "", again ? again : "",
	                  again ? " runs it again)" : "");
}

/* The words are needed by people who did not make the site's rules. */
int submit_plan_why_not(const struct batch_node *node, char **ret_reason, struct error *err)
{
	cleanup_str struct str s = {0};
	const char *const word =
	        node->state_word && *node->state_word ? node->state_word : "not usable";
	/* "idle*": sinfo marks so what it has not heard of for some time. */
	if (word[strlen(word) - 1] == '*')
		str_addf(&s, "does not answer (%s)", word);
	else
		str_add(&s, word);
	if (node->reason && *node->reason)
		str_addf(&s, ": %s", node->reason);
	if (node->reason_by && *node->reason_by)
		str_addf(&s, " (%s)", node->reason_by);
	return str_take(&s, ret_reason, err);
}

/* How the reasons of drain commands begin (report/fleet/drain_text). */
static bool is_drained_by_us(const struct batch_node *node)
{
	return node->use == NODE_UNUSABLE && node->reason &&
	       str_starts_with(node->reason, "plateau:");
}

/* Not before the site lets it be used, whatever is asked for. */
static int say_never_run(const struct batch_node *node, struct submit_step *step, struct error *err)
{
	cleanup_free char *why_not = NULL;
	if (node->use != NODE_UNUSABLE)
		return str_copy("never run (a submit without --retry, or --retry missing, runs it)",
		                &step->reason, err);
	const int r = submit_plan_why_not(node, &why_not, err);
	return r < 0 ? r : str_format(&step->reason, err, "never run; the node: %s", why_not);
}

static int decide_new(const struct fleet_attempt *last, const struct batch_node *node,
                      unsigned retry, struct submit_step *step, struct error *err)
{
	step->attempt = last ? last->number : 1;
	step->is_made = last != NULL;
	step->is_in_doubt = last && !last->refused;
	step->state = SUBMIT_WAITING;
	if (retry == 0 || retry & RETRY_MISSING)
		return 0;
	step->state = SUBMIT_NOT_ASKED;
	return say_never_run(node, step, err);
}

static int decide(const struct fleet_node *node, const struct batch_node *site, unsigned retry,
                  struct submit_step *step, struct error *err)
{
	const struct fleet_attempt *const last = node ? fleet_attempt_last(node) : NULL;
	if (!last || is_unsubmitted(last))
		return decide_new(last, site, retry, step, err);
	if (fleet_verdict_words[node->verdict].is_open)
		return say_live(node, step, err);
	if (!(retry_of[node->verdict] & retry))
		return say_ended(node, retry ? SUBMIT_NOT_ASKED : SUBMIT_DONE, step, err);
	step->state = SUBMIT_WAITING;
	step->attempt = last->number + 1;
	return 0;
}

/* ---- Steps -------------------------------------------------------------------------------- */

static int set_use(const struct batch_node *node, struct submit_step *step, struct error *err)
{
	step->use = node->use;
	step->is_drained_by_us = is_drained_by_us(node);
	if (step->state == SUBMIT_NOT_RUN && node->use != NODE_UNUSABLE) {
		step->state = SUBMIT_WAITING;
		free(step->reason);
		step->reason = NULL;
	}
	if (step->state != SUBMIT_WAITING || node->use != NODE_UNUSABLE)
		return 0;
	step->state = SUBMIT_NOT_RUN;
	return submit_plan_why_not(node, &step->reason, err);
}

static int compare_steps(const void *a_item, const void *b_item)
{
	const struct submit_step *const a = a_item;
	const struct submit_step *const b = b_item;
	const bool a_waits = a->state == SUBMIT_WAITING;
	const bool b_waits = b->state == SUBMIT_WAITING;
	if (a_waits != b_waits)
		return a_waits ? -1 : 1;
	if (a_waits && a->use != b->use)
		return a->use < b->use ? -1 : 1;
	return fleet_name_compare(a->node, b->node);
}

static void sort(struct submit_steps *steps)
{
	if (steps->count > 1)
		qsort(steps->items, steps->count, sizeof *steps->items, compare_steps);
}

int submit_plan(const struct fleet *fleet, const struct batch_nodes *nodes, unsigned retry,
                struct submit_steps *ret_steps, struct error *err)
{
	cleanup_submit_steps struct submit_steps steps = {0};
	int r = array_reserve(&steps.items, &steps.capacity, nodes->count, sizeof *steps.items,
	                      err);
	for (size_t i = 0; r == 0 && i < nodes->count; i++) {
		const struct batch_node *const node = &nodes->items[i];
		struct submit_step *const step = &steps.items[steps.count++];
		r = str_copy(node->name, &step->node, err);
		if (r == 0 && node->partitions && *node->partitions &&
		    !strchr(node->partitions, ','))
			r = str_copy(node->partitions, &step->partition, err);
		if (r == 0)
			r = decide(fleet_node_find(fleet, node->name), node, retry, step, err);
		if (r == 0)
			r = set_use(node, step, err);
	}
	if (r < 0)
		return r;
	sort(&steps);
	*ret_steps = steps;
	steps = (struct submit_steps){0};
	return 0;
}

int submit_plan_refresh(struct submit_steps *steps, const struct batch_nodes *nodes,
                        struct error *err)
{
	for (size_t i = 0; i < nodes->count; i++)
		for (size_t k = 0; k < steps->count; k++) {
			if (strcmp(steps->items[k].node, nodes->items[i].name) != 0)
				continue;
			const int r = set_use(&nodes->items[i], &steps->items[k], err);
			if (r < 0)
				return r;
			break;
		}
	sort(steps);
	return 0;
}
