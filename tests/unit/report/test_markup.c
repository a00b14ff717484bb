/* What is written as HTML: outside texts stay texts, pictures hold nothing that runs or loads. */
#include "core/error.h"
#include "core/rng.h"
#include "report/markup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

static void texts_are_escaped(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *written;
	} cases[] = {
	        {"plain", "<p>plain</p>"},
	        {"", "<p></p>"},
	        {"<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"},
	        {"a & b", "<p>a &amp; b</p>"},
	        {"&lt;", "<p>&amp;lt;</p>"},
	        {"\" onmouseover='x'", "<p>&quot; onmouseover=&#39;x&#39;</p>"},
	        {"`$(reboot)`", "<p>`$(reboot)`</p>"},
	        {"two\nlines\tand a tab", "<p>two lines and a tab</p>"},
	        {"\033[31mred\033[0m\007", "<p>?[31mred?[0m?</p>"},
	        {"\xff\xfe not UTF-8 \xc3", "<p>?? not UTF-8 ?</p>"},
	        {"\xe2\x80\xae turned", "<p>? turned</p>"},
	        {"2\u00A0% < 8.32\u00A0GB\u00A0", "<p>2\u00A0% &lt; 8.32\u00A0GB\u00A0</p>"},
	        {"\xff\u00A0\033", "<p>?\u00A0?</p>"},
	        {"Größe 漢字", "<p>Größe 漢字</p>"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cleanup_markup struct markup m = {0};
		markup_element(&m, "p", NULL, cases[i].text);
		assert_string_equal(str_text(&m.out), cases[i].written);
	}
}

static void attributes_are_escaped(void **state)
{
	(void)state;
	cleanup_markup struct markup m = {0};
	markup_open(&m, "a", MARKUP("title", "\"><script>", "class", NULL, "href", "#a'b"));
	markup_void(&m, "br", NULL);
	markup_close(&m);
	assert_string_equal(str_text(&m.out),
	                    "<a title=\"&quot;&gt;&lt;script&gt;\" href=\"#a&#39;b\"><br></a>");
}

static void lines_stay_lines(void **state)
{
	(void)state;
	cleanup_markup struct markup m = {0};
	markup_lines(&m, "a:\r\n\t<b>\n\nend");
	assert_string_equal(str_text(&m.out), "a:\n &lt;b&gt;\n\nend");
}

