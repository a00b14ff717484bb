#include "formats/campaign/sacct.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/campaign/sacct_jobs.h"
#include "formats/import/text_lines.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PROBLEMS = 20, FIRST_BYTES = 4096 };

static const char how[] = "run: sacct -P -D -o JobID,JobName,State,Elapsed,TotalCPU,MaxRSS,"
                          "AllocCPUS,Start,Submit,Partition,NodeList";

struct reading {
	struct text_lines lines;
	struct sacct_columns columns;
	struct sacct_jobs jobs;
	char *header; /* as it stands: it comes again where tables were put together */
	bool has_columns;
	bool has_rule;
	size_t problems_before;
	struct error *err;
};

static int complain(struct reading *r, const char *what, const char *text)
{
	if (text_lines_problems(r->lines.problems) - r->problems_before + 1 >= MOST_PROBLEMS)
		r->lines.is_refused = true;
	return problems_add(r->lines.problems, r->lines.name, r->lines.line, 1, what, r->err, "%s",
	                    text);
}

static int refuse(struct reading *r, const char *what, const char *text)
{
	r->lines.is_refused = true;
	char line[400];
	snprintf(line, sizeof line, "%s; %s", text, how);
	return problems_add(r->lines.problems, r->lines.name, r->lines.line, 1, what, r->err, "%s",
	                    line);
}

/* ---- Header ---------------------------------------------------------------------------------- */

static int take_header(struct reading *r, const char *line)
{
	switch (sacct_columns_read(&r->columns, line)) {
	case SACCT_HEADER_NONE:
		return refuse(r, "header",
		              "is no header of sacct with a column JobID (it is left out by -n)");
	case SACCT_HEADER_TOO_MANY:
		return refuse(r, "header", "has more columns than sacct knows");
	case SACCT_HEADER_READ:
		break;
	}
	if (r->columns.of[SACCT_STATE] == SIZE_MAX && r->columns.of[SACCT_ELAPSED] == SIZE_MAX &&
	    r->columns.of[SACCT_ELAPSED_RAW] == SIZE_MAX &&
	    r->columns.of[SACCT_MAX_RSS] == SIZE_MAX)
		return refuse(r, "header", "has neither State nor Elapsed nor MaxRSS");
	r->has_columns = true;
	r->has_rule = r->columns.delimiter[0] != '\0';
	return str_copy(line, &r->header, r->err);
}

static int take_rule(struct reading *r, const char *line)
{
	r->has_rule = true;
	return sacct_columns_rule(&r->columns, r->header, line)
	               ? 0
	               : refuse(r, "header",
	                        "is not followed by the line of dashes of a table of fixed width");
}

/* ---- Rows ------------------------------------------------------------------------------------ */

/* A name that is cut off in a table of fixed width could be anybody's. */
static bool is_cut(const struct sacct_columns *columns, char *const *cells, enum sacct_field field)
{
	const size_t column = columns->of[field];
	if (columns->delimiter[0] || column == SIZE_MAX)
		return false;
	const size_t length = strlen(cells[column]);
	return length == columns->lengths[column] && cells[column][length - 1] == '+';
}

static int take_row(struct reading *r, char *row)
{
	char *cells[SACCT_MOST_COLUMNS + 1];
	const char *wrong = NULL;
	const char *column = "row";
	if (r->lines.is_cut)
		return complain(r, "row", "is longer than any row of sacct");
	if (!r->lines.is_ended)
		return refuse(r, "row", "has no end: the file is cut off");
	const size_t count = sacct_columns_split(&r->columns, row, cells);
	if (count != r->columns.count)
		return refuse(r, "row",
		              count > r->columns.count
		                      ? "has more cells than the header: a text in it holds the "
		                        "delimiter; leave such columns out, or choose another "
		                        "--delimiter"
		                      : "has fewer cells than the header: it is cut off, or a "
		                        "text in it has several lines; leave such columns out");
	if (is_cut(&r->columns, cells, SACCT_JOB_ID) || is_cut(&r->columns, cells, SACCT_JOB_NAME))
		return refuse(r, "row", "is cut off to fit its column");
	const int result = sacct_jobs_take(&r->jobs, &r->columns, cells, &column, &wrong, r->err);
	return result < 0 || !wrong ? result : complain(r, column, wrong);
}

