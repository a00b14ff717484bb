#include "store/confined.h"

#include "core/error.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stddef.h>

const char confined_writing[] = "plateau";
const char confined_reading[] = "plateau-reading";

#ifndef SQLITE_OPEN_SUPER_JOURNAL /* its name from 3.33 on */
#define SQLITE_OPEN_SUPER_JOURNAL SQLITE_OPEN_MASTER_JOURNAL
#endif

/* What stands below may be another at the next call, with larger files: room for any. */
enum { FILE_BYTES = 4096 };

static sqlite3_vfs *below(void)
{
	return sqlite3_vfs_find(NULL);
}

static int open_below(const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
	sqlite3_vfs *const vfs = below();
	file->pMethods = NULL;
	if (!vfs || vfs->szOsFile > FILE_BYTES)
		return SQLITE_CANTOPEN;
	return vfs->xOpen(vfs, name, file, flags, ret_flags);
}

static int refuse(sqlite3_file *file)
{
	file->pMethods = NULL;
	errno = EPERM;
	return SQLITE_CANTOPEN;
}

static int open_writing(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags,
                        int *ret_flags)
{
	(void)self;
	return flags & SQLITE_OPEN_SUPER_JOURNAL ? refuse(file)
	                                         : open_below(name, file, flags, ret_flags);
}

/* A file without a name is SQLite's own, for sorting, and gone when it is closed. */
static int open_reading(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags,
                        int *ret_flags)
{
	(void)self;
	const int allowed = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READONLY;
	if (name && (flags & (allowed | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) != allowed)
		return refuse(file);
	return open_below(name, file, flags, ret_flags);
}

static int delete_writing(sqlite3_vfs *self, const char *name, int sync_folder)
{
	(void)self;
	sqlite3_vfs *const vfs = below();
	return vfs->xDelete(vfs, name, sync_folder);
}

static int delete_reading(sqlite3_vfs *self, const char *name, int sync_folder)
{
	(void)self;
	(void)name;
	(void)sync_folder;
	errno = EPERM;
	return SQLITE_IOERR_DELETE;
}

static int see(sqlite3_vfs *self, const char *name, int flags, int *ret_is_there)
{
	(void)self;
	sqlite3_vfs *const vfs = below();
	return vfs->xAccess(vfs, name, flags, ret_is_there);
}

static int full_path(sqlite3_vfs *self, const char *name, int bytes, char *ret_path)
{
	(void)self;
	sqlite3_vfs *const vfs = below();
	return vfs->xFullPathname(vfs, name, bytes, ret_path);
}

static int randomness(sqlite3_vfs *self, int bytes, char *ret_bytes)
{
	(void)self;
	sqlite3_vfs *const vfs = below();
	return vfs->xRandomness(vfs, bytes, ret_bytes);
}

static int wait_us(sqlite3_vfs *self, int time_us)
{
	(void)self;
	sqlite3_vfs *const vfs = below();
	return vfs->xSleep(vfs, time_us);
}

/* plateau asks SQLite for no time; a view in another's file may. SQLite computes with the value
 * before it looks at the failure. */
static int current_time(sqlite3_vfs *self, double *ret_days)
{
	(void)self;
	*ret_days = 0;
	return SQLITE_ERROR;
}

static int last_error(sqlite3_vfs *self, int bytes, char *text)
{
	(void)self;
	sqlite3_vfs *const vfs = below();
	return vfs->xGetLastError ? vfs->xGetLastError(vfs, bytes, text) : 0;
}

/* ---- Code is not loaded ------------------------------------------------------------------- */

static void *load_library(sqlite3_vfs *self, const char *name)
{
	(void)self;
	(void)name;
	return NULL;
}

static void library_error(sqlite3_vfs *self, int bytes, char *text)
{
	(void)self;
	if (bytes > 0)
		text[0] = '\0';
}

static void (*library_symbol(sqlite3_vfs *self, void *library, const char *name))(void)
{
	(void)self;
	(void)library;
	(void)name;
	return NULL;
}

static void close_library(sqlite3_vfs *self, void *library)
{
	(void)self;
	(void)library;
}

/* ---- The two systems ---------------------------------------------------------------------- */

#define CONFINED(name, open, remove)                                                               \
	{                                                                                          \
		.iVersion = 1, .szOsFile = FILE_BYTES, .zName = (name), .xOpen = (open),           \
		.xDelete = (remove), .xAccess = see, .xFullPathname = full_path,                   \
		.xDlOpen = load_library, .xDlError = library_error, .xDlSym = library_symbol,      \
		.xDlClose = close_library, .xRandomness = randomness, .xSleep = wait_us,           \
		.xCurrentTime = current_time, .xGetLastError = last_error,                         \
	}

static void register_both(void)
{
	/* SQLite links them into its list: the only values of plateau's that it changes. */
	static sqlite3_vfs writing = CONFINED(confined_writing, open_writing, delete_writing);
	static sqlite3_vfs reading = CONFINED(confined_reading, open_reading, delete_reading);
	const sqlite3_vfs *const vfs = below();
	if (!vfs)
		return;
	/* No more than what is below has room for. */
	writing.mxPathname = reading.mxPathname = vfs->mxPathname;
	if (sqlite3_vfs_register(&writing, 0) == SQLITE_OK)
		sqlite3_vfs_register(&reading, 0);
}

int confined_register(struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, register_both);
	return sqlite3_vfs_find(confined_reading) ? 0 : error_memory(err);
}
