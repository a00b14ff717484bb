#include "report/json/io_json.h"

#include "report/json/json_value.h"

#include <math.h>

static const char *const kind_names[IO_FILE_KINDS] = {
        [IO_REGULAR] = "file",  [IO_FOLDER] = "folder", [IO_PIPE] = "pipe",
        [IO_SOCKET] = "socket", [IO_DEVICE] = "device", [IO_NO_FILE] = "other",
};

static json_t *json_calls(uint64_t count)
{
	return json_integer((json_int_t)count);
}

/* Bytes, null where they are not known. */
static json_t *json_bytes(int64_t bytes)
{
	return bytes < 0 ? json_null() : json_integer((json_int_t)bytes);
}

static json_t *json_seconds(bool is_known, int64_t ns)
{
	return is_known ? json_number((double)ns / 1e9) : json_null();
}

static json_t *json_sharing(enum io_sharing sharing)
{
	return sharing == IO_SHARING_UNKNOWN ? json_null() : json_boolean(sharing == IO_SHARED);
}

/* ---- Files ---------------------------------------------------------------------------------- */

static json_t *json_call_counts(struct json_writer *w, const struct io_use *use)
{
	json_t *const object = json_object();
	for (size_t i = 0; i < IO_OPERATIONS; i++)
		json_set(w, object, io_operation_names[i], json_calls(use->calls[i]));
	return object;
}

static const char *why_no_factor(const struct io_seen *seen)
{
	if (seen->file->kind == IO_FOLDER)
		return "it is a folder";
	return seen->size_bytes == 0 ? "the file is empty" : "its size is not known";
}

static void set_factors(struct json_writer *w, json_t *object, const struct io_seen *seen)
{
	json_set(w, object, "reread_factor", json_number(io_seen_reread(seen)));
	json_set(w, object, "rewrite_factor", json_number(io_seen_rewrite(seen)));
	if (isnan(io_seen_reread(seen)))
		json_set(w, object, "factor_reason", json_string(why_no_factor(seen)));
}

static void set_ranges(struct json_writer *w, json_t *object, const struct io_use *use)
{
	json_set(w, object, "distinct_read_bytes", json_bytes(io_ranges_bytes(&use->read)));
	json_set(w, object, "distinct_written_bytes", json_bytes(io_ranges_bytes(&use->written)));
	json_set(w, object, "distinct_is_upper_bound",
	         json_boolean(io_ranges_is_coarse(&use->read) ||
	                      io_ranges_is_coarse(&use->written)));
}

static json_t *json_file(struct json_writer *w, const struct io_profile *profile,
                         const struct io_seen *seen)
{
	const struct io_file *const file = seen->file;
	const struct io_use *const use = seen->use;
	json_t *const object = json_object();
	json_set(w, object, "path", json_text(file->path));
	json_set(w, object, "first_path", json_text(file->first_path));
	json_set(w, object, "kind", json_string(kind_names[file->kind]));
	json_set(w, object, "file_system", json_text(seen->file_system));
	json_set(w, object, "is_shared", json_sharing(seen->sharing));
	json_set(w, object, "is_made", json_boolean(file->is_made));
	json_set(w, object, "is_removed", json_boolean(file->is_unlinked));
	json_set(w, object, "lives", json_integer((json_int_t)file->lives));
	json_set(w, object, "size_bytes", json_bytes(seen->size_bytes));
	json_set(w, object, "read_bytes", json_bytes(use->read_bytes));
	json_set(w, object, "written_bytes", json_bytes(use->written_bytes));
	json_set(w, object, "mapped_bytes", json_bytes(use->mapped_bytes));
	set_factors(w, object, seen);
	set_ranges(w, object, use);
	json_set(w, object, "calls", json_call_counts(w, use));
	json_set(w, object, "failed", json_calls(use->failed));
	json_set(w, object, "not_found", json_calls(use->missing));
	json_set(w, object, "jumps", json_calls(use->jumps));
	json_set(w, object, "reopens", json_calls(use->reopens));
	json_set(w, object, "in_calls_s", json_seconds(profile->has_durations, use->duration_ns));
	json_set(w, object, "first_s",
	         json_seconds(use->first_ns >= 0, use->first_ns - profile->began_ns));
	json_set(w, object, "last_s",
	         json_seconds(use->first_ns >= 0, use->last_ns - profile->began_ns));
	return object;
}

