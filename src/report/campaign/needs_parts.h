/* What the sections about a campaign share. */
#ifndef REPORT_CAMPAIGN_NEEDS_PARTS_H
#define REPORT_CAMPAIGN_NEEDS_PARTS_H

#include "report/campaign/needs_document.h"
#include "report/figures.h"

#include <stddef.h>
#include <stdint.h>

struct str;

/* One campaign being written. */
struct needs_view {
	const struct requirements *needs;
	const struct needs_told *told;
	enum block_reader reader;
	struct document *doc;
	struct figure_unit memory; /* the unit of every max RSS */
	size_t narrowest;          /* columns to which names of types were cut; SIZE_MAX: none */
};

/* How a figure of tasks is called and given. */
struct needs_figure {
	const char *id;    /* of sections and plots */
	const char *title; /* "Max RSS" */
	const char *what;  /* in a sentence and on an axis: "max RSS" */
};

extern const struct needs_figure needs_figures[CAMPAIGN_FIGURES];

/* The types in an order, for as long as the view lives. */
enum needs_order { BY_NAME, BY_P95, BY_SUM, BY_MEDIAN_UP };

/* Indexes of requirements.types without the last, ordered by a figure, which the caller frees; NULL
 * where memory ran out, which doc->failed tells. */
size_t *needs_sort(const struct needs_view *view, enum campaign_figure figure,
                   enum needs_order order);

/* All types together. */
const struct campaign_type_needs *needs_all(const struct requirements *needs);

/* The unit in which a figure with these values is given. */
struct figure_unit needs_unit(const struct needs_view *view, enum campaign_figure figure);

/* The unit of memory for sizes up to the largest of a campaign. */
struct figure_unit needs_memory_unit(const struct requirements *needs);
struct figure_unit needs_memory_unit_of(const struct requirements *const *campaigns, size_t count);

/* Decimals of a figure: three digits and at most so many decimals, but for what would be 0 then,
 * which has one digit. */
int needs_decimals(double value, int most);

/* A value in a unit with such decimals, at most two; text is returned. */
const char *needs_write(double value, const struct document *doc, char text[FIGURE_BYTES]);

/* A share in per cent, with as many digits as keep it from looking like all or nothing where it is
 * not. */
const char *needs_percent(double part, double of, char text[FIGURE_BYTES]);

/* "6 GB": a limit as a person would type it. */
const char *needs_limit(double bytes, char text[FIGURE_BYTES]);

/* Covariates that have tables and pictures. */
enum { NEEDS_MOST_COVARIATES = 3 };

/* Which they are: those that most lines are known to grow with. Returns how many. */
size_t needs_choose_covariates(const struct needs_view *view, size_t chosen[NEEDS_MOST_COVARIATES]);

/* After a table is filled whose first column are names: shortens them in a terminal, where it has
 * to be. */
void needs_finish_table(struct needs_view *view, struct table *table);

/* The sections. */
void needs_add_head(struct needs_view *view);
void needs_add_answer(struct needs_view *view);
void needs_add_types(struct needs_view *view);
void needs_add_states(struct needs_view *view);
void needs_add_figure(struct needs_view *view, enum campaign_figure figure);
void needs_add_bins(struct needs_view *view);
void needs_add_memory_plots(struct needs_view *view);
void needs_add_growth(struct needs_view *view);
void needs_add_portraits(struct needs_view *view);
void needs_add_names(struct needs_view *view);

/* Boxes of max RSS: a row per type, and in it one for each campaign. */
void needs_plot_boxes(const struct requirements *const *campaigns, const struct needs_told *told,
                      size_t count, struct document *doc);

#endif
