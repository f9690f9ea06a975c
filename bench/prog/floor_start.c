/* SPDX-License-Identifier: MIT
 *
 * The floor of a start: loads the library that does nothing (runtime/), and calls it. One
 * line (start.h), and how many threads there are then.
 */
#define _GNU_SOURCE
#include "start.h"
#include <dirent.h>
#include <dlfcn.h>

static int
threads(void)
{
	DIR *d = opendir("/proc/self/task");
	int n = -2; /* . and .. */

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

int
main(int argc, char **argv)
{
	struct once o;
	int (*begun)(void);
	void *lib;

	if (argc < 2)
		return 1;
	begin(&o);
	lib = dlopen(argv[1], RTLD_NOW);
	*(void **)&begun = lib ? dlsym(lib, "begun") : NULL;
	if (!begun || !begun()) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	end(&o);
	usleep(100000);
	printf(" %d\n", threads());
	return 0;
}
