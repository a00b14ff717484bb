#include "analyse/io/pattern_names.h"
#include "analyse/io/patterns_parts.h"
#include "core/number.h"
#include "core/str.h"

#include <inttypes.h>
#include <math.h>

/* From where on a pattern is worth a word; docs/io.md has the list. */
enum {
	LEAST_SWEEPS = 3,
	LEAST_TINY_READS = 256,
	LEAST_SMALL_WRITES = 100,
	LEAST_SYNCS = 10,
	LEAST_LOCKS = 20,
	LEAST_REOPENS = 10,
	LEAST_LOOKS = 5000,
	LEAST_MISSING = 500,
	LEAST_AGAIN_BYTES = 1000000
};

static const double MOST_TIMES = 3;     /* as often as needed: read or written again */
static const double LOOKS_PER_DATA = 4; /* look-ups for each read or write: a storm */

static bool is_regular(const struct io_seen *seen)
{
	return seen->file->kind == IO_REGULAR;
}

static const struct io_seen *worst_of(const struct io_findings *findings,
                                      const struct io_pattern *pattern)
{
	return &findings->seen[pattern->seen[0]];
}

static bool shows(struct pattern_cost *ret_cost, uint64_t calls, int64_t bytes, int64_t duration_ns)
{
	*ret_cost = (struct pattern_cost){calls, bytes, duration_ns};
	return true;
}

static void add_bytes(struct str *out, int64_t bytes)
{
	char text[NUMBER_TEXT_BYTES];
	number_format_bytes(bytes, text);
	str_add(out, text);
}

/* "2.5", "191": a factor in three digits. */
static void add_times(struct str *out, double times)
{
	char text[NUMBER_TEXT_BYTES];
	number_format_significant(times, 3, text);
	str_add(out, text);
}

static double mean_of(int64_t bytes, uint64_t calls)
{
	return calls > 0 ? (double)bytes / (double)calls : 0;
}

/* ---- Reading and writing again -------------------------------------------------------------- */

/* A sweep is of the whole file as far as it is known: one that was there before is not, until its
 * size is told. Sweeps that are short beside the file at its end are none. */
static bool has_sweeps(const struct io_seen *seen, struct pattern_cost *ret_cost)
{
	const struct io_bursts *const bursts = &seen->use->bursts;
	if (!is_regular(seen) || bursts->swept < LEAST_SWEEPS || 2 * bursts->swept < bursts->count)
		return false;
	const double mean = (double)bursts->swept_bytes / (double)bursts->swept;
	if (4 * mean < (double)seen->use->most_bytes ||
	    mean_of(seen->use->written_bytes, bursts->count) > mean)
		return false;
	return shows(ret_cost, bursts->swept, bursts->swept_bytes, seen->use->duration_ns);
}

static void say_sweeps(const struct io_findings *findings, const struct io_pattern *pattern,
                       struct str *out)
{
	const struct io_seen *const seen = worst_of(findings, pattern);
	const struct io_bursts *const bursts = &seen->use->bursts;
	const double times = io_seen_reread(seen);
	str_addf(out, "before %" PRIu64 " of its %" PRIu64 " writes it was read from the start: ",
	         bursts->swept, bursts->count);
	add_bytes(out, seen->use->read_bytes);
	str_add(out, " read");
	if (isfinite(times)) {
		str_add(out, ", ");
		add_times(out, times);
		str_add(out, " times its size,");
	}
	str_add(out, " to write ");
	add_bytes(out, seen->use->written_bytes);
	str_add(out, " in pieces of ");
	add_bytes(out, llround(mean_of(seen->use->written_bytes - bursts->head_bytes,
	                               bursts->count - 1)));
}

