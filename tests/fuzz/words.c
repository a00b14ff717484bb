/* Short texts of command lines, keys and names, each by its reader: the first letter says which. */
#include "targets.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "fleet/folder.h"
#include "formats/command_text.h"
#include "formats/cpulist.h"
#include "formats/event_code.h"
#include "formats/import/path_pattern.h"
#include "formats/interval_text.h"
#include "formats/levels_text.h"
#include "formats/log/log_time.h"
#include "formats/placement_text.h"
#include "formats/scenario/limit_text.h"
#include "model/record.h"
#include "model/template.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A list that was read is read again from what is written of it. */
static int read_cpulist(const char *text, struct error *err)
{
	uint32_t *list = NULL;
	uint32_t *again = NULL;
	size_t count = 0;
	size_t count_again = 0;
	const int r = cpulist_parse(text, &list, &count, err);
	if (r < 0)
		return r;
	cleanup_str struct str written = {0};
	cpulist_add(&written, list, count);
	fuzz_promise(cpulist_parse(str_text(&written), &again, &count_again, err) == 0);
	fuzz_promise(count == count_again);
	fuzz_promise(memcmp(list, again, count * sizeof *list) == 0);
	free(list);
	free(again);
	return 0;
}

static int read_levels(const char *text, struct error *err)
{
	struct level_specs specs = {0};
	const int r = levels_text_parse(text, &specs, err);
	fuzz_promise((r == 0) == (specs.count > 0));
	level_specs_release(&specs);
	return r;
}

static int read_placement(const char *text, struct error *err)
{
	struct placement placement = {0};
	struct placement again = {0};
	const int r = placement_text_parse(text, &placement, err);
	if (r < 0)
		return r;
	fuzz_promise(placement_text_parse(placement.spelling, &again, err) == 0);
	fuzz_promise(strcmp(placement.spelling, again.spelling) == 0);
	placement_release(&placement);
	placement_release(&again);
	return 0;
}

static int read_interval(const char *text, struct error *err)
{
	int64_t ns = -1;
	const int r = interval_text_parse(text, &ns, err);
	fuzz_promise((r == 0) == (ns >= 0));
	return r;
}

static int read_event_code(const char *text, struct error *err)
{
	struct event_code code = {0};
	struct event_code again = {0};
	char written[EVENT_CODE_TEXT_BYTES];
	event_code_is_raw(text);
	const int r = event_code_parse(text, &code, err);
	if (r < 0)
		return r;
	event_code_format(code.config, code.config1, written);
	fuzz_promise(event_code_parse(written, &again, err) == 0);
	fuzz_promise(code.config == again.config && code.config1 == again.config1);
	return 0;
}

/* The first byte is the measure. */
static int read_limit(const char *text, struct error *err)
{
	const size_t letter = (unsigned char)text[0];
	struct limit_of of = {.measure = letter / 2 % MEASURES, .is_ratio = letter % 2};
	double limit = NAN;
	if (of.measure == MEASURE_COUNTER || of.measure == MEASURE_FIGURE)
		of.detail = "cycles";
	const int r = limit_text_parse(text + (letter > 0), &of, &limit, err);
	if (r < 0)
		return r;
	char written[LIMIT_TEXT_BYTES];
	double again = NAN;
	fuzz_promise(isfinite(limit));
	limit_text_write(limit, &of, written);
	fuzz_promise(limit_text_parse(written, &of, &again, err) == 0);
	fuzz_promise(fabs(again - limit) <= 1e-9 * fabs(limit));
	return 0;
}

typedef int real_reader(const char *text, double *ret_value, struct error *err);

