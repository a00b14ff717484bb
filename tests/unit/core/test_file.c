/* Removing folders, whatever a task has made of them. */
#include "core/file.h"

#include "core/error.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char *folder;

static int set_up(void **state)
{
	(void)state;
	struct error err;
	return file_make_temporary_folder(NULL, "plateau-test", &folder, &err);
}

static int tear_down(void **state)
{
	(void)state;
	struct error err;
	const int r = file_remove_tree(AT_FDCWD, folder, &err);
	struct stat status;
	assert_int_equal(r, 0);
	assert_int_equal(lstat(folder, &status), -1);
	free(folder);
	return 0;
}

static void make_file(int dirfd, const char *name)
{
	const int fd = openat(dirfd, name, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static size_t count_entries(const char *path)
{
	DIR *const d = opendir(path);
	assert_non_null(d);
	size_t count = 0;
	while (readdir(d))
		count++;
	closedir(d);
	return count - 2;
}

static void test_a_tree_deeper_than_any_stack(void **state)
{
	(void)state;
	struct error err;
	int fd = open(folder, O_RDONLY | O_DIRECTORY);
	/* With a file in every folder, and a name that the removal itself would choose. */
	for (int depth = 0; depth < 5000; depth++) {
		make_file(fd, "file");
		assert_int_equal(mkdirat(fd, depth % 2 ? ".remove-0" : "d", 0700), 0);
		const int inner = openat(fd, depth % 2 ? ".remove-0" : "d", O_RDONLY | O_DIRECTORY);
		assert_true(inner >= 0);
		close(fd);
		fd = inner;
	}
	close(fd);
	assert_int_equal(file_empty_folder(AT_FDCWD, folder, &err), 0);
	assert_int_equal(count_entries(folder), 0);
}

static void test_links_are_removed_and_not_followed(void **state)
{
	(void)state;
	struct error err;
	char *outside;
	assert_int_equal(file_make_temporary_folder(NULL, "plateau-test", &outside, &err), 0);
	const int out = open(outside, O_RDONLY | O_DIRECTORY);
	make_file(out, "kept");
	const int in = open(folder, O_RDONLY | O_DIRECTORY);
	assert_int_equal(mkdirat(in, "sub", 0700), 0);
	assert_int_equal(symlinkat(outside, in, "link"), 0);
	assert_int_equal(symlinkat(outside, in, "sub/link"), 0);
	assert_int_equal(symlinkat("nowhere", in, "dangling"), 0);
	close(in);
	assert_int_equal(file_empty_folder(AT_FDCWD, folder, &err), 0);
	assert_int_equal(count_entries(folder), 0);
	assert_int_equal(count_entries(outside), 1);
	close(out);
	assert_int_equal(file_remove_tree(AT_FDCWD, outside, &err), 0);
	free(outside);
}

static void test_rights_that_were_taken_away(void **state)
{
	(void)state;
	struct error err;
	const int in = open(folder, O_RDONLY | O_DIRECTORY);
	assert_int_equal(mkdirat(in, "a", 0700), 0);
	assert_int_equal(mkdirat(in, "a/b", 0700), 0);
	make_file(in, "a/b/file");
	assert_int_equal(fchmodat(in, "a/b", 0, 0), 0);
	assert_int_equal(fchmodat(in, "a", 0, 0), 0);
	assert_int_equal(fchmod(in, 0), 0);
	close(in);
	assert_int_equal(file_empty_folder(AT_FDCWD, folder, &err), 0);
	assert_int_equal(count_entries(folder), 0);
}

static void test_what_is_gone_is_no_error(void **state)
{
	(void)state;
	struct error err;
	assert_int_equal(file_empty_folder(AT_FDCWD, "/no/such/folder/anywhere", &err), 0);
	assert_int_equal(file_remove_tree(AT_FDCWD, "/no/such/folder/anywhere", &err), 0);
}

static void test_a_file_in_place_of_a_folder(void **state)
{
	(void)state;
	struct error err;
	const int in = open(folder, O_RDONLY | O_DIRECTORY);
	make_file(in, "file");
	assert_int_equal(file_remove_tree(in, "file", &err), 0);
	assert_int_equal(count_entries(folder), 0);
	close(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_a_tree_deeper_than_any_stack, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(test_links_are_removed_and_not_followed, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(test_rights_that_were_taken_away, set_up,
	                                        tear_down),
	        cmocka_unit_test(test_what_is_gone_is_no_error),
	        cmocka_unit_test_setup_teardown(test_a_file_in_place_of_a_folder, set_up,
	                                        tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