static bool is_read_again(const struct io_seen *seen, struct pattern_cost *ret_cost)
{
	struct pattern_cost sweeps;
	const int64_t needed = io_ranges_bytes(&seen->use->read);
	const int64_t more = seen->use->read_bytes - needed;
	if (!is_regular(seen) || has_sweeps(seen, &sweeps) || more < LEAST_AGAIN_BYTES ||
	    (double)seen->use->read_bytes < MOST_TIMES * (double)needed)
		return false;
	return shows(ret_cost, seen->use->calls[IO_READ], more, seen->use->duration_ns);
}

static void say_read_again(const struct io_findings *findings, const struct io_pattern *pattern,
                           struct str *out)
{
	const struct io_use *const use = worst_of(findings, pattern)->use;
	const int64_t needed = io_ranges_bytes(&use->read);
	add_bytes(out, use->read_bytes);
	str_add(out, " read, of which ");
	add_bytes(out, needed);
	str_add(out, " are not the same: ");
	add_times(out, (double)use->read_bytes / (double)needed);
	str_addf(out, " times, in %" PRIu64 " calls", use->calls[IO_READ]);
	if (use->opener_count > 1)
		str_addf(out, ", by %s%u processes",
		         use->opener_count == IO_OPENERS_MOST ? "at least " : "",
		         use->opener_count);
}

static bool is_written_again(const struct io_seen *seen, struct pattern_cost *ret_cost)
{
	const int64_t needed = io_ranges_bytes(&seen->use->written);
	const int64_t more = seen->use->written_bytes - needed;
	/* A file that is made anew under its name (a journal) has a rule of its own. */
	if (!is_regular(seen) || io_name_is_journal(seen->file->path) || more < LEAST_AGAIN_BYTES ||
	    (double)seen->use->written_bytes < MOST_TIMES * (double)needed)
		return false;
	return shows(ret_cost, seen->use->calls[IO_WRITE], more, seen->use->duration_ns);
}

static void say_written_again(const struct io_findings *findings, const struct io_pattern *pattern,
                              struct str *out)
{
	const struct io_use *const use = worst_of(findings, pattern)->use;
	const int64_t needed = io_ranges_bytes(&use->written);
	add_bytes(out, use->written_bytes);
	str_add(out, " written to ");
	add_bytes(out, needed);
	str_add(out, " of the file: ");
	add_times(out, (double)use->written_bytes / (double)needed);
	str_addf(out, " times, in %" PRIu64 " calls", use->calls[IO_WRITE]);
}

/* ---- Small calls ---------------------------------------------------------------------------- */

static bool is_read_by_bytes(const struct io_seen *seen, struct pattern_cost *ret_cost)
{
	const struct io_use *const use = seen->use;
	if (use->reads_tiny < LEAST_TINY_READS || 2 * use->reads_tiny < use->calls[IO_READ])
		return false;
	return shows(ret_cost, use->reads_tiny, 0, use->duration_ns);
}

static void say_read_by_bytes(const struct io_findings *findings, const struct io_pattern *pattern,
                              struct str *out)
{
	const struct io_use *const use = worst_of(findings, pattern)->use;
	str_addf(out, "%" PRIu64 " of %" PRIu64 " reads brought %d bytes or fewer; ",
	         use->reads_tiny, use->calls[IO_READ], IO_TINY_BYTES);
	add_bytes(out, use->read_bytes);
	str_add(out, " in all");
}

static bool has_small_writes(const struct io_seen *seen, struct pattern_cost *ret_cost)
{
	const struct io_use *const use = seen->use;
	const uint64_t writes = use->calls[IO_WRITE];
	struct pattern_cost sweeps;
	if (!is_regular(seen) || io_name_is_journal(seen->file->path) ||
	    use->writes_small < LEAST_SMALL_WRITES || 5 * use->writes_small < 4 * writes ||
	    5 * use->writes_odd < 4 * writes || has_sweeps(seen, &sweeps))
		return false;
	return shows(ret_cost, writes, 0, use->duration_ns);
}

