/* SPDX-License-Identifier: MIT
 *
 * A UDP server: each packet goes back to who sent it, last byte first.
 *
 *	udp [PORT]
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define WAITING 16 /* packets; more than that are dropped, as UDP may */
#define LARGEST 1500

struct packet {
	struct sockaddr_storage to;
	socklen_t tolen;
	unsigned char data[LARGEST];
	size_t len;
};

static struct packet packets[WAITING];
static unsigned head, tail;

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static void keep(struct lws *wsi, const unsigned char *in, size_t len)
{
	const struct lws_udp *u = lws_get_udp(wsi); /* of the packet at hand: copy it */
	struct packet *p = &packets[head % WAITING];
	size_t i;

	if (head - tail == WAITING || len > LARGEST)
		return;
	head++;
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	p->tolen = sa46_socklen(&u->sa46);
	memcpy(&p->to, &u->sa46, p->tolen);
#else
	p->tolen = u->salen;
	memcpy(&p->to, &u->sa, p->tolen);
#endif
	p->len = len;
	for (i = 0; i < len; i++)
		p->data[i] = in[len - 1 - i];
}

static int callback_udp(struct lws *wsi, enum lws_callback_reasons reason,
			void *user, void *in, size_t len)
{
	struct packet *p;

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_RAW_RX: /* a whole packet */
		keep(wsi, (const unsigned char *)in, len);
		lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_RAW_WRITEABLE:
		if (tail == head)
			break;
		p = &packets[tail++ % WAITING];
		/* lws_write() would answer whoever sent the last packet. */
		if (sendto(lws_get_socket_fd(wsi), p->data, p->len, 0, (struct sockaddr *)&p->to, p->tolen) < 0)
			lwsl_warn("a packet is lost\n");
		if (tail != head)
			lws_callback_on_writable(wsi);
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "udp", callback_udp, 0, LARGEST, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN_SERVER; /* no TCP */
	info.protocols = protocols;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	if (!lws_create_adopt_udp(lws_get_vhost_by_name(context, "default"), "127.0.0.1", argc > 1 ? atoi(argv[1]) : 7681,
				  LWS_CAUDP_BIND, "udp", NULL, NULL, NULL, NULL
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
				  , NULL
#endif
				  )) {
		lws_context_destroy(context);
		return 1;
	}
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
