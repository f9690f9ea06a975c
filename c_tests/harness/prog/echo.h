/* SPDX-License-Identifier: MIT
 *
 * What the echo server and the echo client share: options, and a session
 * that gathers each message and sends it back. Test programs only.
 */
#ifndef ECHO_H
#define ECHO_H

#include "term.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct message {
	struct message *next;
	size_t len, sent;
	int binary;
	unsigned char *p; /* LWS_PRE bytes in front */
};

struct session {
	unsigned char *rx;
	size_t rx_len, rx_size;
	int inside; /* a message has begun */
	struct message *head, **tail;
	int close_due;
	struct lws *wsi;
	int pieces, off; /* -f: receiving is off */
	lws_sorted_usec_list_t on;
};

static struct {
	int port, log, validate, deflate, verbose, sigpipe;
	int connections, rounds; /* client */
	int flow; /* after so many pieces receiving is off for a moment */
	int tls;
	size_t chunk, rx_size;
	const char *offer, *path, *cert, *key;
} opt = { .log = LLL_ERR | LLL_WARN, .connections = 1, .rounds = 1, .path = "/" };

static const struct lws_extension deflate_ext[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate,
	  "permessage-deflate; client_no_context_takeover; client_max_window_bits" },
	{ NULL, NULL, NULL }
};
static struct lws_extension offer_ext[2];

static int
options(int argc, char **argv)
{
	int c;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while ((c = getopt(argc, argv, "p:l:uxvSTc:r:o:n:k:P:f:C:K:")) != -1)
		switch (c) {
		case 'p': opt.port = atoi(optarg); break;
		case 'l': opt.log = atoi(optarg); break;
		case 'u': opt.validate = 1; break;
		case 'x': opt.deflate = 1; break;
		case 'v': opt.verbose = 1; break;
		case 'S': opt.sigpipe = 1; break;
		case 'c': opt.chunk = (size_t)atol(optarg); break;
		case 'r': opt.rx_size = (size_t)atol(optarg); break;
		case 'o': opt.offer = optarg; opt.deflate = 1; break;
		case 'n': opt.rounds = atoi(optarg); break;
		case 'k': opt.connections = atoi(optarg); break;
		case 'P': opt.path = optarg; break;
		case 'f': opt.flow = atoi(optarg); break;
		case 'T': opt.tls = 1; break;
		case 'C': opt.cert = optarg; opt.tls = 1; break;
		case 'K': opt.key = optarg; break;
		default: return 1;
		}
	lws_set_log_level(opt.log, NULL);
	signal(SIGTERM, on_term);
	signal(SIGINT, on_term);
	return 0;
}

static const struct lws_extension *
extensions(void)
{
	if (!opt.deflate)
		return NULL;
	if (!opt.offer)
		return deflate_ext;
	offer_ext[0] = deflate_ext[0];
	offer_ext[0].client_offer = opt.offer;
	return offer_ext;
}

static void
session_open(struct session *s, struct lws *wsi)
{
	memset(s, 0, sizeof(*s));
	s->tail = &s->head;
	s->wsi = wsi;
}

static void
session_on(lws_sorted_usec_list_t *sul)
{
	struct session *s = lws_container_of(sul, struct session, on);

	s->off = 0;
	lws_rx_flow_control(s->wsi, 1);
}

static void
session_pause(struct session *s)
{
	if (s->off)
		printf("BAD a piece comes while receiving is off\n");
	if (!opt.flow || ++s->pieces % opt.flow)
		return;
	s->off = 1;
	lws_rx_flow_control(s->wsi, 0);
	lws_sul_schedule(context, 0, &s->on, session_on, 1);
}

static void
session_close(struct session *s)
{
	struct message *m;

	lws_sul_cancel(&s->on);
	while ((m = s->head)) {
		s->head = m->next;
		free(m->p);
		free(m);
	}
	s->tail = &s->head;
	free(s->rx);
	s->rx = NULL;
}

