/* The times and sizes that sacct prints, and whether a file is one of sacct's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "formats/campaign/sacct.h"
#include "formats/campaign/sacct_parts.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void times(void **state)
{
	(void)state;
	static const struct {
		const char *cell;
		int result;
		int64_t ns;
	} cases[] = {
	        {"00:00:00", 0, 0},
	        {"00:01.585", 0, 1585000000},
	        {"01:02.5", 0, 62500000000},
	        {"00:01:30", 0, 90000000000},
	        {"23:59:59.999", 0, 86399999000000},
	        {"1-02:03:04", 0, 93784000000000},
	        {"30-00:00:00.001", 0, 2592000001000000},
	        {"", 1, 0},
	        {"INVALID", 1, 0},
	        {"UNLIMITED", 1, 0},
	        {"Partition_Limit", 1, 0},
	        {"12", -1, 0},
	        {"x", -1, 0},
	        {"1:2:3:4", -1, 0},
	        {"-00:00:01", -1, 0},
	        {"00:-1:00", -1, 0},
	        {"00:00:0,5", -1, 0},
	        {"9999-00:00:00", -1, 0},
	        {"99999999999999999999:00:00", -1, 0},
	        {"00:00:01 ", -1, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int64_t ns = 0;
		const int result = sacct_time(cases[i].cell, &ns);
		if (result != cases[i].result || ns != cases[i].ns)
			fail_msg("\"%s\": %d, %" PRId64, cases[i].cell, result, ns);
	}
}

static void sizes(void **state)
{
	(void)state;
	static const struct {
		const char *cell;
		int result;
		double bytes;
		char per;
	} cases[] = {
	        {"0", 0, 0, 0},
	        {"1234", 0, 1234, 0},
	        {"10920K", 0, 10920 * 1024.0, 0},
	        {"73M", 0, 73 * 1048576.0, 0},
	        {"0.05M", 0, 0.05 * 1048576, 0},
	        {"0.21G", 0, 0.21 * 1073741824, 0},
	        {"2T", 0, 2199023255552.0, 0},
	        {"4Gn", 0, 4294967296.0, 'n'},
	        {"1000Mc", 0, 1048576000, 'c'},
	        {"4G?", 0, 4294967296.0, 0},
	        {"", 1, 0, 0},
	        {"Unknown", 1, 0, 0},
	        {"-1K", -1, 0, 0},
	        {"K", -1, 0, 0},
	        {"1KB", -1, 0, 0},
	        {"1.2.3K", -1, 0, 0},
	        {"0x10", -1, 0, 0},
	        {"1e5", -1, 0, 0},
	        {"nan", -1, 0, 0},
	        {"1,5K", -1, 0, 0},
	        {"99999999P", -1, 0, 0},
	        {"0000000000000000000000000000000000001", -1, 0, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		double bytes = 0;
		char per = '\0';
		const int result = sacct_size(cases[i].cell, &bytes, &per);
		if (result != cases[i].result || fabs(bytes - cases[i].bytes) > 1e-6 ||
		    per != cases[i].per)
			fail_msg("\"%s\": %d, %g", cases[i].cell, result, bytes);
	}
}

static void known(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool is_one;
	} cases[] = {
	        {"JobID|State\n", true},
	        {"JobID|State", true},
	        {"JobID|JobName|Elapsed\n7|isr|00:00:01\n", true},
	        {"JobID|JobName|Elapsed\n7|isr|\n", true},
	        {"JobID           JobName      State\n------------ ---------- ----------\n", true},
	        {"   JobID    JobName      State\n-------- ---------- ----------\n", true},
	        {"JobID|JobName\n7|isr\n", false},
	        {"JobID,JobName,Elapsed\n7,isr,90\n", false}, /* somebody's table */
	        {"JobID,JobName,State\nisr-7,isr,done\n", false},
	        {"jobid,jobname,state\n7,isr,done\n", false},
	        {"label,State\nisr,COMPLETED\n", false},
	        {"JobID State of the union\nwords\n", false},
	        {"", false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		if (sacct_is(cases[i].text, strlen(cases[i].text)) != cases[i].is_one)
			fail_msg("\"%s\"", cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(times),
	        cmocka_unit_test(sizes),
	        cmocka_unit_test(known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
