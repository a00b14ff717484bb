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
        [FREQUENCY_CYCLES] = "cycles / time they counted",
        [FREQUENCY_USER_CYCLES] = "user cycles / user time",
        [FREQUENCY_MSR] = "aperf / time it counted",
        [FREQUENCY_CHAIN] = "timed chain of plateau-spin",
        [FREQUENCY_CPUFREQ] = "cpufreq, as the kernel says",
};

bool frequency_source_is_of_tasks(enum frequency_source source)
{
	return source == FREQUENCY_CYCLES || source == FREQUENCY_USER_CYCLES ||
	       source == FREQUENCY_MSR;
}
