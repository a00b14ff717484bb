#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/task_csv.h"
#include "formats/task_csv_parts.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define RECORD(name) PLACE_RECORD, offsetof(struct task_record, name)

/* clang-format off */
const struct task_field task_fields[] = {
	{"wall_s", TASK_SECONDS, PLACE_WALL, 0, "wall walltime wallclock wallclocktime elapsed elapsedtime duration real realtime"},
	{"user_s", TASK_SECONDS, RECORD(user_ns), "user usertime usercpu utime"},
	{"system_s", TASK_SECONDS, RECORD(system_ns), "system systemtime systemcpu sys systime stime"},
	{"cpu_s", TASK_SECONDS, RECORD(cpu_ns), "cpu cputime totalcpu"},
	{"max_rss_bytes", TASK_BYTES, RECORD(max_rss_bytes), "maxrss memory maxmemory maxresident maxresidentsetsize"},
	{"start_s", TASK_INSTANT, PLACE_START, 0, "start starttime started begin begintime"},
	{"end_s", TASK_INSTANT, PLACE_END, 0, "end endtime ended finish finished stop stoptime"},
	{"concurrency", TASK_COUNT, PLACE_CONCURRENCY, 0, "concurrency n nconcurrent nproc nprocs njobs load copies"},
	{"block", TASK_COUNT, PLACE_REPEAT, 0, "block repeat rep replicate"},
	{"policy", TASK_TEXT, PLACE_POLICY, 0, NULL},
	{"state", TASK_WORD, PLACE_STATE, 0, "state"},
	{"trial_state", TASK_WORD, PLACE_TRIAL_STATE, 0, NULL},
	{"role", TASK_WORD, PLACE_ROLE, 0, NULL},
	{"exit_status", TASK_COUNT, PLACE_EXIT_STATUS, 0, "exit exitcode exitstatus returncode rc"},
	{"signal", TASK_COUNT, PLACE_SIGNAL, 0, NULL},
	{"host", TASK_TEXT, PLACE_HOST, 0, "host hostname node nodename nodelist"},
	{"minor_faults", TASK_COUNT, RECORD(minor_faults), "minorpagefaults minflt"},
	{"major_faults", TASK_COUNT, RECORD(major_faults), "majorpagefaults majflt"},
	{"voluntary_switches", TASK_COUNT, RECORD(voluntary_switches), "voluntarycontextswitches nvcsw"},
	{"involuntary_switches", TASK_COUNT, RECORD(involuntary_switches), "involuntarycontextswitches nivcsw"},
	{"peak_rss_bytes", TASK_BYTES, RECORD(peak_rss_bytes), NULL},
	{"peak_pss_bytes", TASK_BYTES, RECORD(peak_pss_bytes), NULL},
	{"cgroup_peak_bytes", TASK_BYTES, RECORD(cgroup_peak_bytes), NULL},
	{"rss_samples", TASK_COUNT, RECORD(rss_samples), NULL},
	{"pss_samples", TASK_COUNT, RECORD(pss_samples), NULL},
	{"read_bytes", TASK_BYTES, RECORD(read_bytes), NULL},
	{"write_bytes", TASK_BYTES, RECORD(write_bytes), NULL},
	{"read_chars", TASK_COUNT, RECORD(read_chars), NULL},
	{"write_chars", TASK_COUNT, RECORD(write_chars), NULL},
	{"read_calls", TASK_COUNT, RECORD(read_calls), NULL},
	{"write_calls", TASK_COUNT, RECORD(write_calls), NULL},
	{"idle_before_s", TASK_SECONDS, RECORD(idle_before_ns), NULL},
	{"run_delay_s", TASK_SECONDS, RECORD(run_delay_ns), NULL},
	{"block_delay_s", TASK_SECONDS, RECORD(block_delay_ns), NULL},
	{"page_in_delay_s", TASK_SECONDS, RECORD(page_in_delay_ns), NULL},
	{"exceeded_memory_limit", TASK_COUNT, PLACE_MEMORY_LIMIT, 0, NULL},
};
/* clang-format on */
const size_t task_field_count = ARRAY_LENGTH(task_fields);

/* "figure.NAME" and "counter.NAME" of a map; "figure_NAME", and an event beside NAME_state, of an
 * export. */
