/* What of a task that has ended waits for the end of the trial: in a spool where it is short, in a
 * file of its own where it is not. */
#include "run/streams_parts.h"
#include "run/task_figures.h"
#include "run/task_logs.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is not longer is copied when a task has ended, which takes less than to give the slot a new
 * file. */
enum { SPOOL_MOST_BYTES = 256 << 10 };

void streams_name_kept(char name[STREAM_NAME_BYTES], const struct kept_stream *kept)
{
	snprintf(name, STREAM_NAME_BYTES, "kept-%" PRIu32 "-%" PRIu32 ".%u", kept->task.trial,
	         kept->task.index, kept->stream);
}

static bool is_to_be_kept(const struct streams *streams, const struct task_record *task)
{
	if (streams->settings.keep == KEEP_NONE)
		return false;
	return streams->settings.keep == KEEP_ALL || task_state_is_failure(task->state);
}

/* Only head and tail are stored: what lies between them gives its room on the disk back, where the
 * file system can do that. */
static void drop_middle(int fd, int64_t size)
{
	if (size > 2 * STREAMS_PART_BYTES)
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, STREAMS_PART_BYTES,
		          size - 2 * STREAMS_PART_BYTES);
}

/* Renames the slot's file and gives the slot a new one. */
static bool set_aside(struct streams *streams, int set, const struct kept_stream *kept)
{
	char from[STREAM_NAME_BYTES];
	char to[STREAM_NAME_BYTES];
	streams_name_slot(from, kept->slot, set, kept->stream);
	streams_name_kept(to, kept);
	if (renameat(streams->settings.folder_fd, from, streams->settings.folder_fd, to) < 0)
		return false;
	int *const fd = &streams->files[kept->slot].fds[set][kept->stream - 1];
	close(*fd);
	/* A slot without a file of its own prints to /dev/null: the run goes on. */
	*fd = streams_open_file(streams, kept->slot, set, kept->stream);
	return true;
}

/* Copies a short file behind what is in the spool. */
static bool spool(struct streams *streams, int fd, struct kept_stream *kept)
{
	int64_t done = 0;
	if (kept->bytes > SPOOL_MOST_BYTES)
		return false;
	while (done < kept->bytes) {
		const int64_t left = kept->bytes - done;
		const size_t wanted = left < SPOOL_PART_BYTES ? (size_t)left : SPOOL_PART_BYTES;
		const ssize_t got = pread(fd, streams->spool_part, wanted, done);
		if (got <= 0 || pwrite(streams->spool_fd, streams->spool_part, (size_t)got,
		                       streams->spool_bytes + done) != got)
			return false;
		done += got;
	}
	kept->spool_at = streams->spool_bytes;
	streams->spool_bytes += done;
	return true;
}

/* Sees to it that what is to be read may wait for the end of the trial; what may not is no more to
 * be read. */
static void claim_room(struct streams *streams, struct kept_stream *kept, int64_t bytes)
{
	if (!kept->is_log && !kept->has_figures)
		return;
	if (streams->log_bytes + bytes <= STREAMS_MOST_LOG_BYTES &&
	    streams->kept_count - streams->output_count < STREAMS_MOST_LOGS) {
		streams->log_bytes += bytes;
		return;
	}
	if (kept->is_log)
		task_logs_not_kept(streams->logs, &kept->task);
	if (kept->has_figures)
		task_figures_not_kept(streams->figures, &kept->task);
	kept->is_log = kept->has_figures = false;
}

/* Puts a file of a task that has ended where it waits for the end of the trial; the slot's file is
 * then empty. */
static bool keep_file(struct streams *streams, int set, int fd, struct kept_stream *kept)
{
	if (spool(streams, fd, kept))
		return ftruncate(fd, 0) == 0;
	if (!kept->is_log && !kept->has_figures)
		drop_middle(fd, kept->bytes);
	return set_aside(streams, set, kept);
}

static void finish_file(struct streams *streams, int set, struct kept_stream kept)
{
	const int fd = streams->files[kept.slot].fds[set][kept.stream - 1];
	if (kept.is_output && streams->output_count == STREAMS_MOST_KEPT) {
		kept.is_output = false;
		streams->dropped++;
	}
	claim_room(streams, &kept, kept.bytes);
	if ((kept.is_output || kept.is_log || kept.has_figures) &&
	    keep_file(streams, set, fd, &kept)) {
		streams->kept[streams->kept_count++] = kept;
		streams->output_count += kept.is_output;
		return;
	}
	streams->dropped += kept.is_output;
	if (ftruncate(fd, 0) < 0)
		streams->dropped++;
}

/* A file in the working folder stays there: it is looked for when the trial has ended. */
static void finish_file_of_task(struct streams *streams, struct kept_stream kept, bool is_log)
{
	kept.stream = 0;
	kept.is_output = false;
	kept.is_log = is_log;
	kept.has_figures = !is_log;
	claim_room(streams, &kept, 0);
	if (kept.is_log || kept.has_figures)
		streams->kept[streams->kept_count++] = kept;
}

void streams_finish(struct streams *streams, uint32_t slot, int set, const struct task_record *task)
{
	struct kept_stream kept = {
	        .slot = slot,
	        .spool_at = -1,
	        .task = {.trial = task->trial,
	                 .index = task->index,
	                 .start_ns = task->start_ns,
	                 .end_ns = task->end_ns,
	                 .start_offset_ns = streams->files[slot].start_offset_ns[set],
	                 .end_offset_ns = streams_calendar_offset(streams)},
	};
	const bool is_success = task_state_is_success(task->state);
	for (int stream = 1; stream <= 2; stream++) {
		const int fd = streams->files[slot].fds[set][stream - 1];
		struct stat status;
		kept.stream = (uint8_t)stream;
		kept.is_log = is_success && streams_is_log(streams, stream);
		kept.has_figures = is_success && streams_is_figures(streams, stream);
		if (fd < 0 || fstat(fd, &status) < 0 ||
		    (status.st_size == 0 && !kept.is_log && !kept.has_figures))
			continue;
		kept.is_output = is_to_be_kept(streams, task) && status.st_size > 0;
		kept.bytes = status.st_size;
		finish_file(streams, set, kept);
	}
	if (is_success && streams_is_log(streams, 0))
		finish_file_of_task(streams, kept, true);
	if (is_success && streams_is_figures(streams, 0))
		finish_file_of_task(streams, kept, false);
}
