#include "report/junit_fleet.h"

#include "core/error.h"
#include "report/fleet/fleet_parts.h"
#include "report/junit.h"
#include "report/junit_parts.h"
#include "report/text_style.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_error(enum fleet_verdict verdict)
{
	return verdict != FLEET_PASS && !fleet_verdict_words[verdict].is_bad;
}

/* As the others of its class, and not as it was when it was accepted. */
static bool is_slower(const struct fleet_rank_item *item)
{
	return item->verdict == FLEET_PASS && item->was_faster;
}

/* A class that has a history is a test of its own: held against each other, nodes that lost the
 * same all pass. */
static bool has_history(const struct fleet_class *class)
{
	return isfinite(class->since_relative);
}

/* When the attempt that speaks for a node ran; 0: not known. */
static void find_times(const struct fleet_rank_item *item, int64_t *ret_began, int64_t *ret_ended)
{
	const struct profile *const profile = fleet_profile_of(item);
	*ret_began = *ret_ended = 0;
	if (profile) {
		*ret_began = profile->started_ns;
		*ret_ended = profile->finished_ns;
	} else if (item->attempt && item->attempt->has_job) {
		*ret_began = item->attempt->job.started_ns;
		*ret_ended = item->attempt->job.ended_ns;
	}
}

/* The suite from the first beginning to the last end. */
static struct junit_suite make_suite(const struct fleet_ranking *ranking, const char *name,
                                     const char *place)
{
	struct junit_suite suite = {.name = name, .host = place, .tests = ranking->item_count};
	for (size_t v = 0; v < FLEET_VERDICTS; v++) {
		suite.failures += fleet_verdict_words[v].is_bad ? ranking->in_verdict[v] : 0;
		suite.errors += is_error((enum fleet_verdict)v) ? ranking->in_verdict[v] : 0;
	}
	for (size_t c = 0; c < ranking->class_count; c++) {
		suite.tests += has_history(&ranking->classes[c]);
		suite.errors += has_history(&ranking->classes[c]) && ranking->classes[c].got_slower;
	}
	for (size_t i = 0; i < ranking->item_count; i++) {
		int64_t began;
		int64_t ended;
		suite.errors += is_slower(&ranking->items[i]);
		find_times(&ranking->items[i], &began, &ended);
		if (began > 0 && (suite.began_ns <= 0 || began < suite.began_ns))
			suite.began_ns = began;
		if (ended > suite.ended_ns)
			suite.ended_ns = ended;
	}
	return suite;
}

static void add_properties(const struct fleet_ranking *ranking, struct markup *m)
{
	const struct fleet *const fleet = ranking->fleet;
	char count[24];
	markup_break(m);
	markup_open(m, "properties", NULL);
	snprintf(count, sizeof count, "%zu", ranking->item_count);
	junit_add_property(m, "nodes", count);
	for (size_t v = 0; v < FLEET_VERDICTS; v++) {
		if (ranking->in_verdict[v] == 0)
			continue;
		snprintf(count, sizeof count, "%zu", ranking->in_verdict[v]);
		junit_add_property(m, fleet_verdict_words[v].name, count);
	}
	junit_add_property(m, "systemic", ranking->systemic);
	junit_add_property(m, "fleet", fleet->id);
	junit_add_property(m, "folder", fleet->folder);
	junit_add_property(m, "scenario", fleet->name);
	junit_add_property(m, "scenario_sha256", fleet->scenario_sha256);
	junit_add_property(m, "plateau", fleet->plateau_version);
	for (size_t i = 0; i < ranking->class_count; i++)
		junit_add_property(m, "hardware", ranking->classes[i].words);
	markup_break(m);
	markup_close(m);
}

/* The figures behind a verdict, plain, for those who look for them by script. */
static void add_figures(const struct fleet_rank_item *item, struct str *line)
{
	char place[48];
	str_addf(line, "%s", fleet_verdict_words[item->verdict].name);
	fleet_place(item, place);
	if (place[0])
		str_addf(line, ", component %s", place);
	if (isfinite(item->component_relative))
		str_addf(line, ", slower by %.6g", item->component_relative);
	if (isfinite(item->relative))
		str_addf(line, ", throughput by the median of its class %.6g", item->relative);
	if (isfinite(item->low) && isfinite(item->high))
		str_addf(line, " (95 %% interval %.6g to %.6g)", item->low, item->high);
	if (isfinite(item->z))
		str_addf(line, ", z %.6g", item->z);
	if (item->class >= 0)
		str_addf(line, ", hardware class %td", item->class + 1);
	if (item->attempt)
		str_addf(line, ", attempt %u", item->attempt->number);
}

