#include "analyse/io/findings.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_file(enum io_file_kind kind)
{
	return kind == IO_REGULAR || kind == IO_FOLDER;
}

static int64_t size_of(const struct io_file *file, const struct io_use *use)
{
	if (file->kind == IO_FOLDER)
		return IO_UNKNOWN;
	/* A file that was removed has the size that it had; one that was never reached, none. */
	if (file->size_bytes > use->end_bytes)
		return file->size_bytes;
	/* Written at places that nobody knows: a stream that was open before. */
	if (use->unplaced > 0 && use->end_bytes == 0)
		return IO_UNKNOWN;
	if (file->size_bytes >= 0 || io_use_data_calls(use) > 0)
		return use->end_bytes;
	return IO_UNKNOWN;
}

/* ---- Sums ----------------------------------------------------------------------------------- */

static void add_use(struct io_folder *sum, const struct io_use *use)
{
	sum->files++;
	sum->data_calls += io_use_data_calls(use);
	sum->meta_calls += io_use_meta_calls(use);
	sum->failed += use->failed;
	sum->missing += use->missing;
	sum->read_bytes += use->read_bytes;
	sum->written_bytes += use->written_bytes;
	sum->duration_ns += use->duration_ns;
}

static void add_other(struct io_other *other, const struct io_use *use)
{
	other->count++;
	other->data_calls += io_use_data_calls(use);
	other->read_bytes += use->read_bytes;
	other->written_bytes += use->written_bytes;
	other->duration_ns += use->duration_ns;
}

static int collect(const struct io_profile *profile, const struct io_file *files, size_t count,
                   struct io_findings *findings, struct error *err)
{
	findings->seen = calloc(count + 1, sizeof *findings->seen);
	if (!findings->seen)
		return error_memory(err);
	for (size_t i = 0; i < count; i++) {
		const struct io_use *const use = &profile->uses[i];
		if (io_use_data_calls(use) + io_use_meta_calls(use) == 0)
			continue;
		if (!is_file(files[i].kind)) {
			add_other(&findings->others[files[i].kind], use);
			continue;
		}
		add_use(&findings->total, use);
		findings->seen[findings->seen_count++] = (struct io_seen){
		        .file = &files[i], .use = use, .size_bytes = size_of(&files[i], use)};
	}
	return 0;
}

/* ---- Orders --------------------------------------------------------------------------------- */

static int compare_counts(uint64_t a, uint64_t b)
{
	return a < b ? 1 : a > b ? -1 : 0;
}

static int compare_uses(const void *a, const void *b)
{
	const struct io_seen *const left = a;
	const struct io_seen *const right = b;
	int order = compare_counts(
	        (uint64_t)left->use->read_bytes + (uint64_t)left->use->written_bytes,
	        (uint64_t)right->use->read_bytes + (uint64_t)right->use->written_bytes);
	if (order == 0)
		order = compare_counts(io_use_meta_calls(left->use), io_use_meta_calls(right->use));
	return order != 0 ? order : strcmp(left->file->path, right->file->path);
}

static int compare_folders(const void *a, const void *b)
{
	const struct io_folder *const left = a;
	const struct io_folder *const right = b;
	int order = compare_counts((uint64_t)left->read_bytes + (uint64_t)left->written_bytes,
	                           (uint64_t)right->read_bytes + (uint64_t)right->written_bytes);
	if (order == 0)
		order = compare_counts(left->meta_calls, right->meta_calls);
	return order != 0 ? order : strcmp(left->path, right->path);
}

/* ---- Folders -------------------------------------------------------------------------------- */

/* The length of the folder's part of a path: "/" for "/x", "" for "x". */
static size_t folder_length(const char *path)
{
	const char *const slash = strrchr(path, '/');
	return !slash ? 0 : slash == path ? 1 : (size_t)(slash - path);
}

/* A file and the part of its path that is its folder, to be sorted by that. */
struct placed {
	struct io_seen *seen;
	size_t length;
};

static int compare_placed(const void *a, const void *b)
{
	const struct placed *const left = a;
	const struct placed *const right = b;
	const size_t least = left->length < right->length ? left->length : right->length;
	const int order = memcmp(left->seen->file->path, right->seen->file->path, least);
	if (order != 0)
		return order;
	return left->length < right->length ? -1 : left->length > right->length;
}

static int open_folder(const struct placed *placed, struct io_findings *findings, struct error *err)
{
	cleanup_str struct str path = {0};
	str_add_bytes(&path, placed->seen->file->path, placed->length);
	if (placed->length == 0)
		str_add(&path, ".");
	struct io_folder *const folder = &findings->folders[findings->folder_count];
	*folder = (struct io_folder){.file_system = placed->seen->file_system,
	                             .sharing = placed->seen->sharing};
	const int r = str_take(&path, &folder->path, err);
	if (r == 0)
		findings->folder_count++;
	return r;
}

