/* SPDX-License-Identifier: MIT
 *
 * What terminals show in the rows with ttyd: numbers, a line each, about a KiB of
 * them every PERIOD ms, for a minute at most.
 *
 *   steady PERIOD
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
	long period = argc > 1 ? atol(argv[1]) : 4, ms;
	unsigned int n = 0;
	struct timespec due;

	clock_gettime(CLOCK_MONOTONIC, &due);
	for (ms = 0; ms < 60000; ms += period) {
		char text[2048];
		size_t len = 0, lines;

		/* a line grows by a CR on its way */
		for (lines = 0; len + lines < 1024; lines++)
			len += (size_t)sprintf(text + len, "%u\n", ++n);
		if (write(1, text, len) != (ssize_t)len)
			return 1;
		due.tv_nsec += period * 1000000;
		due.tv_sec += due.tv_nsec / 1000000000;
		due.tv_nsec %= 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
	}
	return 0;
}
