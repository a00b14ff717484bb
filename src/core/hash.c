#include "core/hash.h"

#include "core/cleanup.h"
#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK_BYTES = 1 << 18 };

static void write_digest(struct sha256_ctx *context, char text[HASH_TEXT_BYTES])
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_digest(context, sizeof digest, digest);
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

void hash_sha256(const void *data, size_t data_bytes, char text[HASH_TEXT_BYTES])
{
	struct sha256_ctx context;
	sha256_init(&context);
	sha256_update(&context, data_bytes, data);
	write_digest(&context, text);
}

void hash_sha256_base64(const void *data, size_t data_bytes, char text[HASH_BASE64_BYTES])
{
	struct sha256_ctx context;
	uint8_t digest[SHA256_DIGEST_SIZE];
	_Static_assert(BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) < HASH_BASE64_BYTES, "room");
	sha256_init(&context);
	sha256_update(&context, data_bytes, data);
	sha256_digest(&context, sizeof digest, digest);
	base64_encode_raw(text, sizeof digest, digest);
	text[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE)] = '\0';
}

int hash_sha256_file(const char *path, char text[HASH_TEXT_BYTES], struct error *err)
{
	cleanup_close const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return error_system(err, errno, "cannot read %s", path);
	cleanup_free uint8_t *chunk = malloc(CHUNK_BYTES);
	if (!chunk)
		return error_memory(err);
	struct sha256_ctx context;
	sha256_init(&context);
	ssize_t got;
	while ((got = read(fd, chunk, CHUNK_BYTES)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_system(err, errno, "cannot read %s", path);
		sha256_update(&context, (size_t)got, chunk);
	}
	write_digest(&context, text);
	return 0;
}

uint64_t hash_fnv1a_bytes(uint64_t hash, const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(0x100000001b3);
	return hash;
}

uint64_t hash_fnv1a(uint64_t hash, const char *text)
{
	return hash_fnv1a_bytes(hash, text, strlen(text) + 1);
}
