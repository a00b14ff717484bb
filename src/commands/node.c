#include "commands/command.h"
#include "commands/metrics.h"
#include "commands/node_parts.h"
#include "commands/overrides.h"
#include "commands/preflight.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "core/subprocess.h"
#include "plan/plan_build.h"
#include "platform/capabilities.h"
#include "platform/clock_probe.h"
#include "platform/events.h"
#include "platform/host.h"
#include "report/json/node_json.h"
#include "report/node_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ONE_PU_NS  (200 * NS_PER_MS)
#define ALL_PUS_NS (500 * NS_PER_MS)

/* Above this a chain stood still for so long that somebody else had its PU. */
static const double lost_of_note = 0.05;

/* Everything that is collected before it is printed. */
struct inquiry {
	const struct arguments *arguments;
	bool has_scenario;
	bool is_recorded; /* --topology */
	struct scenario scenario;
	struct metrics metrics;
	struct preflight *preflight;
	struct node *node;
	struct host_facts facts;
	struct capabilities capabilities;
	struct plan plan;
	bool has_plan;
	struct error plan_error;
	struct node_remark_list findings;
	struct node_remark_list fit;
	struct clock_probe one;
	struct clock_probe all;
	const char *probe_reason;
	struct str disturbance;
};

static void release(struct inquiry *q)
{
	str_release(&q->disturbance);
	clock_probe_release(&q->one);
	clock_probe_release(&q->all);
	free(q->findings.items);
	free(q->fit.items);
	plan_release(&q->plan);
	capabilities_release(&q->capabilities);
	host_facts_release(&q->facts);
	node_close(q->node);
	metrics_release(&q->metrics);
	preflight_free(q->preflight);
	scenario_release(&q->scenario);
}

/* ---- What there is ------------------------------------------------------------------------ */

