#include "formats/campaign/file_entries.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

DEFINE_CLEANUP(archive, struct archive *, archive_read_free);
#define cleanup_archive __attribute__((cleanup(cleanup_archive_function)))

enum { BLOCK_BYTES = 256 << 10, NAME_BYTES = 4096, TAR_BLOCK_BYTES = 512 };

/* Texts shrink to a tenth, records that are all alike to a hundredth. What shrinks more is a bomb,
 * but for a little. */
static const int64_t least_bomb_bytes = INT64_C(256) << 20;
static const int64_t most_expansion = 500;

struct walk {
	struct archive *archive;
	const char *path;
	const struct file_entries *entries;
	struct file_entries_passed passed;
	int64_t file_bytes; /* of the archive */
	int64_t read_bytes; /* of entries, that were read */
	size_t count;       /* of entries */
	struct error *err;
};

static int fail(struct walk *w, const char *name)
{
	const int number = archive_errno(w->archive);
	const char *const text = archive_error_string(w->archive);
	if (number == ENOMEM)
		return error_memory(w->err);
	return error_set(w->err, EINVAL, "%s is damaged or no archive that can be read: %s",
	                 name ? name : w->path, text ? text : "no reason");
}

/* libarchive would start programs for what it was built without; those are not asked for. */
static int support(struct archive *archive, struct error *err)
{
	static int (*const filters[])(struct archive *) = {
	        archive_read_support_filter_gzip,
	        archive_read_support_filter_bzip2,
	        archive_read_support_filter_xz,
	        archive_read_support_filter_zstd,
	};
	static int (*const formats[])(struct archive *) = {
	        archive_read_support_format_tar,
	        archive_read_support_format_zip,
	        archive_read_support_format_raw,
	        archive_read_support_format_empty,
	};
	for (size_t i = 0; i < ARRAY_LENGTH(filters); i++)
		if (filters[i](archive) < ARCHIVE_WARN)
			return error_set(err, ENOTSUP, "libarchive lacks a compression");
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
		if (formats[i](archive) != ARCHIVE_OK)
			return error_set(err, ENOTSUP, "libarchive lacks a format");
	return 0;
}

static int check_bomb(const struct walk *w)
{
	const int64_t streamed = archive_filter_bytes(w->archive, 0);
	const int64_t bytes = streamed > w->read_bytes ? streamed : w->read_bytes;
	if (bytes < least_bomb_bytes || bytes / most_expansion < w->file_bytes)
		return 0;
	return error_set(w->err, EINVAL,
	                 "%s unpacks to more than %lld times its size: this is no archive of "
	                 "records",
	                 w->path, (long long)most_expansion);
}

/* Reads an entry of any size that it says it has. *ret_text stays NULL where it has more than is
 * wanted. */
static int read_text(struct walk *w, const char *name, char **ret_text, size_t *ret_bytes)
{
	cleanup_str struct str text = {0};
	cleanup_free char *block = malloc(BLOCK_BYTES);
	if (!block)
		return error_memory(w->err);
	for (;;) {
		const la_ssize_t got = archive_read_data(w->archive, block, BLOCK_BYTES);
		if (got < 0)
			return fail(w, name);
		if (got == 0)
			break;
		w->read_bytes += got;
		const int r = check_bomb(w);
		if (r < 0)
			return r;
		if (text.length + (size_t)got > w->entries->most_bytes)
			return 0;
		str_add_bytes(&text, block, (size_t)got);
	}
	const size_t bytes = text.length;
	const int r = str_take(&text, ret_text, w->err);
	if (r == 0)
		*ret_bytes = bytes;
	return r;
}

/* The name of an entry; a compressed file has none, and is called as the file is without its last
 * ending. */
static void name_of(const struct walk *w, struct archive_entry *entry, char name[NAME_BYTES])
{
	const char *const own = archive_entry_pathname(entry);
	const size_t length = strlen(w->path);
	const char *const dot = strrchr(w->path, '.');
	if (archive_format(w->archive) == ARCHIVE_FORMAT_RAW)
		snprintf(name, NAME_BYTES, "%.*s", (int)(dot ? (size_t)(dot - w->path) : length),
		         w->path);
	else
		snprintf(name, NAME_BYTES, "%s:%s", w->path, own ? own : "(no name)");
}

