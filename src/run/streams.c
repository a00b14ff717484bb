#include "run/streams.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "model/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STREAM_NAME_BYTES = 64 };

struct kept_stream {
	uint32_t trial;
	uint32_t index;
	uint8_t stream;
};

/* The two sets of one slot: stdout and stderr each. */
struct slot_files {
	int turn; /* the set in use */
	int fds[2][2];
};

struct streams {
	int folder_fd;
	int null_fd;
	uint32_t slot_count;
	enum keep_output keep;
	struct slot_files *files; /* by slot */
	struct kept_stream *kept;
	size_t kept_count;
	uint64_t dropped;
};

static void name_of_slot(char name[STREAM_NAME_BYTES], uint32_t slot, int set, int stream)
{
	snprintf(name, STREAM_NAME_BYTES, "slot-%" PRIu32 "-%d.%d", slot, set, stream);
}

static void name_of_kept(char name[STREAM_NAME_BYTES], const struct kept_stream *kept)
{
	snprintf(name, STREAM_NAME_BYTES, "kept-%" PRIu32 "-%" PRIu32 ".%u", kept->trial,
	         kept->index, kept->stream);
}

static int open_file(const struct streams *streams, uint32_t slot, int set, int stream)
{
	char name[STREAM_NAME_BYTES];
	name_of_slot(name, slot, set, stream);
	return openat(streams->folder_fd, name,
	              O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static int open_slot(struct streams *streams, uint32_t slot, struct error *err)
{
	for (int i = 0; i < 4; i++) {
		const int fd = open_file(streams, slot, i / 2, i % 2 + 1);
		if (fd < 0)
			return error_system(err, errno,
			                    "cannot open a file for the output of slot %" PRIu32,
			                    slot);
		streams->files[slot].fds[i / 2][i % 2] = fd;
	}
	return 0;
}

static int open_all(struct streams *streams, struct error *err)
{
	streams->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (streams->null_fd < 0)
		return error_system(err, errno, "cannot open /dev/null");
	int r = 0;
	for (uint32_t slot = 0; r == 0 && streams->keep != KEEP_NONE && slot < streams->slot_count;
	     slot++)
		r = open_slot(streams, slot, err);
	return r;
}

int streams_open(int folder_fd, uint32_t slot_count, enum keep_output keep,
                 struct streams **ret_streams, struct error *err)
{
	struct streams *const streams = calloc(1, sizeof *streams);
	if (!streams)
		return error_memory(err);
	streams->null_fd = -1;
	streams->folder_fd = folder_fd;
	streams->keep = keep;
	streams->files = malloc(slot_count * sizeof *streams->files);
	streams->kept = calloc(STREAMS_MOST_KEPT, sizeof *streams->kept);
	if (!streams->files || !streams->kept) {
		streams_close(streams);
		return error_memory(err);
	}
	streams->slot_count = slot_count;
	for (uint32_t slot = 0; slot < slot_count; slot++)
		streams->files[slot] = (struct slot_files){.fds = {{-1, -1}, {-1, -1}}};
	const int r = open_all(streams, err);
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
	for (uint32_t slot = 0; slot < streams->slot_count; slot++)
		for (int i = 0; i < 4; i++)
			if (streams->files[slot].fds[i / 2][i % 2] >= 0)
				close(streams->files[slot].fds[i / 2][i % 2]);
	if (streams->null_fd >= 0)
		close(streams->null_fd);
	free(streams->files);
	free(streams->kept);
	free(streams);
}

int streams_turn(struct streams *streams, uint32_t slot)
{
	return streams->files[slot].turn = 1 - streams->files[slot].turn;
}

int streams_fd(const struct streams *streams, uint32_t slot, int stream)
{
	const struct slot_files *const files = &streams->files[slot];
	if (stream == 0 || files->fds[files->turn][stream - 1] < 0)
		return streams->null_fd;
	return files->fds[files->turn][stream - 1];
}

static bool is_to_be_kept(const struct streams *streams, const struct task_record *task)
{
	return streams->keep == KEEP_ALL || task_state_is_failure(task->state);
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
static void set_aside(struct streams *streams, uint32_t slot, int set, int stream,
                      const struct task_record *task)
{
	struct kept_stream *const kept = &streams->kept[streams->kept_count];
	*kept = (struct kept_stream){task->trial, task->index, (uint8_t)stream};
	char from[STREAM_NAME_BYTES];
	char to[STREAM_NAME_BYTES];
	name_of_slot(from, slot, set, stream);
	name_of_kept(to, kept);
	if (renameat(streams->folder_fd, from, streams->folder_fd, to) < 0) {
		streams->dropped++;
		return;
	}
	streams->kept_count++;
	int *const fd = &streams->files[slot].fds[set][stream - 1];
	close(*fd);
	/* A slot without a file of its own prints to /dev/null: the run goes on. */
	*fd = open_file(streams, slot, set, stream);
}

void streams_finish(struct streams *streams, uint32_t slot, int set, const struct task_record *task)
{
	for (int stream = 1; stream <= 2; stream++) {
		const int fd = streams->files[slot].fds[set][stream - 1];
		struct stat status;
		if (fd < 0 || fstat(fd, &status) < 0 || status.st_size == 0)
			continue;
		const bool is_wanted = is_to_be_kept(streams, task);
		if (is_wanted && streams->kept_count < STREAMS_MOST_KEPT) {
			drop_middle(fd, status.st_size);
			set_aside(streams, slot, set, stream, task);
			continue;
		}
		streams->dropped += is_wanted;
		if (ftruncate(fd, 0) < 0)
			streams->dropped++;
	}
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

static void read_kept(const struct streams *streams, const struct kept_stream *kept,
                      struct output_record *output)
{
	char name[STREAM_NAME_BYTES];
	name_of_kept(name, kept);
	*output = (struct output_record){
	        .trial = kept->trial, .index = kept->index, .stream = kept->stream};
	cleanup_close int fd = openat(streams->folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat status;
	if (fd < 0 || fstat(fd, &status) < 0)
		return;
	const int64_t size = status.st_size;
	const int64_t head = size < STREAMS_PART_BYTES ? size : STREAMS_PART_BYTES;
	const int64_t tail = size - head < STREAMS_PART_BYTES ? size - head : STREAMS_PART_BYTES;
	output->total_bytes = size;
	output->head = read_part(fd, 0, (size_t)head, &output->head_bytes);
	if (tail > 0)
		output->tail = read_part(fd, size - tail, (size_t)tail, &output->tail_bytes);
}

int streams_flush(struct streams *streams, const struct sink *sink, uint64_t *ret_dropped,
                  struct error *err)
{
	int result = 0;
	for (size_t i = 0; i < streams->kept_count; i++) {
		const struct kept_stream *const kept = &streams->kept[i];
		struct record record = {.kind = RECORD_OUTPUT};
		if (result == 0) {
			read_kept(streams, kept, &record.output);
			result = sink_put(sink, &record, err);
		}
		char name[STREAM_NAME_BYTES];
		name_of_kept(name, kept);
		unlinkat(streams->folder_fd, name, 0);
	}
	streams->kept_count = 0;
	*ret_dropped = streams->dropped;
	streams->dropped = 0;
	return result;
}
