/* A fleet's folder: names, the manifest, attempts; what others left in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "fleet/folder.h"
#include "model/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;

static int make_dir(void **state)
{
	(void)state;
	struct error err;
	return file_make_temporary_folder(NULL, "fleet", &dir, &err);
}

static int remove_dir(void **state)
{
	(void)state;
	struct error err;
	const int r = file_remove_tree(AT_FDCWD, dir, &err);
	free(dir);
	return r;
}

static void put(const char *name, const char *text)
{
	struct error err;
	cleanup_free char *path = NULL;
	assert_int_equal(file_join(dir, name, &path, &err), 0);
	assert_int_equal(file_replace(path, text, strlen(text), &err), 0);
}

static void put_in(const char *node, uint32_t attempt, const char *name, const char *text)
{
	struct error err;
	cleanup_free char *path = NULL;
	assert_int_equal(folder_path(dir, node, attempt, name, &path, &err), 0);
	assert_int_equal(file_replace(path, text, strlen(text), &err), 0);
}

static void test_names(void **state)
{
	(void)state;
	static const struct {
		const char *node;
		const char *name;
	} cases[] = {
	        {"rome01", "rome01"},
	        {"a.b-c_D", "a.b-c_D"},
	        {"..", "%2E."},
	        {".hidden", "%2Ehidden"},
	        {"-rf", "%2Drf"},
	        {"a/b", "a%2Fb"},
	        {"$(x) 'y'", "%24%28x%29%20%27y%27"},
	        {"100%", "100%25"},
	        {"n\xff\n", "n%FF%0A"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err;
		cleanup_free char *name = NULL;
		cleanup_free char *node = NULL;
		assert_int_equal(folder_escape(cases[i].node, &name, &err), 0);
		assert_string_equal(name, cases[i].name);
		assert_int_equal(folder_unescape(name, &node, &err), 0);
		assert_string_equal(node, cases[i].node);
	}
	static const char *const wrong[] = {"", "%", "%2", "%2e.", "%00", "a b", "..", "%41"};
	for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
		struct error err;
		char *node = NULL;
		assert_int_equal(folder_unescape(wrong[i], &node, &err), -EINVAL);
		assert_null(node);
	}
}

static char id[] = "0123456789abcdef0123456789abcdef";
static char text[] = "isr";
static char path_text[] = "/w";
static char sha[] = "00";

static struct manifest made_manifest(void)
{
	return (struct manifest){.id = id,
	                         .name = text,
	                         .plateau_version = text,
	                         .plateau_path = path_text,
	                         .scenario_sha256 = sha,
	                         .working_folder = path_text,
	                         .created_ns = 5,
	                         .time_limit_ns = RECORD_ABSENT};
}

static void test_manifest(void **state)
{
	(void)state;
	struct error err;
	struct manifest manifest;
	assert_int_equal(folder_manifest(dir, &manifest, &err), -ENOENT);
	assert_non_null(strstr(err.text, "no folder of a fleet"));
	put("fleet.json", "{");
	assert_int_equal(folder_manifest(dir, &manifest, &err), -EINVAL);
	assert_non_null(strstr(err.text, "fleet.json"));
	const struct manifest made = made_manifest();
	assert_int_equal(folder_write_manifest(dir, &made, &err), 0);
	assert_int_equal(folder_manifest(dir, &manifest, &err), 0);
	assert_string_equal(manifest.id, id);
	manifest_release(&manifest);
}

static const char state_of_six[] =
        "{\"format\":\"plateau job state\",\"schema_version\":1,\"stage\":\"done\","
        "\"node\":\"n2\",\"attempt\":1,\"exit_code\":0,\"signal\":0,\"cpu_count\":1,"
        "\"granted_cpu_count\":0,\"memory_bytes\":null,\"started_ns\":1,\"updated_ns\":2,"
        "\"ended_ns\":2,\"result\":\"result.db\",\"result_bytes\":6,\"trials_done\":1,"
        "\"trials_planned\":1,\"is_partial\":false}";

static void make_attempts(void)
{
	struct error err;
	static const struct {
		const char *node;
		uint32_t attempt;
	} made[] = {{"n10", 1}, {"n2", 1}, {"n2", 2}, {"n2", 10}, {"a/b c", 1}, {"bad", 1}};
	for (size_t i = 0; i < ARRAY_LENGTH(made); i++) {
		assert_int_equal(folder_make_attempt(dir, made[i].node, made[i].attempt, &err), 0);
		assert_int_equal(folder_make_attempt(dir, made[i].node, made[i].attempt, &err),
		                 -EEXIST);
	}
	char node[] = "n2";
	char job[] = "77";
	assert_int_equal(folder_write_submission(
	                         dir,
	                         &(struct submission){
	                                 .node = node, .attempt = 2, .job = job, .submitted_ns = 9},
	                         &err),
	                 0);
	put_in("n2", 2, "result.db", "12345");
	/* A result of another size than its job has noted. */
	put_in("n2", 1, "result.db", "12345");
	put_in("n2", 1, "state.json", state_of_six);
	/* An answer that lies in the wrong place, a state that is none, a result that is none. */
	put_in("a/b c", 1, "submitted.json",
	       "{\"schema_version\":1,\"node\":\"n2\",\"attempt\":1,\"job\":\"1\"}");
	put_in("bad", 1, "state.json", "{\"half");
	cleanup_free char *link = NULL;
	assert_int_equal(folder_path(dir, "n10", 1, "result.db", &link, &err), 0);
	assert_int_equal(symlink("/etc/passwd", link), 0);
	/* What is not ours. */
	put("nodes/file", "");
	put("nodes/n2/attempt-0", "");
	put("nodes/n2/attempt-01", "");
	put("nodes/n2/attempt-99999999999999999999", "");
	put("nodes/n2/attempt-3.tmp", "");
	put("nodes/n2/note", "");
}

