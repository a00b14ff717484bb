#include "core/array.h"
#include "formats/strace/strace_parts.h"

#include <string.h>

/* Numbers of x86-64, as in strace_names.c. */
enum { FLAG_CREAT_TRUNC_WRONLY = 01101, FLAG_CLOEXEC = 02000000 };
enum { FLAG_CLONE_FS = 0x200, FLAG_CLONE_FILES = 0x400, FLAG_CLONE_THREAD = 0x10000 };
enum { FLAG_RANGE_CLOEXEC = 4 };

static char *argument(const struct strace_arguments *arguments, size_t number)
{
	static char none[1];
	return number > 0 && number <= arguments->count ? arguments->text[number - 1] : none;
}

/* ---- What many calls have ---------------------------------------------------------------- */

/* Bytes of [{iov_base="abc", iov_len=3}, ...]; IO_UNKNOWN where strace left some out. */
static int64_t vector_bytes(const char *text)
{
	int64_t bytes = 0;
	size_t pieces = 0;
	for (const char *at = strstr(text, "iov_len="); at; at = strstr(at + 8, "iov_len=")) {
		const int64_t length = strace_number(at + 8);
		if (length < 0 || __builtin_add_overflow(bytes, length, &bytes))
			return IO_UNKNOWN;
		pieces++;
	}
	const size_t length = strlen(text);
	const bool is_cut = length > 4 && memcmp(text + length - 4, "...]", 4) == 0;
	return pieces == 0 || is_cut ? IO_UNKNOWN : bytes;
}

/* {st_mode=S_IFREG|0644, st_size=51971, ...}, or stx_mode and stx_size. */
static void take_status(const char *text, struct io_call *call)
{
	static const struct {
		const char *name;
		enum io_file_kind kind;
	} kinds[] = {{"S_IFREG", IO_REGULAR}, {"S_IFDIR", IO_FOLDER}, {"S_IFIFO", IO_PIPE},
	             {"S_IFSOCK", IO_SOCKET}, {"S_IFCHR", IO_DEVICE}, {"S_IFBLK", IO_DEVICE}};
	const char *size = strace_field(text, "st_size");
	size = size ? size : strace_field(text, "stx_size");
	const char *mode = strace_field(text, "st_mode");
	mode = mode ? mode : strace_field(text, "stx_mode");
	if (size && call->error == 0)
		call->size = strace_number(size);
	for (size_t i = 0; mode && i < ARRAY_LENGTH(kinds); i++) {
		if (strncmp(mode, kinds[i].name, strlen(kinds[i].name)) == 0)
			call->file_kind = (int32_t)kinds[i].kind;
	}
}

static void take_folder(char *text, int32_t *ret_fd, const char **ret_path)
{
	const struct strace_descriptor folder = strace_descriptor(text, NULL);
	*ret_fd = folder.fd;
	*ret_path = folder.path;
}

/* A path that is empty stands for the descriptor beside it (AT_EMPTY_PATH). */
static void mind_empty_path(struct io_call *call)
{
	if (!call->path || *call->path != '\0' || call->folder_fd == IO_UNKNOWN)
		return;
	call->path = NULL;
	call->fd = call->folder_fd;
	call->fd_path = call->folder_path;
	call->folder_fd = IO_UNKNOWN;
	call->folder_path = NULL;
}

/* No file is larger than 1 EiB, and what a damaged log says of one must add up without overflow. */
static int64_t bounded(int64_t number)
{
	static const int64_t most = (int64_t)1 << 60;
	return number > most ? most : number < -most ? -most : number;
}

static void bound_numbers(struct io_call *call)
{
	int64_t *const numbers[] = {&call->result, &call->count, &call->offset, &call->other_offset,
	                            &call->size};
	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
		*numbers[i] = bounded(*numbers[i]);
	/* No call moves more than 2 GiB, or maps more than the addresses of a process. */
	static const int64_t most_moved = INT32_MAX;
	static const int64_t most_mapped = (int64_t)1 << 47;
	const bool is_move = call->kind == IO_CALL_READ || call->kind == IO_CALL_PREAD ||
	                     call->kind == IO_CALL_WRITE || call->kind == IO_CALL_PWRITE ||
	                     call->kind == IO_CALL_COPY;
	if (is_move && call->result > most_moved)
		call->result = most_moved;
	if (call->kind == IO_CALL_MMAP && call->count > most_mapped)
		call->count = most_mapped;
}

