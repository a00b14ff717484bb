#include "core/hash.h"

#include <nettle/sha2.h>
#include <stdint.h>
#include <stdio.h>

void hash_sha256(const void *data, size_t data_bytes, char text[HASH_TEXT_BYTES])
{
	struct sha256_ctx context;
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_init(&context);
	sha256_update(&context, data_bytes, data);
	sha256_digest(&context, sizeof digest, digest);
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
}
