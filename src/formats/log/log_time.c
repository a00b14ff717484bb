#include "formats/log/log_time.h"

#include "core/clock.h"
#include "core/error.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

/* int64_t ns reach to the year 2262. */
enum { FIRST_YEAR = 1970, LAST_YEAR = 2261, TEXT_BYTES = 128 };
#define LAST_SECOND 9214646400LL /* 2262-01-01 */

/* Reads exactly `digits` digits. */
static const char *take_number(const char *text, int digits, int low, int high, int *ret_value)
{
	int value = 0;
	for (int i = 0; i < digits; i++) {
		if (!isdigit((unsigned char)text[i]))
			return NULL;
		value = value * 10 + (text[i] - '0');
	}
	*ret_value = value;
	return value >= low && value <= high ? text + digits : NULL;
}

/* Reads digits behind the decimal mark; what is finer than a nanosecond is cut. */
static const char *take_fraction(const char *text, int64_t *ret_ns)
{
	int64_t unit = NS_PER_S / 10;
	int64_t ns = 0;
	if (!isdigit((unsigned char)*text))
		return NULL;
	for (; isdigit((unsigned char)*text); text++, unit /= 10)
		ns += unit * (*text - '0');
	*ret_ns = ns;
	return text;
}

/* "Z", "+00:00", "-0700" or "+01"; *ret_seconds is what is to be taken off. */
static const char *take_offset(const char *text, int *ret_seconds)
{
	if (*text == 'Z') {
		*ret_seconds = 0;
		return text + 1;
	}
	const int sign = *text == '-' ? -1 : 1;
	int hours;
	int minutes = 0;
	if (*text != '+' && *text != '-')
		return NULL;
	text = take_number(text + 1, 2, 0, 23, &hours);
	if (!text)
		return NULL;
	const char *const rest = take_number(text + (*text == ':'), 2, 0, 59, &minutes);
	*ret_seconds = sign * (hours * 3600 + (rest ? minutes : 0) * 60);
	return rest ? rest : text;
}

/* The second of a broken-down time; false where it is none, or out of bounds. */
static bool to_seconds(struct tm *tm, enum phases_zone zone, int64_t *ret_seconds)
{
	if (tm->tm_year < FIRST_YEAR - 1900 || tm->tm_year > LAST_YEAR - 1900)
		return false;
	const struct tm asked = *tm;
	tm->tm_isdst = -1;
	const int64_t seconds = zone == PHASES_UTC ? timegm(tm) : mktime(tm);
	if (seconds < 0 || seconds >= LAST_SECOND)
		return false;
	/* A 30th of February has become another day; a leap second may. */
	if (asked.tm_sec < 60 && (tm->tm_mday != asked.tm_mday || tm->tm_mon != asked.tm_mon))
		return false;
	*ret_seconds = seconds;
	return true;
}

static const char *take_date(const char *text, struct tm *tm)
{
	text = take_number(text, 4, FIRST_YEAR, LAST_YEAR, &tm->tm_year);
	if (text && *text == '-')
		text = take_number(text + 1, 2, 1, 12, &tm->tm_mon);
	else
		return NULL;
	if (text && *text == '-')
		text = take_number(text + 1, 2, 1, 31, &tm->tm_mday);
	else
		return NULL;
	tm->tm_year -= 1900;
	tm->tm_mon--;
	return text && (*text == 'T' || *text == ' ') ? text + 1 : NULL;
}

static const char *take_clock(const char *text, struct tm *tm, int64_t *ret_fraction_ns)
{
	text = take_number(text, 2, 0, 23, &tm->tm_hour);
	if (!text || *text != ':')
		return NULL;
	text = take_number(text + 1, 2, 0, 59, &tm->tm_min);
	if (!text || *text != ':')
		return text;
	text = take_number(text + 1, 2, 0, 60, &tm->tm_sec);
	if (text && (*text == '.' || *text == ',') && isdigit((unsigned char)text[1]))
		text = take_fraction(text + 1, ret_fraction_ns);
	return text;
}

const char *log_time_iso(const char *text, enum phases_zone zone, int64_t *ret_calendar_ns)
{
	struct tm tm = {0};
	int64_t fraction_ns = 0;
	int offset = 0;
	text = take_date(text, &tm);
	if (text)
		text = take_clock(text, &tm, &fraction_ns);
	if (!text)
		return NULL;
	const char *const rest = take_offset(text, &offset);
	int64_t seconds;
	if (!to_seconds(&tm, rest ? PHASES_UTC : zone, &seconds))
		return NULL;
	*ret_calendar_ns = (seconds - offset) * NS_PER_S + fraction_ns;
	return rest ? rest : text;
}

