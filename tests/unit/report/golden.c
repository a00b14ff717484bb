#include "golden.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void assert_golden(const char *name, const char *text)
{
	const char *const source = getenv("top_srcdir");
	char path[1024];
	snprintf(path, sizeof path, "%s/tests/unit/report/golden/%s", source ? source : "..", name);
	if (getenv("UPDATE_GOLDEN")) {
		cleanup_file FILE *file = fopen(path, "w");
		assert_non_null(file);
		fputs(text, file);
		return;
	}
	struct error err;
	cleanup_free char *golden = NULL;
	size_t bytes;
	assert_int_equal(file_read(path, 1 << 20, &golden, &bytes, &err), 0);
	assert_string_equal(text, golden);
}
