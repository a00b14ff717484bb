#include "tasks/stream/options.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "tasks/stream/arrays.h"
#include "tasks/stream/kernels.h"

#include <errno.h>
#include <math.h>

static int take_kernel(void *options, const char *value, struct error *err)
{
	const struct kernel *const kernel = kernel_find(value);
	if (!kernel) {
		size_t count;
		const struct kernel *const kernels = kernel_list(&count);
		cleanup_str struct str names = {0};
		for (size_t i = 0; i < count; i++)
			str_addf(&names, "%s%s", i > 0 ? ", " : "", kernels[i].name);
		return error_set(err, EINVAL, "there is no %s; there are %s", value,
		                 str_text(&names));
	}
	((struct stream_options *)options)->kernel = kernel;
	return 0;
}

static int take_size(void *options, const char *value, struct error *err)
{
	int64_t bytes = 0;
	const int r = number_parse_bytes(value, &bytes, err);
	if (r < 0)
		return r;
	if (bytes < ARRAYS_LEAST_BYTES || bytes > 1LL << 46)
		return error_set(err, EINVAL, "%s is not between 4 KiB and 64 TiB", value);
	((struct stream_options *)options)->size_bytes = bytes;
	return 0;
}

static int take_work(void *options, const char *value, struct error *err)
{
	return task_take_real(value, 0.001, 1e6, &((struct stream_options *)options)->work, err);
}

static int take_seconds(void *options, const char *value, struct error *err)
{
	double seconds = 0;
	const int r = task_take_real(value, 0.02, 1e6, &seconds, err);
	if (r == 0)
		((struct stream_options *)options)->seconds_ns =
		        llround(seconds * (double)NS_PER_S);
	return r;
}

static int take_non_temporal(void *options, const char *value, struct error *err)
{
	(void)value, (void)err;
	((struct stream_options *)options)->is_direct = true;
	return 0;
}

static int take_huge_pages(void *options, const char *value, struct error *err)
{
	(void)value, (void)err;
	((struct stream_options *)options)->is_huge = true;
	return 0;
}

static int take_json(void *options, const char *value, struct error *err)
{
	(void)value, (void)err;
	((struct stream_options *)options)->json = true;
	return 0;
}

static const struct task_option options_table[] = {
        {"--kernel", "NAME", take_kernel,
         "triad (c = a + s b, default), copy (c = a), scale\n"
         "(c = s a) or add (c = a + b)"},
        {"--size", "BYTES", take_size,
         "working set: all arrays together, as 64MiB or 2GB\n"
         "(default: 4 times the last-level cache, from 64 MiB to\n"
         "1 GiB, at most half of a CPU's share of the memory)"},
        {"--seconds", "S", take_seconds, "move memory for S seconds (default 2)"},
        {"--work", "X", take_work, "move a fixed amount: X times 8 GiB, read and written"},
        {"--non-temporal", NULL, take_non_temporal,
         "store past the caches: no line is read in order to be\n"
         "written"},
        {"--huge-pages", NULL, take_huge_pages,
         "ask for huge pages; else they are as the kernel decides"},
        {"--json", NULL, take_json, "print JSON instead of lines NAME VALUE"},
};

const struct task_command stream_command = {
        .name = "plateau-stream",
        .summary = "measure memory bandwidth, as a task",
        .usage = "[OPTION]...",
        .about = "Measures the memory bandwidth that one thread gets: a loop over arrays of\n"
                 "doubles, which the thread itself has touched first.\n",
        .options = options_table,
        .option_count = ARRAY_LENGTH(options_table),
        .notes = "Bytes are those of the formula, read and written. Usual stores read a line\n"
                 "before they write it; traffic_bytes_per_s has that, too. What the arrays hold\n"
                 "is checked at the end.\n"
                 "Exit status: 0 done, 1 something failed while running, 2 usage.\n",
};

int stream_options_parse(int argc, char *const argv[], struct stream_options *ret,
                         enum task_action *ret_action, struct error *err)
{
	size_t count;
	struct stream_options options = {.kernel = kernel_list(&count)};
	const int r = task_command_parse(&stream_command, argc, argv, &options, ret_action, err);
	if (r < 0 || *ret_action != TASK_RUN)
		return r;
	if (options.work > 0 && options.seconds_ns > 0)
		return error_set(err, EINVAL, "--work and --seconds: give one of them");
	if (options.is_direct && !options.kernel->direct)
		return error_set(err, EINVAL,
		                 "--non-temporal: there are no such stores on this processor");
	if (options.work == 0 && options.seconds_ns == 0)
		options.seconds_ns = 2 * NS_PER_S;
	*ret = options;
	return 0;
}
