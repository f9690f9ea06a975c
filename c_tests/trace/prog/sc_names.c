/* SPDX-License-Identifier: MIT */
/* Protocols by name: "", NULL, names that nobody has, for clients and servers of each kind. */
#include "trace.h"

static const struct lws_protocols protocols[] = {
    {"first", cb0, 0, 0, 0, NULL, 0},
    {"", cb1, 8, 0, 0, NULL, 0},
    {"third", cb2, 8, 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

/* protocol and local_protocol_name of each connection in turn. */
static const struct {
	const char *protocol, *local;
} names[] = {{NULL, ""}, {"", NULL}, {NULL, NULL}, {NULL, "nobody"}, {"", "third"}, {"third", ""}};

static const char *method;
static size_t turn;

static void next(void *arg)
{
	struct lws_client_connect_info i = client_info("/", names[turn].protocol);

	(void)arg;
	i.local_protocol_name = names[turn].local;
	i.method = method;
	if (!strcmp(method, "RAW"))
		i.ssl_connection = 0;
	client((char[8]){'c', 'l', 'i', (char)('0' + turn), 0}, &i);
}

static int read_body(event *e)
{
	char buf[LWS_PRE + 512], *px = buf + LWS_PRE;
	int n = 512;

	if (e->reason == LWS_CALLBACK_RECEIVE_CLIENT_HTTP)
		return lws_http_client_read(e->wsi, &px, &n) < 0 ? -1 : 0;
	return e->reason == LWS_CALLBACK_RAW_CONNECTED ? 0 : PASS;
}

static void answer_all(peer *p)
{
	for (turn = 0; turn < LWS_ARRAY_SIZE(names); turn++) {
		in_loop(next, NULL);
		if (!p_accept(p))
			return;
		if (!strcmp(method, "RAW"))
			p_put(p, "hello");
		else if (p_head(p))
			p_put(p, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
		p_close(p);
	}
}

static void connect_all(const char *m)
{
	method = m;
	if (!no_server(protocols, read_body))
		return;
	peer_listen("peer0", answer_all);
	rig.hold = true;
	rig.until_ended = LWS_ARRAY_SIZE(names);
	finish();
}

static void client_http(void)
{
	connect_all("GET");
}

static void client_raw(void)
{
	connect_all("RAW");
}

/* With a protocol named "", none is asked for, and one that nobody has. */
static void offers(peer *p)
{
	static const char *const lists[] = {"third", "nobody", NULL};

	for (int i = 0; i < 3; i++) {
		if (p_connect(p))
			p_upgrade(p, lists[i], NULL);
		p_close(p);
	}
}

static void server_ws(void)
{
	if (!server(protocols, NULL))
		return;
	say(GLOBAL, "by name: '' %d, nobody %d",
	    lws_vhost_name_to_protocol(lws_get_vhost_by_name(rig.ctx, "default"), "") != NULL,
	    lws_vhost_name_to_protocol(lws_get_vhost_by_name(rig.ctx, "default"), "nobody") != NULL);
	peer_start("peer0", offers);
	finish();
}

static const scenario sc_names[] = {
    {"names-client-http", client_http},
    {"names-client-raw", client_raw},
    {"names-server-ws", server_ws},
    {NULL, NULL},
};

SCENARIOS(sc_names)