static void add_outcome(const struct fleet_rank_item *item, struct markup *m)
{
	cleanup_str struct str why = {0};
	cleanup_str struct str figures = {0};
	if (item->verdict == FLEET_PASS && !is_slower(item))
		return;
	fleet_why(item, &why);
	add_figures(item, &figures);
	m->out.failed |= why.failed || figures.failed;
	markup_open(m, is_slower(item) || is_error(item->verdict) ? "error" : "failure",
	            MARKUP("type",
	                   is_slower(item) ? "slower" : fleet_verdict_words[item->verdict].name,
	                   "message", str_text(&why)));
	markup_text(m, str_text(&figures));
	markup_close(m);
}

/* Names of nodes as a file can hold them; two that differ in what it cannot get a number. */
struct names {
	char **items;
	size_t count;
};

/* As readers of XML take an attribute: blanks at the ends are none, several are one. */
static void squeeze(struct str *out, const char *text)
{
	bool is_blank = false;
	for (; *text; text++) {
		const bool was_blank = is_blank;
		is_blank = *text == ' ';
		if (is_blank)
			continue;
		if (was_blank && out->length > 0)
			str_add(out, " ");
		str_add_bytes(out, text, 1);
	}
	if (out->length == 0)
		str_add(out, "unknown");
}

static char *clean_name(const struct names *names, const char *name, size_t index)
{
	static const struct text_style any = {0};
	struct error err;
	cleanup_str struct str raw = {0};
	struct str clean = {0};
	char *text = NULL;
	size_t same = 1;
	text_clean(&raw, &any, name);
	squeeze(&clean, str_text(&raw));
	clean.failed |= raw.failed;
	for (size_t i = 0; i < index; i++)
		same += strcmp(names->items[i], str_text(&clean)) == 0;
	/* The item's place in the list makes it one of a kind whatever the others are called. */
	if (same > 1)
		str_addf(&clean, " (%zu)", index + 1);
	return str_take(&clean, &text, &err) < 0 ? NULL : text;
}

static void add_test(const struct fleet_ranking *ranking, const struct fleet_rank_item *item,
                     const char *name, struct markup *m)
{
	cleanup_str struct str class = {0};
	char seconds[JUNIT_TIME_BYTES];
	int64_t began;
	int64_t ended;
	junit_add_class_part(&class, junit_or_unknown(ranking->fleet->name));
	/* The same whatever becomes of the node: dashboards follow a test by class and name. */
	str_add(&class, ".nodes");
	find_times(item, &began, &ended);
	junit_write_seconds(began, ended, seconds);
	markup_break(m);
	markup_open(m, "testcase",
	            MARKUP("name", name, "classname", str_text(&class), "time", seconds));
	add_outcome(item, m);
	markup_close(m);
	m->out.failed |= class.failed;
}

/* Whether a class is what it was when its nodes were accepted. */
static void add_class(const struct fleet_ranking *ranking, size_t index, struct markup *m)
{
	const struct fleet_class *const class = &ranking->classes[index];
	cleanup_str struct str name = {0};
	cleanup_str struct str suite = {0};
	cleanup_str struct str figures = {0};
	if (!has_history(class))
		return;
	junit_add_class_part(&suite, junit_or_unknown(ranking->fleet->name));
	str_add(&suite, ".since accepted");
	str_addf(&name, "hardware class %zu", index + 1);
	markup_break(m);
	markup_open(m, "testcase",
	            MARKUP("name", str_text(&name), "classname", str_text(&suite), "time", "0"));
	if (class->got_slower) {
		str_addf(&figures, "by what it did when accepted %.6g, median of %zu nodes",
		         class->since_relative, class->since_nodes);
		markup_open(m, "error",
		            MARKUP("type", "slower", "message", class->note ? class->note : ""));
		markup_text(m, str_text(&figures));
		markup_close(m);
	}
	markup_close(m);
	m->out.failed |= name.failed || suite.failed || figures.failed;
}

