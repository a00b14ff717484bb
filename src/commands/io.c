/* plateau io: what a command does to files. */
#include "analyse/io/findings.h"
#include "analyse/io/track.h"
#include "commands/command.h"
#include "commands/outputs.h"
#include "commands/page_file.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/strace/strace_log.h"
#include "platform/filesystem.h"
#include "platform/strace_run.h"
#include "report/document_text.h"
#include "report/io/io_document.h"
#include "report/json/io_json.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST_CHOSEN = 8, CHOSEN_BY_ITSELF = 2, ROWS = 15, MOST_ROWS = 100000 };

struct answered {
	const struct arguments *arguments;
	const struct io_findings *findings;
	const struct io_told *told;
	bool is_failed; /* the command did not end well */
};

/* ---- What is answered ----------------------------------------------------------------------- */

static int write_answer(const struct answered *answered, char **ret_text, struct error *err)
{
	if (arguments_has(answered->arguments, "json"))
		return io_json_write(answered->findings, answered->told, answered->is_failed,
		                     ret_text, err);
	const struct text_style style = talk_style(answered->arguments);
	cleanup_document struct document doc;
	document_init(&doc, "", &style);
	io_document(answered->findings, answered->told, &doc);
	return document_text_write(&doc, ret_text, err);
}

/* The page with its plots, or the plots alone. */
static enum exit_code write_page(const struct answered *answered, const struct page_file *page)
{
	cleanup_document struct document doc;
	document_init(&doc, "", &page_style);
	io_document(answered->findings, answered->told, &doc);
	return page_file_write(page, &doc, 1, doc.title);
}

static enum exit_code answer(const struct answered *answered, const struct page_file *page)
{
	struct error err;
	cleanup_free char *text = NULL;
	if (!output_is_stdout(page->path)) {
		if (write_answer(answered, &text, &err) < 0)
			return talk_fail(EXIT_SOMETHING_FAILED, &err);
		/* What does not go out is found and told by main. */
		fputs(text, stdout);
	}
	if (!(page->path || page->plots))
		return EXIT_DONE;
	const enum exit_code code = write_page(answered, page);
	if (code == EXIT_DONE)
		page_file_note(page);
	return code;
}

/* ---- Which files are shown ------------------------------------------------------------------ */

struct chosen {
	const struct io_seen *items[MOST_CHOSEN];
	size_t count;
};

/* Those that --file names, else what is most telling. A name of no file is a mistake that is told
 * at the end: what was measured is not lost by it. */
static bool choose(const struct arguments *arguments, const struct io_findings *findings,
                   struct chosen *ret_chosen)
{
	const struct words *const names = arguments_list(arguments, "file");
	bool is_whole = true;
	if (names->count == 0)
		ret_chosen->count =
		        io_document_choose(findings, ret_chosen->items, CHOSEN_BY_ITSELF);
	for (size_t i = 0; i < names->count; i++) {
		const struct io_seen *const seen = io_findings_file(findings, names->items[i]);
		if (!seen) {
			talk_error("--file %s: no file of that name was used; its path, or the "
			           "last parts of it, are as in the table",
			           names->items[i]);
			is_whole = false;
		} else if (ret_chosen->count < MOST_CHOSEN) {
			ret_chosen->items[ret_chosen->count++] = seen;
		}
	}
	return is_whole;
}

static const char *ask_file_system(void *context, const char *path, enum io_sharing *ret_sharing)
{
	bool is_network;
	char folder[PATH_MAX];
	(void)context;
	const char *name = filesystem_kind(path, &is_network);
	/* What was removed was in a folder that may still be there. */
	snprintf(folder, sizeof folder, "%s", path);
	for (char *slash = strrchr(folder, '/'); !name && slash; slash = strrchr(folder, '/')) {
		slash[slash == folder] = '\0';
		name = filesystem_kind(folder, &is_network);
		if (slash == folder)
			break;
	}
	if (name)
		*ret_sharing = is_network ? IO_SHARED : IO_LOCAL;
	return name;
}

