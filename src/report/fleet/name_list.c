#include "report/fleet/name_list.h"

#include "core/str.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
	MOST_DIGITS = 18, /* more are no number that is counted with */
	LONG_GROUP = 24   /* letters of numbers, after which another group is begun */
};

/* A name around its last run of digits. */
struct parts {
	const char *name;
	size_t before;  /* length of what stands before the digits */
	size_t digits;  /* how many; 0: the name is not to be folded */
	uint64_t value; /* of them */
};

static bool is_plain(const char *name)
{
	return name[strspn(name, "0123456789abcdefghijklmnopqrstuvwxyz"
	                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-")] == '\0';
}

static struct parts split(const char *name)
{
	static const char digits[] = "0123456789";
	struct parts parts = {.name = name};
	if (!is_plain(name))
		return parts;
	/* "node07.site2.example": the number that counts nodes is in the first label. */
	size_t end = strcspn(name, ".");
	while (end > 0 && !strchr(digits, name[end - 1]))
		end--;
	size_t start = end;
	while (start > 0 && strchr(digits, name[start - 1]))
		start--;
	if (end == start || end - start > MOST_DIGITS)
		return parts;
	parts.before = start;
	parts.digits = end - start;
	for (size_t i = start; i < end; i++)
		parts.value = parts.value * 10 + (uint64_t)(name[i] - '0');
	return parts;
}

static bool are_alike(const struct parts *a, const struct parts *b)
{
	return a->digits > 0 && a->digits == b->digits && a->before == b->before &&
	       strncmp(a->name, b->name, a->before) == 0 &&
	       strcmp(a->name + a->before + a->digits, b->name + b->before + b->digits) == 0;
}

/* Appends ranges of the numbers of names[0..count), which are alike, until that is long. Returns of
 * how many names. */
static size_t add_ranges(struct str *out, const char *const names[], size_t count)
{
	const int digits = (int)split(names[0]).digits;
	size_t i = 0;
	while (i < count && out->length < LONG_GROUP) {
		const uint64_t low = split(names[i]).value;
		uint64_t high = low;
		size_t next = i + 1;
		while (next < count && split(names[next]).value == high + 1) {
			high++;
			next++;
		}
		str_addf(out, "%s%0*" PRIu64, i > 0 ? "," : "", digits, low);
		if (high > low)
			str_addf(out, "-%0*" PRIu64, digits, high);
		i = next;
	}
	return i;
}

/* Appends names[0..count), which are alike; a long list as several, so that lines can be broken
 * between them. */
static void add_group(struct str *out, const char *const names[], size_t count)
{
	const struct parts first = split(names[0]);
	for (size_t i = 0; i < count;) {
		cleanup_str struct str ranges = {0};
		const size_t taken = add_ranges(&ranges, names + i, count - i);
		str_add(out, i > 0 ? ", " : "");
		if (taken == 1)
			str_add(out, names[i]);
		else {
			str_add_bytes(out, names[0], first.before);
			str_addf(out, "[%s]%s", str_text(&ranges),
			         names[0] + first.before + first.digits);
		}
		out->failed |= ranges.failed;
		i += taken;
	}
}

void name_list_add(struct str *out, const char *const names[], size_t count)
{
	size_t i = 0;
	while (i < count) {
		const struct parts parts = split(names[i]);
		size_t next = i + 1;
		for (; next < count; next++) {
			const struct parts other = split(names[next]);
			if (!are_alike(&parts, &other))
				break;
		}
		str_add(out, i > 0 ? ", " : "");
		if (next - i > 1)
			add_group(out, names + i, next - i);
		else
			str_add(out, names[i]);
		i = next;
	}
}
