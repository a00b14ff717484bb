/* Results in memory, each file loaded once however many name it, and kept until the end: what
 * reads several of them (references of many criteria, one rack against one good node) points into
 * them. */
#ifndef COMMANDS_LOADED_H
#define COMMANDS_LOADED_H

#include "analyse/findings.h"
#include "model/dataset.h"

#include <stddef.h>
#include <sys/types.h>

struct error;

struct loaded_result {
	char *path; /* as it was named first */
	dev_t device;
	ino_t inode;
	struct dataset dataset;
	struct findings findings; /* points to the dataset */
};

struct loaded {
	struct loaded_result **items; /* each in a place of its own, which stays */
	size_t count;
	size_t capacity;
};

/* The result at path, loaded and analysed where that has not been done yet; it belongs to loaded.
 * Returns 0; -ENOENT, -EBUSY, -EINVAL as load_dataset and findings_build, err naming the file. */
int loaded_get(struct loaded *loaded, const char *path, const struct loaded_result **ret_result,
               struct error *err);

/* Loads one that is not shared: the caller frees it. */
int loaded_read(const char *path, struct loaded_result **ret_result, struct error *err);
void loaded_result_free(struct loaded_result *result);

void loaded_release(struct loaded *loaded);

#define cleanup_loaded __attribute__((cleanup(loaded_release)))

#endif
