#include "used.h"

#include "core/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char used_program[] = "/usr/bin/made";

void used_init(struct used *used)
{
	*used = (struct used){.now_ns = 1000000000,
	                      .step_ns = 1000000,
	                      .process = {.pid = 7, .process = 7, .command = used_program}};
}

void used_release(struct used *used)
{
	io_profile_release(&used->profile);
	for (size_t i = 0; i < used->file_count; i++)
		free(used->files[i].path);
}

uint32_t used_file(struct used *used, const char *path, int64_t size_bytes)
{
	assert_true(used->file_count < USED_FILES);
	used->files[used->file_count] = (struct io_file){.path = strdup(path),
	                                                 .kind = IO_REGULAR,
	                                                 .size_bytes = size_bytes,
	                                                 .is_made = size_bytes < 0,
	                                                 .lives = 1};
	assert_non_null(used->files[used->file_count].path);
	return (uint32_t)used->file_count++;
}

static void take(struct used *used, struct io_operation operation)
{
	struct error err;
	operation.pid = used->process.pid;
	operation.at_ns = used->now_ns;
	operation.duration_ns = used->step_ns;
	used->now_ns += 2 * used->step_ns;
	assert_return_code(io_profile_operation(&used->profile, &operation,
	                                        &used->files[operation.file], &used->process, &err),
	                   0);
}

void used_do(struct used *used, uint32_t file, enum io_operation_kind kind, size_t times)
{
	for (size_t i = 0; i < times; i++)
		take(used,
		     (struct io_operation){.kind = kind, .file = file, .position = IO_UNKNOWN});
}

void used_open(struct used *used, uint32_t file)
{
	used_do(used, file, IO_OPEN, 1);
}

void used_make(struct used *used, uint32_t file)
{
	used->files[file].size_bytes = 0;
	used->files[file].is_made = true;
	used_do(used, file, IO_CREATE, 1);
}

void used_read(struct used *used, uint32_t file, int64_t position, int64_t bytes)
{
	take(used, (struct io_operation){.kind = IO_READ,
	                                 .file = file,
	                                 .position = position,
	                                 .asked = bytes,
	                                 .bytes = bytes});
}

void used_write(struct used *used, uint32_t file, int64_t position, int64_t bytes)
{
	struct io_file *const about = &used->files[file];
	if (position + bytes > about->size_bytes)
		about->size_bytes = position + bytes;
	take(used, (struct io_operation){.kind = IO_WRITE,
	                                 .file = file,
	                                 .position = position,
	                                 .asked = bytes,
	                                 .bytes = bytes});
}

void used_sweep(struct used *used, uint32_t file, int64_t head_bytes, size_t pieces,
                int64_t piece_bytes, int64_t read_bytes)
{
	used_make(used, file);
	used_write(used, file, 0, head_bytes);
	for (size_t i = 0; i < pieces; i++) {
		const int64_t size = used->files[file].size_bytes;
		used_do(used, file, IO_SEEK, 1);
		for (int64_t at = 0; at < size; at += read_bytes)
			used_read(used, file, at, size - at < read_bytes ? size - at : read_bytes);
		used_write(used, file, size, piece_bytes);
	}
}

void used_find(const struct used *used, struct io_findings *ret_findings)
{
	struct error err;
	assert_return_code(io_findings_build(&used->profile, used->files, used->file_count, NULL,
	                                     NULL, ret_findings, &err),
	                   0);
}

const struct io_pattern *used_pattern(const struct io_findings *findings, enum io_pattern_kind kind)
{
	for (size_t i = 0; i < findings->pattern_count; i++)
		if (findings->patterns[i].kind == kind)
			return &findings->patterns[i];
	return NULL;
}
