/* SPDX-License-Identifier: MIT */
/*
 * A library in the place of libbrotlienc.so.1: without what is needed; with -DNOTHING there
 * is no memory for a stream, with -DBREAKS none for its second piece.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(NOTHING) || defined(BREAKS)
void *BrotliEncoderCreateInstance(void *a, void *f, void *o)
{
	(void)a, (void)f, (void)o;
#if defined(NOTHING)
	return NULL;
#else
	return calloc(1, sizeof(int));
#endif
}

int BrotliEncoderSetParameter(void *e, int p, uint32_t v)
{
	(void)e, (void)p, (void)v;
	return 1;
}

int BrotliEncoderCompressStream(void *e, int op, size_t *n_in, const uint8_t **in, size_t *n_out, uint8_t **out,
				size_t *total)
{
	int *runs = e;

	(void)op, (void)total;
	if ((*runs)++)
		return 0;
	*in += *n_in;
	*n_in = 0;
	*(*out)++ = 0x0b;
	--*n_out;
	return 1;
}

int BrotliEncoderHasMoreOutput(void *e)
{
	(void)e;
	return 0;
}

void BrotliEncoderDestroyInstance(void *e)
{
	free(e);
}
#else
int nothing_of_it;
#endif
