#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "formats/import/task_csv_parts.h"
#include "formats/import/written_number.h"
#include "formats/log/log_time.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Doubles up to here are whole numbers without a gap. */
static const double most_exact = 0x1p53;

bool task_cell_is_absent(const char *cell)
{
	static const char *const words[] = {"-", "NA", "N/A", "NaN", "None", "null"};
	if (*cell == '\0' || !strchr("-Nn", *cell))
		return *cell == '\0';
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strcasecmp(cell, words[i]) == 0)
			return true;
	return false;
}

bool task_cell_has_unit(const char *cell)
{
	const size_t length = strlen(cell);
	return length > 1 && strchr("KMGT", cell[length - 1]);
}

static bool is_plain(const char *cell)
{
	return *cell && cell[strspn(cell, "0123456789.")] == '\0';
}

static int scaled(double value, double factor, const char *cell, int64_t *ret_value,
                  struct error *err)
{
	const double product = value * factor;
	if (value < 0)
		return error_set(err, EINVAL, "\"%s\" is below 0", cell);
	if (product >= 0x1p62)
		return error_set(err, EINVAL, "\"%s\" is larger than anything that is measured",
		                 cell);
	*ret_value = (int64_t)llround(product);
	return 0;
}

/* "1.2 GB", "31 s": a number, and letters behind it. */
static bool has_letters_behind(const char *cell)
{
	char *end;
	const size_t digits = strspn(cell, "+-.0123456789");
	(void)strtod(cell, &end);
	if (end == cell || (size_t)(end - cell) < digits)
		return false;
	end += strspn(end, " ");
	return isalpha((unsigned char)*end);
}

/* "1.5", "1e3"; in ns exactly where it is plain. */
static int read_real(const char *cell, double factor, int64_t *ret_value, struct error *err)
{
	struct written_number number;
	double value = 0;
	if (is_plain(cell) && factor == 1e9 &&
	    written_number_read(cell, strlen(cell), &number) == WRITTEN_READ &&
	    written_number_ns(&number, 1, ret_value))
		return 0;
	struct error why;
	if (number_parse_real(cell, &value, &why) == 0)
		return scaled(value, factor, cell, ret_value, err);
	if (has_letters_behind(cell))
		return error_set(err, EINVAL,
		                 "\"%.60s\" has a unit; write numbers alone, and their unit into "
		                 "the column's name (max_rss_gb, wall_s) or behind it in --columns "
		                 "(max_rss_bytes=COLUMN:GB, wall_s=COLUMN:min)",
		                 cell);
	return error_set(err, EINVAL,
	                 "\"%.60s\" is no number; write decimals with a point, and thousands "
	                 "without a mark",
	                 cell);
}

/* [[D-]H:]M:S[.c] as sacct and GNU time write it. */
static bool read_clock(const char *cell, int64_t *ret_ns)
{
	long days = 0;
	const char *const dash = strchr(cell, '-');
	char *end;
	if (dash) {
		days = strtol(cell, &end, 10);
		if (end != dash || days < 0 || days > 36500 || !isdigit((unsigned char)*cell))
			return false;
		cell = dash + 1;
	}
	long parts[3] = {0};
	size_t count = 0;
	while (strchr(cell, ':') && count < 2) {
		if (!isdigit((unsigned char)*cell))
			return false;
		parts[count++] = strtol(cell, &end, 10);
		if (*end != ':' || parts[count - 1] > 1000000)
			return false;
		cell = end + 1;
	}
	struct written_number seconds;
	int64_t ns = 0;
	if (count == 0 || (dash && count != 2) || !is_plain(cell) ||
	    written_number_read(cell, strlen(cell), &seconds) != WRITTEN_READ ||
	    !written_number_ns(&seconds, 1, &ns) || seconds.whole >= 60)
		return false;
	const int64_t minutes =
	        (int64_t)days * 1440 + (count == 2 ? parts[0] * 60 + parts[1] : parts[0]);
	*ret_ns = minutes * 60000000000 + ns;
	return true;
}

