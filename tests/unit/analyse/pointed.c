#include "pointed.h"

#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct skymap pointed_map;

int pointed_make_map(void **state)
{
	struct error err;
	(void)state;
	return skymap_init(&pointed_map, &skymap_dc2, &err);
}

int pointed_release_map(void **state)
{
	(void)state;
	skymap_release(&pointed_map);
	return 0;
}

void pointed_add(struct pointings *pointings, double ra, double dec, const char *band)
{
	struct error err;
	uint32_t index = 0;
	assert_int_equal(pointings_band(pointings, band, &index, &err), 0);
	assert_int_equal(pointings_add(pointings, ra, dec, index, &err), 0);
}

void pointed_count(const struct skymap *map, const struct pointings *pointings, double radius,
                   struct overlaps *ret_overlaps)
{
	static const struct overlaps_region everywhere;
	struct error err;
	memset(ret_overlaps, 0xa5, sizeof *ret_overlaps);
	if (overlaps_count(map, pointings, radius, &everywhere, ret_overlaps, &err) < 0)
		fail_msg("%s", err.text);
}
