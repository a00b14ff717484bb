/* Text of man pages: nothing in it is a request, and what is copied from a page is what was meant.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/str.h"
#include "pages/roff.h"

static void test_text(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *roff;
	} cases[] = {
	        {"plain words", "plain words\n"},
	        {"", "\n"},
	        {".so /etc/passwd", "\\&.so /etc/passwd\n"},
	        {"'quoted'", "\\&\\(aqquoted\\(aq\n"},
	        {"a\\fBc", "a\\efBc\n"},
	        {"x^2 ~ 1-2", "x\\(ha2 \\(ti 1\\-2\n"},
	        {"with --json, or -o -", "with \\fB\\-\\-json\\fR, or \\fB\\-o\\fR \\-\n"},
	        {"(--force)", "(\\fB\\-\\-force\\fR)\n"},
	        {"-3 and -- and -", "\\-3 and \\-\\- and \\-\n"},
	        {"see docs/json.md.", "see \\fIdocs/json.md\\fR.\n"},
	        {"say `plateau show`, then", "say \\fBplateau show\\fR, then\n"},
	        {"an open ` one", "an open \\(ga one\n"},
	        {"two\nlines", "two lines\n"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_str struct str s = {0};
		roff_text(&s, cases[i].text);
		assert_string_equal(str_text(&s), cases[i].roff);
	}
}

static void test_paragraphs(void **state)
{
	(void)state;
	cleanup_str struct str s = {0};
	roff_paragraphs(&s,
	                "A first one\nover two lines.\n\n  plateau run\n    .dot\n\nThe last.\n");
	assert_string_equal(str_text(&s), "A first one over two lines.\n"
	                                  ".PP\n.RS 4\n.nf\n"
	                                  "plateau run\n"
	                                  "  .dot\n"
	                                  ".fi\n.RE\n"
	                                  ".PP\nThe last.\n");
}

/* A line of an example that begins with a point, as nothing is in front of it. */
static void test_example(void **state)
{
	(void)state;
	cleanup_str struct str s = {0};
	roff_paragraphs(&s, "  .dot\n  'quote\n  -\\-");
	assert_string_equal(str_text(&s), ".PP\n.RS 4\n.nf\n\\&.dot\n\\&\\(aqquote\n\\-\\e\\-\n"
	                                  ".fi\n.RE\n");
}

static void test_terms(void **state)
{
	(void)state;
	cleanup_str struct str s = {0};
	roff_term(&s, "--plots", "DIR");
	roff_term(&s, "name", "");
	roff_section(&s, "see also");
	roff_reference(&s, "plateau-run", 1, true);
	assert_string_equal(str_text(&s), ".TP\n\\fB\\-\\-plots\\fR \\fIDIR\\fR\n"
	                                  ".TP\n\\fBname\\fR\n"
	                                  ".SH \"SEE ALSO\"\n"
	                                  ".BR plateau\\-run (1),\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_text),
	        cmocka_unit_test(test_paragraphs),
	        cmocka_unit_test(test_example),
	        cmocka_unit_test(test_terms),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
