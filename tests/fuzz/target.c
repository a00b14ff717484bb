#include "target.h"

#include "core/error.h"
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct fuzz_target *fuzz_find(const char *name)
{
	for (const struct fuzz_target *t = fuzz_targets; t->name; t++)
		if (strcmp(t->name, name) == 0)
			return t;
	return NULL;
}

void fuzz_run(const struct fuzz_target *target, const char *bytes, size_t count)
{
	char *const text = malloc(count + 1);
	if (!text)
		abort();
	if (count > 0)
		memcpy(text, bytes, count);
	text[count] = '\0';
	target->run(bytes, text, count);
	free(text);
}

void fuzz_failed(const char *file, int line, const char *promise)
{
	fprintf(stderr, "%s:%d: a promise is broken: %s\n", file, line, promise);
	abort();
}

static void check_shown(const char *text)
{
	fuzz_promise(text[0] != '\0');
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		fuzz_promise(*p >= 0x20 && *p != 0x7f);
}

void fuzz_check_told(int result, const struct problems *problems, const struct error *err)
{
	fuzz_promise(result <= 0);
	if (result == 0) {
		fuzz_promise(!problems || problems->count == 0);
		return;
	}
	fuzz_promise(err->text[0] != '\0');
	for (size_t i = 0; problems && i < problems->count; i++) {
		fuzz_promise(problems->items[i].line > 0);
		check_shown(problems->items[i].text);
	}
}

FILE *fuzz_stream(const char *bytes, size_t count)
{
	/* fmemopen writes nothing in mode "r". */
	FILE *const stream = fmemopen((void *)(uintptr_t)bytes, count, "r");
	if (!stream)
		abort();
	return stream;
}

/* ---- A file -------------------------------------------------------------------------------- */

static char *folder;
static pid_t folder_owner;

static void remove_folder(void)
{
	struct error ignored;
	if (folder && folder_owner == getpid())
		file_remove_tree(AT_FDCWD, folder, &ignored);
	free(folder);
	folder = NULL;
}

/* In memory, where there is such a place: thousands of files a second are written. */
static void make_folder(void)
{
	struct error err;
	const char *const memory = access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : NULL;
	folder = NULL;
	if (file_make_temporary_folder(memory, "plateau-fuzz", &folder, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	folder_owner = getpid();
	atexit(remove_folder);
}

const char *fuzz_file(const char *name, const char *bytes, size_t count)
{
	static char path[4096];
	struct error err;
	if (!folder || folder_owner != getpid())
		make_folder();
	snprintf(path, sizeof path, "%s/%s", folder, name);
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || file_write_all(fd, bytes, count, &err) < 0)
		abort();
	close(fd);
	return path;
}

/* ---- Parts of an input --------------------------------------------------------------------- */

char *fuzz_take_line(const char **at, const char *end)
{
	if (*at >= end)
		return NULL;
	const char *const newline = memchr(*at, '\n', (size_t)(end - *at));
	const char *const stop = newline ? newline : end;
	char *const line = strndup(*at, (size_t)(stop - *at));
	if (!line)
		abort();
	*at = newline ? newline + 1 : end;
	return line;
}

size_t fuzz_choose(const char **bytes, size_t *count, size_t things)
{
	if (*count == 0)
		return 0;
	const unsigned char byte = (unsigned char)**bytes;
	*bytes += 1;
	*count -= 1;
	/* Letters choose in their order, so that a corpus can be read. */
	return (byte >= 'a' && byte <= 'z' ? (size_t)(byte - 'a') : (size_t)byte) % things;
}
