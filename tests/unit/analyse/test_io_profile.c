#include "analyse/io/findings.h"
#include "analyse/io/pattern_names.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
#include "used.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define NEAR 1e-12

/* ---- Phases --------------------------------------------------------------------------------- */

static void test_phases_are_told_apart(void **state)
{
	static const enum io_phase_kind kinds[] = {IO_PHASE_LOOKING, IO_PHASE_READING,
	                                           IO_PHASE_QUIET, IO_PHASE_WRITING};
	struct used used;
	struct io_findings findings;
	(void)state;
	used_init(&used);
	const uint32_t in = used_file(&used, "/data/in", 100000000);
	const uint32_t out = used_file(&used, "/data/out", IO_UNKNOWN);
	used_do(&used, in, IO_STAT, 1000);
	for (int64_t i = 0; i < 1000; i++)
		used_read(&used, in, i * 100000, 100000);
	used.now_ns += INT64_C(2000000000);
	used_make(&used, out);
	for (int64_t i = 0; i < 1000; i++)
		used_write(&used, out, i * 100000, 100000);
	used_find(&used, &findings);
	assert_int_equal(findings.phase_count, ARRAY_LENGTH(kinds));
	int64_t read = 0;
	int64_t written = 0;
	for (size_t i = 0; i < findings.phase_count; i++) {
		assert_int_equal(findings.phases[i].kind, kinds[i]);
		read += findings.phases[i].sum.read_bytes;
		written += findings.phases[i].sum.written_bytes;
	}
	assert_int_equal(read, 100000000);
	assert_int_equal(written, 100000000);
	io_findings_release(&findings);
	used_release(&used);
}

/* ---- One file ------------------------------------------------------------------------------- */

/* 2880-byte pieces behind a head of 11520 bytes, each after all was read: the sum is exact. */
static void test_sweeps_before_writes(void **state)
{
	enum { PIECES = 400, HEAD = 11520, PIECE = 2880 };
	static const int64_t read_sizes[] = {4096, 2880, 1 << 20};
	const int64_t size = HEAD + (int64_t)PIECES * PIECE;
	int64_t read = 0;
	(void)state;
	for (int64_t i = 0; i < PIECES; i++)
		read += HEAD + i * PIECE;
	for (size_t i = 0; i < ARRAY_LENGTH(read_sizes); i++) {
		struct used used;
		struct io_findings findings;
		used_init(&used);
		const uint32_t file = used_file(&used, "/sps/out/SRC.fits", IO_UNKNOWN);
		used_sweep(&used, file, HEAD, PIECES, PIECE, read_sizes[i]);
		used_find(&used, &findings);
		assert_int_equal(findings.seen[0].size_bytes, size);
		assert_int_equal(findings.seen[0].use->read_bytes, read);
		assert_int_equal(findings.seen[0].use->written_bytes, size);
		assert_float_equal(io_seen_reread(&findings.seen[0]), (double)read / (double)size,
		                   NEAR);
		assert_float_equal(io_seen_rewrite(&findings.seen[0]), 1, NEAR);
		const struct io_pattern *const pattern = used_pattern(&findings, IO_PATTERN_SWEEPS);
		assert_non_null(pattern);
		assert_int_equal(pattern->calls, PIECES);
		assert_int_equal(pattern->bytes, read);
		assert_non_null(strstr(pattern->evidence,
		                       "before 400 of its 401 writes it was read from the start"));
		assert_non_null(strstr(pattern->evidence, "201 times its size"));
		/* It is told once: what goes with it is no pattern of its own. */
		assert_null(used_pattern(&findings, IO_PATTERN_READ_AGAIN));
		assert_null(used_pattern(&findings, IO_PATTERN_SMALL_WRITES));
		io_findings_release(&findings);
		used_release(&used);
	}
}

/* A header that is read and put right, as FITS files have it, is no such thing. */
static void test_a_header_is_no_sweep(void **state)
{
	struct used used;
	struct io_findings findings;
	(void)state;
	used_init(&used);
	const uint32_t file = used_file(&used, "/data/a.fits", IO_UNKNOWN);
	used_make(&used, file);
	for (int64_t i = 0; i < 200; i++) {
		used_write(&used, file, 2880 + i * 65536, 65536);
		used_read(&used, file, 0, 2880);
		used_write(&used, file, 0, 2880);
	}
	used_find(&used, &findings);
	assert_null(used_pattern(&findings, IO_PATTERN_SWEEPS));
	io_findings_release(&findings);
	used_release(&used);
}

