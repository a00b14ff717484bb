#include "run/streams.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "formats/log/log_read.h"
#include "model/sink.h"
#include "model/window.h"
#include "run/log_file.h"
#include "run/task_figures.h"
#include "run/task_logs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	STREAM_NAME_BYTES = 64,
	/* What is not longer is copied when a task has ended, which takes less than to give the
	 * slot a new file. */
	SPOOL_MOST_BYTES = 256 << 10,
	SPOOL_PART_BYTES = 64 << 10
};

/* A file that waits for the end of the trial. */
struct kept_stream {
	uint32_t slot;
	uint8_t stream;   /* 0: a file in the working folder */
	bool is_output;   /* head and tail are wanted */
	bool is_log;      /* its phases are */
	bool has_figures; /* its figures are */
	int64_t spool_at; /* where in the spool it is; -1: in a file of its own */
	int64_t bytes;
	struct task_log task;
};

/* The two sets of one slot: stdout and stderr each. */
struct slot_files {
	int turn; /* the set in use */
	int fds[2][2];
	int64_t start_offset_ns[2]; /* calendar_offset_ns when the set was turned to */
};

struct streams {
	struct streams_settings settings;
	int null_fd;
	struct slot_files *files;     /* by slot */
	struct task_logs *logs;       /* NULL: none are read */
	struct task_figures *figures; /* the same */
	struct kept_stream *kept;
	size_t kept_count;
	size_t kept_most;
	size_t output_count;
	int spool_fd; /* of what is short, one after the other */
	int64_t spool_bytes;
	char spool_part[SPOOL_PART_BYTES];
	int64_t log_bytes;
	uint64_t dropped;
};

/* What the calendar says less what the run's clock says. The reading that took least is taken:
 * between two looks at clocks plateau may have lost the CPU. */
static int64_t calendar_offset_ns(const struct streams *streams)
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

static void name_of_slot(char name[STREAM_NAME_BYTES], uint32_t slot, int set, int stream)
{
	snprintf(name, STREAM_NAME_BYTES, "slot-%" PRIu32 "-%d.%d", slot, set, stream);
}

static void name_of_kept(char name[STREAM_NAME_BYTES], const struct kept_stream *kept)
{
	snprintf(name, STREAM_NAME_BYTES, "kept-%" PRIu32 "-%" PRIu32 ".%u", kept->task.trial,
	         kept->task.index, kept->stream);
}

