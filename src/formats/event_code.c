#include "formats/event_code.h"

#include "core/error.h"
#include "core/str.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char raw_prefix[] = "raw:";

enum { DIGITS_MAX = 16 };

static size_t hex_digits(const char *text)
{
	size_t count = 0;
	while (isxdigit((unsigned char)text[count]))
		count++;
	return count;
}

bool event_code_is_raw(const char *text)
{
	if (str_starts_with(text, raw_prefix))
		return true;
	const size_t digits = text[0] == 'r' ? hex_digits(text + 1) : 0;
	return digits > 0 && (!text[1 + digits] || text[1 + digits] == ':');
}

/* Reads hexadecimal digits from *at and moves behind them. */
static int read_hex(const char *text, const char **at, uint64_t *ret_value, struct error *err)
{
	const size_t digits = hex_digits(*at);
	if (digits == 0 || digits > DIGITS_MAX)
		return error_set(err, EINVAL,
		                 "\"%.100s\" has no proper number at \"%.20s\"; write 1 to 16 "
		                 "hexadecimal digits, as in r412e",
		                 text, *at);
	*ret_value = strtoull(*at, NULL, 16);
	*at += digits;
	return 0;
}

/* "config=0x1b7,config1=0x3f", from behind the prefix. */
static int read_terms(const char *text, const char **at, struct event_code *code, struct error *err)
{
	static const char *const names[] = {"config=0x", "config1=0x"};
	uint64_t *const values[] = {&code->config, &code->config1};
	bool is_read[2] = {false, false};
	do {
		*at += **at == ',';
		size_t i = 0;
		while (i < 2 && (!str_starts_with(*at, names[i]) || is_read[i]))
			i++;
		if (i == 2)
			return error_set(err, EINVAL,
			                 "\"%.100s\" is not read from \"%.20s\" on; write "
			                 "raw:config=0x..., or raw:config=0x...,config1=0x...",
			                 text, *at);
		*at += strlen(names[i]);
		const int r = read_hex(text, at, values[i], err);
		if (r < 0)
			return r;
		is_read[i] = true;
	} while (**at == ',');
	if (is_read[0])
		return 0;
	return error_set(err, EINVAL, "\"%.100s\" has no config; write raw:config=0x...", text);
}

int event_code_parse(const char *text, struct event_code *ret_code, struct error *err)
{
	struct event_code code = {.is_user = true, .is_kernel = true};
	const bool has_prefix = str_starts_with(text, raw_prefix);
	if (!event_code_is_raw(text))
		return error_set(err, EINVAL,
		                 "\"%.100s\" is no raw encoding; write r and hexadecimal digits, "
		                 "as in r412e, or raw:config=0x...,config1=0x...",
		                 text);
	const char *at = text + (has_prefix ? strlen(raw_prefix) : 1);
	const int r = has_prefix ? read_terms(text, &at, &code, err)
	                         : read_hex(text, &at, &code.config, err);
	if (r < 0)
		return r;
	if (*at == ':') {
		at++;
		code.is_user = strchr(at, 'u');
		code.is_kernel = strchr(at, 'k');
		at += strspn(at, "uk");
	}
	if (*at || (!code.is_user && !code.is_kernel))
		return error_set(err, EINVAL,
		                 "\"%.100s\" ends with \"%.20s\"; only :u, :k and :uk may stand "
		                 "there",
		                 text, at);
	*ret_code = code;
	return 0;
}

void event_code_format(uint64_t config, uint64_t config1, char text[EVENT_CODE_TEXT_BYTES])
{
	if (config1 == 0)
		snprintf(text, EVENT_CODE_TEXT_BYTES, "r%" PRIx64, config);
	else
		snprintf(text, EVENT_CODE_TEXT_BYTES, "raw:config=0x%" PRIx64 ",config1=0x%" PRIx64,
		         config, config1);
}
