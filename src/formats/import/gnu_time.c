#include "formats/import/gnu_time.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/import/import_frame.h"
#include "formats/import/text_lines.h"
#include "formats/import/time_values.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

/* How a value is written. */
enum kind {
	KIND_COUNT,
	KIND_SECONDS, /* "0.10" */
	KIND_CLOCK,   /* "0:00.10", "1:02:03" */
	KIND_SHELL,   /* "1m0.102s" */
	KIND_KIB,
	KIND_BLOCKS, /* of 512 bytes */
	KIND_STATUS
};

/* Forms of the output of one job. */
enum form {
	FORM_NONE,
	FORM_VERBOSE, /* -v */
	FORM_DEFAULT, /* two lines, each word behind its number */
	FORM_PARTS,   /* the -f of the study: "0:32.05 elapsed, " and so on */
	FORM_SHELL    /* real, user, sys: -p, and the time of a shell */
};

struct job {
	size_t line;
	enum form form;
	int64_t wall_ns; /* RECORD_ABSENT: not read yet */
	struct task_record record;
};

struct reading {
	struct text_lines lines;
	struct imported *imported;
	struct error *err;
	const char *file;
	struct job job;
	int32_t status; /* of the job to come: what it exited with, */
	int32_t signal; /* or was ended by; 0: neither was said */
	size_t tasks_before;
};

/* A value of a job, and what it is called in one of the forms. */
static const struct key {
	enum form form;
	enum kind kind;
	const char *name; /* -v: in front of the value; others: behind it */
	size_t offset;    /* of an int64_t in struct job */
} keys[] = {
        {FORM_VERBOSE, KIND_SECONDS, "User time (seconds): ", offsetof(struct job, record.user_ns)},
        {FORM_VERBOSE, KIND_SECONDS,
         "System time (seconds): ", offsetof(struct job, record.system_ns)},
        {FORM_VERBOSE, KIND_CLOCK,
         "Elapsed (wall clock) time (h:mm:ss or m:ss): ", offsetof(struct job, wall_ns)},
        {FORM_VERBOSE, KIND_KIB,
         "Maximum resident set size (kbytes): ", offsetof(struct job, record.max_rss_bytes)},
        {FORM_VERBOSE, KIND_COUNT,
         "Major (requiring I/O) page faults: ", offsetof(struct job, record.major_faults)},
        {FORM_VERBOSE, KIND_COUNT,
         "Minor (reclaiming a frame) page faults: ", offsetof(struct job, record.minor_faults)},
        {FORM_VERBOSE, KIND_COUNT,
         "Voluntary context switches: ", offsetof(struct job, record.voluntary_switches)},
        {FORM_VERBOSE, KIND_COUNT,
         "Involuntary context switches: ", offsetof(struct job, record.involuntary_switches)},
        {FORM_VERBOSE, KIND_BLOCKS,
         "File system inputs: ", offsetof(struct job, record.read_bytes)},
        {FORM_VERBOSE, KIND_BLOCKS,
         "File system outputs: ", offsetof(struct job, record.write_bytes)},
        {FORM_VERBOSE, KIND_STATUS, "Exit status: ", 0},
        {FORM_DEFAULT, KIND_SECONDS, "user", offsetof(struct job, record.user_ns)},
        {FORM_DEFAULT, KIND_SECONDS, "system", offsetof(struct job, record.system_ns)},
        {FORM_DEFAULT, KIND_CLOCK, "elapsed", offsetof(struct job, wall_ns)},
        {FORM_DEFAULT, KIND_KIB, "maxresident", offsetof(struct job, record.max_rss_bytes)},
        {FORM_DEFAULT, KIND_BLOCKS, "inputs", offsetof(struct job, record.read_bytes)},
        {FORM_DEFAULT, KIND_BLOCKS, "outputs", offsetof(struct job, record.write_bytes)},
        {FORM_DEFAULT, KIND_COUNT, "major", offsetof(struct job, record.major_faults)},
        {FORM_DEFAULT, KIND_COUNT, "minor", offsetof(struct job, record.minor_faults)},
        {FORM_PARTS, KIND_CLOCK, "elapsed", offsetof(struct job, wall_ns)},
        {FORM_PARTS, KIND_SECONDS, "user", offsetof(struct job, record.user_ns)},
        {FORM_PARTS, KIND_SECONDS, "system", offsetof(struct job, record.system_ns)},
        {FORM_PARTS, KIND_KIB, "memory", offsetof(struct job, record.max_rss_bytes)},
        {FORM_SHELL, KIND_SHELL, "real", offsetof(struct job, wall_ns)},
        {FORM_SHELL, KIND_SHELL, "user", offsetof(struct job, record.user_ns)},
        {FORM_SHELL, KIND_SHELL, "sys", offsetof(struct job, record.system_ns)},
};

