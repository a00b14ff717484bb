#include "formats/campaign/file_entries.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"

#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>

static int compare(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int take_file(const FTSENT *found, const struct file_entries *entries,
                     struct file_entries_passed *passed, struct error *err)
{
	char *text = NULL;
	size_t bytes = 0;
	if (!entries->is_wanted(found->fts_path)) {
		passed->not_wanted++;
		return 0;
	}
	const int r = file_read_regular(found->fts_path, entries->most_bytes, &text, &bytes, err);
	if (r < 0 && r != -EFBIG)
		return r;
	return entries->take(entries->context, found->fts_path, text, bytes, err);
}

static int take_found(const FTSENT *found, const struct file_entries *entries,
                      struct file_entries_passed *passed, struct error *err)
{
	switch (found->fts_info) {
	case FTS_F:
		return take_file(found, entries, passed, err);
	case FTS_SL:
	case FTS_SLNONE:
		passed->links++;
		return 0;
	case FTS_DEFAULT:
		passed->specials++;
		return 0;
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		return error_system(err, found->fts_errno ? found->fts_errno : EIO,
		                    "cannot read %s", found->fts_path);
	default: /* folders, before and behind what is in them */
		return 0;
	}
}

int file_entries_of_folder(const char *path, const struct file_entries *entries,
                           struct file_entries_passed *ret_passed, struct error *err)
{
	cleanup_free char *copy = NULL;
	struct file_entries_passed passed = {0};
	int r = str_copy(path, &copy, err);
	if (r < 0)
		return r;
	for (size_t length = strlen(copy); length > 1 && copy[length - 1] == '/'; length--)
		copy[length - 1] = '\0';
	char *const roots[] = {copy, NULL};
	FTS *const walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, compare);
	if (!walk)
		return error_system(err, errno, "cannot read %s", path);
	for (;;) {
		errno = 0;
		const FTSENT *const found = fts_read(walk);
		if (!found)
			break;
		r = take_found(found, entries, &passed, err);
		if (r < 0)
			break;
	}
	if (r == 0 && errno != 0)
		r = error_system(err, errno, "cannot read %s", path);
	fts_close(walk);
	if (r == 0)
		*ret_passed = passed;
	return r;
}
