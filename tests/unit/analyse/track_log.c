/* What the reader and the follower make of a log of strace, a line for each operation:
 * track_log [--calls|--totals] [--folder PATH] LOG
 * track_log [--calls|--totals] --run COMMAND...    of a command that it runs under strace */
#include "analyse/io/track.h"
#include "core/array.h"
#include "core/error.h"
#include "formats/strace/strace_log.h"
#include "platform/strace_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct told {
	struct io_track *track;
	bool wants_calls;
	bool wants_totals;
	size_t reads;
	size_t writes;
	int64_t read_bytes;
	int64_t written_bytes;
};

static void print_number(const char *name, int64_t value)
{
	if (value != IO_UNKNOWN)
		printf(" %s=%" PRId64, name, value);
}

static int take_operation(void *context, const struct io_operation *operation, struct error *err)
{
	(void)err;
	struct told *const told = context;
	size_t count = 0;
	const struct io_file *const files = io_track_files(told->track, &count);
	const bool is_read = operation->kind == IO_READ;
	const bool is_write = operation->kind == IO_WRITE;
	told->reads += is_read;
	told->writes += is_write;
	told->read_bytes += is_read ? operation->bytes : 0;
	told->written_bytes += is_write ? operation->bytes : 0;
	if (told->wants_totals || told->wants_calls)
		return 0;
	struct io_process process = {0};
	io_track_process(told->track, operation->pid, &process);
	printf("%d %s %s", (int)operation->pid, io_operation_names[operation->kind],
	       files[operation->file].path);
	if (operation->opening != UINT32_MAX)
		printf(" #%" PRIu32, operation->opening);
	print_number("at", operation->position);
	if (operation->asked > 0)
		print_number("asked", operation->asked);
	if (operation->bytes > 0)
		print_number("bytes", operation->bytes);
	printf("%s%s%s", operation->is_write ? " write" : "", operation->is_last ? " last" : "",
	       operation->is_implied ? " implied" : "");
	printf(operation->error ? " error=%d\n" : "\n", operation->error);
	return 0;
}

static int take_call(void *context, const struct io_call *call, struct error *err)
{
	const struct told *const told = context;
	if (told->wants_calls) {
		printf("%zu %d %s", call->line, (int)call->pid, call->name);
		print_number("fd", call->fd);
		print_number("other", call->other_fd);
		print_number("count", call->count);
		print_number("offset", call->offset);
		print_number("result", call->result);
		print_number("time", call->duration_ns);
		printf("%s%s%s%s\n", call->path ? " " : "", call->path ? call->path : "",
		       call->other_path ? " " : "", call->other_path ? call->other_path : "");
	}
	return io_track_call(told->track, call, err);
}

static void print_report(const struct told *told, const struct strace_report *report)
{
	size_t files = 0;
	io_track_files(told->track, &files);
	printf("%zu lines, %zu calls, %zu passed over, %zu restarted, %zu unseen, %zu unfinished, "
	       "%zu unreadable, %zu processes\n",
	       report->lines, report->calls, report->passed_over, report->restarted, report->unseen,
	       report->unfinished, report->unreadable, report->processes);
	if (report->unreadable > 0)
		printf("line %zu: %s\n", report->first_unreadable, report->unreadable_said);
	printf("%zu reads of %" PRId64 " bytes, %zu writes of %" PRId64
	       " bytes, %zu files, %zu unknown\n",
	       told->reads, told->read_bytes, told->writes, told->written_bytes, files,
	       io_track_unknown(told->track));
}

static int run_command(struct told *told, const char *const *command, struct error *err)
{
	struct strace_ability ability;
	struct strace_end end;
	int r = strace_probe(&ability, err);
	if (r == 0)
		r = strace_run(&ability, command, take_call, told, &end, err);
	if (r < 0)
		return r;
	print_report(told, &end.report);
	printf("exit status %d, signal %d, asked to stop by %d, strace %s%s\n", end.exit_status,
	       end.signal, end.stop_signal, ability.version,
	       ability.is_filtered ? " with a filter" : "");
	return 0;
}

int main(int argc, char **argv)
{
	struct error err = {0};
	struct told told = {0};
	const char *folder = NULL;
	bool runs = false;
	int i = 1;
	for (; i + 1 < argc && !runs; i++) {
		if (strcmp(argv[i], "--calls") == 0)
			told.wants_calls = true;
		else if (strcmp(argv[i], "--totals") == 0)
			told.wants_totals = true;
		else if (strcmp(argv[i], "--folder") == 0)
			folder = argv[++i];
		else if (strcmp(argv[i], "--run") == 0)
			runs = true;
		else
			break;
	}
	told.track = i < argc ? io_track_new(folder, take_operation, &told, &err) : NULL;
	if (!told.track) {
		fprintf(stderr, "usage: track_log [--calls|--totals] [--folder PATH] LOG\n"
		                "       track_log [--calls|--totals] --run COMMAND...\n");
		return 2;
	}
	int r;
	if (runs) {
		r = run_command(&told, (const char *const *)argv + i, &err);
	} else {
		struct strace_report report = {0};
		r = strace_log_read(argv[i], take_call, &told, &report, &err);
		if (r == 0)
			print_report(&told, &report);
	}
	io_track_free(told.track);
	if (r < 0)
		fprintf(stderr, "%s\n", err.text);
	return r < 0 ? 1 : 0;
}
