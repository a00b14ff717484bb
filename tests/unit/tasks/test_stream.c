/* plateau-stream: every kernel does its formula over every element it says it moved, wrong elements
 * are found, sizes come from the caches that sysfs names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "tasks/stream/arrays.h"
#include "tasks/stream/kernels.h"
#include "tasks/stream/measure.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* A pass and a half, three passes to the element, and less than one: whatever was not done shows.
 */
static void test_kernels(void **state)
{
	(void)state;
	static const int64_t elements[] = {8, 680, 1600 * 3 / 2, 1600 * 3, 100000};
	size_t kernel_count;
	const struct kernel *const kernels = kernel_list(&kernel_count);
	assert_int_equal(kernel_count, 4);
	for (size_t k = 0; k < kernel_count; k++) {
		const int64_t element_bytes = (int64_t)kernel_bytes(&kernels[k]);
		assert_ptr_equal(kernel_find(kernels[k].name), &kernels[k]);
		for (size_t i = 0; i < 2 * ARRAY_LENGTH(elements); i++) {
			const int64_t wanted = elements[i / 2] / 8 * 8;
			const struct stream_job job = {
			        .kernel = &kernels[k],
			        .is_direct = i % 2 == 1 && kernels[k].direct,
			        .bytes = wanted * element_bytes + element_bytes,
			};
			struct arrays arrays;
			struct stream_result result;
			struct error err = {"untouched"};
			assert_int_equal(arrays_make(&kernels[k], 1600 * element_bytes + 100, false,
			                             &arrays, &err),
			                 0);
			assert_int_equal(arrays.count, 1600);
			assert_int_equal(stream_measure(&job, &arrays, &result, &err), 0);
			assert_string_equal(err.text, "untouched");
			assert_float_equal(result.bytes, (double)(wanted * element_bytes), 0);
			assert_int_equal(result.wrong, 0);
			assert_true(result.chunk_count >= 1);
			assert_true(result.max_bytes_per_s >= result.p50_bytes_per_s);
			assert_true(result.p50_bytes_per_s > 0);
			const uint64_t pass = (uint64_t)wanted / 1600;
			const size_t position = (size_t)wanted % 1600;
			assert_int_equal(arrays_count_wrong(&arrays, &kernels[k], pass, position),
			                 0);
			arrays.c[7] += 1;
			arrays.c[1599] = -1;
			assert_int_equal(arrays_count_wrong(&arrays, &kernels[k], pass, position),
			                 2);
			arrays_release(&arrays);
		}
	}
	assert_null(kernel_find("quad"));
	assert_null(kernel_find(""));
}

/* A pass that was left out is seen where the formula has a scalar. */
static void test_left_out(void **state)
{
	(void)state;
	const struct kernel *const triad = kernel_find("triad");
	struct arrays arrays;
	struct error err;
	assert_int_equal(arrays_make(triad, 1600 * 24, false, &arrays, &err), 0);
	assert_int_equal(arrays_count_wrong(&arrays, triad, 0, 0), 0);
	assert_int_equal(arrays_count_wrong(&arrays, triad, 0, 800), 800);
	triad->plain(arrays.c, arrays.a, arrays.b, arrays_scalar(0), arrays.count);
	assert_int_equal(arrays_count_wrong(&arrays, triad, 1, 0), 0);
	assert_int_equal(arrays_count_wrong(&arrays, triad, 2, 0), 1600);
	assert_int_equal(arrays_count_wrong(&arrays, triad, 1, 16), 16);
	arrays_release(&arrays);
	arrays_release(&arrays);
}

static void test_duration(void **state)
{
	(void)state;
	const struct stream_job job = {.kernel = kernel_find("copy"),
	                               .duration_ns = 50 * NS_PER_MS};
	struct arrays arrays;
	struct stream_result result;
	struct error err;
	assert_int_equal(arrays_make(job.kernel, 1 << 20, false, &arrays, &err), 0);
	assert_int_equal(stream_measure(&job, &arrays, &result, &err), 0);
	assert_true(result.wall_ns >= job.duration_ns);
	assert_in_range(result.chunk_count, 1, (uint64_t)result.wall_ns / (10 * NS_PER_MS));
	assert_int_equal(result.wrong, 0);
	arrays_release(&arrays);
}

static void test_too_much_memory(void **state)
{
	(void)state;
	struct arrays arrays = {.count = 77};
	struct error err = {""};
	assert_true(arrays_make(kernel_find("copy"), 1LL << 50, false, &arrays, &err) < 0);
	assert_non_null(strstr(err.text, "1125899906842624 bytes of memory cannot be had"));
	assert_int_equal(arrays.count, 77);
}

static void test_default_sizes(void **state)
{
	(void)state;
	static const struct {
		int64_t cache_mib, memory_mib;
		int cpus;
		int64_t expected_mib;
	} cases[] = {
	        {0, 64 << 10, 8, 64},     {8, 64 << 10, 8, 64},      {32, 64 << 10, 8, 128},
	        {260, 64 << 10, 8, 1024}, {1152, 1 << 20, 96, 1024}, {32, 512, 2, 128},
	        {32, 256, 2, 64},         {32, 256, 8, 16},          {260, 64 << 10, 256, 128},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_int_equal(arrays_default_bytes(cases[i].cache_mib << 20,
		                                      cases[i].memory_mib << 20, cases[i].cpus),
		                 cases[i].expected_mib << 20);
	assert_int_equal(arrays_default_bytes(0, 0, 1), ARRAYS_LEAST_BYTES);
}

static void put(const char *root, const char *path, const char *text)
{
	char whole[512];
	struct error err;
	snprintf(whole, sizeof whole, "%s/%s", root, path);
	for (char *slash = strchr(whole + strlen(root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(whole, 0700);
		*slash = '/';
	}
	assert_int_equal(file_replace(whole, text, strlen(text), &err), 0);
}

static void test_cache_sizes(void **state)
{
	(void)state;
	cleanup_free char *root = NULL;
	struct error err;
	assert_int_equal(file_make_temporary_folder(NULL, "stream", &root, &err), 0);
	assert_int_equal(arrays_cache_bytes(root, 3), 0);
#define CACHE "sys/devices/system/cpu/cpu3/cache/"
	put(root, CACHE "index0/level", "1\n");
	put(root, CACHE "index0/size", "48K\n");
	assert_int_equal(arrays_cache_bytes(root, 3), 48 << 10);
	put(root, CACHE "index1/level", "1\n");
	put(root, CACHE "index1/size", "32K\n");
	put(root, CACHE "index2/level", "3\n");
	put(root, CACHE "index2/size", "16M\n");
	put(root, CACHE "index3/level", "2\n");
	put(root, CACHE "index3/size", "64M\n");
	assert_int_equal(arrays_cache_bytes(root, 3), 16 << 20);
	put(root, CACHE "index4/level", "4\n");
	put(root, CACHE "index4/size", "lots\n");
	assert_int_equal(arrays_cache_bytes(root, 3), 16 << 20);
	put(root, CACHE "index4/size", "1G\n");
	assert_int_equal(arrays_cache_bytes(root, 3), 1 << 30);
	assert_int_equal(arrays_cache_bytes(root, 4), 0);
	assert_int_equal(arrays_cache_bytes(root, -1), 0);
	assert_int_equal(file_remove_tree(AT_FDCWD, root, &err), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_kernels),       cmocka_unit_test(test_left_out),
	        cmocka_unit_test(test_duration),      cmocka_unit_test(test_too_much_memory),
	        cmocka_unit_test(test_default_sizes), cmocka_unit_test(test_cache_sizes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