static void say_small_writes(const struct io_findings *findings, const struct io_pattern *pattern,
                             struct str *out)
{
	const struct io_use *const use = worst_of(findings, pattern)->use;
	str_addf(out, "%" PRIu64 " writes of ", use->calls[IO_WRITE]);
	add_bytes(out, llround(mean_of(use->written_bytes, use->calls[IO_WRITE])));
	str_addf(out, " on average, %" PRIu64 " of them across or within a page of %d B",
	         use->writes_odd, IO_PAGE_BYTES);
}

/* ---- Syncs and locks ------------------------------------------------------------------------ */

static bool has_syncs(const struct io_seen *seen, struct pattern_cost *ret_cost)
{
	const struct io_use *const use = seen->use;
	if (!is_regular(seen) || use->calls[IO_SYNC] < LEAST_SYNCS ||
	    2 * use->bursts.synced < use->bursts.count)
		return false;
	return shows(ret_cost, use->calls[IO_SYNC], 0, use->sync_ns);
}

static void say_syncs(const struct io_findings *findings, const struct io_pattern *pattern,
                      struct str *out)
{
	const struct io_use *const use = worst_of(findings, pattern)->use;
	char text[NUMBER_TEXT_BYTES];
	str_addf(out, "%" PRIu64 " syncs for %" PRIu64 " writes (", use->calls[IO_SYNC],
	         use->calls[IO_WRITE]);
	add_bytes(out, use->written_bytes);
	str_add(out, ")");
	if (findings->profile->has_durations) {
		number_format_duration(use->sync_ns, 3, text);
		str_addf(out, "; they took %s", text);
	}
}

static uint64_t locks_of(const struct io_use *use)
{
	return use->calls[IO_LOCK] + use->calls[IO_UNLOCK];
}

static bool has_locks(const struct io_seen *seen, struct pattern_cost *ret_cost)
{
	if (!is_regular(seen) || locks_of(seen->use) < LEAST_LOCKS)
		return false;
	return shows(ret_cost, locks_of(seen->use), 0, seen->use->lock_ns);
}

static void say_locks(const struct io_findings *findings, const struct io_pattern *pattern,
                      struct str *out)
{
	const struct io_use *const use = worst_of(findings, pattern)->use;
	str_addf(out, "%" PRIu64 " locks and %" PRIu64 " unlocks for %" PRIu64 " reads and writes",
	         use->calls[IO_LOCK], use->calls[IO_UNLOCK], io_use_data_calls(use));
}

/* ---- Files that do not stay ----------------------------------------------------------------- */

static bool is_journal(const struct io_seen *seen, struct pattern_cost *ret_cost)
{
	const struct io_use *const use = seen->use;
	if (!is_regular(seen) || !io_name_is_journal(seen->file->path) ||
	    (!seen->file->is_made && use->calls[IO_WRITE] == 0))
		return false;
	return shows(ret_cost, io_use_data_calls(use) + io_use_meta_calls(use), use->written_bytes,
	             use->duration_ns);
}

static void say_journals(const struct io_findings *findings, const struct io_pattern *pattern,
                         struct str *out)
{
	const struct io_seen *const seen = worst_of(findings, pattern);
	if (seen->file->lives > 1)
		str_addf(out, "made %u times; ", seen->file->lives);
	str_addf(out, "%" PRIu64 " calls, ", pattern->calls);
	add_bytes(out, pattern->bytes);
	str_add(out, " written");
}

static bool is_temporary(const struct io_seen *seen, struct pattern_cost *ret_cost)
{
	const struct io_file *const file = seen->file;
	if (!is_regular(seen) || !file->is_made || io_name_is_journal(file->path))
		return false;
	/* One that gets its own name when it is whole is as it should be. */
	if (!file->is_unlinked && !io_name_is_temporary(file->path))
		return false;
	return shows(ret_cost, io_use_data_calls(seen->use) + io_use_meta_calls(seen->use),
	             seen->use->written_bytes, seen->use->duration_ns);
}