static json_t *json_files(struct json_writer *w, const struct io_findings *findings)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < findings->seen_count; i++)
		json_append(w, array, json_file(w, findings->profile, &findings->seen[i]));
	return array;
}

/* ---- Sums ----------------------------------------------------------------------------------- */

static json_t *json_sum(struct json_writer *w, const struct io_profile *profile,
                        const struct io_folder *sum)
{
	json_t *const object = json_object();
	json_set(w, object, "files", json_count(sum->files));
	json_set(w, object, "read_bytes", json_bytes(sum->read_bytes));
	json_set(w, object, "written_bytes", json_bytes(sum->written_bytes));
	json_set(w, object, "data_calls", json_calls(sum->data_calls));
	json_set(w, object, "other_calls", json_calls(sum->meta_calls));
	json_set(w, object, "failed", json_calls(sum->failed));
	json_set(w, object, "not_found", json_calls(sum->missing));
	json_set(w, object, "in_calls_s", json_seconds(profile->has_durations, sum->duration_ns));
	return object;
}

static json_t *json_folders(struct json_writer *w, const struct io_findings *findings)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < findings->folder_count; i++) {
		const struct io_folder *const folder = &findings->folders[i];
		json_t *const object = json_sum(w, findings->profile, folder);
		json_set(w, object, "path", json_text(folder->path));
		json_set(w, object, "file_system", json_text(folder->file_system));
		json_set(w, object, "is_shared", json_sharing(folder->sharing));
		json_append(w, array, object);
	}
	return array;
}

static json_t *json_others(struct json_writer *w, const struct io_findings *findings)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < IO_FILE_KINDS; i++) {
		const struct io_other *const other = &findings->others[i];
		if (other->count == 0)
			continue;
		json_t *const object = json_object();
		json_set(w, object, "kind", json_string(kind_names[i]));
		json_set(w, object, "read_bytes", json_bytes(other->read_bytes));
		json_set(w, object, "written_bytes", json_bytes(other->written_bytes));
		json_set(w, object, "data_calls", json_calls(other->data_calls));
		json_set(w, object, "in_calls_s",
		         json_seconds(findings->profile->has_durations, other->duration_ns));
		json_append(w, array, object);
	}
	return array;
}

static json_t *json_phases(struct json_writer *w, const struct io_findings *findings)
{
	const struct io_profile *const profile = findings->profile;
	json_t *const array = json_array();
	for (size_t i = 0; i < findings->phase_count; i++) {
		const struct io_phase *const phase = &findings->phases[i];
		json_t *const object = json_object();
		json_set(w, object, "kind", json_string(io_phase_names[phase->kind]));
		json_set(w, object, "from_s",
		         json_seconds(profile->has_times, phase->from - profile->slices.origin));
		json_set(w, object, "to_s",
		         json_seconds(profile->has_times, phase->to - profile->slices.origin));
		if (!profile->has_times) {
			json_set(w, object, "from_call", json_bytes(phase->from));
			json_set(w, object, "to_call", json_bytes(phase->to));
		}
		json_set(w, object, "read_bytes", json_bytes(phase->sum.read_bytes));
		json_set(w, object, "written_bytes", json_bytes(phase->sum.written_bytes));
		json_set(w, object, "data_calls", json_calls(phase->sum.data_calls));
		json_set(w, object, "other_calls", json_calls(phase->sum.meta_calls));
		json_append(w, array, object);
	}
	return array;
}

static json_t *json_programs(struct json_writer *w, const struct io_profile *profile)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < profile->programs.count; i++) {
		const struct io_program *const program = &profile->programs.items[i];
		if (program->data_calls + program->meta_calls == 0)
			continue;
		json_t *const object = json_object();
		json_set(w, object, "path", json_text(program->path));
		json_set(w, object, "processes", json_integer((json_int_t)program->processes));
		json_set(w, object, "read_bytes", json_bytes(program->read_bytes));
		json_set(w, object, "written_bytes", json_bytes(program->written_bytes));
		json_set(w, object, "data_calls", json_calls(program->data_calls));
		json_set(w, object, "other_calls", json_calls(program->meta_calls));
		json_set(w, object, "in_calls_s",
		         json_seconds(profile->has_durations, program->duration_ns));
		json_append(w, array, object);
	}
	return array;
}

