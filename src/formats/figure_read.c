#include "formats/figure_read.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "formats/log/log_parts.h"
#include "model/printed_unit.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 4 << 10, CHUNK_BYTES = 64 << 10 };

struct figure_reader {
	const struct words *names;
	struct figure_found *found; /* of the stream that is being read */
	size_t length;              /* of the line so far, cut to fit */
	bool is_cut;                /* more came than fits */
	bool is_line;               /* something of a line has come */
	char line[LINE_BYTES + 1];
	/* A JSON object that began a line and has not ended: */
	bool is_object;
	bool in_string;
	bool is_escaped;
	unsigned depth;
	size_t object_length;
	char object[LOG_OBJECT_BYTES];
	char chunk[CHUNK_BYTES];
};

int figure_reader_new(const struct words *names, struct figure_reader **ret_reader,
                      struct error *err)
{
	struct figure_reader *const reader = malloc(sizeof *reader);
	if (!reader)
		return error_memory(err);
	reader->names = names;
	*ret_reader = reader;
	return 0;
}

void figure_reader_free(struct figure_reader *reader)
{
	free(reader);
}

/* ---- Lines -------------------------------------------------------------------------------- */

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " ");
}

/* What stands behind the name and what joins it to its value, or NULL: the line is not of it. */
static const char *value_of(const char *line, const char *name)
{
	const size_t bytes = strlen(name);
	if (strncmp(line, name, bytes) != 0)
		return NULL;
	const char *const behind = skip_blanks(line + bytes);
	if (*behind == '=' || *behind == ':')
		return skip_blanks(behind + 1);
	return behind > line + bytes || !*behind ? behind : NULL;
}

/* A number, and a unit behind a blank. Of a line that was cut, the end is no end of a number. */
static double read_value(const char *text, const char *name, bool is_cut)
{
	enum { NUMBER_BYTES = 64 };
	const size_t bytes = strcspn(text, " ");
	char number[NUMBER_BYTES];
	struct error ignored;
	double value;
	if (bytes == 0 || bytes >= sizeof number || (is_cut && !text[bytes]))
		return NAN;
	memcpy(number, text, bytes);
	number[bytes] = '\0';
	if (number_parse_real(number, &value, &ignored) < 0)
		return NAN;
	const char *const unit = skip_blanks(text + bytes);
	value *= printed_unit_factor(printed_unit_of(name), unit);
	return isfinite(value) ? value : (double)NAN;
}

static void take_line(struct figure_reader *reader)
{
	const size_t bytes = log_clean(reader->line, reader->length);
	const char *const line = skip_blanks(reader->line);
	for (size_t i = 0; i < reader->names->count; i++) {
		const char *const value = value_of(line, reader->names->items[i]);
		if (!value)
			continue;
		struct figure_found *const found = &reader->found[i];
		found->is_printed = true;
		found->value = read_value(value, reader->names->items[i], reader->is_cut);
		log_copy(found->said, sizeof found->said, line,
		         bytes - (size_t)(line - reader->line));
	}
}

/* ---- JSON --------------------------------------------------------------------------------- */

/* The member that a name leads to: as it stands, or from point to point into inner objects. */
static const json_t *member(const json_t *object, const char *name)
{
	char part[FIGURE_NAME_BYTES];
	const json_t *value = json_object_get(object, name);
	for (const char *at = name; !value && (at = strchr(at, '.')); at++) {
		memcpy(part, name, (size_t)(at - name));
		part[at - name] = '\0';
		const json_t *const inner = json_object_get(object, part);
		if (json_is_object(inner))
			value = member(inner, at + 1);
	}
	return value;
}

static void take_member(struct figure_found *found, const char *name, const json_t *value)
{
	found->is_printed = true;
	found->value = json_is_number(value) ? json_number_value(value) : (double)NAN;
	if (!isnan(found->value))
		return;
	cleanup_free char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	snprintf(found->said, sizeof found->said, "%s: %.20s", name, text ? text : "no number");
	log_clean(found->said, strlen(found->said));
}

