/* The words of a task: templates filled in, the environment put together, the command found. */
#include "run/words.h"

#include "core/array.h"
#include "core/error.h"
#include "core/file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char *find(char *const *envp, const char *name)
{
	const char *found = NULL;
	size_t count = 0;
	for (; *envp; envp++) {
		const size_t length = strlen(name);
		if (strncmp(*envp, name, length) == 0 && (*envp)[length] == '=') {
			found = *envp + length + 1;
			count++;
		}
	}
	/* A name that stands twice means whichever the reader takes. */
	assert_true(count <= 1);
	return found;
}

static void add_variable(struct scenario *scenario, const char *name, const char *value)
{
	struct error err;
	assert_int_equal(array_reserve(&scenario->task.environment,
	                               &scenario->task.environment_capacity,
	                               scenario->task.environment_count + 1,
	                               sizeof *scenario->task.environment, &err),
	                 0);
	struct scenario_variable *const variable =
	        &scenario->task.environment[scenario->task.environment_count++];
	variable->name = strdup(name);
	variable->value = strdup(value);
}

static void test_everything_is_filled_in(void **state)
{
	(void)state;
	struct error err;
	struct scenario scenario;
	assert_int_equal(scenario_init(&scenario, &err), 0);
	static const char *const command[] = {"/bin/true", "{input}",
	                                      "a-{index}-{slot}-{level}{cpu}", "{{braces}}",
	                                      "{workdir}/x{workdir}"};
	for (size_t i = 0; i < ARRAY_LENGTH(command); i++)
		assert_int_equal(words_add(&scenario.task.command, command[i], &err), 0);
	add_variable(&scenario, "COLOUR", "blue");
	struct words inputs = {0};
	assert_int_equal(words_add(&inputs, "/data/one.fits", &err), 0);
	assert_int_equal(words_add(&inputs, "/data/a-much-longer-name-than-any-other.fits", &err),
	                 0);
	static const char *const base[] = {"HOME=/root", "COLOUR=red", "PLATEAU_SLOT=99", NULL};
	const struct words_context context = {&scenario, &inputs, "feed", base};
	struct task_words *words;
	assert_int_equal(task_words_new(&context, strlen("/scratch/slot17"), &words, &err), 0);

	const struct words_task first = {4000000000u, 3, 128, 255, 1, "/scratch/slot17"};
	task_words_fill(words, &first);
	char *const *const argv = task_words_argv(words);
	assert_string_equal(argv[1], "/data/a-much-longer-name-than-any-other.fits");
	assert_string_equal(argv[2], "a-4000000000-3-128255");
	assert_string_equal(argv[3], "{braces}");
	assert_string_equal(argv[4], "/scratch/slot17/x/scratch/slot17");
	assert_null(argv[5]);
	char *const *const envp = task_words_envp(words);
	assert_string_equal(find(envp, "HOME"), "/root");
	assert_string_equal(find(envp, "COLOUR"), "blue");
	assert_string_equal(find(envp, "PLATEAU_RUN"), "feed");
	assert_string_equal(find(envp, "PLATEAU_SLOT"), "3");
	assert_string_equal(find(envp, "PLATEAU_INDEX"), "4000000000");
	assert_string_equal(find(envp, "PLATEAU_LEVEL"), "128");
	assert_string_equal(find(envp, "PLATEAU_CPU"), "255");
	assert_string_equal(find(envp, "PLATEAU_WORKDIR"), "/scratch/slot17");

	/* The next task finds nothing of the one before, and an unbound one no CPU. */
	const struct words_task second = {0, 0, 1, -1, 0, "/w"};
	task_words_fill(words, &second);
	assert_string_equal(argv[1], "/data/one.fits");
	assert_string_equal(argv[2], "a-0-0-1");
	assert_string_equal(argv[4], "/w/x/w");
	assert_string_equal(find(envp, "PLATEAU_CPU"), "");
	assert_string_equal(task_words_path(words), "/bin/true");
	task_words_free(words);
	words_release(&inputs);
	scenario_release(&scenario);
}

static void make_file(const char *folder, const char *name, mode_t mode)
{
	char path[256];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	const int fd = open(path, O_WRONLY | O_CREAT, mode);
	assert_true(fd >= 0);
	fchmod(fd, mode);
	close(fd);
}

static void test_commands_are_found_as_a_shell_finds_them(void **state)
{
	(void)state;
	struct error err;
	char *folder;
	assert_int_equal(file_make_temporary_folder(NULL, "plateau-test", &folder, &err), 0);
	char a[200];
	char b[200];
	snprintf(a, sizeof a, "%s/a", folder);
	snprintf(b, sizeof b, "%s/b", folder);
	mkdir(a, 0700);
	mkdir(b, 0700);
	make_file(a, "tool", 0600); /* not executable: passed over */
	make_file(b, "tool", 0700);
	mkdir(strcat(strcpy((char[256]){0}, a), "/folder"), 0700);
	make_file(b, "folder", 0700); /* a folder of that name comes first: passed over */
	char variable[512];
	snprintf(variable, sizeof variable, "%s:%s", a, b);
	static const struct {
		const char *command;
		const char *in_b; /* NULL: comes back as it is */
	} cases[] = {
	        {"tool", "tool"},        {"folder", "folder"},   {"./tool", NULL},
	        {"/no/such/tool", NULL}, {"no-such-tool", NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char *path = NULL;
		assert_int_equal(words_find_command(cases[i].command, variable, &path, &err), 0);
		char expected[512];
		if (cases[i].in_b)
			snprintf(expected, sizeof expected, "%s/%s", b, cases[i].in_b);
		else
			snprintf(expected, sizeof expected, "%s", cases[i].command);
		assert_string_equal(path, expected);
		free(path);
	}
	file_remove_tree(AT_FDCWD, folder, &err);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_everything_is_filled_in),
	        cmocka_unit_test(test_commands_are_found_as_a_shell_finds_them),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
