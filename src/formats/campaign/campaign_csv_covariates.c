/* The columns of a table of which nothing is known but what their cells show: numbers, or labels.
 */
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/campaign/campaign_csv_parts.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROWS = 1024 };

static bool is_covariate(const struct task_column *column)
{
	return column->field && column->field->place == PLACE_NUMBER;
}

int csv_covariates_find(const struct csv_columns *columns, struct csv_covariates *covariates,
                        struct error *err)
{
	covariates->items = calloc(columns->count + 1, sizeof *covariates->items);
	if (!covariates->items)
		return error_memory(err);
	for (size_t i = 0; i < columns->count; i++) {
		const struct task_column *const column = &columns->items[i];
		if (!is_covariate(column))
			continue;
		covariates->items[covariates->count++] = (struct csv_covariate){
		        .column = column,
		        .is_label = column->field->kind == TASK_LABEL,
		        .is_fixed = column->field->kind != TASK_OTHER,
		};
	}
	return 0;
}

static int reserve(struct csv_covariate *covariate, size_t capacity, struct error *err)
{
	if (covariate->is_dropped)
		return 0;
	void *const fresh = covariate->is_label
	                            ? realloc(covariate->labels, capacity * sizeof(uint32_t))
	                            : realloc(covariate->values, capacity * sizeof(double));
	if (!fresh)
		return error_memory(err);
	if (covariate->is_label)
		covariate->labels = fresh;
	else
		covariate->values = fresh;
	return 0;
}

int csv_covariates_next(struct csv_covariates *covariates, struct error *err)
{
	if (covariates->rows == covariates->capacity) {
		const size_t capacity =
		        covariates->capacity ? 2 * covariates->capacity : FIRST_ROWS;
		for (size_t i = 0; i < covariates->count; i++) {
			const int r = reserve(&covariates->items[i], capacity, err);
			if (r < 0)
				return r;
		}
		covariates->capacity = capacity;
	}
	const size_t row = covariates->rows++;
	for (size_t i = 0; i < covariates->count; i++) {
		struct csv_covariate *const covariate = &covariates->items[i];
		if (covariate->labels)
			covariate->labels[row] = CAMPAIGN_NO_LABEL;
		else if (covariate->values)
			covariate->values[row] = NAN;
	}
	return 0;
}

/* ---- Cells -------------------------------------------------------------------------------- */

/* Digits and at most one point: exact, since both the digits and the power of ten are (Clinger). */
static bool read_plain(const char *cell, double *ret_value)
{
	static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10};
	uint64_t digits = 0;
	size_t count = 0;
	size_t behind = 0;
	bool has_point = false;
	for (; *cell; cell++) {
		if (*cell == '.' && !has_point) {
			has_point = true;
			continue;
		}
		if (*cell < '0' || *cell > '9' || ++count > 15 || behind == 10)
			return false;
		digits = digits * 10 + (uint64_t)(*cell - '0');
		behind += has_point;
	}
	if (count == 0)
		return false;
	*ret_value = (double)digits / powers[behind];
	return true;
}

/* "007" names something. */
static bool is_name(const char *cell)
{
	return cell[0] == '0' && isdigit((unsigned char)cell[1]);
}

static bool read_number(const char *cell, double *ret_value)
{
	struct error ignored;
	return read_plain(cell, ret_value) || number_parse_real(cell, ret_value, &ignored) == 0;
}

static void drop(struct csv_covariate *covariate)
{
	covariate->is_dropped = true;
	free(covariate->labels);
	free(covariate->values);
	words_release(&covariate->words);
	words_index_release(&covariate->index);
	covariate->labels = NULL;
	covariate->values = NULL;
}

static int set_label(struct csv_covariate *covariate, size_t row, const char *text,
                     struct error *err)
{
	const int r = words_index_add(&covariate->index, &covariate->words, text,
	                              CAMPAIGN_MOST_LABELS, &covariate->labels[row], err);
	if (r != -E2BIG)
		return r;
	drop(covariate);
	return 0;
}

