/* Allocations of one program fail at a place: put in front of the C library by LD_PRELOAD. The
 * table of places is the injector's (inject.c), found through FAULT_PLACES. In other programs, and
 * without a table, nothing is changed. */
#include "place.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CALL_MALLOC = 100000 };

static struct places *places; /* NULL: nothing fails */
static struct text text;
static __thread int is_inside;

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static int (*real_posix_memalign)(void **, size_t, size_t);
static void *(*real_aligned_alloc)(size_t, size_t);
static void (*real_free)(void *);

/* What is wanted while the real functions are being looked up. Never given back. */
static unsigned char early[8192] __attribute__((aligned(16)));
static size_t early_used;

static void *early_allocate(size_t bytes)
{
	const size_t room = (bytes + 15) / 16 * 16;
	if (room > sizeof early - early_used)
		return NULL;
	void *const p = early + early_used;
	early_used += room;
	return p;
}

static int is_early(const void *p)
{
	return (uintptr_t)p >= (uintptr_t)early && (uintptr_t)p < (uintptr_t)(early + sizeof early);
}

static int take_text(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *const part = &info->dlpi_phdr[i];
		if (part->p_type != PT_LOAD || !(part->p_flags & PF_X))
			continue;
		const uint64_t begin = info->dlpi_addr + part->p_vaddr;
		text = (struct text){begin, begin + part->p_memsz, part->p_vaddr,
		                     (const unsigned char *)(uintptr_t)begin};
	}
	return 1; /* the first is the program itself */
}

__attribute__((constructor)) static void begin(void)
{
	const char *const path = getenv("FAULT_PLACES");
	struct stat st;
	is_inside = 1;
	const int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	if (fd >= 0) {
		struct places *const table =
		        mmap(NULL, sizeof *table, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (table != MAP_FAILED && stat("/proc/self/exe", &st) == 0 &&
		    st.st_dev == table->device && st.st_ino == table->inode) {
			dl_iterate_phdr(take_text, NULL);
			places = table;
		}
		close(fd);
	}
	is_inside = 0;
}

static int fails(void)
{
	uint64_t stack[PLACE_STACK_WORDS];
	if (!places || is_inside)
		return 0;
	is_inside = 1;
	const int error = errno;
	uint64_t from = (uint64_t)(uintptr_t)__builtin_frame_address(0);
	size_t words = 0;
	while (words < PLACE_STACK_WORDS) { /* page by page: up to the stack's end */
		const size_t rest = 4096 - from % 4096;
		const size_t most = (PLACE_STACK_WORDS - words) * sizeof *stack;
		const size_t step = rest < most ? rest : most;
		const struct iovec here = {stack + words, step};
		const struct iovec there = {(void *)(uintptr_t)from, step};
		if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) != (ssize_t)step)
			break;
		words += step / sizeof *stack;
		from += step;
	}
	const struct place place = place_of(CALL_MALLOC, &text, stack, words);
	/* No frame of ours: libraries before main and behind it. */
	const int now = place.frames[0] != 0 && places_count(places, &place);
	errno = now ? ENOMEM : error;
	is_inside = 0;
	return now;
}

/* ISO C has no assignment of what dlsym returns to a pointer to a function. */
static void find(void *ret_function, const char *name)
{
	void *const p = dlsym(RTLD_NEXT, name);
	memcpy(ret_function, &p, sizeof p);
}

static void look_up(void)
{
	static int is_looking;
	if (is_looking)
		return;
	is_looking = 1;
	find(&real_calloc, "calloc");
	find(&real_realloc, "realloc");
	find(&real_posix_memalign, "posix_memalign");
	find(&real_aligned_alloc, "aligned_alloc");
	find(&real_free, "free");
	find(&real_malloc, "malloc");
}

void *malloc(size_t bytes)
{
	if (!real_malloc)
		look_up();
	if (!real_malloc)
		return early_allocate(bytes);
	return fails() ? NULL : real_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
	if (!real_malloc)
		look_up();
	if (!real_malloc)
		return early_allocate(count * bytes); /* fresh, so it is 0 */
	return fails() ? NULL : real_calloc(count, bytes);
}

void *realloc(void *old, size_t bytes)
{
	if (!real_malloc)
		look_up();
	if (!real_malloc || is_early(old)) {
		void *const p = real_malloc ? real_malloc(bytes) : early_allocate(bytes);
		if (p && old)
			memcpy(p, old, bytes); /* what is behind it is ours too */
		return p;
	}
	return fails() ? NULL : real_realloc(old, bytes);
}

int posix_memalign(void **ret_p, size_t alignment, size_t bytes)
{
	if (!real_malloc)
		look_up();
	return fails() ? ENOMEM : real_posix_memalign(ret_p, alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
	if (!real_malloc)
		look_up();
	return fails() ? NULL : real_aligned_alloc(alignment, bytes);
}

void free(void *p)
{
	if (is_early(p))
		return;
	if (!real_malloc)
		look_up();
	if (real_free)
		real_free(p);
}
