/* The end of a trial: what waited for it goes to the sink. */
#include "core/cleanup.h"
#include "core/clock.h"
#include "formats/log/log_read.h"
#include "model/sink.h"
#include "model/window.h"
#include "run/log_file.h"
#include "run/streams_parts.h"
#include "run/task_figures.h"
#include "run/task_logs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	streams_name_kept(name, kept);
	const int fd = openat(streams->settings.folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		snprintf(why, LOG_WHY_BYTES, "what the task printed cannot be read: %s",
		         strerror(errno));
	return fd;
}

static void remove_kept(const struct streams *streams, const struct kept_stream *kept)
{
	char name[STREAM_NAME_BYTES];
	streams_name_kept(name, kept);
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
