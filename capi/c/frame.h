/* SPDX-License-Identifier: MIT
 *
 * Frames of RFC 6455 section 5.2, as far as C looks at them (short.c).
 */
#ifndef LWSGO_FRAME_H
#define LWSGO_FRAME_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LWSGO_FRAME_TEXT 0x81 /* FIN, no reserved bits, the opcode */
#define LWSGO_FRAME_BINARY 0x82

/* The length of a masked header, of a whole text or binary message that lies in the n
 * bytes at p; 0: there is something else. */
static inline size_t
lwsgo_frame_whole(const uint8_t *p, size_t n, size_t *len)
{
	size_t at = 2;

	if (n < 6 ||
	    (p[0] != LWSGO_FRAME_TEXT && p[0] != LWSGO_FRAME_BINARY) ||
	    !(p[1] & 0x80))
		return 0;
	*len = p[1] & 0x7f;
	if (*len == 127)
		return 0;
	if (*len == 126) {
		*len = (size_t)p[2] << 8 | p[3];
		if (*len < 126) /* which is against the rules */
			return 0;
		at = 4;
	}
	at += 4;
	return at + *len <= n ? at : 0;
}

/* RFC 6455 section 5.3. */
static inline void
lwsgo_frame_unmask(uint8_t *p, size_t len, const uint8_t *key)
{
	uint64_t k, v;
	uint32_t k4;
	size_t n;

	memcpy(&k4, key, 4);
	k = (uint64_t)k4 << 32 | k4;
	for (; len >= 8; len -= 8, p += 8) {
		memcpy(&v, p, 8);
		v ^= k;
		memcpy(p, &v, 8);
	}
	for (n = 0; n < len; n++)
		p[n] ^= key[n & 3];
}

/* Makes the header of such a message that is not masked, at most 4 bytes. */
static inline size_t
lwsgo_frame_head(uint8_t *p, int text, uint16_t len)
{
	p[0] = text ? LWSGO_FRAME_TEXT : LWSGO_FRAME_BINARY;
	if (len < 126) {
		p[1] = (uint8_t)len;
		return 2;
	}
	p[1] = 126;
	p[2] = (uint8_t)(len >> 8);
	p[3] = (uint8_t)len;
	return 4;
}

#endif
