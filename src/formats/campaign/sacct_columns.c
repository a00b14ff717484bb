#include "formats/campaign/sacct_parts.h"

#include "core/array.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

const char *const sacct_field_names[SACCT_FIELDS] = {
        [SACCT_JOB_ID] = "JobID",
        [SACCT_JOB_NAME] = "JobName",
        [SACCT_CLUSTER] = "Cluster",
        [SACCT_STATE] = "State",
        [SACCT_ELAPSED] = "Elapsed",
        [SACCT_ELAPSED_RAW] = "ElapsedRaw",
        [SACCT_TOTAL_CPU] = "TotalCPU",
        [SACCT_USER_CPU] = "UserCPU",
        [SACCT_SYSTEM_CPU] = "SystemCPU",
        [SACCT_MAX_RSS] = "MaxRSS",
        [SACCT_ALLOC_CPUS] = "AllocCPUS",
        [SACCT_N_CPUS] = "NCPUS",
        [SACCT_START] = "Start",
        [SACCT_SUBMIT] = "Submit",
        [SACCT_RESTARTS] = "Restarts",
        [SACCT_PARTITION] = "Partition",
        [SACCT_QOS] = "QOS",
        [SACCT_ACCOUNT] = "Account",
        [SACCT_NODE_LIST] = "NodeList",
        [SACCT_N_NODES] = "NNodes",
        [SACCT_REQ_MEM] = "ReqMem",
        [SACCT_MAX_DISK_READ] = "MaxDiskRead",
        [SACCT_MAX_DISK_WRITE] = "MaxDiskWrite",
        [SACCT_MAX_PAGES] = "MaxPages",
};

/* Nobody escapes a delimiter in these. */
static const char *const free_names[] = {
        "AdminComment", "Comment", "Container",  "Extra",         "Reason", "StdErr",
        "StdIn",        "StdOut",  "SubmitLine", "SystemComment", "WCKey",  "WorkDir",
};

static uint8_t find_field(const char *text, size_t length)
{
	for (size_t i = 0; i < SACCT_FIELDS; i++)
		if (strlen(sacct_field_names[i]) == length &&
		    strncasecmp(sacct_field_names[i], text, length) == 0)
			return (uint8_t)i;
	for (size_t i = 0; i < ARRAY_LENGTH(free_names); i++)
		if (strlen(free_names[i]) == length &&
		    strncasecmp(free_names[i], text, length) == 0)
			return SACCT_FREE;
	return SACCT_OTHER;
}

static size_t word_length(const char *text)
{
	size_t length = 0;
	while (isalnum((unsigned char)text[length]) || text[length] == '/')
		length++;
	return length;
}

/* What stands between the first two names; a single column has none. False: too long. */
static bool find_delimiter(struct sacct_columns *columns, const char *header)
{
	const char *const begin = header + word_length(header);
	size_t length = 0;
	while (begin[length] && !isalnum((unsigned char)begin[length]) &&
	       !(length > 0 && begin[0] == ' '))
		length++;
	if (length == 0 || length >= SACCT_DELIMITER_BYTES)
		return false;
	memcpy(columns->delimiter, begin, length);
	columns->delimiter[length] = '\0';
	return true;
}

static bool add_column(struct sacct_columns *columns, const char *name, size_t length)
{
	if (columns->count == SACCT_MOST_COLUMNS)
		return false;
	const uint8_t field = find_field(name, length);
	const size_t column = columns->count++;
	columns->fields[column] = field;
	if (field < SACCT_FIELDS && columns->of[field] == SIZE_MAX)
		columns->of[field] = column;
	if (field == SACCT_FREE || field == SACCT_JOB_NAME) {
		columns->free_count++;
		columns->free_column = column;
	}
	return true;
}