static int open_file(const struct streams *streams, uint32_t slot, int set, int stream)
{
	char name[STREAM_NAME_BYTES];
	name_of_slot(name, slot, set, stream);
	return openat(streams->settings.folder_fd, name,
	              O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static bool is_of(const struct scenario_log *log, int stream)
{
	static const int streams_of[] = {[LOG_STDERR] = 2, [LOG_STDOUT] = 1, [LOG_IN_FILE] = 0};
	return streams_of[log->stream] == stream;
}

static bool is_log_stream(const struct streams *streams, int stream)
{
	return streams->logs && is_of(&streams->settings.phases->log, stream);
}

static bool is_figure_stream(const struct streams *streams, int stream)
{
	return streams->figures && is_of(&streams->settings.figures->log, stream);
}

static int open_slot(struct streams *streams, uint32_t slot, struct error *err)
{
	for (int i = 0; i < 4; i++) {
		const int stream = i % 2 + 1;
		if (streams->settings.keep == KEEP_NONE && !is_log_stream(streams, stream) &&
		    !is_figure_stream(streams, stream))
			continue;
		const int fd = open_file(streams, slot, i / 2, stream);
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
	files->start_offset_ns[files->turn] = calendar_offset_ns(streams);
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
	name_of_slot(from, kept->slot, set, kept->stream);
	name_of_kept(to, kept);
	if (renameat(streams->settings.folder_fd, from, streams->settings.folder_fd, to) < 0)
		return false;
	int *const fd = &streams->files[kept->slot].fds[set][kept->stream - 1];
	close(*fd);
	/* A slot without a file of its own prints to /dev/null: the run goes on. */
	*fd = open_file(streams, kept->slot, set, kept->stream);
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
	                 .end_offset_ns = calendar_offset_ns(streams)},
	};
	const bool is_success = task_state_is_success(task->state);
	for (int stream = 1; stream <= 2; stream++) {
		const int fd = streams->files[slot].fds[set][stream - 1];
		struct stat status;
		kept.stream = (uint8_t)stream;
		kept.is_log = is_success && is_log_stream(streams, stream);
		kept.has_figures = is_success && is_figure_stream(streams, stream);
		if (fd < 0 || fstat(fd, &status) < 0 ||
		    (status.st_size == 0 && !kept.is_log && !kept.has_figures))
			continue;
		kept.is_output = is_to_be_kept(streams, task) && status.st_size > 0;
		kept.bytes = status.st_size;
		finish_file(streams, set, kept);
	}
	if (is_success && is_log_stream(streams, 0))
		finish_file_of_task(streams, kept, true);
	if (is_success && is_figure_stream(streams, 0))
		finish_file_of_task(streams, kept, false);
}

/* Reads up to STREAMS_PART_BYTES at offset into a fresh buffer. */
static char *read_part(int fd, int64_t offset, size_t wanted, uint32_t *ret_bytes)
{
	char *const part = malloc(wanted + 1);
	const ssize_t got = part ? pread(fd, part, wanted, offset) : -1;
	if (got <= 0) {
		free(part);
		return NULL;
	}
	*ret_bytes = (uint32_t)got;
	return part;
}

static void read_output(const struct log_place *place, const struct kept_stream *kept,
                        struct output_record *output)
{
	*output = (struct output_record){
	        .trial = kept->task.trial, .index = kept->task.index, .stream = kept->stream};
	if (place->fd < 0)
		return;
	const int64_t size = kept->bytes;
	const int64_t head = size < STREAMS_PART_BYTES ? size : STREAMS_PART_BYTES;
	const int64_t tail = size - head < STREAMS_PART_BYTES ? size - head : STREAMS_PART_BYTES;
	output->total_bytes = size;
	output->head = read_part(place->fd, place->offset, (size_t)head, &output->head_bytes);
	if (tail > 0)
		output->tail = read_part(place->fd, place->offset + size - tail, (size_t)tail,
		                         &output->tail_bytes);
}

/* What a task wrote into its working folder. Returns -1 with the reason in why. */
static int open_log_file(struct streams *streams, const struct kept_stream *kept,
                         char why[LOG_WHY_BYTES])
{
	int64_t bytes = 0;
	const struct scenario_log *const log =
	        kept->is_log ? &streams->settings.phases->log : &streams->settings.figures->log;
	const int fd = log_file_open(streams->settings.workdirs_fd, log->file, kept->slot,
	                             kept->task.index, STREAMS_MOST_LOG_BYTES - streams->log_bytes,
	                             &bytes, why);
	if (fd >= 0)
		streams->log_bytes += bytes;
	return fd;
}

/* A file of its own; -1 with the reason in why. */
static int open_kept(struct streams *streams, const struct kept_stream *kept,
                     char why[LOG_WHY_BYTES])
{
	if (kept->stream == 0)
		return open_log_file(streams, kept, why);
	char name[STREAM_NAME_BYTES];
	name_of_kept(name, kept);
	const int fd = openat(streams->settings.folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		snprintf(why, LOG_WHY_BYTES, "what the task printed cannot be read: %s",
		         strerror(errno));
	return fd;
}

static void remove_kept(const struct streams *streams, const struct kept_stream *kept)
{
	char name[STREAM_NAME_BYTES];
	name_of_kept(name, kept);
	if (kept->stream > 0 && kept->spool_at < 0)
		unlinkat(streams->settings.folder_fd, name, 0);
}

static int flush_one(struct streams *streams, const struct kept_stream *kept, bool is_measured,
                     const struct sink *sink, struct error *err)
{
	char why[LOG_WHY_BYTES] = "";
	cleanup_close int own_fd = kept->spool_at < 0 ? open_kept(streams, kept, why) : -1;
	const struct log_place own = {.fd = own_fd, .bytes = -1};
	const struct log_place spooled = {streams->spool_fd, kept->spool_at, kept->bytes};
	const struct log_place *const place = kept->spool_at < 0 ? &own : &spooled;
	int r = 0;
	if (kept->is_output) {
		struct record record = {.kind = RECORD_OUTPUT};
		read_output(place, kept, &record.output);
		r = sink_put(sink, &record, err);
	}
	if (r == 0 && kept->is_log && is_measured)
		r = task_logs_read(streams->logs, &kept->task, place, why, sink, err);
	if (r == 0 && kept->has_figures && is_measured)
		r = task_figures_read(streams->figures, &kept->task, place, why, sink, err);
	return r;
}

/* The next trial begins with nothing. */
static void forget_all(struct streams *streams)
{
	if (streams->spool_bytes > 0 && ftruncate(streams->spool_fd, 0) < 0)
		streams->dropped++;
	streams->kept_count = 0;
	streams->output_count = 0;
	streams->spool_bytes = 0;
	streams->log_bytes = 0;
}

int streams_flush(struct streams *streams, int64_t window_start_ns, int64_t window_end_ns,
                  const struct sink *sink, uint64_t *ret_dropped, struct error *err)
{
	int r = 0;
	for (size_t i = 0; i < streams->kept_count; i++) {
		const struct kept_stream *const kept = &streams->kept[i];
		const bool is_measured =
		        window_role(kept->task.start_ns, kept->task.end_ns, window_start_ns,
		                    window_end_ns) == ROLE_MEASURED;
		if (r == 0)
			r = flush_one(streams, kept, is_measured, sink, err);
		remove_kept(streams, kept);
	}
	const int64_t now_ns = clock_now_ns() - streams->settings.origin_ns;
	if (r == 0 && streams->logs)
		r = task_logs_tell(streams->logs, now_ns, sink, err);
	if (r == 0 && streams->figures)
		r = task_figures_tell(streams->figures, now_ns, sink, err);
	forget_all(streams);
	*ret_dropped = streams->dropped;
	streams->dropped = 0;
	return r;
}

const char *streams_log_fault(const struct streams *streams)
{
	const char *const fault = streams->logs ? task_logs_fault(streams->logs) : NULL;
	if (fault || !streams->figures)
		return fault;
	return task_figures_fault(streams->figures);
}
