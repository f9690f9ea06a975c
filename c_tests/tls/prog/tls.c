/* SPDX-License-Identifier: MIT
 *
 * A program for the TLS tests: a server or a client, set up by name=value
 * arguments, that prints every callback which has to do with a connection.
 * Compiled once, it runs with the reference's library too.
 *
 *   server  echoes ws messages; GET /big?N answers N bytes, POST tells the
 *           body's length and hash, everything else the connection's TLS facts
 *   client  connects to port, prints what comes, ends with the connection;
 *           conns=N makes N connections, is shows what lws_is_ssl says when
 */
#include "tls.h"

struct session {
	unsigned char *msg; /* LWS_PRE in front */
	size_t len, sent;
	unsigned long hash;
	int binary;
	long left; /* of a big answer */
};

static int stopped, stopping, running;
static struct lws_context *ctx;
static int is_client;

/* What lws knows of the connection's TLS, in one line. */
static void
facts(struct lws *wsi, char *out, size_t size)
{
	union {
		union lws_tls_cert_info_results r;
		char room[512];
	} u;
	const unsigned char *alpn = NULL;
	unsigned int alpn_len = 0;
	SSL *ssl = lws_get_ssl(wsi);
	int n = 0;

	if (ssl)
		SSL_get0_alpn_selected(ssl, &alpn, &alpn_len);
	n += snprintf(out, size, "ssl=%d is_ssl=%d vhost=%s alpn=%.*s",
		      !!ssl, !!lws_is_ssl(wsi),
		      lws_get_vhost_name(lws_get_vhost(wsi)), (int)alpn_len,
		      alpn ? (const char *)alpn : "");
	if (!ssl)
		return;
	if (!lws_tls_peer_cert_info(wsi, LWS_TLS_CERT_INFO_COMMON_NAME, &u.r,
				    sizeof(u.r.ns.name)))
		n += snprintf(out + n, size - n, " cn=%s", u.r.ns.name);
	if (!lws_tls_peer_cert_info(wsi, LWS_TLS_CERT_INFO_ISSUER_NAME, &u.r,
				    sizeof(u.r.ns.name)))
		n += snprintf(out + n, size - n, " issuer=%s", u.r.ns.name);
	if (!lws_tls_peer_cert_info(wsi, LWS_TLS_CERT_INFO_VERIFIED, &u.r, 0))
		n += snprintf(out + n, size - n, " verified=%u", u.r.verified);
}

static void
print(const char *what, struct lws *wsi)
{
	char b[600];

	facts(wsi, b, sizeof(b));
	say("%s %s", what, b);
}

static int
respond(struct lws *wsi, const char *ctype, long total)
{
	unsigned char buf[LWS_PRE + 600], *p = buf + LWS_PRE, *start = p,
					  *end = buf + sizeof(buf) - 1;

	if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, ctype,
					(lws_filepos_t)total, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return 1;
	lws_callback_on_writable(wsi);
	return 0;
}

static int
text(struct lws *wsi, struct session *s, const char *t)
{
	s->len = strlen(t);
	s->sent = 0;
	free(s->msg);
	s->msg = malloc(LWS_PRE + s->len + 1);
	memcpy(s->msg + LWS_PRE, t, s->len);
	return respond(wsi, "text/plain", (long)s->len);
}

static int
http(struct lws *wsi, struct session *s, const char *uri)
{
	char b[600];

	if (!strncmp(uri, "/big", 4)) {
		if (lws_hdr_copy(wsi, b, sizeof(b), WSI_TOKEN_HTTP_URI_ARGS) <= 0)
			return 1;
		s->left = atol(b);
		s->sent = 0;
		return respond(wsi, "application/octet-stream", s->left);
	}
	if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI)) {
		s->len = 0;
		s->hash = HASH0;
		return 0;
	}
	if (!strcmp(uri, "/quit"))
		stopping = 1;
	facts(wsi, b, sizeof(b));
	return text(wsi, s, b);
}