enum sacct_header sacct_columns_read(struct sacct_columns *columns, const char *header)
{
	*columns = (struct sacct_columns){0};
	for (size_t i = 0; i < SACCT_FIELDS; i++)
		columns->of[i] = SIZE_MAX;
	while (*header == ' ')
		header++;
	if (!isalpha((unsigned char)*header) || !find_delimiter(columns, header))
		return SACCT_HEADER_NONE;
	const bool is_fixed = columns->delimiter[0] == ' ';
	const size_t step = strlen(columns->delimiter);
	for (const char *p = header; *p;) {
		const size_t length = word_length(p);
		if (length == 0)
			return SACCT_HEADER_NONE;
		if (!add_column(columns, p, length))
			return SACCT_HEADER_TOO_MANY;
		p += length;
		if (is_fixed) {
			p += strspn(p, " ");
			continue;
		}
		if (!*p)
			break;
		if (strncmp(p, columns->delimiter, step) != 0)
			return SACCT_HEADER_NONE;
		p += step;
		columns->has_last = !*p;
	}
	if (is_fixed)
		columns->delimiter[0] = '\0';
	return columns->of[SACCT_JOB_ID] == SIZE_MAX ? SACCT_HEADER_NONE : SACCT_HEADER_READ;
}

bool sacct_columns_rule(struct sacct_columns *columns, const char *header, const char *rule)
{
	size_t count = 0;
	for (const char *p = rule; *p;) {
		const size_t length = strspn(p, "-");
		if (length == 0 || count == columns->count)
			return false;
		columns->begins[count] = (size_t)(p - rule);
		columns->lengths[count++] = length;
		p += length;
		p += strspn(p, " ");
	}
	return count == columns->count && strlen(header) > 0;
}

static char *trim(char *cell)
{
	cell += strspn(cell, " ");
	for (size_t length = strlen(cell); length > 0 && cell[length - 1] == ' '; length--)
		cell[length - 1] = '\0';
	return cell;
}

static size_t split_fixed(const struct sacct_columns *columns, char *row,
                          char *cells[SACCT_MOST_COLUMNS + 1])
{
	static char nothing[] = "";
	const size_t length = strlen(row);
	/* What stands in the blanks between columns pushed the others aside. */
	for (size_t i = 1; i < columns->count; i++)
		if (columns->begins[i] - 1 < length && row[columns->begins[i] - 1] != ' ')
			return 0;
	for (size_t i = columns->count; i-- > 0;) {
		const size_t end = columns->begins[i] + columns->lengths[i];
		if (end < length)
			row[end] = '\0';
		cells[i] = columns->begins[i] < length ? trim(row + columns->begins[i]) : nothing;
	}
	return columns->count;
}

/* Puts the cells that are too many back into the only one that may hold delimiters. */
static size_t join_free(const struct sacct_columns *columns, char *cells[SACCT_MOST_COLUMNS + 1],
                        size_t count)
{
	const size_t surplus = count - columns->count;
	const size_t step = strlen(columns->delimiter);
	const size_t first = columns->free_column;
	for (size_t i = 1; i <= surplus; i++)
		memcpy(cells[first + i] - step, columns->delimiter, step);
	for (size_t i = first + 1; i < columns->count; i++)
		cells[i] = cells[i + surplus];
	return columns->count;
}

size_t sacct_columns_split(const struct sacct_columns *columns, char *row,
                           char *cells[SACCT_MOST_COLUMNS + 1])
{
	const size_t step = strlen(columns->delimiter);
	size_t count = 0;
	if (step == 0)
		return split_fixed(columns, row, cells);
	for (char *p = row; count <= SACCT_MOST_COLUMNS;) {
		char *const end = strstr(p, columns->delimiter);
		cells[count++] = p;
		if (!end)
			break;
		*end = '\0';
		p = end + step;
		if (columns->has_last && !*p)
			break;
	}
	if (count > columns->count && count <= SACCT_MOST_COLUMNS && columns->free_count == 1)
		return join_free(columns, cells, count);
	return count;
}
