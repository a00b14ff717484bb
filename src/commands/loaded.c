#include "commands/loaded.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "store/load.h"

#include <stdlib.h>
#include <sys/stat.h>

void loaded_result_free(struct loaded_result *result)
{
	if (!result)
		return;
	findings_release(&result->findings);
	dataset_release(&result->dataset);
	free(result->path);
	free(result);
}

int loaded_read(const char *path, struct loaded_result **ret_result, struct error *err)
{
	struct loaded_result *const result = calloc(1, sizeof *result);
	struct stat status;
	if (!result)
		return error_memory(err);
	int r = str_copy(path, &result->path, err);
	if (r == 0)
		r = load_dataset(path, &result->dataset, err); /* it names the file */
	if (r == 0 && (r = findings_build(&result->dataset, &result->findings, err)) < 0)
		error_context(err, r, "%s", path);
	if (r < 0) {
		loaded_result_free(result);
		return r;
	}
	if (stat(path, &status) == 0) {
		result->device = status.st_dev;
		result->inode = status.st_ino;
	}
	*ret_result = result;
	return 0;
}

static const struct loaded_result *find(const struct loaded *loaded, const char *path)
{
	struct stat status;
	if (stat(path, &status) < 0)
		return NULL;
	for (size_t i = 0; i < loaded->count; i++)
		if (loaded->items[i]->device == status.st_dev &&
		    loaded->items[i]->inode == status.st_ino)
			return loaded->items[i];
	return NULL;
}

int loaded_get(struct loaded *loaded, const char *path, const struct loaded_result **ret_result,
               struct error *err)
{
	const struct loaded_result *const known = find(loaded, path);
	if (known) {
		*ret_result = known;
		return 0;
	}
	int r = array_reserve(&loaded->items, &loaded->capacity, loaded->count + 1, sizeof(void *),
	                      err);
	if (r == 0)
		r = loaded_read(path, &loaded->items[loaded->count], err);
	if (r < 0)
		return r;
	*ret_result = loaded->items[loaded->count++];
	return 0;
}

void loaded_release(struct loaded *loaded)
{
	if (!loaded)
		return;
	for (size_t i = 0; i < loaded->count; i++)
		loaded_result_free(loaded->items[i]);
	free(loaded->items);
	*loaded = (struct loaded){0};
}
