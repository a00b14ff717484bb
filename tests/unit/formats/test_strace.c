/* Lines of strace as its options and versions write them, and lines that are damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/strace/strace_log.h"
#include "formats/strace/strace_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void add_number(struct str *text, const char *name, int64_t value)
{
	if (value != IO_UNKNOWN)
		str_addf(text, " %s=%" PRId64, name, value);
}

static void add_path(struct str *text, const char *name, const char *path)
{
	if (path)
		str_addf(text, " %s=%s", name, path);
}

/* A call in one line: what is not known is left out. */
static int write_call(void *context, const struct io_call *call, struct error *err)
{
	(void)err;
	struct str *const text = context;
	str_addf(text, "%s%d %s", text->length > 0 ? "; " : "", (int)call->pid, call->name);
	add_number(text, "fd", call->fd);
	add_path(text, "is", call->fd_path);
	add_number(text, "other", call->other_fd);
	add_number(text, "folder", call->folder_fd);
	add_path(text, "in", call->folder_path);
	add_path(text, "path", call->path);
	add_path(text, "to", call->other_path);
	add_number(text, "count", call->count);
	add_number(text, "offset", call->offset);
	add_number(text, "size", call->size);
	if (call->flags)
		str_addf(text, " flags=%#" PRIo64, call->flags);
	if (call->kind == IO_CALL_SEEK)
		str_addf(text, " whence=%d", (int)call->whence);
	if (call->kind != IO_CALL_EXIT)
		str_addf(text, " = %" PRId64, call->result);
	if (call->error)
		str_addf(text, " error=%d", call->error);
	str_addf(text, "%s%s%s%s%s", call->is_cloexec ? " cloexec" : "",
	         call->is_write ? " write" : "", call->is_unlock ? " unlock" : "",
	         call->is_thread ? " thread" : "", call->shares_files ? " shared" : "");
	add_number(text, "at", call->at_ns);
	add_number(text, "for", call->duration_ns);
	return text->failed ? -ENOMEM : 0;
}

/* Reads the log in pieces of so many bytes. */
static void read_log(const char *log, size_t piece, struct str *calls,
                     struct strace_report *ret_report)
{
	struct error err;
	struct strace_log *const reader = strace_log_new(0, write_call, calls, &err);
	assert_non_null(reader);
	for (size_t i = 0, length = strlen(log); i < length; i += piece) {
		const size_t count = length - i < piece ? length - i : piece;
		assert_int_equal(strace_log_feed(reader, log + i, count, &err), 0);
	}
	assert_int_equal(strace_log_end(reader, &err), 0);
	*ret_report = *strace_log_report(reader);
	strace_log_free(reader);
}

