/* SPDX-License-Identifier: MIT */
/* trace NAME runs one scenario; trace -l lists them, with the address of their code; -b NAME: peers send single bytes; -t NAME: over TLS. */
#include "trace.h"

#include <signal.h>

/* Where the program begins, which the linker knows. */
extern const char __executable_start[];

static const scenario *groups[64];
static size_t group_count;

void scenarios_add(const scenario *list)
{
	if (group_count == LWS_ARRAY_SIZE(groups))
		abort();
	groups[group_count++] = list;
}

static void *watchdog(void *arg)
{
	(void)arg;
	for (unsigned left = 15; left;) /* changing the uid interrupts sleeps */
		left = sleep(left);
	say(GLOBAL, "scenario does not end");
	dump();
	tls_end();
	_exit(3);
}

static void run(const scenario *s)
{
	pthread_t t;

	if (pthread_create(&t, NULL, watchdog, NULL))
		abort();
	s->run();
	dump();
	tls_end();
	_exit(0); /* no wait for peers that outlive the context */
}

int main(int argc, char **argv)
{
	const char *name = argv[argc - 1];

	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "-b"))
			peer_bytewise = true;
		else if (!strcmp(argv[i], "-t"))
			tls_begin();
	for (size_t g = 0; g < group_count; g++)
		for (const scenario *s = groups[g]; s->name; s++) {
			if (argc > 1 && !strcmp(name, "-l"))
				printf("%s 0x%lx\n", s->name, (unsigned long)((uintptr_t)s->run - (uintptr_t)__executable_start));
			else if (argc > 1 && !strcmp(name, s->name))
				run(s);
		}
	if (argc > 1 && !strcmp(name, "-l"))
		return 0;
	fprintf(stderr, "no scenario %s\n", name);
	return 2;
}
