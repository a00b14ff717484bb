/* What the files of commands/judging share. */
#ifndef COMMANDS_JUDGING_PARTS_H
#define COMMANDS_JUDGING_PARTS_H

#include "analyse/compare/compare.h"
#include "commands/judging.h"
#include "commands/loaded.h"
#include "commands/result_files.h"

/* Runs of the good node below which analyse/verdict gives no verdict. */
enum { VERDICT_LEAST_RUNS = 3 };

/* What one criterion is held against, owned. */
struct judging_reference {
	const struct findings **runs;
	size_t count;
	size_t capacity;
	char *problem;
	bool is_itself; /* the result that is judged was among them */
};

/* What the criteria of one result are held against. */
struct judging_references {
	struct judging_reference *owned;
	struct reference *items; /* of owned, for handing out; one for each criterion */
	size_t count;
	struct words paths; /* of all, each once */
};

struct judged {
	struct loaded_result *result;
	struct criteria criteria; /* of its own scenario; empty where a file says them */
	struct judging_references references;
	struct acceptance acceptance;
	/* In what it differs from its references; each is compared by itself. */
	struct compare_remark *remarks;
	size_t remark_count;
	size_t remark_capacity;
};

struct judging {
	struct judging_settings settings;
	struct criteria criteria; /* of the file */
	struct words given;       /* files of --reference */
	struct loaded loaded;     /* references, each once */
	struct judged **items;
	size_t count;
	size_t capacity;
	struct accepted *accepted; /* of items, in one piece */
	size_t accepted_capacity;
	struct words unjudged;  /* paths of what could not be judged, */
	struct words reasons;   /* and why */
	struct words copies;    /* paths of what holds a run that is judged already, */
	struct words originals; /* and by which path it is */
};

/* Resolves and loads what each of the criteria is held against. judged (NULL: not measured yet) is
 * left out of its own references, and of several files of one run only the first counts. What
 * cannot be had becomes the reference's problem. Returns 0 or -ENOMEM; *ret_references is to be
 * released. */
int judging_find_references(struct judging *judging, const struct criteria *criteria,
                            const struct loaded_result *judged,
                            struct judging_references *ret_references, struct error *err);
void judging_references_release(struct judging_references *references);

/* Finds in what a result differs from its references, once they are known, and says what is serious
 * of it. Returns 0 or -ENOMEM. */
int judging_find_remarks(struct judged *judged, struct error *err);
void judging_say_remarks(const struct judged *judged);

#endif
