/* SPDX-License-Identifier: MIT
 *
 * Google's brotli library, looked for when it is needed: who never meets the coding
 * "br" does not load it, and a machine may lack it. C because of reason 5: what only
 * passes on, to functions that dlsym() finds.
 */
#define _GNU_SOURCE
#include "brotli.h"
#include <dlfcn.h>
#include <stdio.h>

/* Of its interface, encode.h and decode.h, what is used. */
typedef void *(*memory_fn)(void *, size_t);
typedef void (*free_fn)(void *, void *);

static struct {
	void *(*create)(memory_fn, free_fn, void *);
	int (*set)(void *, int, uint32_t);
	int (*run)(void *, int, size_t *, const uint8_t **, size_t *, uint8_t **, size_t *);
	int (*more)(void *);
	void (*destroy)(void *);
} enc;

static struct {
	void *(*create)(memory_fn, free_fn, void *);
	int (*run)(void *, size_t *, const uint8_t **, size_t *, uint8_t **, size_t *);
	int (*error)(void *);
	void (*destroy)(void *);
} dec;

enum { OP_FLUSH = 1, OP_FINISH = 2 };
enum { PARAM_QUALITY = 1, PARAM_LGWIN = 2 };
enum { RESULT_ERROR, RESULT_SUCCESS };
enum { FIRST_ALLOC_ERROR = -21, LAST_ALLOC_ERROR = -30 };

/* The least that packs better than our gzip, and takes 380 KiB; the next one takes
 * twice that. */
#define QUALITY 3
#define LGWIN 14

struct symbol {
	const char *name;
	void *to;
};

static int
load(const char *file, const struct symbol *s, char *why, size_t room)
{
	void *l = dlopen(file, RTLD_NOW | RTLD_LOCAL), *p;
	const char *e = l ? NULL : dlerror();

	if (!l) {
		snprintf(why, room, "%s", e ? e : file);
		return 0;
	}
	for (; s->name; s++) {
		p = dlsym(l, s->name);
		if (!p) {
			snprintf(why, room, "%s has no %s", file, s->name);
			dlclose(l);
			return 0;
		}
		*(void **)s->to = p;
	}
	return 1;
}

int
lwsgo_brotli_load(int decoder, char *why, size_t room)
{
	const struct symbol encoder_has[] = {
		{ "BrotliEncoderCreateInstance", &enc.create },
		{ "BrotliEncoderSetParameter", &enc.set },
		{ "BrotliEncoderCompressStream", &enc.run },
		{ "BrotliEncoderHasMoreOutput", &enc.more },
		{ "BrotliEncoderDestroyInstance", &enc.destroy },
		{ NULL, NULL },
	}, decoder_has[] = {
		{ "BrotliDecoderCreateInstance", &dec.create },
		{ "BrotliDecoderDecompressStream", &dec.run },
		{ "BrotliDecoderGetErrorCode", &dec.error },
		{ "BrotliDecoderDestroyInstance", &dec.destroy },
		{ NULL, NULL },
	};

	return decoder ? load("libbrotlidec.so.1", decoder_has, why, room) :
			 load("libbrotlienc.so.1", encoder_has, why, room);
}

void *
lwsgo_brotli_encoder(void)
{
	void *e = enc.create(NULL, NULL, NULL);

	if (e && (!enc.set(e, PARAM_QUALITY, QUALITY) || !enc.set(e, PARAM_LGWIN, LGWIN))) {
		enc.destroy(e);
		return NULL;
	}
	return e;
}

struct lwsgo_brotli
lwsgo_brotli_encode(void *e, uint8_t *out, size_t n_out, const uint8_t *in, size_t n_in, int end)
{
	size_t to = n_out, from = n_in;
	int ok = enc.run(e, end ? OP_FINISH : OP_FLUSH, &from, &in, &to, &out, NULL);

	return (struct lwsgo_brotli){ n_out - to, n_in - from,
		!ok ? LWSGO_BROTLI_NO_MEMORY : enc.more(e) ? LWSGO_BROTLI_MORE : LWSGO_BROTLI_OK };
}

void
lwsgo_brotli_encoder_free(void *e)
{
	enc.destroy(e);
}

void *
lwsgo_brotli_decoder(void)
{
	return dec.create(NULL, NULL, NULL);
}

struct lwsgo_brotli
lwsgo_brotli_decode(void *d, uint8_t *out, size_t n_out, const uint8_t *in, size_t n_in)
{
	size_t to = n_out, from = n_in;
	int state = LWSGO_BROTLI_OK, e;

	switch (dec.run(d, &from, &in, &to, &out, NULL)) {
	case RESULT_ERROR:
		e = dec.error(d);
		state = e <= FIRST_ALLOC_ERROR && e >= LAST_ALLOC_ERROR ? LWSGO_BROTLI_NO_MEMORY :
									   LWSGO_BROTLI_CORRUPT;
		break;
	case RESULT_SUCCESS:
		state = LWSGO_BROTLI_OVER;
		break;
	}
	return (struct lwsgo_brotli){ n_out - to, n_in - from, state };
}

void
lwsgo_brotli_decoder_free(void *d)
{
	dec.destroy(d);
}