static int take_line(struct reading *r)
{
	char *line = r->lines.text;
	for (size_t length = strlen(line); length > 0 && line[length - 1] == ' '; length--)
		if (r->has_columns && r->columns.delimiter[0])
			break;
		else
			line[length - 1] = '\0';
	if (!r->has_columns)
		return *line ? take_header(r, line) : 0;
	if (!*line)
		return 0;
	if (strcmp(line, r->header) == 0) {
		r->has_rule = r->columns.delimiter[0] != '\0';
		return 0;
	}
	return r->has_rule ? take_row(r, line) : take_rule(r, line);
}

static int read_lines(struct reading *r)
{
	int result = 0;
	while (result == 0) {
		result = text_lines_next(&r->lines, r->err);
		if (result <= 0)
			break;
		result = take_line(r);
	}
	if (result < 0 || r->lines.is_refused)
		return result;
	if (!r->has_columns)
		return refuse(r, "header", "is missing: the file is empty");
	return r->jobs.count > 0 ? 0 : refuse(r, "row", "is missing: there is no job in the file");
}

/* ---- Frame ----------------------------------------------------------------------------------- */

int sacct_read(const char *name, FILE *stream, struct campaign *campaign, struct problems *problems,
               struct error *err)
{
	const size_t mark = campaign_mark(campaign);
	struct reading *const r = calloc(1, sizeof *r);
	if (!r)
		return error_memory(err);
	r->err = err;
	r->problems_before = text_lines_problems(problems);
	int result = text_lines_init(&r->lines, name, stream, problems, err);
	if (result == 0)
		result = read_lines(r);
	if (result == 0)
		result = text_lines_result(problems, r->problems_before, name, err);
	if (result == 0)
		result = sacct_jobs_add(&r->jobs, &r->columns, campaign, err);
	if (result < 0)
		campaign_rewind(campaign, mark);
	text_lines_release(&r->lines);
	sacct_jobs_release(&r->jobs);
	free(r->header);
	free(r);
	return result;
}

int sacct_load(const char *path, struct campaign *campaign, struct problems *problems,
               struct error *err)
{
	cleanup_file FILE *stream = NULL;
	const int r = text_lines_open(path, &stream, err);
	return r < 0 ? r : sacct_read(path, stream, campaign, problems, err);
}

/* The line at *at, of which the buffer holds what fits; *at moves behind it. Returns whether it has
 * an end. */
static bool first_line(const char *text, size_t bytes, size_t *at, char line[FIRST_BYTES])
{
	size_t length = 0;
	while (*at < bytes && text[*at] && text[*at] != '\n') {
		if (length + 1 < FIRST_BYTES)
			line[length++] = text[*at];
		++*at;
	}
	while (length > 0 && isspace((unsigned char)line[length - 1]))
		length--;
	line[length] = '\0';
	const bool is_ended = *at < bytes && text[*at] == '\n';
	*at += is_ended;
	return is_ended;
}

/* Other batch systems and people have tables with a JobID too, but not sacct's times. */
static bool is_row(const struct sacct_columns *columns, char *row)
{
	static const enum sacct_field times[] = {SACCT_ELAPSED, SACCT_TOTAL_CPU};
	char *cells[SACCT_MOST_COLUMNS + 1];
	int64_t ns = 0;
	if (!columns->delimiter[0])
		return row[0] == '-' || row[0] == ' ';
	if (sacct_columns_split(columns, row, cells) != columns->count)
		return true; /* the reader tells what is wrong */
	for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
		if (columns->of[times[i]] != SIZE_MAX &&
		    sacct_time(cells[columns->of[times[i]]], &ns) < 0)
			return false;
	return isdigit((unsigned char)cells[columns->of[SACCT_JOB_ID]][0]);
}

bool sacct_is(const char *text, size_t bytes)
{
	char line[FIRST_BYTES];
	struct sacct_columns columns;
	size_t at = 0;
	const bool is_ended = first_line(text, bytes, &at, line);
	if (!strstr(line, sacct_field_names[SACCT_JOB_ID]) ||
	    sacct_columns_read(&columns, line) != SACCT_HEADER_READ ||
	    (columns.of[SACCT_STATE] == SIZE_MAX && columns.of[SACCT_ELAPSED] == SIZE_MAX &&
	     columns.of[SACCT_TOTAL_CPU] == SIZE_MAX))
		return false;
	return !is_ended || !first_line(text, bytes, &at, line) || is_row(&columns, line);
}