static size_t rows_of(const struct arguments *arguments)
{
	const char *const text = arguments_get(arguments, "rows");
	struct error err;
	int64_t rows;
	/* It was checked before anything was run. */
	if (!text || number_parse_integer(text, 1, MOST_ROWS, &rows, &err) < 0)
		return ROWS;
	return (size_t)rows;
}

/* ---- From calls to an answer ---------------------------------------------------------------- */

struct reading {
	struct io_track *track;
	struct io_profile profile;
};

static int take_operation(void *context, const struct io_operation *operation, struct error *err)
{
	struct reading *const reading = context;
	size_t count;
	struct io_process process = {.pid = operation->pid, .process = operation->pid};
	const struct io_file *const files = io_track_files(reading->track, &count);
	io_track_process(reading->track, operation->pid, &process);
	return io_profile_operation(&reading->profile, operation, &files[operation->file], &process,
	                            err);
}

static int begin_reading(struct reading *reading, const char *folder, struct error *err)
{
	*reading = (struct reading){0};
	reading->track = io_track_new(folder, take_operation, reading, err);
	return reading->track ? 0 : -ENOMEM;
}

static int take_call(void *context, const struct io_call *call, struct error *err)
{
	struct reading *const reading = context;
	int r = io_track_call(reading->track, call, err);
	/* Its number may come back as another's; a thread has no entry of its own. */
	if (r == 0 && call->kind == IO_CALL_EXIT)
		r = io_programs_exit(&reading->profile.programs, call->pid, err);
	return r;
}

static void release_reading(struct reading *reading)
{
	io_track_free(reading->track);
	io_profile_release(&reading->profile);
	*reading = (struct reading){0};
}

