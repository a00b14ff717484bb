#include "targets.h"

#include <stdlib.h>
#include <string.h>

enum { SHORT = 1 << 10, PAGE = 1 << 13, LONG = 1 << 15, FILE_BYTES = 1 << 18 };

const struct fuzz_target fuzz_targets[] = {
        {"archive", fuzz_archive, PAGE, ""},
        {"campaign-csv", fuzz_campaign_csv, PAGE, "tests/import/csv"},
        {"campaign-file", fuzz_campaign_file, FILE_BYTES, ""},
        {"capacity", fuzz_capacity, PAGE, ""},
        {"command-line", fuzz_command_line, SHORT, ""},
        {"criteria", fuzz_criteria, PAGE, "scenarios"},
        {"curve-csv", fuzz_curve_csv, PAGE, ""},
        {"fleet-file", fuzz_fleet_file, FILE_BYTES, ""},
        {"fleet-json", fuzz_fleet_json, PAGE, ""},
        {"gnu-time", fuzz_gnu_time, PAGE, "tests/import/time"},
        {"gnuplot-svg", fuzz_gnuplot_svg, PAGE, ""},
        {"level-csv", fuzz_level_csv, PAGE, "tests/import/levels"},
        {"log", fuzz_log, PAGE, ""},
        {"lsst-metadata", fuzz_lsst_metadata, LONG, ""},
        {"markup-svg", fuzz_markup_svg, PAGE, ""},
        {"metrics", fuzz_metrics, LONG, "data"},
        {"perf-stat", fuzz_perf_stat, PAGE, "tests/import/perf-stat"},
        {"pointings", fuzz_pointings, PAGE, ""},
        {"printed", fuzz_printed, PAGE, ""},
        {"product-sizes", fuzz_product_sizes, PAGE, ""},
        {"resource-params", fuzz_resource_params, PAGE, ""},
        {"result-edits", fuzz_result_edits, PAGE, ""},
        {"result-file", fuzz_result_file, FILE_BYTES, ""},
        {"sacct", fuzz_sacct, PAGE, "tests/import/sacct"},
        {"scenario", fuzz_scenario, PAGE, "scenarios"},
        {"scenario-json", fuzz_scenario_json, PAGE, ""},
        {"slurm", fuzz_slurm, PAGE, ""},
        {"strace", fuzz_strace, PAGE, ""},
        {"task-csv", fuzz_task_csv, PAGE, "tests/import/csv"},
        {"topology", fuzz_topology, LONG, ""},
        {"visits", fuzz_visits, PAGE, ""},
        {"words", fuzz_words, SHORT, ""},
        {0},
};

char *fuzz_take_map(const char **at, const char *end)
{
	static const char sign[] = "map ";
	const size_t bytes = sizeof sign - 1;
	if ((size_t)(end - *at) < bytes || memcmp(*at, sign, bytes) != 0)
		return NULL;
	*at += bytes;
	char *const map = fuzz_take_line(at, end);
	return map ? map : strdup("");
}
