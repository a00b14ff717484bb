#include "platform/event_sysfs.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "platform/host_read.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char prefix[] = "sysfs:";
static const char devices[] = "/sys/bus/event_source/devices";

enum { PART_BYTES = 64, TERMS_BYTES = 256, DEPTH_MAX = 2 };

/* The parts of "PMU/TERMS/MODIFIERS". */
struct parts {
	char pmu[PART_BYTES];
	char terms[TERMS_BYTES];
	const char *modifiers;
};

struct resolving {
	struct host_reader reader;
	const char *text;
	const char *pmu;
	struct perf_event_attr *attributes;
	struct error *err;
};

bool event_sysfs_is_meant(const char *text)
{
	if (str_starts_with(text, prefix))
		return true;
	const char *const slash = strchr(text, '/');
	return slash && slash != text && strchr(slash + 1, '/');
}

/* A name that can be a file below the PMU's folder and nothing else. */
static bool is_file_name(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("_-.", text[i]))
			return false;
	return length > 0 && length < PART_BYTES && text[0] != '.';
}

static int split(const char *text, struct parts *parts, struct error *err)
{
	const char *const pmu = text + (str_starts_with(text, prefix) ? strlen(prefix) : 0);
	const size_t length = strcspn(pmu, "/");
	const char *const terms = pmu[length] ? pmu + length + 1 : NULL;
	const char *const end = terms ? strchr(terms, '/') : NULL;
	if (!end || end == terms || !is_file_name(pmu, length) ||
	    (size_t)(end - terms) >= TERMS_BYTES)
		return error_set(
		        err, EINVAL,
		        "\"%.100s\" names no event of a PMU; write PMU/EVENT/, for example "
		        "msr/aperf/",
		        text);
	memcpy(parts->pmu, pmu, length);
	parts->pmu[length] = '\0';
	memcpy(parts->terms, terms, (size_t)(end - terms));
	parts->terms[end - terms] = '\0';
	parts->modifiers = end + 1;
	if (parts->modifiers[strspn(parts->modifiers, "uk")])
		return error_set(err, EINVAL,
		                 "\"%.100s\" ends with \"%.20s\"; only u and k may stand there",
		                 text, parts->modifiers);
	return 0;
}

/* Puts the bits of value, the lowest first, where a format like "config:0-7,32-35" says. */
static int place_bits(const struct resolving *resolving, const char *format, uint64_t value)
{
	struct perf_event_attr *const attributes = resolving->attributes;
	const size_t length = strcspn(format, ":");
	uint64_t field = 0;
	uint64_t left = value;
	const char *at = format + length;
	while (*at == ':' || *at == ',') {
		char *end;
		const unsigned long first = strtoul(at + 1, &end, 10);
		unsigned long last = first;
		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (unsigned long bit = first; bit <= last && bit < 64; bit++, left >>= 1)
			field |= (left & 1) << bit;
		at = end;
	}
	if (left)
		return error_set(resolving->err, EINVAL,
		                 "\"%.100s\": the value 0x%" PRIx64 " does not fit (%.60s)",
		                 resolving->text, value, format);
	if (length == 6 && strncmp(format, "config", 6) == 0)
		attributes->config |= field;
	else if (length == 7 && strncmp(format, "config1", 7) == 0)
		attributes->config1 |= field;
	else if (length == 7 && strncmp(format, "config2", 7) == 0)
		attributes->config2 |= field;
	else
		return error_set(resolving->err, EINVAL,
		                 "\"%.100s\": the kernel's format %.60s is "
		                 "not understood",
		                 resolving->text, format);
	return 0;
}

static int add_terms(const struct resolving *resolving, const char *terms, int depth);

/* "config=0x1", "event=0x3c", "inv" (which is 1), or the name of an event. */
static int add_term(const struct resolving *resolving, const char *term, int depth)
{
	static const char *const whole[] = {"config", "config1", "config2"};
	const size_t length = strcspn(term, "=");
	uint64_t value = 1;
	if (!is_file_name(term, length))
		return error_set(resolving->err, EINVAL, "\"%.100s\": \"%.60s\" is no term",
		                 resolving->text, term);
	if (term[length] == '=') {
		char *end;
		errno = 0;
		value = strtoull(term + length + 1, &end, 0);
		if (errno || *end || end == term + length + 1)
			return error_set(resolving->err, EINVAL,
			                 "\"%.100s\": \"%.60s\" has no number behind =",
			                 resolving->text, term);
	}
	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
		if (strlen(whole[i]) == length && strncmp(term, whole[i], length) == 0)
			return place_bits(resolving,
			                  i == 0   ? "config:0-63"
			                  : i == 1 ? "config1:0-63"
			                           : "config2:0-63",
			                  value);
	cleanup_free char *format = host_read_text(&resolving->reader, NULL, "%s/%s/format/%.*s",
	                                           devices, resolving->pmu, (int)length, term);
	if (format)
		return place_bits(resolving, format, value);
	cleanup_free char *event =
	        term[length] ? NULL
	                     : host_read_text(&resolving->reader, NULL, "%s/%s/events/%s", devices,
	                                      resolving->pmu, term);
	if (event && depth < DEPTH_MAX)
		return add_terms(resolving, event, depth + 1);
	return error_set(resolving->err, ENOENT, "the PMU %s has no event or term %.60s here",
	                 resolving->pmu, term);
}

static int add_terms(const struct resolving *resolving, const char *terms, int depth)
{
	cleanup_free char *copy = NULL;
	int r = str_copy(terms, &copy, resolving->err);
	char *rest = copy;
	for (char *term; r == 0 && (term = strsep(&rest, ","));)
		r = add_term(resolving, term, depth);
	return r;
}

int event_sysfs_resolve(const char *sysroot, const char *text, struct perf_event_attr *attributes,
                        struct error *err)
{
	struct parts parts;
	int r = split(text, &parts, err);
	if (r < 0)
		return r;
	struct perf_event_attr found = *attributes;
	found.config = found.config1 = found.config2 = 0;
	const struct resolving resolving = {
	        .reader = {.sysroot = sysroot ? sysroot : "", .is_live = !sysroot},
	        .text = text,
	        .pmu = parts.pmu,
	        .attributes = &found,
	        .err = err,
	};
	int64_t type;
	if (!host_read_number(&resolving.reader, &type, "%s/%s/type", devices, parts.pmu) ||
	    type < 0 || type > UINT32_MAX)
		return error_set(err, ENOENT, "the kernel shows no PMU %s here", parts.pmu);
	found.type = (uint32_t)type;
	r = add_terms(&resolving, parts.terms, 0);
	if (r < 0)
		return r;
	const bool is_all = !parts.modifiers[0];
	found.exclude_user = !is_all && !strchr(parts.modifiers, 'u');
	found.exclude_kernel = !is_all && !strchr(parts.modifiers, 'k');
	*attributes = found;
	return 0;
}