static void pictures_are_built_anew(void **state)
{
	(void)state;
	static const struct {
		const char *svg;
		const char *written;
	} cases[] = {
	        {"<?xml version='1.0'?>\n<!-- c -->\n<!DOCTYPE svg>\n<svg viewBox='0 0 1 1'/>",
	         "<svg viewBox=\"0 0 1 1\" role=\"img\" aria-label=\"a &amp; b\"></svg>"},
	        {"<svg><title>Gnuplot</title><desc>by</desc><g><title>x &lt; 1</title></g></svg>",
	         "<svg role=\"img\" aria-label=\"a &amp; b\"><g><title>x &lt; 1</title></g></svg>"},
	        {"<svg><script>alert(1)</script><g onclick=\"x()\" fill='red'/></svg>",
	         "<svg role=\"img\" aria-label=\"a &amp; b\"><g fill=\"red\"></g></svg>"},
	        {"<svg onload='x()'><foreignObject><p>a</p></foreignObject>"
	         "<image href='http://x/'/></svg>",
	         "<svg role=\"img\" aria-label=\"a &amp; b\"></svg>"},
	        {"<svg><use xlink:href='#p'/><use href='http://x/#p'/><path id='p'/></svg>",
	         "<svg role=\"img\" aria-label=\"a &amp; b\"><use href=\"#k-p\"></use><use></use>"
	         "<path id=\"k-p\"></path></svg>"},
	        {"<svg><g clip-path='url(#c)' fill='url(http://x/)'/></svg>",
	         "<svg role=\"img\" aria-label=\"a &amp; b\"><g "
	         "clip-path=\"url(#k-c)\"></g></svg>"},
	        {"<svg><g fill='URL(&#x68;ttp://x)' style='background:url(x)'/></svg>",
	         "<svg role=\"img\" aria-label=\"a &amp; b\"><g></g></svg>"},
	        {"<svg><text>a &#60;b&#62; &amp;amp; \033 <![CDATA[</text></svg>", NULL},
	        {"<svg><text>&#60;script&#62; &amp;lt; &unknown;</text></svg>",
	         "<svg role=\"img\" aria-label=\"a &amp; b\"><text>&lt;script&gt; &amp;lt; "
	         "&amp;unknown;</text></svg>"},
	        {"<svg><g></svg></g>", NULL},
	        {"<svg>", NULL},
	        {"", NULL},
	        {"text", NULL},
	        {"<p>no picture</p>", NULL},
	        {"<svg></svg><svg></svg>", NULL},
	        {"<svg><g a=1></g></svg>", NULL},
	        {"<svg><g a='1></g></svg>", NULL},
	        {"<svg><!-- </svg>", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct error err;
		cleanup_markup struct markup m = {0};
		const int r = markup_svg(&m, cases[i].svg, "k-", "a & b", &err);
		if (cases[i].written) {
			assert_int_equal(r, 0);
			assert_string_equal(str_text(&m.out), cases[i].written);
		} else {
			assert_int_equal(r, -EINVAL);
			assert_string_equal(str_text(&m.out), "");
			assert_true(strlen(err.text) > 0);
		}
	}
}

/* True when a tag of html holds an attribute that runs, or is not ended. */
static bool runs_or_is_open(const char *html)
{
	bool is_tag = false;
	bool is_quoted = false;
	for (; *html; html++) {
		if (!is_tag && *html == '<')
			is_tag = true;
		else if (is_tag && *html == '"')
			is_quoted = !is_quoted;
		else if (is_tag && !is_quoted && *html == '>')
			is_tag = false;
		else if (is_tag && !is_quoted && strncmp(html, " onclick=", 9) == 0)
			return true;
	}
	return is_tag;
}

/* One random change of the first `length` bytes of text, which has room; returns the length. */
static size_t damage(struct rng *rng, char *text, size_t length)
{
	static const char *const pieces[] = {"<",      "</",     "/>",           "\"",   "'",
	                                     "&#x3c;", "<svg>",  "<script>",     "<!--", "-->",
	                                     "url(#",  "</svg>", " onclick='x'", "]]>",  "<?"};
	const size_t at = (size_t)rng_below(rng, (uint32_t)length);
	const char *const piece = pieces[rng_below(rng, sizeof pieces / sizeof pieces[0])];
	const size_t more = strlen(piece);
	switch (rng_below(rng, 3)) {
	case 0:
		text[at] = (char)(1 + rng_below(rng, 255));
		return length;
	case 1:
		memmove(text + at + more, text + at, length - at);
		memcpy(text + at, piece, more);
		return length + more;
	default:
		return at + 1;
	}
}

static void damaged_pictures(void **state)
{
	(void)state;
	static const char whole[] =
	        "<svg viewBox='0 0 1 1'><title>G</title><g id='a' fill='none'><defs>"
	        "<path id='p' d='M0,1'/></defs><use xlink:href='#p'/><g clip-path=\"url(#c)\">"
	        "<text x='1'>a &lt; b &amp; c</text><rect x='1' class='tip'><title>N=1</title>"
	        "</rect></g></g></svg>";
	struct rng rng;
	size_t shown = 0;
	rng_init(&rng, 1, 0);
	for (size_t i = 0; i < 5000; i++) {
		struct error err;
		cleanup_markup struct markup m = {0};
		char text[sizeof whole + 128] = "";
		size_t length = sizeof whole - 1;
		memcpy(text, whole, length);
		for (uint32_t k = 0; k <= i % 4; k++)
			length = damage(&rng, text, length);
		text[length] = '\0';
		if (markup_svg(&m, text, "k-", "label", &err) < 0) {
			assert_string_equal(str_text(&m.out), "");
			continue;
		}
		shown++;
		assert_null(strstr(str_text(&m.out), "<script"));
		assert_false(runs_or_is_open(str_text(&m.out)));
	}
	assert_true(shown > 100);
}

static void depth_is_bounded(void **state)
{
	(void)state;
	struct error err;
	cleanup_str struct str svg = {0};
	cleanup_markup struct markup m = {0};
	str_add(&svg, "<svg>");
	for (int i = 0; i < 100; i++)
		str_add(&svg, "<g>");
	assert_int_equal(markup_svg(&m, str_text(&svg), "", "", &err), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(texts_are_escaped), cmocka_unit_test(attributes_are_escaped),
	        cmocka_unit_test(lines_stay_lines),  cmocka_unit_test(pictures_are_built_anew),
	        cmocka_unit_test(damaged_pictures),  cmocka_unit_test(depth_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