static int take_entry(struct walk *w, struct archive_entry *entry)
{
	char name[NAME_BYTES];
	char *text = NULL;
	size_t bytes = 0;
	const mode_t type = archive_entry_filetype(entry);
	if (archive_format(w->archive) == ARCHIVE_FORMAT_RAW &&
	    archive_filter_count(w->archive) <= 1)
		return error_set(w->err, EINVAL,
		                 "%s is no archive that is known: give a tar (plain, or compressed "
		                 "with gzip, bzip2, xz or zstd) or a zip",
		                 w->path);
	if (archive_entry_symlink(entry) || archive_entry_hardlink(entry)) {
		w->passed.links++;
		return 0;
	}
	if (type != AE_IFREG) {
		w->passed.specials += type != AE_IFDIR;
		return 0;
	}
	name_of(w, entry, name);
	if (!w->entries->is_wanted(name)) {
		w->passed.not_wanted++;
		return 0;
	}
	const int r = read_text(w, name, &text, &bytes);
	return r < 0 ? r : w->entries->take(w->entries->context, name, text, bytes, w->err);
}

/* What is left of an entry. Where the archive is compressed as a whole it has to be unpacked to get
 * behind it, and may be a bomb. */
static int pass_over(struct walk *w)
{
	const void *block = NULL;
	size_t bytes = 0;
	la_int64_t offset = 0;
	if (archive_filter_count(w->archive) <= 1)
		return 0;
	for (;;) {
		const int status = archive_read_data_block(w->archive, &block, &bytes, &offset);
		if (status == ARCHIVE_EOF)
			return 0;
		if (status < ARCHIVE_WARN)
			return fail(w, NULL);
		const int r = check_bomb(w);
		if (r < 0)
			return r;
	}
}

/* A tar that was cut between two of its entries lacks the zeros behind the last one alone. A
 * compression has a mark of its own end. */
static int check_end(const struct walk *w)
{
	static const char zeros[TAR_BLOCK_BYTES];
	char last[TAR_BLOCK_BYTES];
	const int format = archive_format(w->archive) & ARCHIVE_FORMAT_BASE_MASK;
	if (format != ARCHIVE_FORMAT_TAR || archive_filter_count(w->archive) > 1 ||
	    w->file_bytes < TAR_BLOCK_BYTES)
		return 0;
	cleanup_file FILE *file = fopen(w->path, "rbe");
	if (!file || fseeko(file, -(off_t)TAR_BLOCK_BYTES, SEEK_END) < 0 ||
	    fread(last, 1, TAR_BLOCK_BYTES, file) != TAR_BLOCK_BYTES)
		return error_system(w->err, errno ? errno : EIO, "cannot read %s", w->path);
	if (memcmp(last, zeros, TAR_BLOCK_BYTES) == 0)
		return 0;
	return error_set(w->err, EINVAL,
	                 "%s lacks the zeros that a tar ends with: it may be cut off behind its "
	                 "entry %zu; copy it again",
	                 w->path, w->count);
}

static int take_all(struct walk *w)
{
	for (;;) {
		struct archive_entry *entry = NULL;
		const int status = archive_read_next_header(w->archive, &entry);
		if (status == ARCHIVE_EOF)
			return check_end(w);
		if (status < ARCHIVE_WARN)
			return fail(w, NULL);
		if (++w->count > FILE_ENTRIES_MOST)
			return error_set(w->err, E2BIG, "%s has more than %d entries", w->path,
			                 FILE_ENTRIES_MOST);
		int r = check_bomb(w);
		if (r == 0)
			r = take_entry(w, entry);
		if (r == 0)
			r = pass_over(w);
		if (r < 0)
			return r;
	}
}

int file_entries_of_archive(const char *path, const struct file_entries *entries,
                            struct file_entries_passed *ret_passed, struct error *err)
{
	struct stat status;
	struct walk walk = {.path = path, .entries = entries, .err = err};
	if (stat(path, &status) < 0)
		return error_system(err, errno, "cannot read %s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(err, EINVAL, "%s is no file", path);
	walk.file_bytes = status.st_size;
	cleanup_archive struct archive *archive = archive_read_new();
	if (!archive)
		return error_memory(err);
	walk.archive = archive;
	int r = support(archive, err);
	if (r < 0)
		return r;
	if (archive_read_open_filename(archive, path, BLOCK_BYTES) != ARCHIVE_OK)
		return fail(&walk, NULL);
	r = take_all(&walk);
	if (r == 0)
		*ret_passed = walk.passed;
	return r;
}
