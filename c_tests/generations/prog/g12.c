/* SPDX-License-Identifier: MIT */
/* A program of v1.2 (pkg-config libwebsockets-1.3) that polls by itself: descriptors come in `user`, events in
 * `len`, and change by SET_MODE and CLEAR_MODE. */
#include "gen.h"
#include <libwebsockets.h>
#include <poll.h>
#include "gen_libwebsocket.h"

#define FDS 64
static struct libwebsocket_pollfd fds[FDS];
static int count_fds, fd_hang_up = -1;

static int
slot(int fd)
{
	int n;

	for (n = 0; n < count_fds; n++)
		if (fds[n].fd == fd)
			return n;
	abort();
}

static int
callback_http(struct libwebsocket_context *context, struct libwebsocket *wsi,
	      enum libwebsocket_callback_reasons reason, void *user, void *in, size_t len)
{
	int fd = (int)(long)user;

	(void)in;
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		if (libwebsockets_serve_http_file(context, wsi, gen_file, "text/plain"))
			return -1;
		break;
	case LWS_CALLBACK_HTTP_FILE_COMPLETION:
		return -1;
	case LWS_CALLBACK_ADD_POLL_FD:
		if (count_fds == FDS)
			return 1;
		fds[count_fds].fd = fd;
		fds[count_fds].events = (short)len;
		fds[count_fds++].revents = 0;
		break;
	case LWS_CALLBACK_DEL_POLL_FD:
		fds[slot(fd)] = fds[count_fds - 1];
		count_fds--;
		break;
	case LWS_CALLBACK_SET_MODE_POLL_FD:
		fds[slot(fd)].events |= (short)len;
		break;
	case LWS_CALLBACK_CLEAR_MODE_POLL_FD:
		fds[slot(fd)].events &= (short)~len;
		break;
	default:
		break;
	}
	return 0;
}

/* The end is a call to hang up, from outside of a callback. */
static int
heard(struct libwebsocket_context *context, struct libwebsocket *wsi, struct gen *g)
{
	if (gen_check(g)) {
		fd_hang_up = libwebsocket_get_socket_fd(wsi);
		return 0;
	}
	gen_fill(g);
	libwebsocket_callback_on_writable(context, wsi);
	return 0;
}

static int
callback_gen(struct libwebsocket_context *context, struct libwebsocket *wsi,
	     enum libwebsocket_callback_reasons reason, void *user, void *in, size_t len)
{
	if (reason == LWS_CALLBACK_CLIENT_ESTABLISHED) {
		gen_fill(libwebsocket_ensure_user_space(wsi));
		libwebsocket_callback_on_writable(context, wsi);
	}
	return gen_early(context, wsi, reason, user, in, len, heard);
}

static struct libwebsocket_protocols protocols[] = {
    {"http-only", callback_http, 0, 0, 0, NULL},
    {"gen", callback_gen, sizeof(struct gen), 0, 0, NULL},
    {NULL, NULL, 0, 0, 0, NULL},
};

int
main(int argc, char **argv)
{
	struct libwebsocket_context *context;
	struct lws_context_creation_info info;
	int server = gen_args(argc, argv), n;

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.port = server ? gen_port : CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.gid = -1;
	info.uid = -1;
	context = libwebsocket_create_context(&info);
	if (!context)
		return 1;
	if (!server) {
		client_wsi = libwebsocket_client_connect_extended(context, "127.0.0.1", gen_port, 0, "/",
								  "localhost", "localhost", "gen", -1, NULL);
		if (!client_wsi)
			return 1;
	}
	while (!gen_stop || fd_hang_up >= 0) {
		if (poll(fds, (nfds_t)count_fds, 50) < 0)
			continue;
		for (n = 0; n < count_fds; n++)
			if (fds[n].revents && libwebsocket_service_fd(context, &fds[n]) < 0)
				gen_stop = 1;
		libwebsocket_service_fd(context, NULL); /* timeouts */
		if (fd_hang_up >= 0) {
			libwebsockets_hangup_on_client(context, fd_hang_up);
			fd_hang_up = -1;
		}
	}
	libwebsocket_context_destroy(context);
	return gen_report(server);
}