static int
http_writeable(struct lws *wsi, struct session *s)
{
	unsigned char buf[LWS_PRE + 16000];
	int n = (int)sizeof(buf) - LWS_PRE;

	if (s->left > 0) {
		if (n > s->left)
			n = (int)s->left;
		for (int i = 0; i < n; i++)
			buf[LWS_PRE + i] = (unsigned char)((s->sent + i) * 7 % 251);
		s->left -= n;
		s->sent += n;
		if (lws_write(wsi, buf + LWS_PRE, n,
			      s->left ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL) != n)
			return -1;
		if (s->left) {
			lws_callback_on_writable(wsi);
			return 0;
		}
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	}
	if (!s->msg)
		return 0;
	n = (int)s->len;
	if (lws_write(wsi, s->msg + LWS_PRE, n, LWS_WRITE_HTTP_FINAL) != n)
		return -1;
	free(s->msg);
	s->msg = NULL;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int
collect(struct lws *wsi, struct session *s, void *in, size_t len)
{
	if (lws_is_first_fragment(wsi)) {
		s->len = 0;
		s->binary = lws_frame_is_binary(wsi);
	}
	s->msg = realloc(s->msg, LWS_PRE + s->len + len + 1);
	memcpy(s->msg + LWS_PRE + s->len, in, len);
	s->len += len;
	return lws_is_final_fragment(wsi);
}

/* Callbacks about TLS itself: 1 when it was one, its answer in *ret. */
static int
tls(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
    size_t len, int *ret)
{
	struct lws_ssl_info *si = in;

	*ret = 0;
	switch (reason) {
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
		say("LOAD_EXTRA_SERVER_VERIFY_CERTS user=%d in=%s len=%d", !!user,
		    in ? lws_get_vhost_name(in) : "none", (int)len);
		if (arg("extracert") &&
		    (SSL_CTX_use_certificate_chain_file(user, arg("extracert")) != 1 ||
		     SSL_CTX_use_PrivateKey_file(user, arg("extrakey"),
						 SSL_FILETYPE_PEM) != 1))
			say("BAD extracert");
		*ret = (int)num("refuseserver");
		return 1;
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS:
		say("LOAD_EXTRA_CLIENT_VERIFY_CERTS user=%d in=%d len=%d", !!user,
		    !!in, (int)len);
		return 1;
#if LWS_LIBRARY_VERSION_NUMBER < 4003000
	case LWS_CALLBACK_OPENSSL_CONTEXT_REQUIRES_PRIVATE_KEY:
		if (!arg("quietkey"))
			say("CONTEXT_REQUIRES_PRIVATE_KEY user=%d", !!user);
		if (arg("latekey") && SSL_CTX_use_PrivateKey_file(
					      user, arg("latekey"),
					      SSL_FILETYPE_PEM) != 1)
			say("BAD latekey");
		return 1;
#endif
	case LWS_CALLBACK_OPENSSL_PERFORM_CLIENT_CERT_VERIFICATION:
	case LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION:
		say("%s_CERT_VERIFICATION store=%d ssl=%d good=%d err=%d depth=%d vhost=%s",
		    reason == LWS_CALLBACK_OPENSSL_PERFORM_CLIENT_CERT_VERIFICATION ?
			    "CLIENT" : "SERVER",
		    !!user, in == lws_get_ssl(wsi), (int)len,
		    X509_STORE_CTX_get_error(user),
		    X509_STORE_CTX_get_error_depth(user),
		    lws_get_vhost_name(lws_get_vhost(wsi)));
		if (arg("forgive"))
			X509_STORE_CTX_set_error(user, X509_V_OK);
		*ret = arg("strict") ? !len : (int)num("refusecert");
		return 1;
	case LWS_CALLBACK_SSL_INFO:
		say("SSL_INFO where=0x%x ret=%d", si->where, si->ret);
		*ret = si->where == num("infokill");
		return 1;
	case LWS_CALLBACK_VHOST_CERT_AGING:
		if (arg("aging"))
			say("VHOST_CERT_AGING vhost=%s of=%s",
			    lws_get_vhost_name(lws_get_vhost(wsi)),
			    lws_get_vhost_name(((struct lws_acme_cert_aging_args *)in)->vh));
		if (arg("days"))
			say("DAYS %d", (int)len);
		return 1;
	default:
		return 0;
	}
}

static int
serve(struct lws *wsi, enum lws_callback_reasons reason, struct session *s,
      void *in, size_t len)
{
	char b[64];
	int n;

	switch (reason) {
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
		say("NEW_CLIENT_INSTANTIATED ssl=%d is_ssl=%d", !!lws_get_ssl(wsi),
		    !!lws_is_ssl(wsi));
		return 0;
	case LWS_CALLBACK_FILTER_HTTP_CONNECTION:
		print("FILTER_HTTP_CONNECTION", wsi);
		return 0;
	case LWS_CALLBACK_HTTP:
		say("HTTP %.*s", (int)len, (const char *)in);
		return http(wsi, s, in);
	case LWS_CALLBACK_HTTP_BODY:
		s->len += len;
		s->hash = hash(s->hash, in, len);
		return 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		say("HTTP_BODY_COMPLETION");
		snprintf(b, sizeof(b), "%zu %08lx", s->len, s->hash);
		return text(wsi, s, b);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return http_writeable(wsi, s);
	case LWS_CALLBACK_CLOSED_HTTP:
		say("CLOSED_HTTP");
		stopped |= stopping; /* who asked for it has left */
		return 0;
	case LWS_CALLBACK_ESTABLISHED:
		say("ESTABLISHED in=%d", in == lws_get_ssl(wsi));
		print("ESTABLISHED", wsi);
		return 0;
	case LWS_CALLBACK_RECEIVE:
		if (arg("pause") && !s->left) { /* once */
			s->left = 1;
			say("PAUSED %d", lws_rx_flow_control(wsi, 0));
			lws_set_timer_usecs(wsi, 50000);
		}
		if (collect(wsi, s, in, len))
			lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_TIMER:
		say("RESUMED %d", lws_rx_flow_control(wsi, 1));
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!s->msg)
			return 0;
		n = (int)s->len;
		if (lws_write(wsi, s->msg + LWS_PRE, n,
			      s->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT) != n)
			return -1;
		free(s->msg);
		s->msg = NULL;
		return 0;
	case LWS_CALLBACK_CLOSED:
		say("CLOSED");
		free(s->msg);
		s->msg = NULL;
		return 0;
	case LWS_CALLBACK_RAW_ADOPT:
		print("RAW_ADOPT", wsi);
		return 0;
	case LWS_CALLBACK_RAW_RX:
		say("RAW_RX %.*s", (int)len, (const char *)in);
		memcpy(b, in, len < sizeof(b) ? len : sizeof(b));
		return lws_write(wsi, (unsigned char *)b,
				 len < sizeof(b) ? len : sizeof(b),
				 LWS_WRITE_RAW) < 0;
	case LWS_CALLBACK_RAW_CLOSE:
		say("RAW_CLOSE");
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		say("WSI_DESTROY");
		return 0;
	default:
		return 0;
	}
}