static const struct task_field number_field = {"figure.", TASK_NUMBER, PLACE_NUMBER, 0, NULL};
static const struct task_field event_field = {"counter.", TASK_EVENT, PLACE_EVENT, 0, NULL};
static const struct task_field event_state_field = {"counter.", TASK_EVENT_STATE, PLACE_EVENT_STATE,
                                                    0, NULL};

const char *const task_csv_help =
        "wall_s, user_s, system_s, cpu_s (user and system together), start_s, end_s, "
        "max_rss_bytes, concurrency, block (which repeat), policy, state, exit_status, signal, "
        "host, minor_faults, major_faults, voluntary_switches, involuntary_switches, read_bytes, "
        "write_bytes and the other columns of plateau export; counter.EVENT (counter.cycles:u); "
        "figure.NAME";

static const struct task_unit units[] = {
        {"s", TASK_SECONDS, 1e9},        {"sec", TASK_SECONDS, 1e9},
        {"secs", TASK_SECONDS, 1e9},     {"second", TASK_SECONDS, 1e9},
        {"seconds", TASK_SECONDS, 1e9},  {"ms", TASK_SECONDS, 1e6},
        {"msec", TASK_SECONDS, 1e6},     {"us", TASK_SECONDS, 1e3},
        {"usec", TASK_SECONDS, 1e3},     {"ns", TASK_SECONDS, 1},
        {"nsec", TASK_SECONDS, 1},       {"min", TASK_SECONDS, 60e9},
        {"minutes", TASK_SECONDS, 60e9}, {"h", TASK_SECONDS, 3600e9},
        {"hours", TASK_SECONDS, 3600e9}, {"B", TASK_BYTES, 1},
        {"byte", TASK_BYTES, 1},         {"bytes", TASK_BYTES, 1},
        {"kB", TASK_BYTES, 1e3},         {"MB", TASK_BYTES, 1e6},
        {"GB", TASK_BYTES, 1e9},         {"KiB", TASK_BYTES, 0x1p10},
        {"MiB", TASK_BYTES, 0x1p20},     {"GiB", TASK_BYTES, 0x1p30},
};

/* Columns of an export that say nothing of a task by itself. */
static const char *const own_others[] = {
        "run",  "task_type", "trial", "attempt", "task_index",
        "slot", "pu",        "input", "weight",  "start_errno",
};

/* Events that tables name as perf does, without a state beside them. */
static const char *const event_names[] = {
        "cycles",        "instructions",     "task-clock",       "cpu-clock",
        "page-faults",   "context-switches", "cpu-migrations",   "branches",
        "branch-misses", "cache-references", "cache-misses",     "L1-dcache-loads",
        "LLC-loads",     "LLC-load-misses",  "LLC-store-misses", "L1-dcache-load-misses",
};

static void lower(char *text)
{
	for (; *text; text++)
		*text = (char)tolower((unsigned char)*text);
}

const struct task_unit *task_unit_find(const char *name, enum task_kind kind)
{
	if (kind == TASK_INSTANT)
		kind = TASK_SECONDS;
	for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
		if (units[i].kind == kind && strcasecmp(units[i].name, name) == 0)
			return &units[i];
	return NULL;
}

static bool has_unit(enum task_kind kind)
{
	return kind == TASK_SECONDS || kind == TASK_BYTES || kind == TASK_INSTANT;
}

static const struct task_field *find_own(const char *name)
{
	for (size_t i = 0; i < task_field_count; i++)
		if (strcmp(task_fields[i].name, name) == 0)
			return &task_fields[i];
	return NULL;
}

/* ---- Guessing ---------------------------------------------------------------------------- */

enum { BASE_BYTES = 64, MOST_PARTS = 16 };

/* Takes a name apart at what is no letter or digit: "Max RSS (kB)" is max, rss, kb. */
static size_t split_name(const char *name, char parts[MOST_PARTS][BASE_BYTES])
{
	size_t count = 0;
	while (*name && count < MOST_PARTS) {
		size_t length = 0;
		while (isalnum((unsigned char)name[length]))
			length++;
		if (length >= BASE_BYTES)
			return 0;
		if (length > 0) {
			memcpy(parts[count], name, length);
			parts[count][length] = '\0';
			lower(parts[count++]);
		}
		name += length;
		name += *name != '\0' && !isalnum((unsigned char)*name);
	}
	return *name ? 0 : count;
}

