/* What others may have put in the way, as far as one user can try it: tests/security/users.sh has
 * two. */
#include "core/trust.h"

#include "core/array.h"
#include "core/error.h"
#include "core/file.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char *make_folder(void)
{
	struct error err;
	char *folder = NULL;
	const int r = file_make_temporary_folder(NULL, "plateau-test", &folder, &err);
	if (r == -EPERM)
		skip(); /* everybody may rename in $TMPDIR */
	assert_int_equal(r, 0);
	return folder;
}

static void test_temporary_parents(void **state)
{
	(void)state;
	static const struct {
		mode_t mode;
		int result;
	} cases[] = {{0700, 0},      {0755, 0},      {0770, 0},      {01777, 0},     {01773, 0},
	             {0777, -EPERM}, {0773, -EPERM}, {0702, -EPERM}, {02777, -EPERM}};
	char *const folder = make_folder();
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err = {""};
		char *path = NULL;
		assert_int_equal(chmod(folder, cases[i].mode), 0);
		assert_int_equal(trust_temporary_parent(folder, &err), cases[i].result);
		assert_int_equal(file_make_temporary_folder(folder, "x", &path, &err),
		                 cases[i].result);
		if (cases[i].result == 0) {
			assert_int_equal(rmdir(path), 0);
			free(path);
			continue;
		}
		assert_null(path);
		assert_non_null(strstr(err.text, "TMPDIR"));
	}
	struct error err = {""};
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(trust_temporary_parent(folder, &err), -ENOENT);
	free(folder);
}

static void test_contents(void **state)
{
	(void)state;
	struct error err = {""};
	char *const folder = make_folder();
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/file", folder);
	assert_int_equal(trust_content(path, &err), 0); /* nothing there */
	assert_int_equal(file_replace(path, "x", 1, &err), 0);
	assert_int_equal(chmod(path, 0664), 0);
	assert_int_equal(trust_content(path, &err), 0);
	assert_int_equal(chmod(path, 0646), 0);
	assert_int_equal(trust_content(path, &err), -EPERM);
	assert_non_null(strstr(err.text, path));
	/* The sticky bit says nothing of a file. */
	assert_int_equal(chmod(path, 01646), 0);
	assert_int_equal(trust_content(path, &err), -EPERM);
	assert_int_equal(trust_content(folder, &err), 0);
	/* Of a folder it does not say who was the first to put something there. */
	assert_int_equal(chmod(folder, 01777), 0);
	assert_int_equal(trust_content(folder, &err), -EPERM);
	assert_int_equal(chmod(folder, 0777), 0);
	assert_int_equal(trust_content(folder, &err), -EPERM);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	free(folder);
}

/* Another user's by what lstat says; the folder is ours, and others may write to it or not. */
static void test_links_and_pipes(void **state)
{
	(void)state;
	const uid_t us = geteuid();
	const uid_t other = us + 4242;
	const struct {
		mode_t type;
		uid_t owner;
		mode_t folder;
		int result;
	} cases[] = {
	        {S_IFLNK, us, 0777, 0},          {S_IFLNK, 0, 0777, 0},
	        {S_IFLNK, other, 0755, 0},       {S_IFLNK, other, 0775, -EPERM},
	        {S_IFLNK, other, 01777, -EPERM}, {S_IFLNK, other, 0777, -EPERM},
	        {S_IFIFO, other, 01777, -EPERM}, {S_IFIFO, other, 0755, 0},
	        {S_IFCHR, other, 0777, 0},       {S_IFREG, other, 0777, 0},
	};
	char *const folder = make_folder();
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/name", folder);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err = {""};
		const struct stat status = {.st_mode = cases[i].type | 0777,
		                            .st_uid = cases[i].owner};
		assert_int_equal(chmod(folder, cases[i].folder), 0);
		if (trust_write_through(path, &status, &err) != cases[i].result)
			fail_msg("case %zu: %s", i, err.text);
	}
	assert_int_equal(rmdir(folder), 0);
	free(folder);
}

static void test_private(void **state)
{
	(void)state;
	const uid_t us = geteuid();
	assert_true(trust_is_private(&(struct stat){.st_uid = us, .st_mode = S_IFDIR | 0700}));
	assert_true(trust_is_private(&(struct stat){.st_uid = us, .st_mode = S_IFDIR | 0755}));
	assert_false(trust_is_private(&(struct stat){.st_uid = us, .st_mode = S_IFDIR | 0770}));
	assert_false(trust_is_private(&(struct stat){.st_uid = us, .st_mode = S_IFDIR | 01702}));
	assert_false(trust_is_private(&(struct stat){.st_uid = us + 1, .st_mode = S_IFDIR | 0700}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_temporary_parents),
	        cmocka_unit_test(test_contents),
	        cmocka_unit_test(test_links_and_pipes),
	        cmocka_unit_test(test_private),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
