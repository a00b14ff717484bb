/* How the jobs of a fleet are called: what a submit that was killed leaves in the queue is found
 * again by these. Both texts are of letters that no list, column or shell takes for its own. */
#include "fleet/observe.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LEADER        "plateau/"
#define BEFORE_NUMBER "/attempt-"

enum { ID_DIGITS = 32 };

int observe_job_name(const char *fleet_id, char **ret_name, struct error *err)
{
	if (strlen(fleet_id) != ID_DIGITS ||
	    strspn(fleet_id, "0123456789abcdefABCDEF") != ID_DIGITS)
		return error_set(err, EINVAL, "no id of a fleet: '%s'", fleet_id);
	return str_format(ret_name, err, "plateau-%s", fleet_id);
}

int observe_job_comment(const char *node, uint32_t attempt, char **ret_comment, struct error *err)
{
	cleanup_free char *name = NULL;
	const int r = folder_escape(node, &name, err);
	return r < 0 ? r
	             : str_format(ret_comment, err, LEADER "%s" BEFORE_NUMBER "%u", name,
	                          (unsigned)attempt);
}

static int read_number(const char *text, uint32_t *ret_number)
{
	struct error ignored;
	int64_t number;
	if (*text < '1' || *text > '9' || text[strspn(text, "0123456789")] ||
	    number_parse_integer(text, 1, UINT32_MAX, &number, &ignored) < 0)
		return -EINVAL;
	*ret_number = (uint32_t)number;
	return 0;
}

int observe_read_comment(const char *comment, char **ret_node, uint32_t *ret_attempt,
                         struct error *err)
{
	const char *const behind = comment + strlen(LEADER);
	const char *const end = str_starts_with(comment, LEADER) ? strchr(behind, '/') : NULL;
	uint32_t number;
	if (!end || end == behind || !str_starts_with(end, BEFORE_NUMBER) ||
	    read_number(end + strlen(BEFORE_NUMBER), &number) < 0)
		return error_set(err, EINVAL, "no comment of a job of a fleet: '%s'", comment);
	cleanup_free char *name = strndup(behind, (size_t)(end - behind));
	if (!name)
		return error_memory(err);
	const int r = folder_unescape(name, ret_node, err);
	if (r == 0)
		*ret_attempt = number;
	return r;
}
