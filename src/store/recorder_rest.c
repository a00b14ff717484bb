/* The recorder between two parts of a run that grows: what it has written can be looked at, and
 * its plan may become longer. */
#include "core/error.h"
#include "store/place.h"
#include "store/recorder.h"
#include "store/recorder_parts.h"
#include "store/reopen.h"
#include "store/ring.h"
#include "store/rows.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int recorder_rest(struct recorder *recorder, struct error *err)
{
	recorder->is_resting = true;
	ring_close(recorder->ring);
	helper_thread_join(&recorder->writer);
	return recorder_failure(recorder, err);
}

int recorder_go_on(struct recorder *recorder, struct error *err)
{
	ring_open_again(recorder->ring);
	recorder->writer = (struct helper_thread){0};
	recorder->is_resting = false;
	const int r = recorder_start_writer(recorder, err);
	if (r < 0) /* recorder_close has nobody to wait for */
		recorder->is_resting = true;
	return r;
}

static int copy_pages(sqlite3 *from, sqlite3 *to, const char *path, struct error *err)
{
	errno = 0; /* store_error takes it for the cause */
	sqlite3_backup *const backup = sqlite3_backup_init(to, "main", from, "main");
	if (backup)
		sqlite3_backup_step(backup, -1);
	/* The error of every step is that of the end, and of the target. */
	if (!backup || sqlite3_backup_finish(backup) != SQLITE_OK)
		return store_error(to, err, path);
	return 0;
}

int recorder_copy(const struct recorder *recorder, const char *path, struct error *err)
{
	sqlite3 *copy = NULL;
	const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_system(err, errno, "cannot make %s", path);
	close(fd);
	int r = store_open_writable(path, &copy, err);
	if (r == 0)
		r = copy_pages(recorder->db, copy, path, err);
	if (r == 0)
		r = store_execute(copy, "PRAGMA journal_mode=DELETE; UPDATE run SET state='done'",
		                  err, path);
	store_close(copy);
	if (r < 0)
		unlink(path);
	return r;
}

int recorder_extend(struct recorder *recorder, const struct plan *plan, const char *scenario_json,
                    struct error *err)
{
	int r = place_check_own(recorder->place, err);
	if (r < 0)
		return r;
	const size_t first = rows_trial_count(recorder->rows);
	r = rows_grow(recorder->rows, plan->trial_count, err);
	return r < 0 ? r
	             : reopen_extend(recorder->db, recorder->path, first, plan, scenario_json, err);
}