/* Every kind of number; the last says how it ends. */
static int read_number(const char *text, struct error *err)
{
	static real_reader *const readers[] = {number_parse_real, number_parse_count,
	                                       number_parse_fraction, number_parse_angle,
	                                       number_parse_solid_angle};
	int64_t whole = -1;
	double value = NAN;
	char written[NUMBER_TEXT_BYTES];
	for (size_t i = 0; i < ARRAY_LENGTH(readers); i++) {
		if (readers[i](text, &value, err) < 0)
			continue;
		fuzz_promise(isfinite(value));
		number_format_count(fabs(value), 3, written);
		number_format_significant(value, 5, written);
	}
	if (number_parse_bytes(text, &whole, err) == 0) {
		fuzz_promise(whole >= 0);
		number_format_bytes(whole, written);
		number_format_binary_bytes(whole, written);
	}
	if (number_parse_duration(text, &whole, err) == 0) {
		fuzz_promise(whole >= 0);
		number_format_duration(whole, 3, written);
	}
	const int r = number_parse_integer(text, -1000, 1000000, &whole, err);
	fuzz_promise(r < 0 || (whole >= -1000 && whole <= 1000000));
	return r;
}

static int read_template(const char *text, struct error *err)
{
	unsigned used = 0;
	const int r = template_check(text, TEMPLATE_TASK, &used, err);
	if (r < 0)
		return r;
	struct template_values values = {{NULL}};
	char small[8];
	char large[4096];
	for (size_t i = 0; i < TEMPLATE_NAMES; i++)
		values.text[i] = i % 2 ? "value" : NULL;
	fuzz_promise((used & ~(unsigned)TEMPLATE_TASK) == 0);
	const size_t bytes = template_fill(text, &values, small, sizeof small);
	fuzz_promise(template_fill(text, &values, large, sizeof large) == bytes);
	fuzz_promise(bytes >= sizeof large || strlen(large) == bytes);
	fuzz_promise(strlen(small) < sizeof small);
	return 0;
}

/* The pattern up to a line end, then a path. */
static int read_path_pattern(const char *text, struct error *err)
{
	const char *at = text;
	const char *const end = text + strlen(text);
	cleanup_free char *pattern = fuzz_take_line(&at, end);
	cleanup_path_pattern struct path_pattern made = {0};
	struct path_facts facts = {0};
	if (!pattern)
		return error_set(err, EINVAL, "nothing");
	const int r = path_pattern_init(&made, pattern, err);
	if (r == 0 && path_pattern_match(&made, at, &facts))
		fuzz_promise(facts.concurrency == RECORD_ABSENT || facts.concurrency > 0);
	return r;
}

/* A format up to a line end, then a time. */
static int read_time(const char *text, struct error *err)
{
	const char *at = text;
	const char *const end = text + strlen(text);
	cleanup_free char *format = fuzz_take_line(&at, end);
	int64_t ns = -1;
	log_time_iso(at, PHASES_UTC, &ns);
	if (!format)
		return error_set(err, EINVAL, "nothing");
	const int r = log_time_check(format, err);
	if (r == 0 && log_time_read(at, format, PHASES_UTC, &ns))
		fuzz_promise(ns >= 0);
	return r;
}

/* Any name of a node becomes a name of a folder, which leads nowhere else. */
static int read_node_name(const char *text, struct error *err)
{
	cleanup_free char *name = NULL;
	cleanup_free char *node = NULL;
	int r = folder_unescape(text, &node, err);
	free(node);
	node = NULL;
	if (text[0] == '\0')
		return r;
	r = folder_escape(text, &name, err);
	if (r < 0)
		return r;
	fuzz_promise(!strchr(name, '/') && name[0] != '.');
	fuzz_promise(folder_unescape(name, &node, err) == 0);
	fuzz_promise(strcmp(node, text) == 0);
	return 0;
}

void fuzz_words(const char *bytes, const char *text, size_t count)
{
	static int (*const readers[])(const char *text, struct error *err) = {
	        read_cpulist,      read_levels, read_placement, read_interval,
	        read_event_code,   read_limit,  read_number,    read_template,
	        read_path_pattern, read_time,   read_node_name,
	};
	struct error err = {""};
	const size_t all = count;
	const size_t reader = fuzz_choose(&bytes, &count, ARRAY_LENGTH(readers));
	fuzz_check_told(readers[reader](text + (all - count), &err), NULL, &err);
}
