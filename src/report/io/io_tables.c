#include "core/array.h"
#include "core/number.h"
#include "report/figures.h"
#include "report/io/io_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

/* ---- Cells ---------------------------------------------------------------------------------- */

static void cell_bytes(const struct io_view *view, struct table *table, int64_t bytes)
{
	char text[NUMBER_TEXT_BYTES];
	if (bytes < 0) {
		table_cell(table, TEXT_DIM, "%s", figure_absent(view->doc->style));
		return;
	}
	number_format_bytes(bytes, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
}

static void cell_count(struct table *table, uint64_t count)
{
	if (count == 0)
		table_cell(table, TEXT_DIM, "%s", "");
	else
		table_cell(table, TEXT_PLAIN, "%" PRIu64, count);
}

/* A factor beyond what a file needs is a warning. */
static void cell_times(const struct io_view *view, struct table *table, double times)
{
	static const double many = 3;
	if (!isfinite(times)) {
		table_cell(table, TEXT_DIM, "%s", figure_absent(view->doc->style));
		return;
	}
	const int decimals = times >= 100 ? 0 : times >= 10 ? 1 : 2;
	table_cell(table, times >= many ? TEXT_WARN : TEXT_PLAIN, "%.*f", decimals, times);
}

static void cell_time(struct table *table, bool is_known, int64_t ns)
{
	char text[NUMBER_TEXT_BYTES];
	if (!is_known || ns == 0) {
		table_cell(table, TEXT_DIM, "%s", "");
		return;
	}
	number_format_duration(ns, 2, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
}

static void cell_path(const struct io_view *view, struct table *table, const char *path,
                      enum block_reader reader)
{
	char text[IO_PATH_BYTES];
	table_cell(table, TEXT_PLAIN, "%s",
	           reader == READ_IN_TERMINAL ? io_path_short(view, path, text)
	                                      : io_path_here(view, path));
}

/* ---- Files ---------------------------------------------------------------------------------- */

static const struct table_column file_columns[] = {
        {"file", NULL, TABLE_LEFT, 0},      {"size", NULL, TABLE_RIGHT, 1},
        {"read", NULL, TABLE_RIGHT, 1},     {"written", NULL, TABLE_RIGHT, 1},
        {"read", "/size", TABLE_POINT, 1},  {"written", "/size", TABLE_POINT, 1},
        {"in calls", NULL, TABLE_RIGHT, 2}, {"file system", NULL, TABLE_LEFT, 2},
        {"reads", NULL, TABLE_RIGHT, 2},    {"writes", NULL, TABLE_RIGHT, 2},
        {"opens", NULL, TABLE_RIGHT, 2},    {"touched", NULL, TABLE_RIGHT, 3},
        {"jumps", NULL, TABLE_RIGHT, 3},    {"seeks", NULL, TABLE_RIGHT, 3},
        {"syncs", NULL, TABLE_RIGHT, 3},    {"locks", NULL, TABLE_RIGHT, 3},
        {"in use", NULL, TABLE_RIGHT, 3},
};

/* Bytes that were touched, whether by reading or by writing: at least the larger of both. */
static int64_t touched_of(const struct io_use *use)
{
	const int64_t read = io_ranges_bytes(&use->read);
	const int64_t written = io_ranges_bytes(&use->written);
	return read > written ? read : written;
}

static void fill_file(const struct io_view *view, struct table *table, const struct io_seen *seen,
                      enum block_reader reader)
{
	const struct io_use *const use = seen->use;
	char file_system[64];
	table_row(table);
	cell_path(view, table, seen->file->path, reader);
	cell_bytes(view, table, seen->size_bytes);
	cell_bytes(view, table, use->read_bytes);
	cell_bytes(view, table, use->written_bytes);
	cell_times(view, table, io_seen_reread(seen));
	cell_times(view, table, io_seen_rewrite(seen));
	cell_time(table, view->findings->profile->has_durations, use->duration_ns);
	io_file_system_text(seen->file_system, seen->sharing, file_system);
	table_cell(table, seen->sharing == IO_SHARED ? TEXT_WARN : TEXT_PLAIN, "%s", file_system);
	cell_count(table, use->calls[IO_READ]);
	cell_count(table, use->calls[IO_WRITE]);
	cell_count(table, use->calls[IO_OPEN] + use->calls[IO_CREATE]);
	cell_bytes(view, table, touched_of(use));
	cell_count(table, use->jumps);
	cell_count(table, use->calls[IO_SEEK]);
	cell_count(table, use->calls[IO_SYNC]);
	cell_count(table, use->calls[IO_LOCK] + use->calls[IO_UNLOCK]);
	cell_time(table, use->first_ns >= 0, use->last_ns - use->first_ns);
}

static bool is_shown(const struct io_seen *seen)
{
	return io_use_data_calls(seen->use) > 0;
}

static size_t count_shown(const struct io_findings *findings)
{
	size_t count = 0;
	for (size_t i = 0; i < findings->seen_count; i++)
		count += is_shown(&findings->seen[i]);
	return count;
}

static void add_files(const struct io_view *view, enum block_reader reader)
{
	const struct io_findings *const findings = view->findings;
	const size_t shown = count_shown(findings);
	if (shown == 0)
		return;
	struct table *const table =
	        document_table(view->doc, "", file_columns, ARRAY_LENGTH(file_columns));
	document_only(view->doc, reader);
	for (size_t i = 0, rows = 0; i < findings->seen_count && rows < view->told->most_rows;
	     i++) {
		if (!is_shown(&findings->seen[i]))
			continue;
		rows++;
		fill_file(view, table, &findings->seen[i], reader);
	}
}

static void add_files_section(const struct io_view *view)
{
	const size_t shown = count_shown(view->findings);
	char remark[96] = "those with the most bytes first";
	if (shown > view->told->most_rows)
		snprintf(remark, sizeof remark, "%zu of %zu, those with the most bytes first",
		         view->told->most_rows, shown);
	document_section(view->doc, "files", "Files", remark);
	add_files(view, READ_IN_TERMINAL);
	add_files(view, READ_IN_PAGE);
	if (shown == 0)
		document_say(view->doc, TEXT_PLAIN, "No file was read or written.");
	else
		document_say(view->doc, TEXT_DIM,
		             "read/size and written/size: bytes read and written for each byte of "
		             "the file. touched: bytes of it that were read or written at all. "
		             "jumps: reads and writes that do not go on where the last one ended. "
		             "in calls: time in calls on it. in use: from the first call to the "
		             "last.");
}

/* ---- Folders -------------------------------------------------------------------------------- */

static const struct table_column folder_columns[] = {
        {"folder", NULL, TABLE_LEFT, 0},      {"files", NULL, TABLE_RIGHT, 1},
        {"read", NULL, TABLE_RIGHT, 1},       {"written", NULL, TABLE_RIGHT, 1},
        {"reads,", "writes", TABLE_RIGHT, 1}, {"other", "calls", TABLE_RIGHT, 1},
        {"not", "found", TABLE_RIGHT, 2},     {"in calls", NULL, TABLE_RIGHT, 2},
        {"file system", NULL, TABLE_LEFT, 2},
};

static void fill_folder(const struct io_view *view, struct table *table,
                        const struct io_folder *folder, enum block_reader reader)
{
	char file_system[64];
	table_row(table);
	cell_path(view, table, folder->path, reader);
	cell_count(table, folder->files);
	cell_bytes(view, table, folder->read_bytes);
	cell_bytes(view, table, folder->written_bytes);
	cell_count(table, folder->data_calls);
	cell_count(table, folder->meta_calls);
	cell_count(table, folder->missing);
	cell_time(table, view->findings->profile->has_durations, folder->duration_ns);
	io_file_system_text(folder->file_system, folder->sharing, file_system);
	table_cell(table, folder->sharing == IO_SHARED ? TEXT_WARN : TEXT_PLAIN, "%s", file_system);
}

static void add_up(struct io_folder *sum, const struct io_folder *folder)
{
	sum->files += folder->files;
	sum->read_bytes += folder->read_bytes;
	sum->written_bytes += folder->written_bytes;
	sum->data_calls += folder->data_calls;
	sum->meta_calls += folder->meta_calls;
	sum->failed += folder->failed;
	sum->missing += folder->missing;
	sum->duration_ns += folder->duration_ns;
}

static void add_folders(const struct io_view *view, enum block_reader reader)
{
	const struct io_findings *const findings = view->findings;
	struct io_folder rest = {0};
	char name[64];
	struct table *const table =
	        document_table(view->doc, "", folder_columns, ARRAY_LENGTH(folder_columns));
	document_only(view->doc, reader);
	for (size_t i = 0; i < findings->folder_count; i++) {
		if (i < view->told->most_rows)
			fill_folder(view, table, &findings->folders[i], reader);
		else
			add_up(&rest, &findings->folders[i]);
	}
	if (findings->folder_count <= view->told->most_rows)
		return;
	snprintf(name, sizeof name, "%zu others", findings->folder_count - view->told->most_rows);
	rest.path = name;
	fill_folder(view, table, &rest, reader);
}

static void add_folders_section(const struct io_view *view)
{
	if (view->findings->folder_count == 0)
		return;
	document_section(view->doc, "folders", "Folders", "without the folders in them");
	add_folders(view, READ_IN_TERMINAL);
	add_folders(view, READ_IN_PAGE);
}

/* ---- Phases --------------------------------------------------------------------------------- */

static const struct table_column phase_columns[] = {
        {"from", NULL, TABLE_RIGHT, 0},     {"to", NULL, TABLE_RIGHT, 0},
        {"mostly", NULL, TABLE_LEFT, 1},    {"read", NULL, TABLE_RIGHT, 1},
        {"written", NULL, TABLE_RIGHT, 1},  {"reads,", "writes", TABLE_RIGHT, 1},
        {"other", "calls", TABLE_RIGHT, 1}, {"in calls", NULL, TABLE_RIGHT, 2},
};

static void cell_since(const struct io_view *view, struct table *table, int64_t at)
{
	const struct io_profile *const profile = view->findings->profile;
	char text[NUMBER_TEXT_BYTES];
	/* A last slice reaches beyond the end. */
	if (profile->has_times && at > profile->ended_ns)
		at = profile->ended_ns;
	if (!profile->has_times) {
		const int64_t operations = (int64_t)profile->operations;
		table_cell(table, TEXT_PLAIN, "%" PRId64, at < operations ? at : operations);
		return;
	}
	if (at <= profile->slices.origin) {
		table_cell(table, TEXT_PLAIN, "%s", "0 s");
		return;
	}
	number_format_duration(at - profile->slices.origin, 3, text);
	table_cell(table, TEXT_PLAIN, "%s", text);
}

static void add_phases_section(const struct io_view *view)
{
	const struct io_findings *const findings = view->findings;
	const bool has_times = findings->profile->has_times;
	if (findings->phase_count == 0)
		return;
	document_section(view->doc, "phases", "Phases",
	                 has_times ? "stretches of time, by what prevails in them"
	                           : "stretches of calls, since the log has no times");
	struct table *const table =
	        document_table(view->doc, "", phase_columns, ARRAY_LENGTH(phase_columns));
	for (size_t i = 0; i < findings->phase_count; i++) {
		const struct io_phase *const phase = &findings->phases[i];
		table_row(table);
		cell_since(view, table, phase->from);
		cell_since(view, table, phase->to);
		table_cell(table, TEXT_PLAIN, "%s", io_phase_names[phase->kind]);
		cell_bytes(view, table, phase->sum.read_bytes);
		cell_bytes(view, table, phase->sum.written_bytes);
		cell_count(table, phase->sum.data_calls);
		cell_count(table, phase->sum.meta_calls);
		cell_time(table, findings->profile->has_durations, phase->sum.duration_ns);
	}
	io_plot_activity(view);
}

/* ---- Programs, and what is no file ---------------------------------------------------------- */

static const struct table_column program_columns[] = {
        {"program", NULL, TABLE_LEFT, 0},     {"processes", NULL, TABLE_RIGHT, 1},
        {"read", NULL, TABLE_RIGHT, 1},       {"written", NULL, TABLE_RIGHT, 1},
        {"reads,", "writes", TABLE_RIGHT, 1}, {"other", "calls", TABLE_RIGHT, 1},
        {"in calls", NULL, TABLE_RIGHT, 2},
};

static bool did_something(const struct io_program *program)
{
	return program->data_calls + program->meta_calls > 0;
}

static void add_programs(const struct io_view *view, enum block_reader reader)
{
	const struct io_programs *const programs = &view->findings->profile->programs;
	struct table *const table =
	        document_table(view->doc, "", program_columns, ARRAY_LENGTH(program_columns));
	document_only(view->doc, reader);
	for (size_t i = 0; i < programs->count && i < view->told->most_rows; i++) {
		const struct io_program *const program = &programs->items[i];
		if (!did_something(program))
			continue;
		table_row(table);
		cell_path(view, table, program->path ? program->path : "(not in the log)", reader);
		table_cell(table, TEXT_PLAIN, "%" PRIu64, (uint64_t)program->processes);
		cell_bytes(view, table, program->read_bytes);
		cell_bytes(view, table, program->written_bytes);
		cell_count(table, program->data_calls);
		cell_count(table, program->meta_calls);
		cell_time(table, view->findings->profile->has_durations, program->duration_ns);
	}
}

static void add_programs_section(const struct io_view *view)
{
	const struct io_programs *const programs = &view->findings->profile->programs;
	char remark[96] = "pipes, sockets and devices included";
	if (programs->count == 0)
		return;
	if (programs->count > view->told->most_rows)
		snprintf(remark, sizeof remark,
		         "the first %zu of %zu; pipes, sockets and devices "
		         "included",
		         view->told->most_rows, programs->count);
	document_section(view->doc, "programs", "Programs", remark);
	add_programs(view, READ_IN_TERMINAL);
	add_programs(view, READ_IN_PAGE);
	document_say(view->doc, TEXT_DIM,
	             "processes: those that executed it last. One that went on to execute another "
	             "program is counted there, what it did before here.");
}

static const struct table_column other_columns[] = {
        {"what is no file", NULL, TABLE_LEFT, 0}, {"read", NULL, TABLE_RIGHT, 1},
        {"written", NULL, TABLE_RIGHT, 1},        {"reads,", "writes", TABLE_RIGHT, 1},
        {"in calls", NULL, TABLE_RIGHT, 1},
};

static void add_others(const struct io_view *view)
{
	static const char *const names[IO_FILE_KINDS] = {
	        [IO_PIPE] = "pipes",
	        [IO_SOCKET] = "sockets",
	        [IO_DEVICE] = "terminals and devices",
	        [IO_NO_FILE] = "others",
	};
	struct table *table = NULL;
	for (size_t i = 0; i < IO_FILE_KINDS; i++) {
		const struct io_other *const other = &view->findings->others[i];
		if (!names[i] || other->data_calls == 0)
			continue;
		if (!table)
			table = document_table(view->doc, "", other_columns,
			                       ARRAY_LENGTH(other_columns));
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", names[i]);
		cell_bytes(view, table, other->read_bytes);
		cell_bytes(view, table, other->written_bytes);
		cell_count(table, other->data_calls);
		cell_time(table, view->findings->profile->has_durations, other->duration_ns);
	}
}

void io_sections_tables(const struct io_view *view)
{
	add_files_section(view);
	add_folders_section(view);
	add_phases_section(view);
	add_programs_section(view);
	add_others(view);
}
