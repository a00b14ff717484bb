#include "report/capacity/overlaps_csv.h"

#include "core/error.h"

#include <errno.h>
#include <string.h>

const char overlaps_csv_sign[] = "tract,patch,ra_deg,dec_deg,band,visits,depth\n";

/* A name of a band as a cell. */
static void put_name(FILE *stream, const char *name)
{
	if (!name[strcspn(name, ",\";\t|\r\n ")]) {
		fputs(name, stream);
		return;
	}
	putc('"', stream);
	for (; *name; name++) {
		if (*name == '"')
			putc('"', stream);
		putc(*name, stream);
	}
	putc('"', stream);
}

int overlaps_csv_write(const struct overlaps *overlaps, FILE *stream, struct error *err)
{
	const struct skymap *const map = overlaps->map;
	errno = 0;
	fputs(overlaps_csv_sign, stream);
	for (size_t b = 0; b < overlaps->band_count && !ferror(stream); b++) {
		const struct overlaps_band *const band = &overlaps->bands[b];
		for (size_t i = 0; i < skymap_patch_count(map); i++) {
			if (band->touching[i] == 0 || !overlaps_is_counted(overlaps, i))
				continue;
			const size_t tract = i / map->patches;
			const unsigned patch = (unsigned)(i % map->patches);
			double ra = 0;
			double dec = 0;
			skymap_patch_centre(map, tract, patch, &ra, &dec);
			fprintf(stream, "%zu,%u,%.5f,%.5f,", tract, patch, ra, dec);
			put_name(stream, band->name);
			fprintf(stream, ",%u,%.3f\n", band->touching[i], overlaps_depth(band, i));
		}
	}
	if (fflush(stream) != EOF && !ferror(stream))
		return 0;
	return error_system(err, errno ? errno : EIO, "cannot write the visits per patch");
}
