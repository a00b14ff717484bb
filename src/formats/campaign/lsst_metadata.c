#include "formats/campaign/lsst_metadata.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/number.h"
#include "core/parallel.h"
#include "core/str.h"
#include "formats/campaign/file_entries.h"
#include "formats/campaign/lsst_metadata_parts.h"
#include "formats/import/text_lines.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	BATCH_FILES = 1024,
	BATCH_BYTES = 64 << 20,
	/* How many microseconds a file takes. */
	FILE_COST = 60,
	FIRST_BYTES = 512
};

struct item {
	char *name;
	char *text;
	size_t bytes;
	bool is_too_large;
	struct lsst_file file;
};

struct reading {
	struct campaign *campaign;
	struct problems *problems;
	struct error *err;
	size_t problems_before;
	bool is_explicit; /* the one file that was asked for: it has to be metadata */
	struct item items[BATCH_FILES];
	size_t count;
	size_t bytes;
	/* Covariates in campaign, SIZE_MAX until one is needed. */
	size_t numbers[LSST_NUMBERS];
	size_t dimensions[LSST_DIMENSIONS];
	size_t node;
	/* What was seen, for remarks. */
	size_t files;
	size_t tasks;
	size_t others;
	size_t old;
	size_t peaks_before;
	size_t odd;
	bool has_visit;
};

/* ---- Into the campaign ------------------------------------------------------------------------
 */

static int covariate(struct reading *r, size_t *index, const char *name, bool is_label)
{
	return *index != SIZE_MAX ? 0
	                          : campaign_covariate(r->campaign, name, is_label, index, r->err);
}

static int set_number(struct reading *r, size_t which, double value)
{
	if (isnan(value))
		return 0;
	const int result = covariate(r, &r->numbers[which], lsst_number_names[which], false);
	if (result == 0)
		r->campaign->covariates[r->numbers[which]].values[r->campaign->task_count - 1] =
		        value;
	return result;
}

static int set_label(struct reading *r, size_t *index, const char *name, const char *value)
{
	uint32_t label = 0;
	if (!value[0])
		return 0;
	int result = covariate(r, index, name, true);
	if (result == 0)
		result = campaign_label(r->campaign, *index, value, &label, r->err);
	if (result == 0)
		r->campaign->covariates[*index].labels[r->campaign->task_count - 1] = label;
	return result;
}

static int add_covariates(struct reading *r, const struct lsst_attempt *attempt,
                          const struct lsst_path *path)
{
	int result = 0;
	for (size_t i = 0; result == 0 && i < LSST_DIMENSIONS; i++)
		result = set_label(r, &r->dimensions[i], lsst_dimension_names[i], path->values[i]);
	for (size_t i = 0; result == 0 && i < LSST_NUMBERS; i++)
		result = set_number(r, i, attempt->numbers[i]);
	return result == 0 ? set_label(r, &r->node, "node", attempt->node) : result;
}

static int add_file(struct reading *r, const struct item *item, const struct lsst_path *path,
                    uint32_t type)
{
	const struct lsst_file *const file = &item->file;
	int result = 0;
	for (size_t i = 0; result == 0 && i < file->count; i++) {
		const struct lsst_attempt *const attempt = &file->attempts[i];
		const struct campaign_task task = {
		        .start_ns = attempt->start_ns,
		        .wall_ns = attempt->wall_ns,
		        .cpu_ns = attempt->cpu_ns,
		        .max_rss_bytes = attempt->max_rss_bytes,
		        .type = type,
		        .attempt = file->has_attempts ? (uint16_t)(i + 1) : 0,
		        .state = (uint8_t)attempt->state,
		        .is_superseded = attempt->is_superseded,
		};
		r->tasks++;
		r->old += attempt->is_old;
		r->peaks_before += attempt->is_peak_before;
		r->odd += attempt->is_odd;
		result = campaign_add(r->campaign, &task, r->err);
		if (result == 0)
			result = add_covariates(r, attempt, path);
	}
	return result;
}

/* What is no metadata and is not called so is passed over, where many files are given at once. */
static bool is_passed_over(const struct reading *r, const struct item *item)
{
	return !r->is_explicit && !strstr(file_base_name(item->name), "metadata");
}

static int take_item(struct reading *r, const struct item *item)
{
	const struct lsst_file *const file = &item->file;
	const struct lsst_path path = lsst_path_read(item->name);
	const char *const type = file->type[0] ? file->type : path.type;
	uint32_t index = 0;
	if (file->kind != LSST_FILE_READ && is_passed_over(r, item)) {
		r->others++;
		return 0;
	}
	if (item->is_too_large)
		return problems_add(r->problems, item->name, 1, 1, "file", r->err,
		                    "has more than %d MiB, which no metadata of a task has",
		                    LSST_METADATA_MOST_BYTES >> 20);
	if (file->kind != LSST_FILE_READ)
		return problems_add(r->problems, item->name, file->line, file->column, "file",
		                    r->err, "%s", item->bytes ? file->wrong : "is empty");
	if (!type[0])
		return problems_add(r->problems, item->name, 1, 1, "type", r->err,
		                    "neither the file nor its path says of which task it is; put "
		                    "it into a folder called TASK_metadata");
	r->files++;
	r->has_visit = r->has_visit || path.has_visit;
	const int result = campaign_type(r->campaign, type, &index, r->err);
	return result < 0 ? result : add_file(r, item, &path, index);
}

