/* Where metric definitions come from, for every command that counts: the project's own file, then
 * the site's, then the one that --metrics names. Each extends and overrides what was before. */
#ifndef COMMANDS_METRICS_H
#define COMMANDS_METRICS_H

#include "commands/command.h"
#include "model/metric.h"

/* For a command's option table. */
#define METRICS_OPTION                                                                             \
	{                                                                                          \
		0, "metrics", "FILE",                                                              \
		        "a file of metric definitions, over the site's and plateau's own"          \
	}

/* Reads data/metrics.yaml (beside a plateau that was not installed, else from the data folder),
 * SYSCONFDIR/plateau/metrics.yaml where there is one, and the file of --metrics (PLATEAU_METRICS).
 * On bad input says on stderr everything that is wrong. Where the project's own is missing, warns:
 * names are then looked up by libpfm4 alone. Returns EXIT_DONE with *ret_metrics set, which the
 * caller releases; EXIT_USAGE; EXIT_SOMETHING_FAILED. */
enum exit_code metrics_load(const struct arguments *arguments, struct metrics *ret_metrics);

#endif
