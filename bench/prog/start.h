/* SPDX-License-Identifier: MIT
 *
 * What something takes that a process does once: µs from call to return and of CPU
 * time, and how often a page that was not there interrupted it. What the kernel is
 * asked to fetch at once does not interrupt: getrusage does not tell these apart.
 */
#ifndef START_H
#define START_H

#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct once {
	double wall, cpu;
	int counter; /* -1: the kernel lets nobody count */
	long faults;
};

static double
now(clockid_t c)
{
	struct timespec t;

	clock_gettime(c, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Also of the threads that are made from now on. */
static long
faults(const struct once *o)
{
	struct rusage u;
	uint64_t n;

	if (o->counter >= 0 && read(o->counter, &n, sizeof(n)) == sizeof(n))
		return (long)n;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_minflt;
}

static void
begin(struct once *o)
{
	struct perf_event_attr a;

	memset(&a, 0, sizeof(a));
	a.size = sizeof(a);
	a.type = PERF_TYPE_SOFTWARE;
	a.config = PERF_COUNT_SW_PAGE_FAULTS;
	a.inherit = 1;
	o->counter = (int)syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);
	o->faults = faults(o);
	o->wall = now(CLOCK_MONOTONIC);
	o->cpu = now(CLOCK_PROCESS_CPUTIME_ID);
}

static void
end(struct once *o)
{
	o->cpu = now(CLOCK_PROCESS_CPUTIME_ID) - o->cpu;
	o->wall = now(CLOCK_MONOTONIC) - o->wall;
	o->faults = faults(o) - o->faults;
	printf("%.1f %.1f %ld", o->wall, o->cpu, o->faults);
}

#endif
