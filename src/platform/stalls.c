#include "platform/stalls.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "platform/host_read.h"
#include "platform/pressure.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STALL_PATH_BYTES = HOST_CGROUP_PATH_BYTES + 512 };

struct stalls {
	int fds[PRESSURE_KINDS]; /* -1: cannot be read */
	bool is_group;
	char source[HOST_CGROUP_PATH_BYTES + 64];
	const char *reason; /* NULL: there is something */
};

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=N" and the same with "full", N in us
 * (Documentation/accounting/psi in the kernel). */
int64_t stalls_parse(const char *text, const char *word)
{
	const size_t length = strlen(word);
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, word, length) != 0 || line[length] != ' ')
			continue;
		const char *const total = strstr(line, " total=");
		const char *const end = strchr(line, '\n');
		char *behind = NULL;
		if (!total || (end && total > end))
			return RECORD_ABSENT;
		const long long us = strtoll(total + strlen(" total="), &behind, 10);
		const bool is_number = behind > total + strlen(" total=");
		return is_number && us >= 0 && us < INT64_MAX / NS_PER_US ? us * NS_PER_US
		                                                          : RECORD_ABSENT;
	}
	return RECORD_ABSENT;
}

/* The text of an open file from its beginning; false where there is none: without psi=1 the files
 * can be there and refuse to be read. */
static bool read_again(int fd, char *text, size_t text_bytes)
{
	const ssize_t got = fd < 0 ? -1 : pread(fd, text, text_bytes - 1, 0);
	text[got > 0 ? got : 0] = '\0';
	return got > 0;
}

static void close_all(struct stalls *stalls)
{
	for (int i = 0; i < PRESSURE_KINDS; i++) {
		if (stalls->fds[i] >= 0)
			close(stalls->fds[i]);
		stalls->fds[i] = -1;
	}
}

/* Opens FOLDER/KINDsuffix of all kinds. Returns whether the first of them can be read. */
static bool open_all(struct stalls *stalls, const char *sysroot, const char *folder,
                     const char *suffix)
{
	char text[256];
	for (int i = 0; i < PRESSURE_KINDS; i++) {
		char path[STALL_PATH_BYTES];
		const int length = snprintf(path, sizeof path, "%s%s/%s%s", sysroot, folder,
		                            pressure_kind_names[i], suffix);
		if (length > 0 && (size_t)length < sizeof path)
			stalls->fds[i] = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (read_again(stalls->fds[0], text, sizeof text) &&
	    stalls_parse(text, "some") != RECORD_ABSENT)
		return true;
	close_all(stalls);
	return false;
}

/* The group of this process, unless it is the root: that has no others beside it. */
static bool find_group(const struct host_reader *reader, char folder[HOST_CGROUP_PATH_BYTES])
{
	cleanup_free char *groups = host_read_text(reader, NULL, "/proc/self/cgroup");
	const char *const own = groups ? strstr(groups, "0::/") : NULL;
	return own && (own == groups || own[-1] == '\n') && own[strlen("0::/")] &&
	       own[strlen("0::/")] != '\n' && host_cgroup_folder(reader, NULL, folder);
}

int stalls_open(const char *sysroot, struct stalls **ret_stalls, struct error *err)
{
	const struct host_reader reader = {.sysroot = sysroot ? sysroot : "", .is_live = !sysroot};
	struct stalls *const stalls = calloc(1, sizeof *stalls);
	if (!stalls)
		return error_memory(err);
	for (int i = 0; i < PRESSURE_KINDS; i++)
		stalls->fds[i] = -1;
	char folder[HOST_CGROUP_PATH_BYTES];
	stalls->is_group = find_group(&reader, folder) &&
	                   open_all(stalls, reader.sysroot, folder, ".pressure");
	if (stalls->is_group)
		snprintf(stalls->source, sizeof stalls->source, "the control group %s", folder);
	else if (open_all(stalls, reader.sysroot, "/proc/pressure", ""))
		snprintf(stalls->source, sizeof stalls->source,
		         "the whole machine (/proc/pressure)");
	else
		stalls->reason = "the kernel keeps no pressure stall information: it needs "
		                 "CONFIG_PSI, and in some distributions an administrator has to "
		                 "boot it with psi=1";
	*ret_stalls = stalls;
	return 0;
}

void stalls_close(struct stalls *stalls)
{
	if (!stalls)
		return;
	close_all(stalls);
	free(stalls);
}

const char *stalls_source(const struct stalls *stalls, const char **ret_reason)
{
	*ret_reason = stalls->reason;
	return stalls->reason ? NULL : stalls->source;
}

void stalls_read(const struct stalls *stalls, struct stall_reading *ret_reading)
{
	ret_reading->at_ns = clock_now_ns();
	for (int i = 0; i < PRESSURE_KINDS; i++) {
		char text[256] = "";
		const bool has_text = stalls && read_again(stalls->fds[i], text, sizeof text);
		int64_t *const totals = &ret_reading->total_ns[2 * i];
		totals[0] = has_text ? stalls_parse(text, "some") : RECORD_ABSENT;
		totals[1] = has_text ? stalls_parse(text, "full") : RECORD_ABSENT;
	}
	/* For the whole machine the kernel prints 0 there, which means nothing. */
	if (!stalls || !stalls->is_group)
		ret_reading->total_ns[STALL_CPU_FULL] = RECORD_ABSENT;
}
