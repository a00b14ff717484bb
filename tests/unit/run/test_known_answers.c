/* Throughput where the answer is known: tasks that sleep and write down when they slept. What the
 * engine's records say is held against what the tasks say themselves, in the same run, so that a
 * busy machine disturbs both alike. */
#include "engine_fixture.h"

#include "core/array.h"
#include "core/file.h"
#include "core/str.h"

#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* One nap by its own account, in ns since the run's origin. */
struct nap {
	uint32_t level;
	uint32_t slot;
	int64_t start_ns;
	int64_t end_ns;
};

struct naps {
	struct nap *items;
	size_t count;
	size_t capacity;
};

static char *folder;
static char *diary; /* the file that the tasks write to */
static char *nap_program;

static int set_up(void **state)
{
	(void)state;
	struct error err;
	const char *const top = getenv("top_builddir");
	if (file_make_temporary_folder(NULL, "plateau-test", &folder, &err) < 0 ||
	    file_join(folder, "diary", &diary, &err) < 0 ||
	    file_join(top ? top : ".", "tests/unit/run/nap", &nap_program, &err) < 0)
		return -1;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	struct error err;
	file_remove_tree(AT_FDCWD, folder, &err);
	free(folder);
	free(diary);
	free(nap_program);
	return 0;
}

static struct naps read_diary(const struct fixture *f)
{
	struct naps naps = {0};
	struct error err;
	char *text = NULL;
	/* The diary counts from the clock's beginning, the records from the run's. */
	assert_int_equal(file_read(diary, 1 << 26, &text, NULL, &err), 0);
	char *rest = text;
	for (char *line; (line = strsep(&rest, "\n")) && *line;) {
		struct nap nap;
		assert_int_equal(sscanf(line, "%" SCNu32 " %" SCNu32 " %" SCNd64 " %" SCNd64,
		                        &nap.level, &nap.slot, &nap.start_ns, &nap.end_ns),
		                 4);
		nap.start_ns -= f->origin_ns;
		nap.end_ns -= f->origin_ns;
		assert_int_equal(array_reserve(&naps.items, &naps.capacity, naps.count + 1,
		                               sizeof *naps.items, &err),
		                 0);
		naps.items[naps.count++] = nap;
	}
	free(text);
	return naps;
}

static double seconds(int64_t ns)
{
	return (double)ns / 1e9;
}

/* Naps of the level that ended inside the window. */
static size_t completions(const struct naps *naps, uint32_t level, const struct trial_record *trial)
{
	size_t count = 0;
	for (size_t i = 0; i < naps->count; i++)
		count += naps->items[i].level == level &&
		         naps->items[i].end_ns >= trial->window_start_ns &&
		         naps->items[i].end_ns < trial->window_end_ns;
	return count;
}

/* Per slot, the rate of its naps between the first and the last that began inside the window: what
 * the tasks' own stamps say the throughput is. */
static double own_rate(const struct naps *naps, uint32_t level, const struct trial_record *trial)
{
	double rate = 0;
	for (uint32_t slot = 0; slot < level; slot++) {
		int64_t first_ns = INT64_MAX;
		int64_t last_ns = INT64_MIN;
		size_t count = 0;
		for (size_t i = 0; i < naps->count; i++) {
			const struct nap *const nap = &naps->items[i];
			if (nap->level != level || nap->slot != slot ||
			    nap->start_ns < trial->window_start_ns ||
			    nap->start_ns > trial->window_end_ns)
				continue;
			count++;
			if (nap->start_ns < first_ns)
				first_ns = nap->start_ns;
			if (nap->start_ns > last_ns)
				last_ns = nap->start_ns;
		}
		assert_true(count >= 3);
		rate += (double)(count - 1) / seconds(last_ns - first_ns);
	}
	return rate;
}

/* Mean length of the naps inside the window by their own account, s: 0.05 and what the kernel adds
 * when it wakes them late. */
