/* plateau-spin: the clock of a CPU under scalar or vector load, as a task that runs at every N. */
#include "core/chain.h"
#include "core/error.h"
#include "tasks/spin/answer.h"
#include "tasks/spin/load.h"
#include "tasks/spin/options.h"

#include <math.h>
#include <stdbool.h>

struct loading {
	const struct load *load;
	bool is_wrong;
};

static void run_load(void *context)
{
	struct loading *const loading = context;
	if (!loading->load->run(loading->load->operations))
		loading->is_wrong = true;
}

static int spin(const struct spin_options *options)
{
	struct error err;
	struct loading loading = {.load = options->load};
	const struct chain_job job = {
	        .rounds = (uint64_t)llround(options->work * (double)options->load->rounds_per_work),
	        .duration_ns = options->seconds_ns,
	        .chunk_ns = CHAIN_CHUNK_NS,
	        .load = options->load->run ? run_load : NULL,
	        .context = &loading,
	};
	cleanup_chain_result struct chain_result result = {0};
	if (chain_run(&job, &result, &err) < 0)
		return task_command_fail(&spin_command, TASK_FAILED, &err);
	if (loading.is_wrong) {
		error_set(&err, 0, "the %s unit computed wrongly: do not trust this CPU",
		          options->load->name);
		return task_command_fail(&spin_command, TASK_FAILED, &err);
	}
	const bool is_told = chain_check(&result, &err) == 0;
	const struct spin_answer answer = {&result, options->load, is_told ? NULL : err.text};
	(options->json ? spin_answer_print_json : spin_answer_print_lines)(&answer, stdout);
	if (task_command_close(&spin_command) != TASK_DONE)
		return TASK_FAILED;
	if (is_told)
		return TASK_DONE;
	return task_command_fail(&spin_command, options->work > 0 ? TASK_DONE : TASK_FAILED, &err);
}

int main(int argc, char **argv)
{
	struct error err;
	struct spin_options options = {0};
	enum task_action action = TASK_RUN;
	if (spin_options_parse(argc, argv, &options, &action, &err) < 0)
		return task_command_fail(&spin_command, TASK_BAD_INPUT, &err);
	if (action != TASK_RUN)
		return task_command_answer(&spin_command, action);
	return spin(&options);
}