static enum exit_code open_scenario(struct inquiry *q)
{
	struct error err;
	q->has_scenario = q->arguments->operands.count > 0 || q->arguments->has_rest;
	if (q->has_scenario)
		return overrides_scenario(q->arguments, 0, &q->scenario);
	if (scenario_init(&q->scenario, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	return EXIT_DONE;
}

static enum exit_code open_node(struct inquiry *q)
{
	struct error err;
	const char *const path = arguments_get(q->arguments, "topology");
	const int r = path ? node_open_xml(path, &q->node, &err) : node_open(&q->node, &err);
	if (r == -ENOMEM)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	if (r < 0)
		return talk_fail(path && r != -ENODEV ? EXIT_USAGE : EXIT_NODE_CANNOT, &err);
	return EXIT_DONE;
}

static int describe(struct inquiry *q, struct error *err)
{
	if (q->is_recorded)
		return host_describe_picture(q->node, &q->facts, err);
	const int r = host_describe(q->node, NULL, &q->facts, err);
	return r < 0 ? r : host_describe_inherited(&q->scenario, &q->facts, err);
}

/* Programs that plateau uses where they are there. */
static int add_programs(struct inquiry *q, struct error *err)
{
	static const struct {
		const char *program;
		const char *name;
		const char *reason;
		const char *remedy;
	} programs[] = {
	        {"gnuplot", "plots of a report", "gnuplot is not in PATH: reports have no plots",
	         "apt-get install gnuplot-nox, dnf install gnuplot-minimal or spack install "
	         "gnuplot"},
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(programs); i++) {
		cleanup_free char *path = NULL;
		r = subprocess_find(programs[i].program, &path, err);
		if (r == -ENOMEM)
			return r;
		const bool is_there = r == 0;
		const struct capability capability = {
		        .area = "report",
		        .name = programs[i].name,
		        .state = is_there ? CAPABILITY_YES : CAPABILITY_NO,
		        .by = is_there ? path : NULL,
		        .reason = is_there ? NULL : programs[i].reason,
		        .remedy = is_there ? NULL : programs[i].remedy,
		        .who = is_there ? WHO_NOBODY : WHO_YOU,
		};
		r = capabilities_add(&q->capabilities, &capability, err);
	}
	return r;
}

static int find_capabilities(struct inquiry *q, struct error *err)
{
	if (q->is_recorded)
		return 0;
	const int r =
	        capabilities_list(q->node, &q->metrics, &q->facts, NULL, &q->capabilities, err);
	return r < 0 ? r : add_programs(q, err);
}

/* ---- Whether it is fit -------------------------------------------------------------------- */

/* What is wrong with a scenario on this machine is no failure here, but part of the answer; memory
 * that has run out is one. */
static int make_plan(struct inquiry *q, struct error *err)
{
	if (!q->has_scenario)
		return 0;
	const int r = plan_build(&q->scenario, node_topology(q->node), q->scenario.seed, &q->plan,
	                         &q->plan_error);
	q->has_plan = r == 0;
	if (r != -ENOMEM)
		return 0;
	*err = q->plan_error;
	return r;
}

static int look_around(struct inquiry *q, struct error *err)
{
	if (!q->preflight)
		return 0;
	const struct topology *const topology = node_topology(q->node);
	const struct preflight_question question = {
	        .scenario = &q->scenario,
	        .plan = q->has_plan ? &q->plan : NULL,
	        .largest = q->has_plan ? q->plan.largest : (uint32_t)topology->pu_count,
	        .topology = topology,
	        .output = "results",
	};
	int r = preflight_look(q->preflight, &question, err);
	const struct preflight_findings *const found = preflight_found(q->preflight);
	for (size_t i = 0; r == 0 && i < found->count; i++)
		r = node_remark_add(&q->findings, found->items[i].code,
		                    found->items[i].weight == PREFLIGHT_REFUSES,
		                    found->items[i].text, "", err);
	return r;
}

static int judge_scenario(struct inquiry *q, struct error *err)
{
	const struct node_fit_question question = {
	        .scenario = &q->scenario,
	        .node = q->node,
	        .metrics = &q->metrics,
	        .capabilities = q->is_recorded ? NULL : &q->capabilities,
	        .findings = q->preflight ? preflight_found(q->preflight) : NULL,
	        .plan = q->has_plan ? &q->plan : NULL,
	        .plan_problem = q->has_plan ? NULL : q->plan_error.text,
	};
	return q->has_scenario ? node_fit_judge(&question, &q->fit, err) : 0;
}

/* ---- The clock ---------------------------------------------------------------------------- */

/* Why all PUs are not to be kept busy: others may be using the node. */
static const char *company(const struct inquiry *q)
{
	static const char *const codes[] = {"no-allocation", "other-users"};
	for (size_t i = 0; i < q->findings.count; i++)
		for (size_t c = 0; c < ARRAY_LENGTH(codes); c++)
			if (strcmp(q->findings.items[i].code, codes[c]) == 0 &&
			    !arguments_has(q->arguments, "here"))
				return q->findings.items[i].text;
	return NULL;
}

/* What was found before it, in short, and what the chains themselves have seen. */
static void note_disturbance(struct inquiry *q)
{
	static const struct {
		const char *code;
		const char *words;
	} kinds[] = {{"other-load", "other programs run"},
	             {"other-users", "other users' programs run"},
	             {"steal", "the hypervisor takes CPU time"},
	             {"cpu-quota", "a control group stops what takes too much time"}};
	for (size_t i = 0; i < q->findings.count; i++)
		for (size_t k = 0; k < ARRAY_LENGTH(kinds); k++)
			if (strcmp(q->findings.items[i].code, kinds[k].code) == 0)
				str_addf(&q->disturbance, "%s%s", q->disturbance.length ? ", " : "",
				         kinds[k].words);
	const struct clock_spread one = clock_probe_spread(&q->one);
	const struct clock_spread all = clock_probe_spread(&q->all);
	const double lost = one.lost_share > all.lost_share ? one.lost_share : all.lost_share;
	if (lost > lost_of_note)
		str_addf(&q->disturbance, "%sa chain did not run for %.0f %% of the time",
		         q->disturbance.length ? ", and " : "", lost * 100);
}

static int probe_clock(struct inquiry *q, struct error *err)
{
	if (q->is_recorded)
		q->probe_reason = "the machine is a recorded one";
	else if (arguments_has(q->arguments, "no-probe"))
		q->probe_reason = "--no-probe was given";
	if (q->probe_reason)
		return 0;
	const struct topology *const topology = node_topology(q->node);
	const char *const others = company(q);
	int r = clock_probe_run(topology, 1, ONE_PU_NS, &q->one, err);
	if (r == 0 && others)
		snprintf(q->all.reason, sizeof q->all.reason, "%s", others);
	else if (r == 0)
		r = clock_probe_run(topology, topology->pu_count, ALL_PUS_NS, &q->all, err);
	note_disturbance(q);
	return r;
}

/* ---- The answer --------------------------------------------------------------------------- */

static int print(struct inquiry *q, struct error *err)
{
	cleanup_free char *text = NULL;
	const struct text_style style = talk_style(q->arguments);
	const struct node_view view = {
	        .facts = &q->facts,
	        .topology = node_topology(q->node),
	        .capabilities = q->is_recorded ? NULL : &q->capabilities,
	        .metrics_processor = q->is_recorded ? NULL : events_processor(&q->metrics),
	        .findings = {q->findings.items, q->findings.count},
	        .findings_reason = q->preflight     ? NULL
	                           : q->is_recorded ? "the machine is a recorded one"
	                                            : "--preflight off",
	        .idle = q->probe_reason ? NULL : &q->one,
	        .all = q->probe_reason ? NULL : &q->all,
	        .probe_reason = q->probe_reason,
	        .disturbance = q->disturbance.length ? str_text(&q->disturbance) : NULL,
	        .scenario = q->has_scenario ? q->scenario.name : NULL,
	        .fit = {q->fit.items, q->fit.count},
	};
	const int r = arguments_has(q->arguments, "json")
	                      ? node_json_write(&view, &text, err)
	                      : node_text_write(&view, &style,
	                                        arguments_has(q->arguments, "verbose"), &text, err);
	if (r == 0)
		fputs(text, stdout);
	return r;
}

static enum exit_code verdict(const struct inquiry *q)
{
	enum exit_code code = EXIT_DONE;
	for (size_t i = 0; i < q->fit.count; i++) {
		const struct node_remark *const remark = &q->fit.items[i];
		if (!remark->is_refusal)
			continue;
		talk_error("%s cannot be measured here: %s%s%s", q->scenario.name, remark->text,
		           remark->remedy[0] ? "; what would help: " : "", remark->remedy);
		code = EXIT_NODE_CANNOT;
	}
	return code;
}

static enum exit_code inquire(struct inquiry *q)
{
	static int (*const steps[])(struct inquiry * q, struct error * err) = {
	        describe,       find_capabilities, make_plan, look_around,
	        judge_scenario, probe_clock,       print,
	};
	struct error err;
	enum exit_code code = open_scenario(q);
	if (code != EXIT_DONE)
		return code;
	q->is_recorded = arguments_has(q->arguments, "topology");
	if (!q->is_recorded)
		code = metrics_load(q->arguments, &q->metrics);
	if (code != EXIT_DONE)
		return code;
	if (!q->is_recorded && preflight_begin(q->arguments, &q->preflight, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	code = open_node(q);
	if (code != EXIT_DONE)
		return code;
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++)
		if (steps[i](q, &err) < 0)
			return talk_fail(EXIT_SOMETHING_FAILED, &err);
	return verdict(q);
}

static enum exit_code run_node(const struct arguments *arguments)
{
	struct inquiry inquiry = {.arguments = arguments};
	const enum exit_code code = inquire(&inquiry);
	release(&inquiry);
	return code;
}

static const struct option_entry options[] = {
        OVERRIDE_OPTIONS METRICS_OPTION,
        {0, "topology", "FILE.xml", "describe a machine recorded by hwloc's lstopo"},
        {0, "no-probe", NULL, "do not measure the clock (0.7 s, half a second on all PUs)"},
        PREFLIGHT_OPTIONS};

const struct command command_node = {
        .name = "node",
        .operands = "[SCENARIO | -- COMMAND ARG...]",
        .summary = "tell what this node is and what can be measured on it",
        .details =
                "Prints what the node is (processor, sockets, cores, L3 groups, NUMA nodes, "
                "memory, frequencies and who states them, kernel, limits), a table of what can be "
                "measured here and what would help where something cannot, what speaks against "
                "measuring now, and the clock of one PU and of all PUs at once, by a timed chain "
                "of "
                "instructions. What is not known is said to be so, with the reason.\n\n"
                "With a scenario or a command it also says whether that can be measured here; if "
                "not, the exit code is 5. Events that the scenario asks for itself must be "
                "countable, those that are counted anyway need not be.\n\n"
                "--verbose lists the clock of every PU. docs/node.md explains every line.",
        .options = options,
        .option_count = ARRAY_LENGTH(options),
        .least_operands = 0,
        .most_operands = 1,
        .takes_rest = true,
        .exits =
                {
                        {EXIT_USAGE, "the scenario or an option is wrong"},
                        {EXIT_NODE_CANNOT, "what was asked about cannot be measured here"},
                },
        .examples =
                {
                        {"plateau node", "what it is and what can be measured"},
                        {"plateau node scenarios/acceptance.yaml",
                         "can this scenario be measured here?"},
                        {"plateau node --topology rome.xml",
                         "a machine that is known by its recorded topology"},
                },
        .see_also = "plan, run, scenario",
        .run = run_node,
};
