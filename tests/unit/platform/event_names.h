/* Names of events are looked up in libpfm4, which has to be made ready first. */
#ifndef TESTS_EVENT_NAMES_H
#define TESTS_EVENT_NAMES_H

int event_names_set_up(void **state);

#endif