static void say_temporary(const struct io_findings *findings, const struct io_pattern *pattern,
                          struct str *out)
{
	size_t removed = 0;
	for (size_t i = 0; i < pattern->count; i++)
		removed += findings->seen[pattern->seen[i]].file->is_unlinked;
	if (pattern->count == 1)
		str_add(out, removed > 0 ? "1 file, made and removed again; "
		                         : "1 file, with a name of one; ");
	else
		str_addf(out, "%zu files, %zu of them made and removed again; ", pattern->count,
		         removed);
	str_addf(out, "%" PRIu64 " calls, ", pattern->calls);
	add_bytes(out, pattern->bytes);
	str_add(out, " written");
}

/* ---- Opening and looking up ----------------------------------------------------------------- */

static bool is_reopened(const struct io_seen *seen, struct pattern_cost *ret_cost)
{
	/* A journal has a rule of its own. */
	if (!is_regular(seen) || seen->use->reopens < LEAST_REOPENS ||
	    io_name_is_journal(seen->file->path))
		return false;
	return shows(ret_cost, seen->use->reopens, 0, seen->use->duration_ns);
}

static void say_reopened(const struct io_findings *findings, const struct io_pattern *pattern,
                         struct str *out)
{
	const struct io_use *const use = worst_of(findings, pattern)->use;
	const uint64_t opens = use->calls[IO_OPEN] + use->calls[IO_CREATE];
	str_addf(out,
	         "opened %" PRIu64 " times, %" PRIu64 " of them by a process that had had it open",
	         opens, use->reopens);
	if (pattern->count > 1)
		str_addf(out, "; %" PRIu64 " such openings of %zu files", pattern->calls,
		         pattern->count);
}

static bool is_looked_up(const struct io_seen *seen, struct pattern_cost *ret_cost)
{
	const uint64_t looks = io_use_meta_calls(seen->use);
	if (looks == 0 || (!is_regular(seen) && seen->file->kind != IO_FOLDER))
		return false;
	return shows(ret_cost, looks, 0, seen->use->duration_ns);
}

static bool is_storm(const struct io_findings *findings)
{
	const struct io_folder *const total = &findings->total;
	if (total->missing >= LEAST_MISSING && total->missing >= total->data_calls)
		return true;
	return total->meta_calls >= LEAST_LOOKS &&
	       (double)total->meta_calls >= LOOKS_PER_DATA * (double)total->data_calls;
}

static void say_storm(const struct io_findings *findings, const struct io_pattern *pattern,
                      struct str *out)
{
	const struct io_folder *const total = &findings->total;
	(void)pattern;
	str_addf(out,
	         "%" PRIu64 " openings, look-ups and the like against %" PRIu64
	         " reads and writes; %" PRIu64 " found no such file, in %zu folders",
	         total->meta_calls, total->data_calls, total->missing, findings->folder_count);
}

const struct pattern_rule pattern_rules[IO_PATTERNS] = {
        [IO_PATTERN_SWEEPS] = {has_sweeps, NULL, say_sweeps},
        [IO_PATTERN_READ_AGAIN] = {is_read_again, NULL, say_read_again},
        [IO_PATTERN_WRITE_AGAIN] = {is_written_again, NULL, say_written_again},
        [IO_PATTERN_BYTE_READS] = {is_read_by_bytes, NULL, say_read_by_bytes},
        [IO_PATTERN_SMALL_WRITES] = {has_small_writes, NULL, say_small_writes},
        [IO_PATTERN_SYNCS] = {has_syncs, NULL, say_syncs},
        [IO_PATTERN_LOCKS] = {has_locks, NULL, say_locks},
        [IO_PATTERN_JOURNALS] = {is_journal, NULL, say_journals},
        [IO_PATTERN_TEMPORARY] = {is_temporary, NULL, say_temporary},
        [IO_PATTERN_REOPENS] = {is_reopened, NULL, say_reopened},
        [IO_PATTERN_STORM] = {is_looked_up, is_storm, say_storm},
};