static enum exit_code tell(const struct arguments *arguments, const struct reading *reading,
                           const struct io_told *given, bool is_here, bool is_failed,
                           const struct page_file *page)
{
	struct io_told told = *given;
	struct error err;
	cleanup_io_findings struct io_findings findings = {0};
	struct chosen chosen = {0};
	size_t count;
	const struct io_file *const files = io_track_files(reading->track, &count);
	if (io_findings_build(&reading->profile, files, count, is_here ? ask_file_system : NULL,
	                      NULL, &findings, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	const bool is_whole = choose(arguments, &findings, &chosen);
	told.unknown = io_track_unknown(reading->track);
	told.most_rows = rows_of(arguments);
	told.is_named = arguments_list(arguments, "file")->count > 0;
	told.chosen = chosen.items;
	told.chosen_count = chosen.count;
	const struct answered answered = {arguments, &findings, &told, is_failed};
	return exit_worse(answer(&answered, page), is_whole ? EXIT_DONE : EXIT_USAGE);
}

/* ---- A log ---------------------------------------------------------------------------------- */

static enum exit_code read_log(const struct arguments *arguments, const struct page_file *page)
{
	const char *const path = arguments_get(arguments, "log");
	struct strace_report report = {0};
	struct reading reading;
	struct error err;
	int r = begin_reading(&reading, NULL, &err);
	if (r == 0)
		r = strace_log_read(path, take_call, &reading, &report, &err);
	if (r < 0) {
		release_reading(&reading);
		return talk_fail(exit_for_file(r), &err);
	}
	const struct io_told told = {.log = path, .report = &report, .wall_ns = IO_UNKNOWN};
	const enum exit_code code =
	        tell(arguments, &reading, &told, arguments_has(arguments, "here"), false, page);
	release_reading(&reading);
	return code;
}

/* ---- A command ------------------------------------------------------------------------------ */

/* Where stdout is for an answer that a program reads, what the command prints goes to stderr: the
 * two are not mixed. Returns a descriptor for restore_stdout, -1: nothing was changed. */
static int turn_stdout(bool is_wanted)
{
	if (!is_wanted)
		return -1;
	fflush(stdout);
	const int kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (kept >= 0)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	return kept;
}

static void restore_stdout(int kept)
{
	if (kept < 0)
		return;
	dup2(kept, STDOUT_FILENO);
	close(kept);
}

/* Such an answer has stdout to itself. */
static bool is_for_a_program(const struct arguments *arguments)
{
	return arguments_has(arguments, "json") ||
	       output_is_stdout(arguments_get(arguments, "output"));
}

static void say_ending(const struct strace_end *end, struct str *out)
{
	if (end->stop_signal)
		str_addf(out, "It was interrupted (%s): what it did until then is told.",
		         strsignal(end->stop_signal));
	else if (end->broken == STRACE_KILLED)
		str_addf(out,
		         "strace was ended by signal %d (%s), and the command with it: what it did "
		         "until then is told.",
		         end->signal, strsignal(end->signal));
	else if (end->broken == STRACE_WATCHER_KILLED)
		str_addf(out, "The process that watches over the command was killed, and the "
		              "command with it: what it did until then is told.");
	else if (end->signal)
		str_addf(out, "The command was ended by signal %d (%s).", end->signal,
		         strsignal(end->signal));
	else if (end->exit_status != 0)
		str_addf(out, "The command ended with exit code %d.", end->exit_status);
}

static enum exit_code code_of(const struct strace_end *end)
{
	if (end->stop_signal)
		return EXIT_INTERRUPTED;
	return end->signal || end->exit_status != 0 ? EXIT_SOMETHING_FAILED : EXIT_DONE;
}

/* What strace could not begin is a mistake in the command line, or a lack of this node. */
static enum exit_code code_of_failure(int result)
{
	return result == -ENOEXEC ? EXIT_USAGE : EXIT_SOMETHING_FAILED;
}

static enum exit_code trace(const struct arguments *arguments, struct reading *reading,
                            struct strace_end *ret_end)
{
	struct strace_ability ability;
	struct error err;
	if (strace_probe(&ability, &err) < 0)
		return talk_fail(EXIT_NODE_CANNOT, &err);
	talk_detail(arguments, "strace %s%s", ability.version,
	            ability.is_filtered ? ""
	                                : ", which stops at every call: --seccomp-bpf needs 5.3");
	const int kept = turn_stdout(is_for_a_program(arguments));
	const char *const *const argv = (const char *const *)arguments->rest.items;
	const int r = strace_run(&ability, argv, take_call, reading, ret_end, &err);
	restore_stdout(kept);
	return r < 0 ? talk_fail(code_of_failure(r), &err) : EXIT_DONE;
}

static enum exit_code trace_and_tell(const struct arguments *arguments, struct reading *reading,
                                     const char *folder, const struct page_file *page)
{
	struct strace_end end = {0};
	cleanup_str struct str ending = {0};
	const enum exit_code code = trace(arguments, reading, &end);
	if (code != EXIT_DONE)
		return code;
	say_ending(&end, &ending);
	const struct io_told told = {.command = &arguments->rest,
	                             .folder = folder,
	                             .ending = ending.length > 0 ? str_text(&ending) : NULL,
	                             .report = &end.report,
	                             .wall_ns = end.wall_ns};
	return exit_worse(tell(arguments, reading, &told, true, code_of(&end) != EXIT_DONE, page),
	                  code_of(&end));
}

static enum exit_code run_command(const struct arguments *arguments, const struct page_file *page)
{
	char folder[PATH_MAX];
	struct reading reading;
	struct error err;
	const char *const here = getcwd(folder, sizeof folder);
	if (begin_reading(&reading, here, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	const enum exit_code code = trace_and_tell(arguments, &reading, here, page);
	release_reading(&reading);
	return code;
}

/* ---- The command ---------------------------------------------------------------------------- */

static int check(const struct arguments *arguments, const struct page_file *page, struct error *err)
{
	cleanup_taken_files struct taken_files taken = {0};
	const char *const log = arguments_get(arguments, "log");
	const char *const rows = arguments_get(arguments, "rows");
	int64_t number;
	if (rows && number_parse_integer(rows, 1, MOST_ROWS, &number, err) < 0)
		return error_context(err, -EINVAL, "--rows");
	if ((log != NULL) == (arguments->rest.count > 0))
		return error_set(err, EINVAL, "%s",
		                 log ? "--log and a command are two ways of saying what is read: "
		                       "give one of them"
		                     : "give a command to run behind --, or a log of strace with "
		                       "--log");
	if (!page->path)
		return 0;
	const int r = taken_files_add(&taken, log, "the log", err);
	return r < 0 ? r : page_file_check(page, &taken, err);
}

static enum exit_code run_io(const struct arguments *arguments)
{
	struct error err;
	struct words sources = {0};
	const struct page_file page = page_file_beside(arguments, &sources);
	if (check(arguments, &page, &err) < 0)
		return talk_fail(EXIT_USAGE, &err);
	return arguments_get(arguments, "log") ? read_log(arguments, &page)
	                                       : run_command(arguments, &page);
}

static const struct option_entry options[] = {
        {0, "log", "FILE",
         "read this log of strace instead of running a command; of strace -ff -o FILE, its files "
         "FILE.PID; - for stdin"},
        {0, "here", NULL,
         "the files of the log are on this node: ask it for their kinds of file system"},
        {0, "file", "PATH...",
         "show where in this file was read and written, and when; its last parts are enough"},
        {0, "rows", "N", "rows of the tables of files, folders and programs; 15 if not given"},
        {'o', "output", "FILE", "write a page too, with plots; - for stdout"},
        {0, "plots", "DIR", "write every plot there as SVG, PDF and PNG, with data and script"},
        {0, "force", NULL, "replace FILE even if it is no page of plateau"},
};

const struct command command_io = {
        .name = "io",
        .operands = "-- COMMAND ARG... | --log FILE",
        .summary = "what a command does to files, and which of it costs more than it needs",
        .details =
                "Runs the command under strace, follows its processes, threads and descriptors, "
                "and says for each file how much of it was read and written, in how many calls, "
                "how often over, and how long that took. What costs more than it needs is named "
                "first, with what it was seen by and what is to be done: a whole file read again "
                "before each small write, small writes, reading byte by byte, a sync after each "
                "write, locks, journals and temporary files on a shared file system, files opened "
                "again and again, look-ups in long search paths.\n\n"
                "The command keeps its input, its output and its environment; with --json, or -o "
                "-, "
                "what it prints goes to stderr, since stdout has the answer. Strace holds up "
                "each of its calls on files: it takes longer than without. A log that was made "
                "elsewhere is read with --log.\n\ndocs/io.md tells more, docs/json.md what --json "
                "answers.",
        .options = options,
        .option_count = ARRAY_LENGTH(options),
        .takes_rest = true,
        .exits =
                {
                        {EXIT_DONE, "done"},
                        {EXIT_SOMETHING_FAILED,
                         "the command failed; what it did is told all the same"},
                        {EXIT_USAGE,
                         "a log that cannot be read, or a file of --file that was not used"},
                        {EXIT_NODE_CANNOT, "strace is missing or may not look at processes here, "
                                           "or gnuplot is missing"},
                        {EXIT_INTERRUPTED,
                         "stopped by a signal; what the command did until then is told"},
                },
        .examples =
                {
                        {"plateau io -- my-task input.fits", "watch a command"},
                        {"plateau io -o io.html -- my-task input.fits", "and write a page"},
                        {"strace -f -y -ttt -T -o task.strace my-task input.fits",
                         "make a log elsewhere,"},
                        {"plateau io --log task.strace", "and read it"},
                },
        .see_also = "run, report",
        .run = run_io,
};
