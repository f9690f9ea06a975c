/* SPDX-License-Identifier: MIT
 *
 * In front of the library's: numbers of the size of an int are not negative.
 * test-fraggle of v1.4 to v1.6 takes `number % 8000` for a length.
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <sys/random.h>

struct lws_context;

size_t
lws_get_random(struct lws_context *context, void *buf, size_t len)
{
	unsigned char *b = buf;
	size_t at = 0;

	(void)context;
	while (at < len) {
		ssize_t n = getrandom(b + at, len - at, 0);

		if (n < 0)
			return at;
		at += (size_t)n;
	}
	if (len == sizeof(int))
		b[len - 1] &= 0x7f; /* little-endian, as our machines */
	return len;
}
