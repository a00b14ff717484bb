#include "formats/yaml_text.h"

#include "core/array.h"
#include "core/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* A place in the text, counted as libyaml counts: characters, and CR, LF or CRLF end a line. */
struct place {
	size_t line;
	size_t column;
};

struct source {
	const char *name;
	const unsigned char *text;
	size_t text_bytes;
	struct problems *problems;
	struct error *err;
};

static const char byte_order_mark[] = "\xef\xbb\xbf";
enum { BYTE_ORDER_MARK_BYTES = 3 };

static int refuse(const struct source *source, size_t line, size_t column, const char *what)
{
	return problems_add(source->problems, source->name, line, column, "YAML", source->err, "%s",
	                    what);
}

static int refuse_at(const struct source *source, const yaml_mark_t *mark, const char *what)
{
	return refuse(source, mark->line + 1, mark->column + 1, what);
}

/* Decodes the UTF-8 sequence at p (RFC 3629: no overlong forms, no surrogates). Returns its
 * length, or 0 when it is none. */
static size_t decode(const unsigned char *p, size_t bytes, uint32_t *ret_point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	if (p[0] < 0x80) {
		*ret_point = p[0];
		return 1;
	}
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	const size_t length = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (length > bytes)
		return 0;
	uint32_t point = p[0] & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (p[i] & 0x3fu);
	}
	if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret_point = point;
	return length;
}

/* What is wrong with a character, or NULL. */
static const char *character_fault(uint32_t point)
{
	if (point == 0)
		return "a NUL byte; this is not a text file, or it was damaged: remove the byte";
	if ((point < 0x20 && point != '\t' && point != '\n' && point != '\r') || point == 0x7f ||
	    (point >= 0x80 && point <= 0x9f))
		return "a control character; remove it, or write it as an escape in double quotes "
		       "(\"\\x1b\")";
	if (point == 0x2028 || point == 0x2029)
		return "a Unicode line separator; end the line with a plain line end";
	if (point == 0xfeff || point == 0xfffe || point == 0xffff)
		return "a character that YAML does not allow; remove it";
	return NULL;
}

/* Moves place over one character. */
static void step_over(struct place *place, uint32_t point, bool is_before_newline)
{
	if (point == '\n' || (point == '\r' && !is_before_newline))
		*place = (struct place){place->line + 1, 1};
	else
		place->column++;
}

/* Checks every character; only the first fault is told, as what follows it often is one more. */
static int check_characters(const struct source *source)
{
	struct place place = {1, 1};
	const unsigned char *p = source->text;
	const unsigned char *const end = p + source->text_bytes;
	while (p < end) {
		uint32_t point = 0;
		const size_t length = decode(p, (size_t)(end - p), &point);
		const char *const fault =
		        length ? character_fault(point)
		               : "a byte that is not UTF-8; save the file as UTF-8";
		if (fault)
			return refuse(source, place.line, place.column, fault);
		step_over(&place, point, p + 1 < end && p[1] == '\n');
		p += length;
	}
	return 0;
}

/* libyaml's words for what it could not read, in those of somebody who has to mend it. */
static const struct syntax_advice {
	const char *problem; /* libyaml's, NULL: any */
	const char *context; /* libyaml's, NULL: any */
	bool is_at_context;  /* the place to blame is where the construct begins */
	const char *advice;
} syntax_advice[] = {
        {"found unexpected end of stream", "while scanning a quoted scalar", true,
         "a quoted text begins here and never ends; add the closing quote"},
        {"found unexpected document indicator", "while scanning a quoted scalar", true,
         "a quoted text begins here and never ends; add the closing quote"},
        {NULL, "while parsing a flow sequence", true,
         "the list that begins here is not closed, or a comma is missing in it; write [a, b, c]"},
        {NULL, "while parsing a flow mapping", true,
         "the mapping that begins here is not closed, or a comma is missing in it; write "
         "{key: value, key: value}"},
        {"could not find expected ':'", NULL, true,
         "there is no \": \" behind this; write key: value"},
        {"mapping values are not allowed in this context", NULL, false,
         "a second \": \" where none can be; check the indentation, or quote the text if the "
         "colon belongs to it"},
        {"did not find expected key", "while parsing a block mapping", false,
         "this does not fit the lines around it; indent it as its neighbours are and write "
         "key: value"},
        {"did not find expected '-' indicator", NULL, false,
         "this does not fit the list around it; begin it with \"- \" and indent it as the other "
         "entries are"},
        {"block sequence entries are not allowed in this context", NULL, false,
         "a \"- \" where no list can begin; put it on a line of its own"},
        {"did not find expected node content", NULL, false,
         "a value is missing here, or it begins with a character that needs quotes"},
        {"found unknown escape character", NULL, false,
         "an unknown escape in double quotes; write \\\\ for a backslash, or use single quotes"},
        {"found character that cannot start any token", NULL, false,
         "a value cannot begin with this character; put the text in quotes"},
        {"did not find expected <document start>", NULL, false,
         "this does not belong to what stands before it; write every line as key: value"},
};

