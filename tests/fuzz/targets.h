/* Every target's function, and what several of them share. */
#ifndef TESTS_FUZZ_TARGETS_H
#define TESTS_FUZZ_TARGETS_H

#include "target.h"

struct campaign;

typedef void fuzz_function(const char *bytes, const char *text, size_t count);

fuzz_function fuzz_archive;
fuzz_function fuzz_campaign_csv;
fuzz_function fuzz_campaign_file;
fuzz_function fuzz_capacity;
fuzz_function fuzz_command_line;
fuzz_function fuzz_criteria;
fuzz_function fuzz_curve_csv;
fuzz_function fuzz_fleet_file;
fuzz_function fuzz_fleet_json;
fuzz_function fuzz_gnu_time;
fuzz_function fuzz_gnuplot_svg;
fuzz_function fuzz_level_csv;
fuzz_function fuzz_log;
fuzz_function fuzz_lsst_metadata;
fuzz_function fuzz_markup_svg;
fuzz_function fuzz_metrics;
fuzz_function fuzz_perf_stat;
fuzz_function fuzz_pointings;
fuzz_function fuzz_printed;
fuzz_function fuzz_product_sizes;
fuzz_function fuzz_resource_params;
fuzz_function fuzz_result_edits;
fuzz_function fuzz_result_file;
fuzz_function fuzz_sacct;
fuzz_function fuzz_scenario;
fuzz_function fuzz_scenario_json;
fuzz_function fuzz_slurm;
fuzz_function fuzz_strace;
fuzz_function fuzz_task_csv;
fuzz_function fuzz_topology;
fuzz_function fuzz_visits;
fuzz_function fuzz_words;

/* The map of columns in a first line "map ...", which *at is moved behind; NULL where there is
 * none. The caller frees it. */
char *fuzz_take_map(const char **at, const char *end);

/* What is worked out from a campaign, and how it is shown. */
void fuzz_check_campaign(const struct campaign *campaign);

#endif
