/* The targets for libFuzzer; $FUZZ_TARGET names the one that is run. */
#include "target.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct fuzz_target *target;

__attribute__((visibility("default"))) int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	const char *const name = getenv("FUZZ_TARGET");
	target = name ? fuzz_find(name) : NULL;
	if (!target) {
		fprintf(stderr, "FUZZ_TARGET names no target\n");
		exit(2);
	}
	return 0;
}

__attribute__((visibility("default"))) int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > target->most_bytes)
		return -1;
	fuzz_run(target, (const char *)data, size);
	return 0;
}