static const struct syntax_advice *find_advice(const yaml_parser_t *parser)
{
	for (size_t i = 0; i < ARRAY_LENGTH(syntax_advice); i++) {
		const struct syntax_advice *const a = &syntax_advice[i];
		if (a->problem && (!parser->problem || strcmp(a->problem, parser->problem) != 0))
			continue;
		if (a->context && (!parser->context || strcmp(a->context, parser->context) != 0))
			continue;
		return a;
	}
	return NULL;
}

/* The byte that mark points to: its index counts characters. Behind the text: its length. */
static size_t byte_of(const struct source *source, const yaml_mark_t *mark)
{
	size_t characters = 0;
	for (size_t i = 0; i < source->text_bytes; i++) {
		if ((source->text[i] & 0xc0) == 0x80)
			continue;
		if (characters++ == mark->index)
			return i;
	}
	return source->text_bytes;
}

static bool is_line_end(unsigned char c)
{
	return c == '\n' || c == '\r';
}

/* The first byte of the line that `byte` is in. */
static size_t line_start(const struct source *source, size_t byte)
{
	while (byte > 0 && !is_line_end(source->text[byte - 1]))
		byte--;
	return byte;
}

static size_t skip_blanks(const struct source *source, size_t byte)
{
	while (byte < source->text_bytes && source->text[byte] == ' ')
		byte++;
	return byte;
}

/* Finds the line above `byte` that holds a lone word, as indented as the line of `byte`: YAML takes
 * both for one long text and finds fault with the second. */
static bool has_lone_word_above(const struct source *source, size_t byte)
{
	const size_t start = line_start(source, byte);
	if (start < 2)
		return false;
	const size_t above = line_start(source, start - 1);
	const size_t word = skip_blanks(source, above);
	const size_t length = start - 1 - word;
	const unsigned char first = source->text[word];
	const bool is_same_indent = word - above == skip_blanks(source, start) - start;
	const bool is_word = !is_line_end(first) && first != '-' && first != '#';
	return is_same_indent && is_word && !memchr(source->text + word, ':', length);
}

/* Faults that libyaml has no word for, or that it finds behind their place. Returns what to say,
 * or NULL; moves mark to the place. */
static const char *better_advice(const struct source *source, const yaml_parser_t *parser,
                                 yaml_mark_t *mark)
{
	const size_t byte = byte_of(source, mark);
	const char *const problem = parser->problem ? parser->problem : "";
	const char *const context = parser->context ? parser->context : "";
	if (byte < source->text_bytes && source->text[byte] == '\t')
		return "a tab where YAML wants spaces; indent with spaces";
	if (byte > 0 && source->text[byte - 1] == '}' &&
	    strcmp(context, "while parsing a flow sequence") == 0)
		return "text behind a brace; a word with braces needs quotes, for example "
		       "\"{workdir}/post.fits\"";
	if (strcmp(problem, "mapping values are not allowed in this context") == 0 &&
	    has_lone_word_above(source, byte)) {
		mark->line--;
		mark->column =
		        skip_blanks(source, line_start(source, byte)) - line_start(source, byte);
		return "there is no \": \" on this line; write key: value";
	}
	if (strcmp(problem, "did not find expected key") == 0 &&
	    skip_blanks(source, line_start(source, byte)) < byte)
		return "text behind the end of a value; remove it, or mend the quotes or brackets "
		       "before it";
	return NULL;
}

/* libyaml puts what it misses at the end of the text on a line behind the last one; this is the
 * place where the text really ends. */
static void bring_inside(const struct source *source, yaml_mark_t *mark)
{
	struct place end = {1, 1};
	for (size_t i = 0; i < source->text_bytes; i++)
		if ((source->text[i] & 0xc0) != 0x80)
			step_over(&end, source->text[i],
			          i + 1 < source->text_bytes && source->text[i + 1] == '\n');
	if (mark->line + 1 <= end.line)
		return;
	mark->line = end.line - 1;
	mark->column = end.column - 1;
}

