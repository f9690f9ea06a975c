/* SPDX-License-Identifier: MIT
 *
 * The coding "br" for impl/wire/coding (core/brotli.go).
 */
#ifndef LWSGO_BROTLI_H
#define LWSGO_BROTLI_H

#include <stddef.h>
#include <stdint.h>

enum { LWSGO_BROTLI_OK, LWSGO_BROTLI_MORE, LWSGO_BROTLI_OVER, LWSGO_BROTLI_CORRUPT, LWSGO_BROTLI_NO_MEMORY };

struct lwsgo_brotli {
	size_t made, used; /* bytes of out and in */
	int state;
};

#define LWSGO_BROTLI_FN __attribute__((visibility("hidden")))

/* 0: the library is not there, why says it. Never at the same time. */
LWSGO_BROTLI_FN int lwsgo_brotli_load(int decoder, char *why, size_t room);
LWSGO_BROTLI_FN void *lwsgo_brotli_encoder(void);
LWSGO_BROTLI_FN struct lwsgo_brotli
lwsgo_brotli_encode(void *e, uint8_t *out, size_t n_out, const uint8_t *in, size_t n_in, int end);
LWSGO_BROTLI_FN void lwsgo_brotli_encoder_free(void *e);
LWSGO_BROTLI_FN void *lwsgo_brotli_decoder(void);
LWSGO_BROTLI_FN struct lwsgo_brotli
lwsgo_brotli_decode(void *d, uint8_t *out, size_t n_out, const uint8_t *in, size_t n_in);
LWSGO_BROTLI_FN void lwsgo_brotli_decoder_free(void *d);

#endif
