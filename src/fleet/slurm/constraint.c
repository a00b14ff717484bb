/* Which nodes a feature expression of Slurm's asks for, told from one node's features: names with &
 * and | between them, and parentheses. What speaks of several nodes at once (a count "*2", a list
 * of alternatives in brackets) has no meaning for a job on one node. */
#include "fleet/slurm/slurm_parts.h"

#include "core/error.h"

#include <errno.h>
#include <string.h>

enum { DEPTH_MOST = 32 };

struct reading {
	const char *constraint;
	const char *at;
	const char *features;
	int depth;
	struct error *err;
};

static int read_terms(struct reading *reading, bool *ret_holds);

static int refuse(const struct reading *reading, const char *why)
{
	return error_set(reading->err, EINVAL,
	                 "constraint '%s': %s; write features with & or | between them, and "
	                 "parentheses where both are used",
	                 reading->constraint, why);
}

static bool has_feature(const char *features, const char *name, size_t length)
{
	for (const char *at = features; at && *at;) {
		const size_t here = strcspn(at, ",");
		if (here == length && strncmp(at, name, length) == 0)
			return true;
		at += here + (at[here] == ',');
	}
	return false;
}

static int read_term(struct reading *reading, bool *ret_holds)
{
	reading->at += strspn(reading->at, " ");
	if (*reading->at == '(') {
		if (++reading->depth > DEPTH_MOST)
			return refuse(reading, "too many parentheses");
		reading->at++;
		const int r = read_terms(reading, ret_holds);
		if (r < 0)
			return r;
		if (*reading->at != ')')
			return refuse(reading, "a parenthesis is not closed");
		reading->at++;
		reading->depth--;
	} else {
		const size_t length = strcspn(reading->at, "&|()[]*, ");
		if (length == 0)
			return refuse(reading, "a feature is missing");
		*ret_holds = has_feature(reading->features, reading->at, length);
		reading->at += length;
	}
	reading->at += strspn(reading->at, " ");
	return 0;
}

/* One kind of sign on each level: which of two kinds goes first differs between releases. */
static int read_terms(struct reading *reading, bool *ret_holds)
{
	bool holds = false;
	int r = read_term(reading, &holds);
	char sign = '\0';
	while (r == 0 && (*reading->at == '&' || *reading->at == '|')) {
		if (sign && *reading->at != sign)
			return refuse(reading, "both & and | without parentheses");
		sign = *reading->at++;
		bool next = false;
		r = read_term(reading, &next);
		holds = sign == '&' ? holds && next : holds || next;
	}
	if (r == 0)
		*ret_holds = holds;
	return r;
}

int constraint_holds(const char *constraint, const char *features, bool *ret_holds,
                     struct error *err)
{
	struct reading reading = {.constraint = constraint,
	                          .at = constraint,
	                          .features = features ? features : "",
	                          .err = err};
	bool holds = false;
	const int r = read_terms(&reading, &holds);
	if (r < 0)
		return r;
	if (*reading.at)
		return refuse(&reading, "it cannot be read, or speaks of more than one node");
	*ret_holds = holds;
	return 0;
}
