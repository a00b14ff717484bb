/* plateau import: a campaign of what other tools recorded. */
#include "commands/import_parts.h"
#include "commands/outputs.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/campaign/campaign_csv.h"
#include "report/campaign/imported_campaign.h"
#include "store/campaign_file.h"
#include "store/recorder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* More files with problems than this are not told: they are of another format. */
enum { MOST_BAD_FILES = 10 };

/* ---- Result or campaign --------------------------------------------------------------------- */

/* What says how many tasks ran at once, which a campaign has not. */
static const char *level_option(const struct arguments *arguments)
{
	const char *const path = arguments_get(arguments, "path");
	if (arguments_get(arguments, "concurrency"))
		return "concurrency";
	return path ? "path" : NULL;
}

static int check_said(const struct arguments *arguments, const struct import_format *format,
                      struct error *err)
{
	const char *const level = level_option(arguments);
	if (!format->read_campaign)
		return error_set(err, EINVAL,
		                 "--campaign does not go with the format %s: its figures are of "
		                 "levels, and a campaign is of tasks",
		                 format->name);
	if (level && !format->read)
		return error_set(err, EINVAL,
		                 "--%s does not go with the format %s: a campaign has no levels",
		                 level, format->name);
	if (level)
		return error_set(err, EINVAL,
		                 "--campaign and --%s contradict each other: a campaign has no "
		                 "levels; leave one of them out",
		                 level);
	return 0;
}

/* What the header of the first table says. A pipe can be read only once: it says nothing. */
static int look(const struct arguments *arguments, struct campaign_csv_signs *ret_signs,
                struct error *err)
{
	cleanup_import_files struct import_files files = {0};
	struct stat status;
	int r = import_files_find(arguments->operands.items[1], NULL, &files, err);
	if (r < 0)
		return r;
	const char *const first = files.paths.items[0];
	if (stat(first, &status) < 0 || !S_ISREG(status.st_mode))
		return 0;
	return campaign_csv_look(first, arguments_get(arguments, "columns"), ret_signs, err);
}

int import_wants_campaign(const struct arguments *arguments, const struct import_format *format,
                          bool *ret_wants, char why[512], struct error *err)
{
	struct campaign_csv_signs signs = {0};
	why[0] = '\0';
	*ret_wants = arguments_has(arguments, "campaign") || !format->read;
	if (*ret_wants)
		return check_said(arguments, format, err);
	if (!format->has_columns || level_option(arguments))
		return 0;
	const int r = look(arguments, &signs, err);
	if (r == -ENOMEM)
		return r;
	if (r < 0 || !signs.type_column[0] || signs.has_concurrency || !signs.has_figures)
		return 0;
	*ret_wants = true;
	snprintf(why, 512,
	         "this makes a campaign: the column \"%s\" names task types, and nothing says how "
	         "many ran at once (--concurrency N makes a result)",
	         signs.type_column);
	return 0;
}

/* ---- Reading --------------------------------------------------------------------------------- */

int import_read_campaign(const struct import_format *format, const struct import_settings *settings,
                         const char *path, struct campaign *campaign, struct error *err)
{
	cleanup_problems struct problems problems = {0};
	if (!format)
		format = import_format_of(path);
	if (!campaign->format) {
		int r = str_copy(format->name, &campaign->format, err);
		if (r == 0 && format->max_rss_of)
			r = str_copy(format->max_rss_of, &campaign->max_rss_of, err);
		if (r == 0 && format->cpu_of)
			r = str_copy(format->cpu_of, &campaign->cpu_of, err);
		if (r < 0)
			return r;
	}
	const int r = format->read_campaign(settings, path, campaign, &problems, err);
	if (r == -EINVAL && problems.count > 0)
		talk_problems(&problems, err);
	return r == -EINVAL && problems.count > 0 ? -EBADMSG : r;
}

struct making {
	const struct arguments *arguments;
	const struct import_format *format;
	const char *output;
	struct import_settings settings;
	struct import_files files;
	struct campaign campaign;
	size_t bad_files;
};

static int find_files(struct making *making, struct error *err)
{
	const struct words *const operands = &making->arguments->operands;
	cleanup_taken_files struct taken_files taken = {0};
	const struct output output = {
	        .path = making->output, .option = "-o", .kind = OUTPUT_RESULT};
	int r = 0;
	for (size_t i = 1; r == 0 && i < operands->count; i++)
		r = making->format->takes_folders
		            ? words_add(&making->files.paths, operands->items[i], err)
		            : import_files_find(operands->items[i], NULL, &making->files, err);
	for (size_t i = 0; r == 0 && i < making->files.paths.count; i++)
		r = taken_files_add(&taken, making->files.paths.items[i], "imported", err);
	return r < 0 ? r : output_check(&output, &taken, err);
}

