#include "tasks/isr/pixels.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE_BYTES ((uintptr_t)2 << 20)

void *pixels_new(size_t count, size_t item_bytes)
{
	void *const memory = calloc(count, item_bytes);
	if (!memory)
		return NULL;
	/* calloc takes blocks of this size fresh from the kernel, untouched as yet. */
	const uintptr_t start = ((uintptr_t)memory + HUGE_PAGE_BYTES - 1) & ~(HUGE_PAGE_BYTES - 1);
	const uintptr_t end = ((uintptr_t)memory + count * item_bytes) & ~(HUGE_PAGE_BYTES - 1);
	if (start < end)
		(void)madvise((char *)memory + (start - (uintptr_t)memory), end - start,
		              MADV_HUGEPAGE);
	return memory;
}