/* ---- Patterns ------------------------------------------------------------------------------- */

enum { MOST_PATHS = 100 };

static json_t *json_pattern(struct json_writer *w, const struct io_findings *findings,
                            const struct io_pattern *pattern)
{
	const struct io_pattern_words *const words = &io_pattern_words[pattern->kind];
	json_t *const object = json_object();
	json_t *const paths = json_array();
	for (size_t i = 0; i < pattern->count && i < MOST_PATHS; i++)
		json_append(w, paths, json_text(findings->seen[pattern->seen[i]].file->path));
	json_set(w, object, "name", json_string(words->name));
	json_set(w, object, "title", json_string(words->title));
	json_set(w, object, "evidence", json_text(pattern->evidence));
	json_set(w, object, "advice", json_string(words->advice));
	json_set(w, object, "file_count", json_count(pattern->count));
	json_set(w, object, "files", paths);
	json_set(w, object, "calls", json_calls(pattern->calls));
	json_set(w, object, "bytes", json_bytes(pattern->bytes));
	json_set(w, object, "in_calls_s",
	         json_seconds(findings->profile->has_durations, pattern->duration_ns));
	json_set(w, object, "matters_on_shared_only", json_boolean(words->is_of_shared));
	json_set(w, object, "is_shared",
	         json_sharing(pattern->is_shared  ? IO_SHARED
	                      : pattern->is_local ? IO_LOCAL
	                                          : IO_SHARING_UNKNOWN));
	return object;
}

static json_t *json_patterns(struct json_writer *w, const struct io_findings *findings)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < findings->pattern_count; i++)
		json_append(w, array, json_pattern(w, findings, &findings->patterns[i]));
	return array;
}

/* ---- All of it ------------------------------------------------------------------------------ */

static json_t *json_command(struct json_writer *w, const struct words *command)
{
	if (!command)
		return json_null();
	json_t *const array = json_array();
	for (size_t i = 0; i < command->count; i++)
		json_append(w, array, json_text(command->items[i]));
	return array;
}

static json_t *json_log(struct json_writer *w, const struct io_told *told)
{
	const struct strace_report *const report = told->report;
	if (!report)
		return json_null();
	json_t *const object = json_object();
	json_set(w, object, "path", json_text(told->log));
	json_set(w, object, "lines", json_count(report->lines));
	json_set(w, object, "calls", json_count(report->calls));
	json_set(w, object, "unfinished", json_count(report->unfinished));
	json_set(w, object, "unreadable", json_count(report->unreadable));
	json_set(w, object, "unseen", json_count(report->unseen));
	json_set(w, object, "not_followed", json_count(told->unknown));
	json_set(w, object, "has_times", json_boolean(report->has_times));
	json_set(w, object, "has_durations", json_boolean(report->has_durations));
	return object;
}

int io_json_write(const struct io_findings *findings, const struct io_told *told, bool is_failed,
                  char **ret_json, struct error *err)
{
	struct json_writer w = {false};
	const struct io_profile *const profile = findings->profile;
	json_t *const answer = json_object();
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set(&w, answer, "command", json_command(&w, told->command));
	json_set(&w, answer, "is_failed", json_boolean(is_failed));
	json_set(&w, answer, "ending", json_text(told->ending));
	json_set(&w, answer, "log", json_log(&w, told));
	json_set(&w, answer, "wall_s",
	         told->wall_ns >= 0
	                 ? json_seconds(true, told->wall_ns)
	                 : json_seconds(profile->has_times, profile->ended_ns - profile->began_ns));
	json_set(&w, answer, "in_calls_s",
	         json_seconds(profile->has_durations, profile->duration_ns));
	json_set(&w, answer, "total", json_sum(&w, profile, &findings->total));
	json_set(&w, answer, "patterns", json_patterns(&w, findings));
	json_set(&w, answer, "files", json_files(&w, findings));
	json_set(&w, answer, "folders", json_folders(&w, findings));
	json_set(&w, answer, "phases", json_phases(&w, findings));
	json_set(&w, answer, "programs", json_programs(&w, profile));
	json_set(&w, answer, "others", json_others(&w, findings));
	return json_finish(&w, answer, ret_json, err);
}