static int read_files(struct making *making, struct error *err)
{
	const struct words *const paths = &making->files.paths;
	for (size_t i = 0; i < paths->count; i++) {
		const int r = import_read_campaign(making->format, &making->settings,
		                                   paths->items[i], &making->campaign, err);
		if (r < 0 && r != -EBADMSG)
			return r;
		making->bad_files += r == -EBADMSG;
		if (making->bad_files == MOST_BAD_FILES && i + 1 < paths->count)
			return error_set(err, EINVAL,
			                 "nothing was imported: %d files have problems, and %zu "
			                 "more were not looked at",
			                 MOST_BAD_FILES, paths->count - i - 1);
	}
	if (making->bad_files > 0)
		return error_set(err, EINVAL, "nothing was imported: %zu of %zu files %s problems",
		                 making->bad_files, paths->count,
		                 number_noun(making->bad_files, "has", "have"));
	if (making->campaign.task_count == 0)
		return error_set(err, EINVAL,
		                 "there is no task in these files: nothing was "
		                 "imported");
	return 0;
}

/* The length of a name without one ending that files have: the tail of "v30.0.0" is none. */
static size_t without_ending(const char *name, size_t length)
{
	static const char *const endings[] = {
	        ".csv",  ".tsv", ".txt", ".dat", ".out", ".log", ".db", ".sqlite3", ".json",
	        ".yaml", ".yml", ".tar", ".tgz", ".gz",  ".bz2", ".xz", ".zst",     ".zip",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
		const size_t ending = strlen(endings[i]);
		if (length > ending && strncasecmp(name + length - ending, endings[i], ending) == 0)
			return length - ending;
	}
	return length;
}

int import_label(const char *path, char **ret_label, struct error *err)
{
	size_t end = strlen(path);
	/* As a shell completes the name of a folder. */
	while (end > 1 && path[end - 1] == '/')
		end--;
	size_t start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	const char *const name = path + start;
	size_t length = end - start;
	size_t shorter = length;
	while ((shorter = without_ending(name, length)) < length)
		length = shorter;
	return str_format(ret_label, err, "%.*s", (int)length, name);
}

/* What the campaign is called, and where it is from. */
static int name_campaign(struct making *making, struct error *err)
{
	const struct arguments *const arguments = making->arguments;
	struct campaign *const campaign = &making->campaign;
	const char *const first = file_base_name(making->files.paths.items[0]);
	const char *const label = arguments_get(arguments, "campaign");
	const char *const name = arguments_get(arguments, "name");
	const char *const source = arguments_get(arguments, "source");
	const char *const host = arguments_get(arguments, "host");
	const size_t files = making->files.paths.count;
	free(campaign->label);
	free(campaign->source);
	campaign->label = NULL;
	campaign->source = NULL;
	campaign->imported_ns = clock_calendar_ns();
	const int r = label || name
	                      ? str_copy(label ? label : name, &campaign->label, err)
	                      : import_label(making->files.paths.items[0], &campaign->label, err);
	if (r < 0)
		return r;
	if (source)
		return str_format(&campaign->source, err, "%s%s%s", source, host ? ", on " : "",
		                  host ? host : "");
	return files > 1 ? str_format(&campaign->source, err, "%s and %zu more%s%s", first,
	                              files - 1, host ? ", on " : "", host ? host : "")
	                 : str_format(&campaign->source, err, "%s%s%s", first, host ? ", on " : "",
	                              host ? host : "");
}

static int make(struct making *making, struct error *err)
{
	const bool is_forced = arguments_has(making->arguments, "force");
	if (!making->output)
		return error_set(err, EINVAL, "say where the campaign goes: -o CAMPAIGN.db");
	if (making->settings.columns && !making->format->has_columns)
		return error_set(err, EINVAL, "--columns is for the format csv alone");
	int r = recorder_check(making->output, is_forced, err);
	if (r == 0)
		r = find_files(making, err);
	if (r == 0)
		r = read_files(making, err);
	if (r == 0)
		r = name_campaign(making, err);
	return r == 0 ? campaign_file_write(making->output, &making->campaign, is_forced, err) : r;
}

static enum exit_code answer(const struct making *making, const char *why)
{
	const struct arguments *const arguments = making->arguments;
	const struct campaign *const campaign = &making->campaign;
	cleanup_free char *text = NULL;
	struct error err;
	if (why[0])
		talk_note(arguments, "%s", why);
	for (size_t i = 0; i < campaign->remarks.count; i++)
		talk_note(arguments, "%s", campaign->remarks.items[i]);
	talk_note(arguments, "`plateau requirements %s` shows what its tasks need", making->output);
	const struct text_style style = talk_style(arguments);
	const int r =
	        arguments_has(arguments, "json")
	                ? imported_campaign_json(campaign, making->output, &text, &err)
	                : imported_campaign_text(campaign, making->output, &style, &text, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(text, stdout);
	return EXIT_DONE;
}

enum exit_code import_campaign(const struct arguments *arguments,
                               const struct import_format *format, const char *why)
{
	struct making making = {
	        .arguments = arguments,
	        .format = format,
	        .output = arguments_get(arguments, "output"),
	        .settings = {.columns = arguments_get(arguments, "columns"),
	                     .task_type = arguments_get(arguments, "task-type")},
	};
	struct error err;
	const int r = make(&making, &err);
	const enum exit_code code =
	        r < 0 ? talk_fail(exit_for_file(r), &err) : answer(&making, why);
	import_files_release(&making.files);
	campaign_release(&making.campaign);
	return code;
}
