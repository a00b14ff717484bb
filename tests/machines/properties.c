/* properties FILE.xml...: what must hold of every placement on every machine, in TAP: a test per
 * machine. The checks are written from the words of docs/placement.md and share nothing with the
 * code that they check beyond the topology. */
#include "core/array.h"
#include "core/error.h"
#include "formats/placement_text.h"
#include "plan/placement.h"
#include "platform/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct machine {
	const struct topology *t;
	bool has_numa; /* its NUMA nodes are those of the real machine */
	uint64_t checks;
	uint64_t failures;
};

/* One placement on one machine, laid out for as many slots as fit. */
struct probe {
	struct machine *m;
	const char *policy;
	enum smt_order smt;
	uint32_t threads;
	struct placements placements;
	struct placement_request request;
	struct placement_layout layout;
};

static uint64_t total_checks;

static void check(struct machine *m, bool holds, const struct probe *p, const char *what, long at)
{
	m->checks++;
	if (holds)
		return;
	if (m->failures++ < 5)
		printf("# %s, smt %s, threads %u: %s (at %ld)\n", p->policy,
		       smt_order_names[p->smt], p->threads, what, at);
}

static const struct topology_pu *own(const struct probe *p, uint32_t i)
{
	return &p->m->t->pus[p->layout.own[i]];
}

static uint32_t own_total(const struct probe *p)
{
	return p->layout.group_count * p->layout.group_size;
}

enum place { IN_CORE, IN_L3, IN_NUMA, IN_PACKAGE };

static int32_t place_of(const struct topology_pu *pu, enum place place)
{
	const int32_t index[] = {pu->core, pu->l3, pu->numa, pu->package};
	return index[place];
}

/* Places of a kind, their PUs and cores; a machine without any has one, number 0. */
struct places {
	int32_t index[CPUSET_MAX_PUS];
	uint32_t pus[CPUSET_MAX_PUS];
	uint32_t cores[CPUSET_MAX_PUS];
	uint32_t count;
};

static uint32_t place_number(const struct places *places, int32_t index)
{
	uint32_t i = 0;
	while (i < places->count && places->index[i] != index)
		i++;
	return i;
}

static void find_places(const struct topology *t, enum place place, struct places *places)
{
	memset(places, 0, sizeof *places);
	for (size_t i = 0; i < t->pu_count; i++) {
		const int32_t index = place_of(&t->pus[i], place);
		const uint32_t at = place_number(places, index);
		if (at == places->count)
			places->index[places->count++] = index;
		places->pus[at]++;
		places->cores[at] += t->pus[i].smt_rank == 0;
	}
}

static bool are_alike(const struct places *places)
{
	for (uint32_t i = 1; i < places->count; i++)
		if (places->pus[i] != places->pus[0] || places->cores[i] != places->cores[0])
			return false;
	return true;
}

static void check_distinct(const struct probe *p)
{
	struct cpuset seen = {0};
	const struct cpuset allowed = topology_allowed(p->m->t);
	check(p->m, p->layout.group_count == p->m->t->pu_count / p->threads, p, "capacity", 0);
	for (uint32_t i = 0; i < own_total(p); i++) {
		const uint32_t pu = own(p, i)->os_index;
		check(p->m, cpuset_has(&allowed, pu), p, "an own PU is not allowed", i);
		check(p->m, !cpuset_has(&seen, pu), p, "an own PU is given out twice", i);
		cpuset_add(&seen, pu);
	}
}

/* Under smt last no core is used once more while another with room has been used less. */
static void check_cores_first(const struct probe *p)
{
	static struct places cores;
	static uint32_t load[CPUSET_MAX_PUS];
	static uint32_t free_at[CPUSET_MAX_PUS]; /* cores with room, by how often used */
	if (p->smt != SMT_LAST || p->m->t->pus[0].core < 0)
		return;
	find_places(p->m->t, IN_CORE, &cores);
	memset(load, 0, sizeof load);
	memset(free_at, 0, sizeof free_at);
	free_at[0] = cores.count;
	for (uint32_t i = 0; i < own_total(p); i++) {
		const uint32_t core = place_number(&cores, own(p, i)->core);
		const uint32_t used = load[core]++;
		bool is_first = true;
		for (uint32_t less = 0; less < used; less++)
			is_first &= free_at[less] == 0;
		check(p->m, is_first, p, "a core is used again while another is free", i);
		free_at[used]--;
		if (load[core] < cores.pus[core])
			free_at[load[core]]++;
	}
}

/* Round over places: after any number of slots their counts differ by at most one task. */
static void check_balance(const struct probe *p, enum place place)
{
	static struct places places;
	static uint32_t load[CPUSET_MAX_PUS];
	find_places(p->m->t, place, &places);
	if (!are_alike(&places) || places.cores[0] % p->threads != 0)
		return;
	memset(load, 0, sizeof load);
	for (uint32_t slot = 0; slot < p->layout.group_count; slot++) {
		load[place_number(&places, place_of(own(p, slot * p->threads), place))]++;
		uint32_t least = UINT32_MAX;
		uint32_t most = 0;
		for (uint32_t i = 0; i < places.count; i++) {
			least = load[i] < least ? load[i] : least;
			most = load[i] > most ? load[i] : most;
		}
		check(p->m, most - least <= 1, p, "counts differ by more than one", slot);
	}
}

