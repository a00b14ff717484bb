#include "model/frequency.h"

const char *const frequency_source_names[] = {
        [FREQUENCY_ABSENT] = "",
        [FREQUENCY_CYCLES] = "cycles",
        [FREQUENCY_USER_CYCLES] = "cycles-user",
        [FREQUENCY_MSR] = "msr",
        [FREQUENCY_CHAIN] = "chain",
        [FREQUENCY_CPUFREQ] = "cpufreq",
};

const char *const frequency_source_words[] = {
        [FREQUENCY_ABSENT] = "",
        [FREQUENCY_CYCLES] = "by cycles",
        [FREQUENCY_USER_CYCLES] = "by user cycles",
        [FREQUENCY_MSR] = "by aperf",
        [FREQUENCY_CHAIN] = "by timed chain",
        [FREQUENCY_CPUFREQ] = "said by kernel",
};

bool frequency_source_is_of_tasks(enum frequency_source source)
{
	return source == FREQUENCY_CYCLES || source == FREQUENCY_USER_CYCLES ||
	       source == FREQUENCY_MSR;
}
