#include "analyse/io/profile.h"

#include "core/array.h"

#include <errno.h>
#include <stdlib.h>

/* ---- One file ------------------------------------------------------------------------------- */

static void count_opening(struct io_use *use, uint64_t opener)
{
	for (uint32_t i = 0; i < use->opener_count; i++) {
		if (use->openers[i] == opener) {
			use->reopens++;
			return;
		}
	}
	if (use->opener_count < IO_OPENERS_MOST)
		use->openers[use->opener_count++] = opener;
}

static void reach(struct io_use *use, int64_t end_bytes)
{
	if (end_bytes > use->end_bytes)
		use->end_bytes = end_bytes;
	if (use->end_bytes > use->most_bytes)
		use->most_bytes = use->end_bytes;
}

/* The file is as long as this now. */
static void set_end(struct io_use *use, int64_t end_bytes)
{
	use->end_bytes = 0;
	reach(use, end_bytes);
	if (use->bursts.reach > use->end_bytes)
		use->bursts.reach = use->end_bytes;
}

/* A burst of writes begins: was the whole file read before it? */
static void begin_burst(struct io_use *use)
{
	struct io_bursts *const bursts = &use->bursts;
	if (!bursts->is_open) {
		bursts->count++;
		if (use->end_bytes > 0 && bursts->reach >= use->end_bytes) {
			bursts->swept++;
			bursts->swept_bytes += bursts->reach;
		}
	}
	bursts->is_open = true;
	bursts->is_unsynced = true;
	bursts->reach = 0;
}

static void see_read(struct io_use *use, const struct io_operation *operation)
{
	use->read_bytes += operation->bytes;
	use->reads_tiny += operation->bytes <= IO_TINY_BYTES && operation->bytes > 0;
	use->bursts.is_open = false;
	if (operation->position < 0)
		return;
	const int64_t end_bytes = operation->position + operation->bytes;
	if (operation->position <= use->bursts.reach && end_bytes > use->bursts.reach)
		use->bursts.reach = end_bytes;
	reach(use, end_bytes);
}

static void see_write(struct io_use *use, const struct io_operation *operation)
{
	use->written_bytes += operation->bytes;
	use->writes_small += operation->bytes < IO_PAGE_BYTES;
	begin_burst(use);
	if (use->bursts.count == 1)
		use->bursts.head_bytes += operation->bytes;
	if (operation->position < 0)
		return;
	const int64_t end_bytes = operation->position + operation->bytes;
	use->writes_odd +=
	        operation->position % IO_PAGE_BYTES != 0 || end_bytes % IO_PAGE_BYTES != 0;
	reach(use, end_bytes);
}

/* What a read or write touched. Returns 0 or -ENOMEM. */
static int place(struct io_profile *profile, struct io_use *use,
                 const struct io_operation *operation, int64_t at, struct error *err)
{
	const bool is_write = operation->kind == IO_WRITE;
	const int64_t from = operation->position;
	if (from < 0) {
		use->unplaced++;
		return 0;
	}
	/* Each opening of a file has a position of its own. */
	use->jumps += from != use->next && operation->opening == use->opening;
	use->opening = operation->opening;
	use->next = from + operation->bytes;
	int r = io_ranges_add(is_write ? &use->written : &use->read, from, use->next, err);
	if (r < 0 || operation->bytes == 0)
		return r;
	const size_t before = use->trace.reads.capacity + use->trace.writes.capacity;
	if (before == 0)
		use->is_traced =
		        profile->trace_bytes < (size_t)IO_TRACE_BUDGET * (size_t)TRACE_BYTES;
	if (!use->is_traced)
		return 0;
	r = io_trace_add(&use->trace, is_write, at, from, operation->bytes, err);
	profile->trace_bytes += (use->trace.reads.capacity + use->trace.writes.capacity - before) *
	                        sizeof(struct io_stroke);
	return r;
}

static void count_time(struct io_use *use, const struct io_operation *operation)
{
	if (operation->at_ns >= 0) {
		if (use->first_ns < 0 || operation->at_ns < use->first_ns)
			use->first_ns = operation->at_ns;
		const int64_t end_ns = operation->at_ns +
		                       (operation->duration_ns > 0 ? operation->duration_ns : 0);
		if (end_ns > use->last_ns)
			use->last_ns = end_ns;
	}
	if (operation->duration_ns <= 0)
		return;
	use->duration_ns += operation->duration_ns;
	if (operation->kind == IO_SYNC)
		use->sync_ns += operation->duration_ns;
	if (operation->kind == IO_LOCK || operation->kind == IO_UNLOCK)
		use->lock_ns += operation->duration_ns;
}

