/* What can be watched over time: every sensor that there is (platform/sensor), by the host fact in
 * which it says where it reads or why it does not. Who could change that differs by whether there
 * is a hypervisor in between. */
#include "core/array.h"
#include "core/str.h"
#include "platform/capability_parts.h"
#include "platform/sensor.h"

#include <string.h>

struct advice {
	const char *remedy;
	enum capability_who who;
};

#define ON_THE_HOST                                                                                \
	{                                                                                          \
		"measure it on the host, or on a real machine", WHO_HYPERVISOR                     \
	}

/* By sensor: what would help where it is missing on a real machine with a processor by Intel or
 * AMD, on one of another kind, whose kernel has other drivers, on a virtual machine, and where it
 * may not be read. */
static const struct {
	struct advice missing;
	struct advice missing_other;
	struct advice missing_guest;
	const char *permit;
} advices[SENSOR_KINDS] = {
        [SENSOR_CPU_FREQUENCY] =
                {{"modprobe acpi-cpufreq, with the firmware set to leave "
                  "frequencies to the operating system",
                  WHO_ADMINISTRATOR},
                 {"modprobe cppc_cpufreq, with a firmware that leaves frequencies to the "
                  "operating system; without it plateau-spin tells the frequency",
                  WHO_ADMINISTRATOR},
                 {"plateau-spin tells the frequency without it", WHO_YOU},
                 "chmod a+r /sys/devices/system/cpu/cpufreq/policy*/scaling_cur_freq"},
        [SENSOR_CPU_CLOCK] = {{"modprobe msr", WHO_ADMINISTRATOR},
                              {"the metric cycles tells the clock, or plateau-spin", WHO_YOU},
                              {"plateau-spin tells the frequency without it", WHO_YOU},
                              "sysctl kernel.perf_event_paranoid=0"},
        [SENSOR_TEMPERATURE] = {{"modprobe coretemp (Intel), modprobe k10temp (AMD)",
                                 WHO_ADMINISTRATOR},
                                {"ask the management controller: ipmitool sdr type temperature",
                                 WHO_ADMINISTRATOR},
                                ON_THE_HOST,
                                "chmod a+r /sys/class/hwmon/hwmon*/temp*_input"},
        [SENSOR_ENERGY] = {{"modprobe intel_rapl_msr", WHO_ADMINISTRATOR},
                           {"ask the management controller for the node's power: ipmitool dcmi "
                            "power reading",
                            WHO_ADMINISTRATOR},
                           ON_THE_HOST,
                           "chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj"},
        [SENSOR_THROTTLE] = {{"", WHO_NOBODY},
                             {"", WHO_NOBODY},
                             ON_THE_HOST,
                             "chmod a+r /sys/devices/system/cpu/cpu*/thermal_throttle/*"},
        [SENSOR_STALLS] = {{"psi=1 on the kernel's command line", WHO_ADMINISTRATOR},
                           {"psi=1 on the kernel's command line", WHO_ADMINISTRATOR},
                           {"psi=1 on the kernel's command line", WHO_ADMINISTRATOR},
                           "a container that may read /proc/pressure"},
        [SENSOR_CPU_TIME] = {{"mount /proc", WHO_ADMINISTRATOR},
                             {"mount /proc", WHO_ADMINISTRATOR},
                             {"mount /proc", WHO_ADMINISTRATOR},
                             "a /proc that you may read"},
        [SENSOR_MEMORY] = {{"mount /sys and /proc", WHO_ADMINISTRATOR},
                           {"mount /sys and /proc", WHO_ADMINISTRATOR},
                           {"mount /sys and /proc", WHO_ADMINISTRATOR},
                           "a /proc that you may read"},
};

/* Neither Intel nor AMD, as far as anything tells. */
static bool is_other_kind(const struct capability_finder *finder)
{
	static const char *const x86[] = {"GenuineIntel", "AuthenticAMD", "HygonGenuine"};
	const char *const architecture = host_facts_get(finder->facts, "architecture");
	const char *const vendor = host_facts_get(finder->facts, "processor_vendor");
	if (architecture &&
	    (strcmp(architecture, "x86_64") == 0 || strcmp(architecture, "i686") == 0))
		return false;
	for (size_t i = 0; vendor && i < ARRAY_LENGTH(x86); i++)
		if (strcmp(vendor, x86[i]) == 0)
			return false;
	return architecture || vendor;
}

static struct advice advice_for(const struct capability_finder *finder, int number,
                                const char *reason)
{
	if (str_starts_with(reason, "not permitted"))
		return (struct advice){advices[number].permit, WHO_ADMINISTRATOR};
	if (finder->is_guest)
		return advices[number].missing_guest;
	return is_other_kind(finder) ? advices[number].missing_other : advices[number].missing;
}

/* On a virtual machine what is missing is missing because its hypervisor leaves it out; else as the
 * sensor tells, without its remedy. */
static const char *reason_for(const struct capability_finder *finder, const char *told,
                              char reason[CAPABILITY_REASON_BYTES])
{
	if (finder->is_guest && !str_starts_with(told, "not permitted"))
		return "this is a virtual machine, and its hypervisor leaves it out";
	return capability_cut_remedy(told, reason);
}

void capability_find_sensors(struct capability_finder *finder)
{
	for (int i = 0; i < SENSOR_KINDS; i++) {
		const struct sensor_kind *const kind = sensor_kinds[i];
		const struct host_fact *const fact = capability_fact(finder, kind->name);
		struct capability capability = {.area = "over time", .name = kind->title};
		char reason[CAPABILITY_REASON_BYTES];
		if (fact && fact->value) {
			capability.by = fact->value;
		} else {
			const char *const told = fact && fact->reason ? fact->reason : "not known";
			const struct advice advice = advice_for(finder, i, told);
			capability.state = CAPABILITY_NO;
			capability.reason = reason_for(finder, told, reason);
			capability.remedy = advice.remedy;
			capability.who = advice.who;
		}
		capability_add(finder, &capability);
	}
}
