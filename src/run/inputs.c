#include "run/inputs.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "model/template.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Appends the absolute path of a file that must be there and readable. */
static int add_file(struct words *inputs, const char *path, struct error *err)
{
	char absolute[PATH_MAX];
	struct stat status;
	if (!realpath(path, absolute) || stat(absolute, &status) < 0)
		return error_system(err, errno, "task.inputs: %s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, EINVAL, "task.inputs: %s is not a file", path);
	if (access(absolute, R_OK) < 0)
		return error_system(err, errno, "task.inputs: cannot read %s", path);
	return words_add(inputs, absolute, err);
}

static int find_by_pattern(const char *pattern, size_t most, struct words *inputs,
                           size_t *ret_found, struct error *err)
{
	glob_t found = {0};
	const int code = glob(pattern, GLOB_TILDE, NULL, &found);
	int r = 0;
	if (code == GLOB_NOSPACE)
		r = error_memory(err);
	else if (code != 0)
		r = error_set(err, ENOENT, "task.inputs: no file matches %s", pattern);
	for (size_t i = 0; r == 0 && i < found.gl_pathc && inputs->count < most; i++)
		r = add_file(inputs, found.gl_pathv[i], err);
	*ret_found = found.gl_pathc;
	globfree(&found);
	return r;
}

static int find_listed(const struct words *list, size_t most, struct words *inputs,
                       struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < list->count; i++)
		r = add_file(inputs, list->items[i], err);
	while (inputs->count > most)
		free(inputs->items[--inputs->count]);
	if (inputs->items)
		inputs->items[inputs->count] = NULL;
	return r;
}

int inputs_find(const struct scenario_inputs *inputs, uint32_t largest, struct words *ret_inputs,
                size_t *ret_found, struct error *err)
{
	cleanup_words struct words files = {0};
	size_t found = inputs->words.count;
	int r;
	if (inputs->kind == INPUTS_GLOB)
		r = find_by_pattern(inputs->words.items[0], inputs->count ? inputs->count : largest,
		                    &files, &found, err);
	else
		r = find_listed(&inputs->words, inputs->count ? inputs->count : SIZE_MAX, &files,
		                err);
	if (r < 0)
		return r;
	*ret_inputs = files;
	*ret_found = found;
	files = (struct words){0};
	return 0;
}

int inputs_generator(const struct scenario_inputs *inputs, uint32_t count, const char *folder,
                     struct words *ret_argv, struct error *err)
{
	char number[16];
	snprintf(number, sizeof number, "%" PRIu32, count);
	const struct template_values values = {
	        .text = {[TEMPLATE_COUNT] = number, [TEMPLATE_DIR] = folder}};
	cleanup_words struct words argv = {0};
	for (size_t i = 0; i < inputs->words.count; i++) {
		const char *const pattern = inputs->words.items[i];
		const size_t bytes = template_fill(pattern, &values, NULL, 0) + 1;
		cleanup_free char *word = malloc(bytes);
		if (!word)
			return error_memory(err);
		template_fill(pattern, &values, word, bytes);
		const int r = words_add(&argv, word, err);
		if (r < 0)
			return r;
	}
	*ret_argv = argv;
	argv = (struct words){0};
	return 0;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int add_regular(struct words *files, const char *folder, const char *name, struct error *err)
{
	cleanup_free char *path = NULL;
	struct stat status;
	const int r = file_join(folder, name, &path, err);
	if (r < 0)
		return r;
	if (lstat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return 0;
	return words_add(files, path, err);
}

int inputs_generated(const char *folder, uint32_t count, struct words *ret_inputs,
                     struct error *err)
{
	struct dirent **entries = NULL;
	const int listed = scandir(folder, &entries, is_visible, alphasort);
	if (listed < 0)
		return error_system(err, errno, "cannot list %s", folder);
	cleanup_words struct words files = {0};
	int r = 0;
	for (int i = 0; i < listed; i++) {
		if (r == 0)
			r = add_regular(&files, folder, entries[i]->d_name, err);
		free(entries[i]);
	}
	free(entries);
	if (r < 0)
		return r;
	if (files.count < count)
		return error_set(err, ENOENT,
		                 "inputs.generate made %zu files in {dir}; %" PRIu32
		                 " were asked for",
		                 files.count, count);
	*ret_inputs = files;
	files = (struct words){0};
	return 0;
}

int inputs_read_once(const struct words *inputs, bool (*should_stop)(void *context), void *context,
                     struct error *err)
{
	enum { CHUNK_BYTES = 1 << 20 };
	cleanup_free char *chunk = malloc(CHUNK_BYTES);
	if (!chunk)
		return error_memory(err);
	for (size_t i = 0; i < inputs->count; i++) {
		cleanup_close int fd = open(inputs->items[i], O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return error_system(err, errno, "cannot read the input %s",
			                    inputs->items[i]);
		ssize_t got;
		while ((got = read(fd, chunk, CHUNK_BYTES)) > 0)
			if (should_stop(context))
				return error_set(err, EINTR, "stopped while the inputs were read");
		if (got < 0)
			return error_system(err, errno, "cannot read the input %s",
			                    inputs->items[i]);
	}
	return 0;
}