static const char why_bad[] = "is no number as time writes it: decimals have a point, whatever the "
                              "locale (run it with LC_ALL=C)";

static int refuse(struct reading *r, size_t line, const char *key, const char *why)
{
	r->lines.is_refused = true;
	return problems_add(r->lines.problems, r->lines.name, line, 1, key, r->err, "%s", why);
}

static int refuse_cut(struct reading *r)
{
	r->lines.is_refused = true;
	return problems_add(r->lines.problems, r->lines.name, r->lines.line, 1, "job", r->err,
	                    "the job that begins in line %zu is cut off here, or another wrote "
	                    "into it; give each job a file of its own (time -o FILE), or take the "
	                    "job out",
	                    r->job.line);
}

/* ---- Values ------------------------------------------------------------------------------ */

static bool read_value(const struct key *key, const char *text, size_t length, struct job *job)
{
	int64_t *const value = (int64_t *)(void *)((char *)job + key->offset);
	int64_t status = 0;
	switch (key->kind) {
	case KIND_COUNT:
		return time_value_count(text, length, 1, value);
	case KIND_SECONDS:
		return time_value_decimal(text, length, 1, value);
	case KIND_CLOCK:
		return time_value_clock(text, length, value);
	case KIND_SHELL:
		return time_value_shell(text, length, value);
	case KIND_KIB:
		return time_value_count(text, length, 1024, value);
	case KIND_BLOCKS:
		return time_value_count(text, length, 512, value);
	case KIND_STATUS:
		if (!time_value_count(text, length, 1, &status) || status > 255)
			return false;
		job->record.exit_status = (int32_t)status;
		return true;
	}
	return false;
}

static int take_value(struct reading *r, const struct key *key, const char *text, size_t length)
{
	if (read_value(key, text, length, &r->job))
		return 0;
	if (!r->lines.is_ended)
		return refuse_cut(r);
	r->lines.is_refused = true;
	return problems_add(r->lines.problems, r->lines.name, r->lines.line, 1, "number", r->err,
	                    "\"%.*s\" %s", (int)(length < 80 ? length : 80), text, why_bad);
}

static const struct key *find_key(enum form form, const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
		if (keys[i].form == form && strlen(keys[i].name) == length &&
		    memcmp(keys[i].name, name, length) == 0)
			return &keys[i];
	return NULL;
}

/* ---- Jobs -------------------------------------------------------------------------------- */

static void begin_job(struct reading *r, enum form form)
{
	r->job = (struct job){
	        .line = r->lines.line,
	        .form = form,
	        .wall_ns = RECORD_ABSENT,
	        .record = task_record_empty(),
	};
}

static int finish_job(struct reading *r)
{
	struct imported_task *const task =
	        imported_add_task(r->imported, r->file, r->job.line, r->err);
	if (!task)
		return r->imported->task_count >= IMPORTED_MOST_TASKS ? -E2BIG : -ENOMEM;
	const struct task_record empty = task->record;
	task->record = r->job.record;
	task->record.start_ns = empty.start_ns;
	task->record.end_ns = empty.end_ns;
	task->record.role = empty.role;
	task->wall_ns = r->job.wall_ns;
	if (r->signal > 0) {
		task->record.state = TASK_SIGNALED;
		task->record.signal = r->signal;
		task->record.exit_status = -1;
	} else if (r->status > 0 || task->record.exit_status > 0) {
		task->record.state = TASK_FAILED;
		if (task->record.exit_status < 0)
			task->record.exit_status = r->status;
	} else if (r->job.form != FORM_SHELL) {
		task->record.exit_status = 0; /* GNU time says so when it is not */
	}
	r->status = 0;
	r->signal = 0;
	r->job.form = FORM_NONE;
	if (task->record.exit_status >= 0 || task->record.state != TASK_OK)
		return 0;
	return imported_add_remark(r->imported, r->err,
	                           "the time of a shell does not say whether a command failed: "
	                           "tasks count as successful");
}

/* ---- Forms ------------------------------------------------------------------------------- */

