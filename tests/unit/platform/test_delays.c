/* Where time off the CPU went, by the texts and messages of a kernel, whole and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/clock.h"
#include "platform/delays.h"
#include "platform/stalls.h"
#include "platform/taskstats.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_schedstat(void **state)
{
	static const struct {
		const char *text;
		bool is_one;
		int64_t cpu_ns;
		int64_t run_ns;
	} cases[] = {
	        {"238559559 42642055 176\n", true, 238559559, 42642055},
	        {"1 0 1", true, 1, 0},
	        {"0 0 0\n", false, 0, 0}, /* not counted */
	        {"", false, 0, 0},
	        {"5 6\n", false, 0, 0},
	        {"-5 6 7\n", false, 0, 0},
	        {"a b c\n", false, 0, 0},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int64_t cpu_ns = -7;
		int64_t run_ns = -7;
		assert_int_equal(delays_parse_schedstat(cases[i].text, &cpu_ns, &run_ns),
		                 cases[i].is_one);
		assert_int_equal(cpu_ns, cases[i].is_one ? cases[i].cpu_ns : -7);
		assert_int_equal(run_ns, cases[i].is_one ? cases[i].run_ns : -7);
	}
}

#define STAT_4_TO_41                                                                               \
	"19833 19781 26023 0 -1 4227084 87 0 0 0 23 0 0 0 20 0 1 0 1168722 0 0 "                   \
	"18446744073709551615 0 0 0 0 0 0 0 0 65538 1 0 0 17 0 0 0 "

