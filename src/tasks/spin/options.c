#include "tasks/spin/options.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "tasks/spin/load.h"

#include <errno.h>
#include <math.h>
#include <string.h>

static int take_work(void *options, const char *value, struct error *err)
{
	return task_take_real(value, 0.01, 1e6, &((struct spin_options *)options)->work, err);
}

static int take_seconds(void *options, const char *value, struct error *err)
{
	double seconds = 0;
	const int r = task_take_real(value, 0.02, 1e6, &seconds, err);
	if (r == 0)
		((struct spin_options *)options)->seconds_ns = llround(seconds * (double)NS_PER_S);
	return r;
}

static int take_json(void *options, const char *value, struct error *err)
{
	(void)value, (void)err;
	((struct spin_options *)options)->json = true;
	return 0;
}

static int unknown_chain(const char *name, struct error *err)
{
	size_t count;
	const struct load *const loads = load_list(&count);
	cleanup_str struct str names = {0};
	for (size_t i = 0; i < count; i++)
		str_addf(&names, "%s, ", loads[i].name);
	return error_set(err, EINVAL, "there is no %s; there are %sauto", name, str_text(&names));
}

static int take_chain(void *options, const char *value, struct error *err)
{
	const struct load *const load =
	        strcmp(value, "auto") == 0 ? load_widest() : load_find(value);
	if (!load)
		return unknown_chain(value, err);
	if (!load->is_supported())
		return error_set(err, EINVAL,
		                 "this processor does not have %s; --chain auto takes the widest "
		                 "that it has, %s",
		                 load->help, load_widest()->name);
	((struct spin_options *)options)->load = load;
	return 0;
}

static const struct task_option options_table[] = {
        {"--seconds", "S", take_seconds, "measure for S seconds (default 2)"},
        {"--work", "X", take_work,
         "do a fixed amount of work, whatever the clock: 1 is\n"
         "about a second; 1.10 takes 1.10 times as long as 1"},
        {"--chain", "NAME", take_chain,
         "what keeps the core busy: scalar (default), avx2,\n"
         "avx512, neon, or auto, the widest that the processor\n"
         "has; the clock is always measured by the scalar chains,\n"
         "which take turns with it"},
        {"--json", NULL, take_json, "print JSON instead of lines NAME VALUE"},
};

const struct task_command spin_command = {
        .name = "plateau-spin",
        .summary = "measure the clock of a CPU, as a task",
        .usage = "[OPTION]...",
        .about = "Measures the clock of the CPU it runs on by timing chains of dependent\n"
                 "instructions; needs no counters and no privilege. Prints the median (p50)\n"
                 "and the maximum over chunks of 20 ms.\n",
        .options = options_table,
        .option_count = ARRAY_LENGTH(options_table),
        .notes = "The chains must agree within 2 %. Where they do not, or the processor's\n"
                 "instructions are not known, no frequency is printed and stderr says why; the\n"
                 "exit status is then 1, but 0 with --work: the work was done.\n"
                 "Exit status: 0 done, 1 the clock could not be told, 2 usage.\n",
};

int spin_options_parse(int argc, char *const argv[], struct spin_options *ret,
                       enum task_action *ret_action, struct error *err)
{
	struct spin_options options = {.load = load_find("scalar")};
	const int r = task_command_parse(&spin_command, argc, argv, &options, ret_action, err);
	if (r < 0 || *ret_action != TASK_RUN)
		return r;
	if (options.work > 0 && options.seconds_ns > 0)
		return error_set(err, EINVAL, "--work and --seconds: give one of them");
	if (options.work == 0 && options.seconds_ns == 0)
		options.seconds_ns = 2 * NS_PER_S;
	*ret = options;
	return 0;
}