/* "Command exited with non-zero status 3", in front of a job. Returns whether it is that. */
static bool take_status(struct reading *r, const char *line)
{
	static const struct {
		const char *text;
		size_t offset;
	} kinds[] = {
	        {"Command exited with non-zero status ", offsetof(struct reading, status)},
	        {"Command terminated by signal ", offsetof(struct reading, signal)},
	        {"Command stopped by signal ", offsetof(struct reading, signal)},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		int64_t value = 0;
		if (!str_starts_with(line, kinds[i].text))
			continue;
		const char *const text = line + strlen(kinds[i].text);
		if (time_value_count(text, strlen(text), 1, &value) && value > 0 && value < 256)
			*(int32_t *)(void *)((char *)r + kinds[i].offset) = (int32_t)value;
		return true;
	}
	return false;
}

static int take_verbose(struct reading *r, const char *line)
{
	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		const struct key *const key = &keys[i];
		if (key->form != FORM_VERBOSE || !str_starts_with(line, key->name))
			continue;
		const char *const text = line + strlen(key->name);
		const int result = take_value(r, key, text, strlen(text));
		if (result < 0 || r->lines.is_refused || key->kind != KIND_STATUS)
			return result;
		/* The last digit of a status may be missing where the file ends. */
		if (!r->lines.is_ended || r->job.wall_ns == RECORD_ABSENT)
			return refuse_cut(r);
		return finish_job(r);
	}
	return 0;
}

static int begin_verbose(struct reading *r, const char *command)
{
	begin_job(r, FORM_VERBOSE);
	const size_t length = strlen(command);
	char text[256];
	const bool is_quoted = length > 1 && command[0] == '"' && command[length - 1] == '"';
	size_t kept = is_quoted ? length - 2 : length;
	kept = kept < sizeof text ? kept : sizeof text - 1;
	memcpy(text, command + is_quoted, kept);
	text[kept] = '\0';
	return imported_add_fact(r->imported, "command", text, r->err);
}

/* "0.00user 0.00system 0:00.10elapsed 0%CPU (0avgtext+0avgdata 1684maxresident)k": each number with
 * the word behind it. Numbers of other words are passed over. */
static int take_glued(struct reading *r, const char *line)
{
	static const char in_numbers[] = "0123456789.,:?%";
	for (const char *p = line; *p && !r->lines.is_refused;) {
		const size_t bytes = strspn(p, in_numbers);
		const char *const word = p + bytes;
		size_t length = 0;
		while (isalpha((unsigned char)word[length]))
			length++;
		const struct key *const key = find_key(FORM_DEFAULT, word, length);
		const int result = bytes > 0 && key ? take_value(r, key, p, bytes) : 0;
		if (result < 0)
			return result;
		p = word + length + (bytes + length == 0);
	}
	return 0;
}

static bool is_default_first(const char *line)
{
	return isdigit((unsigned char)line[0]) && strstr(line, "user ") &&
	       strstr(line, "system ") && strstr(line, "elapsed ") && strstr(line, "CPU");
}

static bool is_default_second(const char *line)
{
	return strstr(line, "inputs+") && strstr(line, "outputs (") && strstr(line, "swaps");
}

static int take_default_second(struct reading *r, const char *line)
{
	if (!is_default_second(line))
		return refuse_cut(r);
	const int result = take_glued(r, line);
	return result < 0 || r->lines.is_refused ? result : finish_job(r);
}

/* Takes "0:32.05 elapsed, 29.07 user" apart. Returns the number of parts that are known, 0 where
 * one is not. */
static size_t split_parts(const char *line, const struct key *found[4], const char *values[4],
                          size_t lengths[4])
{
	size_t count = 0;
	while (*line) {
		const size_t length = strcspn(line, " ");
		const char *const word = line + length + strspn(line + length, " ");
		const size_t bytes = strcspn(word, ", ");
		const struct key *const key = find_key(FORM_PARTS, word, bytes);
		if (!key || length == 0 || count == 4 || !isdigit((unsigned char)line[0]))
			return 0;
		found[count] = key;
		values[count] = line;
		lengths[count++] = length;
		line = word + bytes;
		line += strspn(line, ", ");
	}
	return count;
}

/* The seed's format. *ret_is_taken: whether the line is of it. */
static int take_parts(struct reading *r, const char *line, bool *ret_is_taken)
{
	const struct key *found[4];
	const char *values[4];
	size_t lengths[4];
	const size_t count = split_parts(line, found, values, lengths);
	*ret_is_taken = false;
	for (size_t i = 0; i < count; i++) {
		const bool is_first = strcmp(found[i]->name, "elapsed") == 0;
		if (r->job.form == FORM_NONE && !is_first)
			return 0;
		*ret_is_taken = true;
		if (r->job.form != FORM_NONE && is_first)
			return refuse_cut(r);
		if (is_first)
			begin_job(r, FORM_PARTS);
		int result = take_value(r, found[i], values[i], lengths[i]);
		if (result == 0 && !r->lines.is_refused && strcmp(found[i]->name, "memory") == 0)
			result = finish_job(r);
		if (result < 0 || r->lines.is_refused)
			return result;
	}
	return 0;
}

