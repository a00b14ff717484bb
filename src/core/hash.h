/* SHA-256 (FIPS 180-4), through nettle; and FNV-1a, for tables in memory. */
#ifndef CORE_HASH_H
#define CORE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct error;

enum { HASH_TEXT_BYTES = 65 };

/* The SHA-256 of data in lower-case hexadecimal. */
void hash_sha256(const void *data, size_t data_bytes, char text[HASH_TEXT_BYTES]);

/* The same in Base64, as HTML's policies write it. */
enum { HASH_BASE64_BYTES = 45 };
void hash_sha256_base64(const void *data, size_t data_bytes, char text[HASH_BASE64_BYTES]);

/* The SHA-256 of a whole file in hexadecimal. Returns 0 or -errno. */
int hash_sha256_file(const char *path, char text[HASH_TEXT_BYTES], struct error *err);

/* FNV-1a (Fowler, Noll, Vo) with 64 bits over a text and its end: texts that are taken one after
 * another are told apart where one ends. Goes on from hash, HASH_FNV1A_BEGIN at first. */
#define HASH_FNV1A_BEGIN UINT64_C(0xcbf29ce484222325)
uint64_t hash_fnv1a(uint64_t hash, const char *text);

/* Of count bytes, and no end. */
uint64_t hash_fnv1a_bytes(uint64_t hash, const char *bytes, size_t count);

#endif
