/* SPDX-License-Identifier: MIT
 *
 * refuse accepted|adopted|client|listener LOCK|ADD|UNLOCK [ends]: a program that polls
 * and does not take a descriptor. It prints what its callbacks are told from then on; with
 * "ends" the context is destroyed, too, which 4.3.5 does not always survive.
 */
#include "poll.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static int armed, refuse, added, taken, listeners;

static const char *
name_of(enum lws_callback_reasons reason)
{
	static const struct {
		enum lws_callback_reasons reason;
		const char *name;
	} l[] = {
		{ LWS_CALLBACK_ADD_POLL_FD, "ADD_POLL_FD" },
		{ LWS_CALLBACK_DEL_POLL_FD, "DEL_POLL_FD" },
		{ LWS_CALLBACK_LOCK_POLL, "LOCK_POLL" },
		{ LWS_CALLBACK_UNLOCK_POLL, "UNLOCK_POLL" },
		{ LWS_CALLBACK_RAW_ADOPT, "RAW_ADOPT" },
		{ LWS_CALLBACK_RAW_CONNECTED, "RAW_CONNECTED" },
		{ LWS_CALLBACK_RAW_RX, "RAW_RX" },
		{ LWS_CALLBACK_RAW_CLOSE, "RAW_CLOSE" },
		{ LWS_CALLBACK_RAW_SKT_BIND_PROTOCOL, "RAW_SKT_BIND_PROTOCOL" },
		{ LWS_CALLBACK_RAW_SKT_DROP_PROTOCOL, "RAW_SKT_DROP_PROTOCOL" },
		{ LWS_CALLBACK_CLIENT_CONNECTION_ERROR, "CLIENT_CONNECTION_ERROR" },
		{ LWS_CALLBACK_FILTER_NETWORK_CONNECTION, "FILTER_NETWORK_CONNECTION" },
		{ LWS_CALLBACK_WSI_CREATE, "WSI_CREATE" },
		{ LWS_CALLBACK_WSI_DESTROY, "WSI_DESTROY" },
	};
	size_t n;

	for (n = 0; n < LWS_ARRAY_SIZE(l); n++)
		if (l[n].reason == reason)
			return l[n].name;
	return NULL;
}

/* The descriptor is the one to refuse, not the library's own for wake-ups. */
static int
wanted(const struct lws_pollargs *a)
{
	socklen_t len = sizeof(int);
	int type;

	return armed && !taken &&
	       (!listeners || !getsockopt(a->fd, SOL_SOCKET, SO_TYPE, &type, &len));
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	const char *name = armed ? name_of(reason) : NULL;
	int lock = reason == LWS_CALLBACK_LOCK_POLL || reason == LWS_CALLBACK_UNLOCK_POLL;
	int r = reason == (enum lws_callback_reasons)refuse && (!lock || len) &&
		(reason != LWS_CALLBACK_UNLOCK_POLL || added) && wanted(in);

	(void)wsi;
	(void)user;
	if (name && (r || !lock))
		printf("%s%s\n", name, r ? " refused" : "");
	if (reason == LWS_CALLBACK_ADD_POLL_FD && wanted(in))
		added = 1;
	if (r)
		taken = 1;
	else
		set_event(reason, in);
	return r;
}

static const struct lws_protocols protocols[] = {
	{ "first", callback, 0, 512, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 }
};

static struct sockaddr_in loopback = { .sin_family = AF_INET };

static int
reach(int port)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	loopback.sin_port = htons((uint16_t)port);
	if (fd < 0 || connect(fd, (struct sockaddr *)&loopback, sizeof(loopback)) < 0)
		abort();
	return fd;
}

/* A port at which somebody listens. */
static int
somebody(void)
{
	socklen_t len = sizeof(loopback);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&loopback, sizeof(loopback)) < 0 ||
	    listen(fd, 5) < 0 || getsockname(fd, (struct sockaddr *)&loopback, &len) < 0)
		abort();
	return ntohs(loopback.sin_port);
}

static void
turns(int n)
{
	while (n--) {
		lws_service_adjust_timeout(context, 1, 0);
		if (poll(set, (nfds_t)set_size, 50) > 0)
			serve_set();
	}
}

int
main(int argc, const char **argv)
{
	struct lws_context_creation_info info;
	struct lws_client_connect_info ci;
	struct lws_vhost *vh;
	struct pollfd p;
	int fd = -1, two[2];
	char c;

	if (argc < 3)
		return 2;
	loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setvbuf(stdout, NULL, _IOLBF, 0);
	refuse = !strcmp(argv[2], "ADD")  ? LWS_CALLBACK_ADD_POLL_FD :
		 !strcmp(argv[2], "LOCK") ? LWS_CALLBACK_LOCK_POLL :
					    LWS_CALLBACK_UNLOCK_POLL;
	lws_set_log_level(0, NULL);
	memset(&info, 0, sizeof(info));
	info.protocols = protocols;
	info.iface = "127.0.0.1";
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
		       LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
	info.listen_accept_role = "raw-skt";
	info.listen_accept_protocol = "first";
	context = lws_create_context(&info);
	if (!context)
		return 1;
	listeners = armed = !strcmp(argv[1], "listener");
	vh = lws_create_vhost(context, &info);
	printf("vhost %d\n", !!vh);
	if (!vh)
		goto out;
	turns(4);
	armed = 1;
	if (!strcmp(argv[1], "accepted")) {
		fd = reach(lws_get_vhost_listen_port(vh));
		turns(4);
	} else if (!strcmp(argv[1], "adopted")) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, two) < 0)
			abort();
		fd = two[0];
		printf("adopted %d\n", !!lws_adopt_descriptor_vhost(vh, LWS_ADOPT_SOCKET,
			(lws_sock_file_fd_type)two[1], "first", NULL));
		turns(4);
	} else if (!strcmp(argv[1], "client")) {
		memset(&ci, 0, sizeof(ci));
		ci.context = context;
		ci.vhost = vh;
		ci.address = ci.host = ci.origin = "127.0.0.1";
		ci.port = somebody();
		ci.method = "RAW";
		ci.local_protocol_name = "first";
		printf("client %d\n", !!lws_client_connect_via_info(&ci));
	}
	if (fd >= 0) { /* it is closed, or not */
		p.fd = fd;
		p.events = POLLIN;
		printf("peer %d\n", poll(&p, 1, 200) == 1 && read(fd, &c, 1) <= 0);
	}
out:
	if (argc > 3)
		lws_context_destroy(context);
	puts("done");
	_exit(0);
}
