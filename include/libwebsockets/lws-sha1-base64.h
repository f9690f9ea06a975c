/* SPDX-License-Identifier: MIT */
/**
 * \file lws-sha1-base64.h
 * SHA-1 (RFC 3174) and base64 (RFC 4648).
 */

#ifdef LWS_SHA1_USE_OPENSSL_NAME
#define lws_SHA1 SHA1
#else
/**
 * SHA-1 of a buffer.
 *
 * \param d: the data
 * \param n: its length in bytes
 * \param md: 20 bytes, for the result
 *
 * Returns \p md.
 */
LWS_VISIBLE LWS_EXTERN unsigned char *
lws_SHA1(const unsigned char *d, size_t n, unsigned char *md);
#endif

/**
 * Encode to base64 (RFC 4648 §4) with padding and a final NUL.
 *
 * \param in: the data
 * \param in_len: its length in bytes
 * \param out: for the text
 * \param out_size: room at \p out; it takes two more than the text is long
 *
 * Returns the length of the text, or -1 if \p out_size is too small.
 */
LWS_VISIBLE LWS_EXTERN int
lws_b64_encode_string(const char *in, int in_len, char *out, int out_size);

/** The same with the URL and filename alphabet (RFC 4648 §5), also padded. */
LWS_VISIBLE LWS_EXTERN int
lws_b64_encode_string_url(const char *in, int in_len, char *out, int out_size);

/**
 * Decode base64 text of either alphabet, padded or not. Other characters are
 * skipped.
 *
 * \param in: the text, ended by NUL
 * \param out: for the data; a NUL is put after it
 * \param out_size: room at \p out; leave a spare of 5 bytes over the data, as
 *		    decoding stops when fewer are left
 *
 * Returns how many bytes were decoded.
 */
LWS_VISIBLE LWS_EXTERN int
lws_b64_decode_string(const char *in, char *out, int out_size);

/** The same for \p in_len characters of text; -1 means up to the NUL. */
LWS_VISIBLE LWS_EXTERN int
lws_b64_decode_string_len(const char *in, int in_len, char *out, int out_size);

/** A decode in progress; the members are the library's. */
struct lws_b64state {
	unsigned char quad[4];		/**< values of the group so far */
	size_t done;			/**< bytes decoded so far */
	size_t len;			/**< characters in the group */
	int i;				/**< next place in quad */
	int c;				/**< the last character */
};

/** Begin a decode. */
LWS_VISIBLE LWS_EXTERN void
lws_b64_decode_state_init(struct lws_b64state *state);

/**
 * Decode some more.
 *
 * \param s: the decode in progress
 * \param in: more text
 * \param in_len: its length on entry, how much was used on return
 * \param out: for the data; a NUL is put after it
 * \param out_size: room at \p out on entry, bytes decoded on return
 * \param final: nonzero when no more text will come
 *
 * Returns 0. Text is left unused when fewer than 5 bytes of room are left:
 * call again with the rest.
 */
LWS_VISIBLE LWS_EXTERN int
lws_b64_decode_stateful(struct lws_b64state *s, const char *in, size_t *in_len,
			uint8_t *out, size_t *out_size, int final);