static const struct {
	const char *log;
	const char *calls;
} lines[] = {
        {"read(3, \"abc\", 4096) = 3\n", "0 read fd=3 count=4096 = 3"},
        {"12 read(3, \"abc\", 4096) = 3\n", "12 read fd=3 count=4096 = 3"},
        {"[pid    12] read(3, \"abc\", 4096) = 3\n", "12 read fd=3 count=4096 = 3"},
        {"[pid 12<cat>] read(3, \"a\", 1) = 1\n", "12 read fd=3 count=1 = 1"},
        {"12<cat> read(3, \"a\", 1) = 1\n", "12 read fd=3 count=1 = 1"},
        /* Times. */
        {"12 1795227333.714731 read(3</a b>, \"\"..., 10) = 10 <0.000005>\n",
         "12 read fd=3 is=/a b count=10 = 10 at=1795227333714731000 for=5000"},
        {"01:02:03 close(3) = 0\n", "0 close fd=3 = 0 at=3723000000000"},
        {"01:02:03.5 close(3) = 0\n", "0 close fd=3 = 0 at=3723500000000"},
        {"12 1795227333 close(3) = 0\n", "12 close fd=3 = 0 at=1795227333000000000"},
        {"23:59:59 close(3) = 0\n00:00:01 close(4) = 0\n",
         "0 close fd=3 = 0 at=86399000000000; 0 close fd=4 = 0 at=86401000000000"},
        {"     0.000000 close(3) = 0\n     0.000250 close(4) = 0\n",
         "0 close fd=3 = 0 at=0; 0 close fd=4 = 0 at=250000"},
        {"01:02:03 (+     0.000250) close(3) = 0\n", "0 close fd=3 = 0 at=3723000000000"},
        {"[   3] [00007f2b1c0d3e5a] close(3) = 0\n", "0 close fd=3 = 0"},
        {"[????????????????] close(3) = 0\n", "0 close fd=3 = 0"},
        /* Opening, and strings. */
        {"openat(AT_FDCWD</w>, \"a\", O_RDONLY|O_CLOEXEC) = 3</w/a>\n",
         "0 openat is=/w/a in=/w path=a flags=02000000 = 3 cloexec"},
        {"openat(4, \"q\\n\\\"\\303\\251<3>\", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3\n",
         "0 openat folder=4 path=q\n\"\303\251<3> flags=01101 = 3"},
        {"open(\"\\x2f\\x61\", 0x8000) = -1 ENOENT (No such file or directory)\n",
         "0 open path=/a flags=0100000 = -1 error=2"},
        {"openat2(AT_FDCWD, \"a\", {flags=O_RDWR|O_APPEND, mode=0}, 24) = 3\n",
         "0 openat2 path=a flags=02002 = 3"},
        {"creat(\"a\", 0644) = 3\n", "0 creat path=a flags=01101 = 3"},
        {"read(8</t/q\\\"\\0743\\76>, \"),(\", 3) = 3\n", "0 read fd=8 is=/t/q\"<3> count=3 = 3"},
        {"close(3</a (deleted)>) = 0\n", "0 close fd=3 is=/a = 0"},
        {"close(3</a>(deleted)) = 0\n", "0 close fd=3 is=/a = 0"},
        {"write(1</dev/null<char 1:3>>, \"a\", 1) = 1\n", "0 write fd=1 is=/dev/null count=1 = 1"},
        {"read(5<TCP:[127.0.0.1:50->127.0.0.1:60]>, \"a\", 9) = 1\n",
         "0 read fd=5 is=TCP:[127.0.0.1:50->127.0.0.1:60] count=9 = 1"},
        /* Positions. */
        {"pread64(3, \"\"..., 784, 64) = 784\n", "0 pread64 fd=3 count=784 offset=64 = 784"},
        {"preadv2(3, [{iov_base=\"x,)\", iov_len=10}, {iov_base=\"\", iov_len=20}], 2, 5, 0) = "
         "30\n",
         "0 preadv2 fd=3 count=30 offset=5 = 30"},
        {"writev(3, [{iov_base=\"a\", iov_len=1}, {iov_base=\"bcd\", iov_len=3}], 2) = 4\n",
         "0 writev fd=3 count=4 = 4"},
        {"lseek(3, -5, SEEK_END) = 95\n", "0 lseek fd=3 offset=-5 whence=2 = 95"},
        {"_llseek(3, 10, [10], SEEK_SET) = 0\n", "0 _llseek fd=3 offset=10 whence=0 = 10"},
        {"sendfile(4, 3, [0] => [100], 800) = 100\n",
         "0 sendfile fd=3 other=4 count=800 offset=0 = 100"},
        {"copy_file_range(3, NULL, 4, NULL, 9, 0) = 9\n",
         "0 copy_file_range fd=3 other=4 count=9 = 9"},
        {"mmap(NULL, 100, PROT_READ|PROT_WRITE, MAP_SHARED, 3, 0x1000) = 0x7f0000000000\n",
         "0 mmap fd=3 count=100 offset=4096 = 139637976727552 write"},
        {"mmap(NULL, 8192, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7fb1e0fed000\n", ""},
        /* Descriptors, locks, files. */
        {"dup2(3</a>, 1</b>) = 1</a>\n", "0 dup2 fd=3 is=/a other=1 = 1"},
        {"fcntl(1, F_DUPFD_CLOEXEC, 10) = 11\n", "0 fcntl fd=1 other=11 = 11 cloexec"},
        {"fcntl(3, F_SETFD, FD_CLOEXEC) = 0\n", "0 fcntl fd=3 = 0 cloexec"},
        {"fcntl(3, F_GETFL) = 0x8000 (flags O_RDONLY|O_LARGEFILE)\n", ""},
        {"fcntl(3, F_SETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=5, l_len=1}) = 0\n",
         "0 fcntl fd=3 count=1 offset=5 = 0 write"},
        {"flock(3, LOCK_UN) = 0\n", "0 flock fd=3 = 0 unlock"},
        {"pipe2([3<pipe:[7]>, 4<pipe:[7]>], O_CLOEXEC) = 0\n",
         "0 pipe2 fd=3 is=pipe:[7] other=4 = 0 cloexec"},
        {"newfstatat(3</a>, \"\", {st_mode=S_IFREG|0644, st_size=51, ...}, AT_EMPTY_PATH) = 0\n",
         "0 newfstatat fd=3 is=/a size=51 = 0"},
        {"statx(AT_FDCWD, \"/a\", 0, STATX_ALL, {stx_mode=S_IFDIR|0755, stx_size=60, ...}) = 0\n",
         "0 statx path=/a size=60 = 0"},
        {"utimensat(3, NULL, NULL, 0) = 0\n", "0 utimensat fd=3 = 0"},
        {"renameat2(AT_FDCWD, \"a\", 5, \"b\", RENAME_EXCHANGE) = 0\n",
         "0 renameat2 path=a to=b flags=02 = 0"},
        {"getdents64(9, 0x55ed /* 9 entries */, 32768) = 240\n",
         "0 getdents64 fd=9 count=32768 = 240"},
        {"execve(\"/bin/a\", [\"a\", \"b)\"], 0x7ffd /* 37 vars */) = 0\n",
         "0 execve path=/bin/a = 0"},
        {"close_range(3, 4294967295, CLOSE_RANGE_UNSHARE) = 0\n",
         "0 close_range fd=3 other=2147483647 flags=02 = 0"},
        /* Calls in two pieces, as old and new versions write them. */
        {"1 read(3,  <unfinished ...>\n2 close(4) = 0\n1 <... read resumed>\"a\", 9) = 1\n",
         "2 close fd=4 = 0; 1 read fd=3 count=9 = 1"},
        {"1 read(3,  <unfinished ...>\n1 <... read resumed> \"a\", 9) = 1 <0.5>\n",
         "1 read fd=3 count=9 = 1 for=500000000"},
        {"1 close(3 <unfinished ...>\n1 <... close resumed>) = 0\n", "1 close fd=3 = 0"},
        /* A child before the end of the fork that makes it. */
        {"1 vfork( <unfinished ...>\n2 close(3) = 0\n1 <... vfork resumed>) = 2\n",
         "1 vfork = 2; 2 close fd=3 = 0"},
        {"1 clone( <unfinished ...>\n2 close(3) = 0\n"
         "1 <... clone resumed> child_stack=0, flags=CLONE_VM|CLONE_FILES|CLONE_THREAD) = 2\n",
         "1 clone flags=0202400 = 2 thread shared; 2 close fd=3 = 0"},
        {"1 vfork( <unfinished ...>\n5 close(9) = 0\n5 vfork( <unfinished ...>\n"
         "6 close(3) = 0\n1 <... vfork resumed>) = 5\n5 <... vfork resumed>) = 6\n",
         "1 vfork = 5; 5 close fd=9 = 0; 5 vfork = 6; 6 close fd=3 = 0"},
        {"1 clone( <unfinished ...>\n5 close(9) = 0\n5 clone( <unfinished ...>\n6 close(3) = 0\n"
         "5 <... clone resumed>flags=0) = 6\n5 close(8) = 0\n6 close(4) = 0\n"
         "1 <... clone resumed>flags=0) = 5\n",
         "1 clone = 5; 5 close fd=9 = 0; 5 clone = 6; 6 close fd=3 = 0; 5 close fd=8 = 0; "
         "6 close fd=4 = 0"},
        /* ... which the log does not tell the end of, or which its end makes impossible. */
        {"1 clone( <unfinished ...>\n5 close(9) = 0\n1 +++ killed by SIGKILL +++\n",
         "1 exit; 5 close fd=9 = 0"},
        {"1 clone( <unfinished ...>\n5 close(9) = 0\n", "5 close fd=9 = 0"},
        /* Without -o the first process has no number while it is alone. */
        {"close(3) = 0\nvfork(strace: Process 27 attached\n <unfinished ...>\n"
         "[pid 27] close(4) = 0\n[pid 26] <... vfork resumed>) = 27\n"
         "[pid 27] +++ exited with 0 +++\nclose(5) = 0\n",
         "0 close fd=3 = 0; 0 vfork = 27; 27 close fd=4 = 0; 27 exit; 0 close fd=5 = 0"},
        /* Ends. */
        {"1 close(3) = 0\n1 exit_group(0) = ?\n1 +++ exited with 0 +++\n",
         "1 close fd=3 = 0; 1 exit"},
        {"1 read(3,  <unfinished ...>\n1 +++ killed by SIGKILL +++\n", "1 exit"},
        {"1 close(3) = 0\n2 execve(\"/a\", [], [] <unfinished ...>\n"
         "1 +++ superseded by execve in pid 2 +++\n1 <... execve resumed>) = 0\n",
         "1 close fd=3 = 0; 2 exit; 1 execve path=/a = 0"},
        /* What does nothing to files. */
        {"--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED} ---\n", ""},
        {"strace: Process 12 attached\n", ""},
        {"read(3, 0x7ffe, 9) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)\n", ""},
        {"brk(NULL) = 0x55\n", ""},
        /* More than any call moves. */
        {"pread64(3, \"\", 9223372036854775807, 9223372036854775807) = 9223372036854775807\n",
         "0 pread64 fd=3 count=1152921504606846976 offset=1152921504606846976 = 2147483647"},
        {" > /usr/lib/libc.so.6(read+0x11) [0xf]\n", ""},
        {"io_uring_enter(3, 1, 0, 0, NULL, 8) = 1\n", ""},
};

