/* SPDX-License-Identifier: MIT */
/* What the scenarios of HTTP clients share. */
#include "httpc.h"

#include "client.h"

const struct lws_protocols hc_protocols[] = {
    {"http", cb0, sizeof(struct session), 0, 0, NULL, 0},
    {"web", cb1, sizeof(struct session), 0, 0, NULL, 0},
    {"other", cb2, 0, 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

const char *hc_method = "GET", *hc_path = "/page", *hc_protocol = "web";
const char *hc_local, *hc_host, *hc_origin, *hc_address, *hc_iface, *hc_answer;
int hc_flags, hc_port;
bool hc_no_origin, hc_then_close;
void (*hc_adjust)(struct lws_client_connect_info *i);

struct lws *hc_connect(const char *name)
{
	struct lws_client_connect_info i = client_info(hc_path, hc_protocol);

	i.method = hc_method;
	i.local_protocol_name = hc_local;
	i.ssl_connection |= hc_flags;
	if (i.ssl_connection & LCCSCF_USE_SSL)
		i.ssl_connection |= LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK; /* the host is any name here */
	i.iface = hc_iface;
	i.keep_warm_secs = 1; /* or each scenario ends 5 s later */
	if (hc_host)
		i.host = hc_host;
	if (hc_origin)
		i.origin = hc_origin;
	if (hc_no_origin)
		i.origin = NULL;
	if (hc_address)
		i.address = hc_address;
	if (hc_port)
		i.port = hc_port;
	if (hc_adjust)
		hc_adjust(&i);
	return client(name, &i);
}

const char *hc_names[] = {"cli0", NULL, NULL};

static void connect_now(void *arg)
{
	(void)arg;
	for (int n = 0; hc_names[n]; n++)
		hc_connect(hc_names[n]);
}

void hc_starter(peer *p)
{
	(void)p;
	in_loop(connect_now, NULL);
}

int hc_reader(event *e)
{
	switch (e->reason) {
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		say(e->conn, "  response %u", lws_http_client_http_response(e->wsi));
		break;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP: {
		char buffer[1024 + LWS_PRE], *px = buffer + LWS_PRE;
		int len = sizeof buffer - LWS_PRE;

		if (lws_http_client_read(e->wsi, &px, &len) < 0)
			return -1;
		return 0;
	}
	default:
		break;
	}
	return PASS;
}

void hc_with(hook_fn hook, script_fn script)
{
	client_run(hc_protocols, hook, script, hc_starter);
}

void hc_answer_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, hc_answer);
	if (hc_then_close)
		p_close(p);
	else
		p_rest(p);
}

bool hc_grant(peer *p, const char *more)
{
	char text[512];

	if (!p_head(p))
		return false;
	snprintf(text, sizeof text,
	         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
	         "Sec-WebSocket-Accept: %s\r\n%s\r\n",
	         p_accept_key(p), more);
	p_put(p, text);
	return true;
}

void hc_answered(const char *text)
{
	hc_answer = text;
	hc_with(hc_reader, hc_answer_script);
}

bool hc_more(peer *p)
{
	ssize_t n;

	if (p->ended || p->fd < 0 || p->have == ROOM)
		return false;
	n = io_recv(p, p->buf + p->have, ROOM - p->have);
	if (n <= 0) {
		p->ended = p->told = true;
		say(p->name, "<- end");
		return false;
	}
	p->have += (size_t)n;
	p->buf[p->have] = 0;
	return true;
}