bool strace_fill(const struct strace_shape *shape, const struct strace_arguments *arguments,
                 struct io_call *call)
{
	call->kind = shape->kind;
	if (shape->fd > 0)
		take_folder(argument(arguments, shape->fd), &call->fd, &call->fd_path);
	if (shape->other_fd > 0)
		take_folder(argument(arguments, shape->other_fd), &call->other_fd,
		            &call->other_fd_path);
	if (shape->folder > 0)
		take_folder(argument(arguments, shape->folder), &call->folder_fd,
		            &call->folder_path);
	if (shape->other_folder > 0)
		take_folder(argument(arguments, shape->other_folder), &call->other_folder_fd,
		            &call->other_folder_path);
	if (shape->count > 0)
		call->count = strace_number(argument(arguments, shape->count));
	if (shape->vector > 0)
		call->count = vector_bytes(argument(arguments, shape->vector));
	if (shape->offset > 0)
		call->offset = strace_number(argument(arguments, shape->offset));
	if (shape->flags > 0) {
		call->flags = strace_flags(argument(arguments, shape->flags));
		call->is_cloexec = (call->flags & FLAG_CLOEXEC) != 0;
	}
	if (shape->status > 0)
		take_status(argument(arguments, shape->status), call);
	/* Strings last: unescaping changes the text. */
	if (shape->path > 0)
		call->path = strace_string(argument(arguments, shape->path));
	if (shape->other_path > 0)
		call->other_path = strace_string(argument(arguments, shape->other_path));
	if (shape->more && !shape->more(arguments, call))
		return false;
	mind_empty_path(call);
	/* utimensat(3, NULL, ...) means the descriptor. */
	if (shape->folder > 0 && !call->path && call->fd == IO_UNKNOWN) {
		call->fd = call->folder_fd;
		call->fd_path = call->folder_path;
		call->folder_fd = IO_UNKNOWN;
		call->folder_path = NULL;
	}
	bound_numbers(call);
	return true;
}

/* ---- What single calls have -------------------------------------------------------------- */

static bool is_named(const char *text, const char *name)
{
	return strncmp(text, name, strlen(name)) == 0;
}

bool strace_more_fcntl(const struct strace_arguments *arguments, struct io_call *call)
{
	const char *const command = argument(arguments, 2);
	const char *const third = argument(arguments, 3);
	if (is_named(command, "F_DUPFD")) {
		call->kind = IO_CALL_DUP;
		call->other_fd = (int32_t)call->result;
		call->is_cloexec = is_named(command, "F_DUPFD_CLOEXEC");
		return true;
	}
	if (is_named(command, "F_SETFD")) {
		call->kind = IO_CALL_CLOEXEC;
		call->is_cloexec = strstr(third, "FD_CLOEXEC") != NULL || strace_number(third) == 1;
		return true;
	}
	if (is_named(command, "F_SETFL")) {
		call->kind = IO_CALL_STATUS;
		call->flags = strace_flags(third);
		return true;
	}
	if (!is_named(command, "F_SETLK") && !is_named(command, "F_OFD_SETLK"))
		return false;
	const char *const type = strace_field(third, "l_type");
	const char *const start = strace_field(third, "l_start");
	const char *const length = strace_field(third, "l_len");
	call->is_unlock = type && is_named(type, "F_UNLCK");
	call->is_write = type && is_named(type, "F_WRLCK");
	call->offset = start ? strace_number(start) : IO_UNKNOWN;
	call->count = length ? strace_number(length) : IO_UNKNOWN;
	return true;
}

bool strace_more_flock(const struct strace_arguments *arguments, struct io_call *call)
{
	const char *const how = argument(arguments, 2);
	call->is_unlock = strstr(how, "LOCK_UN") != NULL;
	call->is_write = strstr(how, "LOCK_EX") != NULL;
	return true;
}

static int32_t whence_of(const char *text)
{
	static const char *const names[] = {"SEEK_SET", "SEEK_CUR", "SEEK_END", "SEEK_DATA",
	                                    "SEEK_HOLE"};
	for (int32_t i = 0; i < (int32_t)ARRAY_LENGTH(names); i++) {
		if (is_named(text, names[i]))
			return i;
	}
	return (int32_t)strace_number(text);
}

bool strace_more_lseek(const struct strace_arguments *arguments, struct io_call *call)
{
	call->whence = whence_of(argument(arguments, 3));
	return true;
}

/* _llseek(3, 10, [10], SEEK_CUR) = 0: the new position is in brackets. */
bool strace_more_llseek(const struct strace_arguments *arguments, struct io_call *call)
{
	call->whence = whence_of(argument(arguments, 4));
	const char *const position = argument(arguments, 3);
	if (call->error == 0 && *position == '[')
		call->result = strace_number(position + 1);
	return true;
}

bool strace_more_mmap(const struct strace_arguments *arguments, struct io_call *call)
{
	if (call->fd == IO_UNKNOWN || strstr(argument(arguments, 4), "MAP_ANON"))
		return false;
	call->is_write = strstr(argument(arguments, 4), "MAP_SHARED") != NULL &&
	                 strstr(argument(arguments, 3), "PROT_WRITE") != NULL;
	return true;
}

