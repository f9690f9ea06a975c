/* SPDX-License-Identifier: MIT */
/* trace NAME runs one scenario; trace -l lists them; -b NAME: peers send single bytes. */
#include "trace.h"

#include <signal.h>

static const scenario *const groups[] = {
    sc_life,      sc_ws_server,   sc_ws_rx,         sc_ws_close,   sc_ws_bad,
    sc_ws_tx,     sc_ws_client,   sc_ws_client_open, sc_ws_pair,   sc_http_server,
    sc_http_requests, sc_http_files, sc_http_client, sc_service,   sc_raw,     sc_system};

static void *watchdog(void *arg)
{
	(void)arg;
	sleep(15);
	say(GLOBAL, "scenario does not end");
	dump();
	_exit(3);
}

static void run(const scenario *s)
{
	pthread_t t;

	if (pthread_create(&t, NULL, watchdog, NULL))
		abort();
	s->run();
	dump();
	_exit(0); /* no wait for peers that outlive the context */
}

int main(int argc, char **argv)
{
	const char *name = argv[argc - 1];

	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "-b"))
			peer_bytewise = true;
	for (size_t g = 0; g < LWS_ARRAY_SIZE(groups); g++)
		for (const scenario *s = groups[g]; s->name; s++) {
			if (argc > 1 && !strcmp(name, "-l"))
				puts(s->name);
			else if (argc > 1 && !strcmp(name, s->name))
				run(s);
		}
	if (argc > 1 && !strcmp(name, "-l"))
		return 0;
	fprintf(stderr, "no scenario %s\n", name);
	return 2;
}