static bool is_among(const char *words, const char *word)
{
	const size_t length = strlen(word);
	for (const char *p = words; p && length > 0; p = strchr(p, ' ')) {
		p += *p == ' ';
		if (strncmp(p, word, length) == 0 && (p[length] == ' ' || p[length] == '\0'))
			return true;
	}
	return false;
}

static const struct task_field *find_guess(const char *base)
{
	for (size_t i = 0; i < task_field_count; i++)
		if (is_among(task_fields[i].guesses, base))
			return &task_fields[i];
	return NULL;
}

/* Joins the first parts to one text. */
static bool join(char parts[MOST_PARTS][BASE_BYTES], size_t count, char base[BASE_BYTES])
{
	size_t length = 0;
	base[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		const size_t bytes = strlen(parts[i]);
		if (length + bytes >= BASE_BYTES)
			return false;
		memcpy(base + length, parts[i], bytes + 1);
		length += bytes;
	}
	return true;
}

static void guess(struct task_column *column)
{
	char parts[MOST_PARTS][BASE_BYTES];
	char base[BASE_BYTES];
	const size_t count = split_name(column->name, parts);
	if (count == 0 || !join(parts, count, base))
		return;
	column->field = find_guess(base);
	if (!column->field && count > 1) {
		join(parts, count - 1, base);
		const struct task_field *const field = find_guess(base);
		const struct task_unit *const unit =
		        field ? task_unit_find(parts[count - 1], field->kind) : NULL;
		column->field = unit ? field : NULL;
		column->unit = unit;
	}
	column->is_guessed = column->field != NULL;
	if (!column->field || column->unit || !has_unit(column->field->kind))
		return;
	/* Seconds are what times are in; sizes may be bytes, kB or GB. */
	column->is_assumed = column->field->kind != TASK_BYTES;
	column->is_nameless = column->field->kind == TASK_BYTES;
	column->unit = column->is_assumed ? task_unit_find("s", TASK_SECONDS) : NULL;
}

/* "cycles:u" is an event that is known. */
static bool is_event_name(const char *name)
{
	const char *const colon = strchr(name, ':');
	const size_t length = colon ? (size_t)(colon - name) : strlen(name);
	if (colon && colon[strspn(colon, ":ukhp")] != '\0')
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(event_names); i++)
		if (strlen(event_names[i]) == length && strncmp(event_names[i], name, length) == 0)
			return true;
	return false;
}

/* Our own names: fields, and numbers that tasks print. Events are found by their states. */
static void recognise(struct task_column *column)
{
	static const char figure[] = "figure_";
	column->field = find_own(column->name);
	if (column->field && has_unit(column->field->kind)) {
		const char *const unit = strrchr(column->name, '_') + 1;
		column->unit = task_unit_find(unit, column->field->kind);
	}
	if (!column->field && str_starts_with(column->name, figure) &&
	    column->name[sizeof figure - 1] != '\0' &&
	    strlen(column->name) - sizeof figure + 1 < sizeof column->detail) {
		column->field = &number_field;
		snprintf(column->detail, sizeof column->detail, "%s",
		         column->name + sizeof figure - 1);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(own_others); i++)
		column->is_silent = column->is_silent || strcmp(column->name, own_others[i]) == 0;
	if (!column->field && is_event_name(column->name)) {
		column->field = &event_field;
		snprintf(column->detail, sizeof column->detail, "%s", column->name);
		column->is_guessed = true;
	}
}

/* NAME and NAME_state, or NAME_ns and NAME_state: an event of an export. */
static void pair_events(struct csv_columns *columns)
{
	static const char end[] = "_state";
	for (size_t i = 1; i < columns->count; i++) {
		struct task_column *const state = &columns->items[i];
		struct task_column *const value = &columns->items[i - 1];
		const size_t length = strlen(state->name);
		if (state->field || length <= sizeof end - 1 ||
		    strcmp(state->name + length - (sizeof end - 1), end) != 0)
			continue;
		const size_t bytes = length - (sizeof end - 1);
		const bool is_same =
		        strncmp(value->name, state->name, bytes) == 0 &&
		        (value->name[bytes] == '\0' || strcmp(value->name + bytes, "_ns") == 0);
		if (!is_same || bytes >= sizeof value->detail || bytes == 0)
			continue;
		*value = (struct task_column){
		        .field = &event_field, .name = value->name, .sibling = i};
		memcpy(value->detail, state->name, bytes);
		state->field = &event_state_field;
		state->sibling = i - 1;
	}
}