static double mean_nap_s(const struct naps *naps, uint32_t level, const struct trial_record *trial)
{
	double sum_s = 0;
	size_t count = 0;
	for (size_t i = 0; i < naps->count; i++) {
		if (naps->items[i].level != level ||
		    naps->items[i].start_ns < trial->window_start_ns ||
		    naps->items[i].end_ns > trial->window_end_ns)
			continue;
		sum_s += seconds(naps->items[i].end_ns - naps->items[i].start_ns);
		count++;
	}
	return sum_s / (double)count;
}

/* Mean of what the engine's records have around the naps, s: the process's start and end, and the
 * idle slot. */
static double mean_gap_s(const struct fixture *f, const struct trial_record *trial, double nap_s)
{
	double sum_s = 0;
	size_t count = 0;
	for (size_t i = 0; i < f->collected.count; i++) {
		const struct task_record *const task = &f->collected.items[i].task;
		if (f->collected.items[i].kind != RECORD_TASK || task->trial != trial->trial ||
		    task->role != ROLE_MEASURED || task->idle_before_ns == RECORD_ABSENT)
			continue;
		sum_s += seconds(task->end_ns - task->start_ns + task->idle_before_ns) - nap_s;
		count++;
	}
	return sum_s / (double)count;
}

/* Says both figures and whether they are near enough. */
static bool is_near(const char *what, double is, double ought, double tolerance)
{
	print_message("# %s: %.4f against %.4f, ratio %.4f\n", what, is, ought, is / ought);
	return fabs(is / ought - 1) <= tolerance;
}

/* A machine that others use may spoil a run, because tasks on the window's edges are then unlike
 * those inside it. Three in a row that disagree are a fault. */
static void must_hold(bool (*holds)(void))
{
	for (int attempt = 0; attempt < 3; attempt++)
		if (holds())
			return;
	fail_msg("not within the tolerance in three runs");
}

static void run_naps(struct fixture *f, const char *const *arguments, const uint32_t *levels,
                     double measured, struct trial_outcome *outcomes)
{
	const char *argv[8] = {nap_program, diary};
	for (size_t i = 0; arguments[i]; i++)
		argv[i + 2] = arguments[i];
	unlink(diary);
	fixture_init(f, argv, levels);
	f->scenario.sweep.measured.tasks = measured;
	fixture_run(f, outcomes);
}

static bool sleepers_hold(void)
{
	bool holds = true;
	static const uint32_t levels[] = {1, 2, 8, 64, 0};
	struct fixture f;
	struct trial_outcome outcomes[4];
	run_naps(&f, (const char *const[]){"50", NULL}, levels, 40, outcomes);
	struct naps naps = read_diary(&f);
	for (size_t i = 0; levels[i]; i++) {
		const struct trial_record *const trial = &outcomes[i].record;
		const double x = fixture_throughput(&f, trial);
		const double nap_s = mean_nap_s(&naps, levels[i], trial);
		const double gap_s = mean_gap_s(&f, trial, nap_s);
		char what[80];
		snprintf(what, sizeof what, "N=%" PRIu32 " own time stamps", levels[i]);
		holds &= is_near(what, x, own_rate(&naps, levels[i], trial), 0.01);
		snprintf(what, sizeof what, "N=%" PRIu32 " N/(nap of %.2f ms + gap of %.2f ms)",
		         levels[i], nap_s * 1e3, gap_s * 1e3);
		holds &= is_near(what, x, levels[i] / (nap_s + gap_s), 0.01);
	}
	free(naps.items);
	fixture_release(&f);
	return holds;
}

static void test_sleepers(void **state)
{
	(void)state;
	must_hold(sleepers_hold);
}

/* N over the mean wall time, every slot weighing the same: the estimator that is not used. */
static double naive_throughput(const struct fixture *f, uint32_t level, uint32_t trial)
{
	double sum_s = 0;
	for (uint32_t slot = 0; slot < level; slot++) {
		double wall_s = 0;
		size_t count = 0;
		for (size_t i = 0; i < f->collected.count; i++) {
			const struct task_record *const task = &f->collected.items[i].task;
			if (f->collected.items[i].kind != RECORD_TASK || task->trial != trial ||
			    task->slot != slot || task->state != TASK_OK)
				continue;
			wall_s += seconds(task->end_ns - task->start_ns);
			count++;
		}
		sum_s += wall_s / (double)count;
	}
	return level / (sum_s / level);
}

