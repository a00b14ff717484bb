/* Raw event encodings as people write them: `r412e` as perf and libpfm4 do, or
 * `raw:config=0x1b7,config1=0x3fbfc00001`; either may end with :u or :k (user or kernel mode
 * alone) or :uk. */
#ifndef FORMATS_EVENT_CODE_H
#define FORMATS_EVENT_CODE_H

#include <stdbool.h>
#include <stdint.h>

struct error;

struct event_code {
	uint64_t config;
	uint64_t config1;
	bool is_user;   /* user mode is to be counted */
	bool is_kernel; /* kernel mode is */
};

/* Whether text is meant as a raw encoding: it begins with "raw:", or is r and hexadecimal digits
 * up to its end or a colon. */
bool event_code_is_raw(const char *text);

/* Reads one. Returns 0, or -EINVAL with what is wrong and what would be right. */
int event_code_parse(const char *text, struct event_code *ret_code, struct error *err);

/* The shortest way to write one, without modifiers: "r412e",
 * "raw:config=0x1b7,config1=0x3fbfc00001". */
enum { EVENT_CODE_TEXT_BYTES = 64 };
void event_code_format(uint64_t config, uint64_t config1, char text[EVENT_CODE_TEXT_BYTES]);

#endif
