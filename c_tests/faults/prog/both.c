/* SPDX-License-Identifier: MIT
 *
 * both STEP...: makes contexts, one a step: "self" in the program (compiled with SELF),
 * "PATH" in a plugin, "deep:PATH" in one that is given its own library first. Then it
 * services what was made and ends it. Says how much address space each step took, in
 * sizes of what a Go runtime does.
 *
 * With PLUGIN it is a plugin.
 */
#include "common.h"
#include <dlfcn.h>

#define RUNTIME 400 /* MiB: one takes 1.2 GiB at once, libc 64 MiB a thread */

/* What each file does with the library that it is linked to. */
struct does {
	void *(*make)(void);
	void (*end)(void *);
};

#if defined(SELF) || defined(PLUGIN)
static void *
make(void)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	return lws_create_context(&info);
}

static void
end(void *cx)
{
	lws_service(cx, -1);
	lws_context_destroy(cx);
}

#ifdef PLUGIN
#define OWN plugin_does
extern const struct does plugin_does;
#else
#define OWN self_does
static
#endif
const struct does OWN = { make, end };
#endif

#ifndef PLUGIN
/* The process' address space, in MiB. */
static int
space(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = 0;

	if (!f || fscanf(f, "%ld", &pages) != 1)
		BAD("no statm");
	if (f)
		fclose(f);
	return (int)(pages * sysconf(_SC_PAGESIZE) >> 20);
}

int
main(int argc, char **argv)
{
	const struct does *made[4];
	void *cx[4];
	int i, n = 0, was;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 1; i < argc && i < 5; i++) {
		const int deep = !strncmp(argv[i], "deep:", 5);
		const struct does *d = NULL;
		void *so, *c;

		if (strcmp(argv[i], "self")) {
			so = dlopen(argv[i] + (deep ? 5 : 0), RTLD_NOW | RTLD_LOCAL |
				    (deep ? RTLD_DEEPBIND : 0));
			if (so)
				d = dlsym(so, "plugin_does");
			if (!d) {
				BAD("%s", dlerror());
				return 1;
			}
		}
#ifdef SELF
		else
			d = &self_does;
#endif
		if (!d)
			return 2;
		was = space();
		c = d->make();
		printf("%s%s\n", c ? "made" : "none", space() - was > RUNTIME ? "+runtime" : "");
		if (c) {
			made[n] = d;
			cx[n++] = c;
		}
	}
	while (n--)
		made[n]->end(cx[n]);
	printf("DONE\n");
	return 0;
}
#endif