static bool slots_of_different_speed_hold(void)
{
	struct fixture f;
	struct trial_outcome outcome;
	run_naps(&f, (const char *const[]){"50", "100", NULL}, (const uint32_t[]){8, 0}, 30,
	         &outcome);
	struct naps naps = read_diary(&f);
	const double x = fixture_throughput(&f, &outcome.record);
	const double ought = own_rate(&naps, 8, &outcome.record);
	bool holds = is_near("half the slots at half speed", x, ought, 0.01);
	const double naive = naive_throughput(&f, 8, 1);
	print_message("# N/mean(wall) would say %.4f, ratio %.4f\n", naive, naive / ought);
	holds &= fabs(naive / ought - 1) > 0.05;
	free(naps.items);
	fixture_release(&f);
	return holds;
}

static void test_slots_of_different_speed(void **state)
{
	(void)state;
	must_hold(slots_of_different_speed_hold);
}

static bool failures_count_as_nothing(void)
{
	struct fixture f;
	struct trial_outcome outcome;
	run_naps(&f, (const char *const[]){"50", "50", "5", NULL}, (const uint32_t[]){8, 0}, 60,
	         &outcome);
	struct naps naps = read_diary(&f);
	assert_int_equal(outcome.record.state, TRIAL_DONE);
	const size_t failed = fixture_count(&f, 1, TASK_FAILED);
	print_message("# %zu tasks failed at once\n", failed);
	assert_true(failed > 0);
	const bool holds = is_near("5 % fail at once, own time stamps",
	                           fixture_throughput(&f, &outcome.record),
	                           own_rate(&naps, 8, &outcome.record), 0.01);
	free(naps.items);
	fixture_release(&f);
	return holds;
}

static void test_failures_count_as_nothing(void **state)
{
	(void)state;
	must_hold(failures_count_as_nothing);
}

static int compare_doubles(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;
	return (x > y) - (x < y);
}

static bool completions_counted_outside_agree(void)
{
	double ratios[5];
	for (size_t i = 0; i < ARRAY_LENGTH(ratios); i++) {
		struct fixture f;
		struct trial_outcome outcome;
		run_naps(&f, (const char *const[]){"20", NULL}, (const uint32_t[]){4, 0}, 150,
		         &outcome);
		struct naps naps = read_diary(&f);
		const struct trial_record *const trial = &outcome.record;
		const double counted = (double)completions(&naps, 4, trial) /
		                       seconds(trial->window_end_ns - trial->window_start_ns);
		ratios[i] = fixture_throughput(&f, trial) / counted;
		print_message("# ratio to completions counted outside: %.4f\n", ratios[i]);
		free(naps.items);
		fixture_release(&f);
	}
	qsort(ratios, ARRAY_LENGTH(ratios), sizeof ratios[0], compare_doubles);
	return is_near("median of five", ratios[2], 1, 0.01);
}

static void test_against_completions_counted_outside(void **state)
{
	(void)state;
	must_hold(completions_counted_outside_agree);
}

static bool occupancy_is_held(void)
{
	struct fixture f;
	struct trial_outcome outcome;
	run_naps(&f, (const char *const[]){"50", NULL}, (const uint32_t[]){16, 0}, 20, &outcome);
	const double held = fixture_held(&f, &outcome.record);
	print_message("# 16 slots held %.3f tasks\n", held);
	fixture_release(&f);
	return held <= 16 && held > 15;
}

static void test_occupancy_is_held(void **state)
{
	(void)state;
	must_hold(occupancy_is_held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_sleepers),
	        cmocka_unit_test(test_slots_of_different_speed),
	        cmocka_unit_test(test_failures_count_as_nothing),
	        cmocka_unit_test(test_against_completions_counted_outside),
	        cmocka_unit_test(test_occupancy_is_held),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