/* "!close CODE REASON" makes the program close; everything else comes back. */
static int
command(struct lws *wsi, struct session *s)
{
	char text[160], *reason;
	int code;

	if (s->rx_len < 7 || s->rx_len >= sizeof(text) ||
	    memcmp(s->rx, "!close ", 7))
		return 0;
	memcpy(text, s->rx, s->rx_len);
	text[s->rx_len] = '\0';
	code = (int)strtol(text + 7, &reason, 10);
	if (*reason)
		reason++;
	if (code)
		lws_close_reason(wsi, (enum lws_close_status)code,
				 (unsigned char *)reason, strlen(reason));
	return -1;
}

static int
session_rx(struct lws *wsi, struct session *s, const void *in, size_t len)
{
	struct message *m;

	if (!!lws_is_first_fragment(wsi) == s->inside)
		printf("BAD first fragment flag %d inside %d\n",
		       lws_is_first_fragment(wsi), s->inside);
	s->inside = 1;
	session_pause(s);
	if (s->rx_len + len > s->rx_size || !s->rx) {
		s->rx_size = (s->rx_len + len) * 2 + 64;
		s->rx = realloc(s->rx, s->rx_size);
		if (!s->rx)
			abort();
	}
	if (len)
		memcpy(s->rx + s->rx_len, in, len);
	s->rx_len += len;
	if (!lws_is_final_fragment(wsi))
		return 0;
	if (command(wsi, s))
		return -1;
	m = calloc(1, sizeof(*m));
	if (!m || !(m->p = malloc(LWS_PRE + s->rx_len + 1)))
		abort();
	if (s->rx_len)
		memcpy(m->p + LWS_PRE, s->rx, s->rx_len);
	m->len = s->rx_len;
	m->binary = lws_frame_is_binary(wsi);
	*s->tail = m;
	s->tail = &m->next;
	s->rx_len = 0;
	s->inside = 0;
	free(s->rx);
	s->rx = NULL;
	s->rx_size = 0;
	lws_callback_on_writable(wsi);
	return 0;
}

static int
session_tx(struct lws *wsi, struct session *s)
{
	struct message *m = s->head;
	size_t n;
	int wp;

	if (!m)
		return 0;
	n = m->len - m->sent;
	wp = m->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT;
	if (m->sent)
		wp = LWS_WRITE_CONTINUATION;
	if (opt.chunk && n > opt.chunk) {
		n = opt.chunk;
		wp |= LWS_WRITE_NO_FIN;
	}
	if (lws_write(wsi, m->p + LWS_PRE + m->sent, n,
		      (enum lws_write_protocol)wp) < (int)n)
		return -1; /* the peer has gone */
	m->sent += n;
	if (m->sent == m->len) {
		s->head = m->next;
		if (!s->head)
			s->tail = &s->head;
		free(m->p);
		free(m);
	}
	if (s->head)
		lws_callback_on_writable(wsi);
	return 0;
}

/* Makes the context with the protocol "echo" from what the program says in info; says so when it cannot. */
static int
begin(struct lws_context_creation_info *info, lws_callback_function *callback)
{
	static struct lws_protocols protocols[2];

	protocols[0].name = "echo";
	protocols[0].callback = callback;
	protocols[0].per_session_data_size = sizeof(struct session);
	protocols[0].rx_buffer_size = opt.rx_size;
	info->port = CONTEXT_PORT_NO_LISTEN;
	info->protocols = protocols;
	info->extensions = extensions();
	info->gid = (gid_t)-1;
	info->uid = (uid_t)-1;
	info->options |= LWS_SERVER_OPTION_DISABLE_IPV6;
	if (opt.validate)
		info->options |= LWS_SERVER_OPTION_VALIDATE_UTF8;
	if (opt.tls)
		info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	context = lws_create_context(info);
	if (!context)
		printf("NOCONTEXT\n");
	else if (opt.verbose)
		printf("VERSION %s HEADERS %s\n", lws_get_library_version(),
		       LWS_LIBRARY_VERSION);
	return !context;
}

/* Serves until the end. */
static int
serve(void)
{
	while (!stopping && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	context = NULL;
	printf("DONE\n");
	return 0;
}

#endif
