#include "commands/campaign_load.h"

#include "analyse/campaign/campaign_of.h"
#include "commands/import_parts.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "model/dataset.h"
#include "store/campaign_file.h"
#include "store/load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int load_result(const char *path, struct campaign *ret_campaign, struct error *err)
{
	cleanup_dataset struct dataset dataset = {0};
	const int r = load_dataset(path, &dataset, err);
	return r < 0 ? r : campaign_of_result(&dataset, ret_campaign, err);
}

/* A file of SQLite is for its own readers, which say what is wrong with it. */
static bool is_database(const char *path)
{
	static const char magic[] = "SQLite format 3";
	char bytes[sizeof magic] = "";
	cleanup_file FILE *stream = fopen(path, "re");
	return stream && fread(bytes, 1, sizeof bytes, stream) == sizeof bytes &&
	       memcmp(bytes, magic, sizeof magic) == 0;
}

/* Whether the folder is for a reader that takes folders: one of its first files says so. */
static bool is_for_folder_reader(const struct import_files *files)
{
	enum { MOST_LOOKED_AT = 64 };
	for (size_t i = 0; i < files->paths.count && i < MOST_LOOKED_AT; i++)
		if (import_format_of(files->paths.items[i])->takes_folders)
			return true;
	return false;
}

static int read_records(const char *path, struct campaign *campaign, struct error *err)
{
	const struct import_settings settings = {0};
	cleanup_import_files struct import_files files = {0};
	struct stat status;
	if (stat(path, &status) < 0 || !S_ISDIR(status.st_mode))
		return import_read_campaign(NULL, &settings, path, campaign, err);
	int r = import_files_find(path, NULL, &files, err);
	if (r == 0 && is_for_folder_reader(&files))
		return import_read_campaign(NULL, &settings, path, campaign, err);
	for (size_t i = 0; r == 0 && i < files.paths.count; i++)
		r = import_read_campaign(NULL, &settings, files.paths.items[i], campaign, err);
	return r;
}

static int load_records(const char *path, struct campaign *ret_campaign, struct error *err)
{
	cleanup_campaign struct campaign campaign = {.imported_ns = clock_calendar_ns()};
	int r = read_records(path, &campaign, err);
	if (r == 0 && !campaign.label)
		r = import_label(path, &campaign.label, err);
	if (r == 0 && !campaign.source)
		r = str_copy(path, &campaign.source, err);
	if (r < 0)
		return r;
	if (campaign.task_count == 0)
		return error_set(err, EINVAL, "there is no task in %s", path);
	*ret_campaign = campaign;
	campaign = (struct campaign){0};
	return 0;
}

enum exit_code campaign_load(const char *path, const struct campaign_load_settings *settings,
                             struct campaign *ret_campaign)
{
	struct error err;
	(void)settings;
	int r;
	if (campaign_file_is(path))
		r = campaign_file_load(path, ret_campaign, &err);
	else if (is_database(path))
		r = load_result(path, ret_campaign, &err);
	else
		r = load_records(path, ret_campaign, &err);
	if (r == -EBADMSG) { /* told already */
		talk_error("`plateau import` can be told what columns are (--columns): give the "
		           "campaign that it makes");
		return EXIT_USAGE;
	}
	return r < 0 ? talk_fail(exit_for_file(r), &err) : EXIT_DONE;
}
