/* plateau-stream: the memory bandwidth that one task gets, as a task that runs at every N. */
#include "core/error.h"
#include "tasks/stream/answer.h"
#include "tasks/stream/arrays.h"
#include "tasks/stream/kernels.h"
#include "tasks/stream/measure.h"
#include "tasks/stream/options.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <unistd.h>

static int fail(const struct error *err)
{
	return task_command_fail(&stream_command, TASK_FAILED, err);
}

/* The size where none was given. Says so where it does not lie well beyond the cache. */
static int64_t size_by_cache(int64_t cache_bytes)
{
	const int64_t memory_bytes = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
	const int64_t bytes =
	        arrays_default_bytes(cache_bytes, memory_bytes, (int)sysconf(_SC_NPROCESSORS_ONLN));
	if (bytes < 2 * cache_bytes)
		fprintf(stderr,
		        "plateau-stream: the working set of %.0f MiB is only %.1f times the "
		        "last-level cache of %.0f MiB: some of it may stay there; see --size\n",
		        (double)bytes / 0x1p20, (double)bytes / (double)cache_bytes,
		        (double)cache_bytes / 0x1p20);
	return bytes;
}

static int answer(const struct stream_options *options, const struct arrays *arrays,
                  const struct stream_result *result, int64_t cache_bytes)
{
	const struct stream_answer said = {
	        .result = result,
	        .kernel = options->kernel,
	        .is_direct = options->is_direct,
	        .working_set_bytes = (int64_t)(arrays->count * kernel_bytes(options->kernel)),
	        .cache_bytes = cache_bytes,
	        .huge_page_bytes = arrays_huge_page_bytes(),
	};
	(options->json ? stream_answer_print_json : stream_answer_print_lines)(&said, stdout);
	return task_command_close(&stream_command);
}

static int stream(const struct stream_options *options)
{
	struct error err;
	const int64_t cache_bytes = arrays_cache_bytes("", sched_getcpu());
	const int64_t bytes =
	        options->size_bytes > 0 ? options->size_bytes : size_by_cache(cache_bytes);
	struct arrays arrays;
	if (arrays_make(options->kernel, bytes, options->is_huge, &arrays, &err) < 0)
		return fail(&err);
	const struct stream_job job = {
	        .kernel = options->kernel,
	        .is_direct = options->is_direct,
	        .bytes = llround(options->work * (double)STREAM_WORK_BYTES),
	        .duration_ns = options->seconds_ns,
	};
	struct stream_result result;
	int status = TASK_FAILED;
	if (stream_measure(&job, &arrays, &result, &err) < 0) {
		fail(&err);
	} else if (result.wrong > 0) {
		error_set(&err, EIO, "%zu of %zu elements do not hold %s: do not trust this memory",
		          result.wrong, arrays.count, options->kernel->formula);
		fail(&err);
	} else {
		status = answer(options, &arrays, &result, cache_bytes);
	}
	arrays_release(&arrays);
	return status;
}

int main(int argc, char **argv)
{
	struct error err;
	struct stream_options options;
	enum task_action action = TASK_RUN;
	if (stream_options_parse(argc, argv, &options, &action, &err) < 0)
		return task_command_fail(&stream_command, TASK_BAD_INPUT, &err);
	if (action != TASK_RUN)
		return task_command_answer(&stream_command, action);
	return stream(&options);
}