static void see_change(struct io_use *use, const struct io_operation *operation, uint64_t opener)
{
	switch (operation->kind) {
	case IO_OPEN:
		count_opening(use, opener);
		break;
	case IO_CREATE:
		count_opening(use, opener);
		set_end(use, 0);
		break;
	case IO_TRUNCATE:
		if (operation->position >= 0)
			set_end(use, operation->position);
		break;
	case IO_SYNC:
		use->bursts.synced += use->bursts.is_unsynced;
		use->bursts.is_unsynced = false;
		use->bursts.is_open = false;
		break;
	case IO_MMAP:
		use->mapped_bytes += operation->bytes;
		break;
	default:
		break;
	}
}

/* ---- All of them ---------------------------------------------------------------------------- */

static int use_of(struct io_profile *profile, uint32_t file, struct io_use **ret_use,
                  struct error *err)
{
	const int r = array_reserve(&profile->uses, &profile->capacity, (size_t)file + 1,
	                            sizeof *profile->uses, err);
	if (r < 0)
		return r;
	while (profile->count <= file)
		profile->uses[profile->count++] = (struct io_use){
		        .first_ns = IO_UNKNOWN, .last_ns = IO_UNKNOWN, .opening = UINT32_MAX};
	*ret_use = &profile->uses[file];
	return 0;
}

static void count_all(struct io_profile *profile, const struct io_operation *operation, int64_t at)
{
	if (!profile->has_times) {
		profile->began_ns = IO_UNKNOWN;
		profile->ended_ns = IO_UNKNOWN;
	}
	profile->operations += !operation->is_implied;
	profile->failed += operation->error != 0;
	if (operation->at_ns >= 0) {
		profile->has_times = true;
		const int64_t end_ns = operation->at_ns +
		                       (operation->duration_ns > 0 ? operation->duration_ns : 0);
		if (profile->began_ns < 0 || operation->at_ns < profile->began_ns)
			profile->began_ns = operation->at_ns;
		if (end_ns > profile->ended_ns)
			profile->ended_ns = end_ns;
	}
	if (operation->duration_ns >= 0) {
		profile->has_durations = true;
		profile->duration_ns += operation->duration_ns;
	}
	io_slices_add(&profile->slices, at, operation);
}

int io_profile_operation(struct io_profile *profile, const struct io_operation *operation,
                         const struct io_file *file, const struct io_process *process,
                         struct error *err)
{
	struct io_use *use;
	uint32_t program = 0;
	const int64_t at = operation->at_ns >= 0 ? operation->at_ns : (int64_t)profile->operations;
	int r = use_of(profile, operation->file, &use, err);
	if (r == 0)
		r = io_programs_operation(&profile->programs, operation, process, &program, err);
	if (r < 0)
		return r;
	count_all(profile, operation, at);
	count_time(use, operation);
	/* What a call did besides, as closing what an exec does not keep, is none of its own. */
	const bool is_data = operation->kind == IO_READ || operation->kind == IO_WRITE;
	use->calls[operation->kind] += is_data || !operation->is_implied;
	use->failed += operation->error != 0;
	use->missing += operation->error == ENOENT;
	if (operation->error != 0)
		return 0;
	if (!is_data) {
		/* A process that executes another program is another one to its files. */
		see_change(use, operation, (uint64_t)(uint32_t)process->process << 32 | program);
		/* What the file was told to be long: by stat, or when it was opened. */
		if (file->size_bytes >= 0 && operation->kind != IO_CREATE &&
		    operation->kind != IO_TRUNCATE)
			reach(use, file->size_bytes);
		return 0;
	}
	if (operation->kind == IO_READ)
		see_read(use, operation);
	else
		see_write(use, operation);
	return place(profile, use, operation, at, err);
}

uint64_t io_use_data_calls(const struct io_use *use)
{
	return use->calls[IO_READ] + use->calls[IO_WRITE];
}

uint64_t io_use_meta_calls(const struct io_use *use)
{
	uint64_t calls = 0;
	for (size_t i = 0; i < IO_OPERATIONS; i++)
		calls += use->calls[i];
	return calls - io_use_data_calls(use);
}

void io_profile_release(struct io_profile *profile)
{
	if (!profile)
		return;
	for (size_t i = 0; i < profile->count; i++) {
		io_ranges_release(&profile->uses[i].read);
		io_ranges_release(&profile->uses[i].written);
		io_trace_release(&profile->uses[i].trace);
	}
	free(profile->uses);
	io_programs_release(&profile->programs);
	*profile = (struct io_profile){0};
}
