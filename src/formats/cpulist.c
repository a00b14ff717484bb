#include "formats/cpulist.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "model/cpuset.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Reads the decimal number at *text and leaves *text behind it. Returns false when there is none;
 * a number beyond every PU comes back as CPUSET_MAX_PUS. */
static bool read_pu(const char **text, uint32_t *ret_pu)
{
	const char *p = *text;
	if (!isdigit((unsigned char)*p))
		return false;
	uint32_t pu = 0;
	for (; isdigit((unsigned char)*p); p++)
		pu = pu < CPUSET_MAX_PUS ? pu * 10 + (uint32_t)(*p - '0') : CPUSET_MAX_PUS;
	*ret_pu = pu < CPUSET_MAX_PUS ? pu : CPUSET_MAX_PUS;
	*text = p;
	return true;
}

/* Reads "4" or "4-6" at *text. */
static int read_range(const char **text, const char *whole, uint32_t *ret_first, uint32_t *ret_last,
                      struct error *err)
{
	const char *p = *text;
	uint32_t first;
	if (!read_pu(&p, &first))
		return error_set(err, EINVAL,
		                 "\"%.80s\" is not a list of PUs; write for example 0,2,4-6",
		                 whole);
	uint32_t last = first;
	if (*p == '-') {
		p++;
		if (!read_pu(&p, &last))
			return error_set(err, EINVAL,
			                 "\"%.80s\" has a range without its end; write for example "
			                 "4-6",
			                 whole);
	}
	if (last >= CPUSET_MAX_PUS || first >= CPUSET_MAX_PUS)
		return error_set(err, EINVAL, "\"%.80s\" names a PU above %d; os indexes end there",
		                 whole, CPUSET_MAX_PUS - 1);
	if (last < first)
		return error_set(err, EINVAL, "the range %u-%u goes down; write %u-%u", first, last,
		                 last, first);
	*ret_first = first;
	*ret_last = last;
	*text = p;
	return 0;
}

int cpulist_parse(const char *text, uint32_t **ret_list, size_t *ret_count, struct error *err)
{
	cleanup_free uint32_t *list = NULL;
	size_t count = 0;
	size_t capacity = 0;
	struct cpuset seen = {0};
	const char *p = text;
	while (isspace((unsigned char)*p))
		p++;
	for (;;) {
		uint32_t first = 0;
		uint32_t last = 0;
		int r = read_range(&p, text, &first, &last, err);
		if (r < 0)
			return r;
		r = array_reserve(&list, &capacity, count + (last - first) + 1, sizeof *list, err);
		if (r < 0)
			return r;
		for (uint32_t pu = first; pu <= last; pu++) {
			if (cpuset_has(&seen, pu))
				return error_set(err, EINVAL,
				                 "PU %u is named twice; name each once", pu);
			cpuset_add(&seen, pu);
			list[count++] = pu;
		}
		if (*p != ',')
			break;
		p++;
	}
	while (isspace((unsigned char)*p))
		p++;
	if (*p)
		return error_set(err, EINVAL,
		                 "\"%.80s\" is not a list of PUs; write for example 0,2,4-6", text);
	*ret_list = list;
	*ret_count = count;
	list = NULL;
	return 0;
}

void cpulist_add(struct str *text, const uint32_t *list, size_t count)
{
	for (size_t i = 0; i < count;) {
		size_t end = i + 1;
		while (end < count && list[end] == list[end - 1] + 1)
			end++;
		str_addf(text, "%s%u", i ? "," : "", list[i]);
		if (end - i > 1)
			str_addf(text, "-%u", list[end - 1]);
		i = end;
	}
}
