/* Binds a YAML document to C values by const tables of keys. A table says for every key its kind,
 * where the value goes, whether it is required, and what the documentation says of it; problems
 * carry line and column, and everything that is wrong is found in one pass.
 *
 * Binding functions return 0 or -ENOMEM; what is wrong with the file goes to binder.problems and
 * leaves the target as it was. */
#ifndef FORMATS_YAML_BIND_H
#define FORMATS_YAML_BIND_H

#include "formats/problems.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

struct error;
struct bind_key;

/* One document being bound. */
struct binder {
	const char *file; /* its name in problems */
	const char *what; /* what it describes, stands for the path of the whole: "scenario" */
	yaml_document_t *document;
	struct problems *problems;
	struct error *err;
	void *context; /* for BIND_CUSTOM functions */
};

/* Where in the document a value is: a chain of keys and list indexes up to the root, which has
 * neither key nor parent. */
struct bind_place {
	const struct bind_place *parent;
	const char *key;             /* NULL: an entry of a list */
	size_t index;                /* from 0 */
	const yaml_node_t *mapping;  /* that key is in, or NULL */
	const yaml_node_t *key_node; /* key as it stands in the document, or NULL */
};

enum { BIND_PATH_BYTES = 128 };

/* "sweep.levels[2]"; cut when it is longer than the buffer. */
void bind_path(const struct bind_place *place, char path[BIND_PATH_BYTES]);

enum bind_kind {
	BIND_MAPPING,  /* keys; the same target */
	BIND_INTEGER,  /* uint32_t in [low, high] */
	BIND_DURATION, /* int64_t ns, above 0 unless low is 0 and is_zero_allowed */
	BIND_BYTES,    /* int64_t, above 0 */
	BIND_CHOICE,   /* an enum, one of choices */
	BIND_BOOLEAN,  /* bool: true or false, and no other word */
	BIND_CUSTOM    /* bind() does it */
};

typedef int bind_function(struct binder *binder, const struct bind_place *place,
                          const struct bind_key *key, const yaml_node_t *node, void *target);

struct bind_key {
	const char *name; /* first: tables are searched for the nearest name */
	enum bind_kind kind;
	bool is_required;
	bool is_zero_allowed;        /* BIND_DURATION */
	size_t offset;               /* of the value in the target */
	int64_t low;                 /* BIND_INTEGER */
	int64_t high;                /* BIND_INTEGER */
	const char *const *choices;  /* BIND_CHOICE: indexed by the enum, ends with NULL */
	const struct bind_key *keys; /* BIND_MAPPING */
	size_t key_count;            /* BIND_MAPPING */
	bind_function *bind;         /* BIND_CUSTOM */
	const char *type;            /* "a duration", for messages and documentation */
	const char *default_text;    /* for documentation; "required", "none" */
	const char *example;         /* a value, for messages and documentation */
	const char *help;            /* one sentence for documentation */
};

/* Binds the document's root, which must be a mapping of `keys`, to target. */
int bind_document(struct binder *binder, const struct bind_key *keys, size_t key_count,
                  void *target);

/* Binds node, which must be a mapping of `keys`, to target. owner is the key that it is the value
 * of, for messages. */
int bind_mapping(struct binder *binder, const struct bind_place *place,
                 const struct bind_key *owner, const yaml_node_t *node, const struct bind_key *keys,
                 size_t key_count, void *target);

/* Binds every entry of the list node with item_key->bind, which gets item_key and target as they
 * are. */
int bind_list(struct binder *binder, const struct bind_place *place, const struct bind_key *key,
              const yaml_node_t *node, const struct bind_key *item_key, void *target);

/* The same for every value of the mapping node, whose keys are free; the last part of the place
 * that item_key->bind gets is the key. */
int bind_entries(struct binder *binder, const struct bind_place *place, const struct bind_key *key,
                 const yaml_node_t *node, const struct bind_key *item_key, void *target);

/* The text of a scalar node: not empty unless may_be_empty, and without NUL. NULL with a problem
 * told (or -ENOMEM returned) when it is none. Valid as long as the document. */
int bind_text(struct binder *binder, const struct bind_place *place, const struct bind_key *key,
              const yaml_node_t *node, bool may_be_empty, const char **ret_text);

/* As bind_text for what is to be read as a number: not longer than any number needs to be. */
int bind_number_text(struct binder *binder, const struct bind_place *place,
                     const struct bind_key *key, const yaml_node_t *node, const char **ret_text);

/* Tells a problem at node's beginning. Returns 0 or -ENOMEM. */
int bind_problem(struct binder *binder, const struct bind_place *place, const yaml_node_t *node,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Tells that node is not what key wants. */
int bind_wrong_kind(struct binder *binder, const struct bind_place *place,
                    const struct bind_key *key, const yaml_node_t *node);

/* Whether the mapping has a key of this name. */
bool bind_has_key(const struct binder *binder, const yaml_node_t *mapping, const char *name);

/* Whether node is a scalar that stands there without a value ("key:", "key: ~"). */
bool bind_is_empty(const yaml_node_t *node);

#endif