/* A client connection is over: the loop shall see it, without an event too. */
static void
ended(void)
{
	running--;
	lws_cancel_service(ctx);
}

static int
visit(struct lws *wsi, enum lws_callback_reasons reason, struct session *s,
      void *in, size_t len)
{
	unsigned char buf[LWS_PRE + 4096];
	char *p = (char *)buf + LWS_PRE;
	int n = (int)sizeof(buf) - LWS_PRE;

	switch (reason) {
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		say("CLIENT_CONNECTION_ERROR");
		if (arg("errors"))
			say("ERROR %.*s", (int)len, in ? (const char *)in : "");
		ended();
		return 0;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		print("CLIENT_ESTABLISHED", wsi);
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		if (s->left)
			return 0;
		s->left = 1;
		n = (int)num("size");
		s->msg = malloc(LWS_PRE + n + 1);
		for (int i = 0; i < n; i++)
			s->msg[LWS_PRE + i] = (unsigned char)(i * 7 % 251);
		n = lws_write(wsi, s->msg + LWS_PRE, n, LWS_WRITE_BINARY) != n;
		free(s->msg);
		s->msg = NULL;
		return n;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		if (!collect(wsi, s, in, len))
			return 0;
		for (size_t i = 0; i < s->len; i++)
			if (s->msg[LWS_PRE + i] != (unsigned char)(i * 7 % 251)) {
				say("BAD byte %zu", i);
				break;
			}
		say("CLIENT_RECEIVE %zu", s->len);
		free(s->msg);
		s->msg = NULL;
		return -1;
	case LWS_CALLBACK_CLIENT_CLOSED:
		say("CLIENT_CLOSED");
		ended();
		return 0;
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		print("ESTABLISHED_CLIENT_HTTP", wsi);
		say("STATUS %u", lws_http_client_http_response(wsi));
		s->hash = HASH0;
		return 0;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
		return lws_http_client_read(wsi, &p, &n) < 0 ? -1 : 0;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
		s->hash = hash(s->hash, in, len);
		s->len += len;
		return 0;
	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
		if (arg("nosum")) /* of a body that is never twice the same */
			say("COMPLETED_CLIENT_HTTP");
		else
			say("COMPLETED_CLIENT_HTTP %zu %08lx", s->len, s->hash);
		return -!!arg("once");
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
		say("CLOSED_CLIENT_HTTP");
		ended();
		return 0;
	case LWS_CALLBACK_RAW_CONNECTED:
		print("RAW_CONNECTED", wsi);
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_RAW_WRITEABLE:
		if (!s->left)
			lws_write(wsi, (unsigned char *)memcpy(p, "hello raw", 9), 9,
				  LWS_WRITE_RAW);
		s->left = 1;
		return 0;
	case LWS_CALLBACK_RAW_RX:
		say("RAW_RX %.*s", (int)len, (const char *)in);
		return -1;
	case LWS_CALLBACK_RAW_CLOSE:
		say("RAW_CLOSE");
		ended();
		return 0;
	case LWS_CALLBACK_CLIENT_HTTP_REDIRECT:
		say("CLIENT_HTTP_REDIRECT %d", (int)len);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		say("WSI_DESTROY");
		return 0;
	default:
		return 0;
	}
}

