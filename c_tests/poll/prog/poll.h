/* SPDX-License-Identifier: MIT
 *
 * What the programs of this folder share: a context on a free port of the
 * loopback, and the set of descriptors that a program polls for the library.
 */
#ifndef POLL_PROG_H
#define POLL_PROG_H

#include <libwebsockets.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How long a wait may last that would end at once if all is well. */
#define STALLED_MS 30000

static struct lws_context *context;
static struct pollfd set[16];
static int set_size;

static inline struct pollfd *
find(int fd)
{
	int i;

	for (i = 0; i < set_size; i++)
		if (set[i].fd == fd)
			return &set[i];
	return NULL;
}

/* Keeps the set as the library tells; 0 when it tells something else. */
static inline int
set_event(enum lws_callback_reasons reason, const void *in)
{
	const struct lws_pollargs *a = in;
	struct pollfd *p;

	if (reason != LWS_CALLBACK_ADD_POLL_FD && reason != LWS_CALLBACK_DEL_POLL_FD &&
	    reason != LWS_CALLBACK_CHANGE_MODE_POLL_FD)
		return 0;
	p = find(a->fd);
	if (reason == LWS_CALLBACK_DEL_POLL_FD && p)
		*p = set[--set_size];
	if (reason == LWS_CALLBACK_DEL_POLL_FD)
		return 1;
	if (!p && reason == LWS_CALLBACK_ADD_POLL_FD) {
		if (set_size == (int)LWS_ARRAY_SIZE(set))
			abort();
		p = &set[set_size++];
		p->fd = a->fd;
	}
	if (p)
		p->events = (short)a->events;
	return 1;
}

/* Waits, for ever with ms -1: a wait that would go on and on ends the program. */
static inline int
wait_for(struct pollfd *p, int n, int ms)
{
	int r = poll(p, (nfds_t)n, ms < 0 || ms > STALLED_MS ? STALLED_MS : ms);

	if (!r && (ms < 0 || ms > STALLED_MS)) {
		puts("BAD stalled");
		_exit(1);
	}
	return r;
}

static inline void
serve_set(void)
{
	int i;

	for (i = 0; i < set_size; i++)
		if (set[i].revents)
			lws_service_fd(context, &set[i]);
}

/* One turn of a program that polls, but no longer than ms. */
static inline void
poll_once(int ms)
{
	if (wait_for(set, set_size, ms))
		serve_set();
	else
		lws_service_tsi(context, -1, 0);
}

static inline uint64_t
loop_option(const char *name)
{
	return !strcmp(name, "uv")    ? LWS_SERVER_OPTION_LIBUV :
	       !strcmp(name, "ev")    ? LWS_SERVER_OPTION_LIBEV :
	       !strcmp(name, "glib")  ? LWS_SERVER_OPTION_GLIB :
	       !strcmp(name, "event") ? LWS_SERVER_OPTION_LIBEVENT : 0;
}

/* What the arguments HOW KIND [CERT KEY] ask of a context. */
static inline void
take_arguments(struct lws_context_creation_info *info, int argc, char **argv)
{
	const char *kind = argc > 2 ? argv[2] : "";

	if (!strcmp(kind, "h2"))
		info->options |= LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE;
	if (!strcmp(kind, "raw")) {
		info->options |= LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
		info->listen_accept_role = "raw-skt";
		info->listen_accept_protocol = "echo";
	}
	if (argc > 4) {
		info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info->ssl_cert_filepath = argv[3];
		info->ssl_private_key_filepath = argv[4];
	}
	info->options |= loop_option(argv[1]);
}

/* Makes the context and prints its port; 0 when it could. */
static inline int
begin(struct lws_context_creation_info *info)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	info->iface = "127.0.0.1";
	info->gid = (gid_t)-1;
	info->uid = (uid_t)-1;
	info->options |= LWS_SERVER_OPTION_DISABLE_IPV6;
	context = lws_create_context(info);
	if (!context) {
		puts("BAD no context");
		return 1;
	}
	printf("PORT %d\n", lws_get_vhost_listen_port(
				    lws_get_vhost_by_name(context, "default")));
	return 0;
}

#endif
