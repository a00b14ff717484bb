#include "plan/memory_guard.h"

#include "core/number.h"

#include <inttypes.h>
#include <stdio.h>

/* Per task, and how that is known. */
static double per_task_bytes(const struct memory_guess *guess, const char **ret_source)
{
	const double seen = (double)guess->seen_bytes;
	if (guess->stated_bytes < 0 && guess->seen_bytes < 0)
		return -1;
	if (guess->stated_bytes < 0) {
		*ret_source = "the most seen, and 10 %";
		return seen * (1 + MEMORY_GUARD_MARGIN);
	}
	if (guess->stated_bytes >= guess->seen_bytes) {
		*ret_source = "task.memory";
		return (double)guess->stated_bytes;
	}
	*ret_source = "the most seen, above task.memory";
	return seen;
}

static int64_t bytes_of(double bytes)
{
	return bytes >= 0x1p62 ? INT64_MAX : (int64_t)bytes;
}

int64_t memory_guard_needed(const struct memory_guess *guess, uint32_t concurrency)
{
	const char *source;
	const double each = per_task_bytes(guess, &source);
	return each < 0 ? -1 : bytes_of(each * concurrency);
}

bool memory_guard_fits(const struct memory_guess *guess, uint32_t concurrency,
                       int64_t available_bytes, char reason[RECORD_REASON_BYTES])
{
	const char *source = "";
	const double each = per_task_bytes(guess, &source);
	const int64_t needed = memory_guard_needed(guess, concurrency);
	if (needed < 0 || available_bytes < 0 || needed <= available_bytes)
		return true;
	char total_text[NUMBER_TEXT_BYTES];
	char each_text[NUMBER_TEXT_BYTES];
	char available_text[NUMBER_TEXT_BYTES];
	number_format_bytes(needed, total_text);
	number_format_bytes(bytes_of(each), each_text);
	number_format_bytes(available_bytes, available_text);
	snprintf(reason, RECORD_REASON_BYTES,
	         "needs %.15s of memory (%" PRIu32 " x %.15s: %s), %.15s available now", total_text,
	         concurrency, each_text, source, available_text);
	return false;
}