/* Two columns for one field: the one with our own name counts, else the first. */
static void settle(struct csv_columns *columns)
{
	for (size_t i = 0; i < columns->count; i++) {
		struct task_column *const a = &columns->items[i];
		if (!a->field || a->field->place >= PLACE_NUMBER || a->is_nameless)
			continue;
		for (size_t j = i + 1; j < columns->count && a->field; j++) {
			struct task_column *const b = &columns->items[j];
			if (b->field != a->field || b->is_nameless)
				continue;
			if (a->is_guessed && !b->is_guessed)
				a->field = NULL;
			else
				b->field = NULL;
		}
	}
}

/* ---- The caller's map -------------------------------------------------------------------- */

/* Which field a map means by name; events and numbers have theirs in *ret_detail. */
static const struct task_field *find_named(const char *name, const char **ret_detail)
{
	const struct task_field *const kinds[] = {&number_field, &event_field};
	*ret_detail = "";
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (!str_starts_with(name, kinds[i]->name) || !name[strlen(kinds[i]->name)])
			continue;
		*ret_detail = name + strlen(kinds[i]->name);
		return strlen(*ret_detail) < 64 ? kinds[i] : NULL;
	}
	return find_own(name);
}

static struct task_column *find_column(const struct csv_columns *columns, const char *name)
{
	for (size_t i = 0; i < columns->count; i++)
		if (strcmp(columns->items[i].name, name) == 0)
			return &columns->items[i];
	if (name[0] != '#')
		return NULL;
	char *end;
	const unsigned long number = strtoul(name + 1, &end, 10);
	if (*end != '\0' || number < 1 || number > columns->count)
		return NULL;
	return &columns->items[number - 1];
}

static int unknown_field(const char *name, struct error *err)
{
	const char *const near =
	        str_nearest(name, task_fields, task_field_count, sizeof *task_fields);
	if (near)
		return error_set(err, EINVAL,
		                 "columns: \"%s\" is nothing that is known of a task; "
		                 "did you mean %s?",
		                 name, near);
	return error_set(err, EINVAL,
	                 "columns: \"%s\" is nothing that is known of a task; known are %s", name,
	                 task_csv_help);
}

/* Splits "name:unit" at its last colon where the end is a unit; the column's own name may have
 * colons. */
static const struct task_unit *cut_unit(const struct csv_columns *columns, char *column,
                                        const struct task_field *field, bool *ret_is_wrong)
{
	*ret_is_wrong = false;
	char *const colon = strrchr(column, ':');
	if (!colon || find_column(columns, column))
		return NULL;
	const struct task_unit *const unit =
	        has_unit(field->kind) ? task_unit_find(colon + 1, field->kind) : NULL;
	*ret_is_wrong = !unit;
	*colon = '\0';
	return unit;
}

/* Takes away what was found for this field. */
static void forget(struct csv_columns *columns, const struct task_field *field, const char *detail)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->items[i].field == field &&
		    strcmp(columns->items[i].detail, detail) == 0)
			columns->items[i] = (struct task_column){
			        .name = columns->items[i].name,
			        .sibling = SIZE_MAX,
			        .is_silent = true,
			};
}

/* One part: "wall_s=run_time:s". */
static int apply_part(struct table_rows *rows, struct csv_columns *columns, char *part,
                      struct error *err)
{
	char *const equals = strchr(part, '=');
	if (!equals || equals == part || equals[1] == '\0')
		return error_set(err, EINVAL,
		                 "columns: \"%s\" is not WHAT=COLUMN or WHAT=COLUMN:UNIT, as in "
		                 "wall_s=run_time:s",
		                 part);
	*equals = '\0';
	char *const name = equals + 1;
	const char *detail;
	const struct task_field *const field = find_named(part, &detail);
	if (!field)
		return unknown_field(part, err);
	forget(columns, field, detail);
	if (strcmp(name, "-") == 0)
		return 0;
	bool is_wrong = false;
	const struct task_unit *const unit = cut_unit(columns, name, field, &is_wrong);
	struct task_column *const column = find_column(columns, name);
	if (!column)
		return table_rows_complain(rows, "header", err,
		                           "no column \"%s\", which was named for %s", name, part);
	if (is_wrong)
		return error_set(
		        err, EINVAL,
		        "columns: the unit of %s is none that is known; times are in s, ms, "
		        "us, ns, min or h, sizes in B, kB, KiB, MB, MiB, GB or GiB",
		        part);
	*column = (struct task_column){
	        .field = field,
	        .unit = unit,
	        .name = column->name,
	        .sibling = SIZE_MAX,
	};
	snprintf(column->detail, sizeof column->detail, "%s", detail);
	if (!unit && has_unit(field->kind)) {
		/* The name says it, of the column or of what it is to us. */
		const char *const of_column = strrchr(column->name, '_');
		column->unit = of_column ? task_unit_find(of_column + 1, field->kind) : NULL;
		if (!column->unit)
			column->unit = task_unit_find(strrchr(field->name, '_') + 1, field->kind);
	}
	return 0;
}

