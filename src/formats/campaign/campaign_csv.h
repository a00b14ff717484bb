/* A table of a campaign: a row for every task, or for every attempt at one. Columns are found as in
 * formats/import/task_csv.h, by their names, guessed, or named by the caller:
 *
 *   type=label,max_rss_bytes=memory:MB,covariate.visits=nImage,label.band=filter
 *
 * A column of numbers of which nothing is known becomes a covariate, one of texts with few
 * different ones a covariate of labels; what numbers or names single tasks is passed over. All of
 * it is said in the campaign's remarks. */
#ifndef FORMATS_CAMPAIGN_CAMPAIGN_CSV_H
#define FORMATS_CAMPAIGN_CAMPAIGN_CSV_H

#include "formats/problems.h"
#include "model/campaign.h"

#include <stdbool.h>
#include <stdio.h>

struct campaign_csv_settings {
	const char *columns;   /* the map; NULL: guess all */
	const char *task_type; /* of a table that has no column for it; NULL: "task" */
};

/* Appends the tasks of a table, all of them or none. Returns 0; -EINVAL: problems were added, or,
 * without one, the map is wrong; -ENOMEM; or -errno. */
int campaign_csv_load(const char *path, const struct campaign_csv_settings *settings,
                      struct campaign *campaign, struct problems *problems, struct error *err);
int campaign_csv_read(const char *name, FILE *stream, const struct campaign_csv_settings *settings,
                      struct campaign *campaign, struct problems *problems, struct error *err);

/* What a table's header says. */
struct campaign_csv_signs {
	char type_column[64]; /* that names the types of tasks; "": none */
	bool has_concurrency; /* a column says how many ran at once */
	bool has_figures;     /* wall time, CPU time or memory */
};

/* Looks at the header. Returns 0 (a file that is no table has no signs), -ENOMEM or -errno of
 * opening it. */
int campaign_csv_look(const char *path, const char *columns, struct campaign_csv_signs *ret_signs,
                      struct error *err);

#endif