/* What looked like numbers is a text here. */
static int make_labels(struct csv_covariate *covariate, size_t rows, size_t capacity,
                       struct error *err)
{
	cleanup_free double *values = covariate->values;
	covariate->values = NULL;
	covariate->is_label = true;
	covariate->labels = calloc(capacity, sizeof *covariate->labels);
	if (!covariate->labels)
		return error_memory(err);
	for (size_t i = 0; i < rows && covariate->labels; i++) {
		char text[40];
		covariate->labels[i] = CAMPAIGN_NO_LABEL;
		if (isnan(values[i]))
			continue;
		snprintf(text, sizeof text, "%.15g", values[i]);
		const int r = set_label(covariate, i, text, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int csv_covariate_set(struct csv_covariates *covariates, size_t i, const char *cell,
                      struct error *err)
{
	struct csv_covariate *const covariate = &covariates->items[i];
	const size_t row = covariates->rows - 1;
	double value = 0;
	covariate->has_any = true;
	if (covariate->is_dropped)
		return 0;
	if (!covariate->is_label) {
		const bool is_number =
		        read_number(cell, &value) && (covariate->is_fixed || !is_name(cell));
		if (is_number) {
			covariate->values[row] = value;
			return 0;
		}
		if (covariate->is_fixed)
			return error_set(
			        err, EINVAL,
			        "\"%.60s\" is no number; write it with a point and without "
			        "marks between thousands, or name the column as a text "
			        "(--columns label.NAME=COLUMN)",
			        cell);
		const int r = make_labels(covariate, row + 1, covariates->capacity, err);
		if (r < 0 || covariate->is_dropped)
			return r;
	}
	return set_label(covariate, row, cell, err);
}

/* ---- Into the campaign --------------------------------------------------------------------- */

static int put_labels(const struct csv_covariate *from, size_t rows, struct campaign *campaign,
                      size_t covariate, size_t first, struct error *err)
{
	cleanup_free uint32_t *to = calloc(from->words.count + 1, sizeof *to);
	if (!to)
		return error_memory(err);
	for (size_t i = 0; i < from->words.count; i++) {
		const int r =
		        campaign_label(campaign, covariate, from->words.items[i], &to[i], err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < rows; i++)
		if (from->labels[i] != CAMPAIGN_NO_LABEL)
			campaign->covariates[covariate].labels[first + i] = to[from->labels[i]];
	return 0;
}

static int put(const struct csv_covariate *from, size_t rows, struct campaign *campaign,
               size_t first, struct str *dropped, struct error *err)
{
	const char *const name = from->is_fixed ? from->column->detail : from->column->name;
	size_t covariate = 0;
	if (!from->has_any)
		return 0;
	if (from->is_dropped) {
		str_addf(dropped, "%s\"%s\"", dropped->length ? ", " : "", from->column->name);
		return 0;
	}
	int r = campaign_covariate(campaign, name, from->is_label, &covariate, err);
	if (r == -E2BIG)
		return campaign_remark(
		        campaign, err,
		        "more than %d covariates: \"%.60s\" and those behind it were "
		        "passed over",
		        CAMPAIGN_MOST_COVARIATES, name);
	if (r < 0)
		return r;
	if (from->is_label)
		return put_labels(from, rows, campaign, covariate, first, err);
	memcpy(campaign->covariates[covariate].values + first, from->values,
	       rows * sizeof *from->values);
	return 0;
}

int csv_covariates_put(const struct csv_covariates *covariates, struct campaign *campaign,
                       size_t first, struct error *err)
{
	cleanup_str struct str dropped = {0};
	int r = 0;
	for (size_t i = 0; r == 0 && i < covariates->count; i++)
		r = put(&covariates->items[i], covariates->rows, campaign, first, &dropped, err);
	if (r == 0 && dropped.length > 0)
		r = campaign_remark(campaign, err,
		                    "columns passed over, with more than %d different texts: %s",
		                    CAMPAIGN_MOST_LABELS, str_text(&dropped));
	return r;
}

void csv_covariates_release(struct csv_covariates *covariates)
{
	if (!covariates)
		return;
	for (size_t i = 0; i < covariates->count; i++)
		drop(&covariates->items[i]);
	free(covariates->items);
	*covariates = (struct csv_covariates){0};
}
