#include "run/log_file.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/number.h"
#include "model/template.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Why what stands at the log's place is not read; NULL: it is, as far as its kind goes. */
static const char *refuse_kind(const struct stat *status)
{
	static const struct {
		mode_t kind;
		const char *why;
	} kinds[] = {
	        {S_IFREG, NULL},
	        {S_IFDIR, "is a folder"},
	        {S_IFLNK, "is a symbolic link, which is not followed"},
	        {S_IFIFO, "is a pipe"},
	        {S_IFSOCK, "is a socket"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if ((status->st_mode & S_IFMT) == kinds[i].kind)
			return kinds[i].why;
	return "is a device";
}

static int refuse(const char *name, const struct stat *status, int64_t most_bytes,
                  char why[LOG_WHY_BYTES])
{
	const char *const kind = refuse_kind(status);
	char size[NUMBER_TEXT_BYTES];
	if (kind) {
		snprintf(why, LOG_WHY_BYTES, "%.200s %s; a log is a plain file", name, kind);
		return -1;
	}
	if (status->st_size <= most_bytes)
		return 0;
	number_format_bytes(status->st_size, size);
	snprintf(why, LOG_WHY_BYTES,
	         "%.200s has %s, more than is read of all logs of a trial; have the task log less",
	         name, size);
	return -1;
}

int log_file_open(int workdirs_fd, const char *name, uint32_t slot, uint32_t index,
                  int64_t most_bytes, int64_t *ret_bytes, char why[LOG_WHY_BYTES])
{
	char index_text[16];
	char slot_text[16];
	char path[512];
	snprintf(index_text, sizeof index_text, "%" PRIu32, index);
	snprintf(slot_text, sizeof slot_text, "%" PRIu32, slot);
	const struct template_values values = {
	        .text = {[TEMPLATE_INDEX] = index_text, [TEMPLATE_SLOT] = slot_text}};
	const size_t folder = (size_t)snprintf(path, sizeof path, "%s/", slot_text);
	if (template_fill(name, &values, path + folder, sizeof path - folder) >=
	    sizeof path - folder) {
		snprintf(why, LOG_WHY_BYTES, "the name of its file is too long");
		return -1;
	}
	struct stat status;
	const int fd = openat(workdirs_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const int code = errno;
	const int r = fd < 0 ? fstatat(workdirs_fd, path, &status, AT_SYMLINK_NOFOLLOW)
	                     : fstat(fd, &status);
	if (r == 0 && refuse(path + folder, &status, most_bytes, why) == 0 && fd >= 0) {
		*ret_bytes = status.st_size;
		return fd;
	}
	/* What may not be opened may be a file all the same. */
	if (r < 0 || (fd < 0 && !refuse_kind(&status)))
		snprintf(why, LOG_WHY_BYTES, "%.200s: %s", path + folder, strerror(code));
	if (fd >= 0)
		close(fd);
	return -1;
}
