/* Facts about what of the node can be watched over time: where each sensor's figures come from, or
 * why there are none and what would help. */
#include "platform/host_read.h"
#include "platform/sensor.h"

enum { CPUS_WITHOUT_NODE = 64 };

void host_probe_sensors(struct host_reader *reader)
{
	struct cpuset cpus = {0};
	if (reader->node)
		cpus = topology_allowed(node_topology(reader->node));
	for (uint32_t cpu = 0; !reader->node && cpu < CPUS_WITHOUT_NODE; cpu++)
		cpuset_add(&cpus, cpu);
	const struct sensor_settings settings = {reader->is_live ? NULL : reader->sysroot, &cpus};
	for (int i = 0; i < SENSOR_KINDS && reader->result == 0; i++) {
		struct sensor sensor;
		reader->result = sensor_open(sensor_kinds[i], &settings, &sensor, reader->err);
		if (reader->result < 0)
			return;
		host_add(reader, sensor.kind->name, sensor.is_available ? sensor.source : NULL,
		         sensor.reason);
		sensor_close(&sensor);
	}
}
