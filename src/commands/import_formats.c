/* The formats that are imported: how each is read, and how its files are known. */
#include "analyse/campaign/campaign_of.h"
#include "commands/import_parts.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/campaign/campaign_csv.h"
#include "formats/campaign/lsst_metadata.h"
#include "formats/campaign/sacct.h"
#include "formats/import/gnu_time.h"
#include "formats/import/level_csv.h"
#include "formats/import/perf_stat.h"
#include "formats/import/task_csv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* ---- As a result --------------------------------------------------------------------------- */

static int read_task_csv(const struct import_settings *settings, const char *path,
                         struct imported *imported, struct problems *problems, struct error *err)
{
	return task_csv_load(path, settings->columns, imported, problems, err);
}

static int read_perf_stat(const struct import_settings *settings, const char *path,
                          struct imported *imported, struct problems *problems, struct error *err)
{
	(void)settings;
	return perf_stat_load(path, imported, problems, err);
}

static int read_gnu_time(const struct import_settings *settings, const char *path,
                         struct imported *imported, struct problems *problems, struct error *err)
{
	(void)settings;
	return gnu_time_load(path, imported, problems, err);
}

static int read_level_csv(const struct import_settings *settings, const char *path,
                          struct imported *imported, struct problems *problems, struct error *err)
{
	(void)settings;
	return level_csv_load(path, imported, problems, err);
}

/* ---- As a campaign ------------------------------------------------------------------------- */

static int read_sacct(const struct import_settings *settings, const char *path,
                      struct campaign *campaign, struct problems *problems, struct error *err)
{
	(void)settings;
	return sacct_load(path, campaign, problems, err);
}

static int read_campaign_csv(const struct import_settings *settings, const char *path,
                             struct campaign *campaign, struct problems *problems,
                             struct error *err)
{
	const struct campaign_csv_settings csv = {.columns = settings->columns,
	                                          .task_type = settings->task_type};
	const int r = campaign_csv_load(path, &csv, campaign, problems, err);
	if (r < 0 || import_format_of(path)->read_campaign != read_sacct)
		return r;
	return campaign_remark(campaign, err,
	                       "this is what sacct prints, and each step counts as a task here: "
	                       "`plateau import sacct` joins steps to their jobs");
}

/* Records that are read one by one for a result, too. */
static int read_imported(int (*read)(const char *path, struct imported *imported,
                                     struct problems *problems, struct error *err),
                         const struct import_settings *settings, const char *path,
                         struct campaign *campaign, struct problems *problems, struct error *err)
{
	cleanup_imported struct imported imported = {0};
	const int r = read(path, &imported, problems, err);
	return r < 0 ? r
	             : campaign_of_imported(&imported, 0,
	                                    settings->task_type ? settings->task_type : "task",
	                                    campaign, err);
}

static int read_campaign_perf_stat(const struct import_settings *settings, const char *path,
                                   struct campaign *campaign, struct problems *problems,
                                   struct error *err)
{
	return read_imported(perf_stat_load, settings, path, campaign, problems, err);
}

static int read_campaign_time(const struct import_settings *settings, const char *path,
                              struct campaign *campaign, struct problems *problems,
                              struct error *err)
{
	return read_imported(gnu_time_load, settings, path, campaign, problems, err);
}

static int read_lsst_metadata(const struct import_settings *settings, const char *path,
                              struct campaign *campaign, struct problems *problems,
                              struct error *err)
{
	(void)settings;
	return lsst_metadata_load(path, campaign, problems, err);
}

/* ---- How files are known ------------------------------------------------------------------- */

static bool is_perf_stat(const char *text, size_t bytes)
{
	(void)bytes;
	return strstr(text, "Performance counter stats for") || strstr(text, "\"counter-value\"");
}

static bool is_gnu_time(const char *text, size_t bytes)
{
	static const char *const signs[] = {"Maximum resident set size (kbytes):", "maxresident)k",
	                                    " elapsed, \n", "\nreal\t", "\nreal "};
	(void)bytes;
	for (size_t i = 0; i < ARRAY_LENGTH(signs); i++)
		if (strstr(text, signs[i]))
			return true;
	return false;
}

/* What is compressed, or an archive, can only be of task metadata; the reader tells if it is not.
 */
static bool is_metadata(const char *text, size_t bytes)
{
	static const struct {
		const char *bytes;
		size_t count;
		size_t at;
	} magics[] = {
	        {"\x1f\x8b", 2, 0},
	        {"PK\x03\x04", 4, 0},
	        {"BZh", 3, 0},
	        {"\xfd"
	         "7zXZ",
	         5, 0},
	        {"\x28\xb5\x2f\xfd", 4, 0},
	        {"ustar", 5, 257},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(magics); i++)
		if (bytes >= magics[i].at + magics[i].count &&
		    memcmp(text + magics[i].at, magics[i].bytes, magics[i].count) == 0)
			return true;
	return lsst_metadata_is(text, bytes);
}

/* ---- The table ------------------------------------------------------------------------------ */

/* A file is of the first whose sign it has; a table is what is left. */
static const struct import_format formats[] = {
        {.name = "perf-stat",
         .read = read_perf_stat,
         .read_campaign = read_campaign_perf_stat,
         .is_one = is_perf_stat,
         .max_rss_of = NULL,
         .cpu_of = "the command and its children"},
        {.name = "time",
         .read = read_gnu_time,
         .read_campaign = read_campaign_time,
         .is_one = is_gnu_time,
         .max_rss_of = "the largest process of a command",
         .cpu_of = "the command and its children"},
        {.name = "csv",
         .read = read_task_csv,
         .read_campaign = read_campaign_csv,
         .has_columns = true},
        {.name = "levels", .read = read_level_csv, .has_levels = true},
        {.name = "lsst-metadata",
         .read_campaign = read_lsst_metadata,
         .is_one = is_metadata,
         .takes_folders = true},
        {.name = "sacct", .read_campaign = read_sacct, .is_one = sacct_is},
};

int import_format_find(const char *name, const struct import_format **ret_format, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
		if (strcmp(formats[i].name, name) == 0) {
			*ret_format = &formats[i];
			return 0;
		}
	cleanup_str struct str names = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
		str_addf(&names, "%s%s",
		         i == 0                          ? ""
		         : i + 1 < ARRAY_LENGTH(formats) ? ", "
		                                         : " or ",
		         formats[i].name);
	const char *const nearest =
	        str_nearest(name, formats, ARRAY_LENGTH(formats), sizeof formats[0]);
	return error_set(err, EINVAL, "\"%.60s\" is no format: %s%s%s%s", name, str_text(&names),
	                 nearest ? "; did you mean " : "", nearest ? nearest : "",
	                 nearest ? "?" : "");
}

const struct import_format *import_format_of(const char *path)
{
	enum { LOOK_BYTES = 16 << 10 };
	const struct import_format *table = NULL;
	struct stat status;
	cleanup_free char *text = calloc(1, LOOK_BYTES + 1);
	cleanup_file FILE *stream =
	        stat(path, &status) == 0 && S_ISREG(status.st_mode) ? fopen(path, "re") : NULL;
	const size_t bytes = text && stream ? fread(text, 1, LOOK_BYTES, stream) : 0;
	const bool is_folder = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
		if (is_folder ? formats[i].takes_folders
		              : formats[i].is_one && bytes > 0 && formats[i].is_one(text, bytes))
			return &formats[i];
		if (strcmp(formats[i].name, "csv") == 0)
			table = &formats[i];
	}
	return table;
}
