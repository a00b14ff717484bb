/* A synthetic campaign whose answers are known: 574,472 attempts of 30 task types, as the first
 * stage of the production in DMTN-334's study had, 40 of them above 6 GB.
 *
 *     make_campaign TABLE.csv ANSWERS.json [ROWS]
 *
 * Nothing is drawn: every figure is the quantile function of its distribution at (i + 1/2) / n, so
 * that quantiles are known; only the order is random, with a fixed seed. Of type t
 *
 *   max RSS is uniform between rss_low and rss_high, below 6 GB, but for the 40;
 *   wall time is wall_low - wall_scale ln(1 - u);
 *   the share of CPU in it is uniform between 0.7 and 0.9.
 *
 * Six types (coadds) see 1 to 54 visits: CPU time is (a + b visits) f and max RSS (c + d visits) f,
 * f from 0.5 to 1 in equal steps for every number of visits: the upper edge is the line itself. Of
 * every type one in 500 attempts failed, one in 2000 timed out and one in 4000 was lost with its
 * node; each was tried again. */
#include "core/rng.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 574472, TYPES = 30, COADDS = 6, MOST_VISITS = 54, SEED = 20260131 };

#define GB 1e9

static const char *const names[TYPES] = {
        "analyzeSingleVisitStarAssociation",
        "isr",
        "calibrateImage",
        "characterizeImage",
        "transformPreSourceTable",
        "consolidatePreSourceTable",
        "associateIsolatedStar",
        "makeAnalysisRefCatalog",
        "fitStellarMotion",
        "gbdesAstrometricFit",
        "refitPsfModelDetector",
        "recalibrateSingleVisitStar",
        "consolidateSingleVisitStar",
        "standardizeSingleVisitStar",
        "analyzeCalibrateImageMetrics",
        "analyzePreliminarySummaryStats",
        "consolidateVisitSummary",
        "updateVisitSummary",
        "makeVisitTable",
        "makeDetectorTable",
        "skyCorr",
        "fgcmBuildFromIsolatedStars",
        "computeReliability",
        "plotPropertyMapVisit",
        "makeDirectWarp",
        "makePsfMatchedWarp",
        "assembleDeepCoadd",
        "templateGen",
        "measureObjectForced",
        "mergeObjectDetection",
};

static const char bands[] = "ugrizy";

/* Of 40: in analyzeSingleVisitStarAssociation, and in calibrateImage. */
static const struct {
	size_t type;
	size_t count;
} above[] = {{0, 33}, {2, 7}};

struct type {
	size_t done;
	size_t failed;
	size_t timed_out;
	size_t lost;
	size_t above; /* of done: more than 6 GB */
	double rss_low;
	double rss_high;
	double wall_low;
	double wall_scale;
};

struct row {
	uint16_t type;
	uint8_t attempt;
	uint8_t visits; /* 0: none */
	const char *state;
	uint32_t id;
	double rss;
	double wall_s;
	double cpu_s;
};

struct campaign_made {
	struct type types[TYPES];
	struct row *rows;
	size_t count;
	struct rng rng;
};

static bool is_coadd(size_t t)
{
	return t >= TYPES - COADDS;
}

/* The lines of the coadds: CPU seconds and bytes. */
static double cpu_line(size_t t, double visits)
{
	return 20 + 5 * (double)(t - (TYPES - COADDS)) + (2 + 0.5 * (double)(t - 24)) * visits;
}

static double rss_line(size_t t, double visits)
{
	return (0.4 + 0.05 * (double)(t - (TYPES - COADDS))) * GB + 0.06 * GB * visits;
}

/* How many attempts each type has: the types of every detector most. */
static void share(struct campaign_made *made, size_t rows)
{
	size_t left = rows;
	for (size_t t = 0; t < TYPES; t++) {
		struct type *const type = &made->types[t];
		const size_t weight = t % 5 == 1 || t % 5 == 2 ? 6 : 1;
		const size_t attempts = t + 1 < TYPES ? rows * weight / 90 : left;
		left -= attempts;
		type->failed = attempts / 500;
		type->timed_out = attempts / 2000;
		type->lost = attempts / 4000;
		type->done = attempts - type->failed - type->timed_out - type->lost;
		type->rss_low = (0.3 + 0.05 * (double)t) * GB;
		type->rss_high = type->rss_low + (0.5 + 0.08 * (double)t) * GB;
		type->wall_low = 5 + 3 * (double)t;
		type->wall_scale = 10 + 2 * (double)t;
	}
	for (size_t i = 0; i < sizeof above / sizeof *above; i++)
		made->types[above[i].type].above = above[i].count;
}