static void each_line_is_read_as_it_is_meant(void **state)
{
	(void)state;
	static const size_t pieces[] = {1, 7, 1 << 20};
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		for (size_t j = 0; j < ARRAY_LENGTH(pieces); j++) {
			cleanup_str struct str calls = {0};
			struct strace_report report;
			read_log(lines[i].log, pieces[j], &calls, &report);
			assert_string_equal(str_text(&calls), lines[i].calls);
			assert_int_equal(report.unreadable, 0);
		}
	}
}

static void the_table_is_sorted(void **state)
{
	(void)state;
	for (size_t i = 0; i < strace_shape_count; i++) {
		const char *const name = strace_shapes[i].name;
		assert_ptr_equal(strace_shape_of(name, strlen(name)), &strace_shapes[i]);
	}
	assert_null(strace_shape_of("rea", 3));
	assert_null(strace_shape_of("reads", 5));
}

static void damaged_lines_are_told(void **state)
{
	(void)state;
	static const char *const damaged[] = {
	        "hello\n", "\001\002\n", "12 \n13 read\n", "<... read\n", "[pid x] read(3) = 1\n",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(damaged); i++) {
		cleanup_str struct str calls = {0};
		struct strace_report report;
		read_log(damaged[i], 3, &calls, &report);
		assert_string_equal(str_text(&calls), "");
		assert_true(report.unreadable > 0);
		assert_true(report.first_unreadable > 0);
	}
}