/* Pack: a place that was left is not come back to, among the first PUs of the cores. */
static void check_filled_in_turn(const struct probe *p, enum place place)
{
	static bool was_left[CPUSET_MAX_PUS];
	memset(was_left, 0, sizeof was_left);
	int32_t now = -2;
	const uint32_t count = p->smt == SMT_FIRST ? own_total(p) : (uint32_t)p->m->t->core_count;
	for (uint32_t i = 0; i < count && i < own_total(p); i++) {
		const int32_t index = place_of(own(p, i), place);
		if (index == now)
			continue;
		if (now >= 0)
			was_left[now] = true;
		now = index;
		check(p->m, index < 0 || !was_left[index], p, "a place is come back to", i);
	}
}

/* Planes of k tasks: block b of the first pass lies in domain b modulo their number, where every
 * domain has room for whole blocks. */
static void check_planes(const struct probe *p, uint32_t k)
{
	static struct places places;
	find_places(p->m->t, IN_L3, &places);
	enum place place = IN_L3;
	for (place = IN_L3; place < IN_PACKAGE; place++) {
		find_places(p->m->t, place, &places);
		if (places.count > 1)
			break;
	}
	find_places(p->m->t, place, &places);
	const uint32_t block = k * p->threads;
	const uint32_t room = p->smt == SMT_LAST ? places.cores[0] : places.pus[0];
	if (!are_alike(&places) || room % block != 0)
		return;
	const uint32_t first_pass = room * places.count;
	for (uint32_t i = 0; i < first_pass && i < own_total(p); i++)
		check(p->m,
		      place_number(&places, place_of(own(p, i), place)) == i / block % places.count,
		      p, "a block is not in its domain", i);
}

/* A layout for n slots is the beginning of the layout for all. */
static void check_nesting(const struct probe *p, uint32_t n)
{
	struct error err;
	struct placement_layout some = {0};
	if (placement_layout_build(p->m->t, &p->request, n, &some, &err) < 0) {
		check(p->m, false, p, err.text, n);
		return;
	}
	check(p->m, some.group_count == n, p, "too few groups", n);
	check(p->m, memcmp(some.own, p->layout.own, sizeof *some.own * n * p->threads) == 0, p,
	      "slots of a lower level lie elsewhere", n);
	placement_layout_release(&some);
}

static void check_all_nestings(const struct probe *p)
{
	const bool is_every = p->threads == 1 && p->smt == SMT_LAST && p->m->t->pu_count <= 512 &&
	                      (strcmp(p->policy, "pack") == 0 || strcmp(p->policy, "spread") == 0);
	const uint32_t step = is_every ? 1 : 1 + p->layout.group_count / 7;
	for (uint32_t n = 1; n <= p->layout.group_count; n += step)
		check_nesting(p, n);
}

/* What a slot must be bound to: the places of its own PUs and nothing else. */
static struct cpuset expected_set(const struct probe *p, const uint32_t *own_pus,
                                  enum placement_unit unit)
{
	const struct topology *const t = p->m->t;
	struct cpuset set = {0};
	for (uint32_t o = 0; o < p->threads; o++)
		for (size_t i = 0; i < t->pu_count; i++) {
			const struct topology_pu *const a = &t->pus[own_pus[o]];
			const struct topology_pu *const b = &t->pus[i];
			const bool is_core = a == b || (a->core >= 0 && a->core == b->core);
			const bool is_in[] = {
			        [UNIT_PU] = a == b,
			        [UNIT_CORE] = is_core,
			        [UNIT_L3] = a->l3 >= 0   ? a->l3 == b->l3
			                    : a->l2 >= 0 ? b->l3 < 0 && a->l2 == b->l2
			                                 : is_core,
			        [UNIT_NUMA] = a->numa == b->numa,
			        [UNIT_PACKAGE] = a->package == b->package,
			};
			if (is_in[unit])
				cpuset_add(&set, b->os_index);
		}
	return set;
}

static void check_slot(const struct probe *p, const struct plan_slot *slot, uint32_t number,
                       enum placement_unit unit)
{
	const uint32_t group = number % p->layout.group_count;
	const uint32_t *const own_pus = p->layout.own + (size_t)group * p->threads;
	struct cpuset set = {0};
	for (size_t i = 0; i < slot->pu_count; i++) {
		check(p->m, !cpuset_has(&set, slot->pus[i]), p, "a PU is bound twice", number);
		cpuset_add(&set, slot->pus[i]);
	}
	const struct cpuset expected = expected_set(p, own_pus, unit);
	check(p->m, cpuset_is_equal(&set, &expected), p, "not bound to its units", number);
	check(p->m, slot->own_count == p->threads, p, "the count of own PUs", number);
	for (uint32_t i = 0; i < p->threads; i++)
		check(p->m, slot->pus[i] == p->m->t->pus[own_pus[i]].os_index, p,
		      "own PUs are not first", number);
	check(p->m, slot->numa == p->m->t->pus[own_pus[0]].numa, p, "numa", number);
}

