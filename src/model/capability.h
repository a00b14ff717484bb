/* What can be measured on a node, and for what cannot, why and what would help, as plain values. */
#ifndef MODEL_CAPABILITY_H
#define MODEL_CAPABILITY_H

#include <stddef.h>

struct error;

enum capability_state { CAPABILITY_YES, CAPABILITY_PART, CAPABILITY_NO };

/* Who can do what would help. */
enum capability_who {
	WHO_NOBODY, /* nothing would: the machine is made so */
	WHO_YOU,
	WHO_ADMINISTRATOR,
	WHO_HYPERVISOR /* its owner */
};

/* "yes", "in part", "no"; "nobody", "you", "the administrator", ...: indexed by the enums. */
extern const char *const capability_state_names[];
extern const char *const capability_who_names[];

/* In a list no text is NULL: "" where there is none. */
struct capability {
	const char *area; /* "counters", "clock", ... */
	const char *name; /* "cycles" */
	enum capability_state state;
	const char *by; /* what it is measured with, "" where it cannot be */
	const char *reason;
	const char *remedy;
	enum capability_who who;
	char *texts; /* of a list: what the texts are in */
};

struct capabilities {
	struct capability *items;
	size_t count;
	size_t capacity;
};

/* Adds a copy; texts that are NULL become "". Returns 0 or -ENOMEM. */
int capabilities_add(struct capabilities *capabilities, const struct capability *capability,
                     struct error *err);

/* The one of this area and name, or NULL. */
const struct capability *capabilities_find(const struct capabilities *capabilities,
                                           const char *area, const char *name);

void capabilities_release(struct capabilities *capabilities);

#define cleanup_capabilities __attribute__((cleanup(capabilities_release)))

#endif