static void test_read(void **state)
{
	(void)state;
	struct error err;
	cleanup_fleet struct fleet fleet = {0};
	struct manifest manifest = made_manifest();
	assert_int_equal(words_add(&manifest.expected, "n2", &err), 0);
	assert_int_equal(words_add(&manifest.expected, "n1", &err), 0);
	assert_int_equal(folder_read(dir, &manifest, &fleet, &err), 0);
	assert_int_equal(fleet.node_count, 2);
	assert_string_equal(fleet.nodes[0].name, "n1");
	fleet_release(&fleet);

	make_attempts();
	put("scenario.yaml", "name: x\n");
	assert_int_equal(folder_read(dir, &manifest, &fleet, &err), 0);
	words_release(&manifest.expected);
	assert_string_equal(fleet.scenario_text, "name: x\n");
	assert_string_equal(fleet.folder, dir);
	static const char *const names[] = {"a/b c", "bad", "n1", "n2", "n10"};
	assert_int_equal(fleet.node_count, ARRAY_LENGTH(names));
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		assert_string_equal(fleet.nodes[i].name, names[i]);
	assert_non_null(strstr(fleet.nodes[0].attempts[0].unreadable, "it is of node n2"));
	assert_null(fleet.nodes[0].attempts[0].job.id);
	assert_non_null(strstr(fleet.nodes[1].attempts[0].unreadable, "state.json"));
	assert_false(fleet.nodes[1].attempts[0].has_report);
	assert_int_equal(fleet.nodes[2].attempt_count, 0);

	const struct fleet_node *const n2 = &fleet.nodes[3];
	assert_int_equal(n2->attempt_count, 3);
	assert_int_equal(n2->attempts[2].number, 10);
	assert_null(n2->attempts[0].job.id);
	assert_true(n2->attempts[0].has_report);
	assert_string_equal(n2->attempts[0].unreadable,
	                    "result.db has 5 bytes, and its job noted 6: it was cut off or changed "
	                    "since, or is another's");
	assert_null(n2->attempts[1].unreadable);
	assert_string_equal(n2->attempts[1].job.id, "77");
	assert_false(n2->attempts[1].has_job);
	assert_int_equal(n2->attempts[1].job.submitted_ns, 9);
	assert_true(n2->attempts[1].job.ended_ns == RECORD_ABSENT);
	assert_int_equal(n2->attempts[1].result_bytes, 5);
	assert_non_null(strstr(n2->attempts[1].result_path, "/nodes/n2/attempt-2/result.db"));
	/* A link would lead anywhere. */
	assert_null(fleet.nodes[4].attempts[0].result_path);
	assert_non_null(strstr(fleet.nodes[4].attempts[0].unreadable, "is no file"));
}

static void make_pipe(const char *node, uint32_t attempt, const char *name)
{
	struct error err;
	cleanup_free char *path = NULL;
	assert_int_equal(folder_path(dir, node, attempt, name, &path, &err), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
}

/* A pipe that nobody writes to is told, and does not stop who looks at the fleet. */
static void test_pipes(void **state)
{
	(void)state;
	static const char *const names[] = {"submitted.json", "state.json"};
	struct error err;
	cleanup_fleet struct fleet fleet = {0};
	struct manifest manifest = made_manifest();
	alarm(20);
	for (uint32_t i = 0; i < ARRAY_LENGTH(names); i++) {
		assert_int_equal(folder_make_attempt(dir, "n1", i + 1, &err), 0);
		make_pipe("n1", i + 1, names[i]);
	}
	assert_int_equal(folder_read(dir, &manifest, &fleet, &err), 0);
	assert_int_equal(fleet.node_count, 1);
	assert_int_equal(fleet.nodes[0].attempt_count, ARRAY_LENGTH(names));
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const char *const told = fleet.nodes[0].attempts[i].unreadable;
		assert_non_null(strstr(told, names[i]));
		assert_non_null(strstr(told, "is no file"));
	}
	cleanup_free char *path = NULL;
	assert_int_equal(file_join(dir, "fleet.json", &path, &err), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(folder_manifest(dir, &manifest, &err), -EINVAL);
	alarm(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_names),
	        cmocka_unit_test_setup_teardown(test_manifest, make_dir, remove_dir),
	        cmocka_unit_test_setup_teardown(test_read, make_dir, remove_dir),
	        cmocka_unit_test_setup_teardown(test_pipes, make_dir, remove_dir),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