/* What the accessors say at the callbacks of a connection's life. */
static void
is_it(struct lws *wsi, enum lws_callback_reasons reason)
{
	const char *name;

	switch (reason) {
	case LWS_CALLBACK_WSI_CREATE: name = "WSI_CREATE"; break;
	case LWS_CALLBACK_WSI_DESTROY: name = "destroy"; break;
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED: name = "instantiated"; break;
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION: name = "FILTER_NETWORK"; break;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR: name = "error"; break;
	case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH: name = "pre-establish"; break;
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: name = "append"; break;
	case LWS_CALLBACK_CLIENT_HTTP_REDIRECT: name = "redirect"; break;
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP: name = "closed http"; break;
	case LWS_CALLBACK_CLIENT_CLOSED: name = "closed"; break;
	case LWS_CALLBACK_CLOSED_HTTP: name = "closed server"; break;
	case LWS_CALLBACK_RAW_CONNECTED: name = "raw connected"; break;
	case LWS_CALLBACK_RAW_CLOSE: name = "raw close"; break;
	case LWS_CALLBACK_HTTP_BIND_PROTOCOL:
	case LWS_CALLBACK_CLIENT_HTTP_BIND_PROTOCOL: name = "bind"; break;
	case LWS_CALLBACK_CLIENT_HTTP_DROP_PROTOCOL:
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL: name = "drop"; break;
	default: return;
	}
	say("is %s: is_ssl=%d ssl=%d", name, lws_is_ssl(wsi), !!lws_get_ssl(wsi));
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
	 size_t len)
{
	int ret;

	if (arg("is"))
		is_it(wsi, reason);
	if (tls(wsi, reason, user, in, len, &ret))
		return ret;
	return is_client ? visit(wsi, reason, user, in, len) :
			   serve(wsi, reason, user, in, len);
}

