#include "tasks/spin/answer.h"

#include "core/chain.h"
#include "core/clock.h"
#include "tasks/spin/load.h"

#include <math.h>

/* Vector operations of the load in a cycle, by the clock that the chains tell. NaN: no load, or the
 * clock is not known. */
static double operations_per_cycle(const struct spin_answer *answer)
{
	if (answer->why_not)
		return NAN;
	return (double)answer->load->operations * (double)NS_PER_S /
	       (answer->result->load_ns_p50 * answer->result->p50_hz);
}

static void print_line(FILE *stream, const char *name, double value)
{
	if (!isnan(value))
		fprintf(stream, "%s %.6g\n", name, value);
}

void spin_answer_print_lines(const struct spin_answer *answer, FILE *stream)
{
	const struct chain_result *const result = answer->result;
	print_line(stream, "frequency_hz_p50", answer->why_not ? NAN : result->p50_hz);
	print_line(stream, "frequency_hz_max", answer->why_not ? NAN : result->max_hz);
	for (size_t k = 0; k < result->chain_count; k++) {
		const struct chain_figures *const chain = &result->chains[k];
		char name[64];
		snprintf(name, sizeof name, "chain_%s_hz_p50", chain->kind->name);
		print_line(stream, name, chain->p50_hz);
		snprintf(name, sizeof name, "chain_%s_cycles", chain->kind->name);
		if (chain->kind->cycles == 0)
			print_line(stream, name, answer->why_not ? NAN : chain->cycles_found);
	}
	print_line(stream, "chains_disagreement", result->disagreement);
	print_line(stream, "load_operations_per_cycle", operations_per_cycle(answer));
	fprintf(stream, "chunks %zu\n", result->chunk_count);
	print_line(stream, "lost_share", result->lost_share);
	print_line(stream, "wall_s", (double)result->wall_ns / (double)NS_PER_S);
}

static void print_member(FILE *stream, const char *name, double value, const char *behind)
{
	if (isnan(value))
		fprintf(stream, "\"%s\": null%s", name, behind);
	else
		fprintf(stream, "\"%s\": %.9g%s", name, value, behind);
}

static void print_chain(FILE *stream, const struct chain_figures *chain, const char *behind)
{
	fprintf(stream, "    \"%s\": {", chain->kind->name);
	print_member(stream, "cycles", chain->kind->cycles > 0 ? chain->kind->cycles : NAN, ", ");
	print_member(stream, "cycles_found", chain->cycles_found, ", ");
	print_member(stream, "p50", chain->p50_hz, ", ");
	print_member(stream, "max", chain->max_hz, ", ");
	print_member(stream, "steps_per_s", chain->steps_per_s_p50, "}");
	fprintf(stream, "%s\n", behind);
}

/* The reason is the program's own text: it has nothing in it that must be escaped but quotes, and
 * it has none. */
void spin_answer_print_json(const struct spin_answer *answer, FILE *stream)
{
	const struct chain_result *const result = answer->result;
	fputs("{\n  \"frequency_hz\": {", stream);
	print_member(stream, "p50", answer->why_not ? NAN : result->p50_hz, ", ");
	print_member(stream, "max", answer->why_not ? NAN : result->max_hz, "},\n");
	fputs("  \"chains\": {\n", stream);
	for (size_t k = 0; k < result->chain_count; k++)
		print_chain(stream, &result->chains[k], k + 1 < result->chain_count ? "," : "");
	fputs("  },\n  ", stream);
	print_member(stream, "disagreement", result->disagreement, ",\n");
	fprintf(stream, "  \"agree\": %s,\n",
	        isnan(result->disagreement)               ? "null"
	        : result->disagreement <= CHAIN_AGREEMENT ? "true"
	                                                  : "false");
	if (answer->why_not)
		fprintf(stream, "  \"reason\": \"%s\",\n", answer->why_not);
	else
		fputs("  \"reason\": null,\n", stream);
	fprintf(stream, "  \"load\": \"%s\",\n  ", answer->load->name);
	print_member(stream, "load_operations_per_cycle", operations_per_cycle(answer), ",\n");
	fprintf(stream, "  \"chunks\": %zu,\n  ", result->chunk_count);
	print_member(stream, "chunk_s", (double)CHAIN_CHUNK_NS / (double)NS_PER_S, ",\n  ");
	print_member(stream, "lost_share", result->lost_share, ",\n  ");
	print_member(stream, "wall_s", (double)result->wall_ns / (double)NS_PER_S, "\n}\n");
}
