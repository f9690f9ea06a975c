/* SPDX-License-Identifier: MIT
 *
 * Frames as the C half sees them (capi/c/frame.h): reads pieces, each behind its
 * length of 4 bytes, and answers each with the length of the header, of the
 * message, and the message unmasked; the memory ends with the piece, so that a
 * sanitizer sees what is read behind it. Then the header that an answer would have.
 */
#include "frame.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void
put(uint32_t n)
{
	fwrite(&n, sizeof(n), 1, stdout);
}

int
main(void)
{
	uint8_t *p, head[4];
	uint32_t n;
	size_t h, len, made;

	while (fread(&n, sizeof(n), 1, stdin) == 1) {
		p = malloc(n ? n : 1);
		if (!p || fread(p, 1, n, stdin) != n)
			return 1;
		len = 0;
		h = lwsgo_frame_whole(p, n, &len);
		put((uint32_t)h);
		if (h) {
			lwsgo_frame_unmask(p + h, len, p + h - 4);
			put((uint32_t)len);
			fwrite(p + h, 1, len, stdout);
			made = lwsgo_frame_head(
				head, p[0] == LWSGO_FRAME_TEXT, (uint16_t)len);
			put((uint32_t)made);
			fwrite(head, 1, made, stdout);
		}
		free(p);
		fflush(stdout);
	}
	return 0;
}