/* The object is whole; what is no JSON has no figures, which is said of those that nothing else
 * gives. */
static void take_object(struct figure_reader *reader)
{
	json_error_t wrong;
	json_t *const object = json_loadb(reader->object, reader->object_length, 0, &wrong);
	for (size_t i = 0; i < reader->names->count; i++) {
		const char *const name = reader->names->items[i];
		struct figure_found *const found = &reader->found[i];
		const json_t *const value = object ? member(object, name) : NULL;
		if (value)
			take_member(found, name, value);
		else if (!object && !found->is_printed)
			snprintf(found->said, sizeof found->said, "JSON: %.64s", wrong.text);
	}
	for (size_t i = 0; !object && i < reader->names->count; i++)
		log_clean(reader->found[i].said, strlen(reader->found[i].said));
	json_decref(object);
}

static void follow(struct figure_reader *reader, char c)
{
	if (reader->in_string) {
		if (reader->is_escaped)
			reader->is_escaped = false;
		else if (c == '\\')
			reader->is_escaped = true;
		else if (c == '"')
			reader->in_string = false;
		return;
	}
	if (c == '"')
		reader->in_string = true;
	else if (c == '{' || c == '[')
		reader->depth++;
	else if ((c == '}' || c == ']') && reader->depth > 0)
		reader->depth--;
}

static void add_to_object(struct figure_reader *reader, const char *bytes, size_t count)
{
	for (size_t i = 0; reader->is_object && i < count; i++) {
		if (reader->object_length == sizeof reader->object) {
			reader->is_object = false;
			return;
		}
		reader->object[reader->object_length++] = bytes[i];
		follow(reader, bytes[i]);
		if (reader->depth > 0)
			continue;
		reader->is_object = false;
		take_object(reader);
	}
}

/* An object begins with the first character of a line, so that a broken one swallows no other. */
static void begin_object(struct figure_reader *reader)
{
	reader->is_object = true;
	reader->in_string = reader->is_escaped = false;
	reader->depth = 0;
	reader->object_length = 0;
}

/* ---- A stream ----------------------------------------------------------------------------- */

static void take_chunk(struct figure_reader *reader, const char *bytes, size_t count)
{
	while (count > 0) {
		const char *const end = memchr(bytes, '\n', count);
		const size_t part = end ? (size_t)(end - bytes) + 1 : count;
		const size_t text = part - (end != NULL);
		const size_t room = LINE_BYTES - reader->length;
		if (!reader->is_line && *bytes == '{')
			begin_object(reader);
		add_to_object(reader, bytes, part);
		memcpy(reader->line + reader->length, bytes, text < room ? text : room);
		reader->length += text < room ? text : room;
		reader->is_cut |= text > room;
		reader->is_line = !end;
		if (end) {
			take_line(reader);
			reader->length = 0;
			reader->is_cut = false;
		}
		bytes += part;
		count -= part;
	}
}

int figure_read(struct figure_reader *reader, const struct log_place *place,
                struct figure_found *found, struct error *err)
{
	struct figure_found all[FIGURES_MAX];
	for (size_t i = 0; i < FIGURES_MAX; i++)
		all[i] = (struct figure_found){.value = NAN};
	reader->found = all;
	reader->length = 0;
	reader->is_line = reader->is_object = reader->is_cut = false;
	const int64_t most =
	        place->bytes >= 0 && place->bytes < LOG_MOST_BYTES ? place->bytes : LOG_MOST_BYTES;
	for (int64_t done = 0; done < most;) {
		const size_t wanted =
		        most - done < CHUNK_BYTES ? (size_t)(most - done) : CHUNK_BYTES;
		const ssize_t got = pread(place->fd, reader->chunk, wanted, place->offset + done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_system(err, errno, "cannot read what the task printed");
		if (got == 0)
			break;
		take_chunk(reader, reader->chunk, (size_t)got);
		done += got;
	}
	if (reader->is_line)
		take_line(reader); /* a last line without a line end */
	memcpy(found, all, reader->names->count * sizeof *found);
	return 0;
}
