/* What the firmware was told about NUMA nodes, from the counts of machines of every kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "platform/numa_mode.h"

#include <stdio.h>
#include <string.h>

#define AMD   "AuthenticAMD", "AMD EPYC 7702 64-Core Processor", 23, 49
#define INTEL "GenuineIntel", "Intel(R) Xeon(R) Gold", 6

/* Packages, nodes and L3 caches, and what is expected: a mode, or a part of the reason. */
static const struct {
	struct numa_shape shape;
	const char *mode;
	const char *reason;
} cases[] = {
        {{AMD, 2, 2, 32, true, false, false, false}, "NPS1", NULL},
        {{AMD, 2, 4, 32, true, false, false, false}, "NPS2", NULL},
        {{AMD, 2, 8, 32, true, false, false, false}, "NPS4", NULL},
        {{AMD, 1, 4, 8, true, false, false, false}, "NPS4", NULL},
        {{AMD, 2, 1, 32, true, false, false, false}, "NPS0", NULL},
        {{AMD, 2, 32, 32, true, false, false, false}, "L3 as NUMA", NULL},
        {{AMD, 2, 8, 8, true, false, false, false}, NULL, "look alike"},
        {{AMD, 2, 6, 32, true, false, false, false}, NULL, "3 nodes per socket"},
        {{AMD, 1, 1, 1, true, false, false, false}, "NPS1", NULL},
        {{"HygonGenuine", "Hygon C86 7185", 24, 1, 2, 8, 16, true, false, false, false},
         NULL,
         "setting of EPYC"},
        {{"AuthenticAMD", "AMD Ryzen 9 7950X", 25, 97, 1, 1, 2, true, false, false, false},
         NULL,
         "setting of EPYC"},
        {{"AuthenticAMD", NULL, 25, 1, 1, 1, 2, true, false, false, false},
         NULL,
         "setting of EPYC"},
        {{INTEL, 63, 2, 4, 4, true, false, false, false}, "cluster-on-die", NULL},
        {{INTEL, 79, 2, 2, 2, true, false, false, false}, "cluster-on-die off", NULL},
        {{INTEL, 85, 2, 2, 2, true, false, false, false}, "SNC off", NULL},
        {{INTEL, 85, 2, 4, 2, true, false, false, false}, "SNC2", NULL},
        {{INTEL, 143, 2, 8, 2, true, false, false, false}, "SNC4", NULL},
        {{INTEL, 173, 2, 6, 2, true, false, false, false}, "SNC3", NULL},
        {{INTEL, 85, 2, 1, 2, true, false, false, false}, "node interleaving", NULL},
        {{INTEL, 87, 1, 4, 0, true, false, false, false}, "SNC4", NULL},
        {{INTEL, 87, 1, 1, 0, true, false, false, false}, NULL, "quadrant"},
        {{INTEL, 186, 1, 1, 1, true, false, false, false}, NULL, "this model"},
        {{"GenuineIntel", "x", 15, 85, 2, 2, 2, true, false, false, false}, NULL, "this model"},
        {{"Arm", "Neoverse-N1", 8, 0xd0c, 1, 1, 0, true, false, false, false}, NULL, "Arm"},
        {{NULL, NULL, -1, -1, 2, 2, 4, true, false, false, false}, NULL, "maker"},
        {{AMD, 2, 8, 32, true, false, true, false}, NULL, "hypervisor"},
        {{AMD, 2, 1, 32, true, false, false, true}, NULL, "numa=off"},
        {{AMD, 2, 8, 32, true, true, false, false}, NULL, "part of the machine"},
        {{AMD, 2, 7, 32, false, false, false, false}, NULL, "unlike numbers"},
        {{AMD, 2, 7, 32, true, false, false, false}, NULL, "unlike numbers"},
        {{AMD, 0, 0, 0, true, false, false, false}, NULL, "no sockets"},
        {{AMD, 2, 0, 32, true, false, false, false}, NULL, "no NUMA nodes"},
};

static void test_modes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char text[NUMA_MODE_TEXT_BYTES] = "poison";
		char reason[NUMA_MODE_REASON_BYTES] = "poison";
		const bool is_told = numa_mode_tell(&cases[i].shape, text, reason);
		if (cases[i].mode) {
			if (!is_told || strcmp(text, cases[i].mode) != 0)
				fail_msg("case %zu: got %s, expected %s", i,
				         is_told ? text : reason, cases[i].mode);
		} else if (is_told || !strstr(reason, cases[i].reason)) {
			fail_msg("case %zu: got %s, expected the reason %s", i,
			         is_told ? text : reason, cases[i].reason);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_modes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