/* The protocol of a first vhost that nobody uses. */
static int
callback_first(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	       void *in, size_t len)
{
	if (reason == LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION)
		say("asked is the first vhost's protocol");
	return callback(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{ "echo", callback, sizeof(struct session), 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
}, first_protocols[] = {
	{ "first", callback_first, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void
stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(ctx);
}

static void
connect_to(struct lws_vhost *vh)
{
	struct lws_client_connect_info c;

	memset(&c, 0, sizeof(c));
	c.context = ctx;
	c.vhost = vh;
	c.address = arg("address") ? arg("address") : "127.0.0.1";
	c.port = (int)num("port");
	c.path = arg("path") ? arg("path") : "/";
	c.host = arg("host") ? arg("host") : "localhost";
	c.origin = c.host;
	c.ssl_connection = (arg("plain") ? 0 : LCCSCF_USE_SSL) | (int)num("flags");
	c.alpn = arg("clientalpn");
	if (arg("http"))
		c.method = "GET";
	if (arg("raw"))
		c.method = "RAW";
	c.protocol = arg("http") || arg("raw") ? NULL : "echo";
	c.local_protocol_name = "echo";
	c.sys_tls_client_cert = (uint8_t)num("sysclient");
	running++;
	if (!lws_client_connect_via_info(&c)) {
		say("NO CONNECTION");
		running--;
	}
}

/* The vhost's certificate again: from its files, or from memory. */
static void
update(void)
{
	const char *cert = NULL, *key = NULL;
	unsigned int n = 0, k = 0;

	if (arg("memcert")) {
		cert = slurp(arg("memcert"), &n);
		key = slurp(arg("memkey"), &k);
	}
	say("CERT UPDATED %d", lws_tls_cert_updated(ctx, arg("cert"), arg("key"),
						    cert, n, key, k));
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info i;
	struct lws_vhost *vh;
	long conns;

	args_read(argc, argv);
	if (arg("x509"))
		return inspect(arg("x509"), arg("ca"));
	is_client = !!arg("client");
	lws_set_log_level((int)num("log") ? (int)num("log") : 7, NULL);
	memset(&i, 0, sizeof(i));
	i.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
		    (arg("noinit") ? 0 : LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT) |
		    (uint64_t)num("opt");
	i.simultaneous_ssl_restriction = (int)num("limit");
	i.timeout_secs = (unsigned int)num("timeout");
	i.keepalive_timeout = (int)num("keepalive");
	i.uid = i.gid = -1;
	signal(SIGTERM, stop);
	ctx = lws_create_context(&i);
	if (!ctx)
		return 2;
	if (arg("first")) {
		i.port = CONTEXT_PORT_NO_LISTEN;
		i.protocols = first_protocols;
		i.vhost_name = "first";
		lws_create_vhost(ctx, &i);
	}
	if (arg("syscert"))
		system_identity(ctx);
	i.port = is_client ? CONTEXT_PORT_NO_LISTEN : 0;
	i.iface = is_client ? NULL : "127.0.0.1";
	i.protocols = protocols;
	i.vhost_name = "localhost";
	i.alpn = arg("alpn");
	i.ssl_info_event_mask = (int)num("infomask");
	i.listen_accept_role = arg("role");
	i.listen_accept_protocol = arg("role") ? "echo" : NULL;
	if (is_client)
		client_info(&i);
	else
		server_info(&i, arg("cert"), arg("key"));
	vh = lws_create_vhost(ctx, &i);
	if (!vh) {
		say("NO VHOST");
		lws_context_destroy(ctx);
		return 0;
	}
	if (arg("cert2")) {
		i.vhost_name = arg("name2");
		i.port = lws_get_vhost_listen_port(vh);
		server_info(&i, arg("cert2"), arg("key2"));
		if (!lws_create_vhost(ctx, &i))
			say("NO VHOST 2");
	}
	if (arg("ownclient"))
		say("INIT CLIENT %d", lws_init_vhost_client_ssl(&i, vh));
	if (arg("cert") && !is_client && !arg("noinit"))
		vhost_facts(vh);
	if (arg("extraca")) {
		unsigned int n;
		const void *der = slurp(arg("extraca"), &n);

		say("EXTRA %d", lws_tls_client_vhost_extra_cert_mem(vh, der, n));
		free((void *)der);
	}
	if (!is_client)
		say("PORT %d", lws_get_vhost_listen_port(vh));
	for (conns = arg("conns") ? num("conns") : is_client; conns; conns--)
		connect_to(vh);
	for (long round = 0; !stopped && !(is_client && running <= 0);) {
		if (lws_service(ctx, 0) < 0)
			break;
		if (is_client && running <= 0 && round < num("rounds")) {
			if (round % 1000 == 0 || round == num("rounds") - 1)
				say("ROUNDS %ld", round);
			round++;
			connect_to(vh);
		}
		if (arg("newcert") && !access(arg("newcert"), F_OK)) {
			unlink(arg("newcert"));
			update();
		}
	}
	lws_context_destroy(ctx);
	if (i.provided_client_ssl_ctx)
		SSL_CTX_free(i.provided_client_ssl_ctx);
	say("END");
	return 0;
}
