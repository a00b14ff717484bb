#include "fault_vfs.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

const char *const fault_names[] = {"none",       "full", "write", "half-write", "read",
                                   "short-read", "sync", "open",  "delete",     "lock"};

struct file {
	sqlite3_file base;
	sqlite3_file *real; /* behind this struct */
};

static sqlite3_vfs *real_vfs;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	enum fault fault;
	uint64_t left; /* calls until it fails */
	bool is_lasting;
	bool has_struck;
	int last_errno;
} armed;

void fault_vfs_arm(enum fault fault, uint64_t k, bool is_lasting)
{
	pthread_mutex_lock(&lock);
	armed.fault = fault;
	armed.left = k;
	armed.is_lasting = is_lasting;
	armed.has_struck = false;
	pthread_mutex_unlock(&lock);
}

bool fault_vfs_disarm(void)
{
	pthread_mutex_lock(&lock);
	armed.fault = FAULT_NONE;
	armed.last_errno = 0;
	const bool has_struck = armed.has_struck;
	pthread_mutex_unlock(&lock);
	return has_struck;
}

/* Whether this call is to fail as `fault`. */
static bool strikes(enum fault fault, int code)
{
	pthread_mutex_lock(&lock);
	bool result = false;
	if (armed.fault == fault) {
		if (armed.left > 0)
			armed.left--;
		result = armed.left == 0 && (armed.is_lasting || !armed.has_struck);
		if (result) {
			armed.has_struck = true;
			armed.last_errno = code;
		}
	}
	pthread_mutex_unlock(&lock);
	return result;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct file *)(void *)file)->real;
}

static int file_close(sqlite3_file *file)
{
	return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read_bytes(sqlite3_file *file, void *data, int bytes, sqlite3_int64 offset)
{
	if (strikes(FAULT_READ, EIO))
		return SQLITE_IOERR_READ;
	const int code = real_of(file)->pMethods->xRead(real_of(file), data, bytes, offset);
	if (!strikes(FAULT_SHORT_READ, 0))
		return code;
	memset((char *)data + bytes / 2, 0, (size_t)(bytes - bytes / 2));
	return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *file, const void *data, int bytes, sqlite3_int64 offset)
{
	if (strikes(FAULT_FULL, ENOSPC))
		return SQLITE_FULL;
	if (strikes(FAULT_WRITE, EIO))
		return SQLITE_IOERR_WRITE;
	if (strikes(FAULT_HALF_WRITE, EIO)) {
		real_of(file)->pMethods->xWrite(real_of(file), data, bytes / 2, offset);
		return SQLITE_IOERR_WRITE;
	}
	return real_of(file)->pMethods->xWrite(real_of(file), data, bytes, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	if (strikes(FAULT_FULL, ENOSPC) || strikes(FAULT_WRITE, EIO))
		return SQLITE_IOERR_TRUNCATE;
	return real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags)
{
	if (strikes(FAULT_SYNC, EIO))
		return SQLITE_IOERR_FSYNC;
	return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	if (strikes(FAULT_LOCK, EIO))
		return SQLITE_IOERR_FSTAT;
	return real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int file_lock(sqlite3_file *file, int level)
{
	if (strikes(FAULT_LOCK, EIO))
		return SQLITE_IOERR_LOCK;
	return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
	return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_check_lock(sqlite3_file *file, int *result)
{
	if (strikes(FAULT_LOCK, EIO))
		return SQLITE_IOERR_CHECKRESERVEDLOCK;
	return real_of(file)->pMethods->xCheckReservedLock(real_of(file), result);
}

static int file_control(sqlite3_file *file, int operation, void *argument)
{
	return real_of(file)->pMethods->xFileControl(real_of(file), operation, argument);
}

static int file_sector_size(sqlite3_file *file)
{
	return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_device(sqlite3_file *file)
{
	return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int shared_map(sqlite3_file *file, int page, int bytes, int extend, void volatile **ret_page)
{
	return real_of(file)->pMethods->xShmMap(real_of(file), page, bytes, extend, ret_page);
}

static int shared_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}

static void shared_barrier(sqlite3_file *file)
{
	real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int shared_unmap(sqlite3_file *file, int is_deleted)
{
	return real_of(file)->pMethods->xShmUnmap(real_of(file), is_deleted);
}

/* Version 2: no mmap, which plateau switches off. Shared memory is used for copies alone. */
static const sqlite3_io_methods methods = {
        .iVersion = 2,
        .xClose = file_close,
        .xRead = file_read_bytes,
        .xWrite = file_write,
        .xTruncate = file_truncate,
        .xSync = file_sync,
        .xFileSize = file_size,
        .xLock = file_lock,
        .xUnlock = file_unlock,
        .xCheckReservedLock = file_check_lock,
        .xFileControl = file_control,
        .xSectorSize = file_sector_size,
        .xDeviceCharacteristics = file_device,
        .xShmMap = shared_map,
        .xShmLock = shared_lock,
        .xShmBarrier = shared_barrier,
        .xShmUnmap = shared_unmap,
};

static int vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                    int *ret_flags)
{
	(void)vfs;
	struct file *const own = (struct file *)(void *)file;
	own->base.pMethods = NULL;
	own->real = (sqlite3_file *)(void *)(own + 1);
	if (strikes(FAULT_OPEN, EMFILE))
		return SQLITE_CANTOPEN;
	const int code = real_vfs->xOpen(real_vfs, name, own->real, flags, ret_flags);
	if (own->real->pMethods)
		own->base.pMethods = &methods;
	return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int is_synced)
{
	(void)vfs;
	if (strikes(FAULT_DELETE, EIO))
		return SQLITE_IOERR_DELETE;
	return real_vfs->xDelete(real_vfs, name, is_synced);
}

static int vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *result)
{
	(void)vfs;
	return real_vfs->xAccess(real_vfs, name, flags, result);
}

static int vfs_full_name(sqlite3_vfs *vfs, const char *name, int bytes, char *result)
{
	(void)vfs;
	return real_vfs->xFullPathname(real_vfs, name, bytes, result);
}

static int vfs_last_error(sqlite3_vfs *vfs, int bytes, char *text)
{
	(void)vfs;
	(void)bytes;
	(void)text;
	return armed.last_errno;
}

void fault_vfs_install(void)
{
	static sqlite3_vfs vfs;
	real_vfs = sqlite3_vfs_find(NULL);
	if (!real_vfs)
		abort();
	vfs = *real_vfs;
	vfs.zName = "plateau-faults";
	vfs.szOsFile = (int)sizeof(struct file) + real_vfs->szOsFile;
	vfs.xOpen = vfs_open;
	vfs.xDelete = vfs_delete;
	vfs.xAccess = vfs_access;
	vfs.xFullPathname = vfs_full_name;
	vfs.xGetLastError = vfs_last_error;
	if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
		abort();
}
