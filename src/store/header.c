#include "store/header.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "store/campaign_schema.h"
#include "store/fleet_schema.h"
#include "store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint32_t big_endian(const unsigned char *bytes, size_t count)
{
	uint32_t value = 0;
	for (size_t i = 0; i < count; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* Plateau's own kinds of file, and what reads them. */
static const struct {
	const struct schema *schema;
	const char *remedy;
} kinds[] = {
        {&schema_result, "`plateau show` and `plateau report` read it"},
        {&schema_fleet, "`plateau fleet rank` and `plateau fleet history` read it"},
        {&schema_campaign, "`plateau requirements` reads it"},
};

static int refuse_kind(const char *path, int application_id, const struct schema *schema,
                       struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (kinds[i].schema->application_id == application_id)
			return error_set(err, EINVAL, "%s is %s, not %s: %s", path,
			                 kinds[i].schema->words, schema->words, kinds[i].remedy);
	return error_set(err, EINVAL, "%s is a database of another program, not %s", path,
	                 schema->words);
}

int header_parse(const char *path, const unsigned char *bytes, size_t byte_count,
                 const struct schema *schema, struct header *ret_header, struct error *err)
{
	static const char magic[16] = "SQLite format 3";
	if (byte_count == 0)
		return error_set(err, EINVAL, "%s is empty: not %s", path, schema->words);
	if (byte_count < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
		return error_set(err, EINVAL, "%s is not %s", path, schema->words);
	if (byte_count < HEADER_BYTES)
		return error_set(err, EINVAL, "%s is cut short", path);
	const int application_id = (int)big_endian(bytes + 68, 4);
	if (application_id != schema->application_id)
		return refuse_kind(path, application_id, schema, err);
	const uint32_t page_bytes = big_endian(bytes + 16, 2);
	*ret_header = (struct header){
	        .has_log = bytes[18] == 2 || bytes[19] == 2,
	        .database_bytes = (uint64_t)(page_bytes == 1 ? 65536 : page_bytes) *
	                          big_endian(bytes + 28, 4),
	};
	return 0;
}

int header_read(const char *path, const struct schema *schema, struct header *ret_header,
                uint64_t *ret_bytes, struct error *err)
{
	cleanup_close const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	unsigned char bytes[HEADER_BYTES];
	if (fd < 0 && errno == ENOENT)
		return error_set(err, ENOENT, "there is no file %s", path);
	if (fd < 0 || fstat(fd, &status) < 0)
		return error_system(err, errno, "cannot read %s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, EINVAL, "%s is not a plain file", path);
	const ssize_t got = pread(fd, bytes, sizeof bytes, 0);
	if (got < 0)
		return error_system(err, errno, "cannot read %s", path);
	*ret_bytes = (uint64_t)status.st_size;
	return header_parse(path, bytes, (size_t)got, schema, ret_header, err);
}

int header_check(const char *path, const struct header *header, uint64_t file_bytes,
                 struct error *err)
{
	if (header->has_log)
		return error_set(err, EINVAL,
		                 "%s was changed by another program, which keeps a log beside it: "
		                 "`PRAGMA journal_mode=DELETE` in the sqlite3 shell ends that",
		                 path);
	if (file_bytes < header->database_bytes)
		return error_set(err, EINVAL, "%s is cut short: %llu of %llu bytes are there", path,
		                 (unsigned long long)file_bytes,
		                 (unsigned long long)header->database_bytes);
	return 0;
}