/* "real 0.10" and its like. The key, or NULL; *ret_value gets the value. */
static const struct key *find_shell(const char *line, const char **ret_value)
{
	const size_t length = strcspn(line, " \t");
	const struct key *const key = find_key(FORM_SHELL, line, length);
	if (!key || line[length] == '\0')
		return NULL;
	*ret_value = line + length + strspn(line + length, " \t");
	const size_t bytes = strspn(*ret_value, "0123456789.,hms");
	return isdigit((unsigned char)**ret_value) && (*ret_value)[bytes] == '\0' ? key : NULL;
}

static int take_shell(struct reading *r, const struct key *key, const char *value)
{
	const int result = take_value(r, key, value, strlen(value));
	if (result < 0 || r->lines.is_refused || strcmp(key->name, "sys") != 0)
		return result;
	/* "0m0.1" may be cut off, "0m0.102s" is not. */
	if (!r->lines.is_ended || r->job.record.user_ns == RECORD_ABSENT)
		return refuse_cut(r);
	return finish_job(r);
}

static int take_outside(struct reading *r, const char *line)
{
	static const char timed[] = "Command being timed: ";
	const char *value = NULL;
	bool is_taken = false;
	if (take_status(r, line))
		return 0;
	if (str_starts_with(line, timed))
		return begin_verbose(r, line + sizeof timed - 1);
	if (is_default_first(line)) {
		begin_job(r, FORM_DEFAULT);
		return take_glued(r, line);
	}
	const struct key *const key = find_shell(line, &value);
	if (key && strcmp(key->name, "real") == 0) {
		begin_job(r, FORM_SHELL);
		return take_shell(r, key, value);
	}
	return take_parts(r, line, &is_taken);
}

static int take_line(void *context, const char *line)
{
	struct reading *const r = context;
	const char *value = NULL;
	bool is_taken = false;
	int result = 0;
	if (line[0] == '\0')
		return 0;
	switch (r->job.form) {
	case FORM_NONE:
		return take_outside(r, line);
	case FORM_VERBOSE:
		return strstr(line, "Command being timed: ") == line ? refuse_cut(r)
		                                                     : take_verbose(r, line);
	case FORM_DEFAULT:
		return take_default_second(r, line);
	case FORM_PARTS:
		result = take_parts(r, line, &is_taken);
		return is_taken || result < 0 ? result : refuse_cut(r);
	case FORM_SHELL: {
		const struct key *const key = find_shell(line, &value);
		return key && strcmp(key->name, "real") != 0 ? take_shell(r, key, value)
		                                             : refuse_cut(r);
	}
	}
	return 0;
}

static int read_lines(struct reading *r)
{
	const int result = text_lines_each(&r->lines, take_line, r, r->err);
	if (result < 0 || r->lines.is_refused)
		return result;
	if (r->job.form != FORM_NONE)
		return refuse_cut(r);
	if (r->imported->task_count > r->tasks_before)
		return 0;
	return refuse(
	        r, 1, "job",
	        "no job of time in this file; give what GNU time wrote (-v, -p, its default, "
	        "or -f \"%E elapsed, \\n%U user, \\n%S system, \\n%M memory\\n\") or the time "
	        "of a shell");
}

static int read_stream(const char *name, FILE *stream, const void *settings,
                       struct imported *imported, struct problems *problems, struct error *err)
{
	struct reading reading = {
	        .imported = imported,
	        .err = err,
	        .tasks_before = imported->task_count,
	        .file = imported_text(imported, name, err),
	};
	(void)settings;
	if (!reading.file)
		return -ENOMEM;
	int r = text_lines_init(&reading.lines, name, stream, problems, err);
	if (r == 0)
		r = read_lines(&reading);
	text_lines_release(&reading.lines);
	return r;
}

int gnu_time_read(const char *name, FILE *stream, struct imported *imported,
                  struct problems *problems, struct error *err)
{
	return import_stream(read_stream, name, stream, NULL, imported, problems, err);
}

int gnu_time_load(const char *path, struct imported *imported, struct problems *problems,
                  struct error *err)
{
	return import_path(read_stream, path, NULL, imported, problems, err);
}