/* ---- Batches of files -------------------------------------------------------------------------
 */

static void parse_item(void *context, size_t index, size_t worker)
{
	struct item *const item = &((struct reading *)context)->items[index];
	(void)worker;
	if (item->is_too_large)
		item->file.kind = LSST_FILE_WRONG;
	else
		lsst_file_parse(item->text, item->bytes, &item->file);
}

static void release_items(struct reading *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->items[i].name);
		free(r->items[i].text);
		lsst_file_release(&r->items[i].file);
	}
	r->count = 0;
	r->bytes = 0;
}

static int flush(struct reading *r)
{
	int result = 0;
	parallel_for(r->count, parallel_workers(r->count * FILE_COST), parse_item, r);
	for (size_t i = 0; result == 0 && i < r->count; i++)
		result = take_item(r, &r->items[i]);
	release_items(r);
	/* Nobody mends more at once. */
	if (result == 0 && r->problems->left_out > 0)
		return text_lines_result(r->problems, r->problems_before, "the metadata", r->err);
	return result;
}

static int take_text(void *context, const char *name, char *text, size_t bytes, struct error *err)
{
	struct reading *const r = context;
	struct item *const item = &r->items[r->count];
	*item = (struct item){.text = text, .bytes = bytes, .is_too_large = !text};
	const int result = str_copy(name, &item->name, err);
	if (result < 0) {
		free(text);
		return result;
	}
	r->count++;
	r->bytes += bytes;
	return r->count == BATCH_FILES || r->bytes >= BATCH_BYTES ? flush(r) : 0;
}

/* ---- What is at a path -------------------------------------------------------------------------
 */

static bool has_ending(const char *name, const char *ending)
{
	const size_t length = strlen(name);
	const size_t bytes = strlen(ending);
	return length > bytes && strcasecmp(name + length - bytes, ending) == 0;
}

/* Logs are JSON too, and long. */
static bool is_wanted(const char *name)
{
	const char *const base = file_base_name(name);
	const bool is_text =
	        has_ending(base, ".json") || has_ending(base, ".yaml") || has_ending(base, ".yml");
	return is_text && (strstr(base, "metadata") || !strstr(base, "_log"));
}

bool lsst_metadata_is(const char *text, size_t bytes)
{
	const size_t first = bytes < FIRST_BYTES ? bytes : FIRST_BYTES;
	size_t i = 0;
	while (i < first && isspace((unsigned char)text[i]))
		i++;
	if (i < first && text[i] == '{')
		return memmem(text + i, first - i, "\"scalars\"", 9) ||
		       memmem(text + i, first - i, "\"attempts\"", 10);
	return lsst_yaml_is(text, bytes);
}

/* Whether a file is a text of metadata by its first letter, rather than an archive. */
static bool is_text(const char *text, size_t bytes)
{
	size_t i = 0;
	while (i < bytes && isspace((unsigned char)text[i]))
		i++;
	return i == bytes || (strchr("{[!-#%", text[i]) && !memchr(text, '\0', bytes));
}

static int read_first(const char *path, char first[FIRST_BYTES], size_t *ret_bytes,
                      struct error *err)
{
	cleanup_file FILE *stream = NULL;
	const int r = text_lines_open(path, &stream, err);
	if (r < 0)
		return r;
	*ret_bytes = fread(first, 1, FIRST_BYTES, stream);
	return ferror(stream) ? error_system(err, EIO, "cannot read %s", path) : 0;
}

static int read_one(struct reading *r, const char *path)
{
	char *text = NULL;
	size_t bytes = 0;
	const int result = file_read(path, LSST_METADATA_MOST_BYTES, &text, &bytes, r->err);
	if (result < 0 && result != -EFBIG)
		return result;
	r->is_explicit = true;
	return take_text(r, path, text, bytes, r->err);
}

static int read_path(struct reading *r, const char *path, struct file_entries_passed *ret_passed)
{
	struct stat status;
	char first[FIRST_BYTES];
	size_t bytes = 0;
	const struct file_entries entries = {
	        .is_wanted = is_wanted,
	        .most_bytes = LSST_METADATA_MOST_BYTES,
	        .take = take_text,
	        .context = r,
	};
	if (stat(path, &status) < 0)
		return error_system(r->err, errno, "cannot read %s", path);
	if (S_ISDIR(status.st_mode))
		return file_entries_of_folder(path, &entries, ret_passed, r->err);
	const int result = read_first(path, first, &bytes, r->err);
	if (result < 0)
		return result;
	return is_text(first, bytes) ? read_one(r, path)
	                             : file_entries_of_archive(path, &entries, ret_passed, r->err);
}

/* ---- Remarks -----------------------------------------------------------------------------------
 */

