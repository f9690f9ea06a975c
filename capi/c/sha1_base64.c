/* SPDX-License-Identifier: MIT
 *
 * Entries of lws-sha1-base64.h.
 * C because of reasons 1 (the way into Go) and 5.
 */
#include "entry.h"

LWS_ENTRY(unsigned char *, NULL, lws_SHA1,
	  (const unsigned char *d, size_t n, unsigned char *md), (d, n, md))

LWS_ENTRY(int, -1, lws_b64_encode_string,
	  (const char *in, int in_len, char *out, int out_size),
	  (in, in_len, out, out_size))

LWS_ENTRY(int, -1, lws_b64_encode_string_url,
	  (const char *in, int in_len, char *out, int out_size),
	  (in, in_len, out, out_size))

LWS_ENTRY(int, -1, lws_b64_decode_string,
	  (const char *in, char *out, int out_size), (in, out, out_size))

LWS_ENTRY(int, -1, lws_b64_decode_string_len,
	  (const char *in, int in_len, char *out, int out_size),
	  (in, in_len, out, out_size))

LWS_ENTRY(int, -1, lws_b64_decode_stateful,
	  (struct lws_b64state *s, const char *in, size_t *in_len,
	   uint8_t *out, size_t *out_size, int final),
	  (s, in, in_len, out, out_size, final))

void
lws_b64_decode_state_init(struct lws_b64state *state)
{
	LWS_NEEDS_VOID(state);
	memset(state, 0, sizeof(*state));
}
