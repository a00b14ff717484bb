#include "platform/affinity.h"

#include "core/error.h"
#include "model/cpuset.h"

#include <errno.h>
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

int affinity_mine(struct cpuset *ret_set, struct error *err)
{
	struct cpuset set = {0};
	if (syscall(SYS_sched_getaffinity, 0, sizeof set.words, set.words) < 0)
		return error_system(err, errno, "cannot read which CPUs this process may use");
	*ret_set = set;
	return 0;
}