static double wall_at(const struct type *type, double u)
{
	return type->wall_low - type->wall_scale * log1p(-u);
}

/* Max RSS, rank i of n: the last are above 6 GB. */
static double rss_rank(const struct type *type, size_t i)
{
	const size_t below = type->done - type->above;
	if (i >= below)
		return 6.1 * GB + 0.05 * GB * (double)(i - below);
	return type->rss_low + (type->rss_high - type->rss_low) * ((double)i + 0.5) / (double)below;
}

static double wall_rank(const struct type *type, size_t i)
{
	return wall_at(type, ((double)i + 0.5) / (double)type->done);
}

/* How many of n tasks see this many visits. */
static size_t with_visits(size_t n, size_t visits)
{
	return n / MOST_VISITS + (visits <= n % MOST_VISITS);
}

static struct row *add(struct campaign_made *made, size_t t, const char *state)
{
	struct row *const row = &made->rows[made->count++];
	*row = (struct row){.type = (uint16_t)t, .attempt = 1, .state = state};
	return row;
}

static void add_coadds(struct campaign_made *made, size_t t)
{
	const struct type *const type = &made->types[t];
	uint32_t id = 0;
	for (size_t v = 1; v <= MOST_VISITS; v++) {
		const size_t n = with_visits(type->done, v);
		for (size_t k = 1; k <= n; k++) {
			struct row *const row = add(made, t, "COMPLETED");
			const double f = 0.5 + 0.5 * (double)k / (double)n;
			row->id = id++;
			row->visits = (uint8_t)v;
			row->cpu_s = cpu_line(t, (double)v) * f;
			row->wall_s = row->cpu_s / 0.8;
			row->rss = rss_line(t, (double)v) * f;
		}
	}
}

static int add_others(struct campaign_made *made, size_t t)
{
	const struct type *const type = &made->types[t];
	uint32_t *const walls = calloc(type->done + 1, sizeof *walls);
	uint32_t *const shares = calloc(type->done + 1, sizeof *shares);
	if (!walls || !shares) {
		free(walls);
		free(shares);
		return 1;
	}
	rng_permutation(&made->rng, walls, type->done);
	rng_permutation(&made->rng, shares, type->done);
	for (size_t i = 0; i < type->done; i++) {
		struct row *const row = add(made, t, "COMPLETED");
		row->id = (uint32_t)i;
		row->rss = rss_rank(type, i);
		row->wall_s = wall_rank(type, walls[i]);
		row->cpu_s =
		        row->wall_s * (0.7 + 0.2 * ((double)shares[i] + 0.5) / (double)type->done);
	}
	free(walls);
	free(shares);
	return 0;
}

/* Attempts that came to nothing, of the first tasks: their done ones are the second. */
static void add_lost(struct campaign_made *made, size_t t, size_t first_done)
{
	const struct type *const type = &made->types[t];
	const struct {
		const char *state;
		size_t count;
	} kinds[] = {
	        {"FAILED", type->failed}, {"TIMEOUT", type->timed_out}, {"NODE_FAIL", type->lost}};
	size_t at = first_done;
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (size_t i = 0; i < kinds[k].count; i++) {
			struct row *const row = add(made, t, kinds[k].state);
			struct row *const done = &made->rows[at++];
			done->attempt = 2;
			row->id = done->id;
			row->visits = done->visits;
			row->wall_s = type->wall_low / 2;
			row->cpu_s = row->wall_s / 2;
			row->rss = 0.2 * GB;
		}
}

static int make(struct campaign_made *made, size_t rows)
{
	made->rows = calloc(rows, sizeof *made->rows);
	if (!made->rows)
		return 1;
	rng_init(&made->rng, SEED, 1);
	share(made, rows);
	for (size_t t = 0; t < TYPES; t++) {
		const size_t first = made->count;
		if (is_coadd(t))
			add_coadds(made, t);
		else if (add_others(made, t))
			return 1;
		add_lost(made, t, first);
	}
	return 0;
}

