/* Follows descriptors through dup, fork, exec and rename, and says what each call did to which file
 * at which position. Pure: it knows the machine only through the calls. */
#ifndef ANALYSE_IO_TRACK_H
#define ANALYSE_IO_TRACK_H

#include "model/io.h"

struct io_track;

/* working_folder is that of the first process, NULL where it is not known. Returns NULL with
 * -ENOMEM in err. */
struct io_track *io_track_new(const char *working_folder, io_operation_taker *take, void *context,
                              struct error *err);

/* Takes the next call. Returns 0, -ENOMEM, or what the taker returned. */
int io_track_call(struct io_track *track, const struct io_call *call, struct error *err);

/* The files so far: they hold until the next call. */
const struct io_file *io_track_files(const struct io_track *track, size_t *ret_count);

/* What could not be followed: calls of descriptors that were never seen opened, processes that came
 * from nowhere. */
size_t io_track_unknown(const struct io_track *track);

/* A process or thread, where the calls told of it. */
struct io_process {
	int32_t pid;
	int32_t process;     /* of which it is a thread; pid itself: it is none */
	int32_t parent;      /* 0: not known */
	const char *command; /* the path it executed last, NULL: not known */
};

/* The process with that pid, as it is now, or as it was last. Returns false where it was never
 * seen. The text holds until the next call. */
bool io_track_process(const struct io_track *track, int32_t pid, struct io_process *ret_process);

void io_track_free(struct io_track *track);

#endif
