/* Which event a counter was: names of metrics say what is meant, and the processor counts something
 * more special, another one on every microarchitecture. Whoever shows a counter shows this too. */
#ifndef REPORT_EVENT_TEXT_H
#define REPORT_EVENT_TEXT_H

#include "model/record.h"

struct str;

enum { EVENT_RAW_BYTES = 48, EVENT_AXIS_BYTES = 96 };

/* The raw code of an event of the processor, as perf takes it: "r412e", "r1b7:3fbfc00001" with a
 * second word; "pmu8/0x11" of another PMU, by its type; "" for the kernel's own events. */
void event_raw(const struct event_definition *event, char text[EVENT_RAW_BYTES]);

/* What the kernel was asked for, as libpfm4 spells it, without the modifiers that are off and those
 * of the mode: "skx::OFFCORE_REQUESTS:L3_MISS_DEMAND_DATA_RD"; the name where it is not known. */
void event_add_string(const struct event_definition *event, struct str *text);

/* In which modes it counts: "uk", "u", "k". */
const char *event_mode(const struct event_definition *event);

/* "skx::MEM_LOAD_RETIRED:L3_MISS (raw code r20d1, choice 2 of its metric, user mode only)". */
void event_add_definition(const struct event_definition *event, struct str *text);

/* The same behind the name: "LLC-load-misses is skx::MEM_LOAD_RETIRED:L3_MISS (...)". */
void event_add_words(const struct event_definition *event, struct str *text);

/* For an axis, which has little room: "LLC-load-misses r20d1, user mode (M)", with the unit. */
void event_axis(const struct event_definition *event, const char *unit,
                char text[EVENT_AXIS_BYTES]);

#endif
