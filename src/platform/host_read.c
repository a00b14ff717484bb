#include "platform/host_read.h"

#include "core/error.h"
#include "core/file.h"
#include "core/number.h"
#include "core/str.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOST_PATH_BYTES = 4096, HOST_FILE_MAX_BYTES = 16 << 20 };

static char *read_path(const struct host_reader *reader, const char *path,
                       char reason[HOST_REASON_BYTES])
{
	char whole[HOST_PATH_BYTES];
	struct error err;
	char *text = NULL;
	size_t bytes = 0;
	if (reader->is_picture) {
		if (reason)
			snprintf(reason, HOST_REASON_BYTES,
			         "only the topology of a recorded machine is known");
		return NULL;
	}
	const int length = snprintf(whole, sizeof whole, "%s%s", reader->sysroot, path);
	if (length < 0 || (size_t)length >= sizeof whole) {
		if (reason)
			snprintf(reason, HOST_REASON_BYTES, "the path is too long");
		return NULL;
	}
	if (file_read(whole, HOST_FILE_MAX_BYTES, &text, &bytes, &err) < 0) {
		if (reason)
			snprintf(reason, HOST_REASON_BYTES, "%.*s", HOST_REASON_BYTES - 1,
			         err.text);
		return NULL;
	}
	while (bytes > 0 && isspace((unsigned char)text[bytes - 1]))
		text[--bytes] = '\0';
	return text;
}

char *host_read_text(const struct host_reader *reader, char reason[HOST_REASON_BYTES],
                     const char *format, ...)
{
	char path[HOST_PATH_BYTES];
	va_list args;
	va_start(args, format);
	vsnprintf(path, sizeof path, format, args);
	va_end(args);
	return read_path(reader, path, reason);
}

bool host_read_number(const struct host_reader *reader, int64_t *ret_value, const char *format, ...)
{
	char path[HOST_PATH_BYTES];
	va_list args;
	va_start(args, format);
	vsnprintf(path, sizeof path, format, args);
	va_end(args);
	struct error err;
	char *const text = read_path(reader, path, NULL);
	const bool is_number =
	        text && number_parse_integer(text, INT64_MIN, INT64_MAX, ret_value, &err) == 0;
	free(text);
	return is_number;
}

bool host_has_file(const struct host_reader *reader, const char *path)
{
	char whole[HOST_PATH_BYTES];
	snprintf(whole, sizeof whole, "%s%s", reader->sysroot, path);
	return !reader->is_picture && access(whole, F_OK) == 0;
}

bool host_find_line(const char *text, const char *key, char value[HOST_LINE_BYTES])
{
	const size_t key_length = strlen(key);
	for (const char *line = text; line && *line;) {
		const size_t length = strcspn(line, "\n");
		const char *p = line + key_length;
		if (length > key_length && memcmp(line, key, key_length) == 0 &&
		    (*p == ':' || *p == '=' || isblank((unsigned char)*p))) {
			while (p < line + length &&
			       (*p == ':' || *p == '=' || isblank((unsigned char)*p)))
				p++;
			snprintf(value, HOST_LINE_BYTES, "%.*s", (int)(line + length - p), p);
			return true;
		}
		line += length + (line[length] == '\n');
	}
	return false;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int host_list(const struct host_reader *reader, const char *path, const char *prefix, char **names,
              int most)
{
	char whole[HOST_PATH_BYTES];
	snprintf(whole, sizeof whole, "%s%s", reader->sysroot, path);
	DIR *const folder = reader->is_picture ? NULL : opendir(whole);
	if (!folder)
		return -1;
	int count = 0;
	for (const struct dirent *entry; count < most && (entry = readdir(folder));) {
		if (entry->d_name[0] == '.' || !str_starts_with(entry->d_name, prefix))
			continue;
		names[count] = strdup(entry->d_name);
		count += names[count] != NULL;
	}
	closedir(folder);
	qsort(names, (size_t)count, sizeof *names, compare_names);
	return count;
}

void host_add(struct host_reader *reader, const char *name, const char *value, const char *reason)
{
	if (reader->result < 0)
		return;
	reader->result =
	        host_facts_add(reader->facts, name, value, value ? NULL : reason, reader->err);
}

void host_add_number(struct host_reader *reader, const char *name, int64_t value)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRId64, value);
	host_add(reader, name, text, NULL);
}

void host_add_count(struct host_reader *reader, const char *name, size_t count, const char *reason)
{
	if (count > 0)
		host_add_number(reader, name, (int64_t)count);
	else
		host_add(reader, name, NULL, reason);
}

void host_add_file(struct host_reader *reader, const char *name, const char *path)
{
	char reason[HOST_REASON_BYTES];
	char *const text = host_read_text(reader, reason, "%s", path);
	const bool is_empty = text && !*text;
	host_add(reader, name, is_empty ? NULL : text, is_empty ? "the file is empty" : reason);
	free(text);
}