static int fill_folders(struct placed *placed, struct io_findings *findings, struct error *err)
{
	for (size_t i = 0; i < findings->seen_count; i++)
		placed[i] = (struct placed){&findings->seen[i],
		                            folder_length(findings->seen[i].file->path)};
	qsort(placed, findings->seen_count, sizeof *placed, compare_placed);
	for (size_t i = 0; i < findings->seen_count; i++) {
		if (i == 0 || compare_placed(&placed[i - 1], &placed[i]) != 0) {
			const int r = open_folder(&placed[i], findings, err);
			if (r < 0)
				return r;
		}
		struct io_folder *const folder = &findings->folders[findings->folder_count - 1];
		add_use(folder, placed[i].seen->use);
		if (!folder->file_system) {
			folder->file_system = placed[i].seen->file_system;
			folder->sharing = placed[i].seen->sharing;
		}
	}
	qsort(findings->folders, findings->folder_count, sizeof *findings->folders,
	      compare_folders);
	return 0;
}

static int find_folders(struct io_findings *findings, struct error *err)
{
	struct placed *const placed = calloc(findings->seen_count + 1, sizeof *placed);
	findings->folders = calloc(findings->seen_count + 1, sizeof *findings->folders);
	const int r = placed && findings->folders ? fill_folders(placed, findings, err)
	                                          : error_memory(err);
	free(placed);
	return r;
}

/* ---- All of it ------------------------------------------------------------------------------ */

static bool is_used(const struct io_use *use)
{
	return io_use_data_calls(use) > 0 ||
	       use->calls[IO_OPEN] + use->calls[IO_CREATE] + use->calls[IO_MMAP] > use->failed;
}

static void ask_file_systems(struct io_findings *findings, io_file_system_asker *ask, void *context)
{
	for (size_t i = 0; i < findings->seen_count; i++) {
		struct io_seen *const seen = &findings->seen[i];
		if (seen->file->path[0] == '/')
			seen->file_system = ask(context, seen->file->path, &seen->sharing);
	}
}

int io_findings_build(const struct io_profile *profile, const struct io_file *files,
                      size_t file_count, io_file_system_asker *ask, void *context,
                      struct io_findings *ret_findings, struct error *err)
{
	struct io_findings findings = {.profile = profile};
	/* A file that was named and never reached has no use. */
	if (file_count > profile->count)
		file_count = profile->count;
	int r = collect(profile, files, file_count, &findings, err);
	if (r == 0) {
		qsort(findings.seen, findings.seen_count, sizeof *findings.seen, compare_uses);
		for (size_t i = 0; i < findings.seen_count; i++)
			findings.used_count += is_used(findings.seen[i].use);
		if (ask)
			ask_file_systems(&findings, ask, context);
		r = find_folders(&findings, err);
	}
	for (size_t i = 0; r == 0 && i < file_count; i++)
		if (files[i].kind == IO_PIPE)
			findings.seen[findings.seen_count + findings.pipe_count++] =
			        (struct io_seen){.file = &files[i],
			                         .use = &profile->uses[i],
			                         .sharing = IO_LOCAL,
			                         .size_bytes = IO_UNKNOWN};
	if (r == 0) {
		findings.phase_count = io_phases_find(&profile->slices, findings.phases);
		r = io_patterns_find(&findings, err);
	}
	if (r < 0) {
		io_findings_release(&findings);
		return r;
	}
	*ret_findings = findings;
	return 0;
}

void io_findings_release(struct io_findings *findings)
{
	if (!findings)
		return;
	for (size_t i = 0; i < findings->folder_count; i++)
		free(findings->folders[i].path);
	free(findings->folders);
	free(findings->seen);
	io_patterns_release(findings->patterns, findings->pattern_count);
	*findings = (struct io_findings){0};
}

static double part_of_size(int64_t bytes, int64_t size_bytes)
{
	return size_bytes > 0 ? (double)bytes / (double)size_bytes : (double)NAN;
}

double io_seen_reread(const struct io_seen *seen)
{
	return part_of_size(seen->use->read_bytes, seen->size_bytes);
}

double io_seen_rewrite(const struct io_seen *seen)
{
	return part_of_size(seen->use->written_bytes, seen->size_bytes);
}

static bool is_called(const char *path, const char *name)
{
	const size_t path_length = strlen(path);
	const size_t length = strlen(name);
	return length <= path_length && strcmp(path + path_length - length, name) == 0 &&
	       (length == path_length || name[0] == '/' || path[path_length - length - 1] == '/');
}

const struct io_seen *io_findings_file(const struct io_findings *findings, const char *path)
{
	while (str_starts_with(path, "./"))
		path += 2;
	for (size_t i = 0; i < findings->seen_count && path[0]; i++) {
		const struct io_file *const file = findings->seen[i].file;
		if (is_called(file->path, path) ||
		    (file->first_path && is_called(file->first_path, path)))
			return &findings->seen[i];
	}
	return NULL;
}