static int remark_passed(const struct reading *r, const struct file_entries_passed *passed)
{
	const struct {
		size_t count;
		const char *what;
	} kinds[] = {
	        {r->others, "passed over: JSON or YAML that is no task metadata"},
	        {passed->links, "passed over: links"},
	        {passed->specials, "passed over: devices and pipes"},
	};
	int result = 0;
	for (size_t i = 0; result == 0 && i < ARRAY_LENGTH(kinds); i++)
		if (kinds[i].count > 0)
			result = campaign_remark(r->campaign, r->err, "%s (%zu)", kinds[i].what,
			                         kinds[i].count);
	return result;
}

static int remark(const struct reading *r, const struct file_entries_passed *passed)
{
	struct campaign *const campaign = r->campaign;
	int result = remark_passed(r, passed);
	if (result == 0 && r->peaks_before > 0)
		result = campaign_remark(
		        campaign, r->err,
		        "max RSS of %zu of %zu %s was that of the process before the task began: "
		        "another task's, and an upper bound of its own",
		        r->peaks_before, r->tasks, number_noun(r->tasks, "task", "tasks"));
	if (result == 0 && r->old > 0)
		result = campaign_remark(campaign, r->err,
		                         "max RSS of %zu %s is taken as KiB: metadata without "
		                         "__version__ is from before 2022",
		                         r->old, number_noun(r->old, "task", "tasks"));
	if (result == 0 && r->odd > 0)
		result = campaign_remark(campaign, r->err,
		                         "%zu tasks have a time or count that went backwards; it "
		                         "is left out",
		                         r->odd);
	if (result == 0 && r->has_visit)
		result = campaign_remark(campaign, r->err,
		                         "visits and exposures in paths name tasks one by one and "
		                         "are not kept");
	return result;
}

static int describe(struct campaign *campaign, struct error *err)
{
	int r = 0;
	if (!campaign->format)
		r = str_copy("lsst-metadata", &campaign->format, err);
	if (r == 0 && !campaign->max_rss_of)
		r = str_copy("the process since it began, which may have run other tasks before",
		             &campaign->max_rss_of, err);
	if (r == 0 && !campaign->cpu_of)
		r = str_copy("the process, from the task's first look at its inputs to its end",
		             &campaign->cpu_of, err);
	return r;
}

/* ---- Frame --------------------------------------------------------------------------------------
 */

static struct reading *reading_new(struct campaign *campaign, struct problems *problems,
                                   struct error *err)
{
	struct reading *const r = calloc(1, sizeof *r);
	if (!r) {
		error_memory(err);
		return NULL;
	}
	r->campaign = campaign;
	r->problems = problems;
	r->problems_before = text_lines_problems(problems);
	r->err = err;
	r->node = SIZE_MAX;
	for (size_t i = 0; i < LSST_NUMBERS; i++)
		r->numbers[i] = SIZE_MAX;
	for (size_t i = 0; i < LSST_DIMENSIONS; i++)
		r->dimensions[i] = SIZE_MAX;
	json_object_seed(0); /* once, before there are threads */
	return r;
}

/* What is left of the last batch, and whether all is well. */
static int finish(struct reading *r, const char *name, const struct file_entries_passed *passed)
{
	int result = flush(r);
	if (result == 0)
		result = text_lines_result(r->problems, r->problems_before, name, r->err);
	if (result == 0 && r->files == 0)
		result = error_set(r->err, EINVAL,
		                   "%s has no task metadata in it (*_metadata*.json or .yaml)",
		                   name);
	if (result == 0)
		result = describe(r->campaign, r->err);
	return result == 0 ? remark(r, passed) : result;
}

int lsst_metadata_load(const char *path, struct campaign *campaign, struct problems *problems,
                       struct error *err)
{
	const size_t mark = campaign_mark(campaign);
	struct file_entries_passed passed = {0};
	struct reading *const r = reading_new(campaign, problems, err);
	if (!r)
		return -ENOMEM;
	int result = read_path(r, path, &passed);
	if (result == 0)
		result = finish(r, path, &passed);
	release_items(r);
	free(r);
	if (result < 0)
		campaign_rewind(campaign, mark);
	return result;
}

int lsst_metadata_parse(const char *name, const char *text, size_t text_bytes,
                        struct campaign *campaign, struct problems *problems, struct error *err)
{
	const size_t mark = campaign_mark(campaign);
	const struct file_entries_passed passed = {0};
	struct reading *const r = reading_new(campaign, problems, err);
	if (!r)
		return -ENOMEM;
	char *const copy = malloc(text_bytes + 1);
	int result = copy ? 0 : error_memory(err);
	if (result == 0) {
		memcpy(copy, text, text_bytes);
		copy[text_bytes] = '\0';
		r->is_explicit = true;
		result = take_text(r, name, copy, text_bytes, err);
	}
	if (result == 0)
		result = finish(r, name, &passed);
	release_items(r);
	free(r);
	if (result < 0)
		campaign_rewind(campaign, mark);
	return result;
}