static int read_seconds(const struct task_column *column, const char *cell, int64_t *ret_value,
                        struct error *err)
{
	if (strchr(cell, ':')) {
		if (read_clock(cell, ret_value))
			return 0;
		return error_set(err, EINVAL,
		                 "\"%.60s\" is no time; write seconds, or [days-]hours:minutes:"
		                 "seconds",
		                 cell);
	}
	return read_real(cell, column->unit ? column->unit->factor : 1e9, ret_value, err);
}

static int read_instant(const struct task_column *column, const char *cell, int64_t *ret_value,
                        struct error *err)
{
	if (strchr(cell, ':')) {
		const char *const end = log_time_iso(cell, PHASES_UTC, ret_value);
		if (end && *end == '\0')
			return 0;
		return error_set(err, EINVAL,
		                 "\"%.60s\" is no date; write seconds, or 2026-01-31T12:00:00.5Z",
		                 cell);
	}
	return read_real(cell, column->unit ? column->unit->factor : 1e9, ret_value, err);
}

/* With a unit of its own ("1234K" as sacct writes, in powers of 1024) or the column's. */
static int read_size(const struct task_column *column, const char *cell, int64_t *ret_value,
                     struct error *err)
{
	static const struct {
		char letter;
		double factor;
	} letters[] = {{'K', 0x1p10}, {'M', 0x1p20}, {'G', 0x1p30}, {'T', 0x1p40}};
	const size_t length = strlen(cell);
	char text[64];
	for (size_t i = 0; i < ARRAY_LENGTH(letters) && length < sizeof text; i++) {
		if (cell[length - 1] != letters[i].letter)
			continue;
		memcpy(text, cell, length - 1);
		text[length - 1] = '\0';
		return read_real(text, letters[i].factor, ret_value, err);
	}
	return read_real(cell, column->unit ? column->unit->factor : 1, ret_value, err);
}

static int read_count(const char *cell, int64_t *ret_value, struct error *err)
{
	double value = 0;
	struct error why;
	if (number_parse_integer(cell, 0, INT64_MAX, ret_value, &why) == 0)
		return 0;
	/* As tables of floats write whole numbers: "16.0", "1.2e10". */
	if (number_parse_real(cell, &value, &why) == 0 && value >= 0 && value <= most_exact &&
	    floor(value) == value) {
		*ret_value = (int64_t)value;
		return 0;
	}
	return error_set(err, EINVAL,
	                 "\"%.60s\" is no whole number of 0 or more; write it without a mark "
	                 "between thousands",
	                 cell);
}

int task_cell_read(const struct task_column *column, const char *cell, int64_t *ret_value,
                   struct error *err)
{
	switch (column->field->kind) {
	case TASK_SECONDS:
		return read_seconds(column, cell, ret_value, err);
	case TASK_INSTANT:
		return read_instant(column, cell, ret_value, err);
	case TASK_BYTES:
		return read_size(column, cell, ret_value, err);
	default:
		return read_count(cell, ret_value, err);
	}
}

enum task_state task_cell_state(const char *cell)
{
	/* Of batch systems and of tables of campaigns. */
	static const struct {
		const char *word;
		enum task_state state;
	} words[] = {
	        {"completed", TASK_OK},
	        {"success", TASK_OK},
	        {"successful", TASK_OK},
	        {"succeeded", TASK_OK},
	        {"done", TASK_OK},
	        {"finished", TASK_OK},
	        {"failure", TASK_FAILED},
	        {"error", TASK_FAILED},
	        {"node_fail", TASK_FAILED},
	        {"boot_fail", TASK_NOT_STARTED},
	        {"out_of_memory", TASK_SIGNALED},
	        {"timed_out", TASK_TIMEOUT},
	        {"deadline", TASK_TIMEOUT},
	        {"cancelled", TASK_ENDED},
	        {"preempted", TASK_ENDED},
	};
	for (size_t i = 0; i < TASK_STATES; i++)
		if (strcasecmp(task_state_names[i], cell) == 0)
			return (enum task_state)i;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strncasecmp(words[i].word, cell, strlen(words[i].word)) == 0 &&
		    !isalpha((unsigned char)cell[strlen(words[i].word)]))
			return words[i].state;
	return TASK_STATES;
}
