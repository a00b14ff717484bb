/* synthesize DESCRIPTION FILE.xml: records the machine that an hwloc synthetic description stands
 * for ("pack:2 [numa(memory=64GB)] l3:2 core:2 pu:2", man hwloc), so that the machines of these
 * tests are one line of text each. */
#include <hwloc.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	hwloc_topology_t topology;
	if (argc != 3 || hwloc_topology_init(&topology) < 0)
		return 2;
	int r = hwloc_topology_set_synthetic(topology, argv[1]);
	if (r == 0)
		r = hwloc_topology_load(topology);
	if (r == 0)
		r = hwloc_topology_export_xml(topology, argv[2], 0);
	hwloc_topology_destroy(topology);
	if (r < 0)
		fprintf(stderr, "synthesize: %s: hwloc cannot make it\n", argv[1]);
	return r < 0;
}
