#include "fleet/noted.h"

#include "core/error.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int noted_check(const struct job_report *report, const char *name, int64_t bytes,
                const char *sha256, struct error *err)
{
	const int64_t noted = report->result_bytes;
	if (noted > 0 && bytes != noted)
		return error_set(err, EINVAL,
		                 "%s has %" PRId64 " bytes, and its job noted %" PRId64
		                 ": it was cut off or changed since, or is another's",
		                 name, bytes, noted);
	if (bytes == 0)
		return error_set(err, EINVAL, "%s is empty", name);
	if (sha256 && report->result_sha256 && strcmp(sha256, report->result_sha256) != 0)
		return error_set(err, EINVAL,
		                 "%s is not what its job noted (sha256): it was damaged or changed "
		                 "since, or is another's",
		                 name);
	return 0;
}