static void add_line(const struct fleet_rank_item *item, const char *name, struct markup *m)
{
	cleanup_str struct str why = {0};
	cleanup_str struct str line = {0};
	fleet_why(item, &why);
	str_addf(&line, "%s: ", name);
	add_figures(item, &line);
	if (item->verdict != FLEET_PASS)
		str_addf(&line, ": %s", str_text(&why));
	m->out.failed |= why.failed || line.failed;
	markup_text(m, str_text(&line));
	markup_break(m);
}

/* A file without a test would be taken for one that passes. */
static void add_nothing(struct markup *m)
{
	static const char why[] = "The fleet has no nodes.";
	markup_break(m);
	markup_open(m, "testcase",
	            MARKUP("name", "nodes", "classname", "plateau.there are nodes", "time", "0"));
	markup_open(m, "error", MARKUP("type", "empty", "message", why));
	markup_close(m);
	markup_close(m);
}

/* A result that could not be read, of nodes whose verdict does not say so. */
static void add_unread(const struct words *unreadable, size_t count, struct markup *m)
{
	static const char why[] = "Results that could not be read: what they say of their nodes is "
	                          "not known.";
	if (count == 0)
		return;
	markup_break(m);
	markup_open(
	        m, "testcase",
	        MARKUP("name", "results", "classname", "plateau.all could be read", "time", "0"));
	markup_open(m, "error", MARKUP("type", "unreadable", "message", why));
	for (size_t i = 0; unreadable && i < unreadable->count; i++) {
		markup_text(m, unreadable->items[i]);
		markup_break(m);
	}
	markup_close(m);
	markup_close(m);
}

static void add_output(const struct fleet_ranking *ranking, const struct names *names,
                       struct markup *m)
{
	markup_break(m);
	markup_open(m, "system-out", NULL);
	for (size_t i = 0; i < names->count; i++)
		add_line(&ranking->items[i], names->items[i], m);
	markup_close(m);
	markup_break(m);
	markup_open(m, "system-err", NULL);
	if (ranking->systemic)
		markup_text(m, ranking->systemic);
	markup_close(m);
	markup_break(m);
}

static void release_names(struct names *names)
{
	for (size_t i = 0; names->items && i < names->count; i++)
		free(names->items[i]);
	free(names->items);
}

int junit_fleet_write(const struct fleet_ranking *ranking, const struct fleet_told *told,
                      char **ret_xml, struct error *err)
{
	cleanup_markup struct markup m = {0};
	cleanup_str struct str title = {0};
	cleanup_str struct str place = {0};
	const struct words *const unreadable = told ? told->unreadable : NULL;
	struct names names = {calloc(ranking->item_count + 1, sizeof(char *)), 0};
	bool is_named = names.items != NULL;
	for (size_t i = 0; is_named && i < ranking->item_count; i++) {
		const char *const name = fleet_node_of(ranking, &ranking->items[i])->name;
		names.items[i] = clean_name(&names, name, i);
		is_named = names.items[i] != NULL;
		names.count += is_named;
	}
	fleet_add_place(ranking, told ? told->source : NULL, &place);
	str_addf(&title, "%s on %s", junit_or_unknown(ranking->fleet->name),
	         place.length > 0 ? str_text(&place) : "a fleet");
	if (place.length == 0)
		str_add(&place, "fleet");
	if (!is_named || title.failed || place.failed) {
		release_names(&names);
		return error_memory(err);
	}
	struct junit_suite suite = make_suite(ranking, str_text(&title), str_text(&place));
	if (suite.tests == 0)
		suite.tests = suite.errors = 1;
	const size_t unread = fleet_unread(ranking, unreadable);
	suite.tests += unread > 0;
	suite.errors += unread > 0;
	str_addf(&m.out, "%sfleet rank -->\n", junit_sign);
	markup_open(&m, "testsuites", NULL);
	junit_open_suite(&m, &suite);
	add_properties(ranking, &m);
	for (size_t i = 0; i < names.count; i++)
		add_test(ranking, &ranking->items[i], names.items[i], &m);
	for (size_t i = 0; i < ranking->class_count; i++)
		add_class(ranking, i, &m);
	if (names.count == 0)
		add_nothing(&m);
	add_unread(unreadable, unread, &m);
	add_output(ranking, &names, &m);
	release_names(&names);
	markup_close(&m);
	markup_break(&m);
	markup_close(&m);
	markup_break(&m);
	return str_take(&m.out, ret_xml, err);
}
