/* Capacity files: what is read, and that everything that is wrong is told at once, with its place
 * and what would be right. */
#include "core/array.h"
#include "core/error.h"
#include "formats/capacity/capacity_yaml.h"
#include "formats/capacity/visits_csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int parse(const char *text, struct capacity *capacity, struct problems *problems)
{
	struct error err;
	return capacity_yaml_parse("c.yaml", text, strlen(text), capacity, problems, &err);
}

static void everything(void **state)
{
	(void)state;
	static const char text[] =
	        "name: all of it\n"
	        "from: {campaign: all.db, cpu: p95, covariate: n}\n"
	        "visits: {mean: 17.9, max: {value: 54, low: 50, high: 60}}\n"
	        "product_sizes: sizes.json\n"
	        "tasks:\n"
	        "  isr: {instances: 32.8 M, cpu_time: 70.4 s, max_rss: 2.59 GB}\n"
	        "  warp: {instances: 1 k, from: {type: makeWarp, max_rss: envelope}}\n"
	        "  measure: {instances: 3, from: {result: r.db, at: 96}, visits: {mean: 1, max: "
	        "2}}\n"
	        "platforms:\n"
	        "  A: {cores: 32, memory: 128 GB, reserve: 10 GB, cpu_factor: {base: a.db, new: "
	        "b.db, at: 16}, nodes: 5}\n"
	        "  B: {cores: 8, memory: 8 GiB, measured: {isr: x.db, warp: {result: y.db, at: "
	        "recommended}}}\n"
	        "products:\n"
	        "  p: {task: isr, keep: true}\n"
	        "  q: {size: 3 MB, instances: 7}\n";
	struct capacity c;
	struct problems problems = {0};
	struct capacity_source source;
	assert_int_equal(parse(text, &c, &problems), 0);
	assert_string_equal(c.name, "all of it");
	assert_int_equal(c.task_count, 3);
	assert_true(fabs(c.tasks[0].cpu_s.value - 70.4) < 1e-12);
	assert_true(c.tasks[0].instances.value == 32.8e6);
	assert_int_equal(c.tasks[0].visits, 0);
	assert_int_equal(c.tasks[2].visits, 1);
	assert_true(c.visits[0].max.high == 60);
	/* What a task leaves out of its source is the file's. */
	assert_true(capacity_source_of(&c, &c.tasks[1], &source));
	assert_string_equal(source.campaign, "all.db");
	assert_string_equal(capacity_type_of(&c.tasks[1], &source), "makeWarp");
	assert_int_equal(source.cpu, CAPACITY_P95);
	assert_int_equal(source.max_rss, CAPACITY_ENVELOPE);
	assert_string_equal(source.covariate, "n");
	/* A file of its own takes the place of the other. */
	assert_true(capacity_source_of(&c, &c.tasks[2], &source));
	assert_null(source.campaign);
	assert_string_equal(source.result, "r.db");
	assert_int_equal(source.at, 96);
	assert_string_equal(c.platforms[0].factor_new, "b.db");
	assert_int_equal(c.platforms[0].factor_at, 16);
	assert_int_equal(c.platforms[0].nodes, 5);
	assert_true(c.platforms[1].reserve_bytes == 0);
	assert_int_equal(c.platforms[1].measured_count, 2);
	assert_int_equal(c.platforms[1].measured[1].task_index, 1);
	assert_int_equal(c.platforms[1].measured[1].at, 0);
	assert_int_equal(c.products[0].task_index, 0);
	assert_true(c.products[0].is_kept && !c.products[1].is_kept);
	assert_int_equal(c.products[1].task_index, -1);
	capacity_release(&c);
	problems_release(&problems);
}

#define HEAD "name: c\nplatforms: {P: {cores: 2, memory: 9 GB}}\n"

