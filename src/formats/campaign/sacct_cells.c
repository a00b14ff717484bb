#include "formats/campaign/sacct_parts.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "formats/campaign/state_words.h"
#include "formats/import/time_values.h"
#include "formats/log/log_time.h"

#include <math.h>
#include <string.h>

static const int64_t most_days = 3660;

/* Words that stand for nothing. */
static bool is_absent(const char *cell)
{
	static const char *const words[] = {
	        "", "Unknown", "None", "INVALID", "(null)", "UNLIMITED", "Partition_Limit", "N/A",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strcmp(cell, words[i]) == 0)
			return true;
	return false;
}

int sacct_time(const char *cell, int64_t *ret_ns)
{
	int64_t days = 0;
	int64_t ns = 0;
	if (is_absent(cell))
		return 1;
	const char *const dash = strchr(cell, '-');
	if (dash && (!time_value_count(cell, (size_t)(dash - cell), 1, &days) || days > most_days))
		return -1;
	const char *const rest = dash ? dash + 1 : cell;
	if (!time_value_clock(rest, strlen(rest), &ns))
		return -1;
	*ret_ns = days * 86400 * NS_PER_S + ns;
	return 0;
}

int sacct_size(const char *cell, double *ret_bytes, char *ret_per)
{
	static const char letters[] = "KMGTP";
	struct error ignored;
	char digits[32];
	double value = 0;
	if (is_absent(cell))
		return 1;
	const size_t length = strspn(cell, "0123456789.");
	if (length == 0 || length >= sizeof digits)
		return -1;
	memcpy(digits, cell, length);
	digits[length] = '\0';
	if (number_parse_real(digits, &value, &ignored) < 0)
		return -1;
	const char *end = cell + length;
	const char *const letter = *end ? strchr(letters, *end) : NULL;
	if (letter) {
		value *= pow(1024, (double)(letter - letters + 1));
		end++;
	}
	const char per = *end == 'n' || *end == 'c' ? *end++ : '\0';
	if (*end == '?') /* estimated */
		end++;
	if (*end != '\0' || value > 0x1p62)
		return -1;
	*ret_bytes = value;
	*ret_per = per;
	return 0;
}

int sacct_count(const char *cell, int64_t *ret_count)
{
	struct error ignored;
	double value = 0;
	char per = '\0';
	if (is_absent(cell))
		return 1;
	if (number_parse_integer(cell, 0, INT64_MAX, ret_count, &ignored) == 0)
		return 0;
	if (sacct_size(cell, &value, &per) != 0 || per) /* "2K" */
		return -1;
	*ret_count = (int64_t)value;
	return 0;
}

int sacct_date(const char *cell, int64_t *ret_ns)
{
	int64_t seconds = 0;
	if (is_absent(cell))
		return 1;
	if (time_value_count(cell, strlen(cell), 1, &seconds))
		return log_time_from_seconds((double)seconds, ret_ns) ? 0 : -1;
	const char *const end = log_time_iso(cell, PHASES_LOCAL, ret_ns);
	return end && *end == '\0' ? 0 : -1;
}

int sacct_state(const char *cell, enum campaign_state *ret_state)
{
	if (is_absent(cell))
		return 1;
	return campaign_state_read(cell, ret_state) ? 0 : -1;
}
