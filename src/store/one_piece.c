#include "store/one_piece.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "store/header.h"
#include "store/migrate.h"
#include "store/store.h"
#include "store/target.h"

#include <errno.h>

bool one_piece_is(const char *path, const struct schema *schema)
{
	struct error ignored;
	struct header header;
	uint64_t bytes = 0;
	int r = header_read(path, schema, &header, &bytes, &ignored);
	/* What could not be read is looked at once more: a fault that passes must not make one kind
	 * of file of another. */
	if (r < 0 && r != -EINVAL && r != -ENOENT)
		r = header_read(path, schema, &header, &bytes, &ignored);
	return r == 0;
}

int one_piece_open(const char *path, const struct schema *schema, sqlite3 **ret_db,
                   struct reading *ret_reading, struct error *err)
{
	struct header header = {0};
	uint64_t file_bytes = 0;
	cleanup_free char *real = NULL;
	cleanup_database sqlite3 *db = NULL;
	int version = 0;
	int r = header_read(path, schema, &header, &file_bytes, err);
	if (r == 0)
		r = header_check(path, &header, file_bytes, err);
	if (r == 0)
		r = target_resolve(path, &real, err);
	if (r == 0)
		r = store_open_untrusted(real, false, &db, err);
	if (r == 0)
		r = store_execute(db, "BEGIN", err, path);
	if (r == 0)
		r = migrate_check(db, schema, path, &version, err);
	if (r < 0)
		return r;
	*ret_reading = (struct reading){
	        .db = db,
	        .path = path,
	        .version = version,
	        .file_bytes = file_bytes,
	        .row_bound = file_bytes / 4 + 1000,
	        .text_bound = 2 * file_bytes,
	};
	*ret_db = db;
	db = NULL;
	return 0;
}
