/* plateau-isr: a stand-alone instrument signature removal task, and the generator of its
 * inputs. */
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "tasks/isr/calibration.h"
#include "tasks/isr/log.h"
#include "tasks/isr/options.h"
#include "tasks/isr/raw_file.h"
#include "tasks/isr/reduce.h"
#include "tasks/isr/result_file.h"
#include "tasks/isr/synthesize.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_BAD_INPUT = 2 };

static int fail(int status, const struct error *err)
{
	fprintf(stderr, "plateau-isr: %s\n", err->text);
	return status;
}

/* Memory that is short is no fault of the input. */
static int status_of_input(int r)
{
	return r == -ENOMEM ? EXIT_FAILED : EXIT_BAD_INPUT;
}

/* "folder of path/name", or name itself when it is absolute. */
static int beside(const char *path, const char *name, char **ret, struct error *err)
{
	const char *const slash = strrchr(path, '/');
	if (!slash || name[0] == '/')
		return str_copy(name, ret, err);
	return str_format(ret, err, "%.*s%s", (int)(slash + 1 - path), path, name);
}

/* Minutes of work should not be lost to a folder that was never there. */
static int check_output(const char *path, struct error *err)
{
	cleanup_free char *folder = NULL;
	const int r = beside(path, ".", &folder, err);
	if (r < 0)
		return r;
	struct stat facts;
	if (stat(path, &facts) == 0 && S_ISDIR(facts.st_mode))
		return error_set(err, EISDIR, "%s: is a folder; name the file to write", path);
	if (stat(folder, &facts) < 0 || !S_ISDIR(facts.st_mode))
		return error_set(err, ENOENT,
		                 "%s: the folder to write it in does not exist; create it first",
		                 path);
	if (access(folder, W_OK) < 0)
		return error_system(err, errno, "%s: its folder cannot be written", path);
	return 0;
}

static void label_log(const struct raw *raw, struct log *log)
{
	snprintf(log->label, sizeof log->label,
	         "isr:{instrument: '%s', detector: %lld, exposure: %lld}", raw->instrument,
	         (long long)raw->detector, (long long)raw->exposure);
}

/* All that is read: the exposure and its calibrations. */
static int load(const struct options *options, struct log *log, struct raw *ret_raw,
                struct calibration *ret_calibration, struct error *err)
{
	cleanup_free char *folder = NULL;
	LOG_INFO(log, LOG_GET, "Reading bytes from %s", options->input);
	int r = raw_read(options->input, ret_raw, err);
	if (r < 0)
		return r;
	label_log(ret_raw, log);
	LOG_INFO(log, LOG_BUTLER, "Butler get: raw of exposure %lld", (long long)ret_raw->exposure);
	r = options->calibrations
	            ? str_copy(options->calibrations, &folder, err)
	            : beside(options->input, ret_raw->calibration_folder, &folder, err);
	if (r == 0)
		r = calibration_read(folder, &ret_raw->geometry, log, ret_calibration, err);
	if (r == 0)
		LOG_INFO(log, LOG_BUTLER,
		         "Butler get: bias, dark, flat, defects, crosstalk and bfKernel");
	return r;
}

static int store(const char *path, const struct raw *raw, const struct reduction *reduction,
                 const struct log *log, struct error *err)
{
	LOG_INFO(log, LOG_BUTLER, "Butler put: postISRCCD of exposure %lld",
	         (long long)raw->exposure);
	const int r = result_write(path, raw, reduction, err);
	if (r == 0)
		LOG_INFO(log, LOG_PUT, "Successfully wrote python object to local file at %s",
		         path);
	return r;
}

static int run_reduce(const struct options *options)
{
	struct error err;
	struct log log = {.stream = stderr};
	cleanup_raw struct raw raw = {0};
	cleanup_calibration struct calibration calibration = {0};
	cleanup_reduction struct reduction reduction = {0};
	const int64_t start_ns = clock_now_ns();
	int r = options->output ? check_output(options->output, &err) : 0;
	if (r == 0)
		r = load(options, &log, &raw, &calibration, &err);
	if (r < 0)
		return fail(status_of_input(r), &err);
	r = reduce_exposure(&raw, &calibration, REDUCE_ALL, &log, &reduction, &err);
	if (r == 0 && options->output)
		r = store(options->output, &raw, &reduction, &log, &err);
	if (r < 0)
		return fail(EXIT_FAILED, &err);
	LOG_INFO(&log, LOG_EXECUTOR,
	         "Execution of task 'isr' on quantum {instrument: '%s', detector: %lld, exposure: "
	         "%lld} took %.3f seconds",
	         raw.instrument, (long long)raw.detector, (long long)raw.exposure,
	         (double)(clock_now_ns() - start_ns) / (double)NS_PER_S);
	return EXIT_DONE;
}

static int run_synthesize(const struct options *options)
{
	struct error err;
	struct synthesize_report report = {0};
	const int r = synthesize(options->folder, options->count, (uint64_t)options->seed,
	                         options->size, &report, &err);
	if (r < 0)
		return fail(r == -ENOMEM || r == -EIO || r == -ENOSPC ? EXIT_FAILED
		                                                      : EXIT_BAD_INPUT,
		            &err);
	printf("%s: %lld raw exposures made, %lld there already; calibrations %s\n",
	       options->folder, (long long)report.written, (long long)report.reused,
	       report.calibrations_written ? "made" : "there already");
	return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

int main(int argc, char **argv)
{
	struct error err;
	struct options options;
	enum task_action action = TASK_RUN;
	signal(SIGXFSZ, SIG_IGN); /* a limit on file size is an error of writing, not the end */
	if (options_parse(argc, argv, &options, &action, &err) < 0)
		return fail(EXIT_BAD_INPUT, &err);
	if (action != TASK_RUN)
		return task_command_answer(&isr_command, action);
	return options.is_synthesis ? run_synthesize(&options) : run_reduce(&options);
}
