#include "platform/affinity.h"

#include "model/cpuset.h"

#include <sys/syscall.h>
#include <unistd.h>

void affinity_keep_off(pid_t thread, const struct topology *topology,
                       const struct plan_level *level)
{
	const struct cpuset allowed = topology_allowed(topology);
	struct cpuset set = allowed;
	for (uint32_t i = 0; i < level->concurrency; i++)
		for (size_t k = 0; k < level->slots[i].pu_count; k++)
			cpuset_remove(&set, level->slots[i].pus[k]);
	if (cpuset_is_empty(&set))
		set = allowed;
	syscall(SYS_sched_setaffinity, thread, sizeof set.words, set.words);
}