static void wrong(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *says; /* of some problem */
	} cases[] = {
	        {"", "the file is empty"},
	        {"name: c\n", "no tasks"},
	        {"name: c\ntasks: {t: {cpu_hours: 1, max_rss: 1 GB}}\n", "no platforms"},
	        {HEAD "tasks: {t: {instances: -1, cpu_time: 1 s, max_rss: 1 GB}}\n", "negative"},
	        {HEAD "tasks: {t: {instances: 1, cpu_time: 0 s, max_rss: 1 GB}}\n", "above 0"},
	        {HEAD "tasks: {t: {instances: 1, cpu_time: 1, max_rss: 1 GB}}\n", "no unit"},
	        {HEAD "tasks: {t: {instances: 1, cpu_time: 1 s, max_rss: 1 GB, maxrss: 2 GB}}\n",
	         "did you mean max_rss?"},
	        {HEAD "tasks: {t: {cpu_time: 1 s, max_rss: 1 GB}}\n", "instances is missing"},
	        {HEAD "tasks: {t: {instances: warps, cpu_time: 1 s, max_rss: 1 GB}}\n",
	         "counted in a table of visits"},
	        {HEAD "tasks: {t: {instances: 1, from: {}}}\n", "names no file"},
	        {HEAD "tasks: {t: {instances: 1, from: {campaign: a, at: 3}}}\n",
	         "at is a level of a result"},
	        {HEAD "tasks: {t: {instances: 1, from: {result: a, at: 0}}}\n", "recommended"},
	        {HEAD "tasks: {t: {instances: 1, from: {campaign: a, cpu: p96}}}\n",
	         "did you mean p9"},
	        {HEAD "visits: {mean: 3}\n"
	              "tasks: {t: {cpu_hours: 1, max_rss: 1 GB}}\n",
	         "both needed"},
	        {HEAD "visits: {mean: 3, max: 4, table: x}\n"
	              "tasks: {t: {cpu_hours: 1, max_rss: 1 GB}}\n",
	         "in the table"},
	        {HEAD "tasks: {t: {cpu_hours: {value: 3, low: 2, hihg: 4}, max_rss: 1 GB}}\n",
	         "did you mean high?"},
	        {"name: c\ntasks: {t: {cpu_hours: 1, max_rss: 1 GB}}\n"
	         "platforms: {P: {}}\n",
	         "cores and memory are missing"},
	        {"name: c\ntasks: {t: {instances: 1, from: {result: x}}}\n"
	         "platforms: {P: {cpu_factor: 3}}\n",
	         "needs cores and memory"},
	        {"name: c\ntasks: {t: {cpu_hours: 1, max_rss: 1 GB}}\n"
	         "platforms: {P: {measured: {t: x}}}\n",
	         "has no instances"},
	        {HEAD "tasks: {t: {cpu_hours: 1e400, max_rss: 1 GB}}\n", "not a count"},
	        {HEAD "tasks: {t: {cpu_hours: 1e30, max_rss: 1 GB}}\n", "too large"},
	        {"name: c\nproducts: {p: {size: 1 MB}}\n", "how many there are"},
	        {"name: \"a\\tb\"\nproducts: {p: {size: 1 MB, instances: 1}}\n",
	         "control character"},
	        {HEAD "tasks: {\"\\e[2J\": {cpu_hours: 1, max_rss: 1 GB}}\n", "control character"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct capacity c = {.task_count = 77};
		struct problems problems = {0};
		bool is_said = false;
		print_message("# case %zu: %s\n", i, cases[i].says);
		assert_int_equal(parse(cases[i].text, &c, &problems), -EINVAL);
		assert_int_equal(c.task_count, 77);
		for (size_t p = 0; p < problems.count; p++) {
			is_said |= strstr(problems.items[p].text, cases[i].says) != NULL;
			assert_null(strchr(problems.items[p].text, '\033'));
		}
		if (!is_said)
			fail_msg("%s", problems.count > 0 ? problems.items[0].text : "nothing");
		problems_release(&problems);
	}
}

/* ---- Tables of visits ------------------------------------------------------------------------ */

static int load_table(const char *text, struct visits_table *table, struct problems *problems)
{
	char path[] = "/tmp/plateau-visits.XXXXXX";
	struct error err;
	const int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	const int r = visits_csv_load(path, table, problems, &err);
	unlink(path);
	return r;
}

static void visits_tables(void **state)
{
	(void)state;
	struct visits_table table;
	struct problems problems = {0};
	assert_int_equal(load_table("tract,patch,ra_deg,dec_deg,band,visits,depth\n"
	                            "1,0,1.0,2.0,u,10,8.5\n"
	                            "1,0,1.0,2.0,g,4,1.5\n"
	                            "1,1,1.0,2.0,g,0,0\n"
	                            "2,0,1.0,2.0,g,6,5\n",
	                            &table, &problems),
	                 0);
	assert_int_equal(table.coadds, 3);
	assert_int_equal(table.patches, 2);
	assert_true(table.warps == 20 && table.mean == 5 && table.max == 8.5);
	/* Without depth, visits stand for it; without patches they are not counted. */
	assert_int_equal(load_table("visits\n3\n5\n", &table, &problems), 0);
	assert_true(table.mean == 4 && table.max == 5 && table.patches == 0);
	/* Patches without their tracts, or without bands, may be different ones. */
	assert_int_equal(load_table("patch,band,visits\n1,r,3\n1,r,5\n", &table, &problems), 0);
	assert_int_equal(table.coadds, 2);
	static const char *const bad[] = {"",
	                                  "tract,patch\n1,2\n",
	                                  "visits\n-1\n",
	                                  "visits\nx\n",
	                                  "visits\n0\n",
	                                  "visits,depth\n1\n",
	                                  "tract,patch,band,visits\n1,2,r,3\n1,3,r,3\n1,2,r,3\n"};
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		struct visits_table none = {.coadds = 77};
		print_message("# case %zu\n", i);
		assert_int_equal(load_table(bad[i], &none, &problems), -EINVAL);
		assert_int_equal(none.coadds, 77);
		problems_release(&problems);
		problems = (struct problems){0};
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(everything),
	        cmocka_unit_test(wrong),
	        cmocka_unit_test(visits_tables),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