static void test_what_is_not_known_is_no_factor(void **state)
{
	struct used used;
	struct io_findings findings;
	(void)state;
	used_init(&used);
	const uint32_t empty = used_file(&used, "/data/empty", 0);
	const uint32_t looked = used_file(&used, "/data/looked", IO_UNKNOWN);
	used_open(&used, empty);
	used_do(&used, looked, IO_STAT, 1);
	used_find(&used, &findings);
	for (size_t i = 0; i < findings.seen_count; i++)
		assert_true(isnan(io_seen_reread(&findings.seen[i])));
	assert_int_equal(io_findings_file(&findings, "empty")->size_bytes, 0);
	assert_int_equal(io_findings_file(&findings, "./data/looked")->size_bytes, IO_UNKNOWN);
	assert_null(io_findings_file(&findings, "ooked"));
	assert_null(io_findings_file(&findings, ""));
	io_findings_release(&findings);
	used_release(&used);
}

static void test_a_cut_file_is_short_again(void **state)
{
	struct used used;
	struct io_findings findings;
	(void)state;
	used_init(&used);
	const uint32_t file = used_file(&used, "/data/a", IO_UNKNOWN);
	used_make(&used, file);
	used_write(&used, file, 0, 5000);
	used_make(&used, file);
	used_write(&used, file, 0, 1000);
	used.files[file].size_bytes = 1000;
	used_find(&used, &findings);
	assert_int_equal(findings.seen[0].size_bytes, 1000);
	assert_float_equal(io_seen_rewrite(&findings.seen[0]), 6, NEAR);
	io_findings_release(&findings);
	used_release(&used);
}

/* ---- Patterns ------------------------------------------------------------------------------- */

static void do_nothing_bad(struct used *used, uint32_t file)
{
	used_make(used, file);
	for (int64_t i = 0; i < 500; i++)
		used_write(used, file, i * 65536, 65536);
	for (int64_t i = 0; i < 500; i++)
		used_read(used, file, i * 65536, 65536);
}

static void do_read_again(struct used *used, uint32_t file)
{
	used_make(used, file);
	used_write(used, file, 0, 500000);
	for (int64_t i = 0; i < 20; i++)
		used_read(used, file, 0, 500000);
}

static void do_write_again(struct used *used, uint32_t file)
{
	used_make(used, file);
	for (int64_t i = 0; i < 20; i++)
		used_write(used, file, 0, 409600);
}

static void do_byte_reads(struct used *used, uint32_t file)
{
	used_make(used, file);
	used_write(used, file, 0, 500);
	for (int64_t i = 0; i < 500; i++)
		used_read(used, file, i, 1);
}

static void do_small_writes(struct used *used, uint32_t file)
{
	used_make(used, file);
	for (int64_t i = 0; i < 500; i++)
		used_write(used, file, i * 100, 100);
}

static void do_syncs(struct used *used, uint32_t file)
{
	used_make(used, file);
	for (int64_t i = 0; i < 30; i++) {
		used_write(used, file, i * 65536, 65536);
		used_do(used, file, IO_SYNC, 1);
	}
}

static void do_locks(struct used *used, uint32_t file)
{
	for (int64_t i = 0; i < 30; i++) {
		used_do(used, file, IO_LOCK, 1);
		used_do(used, file, IO_UNLOCK, 1);
	}
}

static void do_journal(struct used *used, uint32_t file)
{
	used_make(used, file);
	used_write(used, file, 0, 512);
	used_do(used, file, IO_UNLINK, 1);
	used->files[file].is_unlinked = true;
}

static void do_reopens(struct used *used, uint32_t file)
{
	used_make(used, file);
	for (int64_t i = 0; i < 30; i++)
		used_open(used, file);
}

static void do_storm(struct used *used, uint32_t file)
{
	used_do(used, file, IO_STAT, 6000);
}

static void test_patterns_are_told_apart(void **state)
{
	static const struct {
		const char *path;
		void (*act)(struct used *used, uint32_t file);
		int pattern; /* -1: none */
	} cases[] = {
	        {"/d/a", do_nothing_bad, -1},
	        {"/d/a", do_read_again, IO_PATTERN_READ_AGAIN},
	        {"/d/a", do_write_again, IO_PATTERN_WRITE_AGAIN},
	        {"/d/a", do_byte_reads, IO_PATTERN_BYTE_READS},
	        {"/d/a", do_small_writes, IO_PATTERN_SMALL_WRITES},
	        {"/d/a", do_syncs, IO_PATTERN_SYNCS},
	        {"/d/a", do_locks, IO_PATTERN_LOCKS},
	        {"/d/a.db-journal", do_journal, IO_PATTERN_JOURNALS},
	        {"/d/a.db", do_journal, IO_PATTERN_TEMPORARY},
	        {"/d/a.tmp", do_nothing_bad, IO_PATTERN_TEMPORARY},
	        {"/d/a", do_reopens, IO_PATTERN_REOPENS},
	        {"/d/a", do_storm, IO_PATTERN_STORM},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct used used;
		struct io_findings findings;
		used_init(&used);
		cases[i].act(&used, used_file(&used, cases[i].path, IO_UNKNOWN));
		used_find(&used, &findings);
		assert_int_equal(findings.pattern_count, cases[i].pattern >= 0);
		if (cases[i].pattern >= 0) {
			assert_int_equal(findings.patterns[0].kind, cases[i].pattern);
			assert_true(strlen(findings.patterns[0].evidence) > 10);
			assert_string_equal(findings.seen[findings.patterns[0].seen[0]].file->path,
			                    cases[i].path);
		}
		io_findings_release(&findings);
		used_release(&used);
	}
}