static int write_table(struct campaign_made *made, const char *path)
{
	FILE *const out = fopen(path, "we");
	uint32_t *const order = calloc(made->count, sizeof *order);
	if (!out || !order) {
		perror(path);
		free(order);
		return 1;
	}
	rng_permutation(&made->rng, order, made->count);
	fputs("label,detector,tract,patch,band,visits,attempt,state,memory_bytes,wall_time,"
	      "cpu_time\n",
	      out);
	for (size_t i = 0; i < made->count; i++) {
		const struct row *const row = &made->rows[order[i]];
		fprintf(out, "%s,%u,%u,%u,%c,", names[row->type], row->id % 189,
		        row->id / 189 % 7000, row->id / 1323000, bands[row->id % 6]);
		if (row->visits > 0)
			fprintf(out, "%u", row->visits);
		fprintf(out, ",%u,%s,%.0f,%.6f,%.6f\n", row->attempt, row->state, row->rss,
		        row->wall_s, row->cpu_s);
	}
	free(order);
	return fclose(out) != 0;
}

/* Type 7 of n ascending figures. */
static double quantile(const struct type *type, double (*rank)(const struct type *, size_t),
                       double p)
{
	const double at = p * (double)(type->done - 1);
	const size_t low = (size_t)at;
	const size_t high = low + 1 < type->done ? low + 1 : low;
	return rank(type, low) + (rank(type, high) - rank(type, low)) * (at - (double)low);
}

static void write_quantiles(FILE *out, const char *name, const struct type *type,
                            double (*rank)(const struct type *, size_t))
{
	fprintf(out,
	        ", \"%s\": {\"min\": %.15g, \"p50\": %.15g, \"p95\": %.15g, \"p99\": %.15g, "
	        "\"max\": %.15g}",
	        name, rank(type, 0), quantile(type, rank, 0.5), quantile(type, rank, 0.95),
	        quantile(type, rank, 0.99), rank(type, type->done - 1));
}

static int write_answers(const struct campaign_made *made, const char *path)
{
	FILE *const out = fopen(path, "we");
	if (!out) {
		perror(path);
		return 1;
	}
	fprintf(out, "{\"attempts\": %zu, \"above_6_gb\": 40, \"types\": [\n", made->count);
	for (size_t t = 0; t < TYPES; t++) {
		const struct type *const type = &made->types[t];
		fprintf(out,
		        "{\"type\": \"%s\", \"done\": %zu, \"failed\": %zu, \"timed-out\": %zu, "
		        "\"lost\": %zu, \"retried\": %zu, \"above_6_gb\": %zu",
		        names[t], type->done, type->failed, type->timed_out, type->lost,
		        type->failed + type->timed_out + type->lost, type->above);
		if (is_coadd(t)) {
			fprintf(out,
			        ", \"cpu_s\": {\"intercept\": %.15g, \"slope\": %.15g}, "
			        "\"max_rss_bytes\": {\"intercept\": %.15g, \"slope\": %.15g}",
			        cpu_line(t, 0), cpu_line(t, 1) - cpu_line(t, 0), rss_line(t, 0),
			        rss_line(t, 1) - rss_line(t, 0));
		} else {
			write_quantiles(out, "max_rss_bytes", type, rss_rank);
			write_quantiles(out, "wall_s", type, wall_rank);
		}
		fprintf(out, "}%s\n", t + 1 < TYPES ? "," : "]}");
	}
	return fclose(out) != 0;
}

int main(int argc, char **argv)
{
	struct campaign_made made = {0};
	const long rows = argc > 3 ? strtol(argv[3], NULL, 10) : ROWS;
	if (argc < 3 || rows < 20000 || rows > 20000000) {
		fprintf(stderr, "usage: make_campaign TABLE.csv ANSWERS.json [ROWS from 20000]\n");
		return 2;
	}
	const int failed = make(&made, (size_t)rows) || write_table(&made, argv[1]) ||
	                   write_answers(&made, argv[2]);
	free(made.rows);
	return failed;
}
