/* A task that reads its file again and again, for tests of `plateau io`: it writes a head, and then
 * appends pieces, each after it has gone to the start of the file and read all that is in it.
 *
 *   sweeps FILE PIECES [HEAD_BYTES [PIECE_BYTES]]
 *
 * Prints what it did, worked out by itself: "size BYTES read BYTES written BYTES reads N writes N
 * seeks N", for a test to hold against. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAD_BYTES = 11520, PIECE_BYTES = 2880, BUFFER_BYTES = 1 << 16, MOST_BYTES = 1 << 20 };

struct done {
	long long size;
	long long read;
	long long written;
	long reads;
	long writes;
	long seeks;
};

static void fail(const char *what)
{
	fprintf(stderr, "sweeps: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void append(int fd, const char *data, size_t bytes, struct done *done)
{
	if (write(fd, data, bytes) != (ssize_t)bytes)
		fail("write");
	done->size += (long long)bytes;
	done->written += (long long)bytes;
	done->writes++;
}

/* Reads what is there and not one call more, so that what a call did is known. */
static void read_all(int fd, struct done *done)
{
	static char buffer[BUFFER_BYTES];
	if (lseek(fd, 0, SEEK_SET) != 0)
		fail("lseek");
	done->seeks++;
	for (long long at = 0; at < done->size;) {
		const ssize_t bytes = read(fd, buffer, sizeof buffer);
		if (bytes <= 0)
			fail("read");
		at += bytes;
		done->read += bytes;
		done->reads++;
	}
}

static size_t number(int argc, char **argv, int index, size_t fallback)
{
	const long value = index < argc ? strtol(argv[index], NULL, 10) : (long)fallback;
	return value > 0 && value <= MOST_BYTES ? (size_t)value : fallback;
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: sweeps FILE PIECES [HEAD_BYTES [PIECE_BYTES]]\n");
		return 2;
	}
	const size_t pieces = number(argc, argv, 2, 1);
	const size_t head_bytes = number(argc, argv, 3, HEAD_BYTES);
	const size_t piece_bytes = number(argc, argv, 4, PIECE_BYTES);
	char *const data = calloc(1, MOST_BYTES);
	struct done done = {0};
	const int fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0666);
	if (fd < 0 || !data)
		fail(argv[1]);
	append(fd, data, head_bytes, &done);
	for (size_t i = 0; i < pieces; i++) {
		read_all(fd, &done);
		append(fd, data, piece_bytes, &done);
	}
	close(fd);
	free(data);
	printf("size %lld read %lld written %lld reads %ld writes %ld seeks %ld\n", done.size,
	       done.read, done.written, done.reads, done.writes, done.seeks);
	return 0;
}
