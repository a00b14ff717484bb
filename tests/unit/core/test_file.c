/* Removing folders, whatever a task has made of them; replacing files; hashes. */
#include "core/file.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/hash.h"

#include <dirent.h>
#include <errno.h>
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

static void assert_holds(const char *path, const char *text)
{
	struct error err;
	cleanup_free char *data = NULL;
	size_t bytes;
	assert_int_equal(file_read(path, 100, &data, &bytes, &err), 0);
	assert_string_equal(data, text);
}

static size_t count_files(void)
{
	size_t count = 0;
	DIR *const stream = opendir(folder);
	assert_non_null(stream);
	for (const struct dirent *entry; (entry = readdir(stream));)
		count += entry->d_name[0] != '.';
	closedir(stream);
	return count;
}

static void test_files_are_replaced_whole(void **state)
{
	(void)state;
	struct error err;
	struct stat status;
	cleanup_free char *path = NULL;
	cleanup_free char *link = NULL;
	cleanup_free char *missing = NULL;
	assert_int_equal(file_join(folder, "page", &path, &err), 0);
	assert_int_equal(file_join(folder, "link", &link, &err), 0);
	assert_int_equal(file_join(folder, "no/page", &missing, &err), 0);
	const mode_t mask = umask(027);
	assert_int_equal(file_replace(path, "one", 3, &err), 0);
	umask(mask);
	assert_holds(path, "one");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0640);
	assert_int_equal(file_replace(path, "two words", 9, &err), 0);
	assert_holds(path, "two words");
	assert_int_equal(symlink("page", link), 0);
	assert_int_equal(file_replace(link, "three", 5, &err), 0);
	assert_int_equal(lstat(link, &status), 0);
	assert_true(S_ISLNK(status.st_mode));
	assert_holds(path, "three");
	assert_int_equal(file_replace(missing, "x", 1, &err), -ENOENT);
	assert_non_null(strstr(err.text, missing));
	/* What cannot be written is named. */
	assert_int_equal(file_replace("/dev/full", "x", 1, &err), -ENOSPC);
	assert_non_null(strstr(err.text, "/dev/full"));
	assert_int_equal(count_files(), 2);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(file_replace(link, "x", 1, &err), -ENOENT);
	assert_non_null(strstr(err.text, link));
	assert_non_null(strstr(err.text, "symbolic link to what is not there"));
}

/* Writes a text; of "fail" only a part, and fails. */
static int write_text(const void *content, FILE *stream, struct error *err)
{
	const char *const text = content;
	fputs(text, stream);
	return strcmp(text, "fail") == 0 ? error_set(err, EIO, "it did not work") : 0;
}

static void test_streams_replace_whole(void **state)
{
	(void)state;
	struct error err;
	cleanup_free char *path = NULL;
	cleanup_free char *link = NULL;
	cleanup_free char *missing = NULL;
	assert_int_equal(file_join(folder, "rows", &path, &err), 0);
	assert_int_equal(file_join(folder, "to-rows", &link, &err), 0);
	assert_int_equal(file_join(folder, "no/rows", &missing, &err), 0);
	const size_t before = count_files();
	assert_int_equal(file_replace_by(path, write_text, "one", &err), 0);
	assert_holds(path, "one");
	assert_int_equal(file_replace_by(path, write_text, "fail", &err), -EIO);
	assert_non_null(strstr(err.text, path));
	assert_holds(path, "one");
	assert_int_equal(file_replace_by(path, write_text, "two words", &err), 0);
	assert_holds(path, "two words");
	assert_int_equal(symlink("rows", link), 0);
	assert_int_equal(file_replace_by(link, write_text, "three", &err), 0);
	assert_holds(path, "three");
	assert_int_equal(file_replace_by(missing, write_text, "x", &err), -ENOENT);
	assert_int_equal(file_replace_by("/dev/full", write_text, "x", &err), -ENOSPC);
	assert_non_null(strstr(err.text, "/dev/full"));
	assert_int_equal(count_files(), before + 2);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(file_replace_by(link, write_text, "x", &err), -ENOENT);
	assert_int_equal(unlink(link), 0);
}

/* The digests of FIPS 180-4's examples, as `openssl dgst -sha256 -binary | base64` writes them. */
static void test_hashes_in_base64(void **state)
{
	(void)state;
	char text[HASH_BASE64_BYTES];
	hash_sha256_base64("", 0, text);
	assert_string_equal(text, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
	hash_sha256_base64("abc", 3, text);
	assert_string_equal(text, "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
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
	        cmocka_unit_test_setup_teardown(test_files_are_replaced_whole, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_streams_replace_whole, set_up, tear_down),
	        cmocka_unit_test(test_hashes_in_base64),
	        cmocka_unit_test_setup_teardown(test_a_file_in_place_of_a_folder, set_up,
	                                        tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