static void test_names(void **state)
{
	static const struct {
		const char *path;
		bool is_journal;
		bool is_temporary;
	} cases[] = {
	        {"/data/registry.sqlite3-journal", true, false},
	        {"registry.sqlite3-wal", true, false},
	        {"a.db-shm", true, false},
	        {"a.db-mj0A1B2C3D4", true, false},
	        {"-journal", false, false},
	        {"/x-journal/a.fits", false, false},
	        {"/tmp/tmpab12cd_x", false, true},
	        {"/tmp/tmp.Xyz123AbCd", false, true},
	        {"out.fits.AbC12x", false, true},
	        {"a.tmp", false, true},
	        {"a.tmp.4711", false, true},
	        {"notes.txt~", false, true},
	        {"/var/tmp/etilqs_0a1b2c", false, true},
	        {"catalog.sqlite3", false, false},
	        {"SRC-0038080-023.fits", false, false},
	        {"visit_part12", false, false},
	        {"data.fits64", false, false},
	        {"template.fits", false, false},
	        {"tmp/a", false, false},
	        {"ccdImage.fits", false, false},
	        {"sortByTime.csv", false, false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		if (io_name_is_journal(cases[i].path) != cases[i].is_journal ||
		    io_name_is_temporary(cases[i].path) != cases[i].is_temporary)
			fail_msg("%s", cases[i].path);
	}
}

/* ---- Folders and programs ------------------------------------------------------------------- */

static void test_folders_add_up(void **state)
{
	struct used used;
	struct io_findings findings;
	(void)state;
	used_init(&used);
	used_read(&used, used_file(&used, "/a/x", 100), 0, 100);
	used_read(&used, used_file(&used, "/a/b/y", 700), 0, 700);
	used_read(&used, used_file(&used, "/a/z", 200), 0, 200);
	used_read(&used, used_file(&used, "/top", 50), 0, 50);
	used_read(&used, used_file(&used, "here", 25), 0, 25);
	used_find(&used, &findings);
	static const struct {
		const char *path;
		int64_t bytes;
		size_t files;
	} expected[] = {{"/a/b", 700, 1}, {"/a", 300, 2}, {"/", 50, 1}, {".", 25, 1}};
	assert_int_equal(findings.folder_count, ARRAY_LENGTH(expected));
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
		assert_string_equal(findings.folders[i].path, expected[i].path);
		assert_int_equal(findings.folders[i].read_bytes, expected[i].bytes);
		assert_int_equal(findings.folders[i].files, expected[i].files);
	}
	assert_int_equal(findings.total.read_bytes, 1075);
	assert_string_equal(findings.seen[0].file->path, "/a/b/y");
	io_findings_release(&findings);
	used_release(&used);
}

static void test_programs_are_told_apart(void **state)
{
	struct used used;
	struct error err;
	(void)state;
	used_init(&used);
	const uint32_t file = used_file(&used, "/a", 1000);
	for (int32_t i = 1; i <= 300; i++) {
		/* 100 processes have a number that another had before. */
		const int32_t pid = i <= 200 ? i : 2 * (i - 200);
		used.process = (struct io_process){pid, pid, 0, "/bin/sh"};
		used_read(&used, file, 0, 10);
		used.process.command = i % 3 == 0 ? "/bin/cat" : "/bin/sh";
		used_read(&used, file, 0, 1);
		/* A thread of it. */
		used.process.pid = pid + 1000;
		used_read(&used, file, 0, 1);
		if (pid % 2 == 0)
			assert_return_code(io_programs_exit(&used.profile.programs, pid, &err), 0);
	}
	const struct io_programs *const programs = &used.profile.programs;
	assert_int_equal(programs->count, 2);
	assert_string_equal(programs->items[0].path, "/bin/sh");
	assert_int_equal(programs->items[0].processes, 200);
	assert_int_equal(programs->items[1].processes, 100);
	assert_int_equal(programs->items[0].read_bytes, 3000 + 400);
	assert_int_equal(programs->items[1].read_bytes, 200);
	used_release(&used);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_phases_are_told_apart),
	        cmocka_unit_test(test_sweeps_before_writes),
	        cmocka_unit_test(test_a_header_is_no_sweep),
	        cmocka_unit_test(test_what_is_not_known_is_no_factor),
	        cmocka_unit_test(test_a_cut_file_is_short_again),
	        cmocka_unit_test(test_patterns_are_told_apart),
	        cmocka_unit_test(test_names),
	        cmocka_unit_test(test_folders_add_up),
	        cmocka_unit_test(test_programs_are_told_apart),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
