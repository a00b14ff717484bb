/* In which modes of the processor an event counts. */
#ifndef MODEL_EVENT_MODE_H
#define MODEL_EVENT_MODE_H

#include <stdbool.h>

struct event_definition;

enum event_mode { EVENT_OF_BOTH, EVENT_OF_USER, EVENT_OF_KERNEL };

/* What the resolved string of an event says: "...:u=1:k=0...", or "u" and "k" behind the last ':'
 * or '/' of "r3c:u", "raw:config=0x3c:k" and "msr/aperf/u"; of "r3c:u (NAME:u)", a code that stands
 * for a name, the code. EVENT_OF_BOTH where it says nothing. */
enum event_mode event_mode_of_text(const char *encoded);

/* The same of an event: its flag, or else its string. */
enum event_mode event_mode_of(const struct event_definition *event);

#endif
