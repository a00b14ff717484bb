/* Which nodes a choice stands for. */
#include "fleet/slurm/slurm_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Slurm's own expansion lets an open bracket pass as part of a name. */
static int check_list(const char *list, struct error *err)
{
	int depth = 0;
	for (const char *at = list; *at && depth >= 0 && depth <= 1; at++)
		depth += *at == '[' ? 1 : *at == ']' ? -1 : 0;
	if (depth != 0)
		return error_set(err, EINVAL,
		                 "nodes '%s': the brackets do not match; write rome[01-08,11]",
		                 list);
	if (!*list || *list == '-' || *list == ',')
		return error_set(err, EINVAL, "nodes '%s': no name; write rome[01-08,11],milan03",
		                 list);
	for (const char *at = list; *at; at++)
		if ((unsigned char)*at <= ' ' || strchr("/\"'\\", *at))
			return error_set(err, EINVAL,
			                 "nodes '%s': a list has names, commas and brackets, and "
			                 "no blanks; write rome[01-08,11],milan03",
			                 list);
	return 0;
}

static int expand(struct slurm *slurm, const char *list, struct words *names, struct error *err)
{
	int r = check_list(list, err);
	if (r < 0)
		return r;
	cleanup_words struct words argv = {0};
	static const char *const start[] = {"scontrol", "show", "hostnames"};
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(start); i++)
		r = words_add(&argv, start[i], err);
	if (r == 0)
		r = words_add(&argv, list, err);
	if (r < 0)
		return r;
	cleanup_subprocess_end struct subprocess_end end = {0};
	r = slurm_call(slurm, &argv, NULL, &end, err);
	if (r < 0)
		return error_context(err, r, "nodes '%s'", list);
	for (char *at = end.output; *at;) {
		const size_t length = strcspn(at, "\n");
		const bool is_last = at[length] == '\0';
		at[length] = '\0';
		r = length > 0 ? words_add(names, at, err) : 0;
		if (r < 0)
			return r;
		at += length + (is_last ? 0 : 1);
	}
	if (names->count > 0)
		return 0;
	cleanup_free char *words = NULL;
	slurm_complaint(end.complaint ? end.complaint : "", &words);
	return error_set(err, EINVAL, "nodes '%s': %s", list,
	                 words && *words ? words : "these are none");
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool has_name(const struct words *sorted, const char *name)
{
	return bsearch(&name, sorted->items, sorted->count, sizeof *sorted->items, compare_texts) !=
	       NULL;
}

static bool is_in_partition(const struct batch_node *node, const char *partition)
{
	/* Several may be given, as to sbatch. */
	for (const char *at = partition; *at;) {
		const size_t length = strcspn(at, ",");
		for (const char *has = node->partitions; has && *has;) {
			const size_t here = strcspn(has, ",");
			if (here == length && strncmp(has, at, length) == 0)
				return true;
			has += here + (has[here] == ',');
		}
		at += length + (at[length] == ',');
	}
	return false;
}

/* A partition that no node is in, or a feature that no node has, is most likely a typing mistake.
 */
static int nothing_left(const struct batch_choice *choice, bool was_partition, struct error *err)
{
	if (choice->partition && !was_partition)
		return error_set(err, EINVAL,
		                 "no %snode in partition '%s' (sinfo -a lists the partitions)",
		                 choice->nodes ? "such " : "", choice->partition);
	return error_set(
	        err, EINVAL,
	        "no node has all that is asked for (sinfo -N -o '%%N %%R %%f' lists nodes, "
	        "partitions and features)");
}

static int check_known(const struct words *names, const struct batch_nodes *all, struct error *err)
{
	cleanup_str struct str unknown = {0};
	size_t count = 0;
	cleanup_words struct words known = {0};
	int r = 0;
	for (size_t i = 0; r == 0 && i < all->count; i++)
		r = words_add(&known, all->items[i].name, err);
	if (r < 0)
		return r;
	if (known.count > 0)
		qsort(known.items, known.count, sizeof *known.items, compare_texts);
	for (size_t i = 0; i < names->count; i++) {
		if (known.count > 0 && has_name(&known, names->items[i]))
			continue;
		if (++count <= 5)
			str_addf(&unknown, "%s'%s'", count > 1 ? ", " : "", names->items[i]);
	}
	if (count == 0)
		return 0;
	return error_set(err, EINVAL, "Slurm knows no %s %s%s (sinfo -N lists its nodes)",
	                 number_noun(count, "node", "nodes"), str_text(&unknown),
	                 count > 5 ? ", ..." : "");
}

/* Leaves those of all that the choice stands for. */
static int keep_chosen(const struct batch_choice *choice, const struct words *names,
                       struct batch_nodes *all, struct error *err)
{
	size_t kept = 0;
	bool was_partition = false;
	int r = 0;
	for (size_t i = 0; i < all->count; i++) {
		struct batch_node *const node = &all->items[i];
		bool is_chosen = r == 0 && (names->count == 0 || has_name(names, node->name));
		if (is_chosen && choice->partition)
			is_chosen = is_in_partition(node, choice->partition);
		was_partition |= is_chosen;
		if (is_chosen && choice->constraint)
			r = constraint_holds(choice->constraint, node->features, &is_chosen, err);
		if (!is_chosen || r < 0) {
			batch_node_release(node);
		} else {
			if (kept != i) {
				all->items[kept] = *node;
				*node = (struct batch_node){0};
			}
			kept++;
		}
	}
	all->count = kept;
	if (r == 0 && kept == 0)
		r = nothing_left(choice, was_partition, err);
	return r;
}

static int ask_nodes(struct slurm *slurm, struct batch_nodes *ret_nodes, struct error *err)
{
	cleanup_free char *format = NULL;
	cleanup_words struct words argv = {0};
	int r = nodes_format(slurm->separator, &format, err);
	const char *const words[] = {"sinfo", "-N", "-h", "-a", "-o", format};
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(words); i++)
		r = words_add(&argv, words[i], err);
	if (r < 0)
		return r;
	cleanup_subprocess_end struct subprocess_end end = {0};
	r = slurm_call(slurm, &argv, NULL, &end, err);
	return r < 0 ? r : nodes_parse(&end, slurm->separator, ret_nodes, err);
}

int slurm_nodes(struct slurm *slurm, const struct batch_choice *choice,
                struct batch_nodes *ret_nodes, struct error *err)
{
	cleanup_words struct words names = {0};
	cleanup_batch_nodes struct batch_nodes nodes = {0};
	bool holds;
	int r = choice->constraint ? constraint_holds(choice->constraint, NULL, &holds, err) : 0;
	if (r == 0 && choice->nodes)
		r = expand(slurm, choice->nodes, &names, err);
	if (r == 0)
		r = ask_nodes(slurm, &nodes, err);
	if (r < 0)
		return r;
	if (names.count > 0) {
		r = check_known(&names, &nodes, err);
		qsort(names.items, names.count, sizeof *names.items, compare_texts);
	}
	if (r == 0)
		r = keep_chosen(choice, &names, &nodes, err);
	if (r < 0)
		return r;
	*ret_nodes = nodes;
	nodes = (struct batch_nodes){0};
	return 0;
}
