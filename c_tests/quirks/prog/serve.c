/* SPDX-License-Identifier: MIT
 *
 * A server that does what a peer asks for, on any libwebsockets. It prints PORT, and what
 * its callbacks heard of. Arguments are KEY=VALUE: members of the creation info, and
 *
 *   mount=DIR   below /file    basic=FILE   a password for /file    h2=1   HTTP/2 from the first byte
 *   deflate=1   permessage-deflate    pipe=1   a raw file
 */
#include "../../harness/prog/term.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* v4.3's header does not have the first, no header the second. */
#define REQUIRES_PRIVATE_KEY ((enum lws_callback_reasons)37)
#define WRITE_CLOSE ((enum lws_write_protocol)4)

struct session {
	size_t left, got;
	int posted, later, form;
	char text[64];
};

static int forked, piped;
static struct lws *held; /* does not receive until /on is asked for */
static const char *cert, *key;

static int
say(struct lws *wsi, unsigned status, const char *text, size_t told)
{
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof(buf) - 1;
	size_t n = strlen(text);

	if (lws_add_http_common_headers(wsi, status, "text/plain", told ? told : n, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return -1;
	if (told)
		return 0;
	memcpy(start, text, n);
	return lws_write(wsi, start, n, LWS_WRITE_HTTP_FINAL) == (int)n ? 0 : -1;
}

static int
whole(struct lws *wsi, const char *text)
{
	return say(wsi, 200, text, 0) || lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* An answer that goes on behind its end, or is left there. */
static int
beyond(struct lws *wsi, int more)
{
	unsigned char buf[LWS_PRE + 8];
	int n;

	if (say(wsi, 200, "first", 0))
		return -1;
	if (more) {
		memcpy(buf + LWS_PRE, "second", 6);
		n = lws_write(wsi, buf + LWS_PRE, 6, LWS_WRITE_HTTP);
		printf("BEYOND %s\n", n < 0 ? "fails" : "is sent");
	}
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* A field of the program's own. */
static int
named(struct lws *wsi)
{
	unsigned char buf[LWS_PRE + 256], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof(buf) - 1;

	if (lws_add_http_header_status(wsi, 200, &p, end) ||
	    lws_add_http_header_by_name(wsi, (const unsigned char *)"x-own", (const unsigned char *)"value", 5, &p, end) ||
	    lws_add_http_header_content_length(wsi, 0, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* A value that the form has no room for. */
static int
form(struct lws *wsi, const char *in, size_t len)
{
	static const char *const names[] = { "a" };
	struct lws_spa *spa = lws_spa_create(wsi, names, 1, 16, NULL, NULL);
	const char *value;

	if (!spa)
		return -1;
	lws_spa_process(spa, in, (int)len);
	lws_spa_finalize(spa);
	value = lws_spa_get_string(spa, 0);
	printf("FORM %s %d\n", value ? value : "(none)", lws_spa_get_length(spa, 0));
	lws_spa_destroy(spa);
	return -1;
}

static int
http(struct lws *wsi, struct session *s, const char *uri)
{
	char name[128];
	struct lws *net = lws_get_network_wsi(wsi);

	printf("HTTP %s\n", uri);
	memset(s, 0, sizeof(*s));
	if (!strncmp(uri, "/hang", 5))
		return 0;
	if (!strncmp(uri, "/big/", 5)) {
		s->left = strtoul(uri + 5, NULL, 10);
		if (say(wsi, 200, "", s->left))
			return -1;
		lws_callback_on_writable(wsi);
		return 0;
	}
	if (!strncmp(uri, "/status/", 8)) {
		if (lws_return_http_status(wsi, (unsigned)atoi(uri + 8), "a page"))
			return -1;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	}
	if (!strcmp(uri, "/close")) { /* answered, and closed with the body unread */
		say(wsi, 200, "closed at once", 0);
		return -1;
	}
	if (!strcmp(uri, "/leave"))
		return -1;
	if (!strcmp(uri, "/beyond"))
		return beyond(wsi, 1);
	if (!strcmp(uri, "/peer")) {
		char ip[64];

		lws_get_peer_addresses(wsi, lws_get_socket_fd(net), name, sizeof(name), ip, sizeof(ip));
		return whole(wsi, name);
	}
	if (!strcmp(uri, "/on")) {
		if (held)
			lws_rx_flow_control(held, 1);
		return whole(wsi, held ? "on" : "gone");
	}
	if (!strcmp(uri, "/named"))
		return named(wsi);
	if (!strcmp(uri, "/update")) { /* the files hold something else now */
		lws_tls_cert_updated(context, cert, key, NULL, 0, NULL, 0);
		return whole(wsi, "updated");
	}
	if (!strcmp(uri, "/fork")) {
		forked = !fork();
		if (forked)
			prctl(PR_SET_PDEATHSIG, SIGKILL);
		return whole(wsi, forked ? "child" : "parent");
	}
	if (!strcmp(uri, "/pid")) {
		lws_snprintf(name, sizeof(name), "%d", getpid());
		return whole(wsi, name);
	}
	if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI)) {
		s->posted = 1;
		s->later = !strcmp(uri, "/later");
		s->form = !strcmp(uri, "/form");
		return 0;
	}
	return whole(wsi, "hello");
}

static int
writeable(struct lws *wsi, struct session *s)
{
	unsigned char buf[LWS_PRE + 32768];
	size_t n = s->left < 32768 ? s->left : 32768;

	if (s->later && !s->posted) {
		s->later = 0;
		return whole(wsi, "later");
	}
	if (!s->left)
		return 0;
	memset(buf + LWS_PRE, 'b', n);
	s->left -= n;
	if (lws_write(wsi, buf + LWS_PRE, n, s->left ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL) < 0)
		return -1;
	if (!s->left)
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	lws_callback_on_writable(wsi);
	return 0;
}

static int
callback_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *s = user;
	char text[64];

	switch ((int)reason) {
	case LWS_CALLBACK_HTTP:
		return http(wsi, s, in);
	case LWS_CALLBACK_HTTP_BODY:
		if (s->form)
			return form(wsi, in, len);
		s->got += len;
		return 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		puts("COMPLETION");
		if (!s->posted) {
			puts("COMPLETION again");
			return -1;
		}
		s->posted = 0;
		if (s->later) {
			lws_callback_on_writable(wsi);
			return 0;
		}
		lws_snprintf(text, sizeof(text), "got %zu", s->got);
		return whole(wsi, text);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return writeable(wsi, s);
	case LWS_CALLBACK_CLOSED_HTTP:
		printf("CLOSED %s\n", s && s->posted ? "post" : "other");
		return 0;
	case LWS_CALLBACK_OPENSSL_PERFORM_CLIENT_CERT_VERIFICATION:
		return !len;
	case REQUIRES_PRIVATE_KEY:
		puts("KEY");
		return 1;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

/* The message as large as it is asked for; its buffer goes when it is written. */
static int
large(struct lws *wsi, size_t n)
{
	unsigned char *m = malloc(LWS_PRE + n);
	unsigned int x = 1;
	int wrote;

	if (!m)
		return -1;
	for (size_t i = 0; i < n; i++)
		m[LWS_PRE + i] = (unsigned char)('a' + (x = x * 1103515245 + 12345) / 65536 % 26);
	wrote = lws_write(wsi, m + LWS_PRE, n, LWS_WRITE_TEXT);
	printf("WROTE %d partial %d\n", wrote, lws_partial_buffered(wsi));
	explicit_bzero(m, LWS_PRE + n);
	free(m);
	return wrote < 0 ? -1 : 0;
}

static int
asked(struct lws *wsi, const char *what)
{
	unsigned char buf[LWS_PRE + 128], *p = buf + LWS_PRE;
	int code;

	if (!strcmp(what, "empty"))
		return lws_write(wsi, p, 0, LWS_WRITE_TEXT) < 0 ? -1 : 0;
	if (!strncmp(what, "large ", 6))
		return large(wsi, strtoul(what + 6, NULL, 10));
	if (!strncmp(what, "code ", 5)) {
		lws_close_reason(wsi, (enum lws_close_status)atoi(what + 5), NULL, 0);
		return -1;
	}
	if (!strncmp(what, "close ", 6)) {
		code = atoi(what + 6);
		p[0] = (unsigned char)(code >> 8);
		p[1] = (unsigned char)code;
		printf("CLOSE %s\n", lws_write(wsi, p, 2, WRITE_CLOSE) < 0 ? "fails" : "is sent");
		return 0;
	}
	code = !strcmp(what, "twice") ? 2 : 1;
	while (code--) {
		strcpy((char *)p, what);
		if (lws_write(wsi, p, strlen(what), LWS_WRITE_TEXT) < 0)
			return -1;
	}
	return 0;
}

static int
callback_echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *s = user;

	switch ((int)reason) {
	case LWS_CALLBACK_RECEIVE:
		printf("RECEIVE %zu\n", len);
		if (!strncmp(in, "off", len < 3 ? len : 3)) {
			lws_rx_flow_control(held = wsi, 0);
			return 0;
		}
		if (len < sizeof(s->text)) {
			memcpy(s->text, in, len);
			s->text[len] = 0;
			lws_callback_on_writable(wsi);
		}
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!s->text[0])
			return 0;
		len = (size_t)asked(wsi, s->text);
		s->text[0] = 0;
		return (int)len;
	case LWS_CALLBACK_CLOSED:
		held = NULL;
		puts("CLOSED echo");
		return 0;
	default:
		return 0;
	}
}

static int
greet(struct lws *wsi)
{
	unsigned char buf[LWS_PRE + 8];

	memcpy(buf + LWS_PRE, "greeting", 8);
	return lws_write(wsi, buf + LWS_PRE, 8, LWS_WRITE_RAW) == 8 ? 0 : -1;
}

static void
flood(struct lws *wsi)
{
	unsigned char *m = calloc(1, LWS_PRE + 1000000);

	if (m)
		lws_write(wsi, m + LWS_PRE, 1000000, LWS_WRITE_RAW);
	free(m);
}

static int
callback_raw(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	char text[64];
	int k;

	(void)user;
	(void)in;
	(void)len;
	switch ((int)reason) {
	case LWS_CALLBACK_RAW_ADOPT:
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_RAW_RX:
		flood(wsi);
		return -1;
	case LWS_CALLBACK_RAW_ADOPT_FILE:
		lws_rx_flow_control(held = wsi, 0);
		return 0;
	case LWS_CALLBACK_RAW_RX_FILE:
		k = (int)read(lws_get_socket_fd(wsi), text, sizeof(text));
		printf("FILE %.*s\n", k < 0 ? 0 : k, text);
		return k > 0 ? 0 : -1;
	case LWS_CALLBACK_RAW_CLOSE_FILE:
		held = NULL;
		puts("CLOSED file");
		return 0;
	case LWS_CALLBACK_RAW_WRITEABLE:
		return greet(wsi);
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{ "http", callback_http, sizeof(struct session), 0, 0, NULL, 0 },
	{ "echo", callback_echo, sizeof(struct session), 4096, 0, NULL, 0 },
	{ "raw", callback_raw, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static const struct lws_extension extensions[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate; client_no_context_takeover" },
	{ NULL, NULL, NULL }
};

/* A pipe that holds something, and whose writer has gone. */
static void
adopt_pipe(void)
{
	lws_sock_file_fd_type fd;
	int both[2];

	if (pipe(both) || write(both[1], "kept", 4) != 4)
		exit(2);
	close(both[1]);
	fd.filefd = both[0];
	lws_adopt_descriptor_vhost(lws_get_vhost_by_name(context, "default"), LWS_ADOPT_RAW_FILE_DESC, fd, "raw", NULL);
}

static void
file_in_memory(const char *name, const void **at, unsigned int *len)
{
	static char text[8192];
	FILE *f = fopen(name, "r");

	if (!f)
		exit(2);
	*len = (unsigned int)fread(text, 1, sizeof(text), f);
	*at = text;
	fclose(f);
}

static void
set(struct lws_context_creation_info *i, struct lws_http_mount *m, char *arg)
{
	char *value = strchr(arg, '=');

	if (!value)
		exit(2);
	*value++ = 0;
	if (!strcmp(arg, "cert")) {
		i->ssl_cert_filepath = cert = value;
		i->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	} else if (!strcmp(arg, "key"))
		i->ssl_private_key_filepath = key = value;
	else if (!strcmp(arg, "camem"))
		file_in_memory(value, &i->server_ssl_ca_mem, &i->server_ssl_ca_mem_len);
	else if (!strcmp(arg, "options"))
		i->options |= strtoull(value, NULL, 0);
	else if (!strcmp(arg, "h2"))
		i->options |= LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE;
	else if (!strcmp(arg, "deflate"))
		i->extensions = extensions;
	else if (!strcmp(arg, "buffer"))
		i->pt_serv_buf_size = (unsigned)atoi(value);
	else if (!strcmp(arg, "pool"))
		i->max_http_header_pool = (unsigned short)atoi(value);
	else if (!strcmp(arg, "timeout"))
		i->timeout_secs = (unsigned)atoi(value);
	else if (!strcmp(arg, "keepalive"))
		i->keepalive_timeout = atoi(value);
	else if (!strcmp(arg, "restriction"))
		i->simultaneous_ssl_restriction = atoi(value);
	else if (!strcmp(arg, "unix")) {
		i->iface = value;
		i->options |= LWS_SERVER_OPTION_UNIX_SOCK;
	} else if (!strcmp(arg, "raw")) {
		i->listen_accept_role = "raw-skt";
		i->listen_accept_protocol = "raw";
		i->options |= LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
	} else if (!strcmp(arg, "mount")) {
		m->mountpoint = "/file";
		m->mountpoint_len = 5;
		m->origin = value;
		m->def = "index.html";
		m->origin_protocol = LWSMPRO_FILE;
		i->mounts = m;
	} else if (!strcmp(arg, "pipe"))
		piped = 1;
	else if (!strcmp(arg, "basic"))
		m->basic_auth_login_file = value;
	else
		exit(2);
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_http_mount mount;
	int k;

	setvbuf(stdout, NULL, _IOLBF, 0);
	memset(&info, 0, sizeof(info));
	memset(&mount, 0, sizeof(mount));
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	info.iface = "127.0.0.1";
	for (k = 1; k < argc; k++)
		set(&info, &mount, argv[k]);
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_NOTICE | LLL_INFO, NULL);
	signal(SIGTERM, on_term);
	info.protocols = protocols;
	context = lws_create_context(&info);
	if (!context) {
		puts("NO CONTEXT");
		return 0;
	}
	if (piped)
		adopt_pipe();
	printf("PORT %d\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")));
	while (!stopping && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
