#include "run/streams.h"

#include "core/clock.h"
#include "core/error.h"
#include "run/streams_parts.h"
#include "run/task_figures.h"
#include "run/task_logs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The reading that took least is taken:
 * between two looks at clocks plateau may have lost the CPU. */
int64_t streams_calendar_offset(const struct streams *streams)
{
	enum { MOST_READINGS = 5 };
	int64_t least_ns = INT64_MAX;
	int64_t offset_ns = 0;
	for (int i = 0; i < MOST_READINGS && least_ns > 10 * NS_PER_US; i++) {
		const int64_t before_ns = clock_now_ns();
		const int64_t calendar_ns = clock_calendar_ns();
		const int64_t took_ns = clock_now_ns() - before_ns;
		if (took_ns >= least_ns)
			continue;
		least_ns = took_ns;
		offset_ns = calendar_ns - (before_ns + took_ns / 2 - streams->settings.origin_ns);
	}
	return offset_ns;
}

void streams_name_slot(char name[STREAM_NAME_BYTES], uint32_t slot, int set, int stream)
{
	snprintf(name, STREAM_NAME_BYTES, "slot-%" PRIu32 "-%d.%d", slot, set, stream);
}

int streams_open_file(const struct streams *streams, uint32_t slot, int set, int stream)
{
	char name[STREAM_NAME_BYTES];
	streams_name_slot(name, slot, set, stream);
	return openat(streams->settings.folder_fd, name,
	              O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static bool is_of(const struct scenario_log *log, int stream)
{
	static const int streams_of[] = {[LOG_STDERR] = 2, [LOG_STDOUT] = 1, [LOG_IN_FILE] = 0};
	return streams_of[log->stream] == stream;
}

bool streams_is_log(const struct streams *streams, int stream)
{
	return streams->logs && is_of(&streams->settings.phases->log, stream);
}

bool streams_is_figures(const struct streams *streams, int stream)
{
	return streams->figures && is_of(&streams->settings.figures->log, stream);
}

static int open_slot(struct streams *streams, uint32_t slot, struct error *err)
{
	for (int i = 0; i < 4; i++) {
		const int stream = i % 2 + 1;
		if (streams->settings.keep == KEEP_NONE && !streams_is_log(streams, stream) &&
		    !streams_is_figures(streams, stream))
			continue;
		const int fd = streams_open_file(streams, slot, i / 2, stream);
		if (fd < 0)
			return error_system(err, errno,
			                    "cannot open a file for the output of slot %" PRIu32,
			                    slot);
		streams->files[slot].fds[i / 2][stream - 1] = fd;
	}
	return 0;
}

static int open_all(struct streams *streams, struct error *err)
{
	const struct streams_settings *const settings = &streams->settings;
	streams->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (streams->null_fd < 0)
		return error_system(err, errno, "cannot open /dev/null");
	int r = 0;
	if (settings->phases && settings->phases->format != PHASES_NONE)
		r = task_logs_open(settings->phases, &streams->logs, err);
	if (r == 0 && settings->figures && settings->figures->names.count > 0)
		r = task_figures_open(settings->figures, &streams->figures, err);
	streams->spool_fd = openat(settings->folder_fd, "spool",
	                           O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (r == 0 && streams->spool_fd < 0)
		r = error_system(err, errno, "cannot open a file for the output of tasks");
	streams->kept_most =
	        STREAMS_MOST_KEPT + (streams->logs || streams->figures ? STREAMS_MOST_LOGS : 0);
	streams->kept = calloc(streams->kept_most, sizeof *streams->kept);
	if (r == 0 && !streams->kept)
		r = error_memory(err);
	for (uint32_t slot = 0; r == 0 && slot < settings->slot_count; slot++)
		r = open_slot(streams, slot, err);
	return r;
}

int streams_open(const struct streams_settings *settings, struct streams **ret_streams,
                 struct error *err)
{
	struct streams *const streams = calloc(1, sizeof *streams);
	if (!streams)
		return error_memory(err);
	streams->settings = *settings;
	streams->null_fd = streams->spool_fd = -1;
	streams->files = malloc(settings->slot_count * sizeof *streams->files);
	for (uint32_t slot = 0; streams->files && slot < settings->slot_count; slot++)
		streams->files[slot] = (struct slot_files){.fds = {{-1, -1}, {-1, -1}}};
	const int r = streams->files ? open_all(streams, err) : error_memory(err);
	if (r < 0) {
		streams_close(streams);
		return r;
	}
	*ret_streams = streams;
	return 0;
}

void streams_close(struct streams *streams)
{
	if (!streams)
		return;
	for (uint32_t slot = 0; streams->files && slot < streams->settings.slot_count; slot++)
		for (int i = 0; i < 4; i++)
			if (streams->files[slot].fds[i / 2][i % 2] >= 0)
				close(streams->files[slot].fds[i / 2][i % 2]);
	if (streams->null_fd >= 0)
		close(streams->null_fd);
	if (streams->spool_fd >= 0)
		close(streams->spool_fd);
	task_logs_close(streams->logs);
	task_figures_close(streams->figures);
	free(streams->files);
	free(streams->kept);
	free(streams);
}

int streams_turn(struct streams *streams, uint32_t slot)
{
	struct slot_files *const files = &streams->files[slot];
	files->turn = 1 - files->turn;
	files->start_offset_ns[files->turn] = streams_calendar_offset(streams);
	return files->turn;
}

int streams_fd(const struct streams *streams, uint32_t slot, int stream)
{
	const struct slot_files *const files = &streams->files[slot];
	if (stream == 0 || files->fds[files->turn][stream - 1] < 0)
		return streams->null_fd;
	return files->fds[files->turn][stream - 1];
}

static bool is_file(int fd, dev_t device, ino_t inode)
{
	struct stat status;
	return fd >= 0 && fstat(fd, &status) == 0 && status.st_dev == device &&
	       status.st_ino == inode;
}

int64_t streams_slot_of(const struct streams *streams, dev_t device, ino_t inode)
{
	for (uint32_t slot = 0; slot < streams->settings.slot_count; slot++)
		for (int i = 0; i < 4; i++)
			if (is_file(streams->files[slot].fds[i / 2][i % 2], device, inode))
				return slot;
	return -1;
}