bool log_time_from_seconds(double seconds, int64_t *ret_calendar_ns)
{
	if (!(seconds >= 0 && seconds < (double)LAST_SECOND))
		return false;
	double whole;
	const double fraction = modf(seconds, &whole);
	/* A double of today's date resolves a quarter of a microsecond. */
	*ret_calendar_ns = (int64_t)whole * NS_PER_S + llround(fraction * 1e6) * NS_PER_US;
	return true;
}

/* Whether format holds one of the conversions in `letters`. */
static bool has_conversion(const char *format, const char *letters)
{
	for (const char *p = format; *p; p++) {
		if (*p != '%')
			continue;
		p++;
		while (*p && strchr("EO-_0^#", *p))
			p++;
		if (!*p)
			return false;
		if (strchr(letters, *p))
			return true;
	}
	return false;
}

int log_time_check(const char *format, struct error *err)
{
	if (strlen(format) >= TEXT_BYTES)
		return error_set(err, EINVAL, "longer than %d bytes; shorten it", TEXT_BYTES - 1);
	if (has_conversion(format, "Z"))
		return error_set(err, EINVAL,
		                 "%%Z cannot be read; use %%z for an offset, or time_zone");
	if (has_conversion(format, "s"))
		return 0;
	const bool has_day = has_conversion(format, "DFcx") ||
	                     (has_conversion(format, "Yy") &&
	                      (has_conversion(format, "j") ||
	                       (has_conversion(format, "mbBh") && has_conversion(format, "de"))));
	const bool has_clock = has_conversion(format, "TRrXc") ||
	                       (has_conversion(format, "HkIl") && has_conversion(format, "M"));
	if (has_day && has_clock)
		return 0;
	return error_set(
	        err, EINVAL,
	        "it does not say %s; write for example \"%%Y-%%m-%%d %%H:%%M:%%S.%%f\", or "
	        "%%s for seconds since 1970",
	        has_day ? "the time of the day" : "the day and the year");
}

/* One piece of a format, between fractions. %s is read here: strptime's goes through local time. */
static const char *take_piece(const char *text, const char *piece, struct tm *tm,
                              int64_t *ret_seconds)
{
	if (strcmp(piece, "%s") != 0)
		return strptime(text, piece, tm);
	int64_t seconds = 0;
	const char *p = text;
	for (; isdigit((unsigned char)*p) && seconds < LAST_SECOND; p++)
		seconds = seconds * 10 + (*p - '0');
	*ret_seconds = seconds;
	return p > text && seconds < LAST_SECOND ? p : NULL;
}

/* The length of the format's next piece: a fraction or an epoch by itself, or all up to there. */
static size_t piece_length(const char *format)
{
	for (const char *p = format; *p; p++) {
		if (*p != '%' || !p[1])
			continue;
		if (p[1] == 'f' || p[1] == 's')
			return p > format ? (size_t)(p - format) : 2;
		p++;
	}
	return strlen(format);
}

bool log_time_read(const char *text, const char *format, enum phases_zone zone,
                   int64_t *ret_calendar_ns)
{
	const bool has_offset = has_conversion(format, "z");
	struct tm tm = {.tm_mday = 1, .tm_year = 70};
	int64_t fraction_ns = 0;
	int64_t epoch = -1;
	while (text && *format) {
		char piece[TEXT_BYTES];
		const size_t length = piece_length(format);
		if (length >= sizeof piece)
			return false;
		memcpy(piece, format, length);
		piece[length] = '\0';
		text = strcmp(piece, "%f") == 0 ? take_fraction(text, &fraction_ns)
		                                : take_piece(text, piece, &tm, &epoch);
		format += length;
	}
	if (!text || *text)
		return false;
	int64_t seconds = epoch;
	if (epoch < 0) {
		const long offset = has_offset ? tm.tm_gmtoff : 0;
		if (!to_seconds(&tm, has_offset ? PHASES_UTC : zone, &seconds))
			return false;
		seconds -= offset;
	}
	*ret_calendar_ns = seconds * NS_PER_S + fraction_ns;
	return true;
}