/* No call takes a path that is longer than PATH_MAX, in any of its places. */
static void endless_paths_are_told(void **state)
{
	(void)state;
	static const struct {
		const char *before;
		const char *behind;
	} places[] = {
	        {"1 openat(AT_FDCWD, \"", "\", O_RDONLY) = 3\n"},
	        {"1 rename(\"a\", \"", "\") = 0\n"},
	        {"1 read(3<", ">, \"\", 9) = 0\n"},
	        {"1 unlinkat(4<", ">, \"a\", 0) = 0\n"},
	        {"1 open(\"a\", O_RDONLY) = 3<", ">\n"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		for (int is_endless = 0; is_endless < 2; is_endless++) {
			cleanup_str struct str log = {0};
			cleanup_str struct str calls = {0};
			struct strace_report report;
			str_addf(&log, "1 close(9) = 0\n%s", places[i].before);
			for (int j = 0; j < (is_endless ? 2100 : 2047); j++)
				str_add(&log, "/a");
			str_add(&log, places[i].behind);
			read_log(log.text, 1 << 20, &calls, &report);
			assert_int_equal(report.calls, is_endless ? 1 : 2);
			assert_int_equal(report.unreadable, is_endless);
			assert_int_equal(report.first_unreadable, is_endless ? 2 : 0);
		}
	}
}

/* Every beginning of every line, and every line with one letter changed, is read without a fault.
 */
static void no_damage_is_fatal(void **state)
{
	(void)state;
	static const char letters[] = "<>\"\\)(,[]{} =?0\n";
	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		const size_t length = strlen(lines[i].log);
		for (size_t cut = 0; cut < length; cut++) {
			char text[1024];
			assert_true(length < sizeof text);
			memcpy(text, lines[i].log, length + 1);
			text[cut] = letters[(i + cut) % (sizeof letters - 1)];
			cleanup_str struct str calls = {0};
			struct strace_report report;
			read_log(text, 1 << 20, &calls, &report);
			text[cut] = '\0';
			read_log(text, 1 << 20, &calls, &report);
		}
	}
}

static int refuse(void *context, const struct io_call *call, struct error *err)
{
	(void)context;
	(void)call;
	return error_set(err, ENOSPC, "no room");
}

static void the_taker_ends_the_reading(void **state)
{
	(void)state;
	static const char text[] = "close(3) = 0\nclose(4) = 0\n";
	struct error err;
	struct strace_log *const log = strace_log_new(0, refuse, NULL, &err);
	assert_int_equal(strace_log_feed(log, text, strlen(text), &err), -ENOSPC);
	assert_string_equal(err.text, "no room");
	strace_log_free(log);
	strace_log_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(each_line_is_read_as_it_is_meant),
	        cmocka_unit_test(the_table_is_sorted),
	        cmocka_unit_test(damaged_lines_are_told),
	        cmocka_unit_test(endless_paths_are_told),
	        cmocka_unit_test(no_damage_is_fatal),
	        cmocka_unit_test(the_taker_ends_the_reading),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
