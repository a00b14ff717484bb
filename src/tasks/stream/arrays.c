#include "tasks/stream/arrays.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "tasks/stream/kernels.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

/* Arrays whose addresses agree in their last 12 bits get into each other's way: a load is held up
 * by an older store that might be to the same place. Behind each array this much is left free. */
enum { GAP_BYTES = 4096 + 1344, LINE_DOUBLES = 8, FILE_MOST_BYTES = 1 << 20 };

/* Whole numbers, so that sums and products of them are exact, contracted or not. */
static double a_value(size_t i)
{
	return (double)(1 + i % 1024);
}

static double b_value(size_t i)
{
	return (double)(2 + i % 512);
}

double arrays_scalar(uint64_t pass)
{
	return (double)(3 + pass % 7);
}

int arrays_make(const struct kernel *kernel, int64_t bytes, bool is_huge, struct arrays *ret,
                struct error *err)
{
	const size_t count =
	        (size_t)bytes / (kernel->arrays * sizeof(double)) / LINE_DOUBLES * LINE_DOUBLES;
	const size_t stride = count + GAP_BYTES / sizeof(double);
	struct arrays arrays = {.count = count};
	arrays.mapping_bytes = kernel->arrays * stride * sizeof(double);
	arrays.mapping = mmap(NULL, arrays.mapping_bytes, PROT_READ | PROT_WRITE,
	                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (arrays.mapping == MAP_FAILED)
		return error_system(err, errno, "%" PRId64 " bytes of memory cannot be had", bytes);
	if (is_huge && madvise(arrays.mapping, arrays.mapping_bytes, MADV_HUGEPAGE) < 0) {
		const int code = errno;
		munmap(arrays.mapping, arrays.mapping_bytes);
		return error_system(err, code, "the kernel gives no huge pages");
	}
	arrays.a = arrays.mapping;
	arrays.b = kernel->arrays == 3 ? arrays.a + stride : NULL;
	arrays.c = arrays.a + (kernel->arrays - 1) * stride;
	for (size_t i = 0; i < count; i++) {
		arrays.a[i] = a_value(i);
		arrays.c[i] = 0;
		if (arrays.b)
			arrays.b[i] = b_value(i);
	}
	*ret = arrays;
	return 0;
}

size_t arrays_count_wrong(const struct arrays *arrays, const struct kernel *kernel, uint64_t pass,
                          size_t position)
{
	size_t wrong = 0;
	for (size_t i = 0; i < arrays->count; i++) {
		double expected = 0;
		if (i < position || pass > 0)
			expected = kernel->expected(a_value(i), b_value(i),
			                            arrays_scalar(i < position ? pass : pass - 1));
		wrong += arrays->c[i] != expected;
	}
	return wrong;
}

void arrays_release(struct arrays *arrays)
{
	if (arrays->mapping)
		munmap(arrays->mapping, arrays->mapping_bytes);
	arrays->mapping = NULL;
}

/* The number at the beginning of a small file, with K, M or G behind it; -1: not there. */
static int64_t read_size(const char *root, int cpu, int index, const char *name)
{
	struct error err;
	cleanup_free char *path = NULL, *text = NULL;
	size_t bytes;
	if (str_format(&path, &err, "%s/sys/devices/system/cpu/cpu%d/cache/index%d/%s", root, cpu,
	               index, name) < 0 ||
	    file_read(path, FILE_MOST_BYTES, &text, &bytes, &err) < 0)
		return -1;
	char *end;
	const long long value = strtoll(text, &end, 10);
	if (end == text || value < 0 || value > 1LL << 40)
		return -1;
	return *end == 'K'   ? value << 10
	       : *end == 'M' ? value << 20
	       : *end == 'G' ? value << 30
	                     : value;
}

int64_t arrays_cache_bytes(const char *root, int cpu)
{
	int64_t largest = 0, level = 0;
	for (int index = 0; index < 16; index++) {
		const int64_t this_level = read_size(root, cpu, index, "level");
		const int64_t size = read_size(root, cpu, index, "size");
		if (this_level < 0)
			break;
		if (size > 0 && this_level >= level) {
			level = this_level;
			largest = size;
		}
	}
	return largest;
}

int64_t arrays_default_bytes(int64_t cache_bytes, int64_t memory_bytes, int cpus)
{
	int64_t bytes = 4 * cache_bytes;
	if (bytes < ARRAYS_DEFAULT_LEAST_BYTES)
		bytes = ARRAYS_DEFAULT_LEAST_BYTES;
	if (bytes > ARRAYS_DEFAULT_MOST_BYTES)
		bytes = ARRAYS_DEFAULT_MOST_BYTES;
	const int64_t share = memory_bytes / (2 * (int64_t)cpus);
	if (bytes > share)
		bytes = share;
	return bytes < ARRAYS_LEAST_BYTES ? ARRAYS_LEAST_BYTES : bytes;
}

int64_t arrays_huge_page_bytes(void)
{
	static const char label[] = "AnonHugePages:";
	struct error err;
	cleanup_free char *text = NULL;
	size_t bytes;
	if (file_read("/proc/self/smaps_rollup", FILE_MOST_BYTES, &text, &bytes, &err) < 0)
		return -1;
	const char *const line = strstr(text, label);
	return line ? strtoll(line + strlen(label), NULL, 10) << 10 : -1;
}
