#include "store/roll_in.h"

#include "core/error.h"
#include "store/place.h"
#include "store/store.h"

int roll_in(const char *path, struct error *err)
{
	if (!place_has_log(path) && !place_has_journal(path))
		return 0;
	cleanup_database sqlite3 *db = NULL;
	const int r = store_open_untrusted(path, true, &db, err);
	/* Leaving the mode of the log puts what is in it into the file and removes it; a change
	 * that was cut off is taken back when the file is read. */
	return r < 0 ? r
	             : store_execute(db, "PRAGMA journal_mode=DELETE; SELECT * FROM sqlite_master",
	                             err, path);
}
