/* SHA-256 (FIPS 180-4), through nettle. */
#ifndef CORE_HASH_H
#define CORE_HASH_H

#include <stddef.h>

struct error;

enum { HASH_TEXT_BYTES = 65 };

/* The SHA-256 of data in lower-case hexadecimal. */
void hash_sha256(const void *data, size_t data_bytes, char text[HASH_TEXT_BYTES]);

/* The same in Base64, as HTML's policies write it. */
enum { HASH_BASE64_BYTES = 45 };
void hash_sha256_base64(const void *data, size_t data_bytes, char text[HASH_BASE64_BYTES]);

/* The SHA-256 of a whole file in hexadecimal. Returns 0 or -errno. */
int hash_sha256_file(const char *path, char text[HASH_TEXT_BYTES], struct error *err);

#endif