/* A few slots more than fit: the first and last ones, and those that wrap round. */
static void check_slots(struct probe *p)
{
	const uint32_t fitting = p->layout.group_count;
	for (enum placement_unit unit = UNIT_PU; unit <= UNIT_PACKAGE; unit++) {
		struct error err;
		struct plan_slot *slots = NULL;
		p->request.unit = unit;
		if (placement_slots(p->m->t, &p->request, &p->layout, fitting + 2, &slots, &err) <
		    0) {
			check(p->m, false, p, err.text, unit);
			continue;
		}
		for (uint32_t i = 0; i < fitting + 2; i += 1 + (i > 3 && i + 9 < fitting ? 7 : 0))
			check_slot(p, &slots[i], i, unit);
		for (uint32_t i = 0; i < fitting + 2; i++)
			free(slots[i].pus);
		free(slots);
	}
	check(p->m, !placement_is_oversubscribed(p->m->t, &p->request, &p->layout, fitting), p,
	      "oversubscribed at capacity", fitting);
	check(p->m, placement_is_oversubscribed(p->m->t, &p->request, &p->layout, fitting + 1), p,
	      "not oversubscribed above capacity", fitting);
}

/* While whole cores are free, a spread task's PUs share an L3 where L3s take whole tasks. */
static void check_closeness(const struct probe *p)
{
	static struct places places;
	find_places(p->m->t, IN_L3, &places);
	if (p->threads == 1 || !are_alike(&places) || places.cores[0] % p->threads != 0)
		return;
	for (uint32_t i = 0; i + p->threads <= p->m->t->core_count && i < own_total(p); i++)
		check(p->m, own(p, i)->l3 == own(p, i - i % p->threads)->l3, p,
		      "a task's PUs are in several L3s", i);
}

static void check_policy(struct probe *p)
{
	const bool is_spread = strncmp(p->policy, "spread", 6) == 0;
	const bool is_any = strcmp(p->policy, "spread") == 0;
	check_distinct(p);
	check_cores_first(p);
	check_all_nestings(p);
	check_slots(p);
	if (is_any || strcmp(p->policy, "spread:package") == 0)
		check_balance(p, IN_PACKAGE);
	if (p->m->has_numa && (is_any || strcmp(p->policy, "spread:numa") == 0))
		check_balance(p, IN_NUMA);
	if (is_any || strcmp(p->policy, "spread:l3") == 0)
		check_balance(p, IN_L3);
	if (is_spread && p->smt == SMT_LAST)
		check_closeness(p);
	if (strcmp(p->policy, "pack") == 0)
		for (enum place place = IN_L3; place <= IN_PACKAGE; place++)
			check_filled_in_turn(p, place);
	if (strncmp(p->policy, "plane:", 6) == 0)
		check_planes(p, (uint32_t)atoi(p->policy + 6));
}

static void probe_machine(struct machine *m)
{
	static const char *const policies[] = {"pack",        "spread",    "spread:package",
	                                       "spread:numa", "spread:l3", "plane:1",
	                                       "plane:2",     "plane:4"};
	static const uint32_t threads[] = {1, 2, 4};
	for (size_t i = 0; i < ARRAY_LENGTH(policies) * ARRAY_LENGTH(threads) * 2; i++) {
		struct error err;
		struct probe p = {.m = m, .policy = policies[i / 6], .threads = threads[i / 2 % 3]};
		p.smt = i % 2 ? SMT_FIRST : SMT_LAST;
		if (p.threads > m->t->pu_count)
			continue;
		int r = placement_text_add(p.policy, &p.placements, &err);
		if (r == 0) {
			p.request = (struct placement_request){.placement = p.placements.items,
			                                       .unit = UNIT_CORE,
			                                       .smt = p.smt,
			                                       .threads = p.threads};
			r = placement_layout_build(m->t, &p.request, UINT32_MAX, &p.layout, &err);
		}
		if (r == 0)
			check_policy(&p);
		else
			check(m, false, &p, err.text, r);
		placement_layout_release(&p.layout);
		placements_release(&p.placements);
	}
}

int main(int argc, char **argv)
{
	printf("1..%d\n", argc - 1);
	int failed = 0;
	for (int i = 1; i < argc; i++) {
		struct error err = {""};
		cleanup_node struct node *node = NULL;
		struct machine m = {0};
		const char *const slash = strrchr(argv[i], '/');
		const int r = node_open_xml(argv[i], &node, &err);
		if (r == 0) {
			m.t = node_topology(node);
			m.has_numa = !strstr(argv[i], "-cpuid-");
			probe_machine(&m);
		}
		const bool is_ok = r == 0 && m.failures == 0 && m.checks > 0;
		failed += !is_ok;
		total_checks += m.checks;
		printf("%sok %d - %s: %llu checks %s\n", is_ok ? "" : "not ", i,
		       slash ? slash + 1 : argv[i], (unsigned long long)m.checks, err.text);
	}
	printf("# %d machines, %llu checks\n", argc - 1, (unsigned long long)total_checks);
	return failed > 0;
}
