#include "model/template.h"

#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What is shown of an unknown template's name. */
enum { TEMPLATE_SHOWN_BYTES = 41 };

static const char *const template_names[TEMPLATE_NAMES] = {
        [TEMPLATE_INPUT] = "input", [TEMPLATE_INDEX] = "index",     [TEMPLATE_SLOT] = "slot",
        [TEMPLATE_LEVEL] = "level", [TEMPLATE_WORKDIR] = "workdir", [TEMPLATE_CPU] = "cpu",
        [TEMPLATE_COUNT] = "count", [TEMPLATE_DIR] = "dir",
};

/* The template whose name is the `length` bytes at text, or -1. */
static int find_name(const char *text, size_t length)
{
	for (int i = 0; i < TEMPLATE_NAMES; i++)
		if (strlen(template_names[i]) == length &&
		    memcmp(template_names[i], text, length) == 0)
			return i;
	return -1;
}

/* Where a template that exists, but not here, belongs. */
static const char *home_of(int name)
{
	return 1u << name & TEMPLATE_GENERATE ? "inputs.generate" : "task.command";
}

/* found is the template's number when it exists but is not allowed here, else -1. */
static int unknown_template(const char *name, size_t length, int found, unsigned allowed,
                            struct error *err)
{
	cleanup_str struct str known = {0};
	const char *names[TEMPLATE_NAMES];
	size_t count = 0;
	for (int i = 0; i < TEMPLATE_NAMES; i++) {
		if (!(allowed & 1u << i))
			continue;
		str_addf(&known, "%s{%s}", known.length ? ", " : "", template_names[i]);
		names[count++] = template_names[i];
	}
	if (found >= 0)
		return error_set(err, EINVAL, "{%s} belongs to %s alone; known here are %s",
		                 template_names[found], home_of(found), str_text(&known));
	char wrong[TEMPLATE_SHOWN_BYTES];
	snprintf(wrong, sizeof wrong, "%.*s", (int)length, name);
	const char *const near = str_nearest(wrong, names, count, sizeof names[0]);
	return error_set(err, EINVAL,
	                 "unknown template {%s}; known here are %s (write {{ and }} for the "
	                 "braces themselves)%s%s%s",
	                 wrong, str_text(&known), near ? "; did you mean {" : "", near ? near : "",
	                 near ? "}?" : "");
}

int template_check(const char *word, unsigned allowed, unsigned *ret_used, struct error *err)
{
	unsigned used = 0;
	for (const char *p = word; *p; p++) {
		if ((p[0] == '{' && p[1] == '{') || (p[0] == '}' && p[1] == '}')) {
			p++;
			continue;
		}
		if (*p == '}')
			return error_set(err, EINVAL,
			                 "a } without its {; write }} for a brace itself");
		if (*p != '{')
			continue;
		const char *const end = strchr(p, '}');
		if (!end)
			return error_set(err, EINVAL,
			                 "a { without its }; write {{ for a brace itself");
		const int name = find_name(p + 1, (size_t)(end - p - 1));
		if (name < 0 || !(allowed & 1u << name))
			return unknown_template(p + 1, (size_t)(end - p - 1), name, allowed, err);
		used |= 1u << name;
		p = end;
	}
	*ret_used = used;
	return 0;
}

struct output {
	char *buffer;
	size_t buffer_bytes;
	size_t length;
};

static void put(struct output *out, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++, out->length++)
		if (out->length + 1 < out->buffer_bytes)
			out->buffer[out->length] = bytes[i];
}

size_t template_fill(const char *word, const struct template_values *values, char *buffer,
                     size_t buffer_bytes)
{
	struct output out = {buffer, buffer_bytes, 0};
	for (const char *p = word; *p; p++) {
		const bool is_doubled = (*p == '{' || *p == '}') && p[1] == *p;
		const char *const end = *p == '{' && !is_doubled ? strchr(p, '}') : NULL;
		const int name = end ? find_name(p + 1, (size_t)(end - p - 1)) : -1;
		if (name < 0) {
			put(&out, p, 1);
			p += is_doubled;
			continue;
		}
		const char *const value = values->text[name];
		if (value)
			put(&out, value, strlen(value));
		p = end;
	}
	if (buffer_bytes > 0)
		buffer[out.length < buffer_bytes ? out.length : buffer_bytes - 1] = '\0';
	return out.length;
}