static int refuse_syntax(const struct source *source, const yaml_parser_t *parser)
{
	if (parser->error == YAML_MEMORY_ERROR)
		return error_memory(source->err);
	const struct syntax_advice *const advice = find_advice(parser);
	yaml_mark_t place = parser->problem_mark;
	const char *const better = better_advice(source, parser, &place);
	if (!better && advice && advice->is_at_context)
		place = parser->context_mark;
	bring_inside(source, &place);
	if (better || advice)
		return refuse_at(source, &place, better ? better : advice->advice);
	return problems_add(source->problems, source->name, place.line + 1, place.column + 1,
	                    "YAML", source->err,
	                    "%s%s%s; check indentation, brackets and quotes here",
	                    parser->context ? parser->context : "", parser->context ? ": " : "",
	                    parser->problem ? parser->problem : "not YAML");
}

static void open_parser(yaml_parser_t *parser, const struct source *source)
{
	yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(parser, source->text, source->text_bytes);
}

static bool has_anchor(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.anchor != NULL;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.anchor != NULL;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.anchor != NULL;
	default:
		return false;
	}
}

static bool has_tag(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SCALAR_EVENT:
		return event->data.scalar.tag != NULL;
	case YAML_SEQUENCE_START_EVENT:
		return event->data.sequence_start.tag != NULL;
	case YAML_MAPPING_START_EVENT:
		return event->data.mapping_start.tag != NULL;
	default:
		return false;
	}
}

/* How far the scan of events has come. */
struct scan {
	size_t depth;
	size_t documents;
	bool is_over; /* nothing behind this is looked at */
};

static void follow_depth(struct scan *scan, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		scan->depth++;
		return;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		scan->depth--;
		return;
	case YAML_DOCUMENT_START_EVENT:
		scan->documents++;
		return;
	default:
		return;
	}
}

static int check_event(const struct source *source, const yaml_event_t *event, struct scan *scan)
{
	follow_depth(scan, event);
	if (event->type == YAML_ALIAS_EVENT)
		return refuse_at(source, &event->start_mark,
		                 "an alias (*name); write the value out again");
	if (has_anchor(event))
		return refuse_at(source, &event->start_mark,
		                 "an anchor (&name); remove it and write the value out where it is "
		                 "needed");
	if (has_tag(event))
		return refuse_at(source, &event->start_mark,
		                 "a tag (!name); remove it, types are known from the keys");
	if (scan->depth > YAML_TEXT_MAX_DEPTH) {
		scan->is_over = true;
		return refuse_at(source, &event->start_mark,
		                 "nested more than 32 deep; a file of ours needs 5 at most");
	}
	if (scan->documents > 1) {
		scan->is_over = true;
		return refuse_at(
		        source, &event->start_mark,
		        "a second document (---); one file holds one document, so split it");
	}
	return 0;
}

/* Goes through all events of the text: the document API loses where anchors and aliases were. */
static int check_events(const struct source *source)
{
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser))
		return error_memory(source->err);
	open_parser(&parser, source);
	struct scan scan = {0};
	int r = 0;
	while (r == 0 && !scan.is_over) {
		yaml_event_t event;
		if (!yaml_parser_parse(&parser, &event)) {
			r = refuse_syntax(source, &parser);
			break;
		}
		scan.is_over = event.type == YAML_STREAM_END_EVENT;
		r = check_event(source, &event, &scan);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	return r;
}

static int load_document(const struct source *source, yaml_document_t *ret_document)
{
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser))
		return error_memory(source->err);
	open_parser(&parser, source);
	const int is_loaded = yaml_parser_load(&parser, ret_document);
	yaml_parser_delete(&parser);
	return is_loaded ? 0 : error_memory(source->err);
}

int yaml_text_load(const char *name, const char *text, size_t text_bytes,
                   yaml_document_t *ret_document, struct problems *problems, struct error *err)
{
	struct source source = {name, (const unsigned char *)text, text_bytes, problems, err};
	if (text_bytes >= BYTE_ORDER_MARK_BYTES &&
	    memcmp(text, byte_order_mark, BYTE_ORDER_MARK_BYTES) == 0) {
		source.text += BYTE_ORDER_MARK_BYTES;
		source.text_bytes -= BYTE_ORDER_MARK_BYTES;
	}
	int r = check_characters(&source);
	if (r == 0 && problems->count == 0)
		r = check_events(&source);
	if (r == 0)
		r = problems_result(problems, name, err);
	if (r < 0)
		return r;
	return load_document(&source, ret_document);
}