static int apply_map(struct table_rows *rows, struct csv_columns *columns, const char *map,
                     struct error *err)
{
	cleanup_free char *copy = NULL;
	int r = str_copy(map, &copy, err);
	if (r < 0)
		return r;
	char *rest = NULL;
	for (char *part = strtok_r(copy, ",", &rest); part && r == 0;
	     part = strtok_r(NULL, ",", &rest))
		r = apply_part(rows, columns, part, err);
	return r;
}

/* ---- All --------------------------------------------------------------------------------- */

static int take_names(const struct table_rows *rows, struct csv_columns *columns, struct error *err)
{
	columns->items = calloc(rows->columns, sizeof *columns->items);
	if (!columns->items)
		return error_memory(err);
	for (size_t i = 0; i < rows->columns; i++) {
		columns->items[i].sibling = SIZE_MAX;
		const int r = str_copy(table_rows_cell(rows, i), &columns->items[i].name, err);
		if (r < 0)
			return r;
		columns->count++;
	}
	return 0;
}

int csv_columns_find(struct table_rows *rows, const char *map, struct csv_columns *ret_columns,
                     struct error *err)
{
	cleanup_csv_columns struct csv_columns columns = {0};
	int r = take_names(rows, &columns, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < columns.count; i++) {
		recognise(&columns.items[i]);
		if (!columns.items[i].field && !columns.items[i].is_silent)
			guess(&columns.items[i]);
	}
	pair_events(&columns);
	if (map)
		r = apply_map(rows, &columns, map, err);
	if (r < 0)
		return r;
	settle(&columns);
	*ret_columns = columns;
	columns = (struct csv_columns){0};
	return 0;
}

static void tell_guess(const struct task_column *column, struct str *text)
{
	str_addf(text, "%s%s%s from \"%s\"", text->length ? ", " : "", column->field->name,
	         column->detail, column->name);
	if (column->unit)
		str_addf(text, " (%s%s)", column->unit->name,
		         column->is_assumed ? ", assumed" : "");
}

int csv_columns_tell(const struct csv_columns *columns, struct imported *imported,
                     struct error *err)
{
	cleanup_str struct str guessed = {0};
	cleanup_str struct str nameless = {0};
	cleanup_str struct str passed = {0};
	for (size_t i = 0; i < columns->count; i++) {
		const struct task_column *const column = &columns->items[i];
		if (column->field && column->was_passed)
			str_addf(&nameless, "%s%s=%s:UNIT", nameless.length ? "," : "",
			         column->field->name, column->name);
		else if (column->field && column->is_guessed)
			tell_guess(column, &guessed);
		else if (!column->field && !column->is_silent)
			str_addf(&passed, "%s\"%s\"", passed.length ? ", " : "", column->name);
	}
	int r = 0;
	if (guessed.length > 0)
		r = imported_add_remark(imported, err, "columns were guessed: %s",
		                        str_text(&guessed));
	if (r == 0 && nameless.length > 0)
		r = imported_add_remark(imported, err,
		                        "sizes without a unit were passed over; say it: --columns "
		                        "%s (kB, KiB, MB, ...)",
		                        str_text(&nameless));
	if (r == 0 && passed.length > 0)
		r = imported_add_remark(imported, err, "columns passed over: %s",
		                        str_text(&passed));
	return r;
}

void csv_columns_release(struct csv_columns *columns)
{
	if (!columns)
		return;
	for (size_t i = 0; i < columns->count; i++)
		free(columns->items[i].name);
	free(columns->items);
	*columns = (struct csv_columns){0};
}
