#include "report/document_head_html.h"

#include "core/hash.h"
#include "core/str.h"
#include "report/markup.h"
#include "report/page.h"
#include "report/plot/plot_look.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

const char document_html_sign[] =
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"generator\" content=\"plateau report\">";

int document_head_js(char **ret_js, struct error *err)
{
	struct str text = {0};
	str_add(&text, "\n");
	for (size_t i = 0; page_js[i]; i++)
		str_add(&text, page_js[i]);
	return str_take(&text, ret_js, err);
}

int document_head_css(char **ret_css, struct error *err)
{
	struct str text = {0};
	str_add(&text, "\n");
	for (size_t i = 0; page_css[i]; i++)
		str_add(&text, page_css[i]);
	plot_css(&text);
	return str_take(&text, ret_css, err);
}

/* Nothing is loaded, and nothing runs but the script and style that are in the page by their
 * hashes: whatever text of the result came to stand as markup would stay dead. Scripts set
 * positions of the tooltip through the object model, which this permits. */
static void write_policy(struct markup *m, const char *css, const char *js)
{
	char css_hash[HASH_BASE64_BYTES];
	char js_hash[HASH_BASE64_BYTES];
	char policy[512];
	hash_sha256_base64(css, strlen(css), css_hash);
	hash_sha256_base64(js, strlen(js), js_hash);
	snprintf(policy, sizeof policy,
	         "default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; "
	         "img-src data:; base-uri 'none'; form-action 'none'",
	         css_hash, js_hash);
	markup_void(m, "meta", MARKUP("http-equiv", "Content-Security-Policy", "content", policy));
	markup_break(m);
}

void document_head_html(struct markup *m, const char *title, const char *css, const char *js)
{
	/* A browser asks a server for an icon unless one is there. */
	static const char icon[] =
	        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 "
	        "16'%3E%3Cpath d='M1 14C4 5 7 4 15 4' fill='none' stroke='%23287fd0' "
	        "stroke-width='2.5' stroke-linecap='round'/%3E%3C/svg%3E";
	markup_doctype(m);
	markup_open(m, "html", MARKUP("lang", "en"));
	markup_open(m, "head", NULL);
	markup_void(m, "meta", MARKUP("charset", "utf-8"));
	markup_break(m);
	markup_void(m, "meta", MARKUP("name", "generator", "content", "plateau report"));
	markup_break(m);
	write_policy(m, css, js);
	markup_void(m, "meta",
	            MARKUP("name", "viewport", "content", "width=device-width, initial-scale=1"));
	markup_void(m, "meta", MARKUP("name", "color-scheme", "content", "light dark"));
	markup_void(m, "meta", MARKUP("name", "referrer", "content", "no-referrer"));
	markup_void(m, "link", MARKUP("rel", "icon", "href", icon));
	markup_break(m);
	markup_element(m, "title", NULL, title);
	markup_break(m);
	markup_code(m, "style", css);
	markup_close(m);
	markup_break(m);
}