/* pipe2([3<pipe:[1]>, 4<pipe:[1]>], O_CLOEXEC); socketpair has the pair behind three others. */
bool strace_more_pipe(const struct strace_arguments *arguments, struct io_call *call)
{
	const bool is_pair = is_named(call->name, "socketpair");
	char *const pair = argument(arguments, is_pair ? 4 : 1);
	if (call->error != 0 || *pair != '[')
		return false;
	char *rest = NULL;
	const struct strace_descriptor first = strace_descriptor(pair + 1, &rest);
	if (*rest != ',')
		return false;
	const struct strace_descriptor second =
	        strace_descriptor(rest + 1 + strspn(rest + 1, " "), NULL);
	call->fd = first.fd;
	call->fd_path = first.path;
	call->other_fd = second.fd;
	call->other_fd_path = second.path;
	call->file_kind = is_pair ? IO_SOCKET : IO_PIPE;
	call->is_cloexec = strstr(argument(arguments, 2), "CLOEXEC") != NULL;
	return call->fd != IO_UNKNOWN && call->other_fd != IO_UNKNOWN;
}

/* dup(3) = 4, dup2(3, 1) = 1, dup3(3, 1, O_CLOEXEC) = 1. */
bool strace_more_dup(const struct strace_arguments *arguments, struct io_call *call)
{
	(void)arguments;
	call->other_fd = (int32_t)call->result;
	return true;
}

/* clone(child_stack=NULL, flags=...|SIGCHLD, ...), clone3({flags=..., ...}, 88); fork and vfork
 * have none. The flags of an old log may stand in its second half alone. */
bool strace_more_clone(const struct strace_arguments *arguments, struct io_call *call)
{
	uint64_t flags = 0;
	for (size_t i = 0; i < arguments->count; i++) {
		const char *const text = strace_field(arguments->text[i], "flags");
		if (text)
			flags = strace_flags(text);
	}
	call->flags = flags;
	call->is_thread = (flags & FLAG_CLONE_THREAD) != 0;
	call->shares_files = (flags & FLAG_CLONE_FILES) != 0;
	call->shares_folder = (flags & FLAG_CLONE_FS) != 0;
	return true;
}

bool strace_more_unshare(const struct strace_arguments *arguments, struct io_call *call)
{
	call->flags = strace_flags(argument(arguments, 1));
	call->shares_files = (call->flags & FLAG_CLONE_FILES) == 0;
	call->shares_folder = (call->flags & FLAG_CLONE_FS) == 0;
	return !call->shares_files || !call->shares_folder;
}

bool strace_more_creat(const struct strace_arguments *arguments, struct io_call *call)
{
	(void)arguments;
	call->flags = FLAG_CREAT_TRUNC_WRONLY;
	return true;
}

bool strace_more_openat2(const struct strace_arguments *arguments, struct io_call *call)
{
	const char *const text = strace_field(argument(arguments, 3), "flags");
	call->flags = text ? strace_flags(text) : 0;
	call->is_cloexec = (call->flags & FLAG_CLOEXEC) != 0;
	return true;
}

/* NULL: at the descriptor's position; [4096] or [4096] => [8192]: there. */
static int64_t offset_in(const char *text)
{
	return *text == '[' ? strace_number(text + 1) : IO_UNKNOWN;
}

bool strace_more_sendfile(const struct strace_arguments *arguments, struct io_call *call)
{
	call->offset = offset_in(argument(arguments, 3));
	return true;
}

bool strace_more_copy(const struct strace_arguments *arguments, struct io_call *call)
{
	call->offset = offset_in(argument(arguments, 2));
	call->other_offset = offset_in(argument(arguments, 4));
	return true;
}

bool strace_more_close_range(const struct strace_arguments *arguments, struct io_call *call)
{
	const int64_t first = strace_number(argument(arguments, 1));
	const int64_t last = strace_number(argument(arguments, 2));
	call->fd = first < 0 || first > INT32_MAX ? INT32_MAX : (int32_t)first;
	call->fd_path = NULL;
	call->other_fd = last < 0 || last > INT32_MAX ? INT32_MAX : (int32_t)last;
	call->is_cloexec = (call->flags & FLAG_RANGE_CLOEXEC) != 0;
	return true;
}

/* An offset of -1 means the descriptor's position. */
bool strace_more_preadv2(const struct strace_arguments *arguments, struct io_call *call)
{
	(void)arguments;
	if (call->offset == -1)
		call->kind = call->kind == IO_CALL_PREAD ? IO_CALL_READ : IO_CALL_WRITE;
	return true;
}

bool strace_more_socket(const struct strace_arguments *arguments, struct io_call *call)
{
	for (size_t i = 0; i < arguments->count; i++)
		call->is_cloexec = call->is_cloexec || strstr(arguments->text[i], "CLOEXEC");
	call->file_kind = is_named(call->name, "socket") || is_named(call->name, "accept")
	                          ? IO_SOCKET
	                          : IO_NO_FILE;
	return true;
}
