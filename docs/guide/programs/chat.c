/* SPDX-License-Identifier: MIT
 *
 * A chat: each message is kept once, however many are to get it, and freed when the last
 * one has. Who is too far behind is dropped, so that memory is bounded.
 *
 *	chat [PORT]
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define KEPT 32	     /* messages */
#define LARGEST 1024 /* bytes of one */

struct message {
	unsigned char *data; /* LWS_PRE bytes, then the text */
	size_t len;
};

struct session {
	struct session *next;
	struct lws *wsi;
	uint32_t tail; /* what of the ring it has had */
	int dropped;
};

static struct lws_ring *ring;
static struct session *sessions;

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static void forget(void *element) /* the ring calls it when the last one has passed */
{
	free(((struct message *)element)->data);
}

static void pass(struct session *s, size_t count)
{
	lws_ring_consume_and_update_oldest_tail(ring, struct session, &s->tail, count, sessions, tail, next);
}

static int keep(const void *in, size_t len)
{
	struct message m;
	struct session *s;

	if (!lws_ring_get_count_free_elements(ring))
		for (s = sessions; s; s = s->next)
			if (!s->dropped && lws_ring_get_count_waiting_elements(ring, &s->tail) >= KEPT - 1) {
				s->dropped = 1; /* closed soon; what it has not had is forgotten now */
				lws_set_timeout(s->wsi, PENDING_TIMEOUT_LAGGING, LWS_TO_KILL_ASYNC);
				pass(s, KEPT - 1);
			}
	m.len = len;
	m.data = (unsigned char *)malloc(LWS_PRE + len);
	if (!m.data)
		return -1;
	memcpy(m.data + LWS_PRE, in, len);
	if (lws_ring_insert(ring, &m, 1) != 1) {
		free(m.data);
		return -1;
	}
	for (s = sessions; s; s = s->next)
		lws_callback_on_writable(s->wsi);
	return 0;
}

static int callback_chat(struct lws *wsi, enum lws_callback_reasons reason,
			 void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	const struct message *m;

	switch (reason) {
	case LWS_CALLBACK_PROTOCOL_INIT:
		ring = lws_ring_create(sizeof(struct message), KEPT, forget);
		return !ring;

	case LWS_CALLBACK_PROTOCOL_DESTROY:
		lws_ring_destroy(ring);
		break;

	case LWS_CALLBACK_ESTABLISHED:
		s->wsi = wsi;
		lws_ll_fwd_insert(s, next, sessions);
		s->tail = lws_ring_get_oldest_tail(ring);
		/* only what comes from now on */
		pass(s, lws_ring_get_count_waiting_elements(ring, &s->tail));
		break;

	case LWS_CALLBACK_RECEIVE:
		if (len > LARGEST || !lws_is_first_fragment(wsi) || !lws_is_final_fragment(wsi))
			return -1;
		return keep(in, len);

	case LWS_CALLBACK_SERVER_WRITEABLE:
		m = (const struct message *)lws_ring_get_element(ring, &s->tail);
		if (s->dropped || !m)
			break;
		if (lws_write(wsi, m->data + LWS_PRE, m->len, LWS_WRITE_TEXT) < (int)m->len)
			return -1;
		pass(s, 1);
		if (lws_ring_get_element(ring, &s->tail))
			lws_callback_on_writable(wsi); /* one a WRITEABLE */
		break;

	case LWS_CALLBACK_CLOSED:
		pass(s, lws_ring_get_count_waiting_elements(ring, &s->tail));
		lws_ll_fwd_remove(struct session, next, s, sessions);
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "chat", callback_chat, sizeof(struct session), LARGEST, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