static void test_block_ticks(void **state)
{
	static const struct {
		const char *text;
		int64_t ticks;
	} cases[] = {
	        {"19834 (sh) Z " STAT_4_TO_41 "0 0 0 0 0 0 0 0 0 0 0\n", 0},
	        {"19834 (sh) Z " STAT_4_TO_41 "317 0 0 0 0 0 0 0 0 0 0\n", 317},
	        {"19834 (a) b (c) Z " STAT_4_TO_41 "42 0 0\n", 42},
	        {"19834 (sh) Z " STAT_4_TO_41, -1}, /* cut off */
	        {"19834 (sh) Z " STAT_4_TO_41 "x 0\n", -1},
	        {"19834 (sh) Z " STAT_4_TO_41 "9223372036854775807 0\n", -1},
	        {"19834 (sh", -1},
	        {"", -1},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_int_equal(delays_parse_block_ticks(cases[i].text), cases[i].ticks);
}

enum { MESSAGE_BYTES = 1024, STATS_BYTES = 560, AT_THRASHING = 336 };

struct message {
	char bytes[MESSAGE_BYTES];
	size_t length;
};

static void add_bytes(struct message *message, const void *bytes, size_t count)
{
	assert_true(message->length + count <= sizeof message->bytes);
	memcpy(message->bytes + message->length, bytes, count);
	message->length += count;
}

static void add_head(struct message *message, size_t value_bytes, uint16_t type)
{
	const struct nlattr head = {.nla_len = (uint16_t)(NLA_HDRLEN + value_bytes),
	                            .nla_type = type};
	add_bytes(message, &head, sizeof head);
}

/* A reply as the kernel sends it: header, then AGGR_PID with PID and STATS inside. */
static struct message reply_of(const char *stats, size_t stats_bytes, uint32_t sequence)
{
	const struct genlmsghdr general = {.cmd = TASKSTATS_CMD_NEW, .version = 1};
	const uint32_t pid = 4242;
	struct message m = {.length = NLMSG_HDRLEN};
	add_bytes(&m, &general, sizeof general);
	add_head(&m, 2 * NLA_HDRLEN + sizeof pid + stats_bytes, TASKSTATS_TYPE_AGGR_PID);
	add_head(&m, sizeof pid, TASKSTATS_TYPE_PID);
	add_bytes(&m, &pid, sizeof pid);
	add_head(&m, stats_bytes, TASKSTATS_TYPE_STATS);
	add_bytes(&m, stats, stats_bytes);
	const struct nlmsghdr header = {
	        .nlmsg_len = (uint32_t)m.length, .nlmsg_type = 31, .nlmsg_seq = sequence};
	memcpy(m.bytes, &header, sizeof header);
	return m;
}

/* Figures of a version, with a value that says where it is in every field. */
static void make_stats(char stats[STATS_BYTES], uint16_t version)
{
	for (uint64_t at = 0; at < STATS_BYTES; at += sizeof at)
		memcpy(stats + at, &at, sizeof at);
	memcpy(stats, &version, sizeof version);
}

static void test_taskstats_reply(void **state)
{
	static const struct {
		const char *what;
		uint16_t version;
		size_t bytes;
		int result;
		int64_t thrashing_ns;
	} cases[] = {
	        {"Linux 4.18", 8, 328, 0, RECORD_ABSENT},
	        {"Linux 5.15", 10, 352, 0, AT_THRASHING},
	        {"Linux 6.1", 13, 416, 0, AT_THRASHING},
	        {"Linux 6.14", 15, 544, -EPROTO, 0},
	        {"Linux 6.18", 16, STATS_BYTES, 0, AT_THRASHING},
	        {"too short", 16, 72, -EPROTO, 0},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char stats[STATS_BYTES];
		make_stats(stats, cases[i].version);
		const struct message m = reply_of(stats, cases[i].bytes, 7);
		struct taskstats_figures figures = {.cpu_ns = -3};
		assert_int_equal(taskstats_parse(m.bytes, m.length, 7, &figures), cases[i].result);
		if (cases[i].result < 0) {
			assert_int_equal(figures.cpu_ns, -3);
			continue;
		}
		assert_int_equal(figures.run_ns, offsetof(struct taskstats, cpu_delay_total));
		assert_int_equal(figures.block_ns, offsetof(struct taskstats, blkio_delay_total));
		assert_int_equal(figures.swap_in_ns,
		                 offsetof(struct taskstats, swapin_delay_total));
		assert_int_equal(figures.cpu_ns, offsetof(struct taskstats, cpu_run_virtual_total));
		assert_int_equal(figures.thrashing_ns, cases[i].thrashing_ns);
	}
}

/* Whatever comes is refused or read, and nothing behind its end is looked at. */
static void test_taskstats_damaged(void **state)
{
	(void)state;
	char stats[STATS_BYTES];
	struct taskstats_figures figures;
	make_stats(stats, 16);
	const struct message whole = reply_of(stats, sizeof stats, 7);
	assert_int_equal(taskstats_parse(whole.bytes, whole.length, 8, &figures), -EAGAIN);
	for (size_t length = 0; length < whole.length; length++) {
		char *const exact = malloc(length + 1);
		assert_non_null(exact);
		memcpy(exact, whole.bytes, length);
		assert_int_equal(taskstats_parse(exact, length, 7, &figures), -EPROTO);
		free(exact);
	}
	unsigned random = 1;
	for (int round = 0; round < 20000; round++) {
		struct message damaged = whole;
		for (int k = 0; k < 3; k++) {
			random = random * 1103515245 + 12345;
			damaged.bytes[random / 65536 % 48] = (char)(random >> 8);
		}
		(void)taskstats_parse(damaged.bytes, damaged.length, 7, &figures);
	}
	struct message refusal = {.length = NLMSG_HDRLEN};
	const int code = -EPERM;
	add_bytes(&refusal, &code, sizeof code);
	const struct nlmsghdr header = {
	        .nlmsg_len = (uint32_t)refusal.length, .nlmsg_type = NLMSG_ERROR, .nlmsg_seq = 7};
	memcpy(refusal.bytes, &header, sizeof header);
	assert_int_equal(taskstats_parse(refusal.bytes, refusal.length, 7, &figures), -EPERM);
}

static void test_keep(void **state)
{
	static const struct {
		const char *what;
		int64_t wall_ms;
		int64_t user_ms;
		int64_t system_ms;
		struct delay_figures figures;
		enum delays_fate fate;
	} cases[] = {
	        {"all by the accounted thread",
	         1100,
	         900,
	         100,
	         {1000 * NS_PER_MS, {100 * NS_PER_MS, 0, RECORD_ABSENT}},
	         DELAYS_KEPT},
	        {"nearly", 1000, 900, 100, {950 * NS_PER_MS, {11, 0, 5}}, DELAYS_KEPT},
	        {"half by a child",
	         1000,
	         900,
	         100,
	         {500 * NS_PER_MS, {11, 0, 5}},
	         DELAYS_OF_OTHERS},
	        {"a short child", 10, 2, 1, {NS_PER_MS, {11, 0, 5}}, DELAYS_KEPT},
	        {"nothing was used", 10, 0, 0, {0, {11, 0, 5}}, DELAYS_KEPT},
	        {"half on the CPU, half waiting",
	         1000,
	         500,
	         0,
	         {500 * NS_PER_MS, {200 * NS_PER_MS, 200 * NS_PER_MS, 100 * NS_PER_MS}},
	         DELAYS_KEPT},
	        {"longer than it ran",
	         1000,
	         100,
	         0,
	         {100 * NS_PER_MS, {5, 13558714556544, 5}},
	         DELAYS_IMPLAUSIBLE},
	        {"together longer than it was off the CPU",
	         1000,
	         500,
	         0,
	         {500 * NS_PER_MS, {300 * NS_PER_MS, 300 * NS_PER_MS, 0}},
	         DELAYS_IMPLAUSIBLE},
	        {"a run queue for longer than it ran",
	         1000,
	         900,
	         0,
	         {900 * NS_PER_MS, {200 * NS_PER_MS, RECORD_ABSENT, RECORD_ABSENT}},
	         DELAYS_IMPLAUSIBLE},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct task_record record = task_record_empty();
		record.start_ns = 77;
		record.end_ns = 77 + cases[i].wall_ms * NS_PER_MS;
		record.user_ns = cases[i].user_ms * NS_PER_MS;
		record.system_ns = cases[i].system_ms * NS_PER_MS;
		if (delays_keep(&cases[i].figures, &record) != cases[i].fate)
			fail_msg("%s", cases[i].what);
		const int64_t kept[] = {record.run_delay_ns, record.block_delay_ns,
		                        record.page_in_delay_ns};
		for (int k = 0; k < DELAY_KINDS; k++)
			assert_int_equal(kept[k], cases[i].fate == DELAYS_KEPT
			                                  ? cases[i].figures.delay_ns[k]
			                                  : RECORD_ABSENT);
	}
	/* Nothing was read: nothing is kept, and nobody else is to blame. */
	struct task_record record = task_record_empty();
	record.user_ns = record.system_ns = 1;
	const struct delay_figures none = delays_read(NULL, 1);
	assert_int_equal(delays_keep(&none, &record), DELAYS_KEPT);
	assert_int_equal(record.run_delay_ns, RECORD_ABSENT);
}

static void test_waits_for_pages_count_once(void **state)
{
	static const struct {
		struct taskstats_figures asked;
		int64_t block_ns;
		int64_t page_in_ns;
	} cases[] = {
	        {{1, 1, 100, 0, 0, false}, 100, 0},
	        {{1, 1, 100, 0, 40, false}, 60, 40},
	        {{1, 1, 100, 0, 140, false}, 0, 100}, /* with the wait for a CPU behind it */
	        {{1, 1, 100, 30, 40, false}, 60, 40}, /* asking is part of it */
	        {{1, 1, 100, 30, 0, false}, 70, 30},
	        {{1, 1, 100, 30, 40, true}, 90, 40}, /* before Linux 5.17 */
	        {{1, 1, 100, 30, 0, true}, 100, 30},
	        {{1, 1, 100, 30, RECORD_ABSENT, true}, 100, 30},
	        {{1, 1, RECORD_ABSENT, 0, 0, false}, RECORD_ABSENT, RECORD_ABSENT},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct delay_figures figures = delays_read(NULL, 1);
		delays_take_waits(&cases[i].asked, &figures);
		assert_int_equal(figures.delay_ns[DELAY_BLOCK], cases[i].block_ns);
		assert_int_equal(figures.delay_ns[DELAY_PAGE_IN], cases[i].page_in_ns);
	}
}

static void test_stall_texts(void **state)
{
	static const char both[] = "some avg10=5.86 avg60=4.08 avg300=12.89 total=4600276543\n"
	                           "full avg10=0.00 avg60=0.00 avg300=0.00 total=17\n";
	static const struct {
		const char *text;
		const char *word;
		int64_t ns;
	} cases[] = {
	        {both, "some", 4600276543000},
	        {both, "full", 17000},
	        {"some avg10=0.00 avg60=0.00 avg300=0.00 total=0", "some", 0},
	        {"some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", "full", RECORD_ABSENT},
	        {"some avg10=0.00\nfull total=5\n", "some", RECORD_ABSENT},
	        {"some total=\n", "some", RECORD_ABSENT},
	        {"some total=-5\n", "some", RECORD_ABSENT},
	        {"something total=5\n", "some", RECORD_ABSENT},
	        {"some total=99999999999999999999\n", "some", RECORD_ABSENT},
	        {"", "some", RECORD_ABSENT},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_int_equal(stalls_parse(cases[i].text, cases[i].word), cases[i].ns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_schedstat),
	        cmocka_unit_test(test_block_ticks),
	        cmocka_unit_test(test_taskstats_reply),
	        cmocka_unit_test(test_taskstats_damaged),
	        cmocka_unit_test(test_keep),
	        cmocka_unit_test(test_waits_for_pages_count_once),
	        cmocka_unit_test(test_stall_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
