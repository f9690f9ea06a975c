/* SPDX-License-Identifier: MIT */
/* A client of v4.3 that does what its arguments say and prints what comes of it
 * (newer_test.go):
 *
 *   n43 PORT DIR STEP...
 *
 *   get:PATH, getx:PATH      a request over TCP, over TLS; the answer's status and body
 *   FLAG+STEP                with LCCSCF_FLAG
 *   geth2:PATH               the same on HTTP/2
 *   ws:PATH                  a WebSocket
 *   host:NAME, port:PORT     for the following steps
 *   save:FILE, load:FILE     the TLS session with host and port
 *   refuse:1                 nonzero from LWS_CALLBACK_CONNECTING
 *   new:SETTING              a new context; sessions: with tls_session_cache_max,
 *                            none: with DISABLE_TLS_SESSION_CACHE, brief: with
 *                            tls_session_timeout, jar: with a cookie jar, small:
 *                            with limits for it
 *   sleep:MS
 *   jar:1                    how many lines the jar has, and whether no other file is there
 *   cert:PATH                what a certificate says of itself, as its bytes in hex
 *   caches:1                 a cache in front of a jar of its own
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct lws_context *cx;
static struct lws_context_creation_info info;
static const char *host = "localhost", *dir;
static int port, done, refuse;
static char body[4096];

static void
show_conmon(struct lws *wsi)
{
	struct lws_conmon m, again;
	struct addrinfo *a;
	char text[64] = "none";
	int found = 0;

	lws_conmon_wsi_take(wsi, &m);
	lws_conmon_wsi_take(wsi, &again);
	if (m.peer46.sa4.sin_family)
		lws_sa46_write_numeric_address(&m.peer46, text, sizeof(text));
	for (a = m.dns_results_copy; a; a = a->ai_next)
		found += a->ai_addr->sa_family == a->ai_family;
	printf(" conmon peer=%s:%d dns=%d conn=%d tls=%d resp=%d disp=%d status=%d/%d found=%d,%d", text,
	       m.peer46.sa4.sin_family ? (int)ntohs(m.peer46.sa4.sin_port) == port : -1, m.ciu_dns > 0, m.ciu_sockconn > 0,
	       m.ciu_tls > 0, m.ciu_txn_resp > 0, m.dns_disposition, m.pcol,
	       m.pcol == LWSCONMON_PCOL_HTTP ? m.protocol_specific.http.response : 0, found, again.dns_results_copy != NULL);
	if (m.ciu_txn_resp >= 50000)
		printf(" slow");
	lws_conmon_release(&m);
	lws_conmon_release(&m); /* is allowed */
	lws_conmon_release(&again);
}

static int
save_session(struct lws_context *context, struct lws_tls_session_dump *d)
{
	FILE *f = fopen(d->opaque, "w");
	int bad = context != cx || strnlen(d->tag, LWS_SESSION_TAG_LEN) == LWS_SESSION_TAG_LEN || !f || fwrite(d->blob, 1, d->blob_len, f) != d->blob_len;

	printf(" saves %s", strchr(d->tag, '_'));
	if (f)
		fclose(f);
	return bad;
}

static int
load_session(struct lws_context *context, struct lws_tls_session_dump *d)
{
	FILE *f = fopen(d->opaque, "r");

	printf(" loads");
	d->blob = f ? malloc(100000) : NULL;
	if (context != cx || !d->blob)
		return 1;
	d->blob_len = fread(d->blob, 1, 100000, f);
	fclose(f);
	return 0;
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	char buf[LWS_PRE + 1024], *p = buf + LWS_PRE;
	lws_usec_t retry = 1500000;
	int n = 1024;

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_CONNECTING:
		printf(" connecting fd=%d", (int)(intptr_t)in == lws_get_socket_fd(wsi) && (intptr_t)in > 2);
		return refuse;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		printf(" error");
		show_conmon(wsi);
		done = 1;
		break;
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		printf(" status=%u", lws_http_client_http_response(wsi));
		if (!lws_http_check_retry_after(wsi, &retry))
			printf(" retry=%dms", (int)(retry / 1000));
		if (lws_tls_session_is_reused(wsi))
			printf(" resumed");
		break;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
		return lws_http_client_read(wsi, &p, &n) < 0 ? -1 : 0;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
		if (strlen(body) + len < sizeof(body))
			strncat(body, in, len);
		return 0;
	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
		printf(" body='%s'", body);
		show_conmon(wsi);
		return -1;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		printf(" open");
		show_conmon(wsi);
		break;
	case LWS_CALLBACK_CLIENT_CLOSED:
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
		done = 1;
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {{"n43", callback, 0, 0, 0, NULL, 0}, LWS_PROTOCOL_LIST_TERM};

static void
make_context(void)
{
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	cx = lws_create_context(&info);
	if (!cx)
		exit(1);
}

static void
connect_to(const char *path, int flags, const char *alpn)
{
	struct lws_client_connect_info i;

	memset(&i, 0, sizeof(i));
	i.context = cx;
	i.address = i.host = i.origin = host;
	i.port = port;
	i.path = path;
	i.ssl_connection = flags;
	i.method = alpn ? "GET" : NULL;
	i.protocol = i.local_protocol_name = "n43";
	i.alpn = alpn;
	done = 0;
	body[0] = '\0';
	lws_client_connect_via_info(&i);
	while (!done && lws_service(cx, 0) >= 0)
		;
}

static char *
in_dir(const char *file)
{
	static char path[300];

	lws_snprintf(path, sizeof(path), "%s/%s", dir, file);
	return path;
}

static void
show_jar(void)
{
	FILE *f = fopen(in_dir("cookies.txt"), "r");
	char line[5000];
	int lines = 0;

	while (f && fgets(line, sizeof(line), f))
		if (!lines++)
			printf(" %.*s", (int)strcspn(line, "\n"), line);
	if (f)
		fclose(f);
	printf(" %d lines", lines);
	if (!access(in_dir("cookies.txt.LCK"), F_OK))
		printf(" locked");
}

#define MUST(x) \
	do { \
		if (!(x)) { \
			fprintf(stderr, "line %d: %s\n", __LINE__, #x); \
			exit(3); \
		} \
	} while (0)

static int
found(struct lws_cache_ttl_lru *c, const char *pattern)
{
	lws_cache_results_t r;
	int n = 0;

	if (lws_cache_lookup(c, pattern, (const void **)&r.ptr, &r.size))
		return 0;
	while (!lws_cache_results_walk(&r)) {
		MUST(strlen((const char *)r.tag) == r.tag_len);
		n++;
	}
	return n;
}

static int
write_line(struct lws_cache_ttl_lru *c, const char *line)
{
	const char *tag = "the line has it";

	if (!strncmp(line, "h.com\tFALSE\t/a\t", 15))
		tag = "h.com|/a|x"; /* what is in front needs it */
	return lws_cache_write_through(c, tag, (const uint8_t *)line, strlen(line), lws_now_usecs() + LWS_US_PER_SEC * 60, NULL);
}

static void
caches(void)
{
	static const char one[] = "h.com\tFALSE\t/a\tFALSE\t4000000000\tx\t1", two[] = "h.com\tFALSE\t/a\tFALSE\t4000000000\tx\t22";
	static const char big[] = "big.com\tFALSE\t/\tFALSE\t4000000000\tbig\t";
	struct lws_cache_creation_info ci;
	struct lws_cache_ttl_lru *jar, *l1;
	const void *p = NULL;
	char *long_line;
	size_t n = 0;
	FILE *f;

	memset(&ci, 0, sizeof(ci));
	ci.cx = cx;
	ci.name = "jar";
	ci.ops = &lws_cache_ops_nscookiejar;
	MUST(!lws_cache_create(&ci)); /* no file */
	ci.u.nscookiejar.filepath = in_dir("other.txt");
	f = fopen(in_dir("other.txt"), "w");
	MUST(f);
	fprintf(f, "# comment\nnonsense\nold.com\tFALSE\t/\tFALSE\t1\tgone\tx\n"
		   "#HttpOnly_.curl.com\tTRUE\t/\tTRUE\t0\tkept\tx\n");
	fclose(f);
	jar = lws_cache_create(&ci);
	MUST(jar && found(jar, "*|/|*") == 1 && found(jar, ".curl.com|/deep|kept") == 1);
	ci.parent = jar;
	ci.name = "l1";
	ci.ops = &lws_cache_ops_heap;
	l1 = lws_cache_create(&ci);
	MUST(l1 && !write_line(l1, one) && !write_line(l1, two));
	MUST(!lws_cache_item_get(jar, "h.com|/a|x", &p, &n) && n == strlen(two) && !memcmp(p, two, n));
	MUST(!lws_cache_item_get(l1, "h.com|/a|x", &p, &n) && n == strlen(two) && !memcmp(p, two, n));
	MUST(lws_cache_item_get(l1, "h.com|/|x", &p, &n));
	MUST(found(l1, "h.com|/a/b|*") == 1 && found(l1, "h.com|/ab|*") == 0 && found(l1, "*|/a|*") == 2);
	MUST(write_line(jar, "no line") && write_line(jar, "two\tTRUE\t/\tFALSE\t0\tx\ty\nlines\tTRUE\t/\tFALSE\t0\tx\ty"));
	MUST(!write_line(jar, "far.com\tFALSE\t/\tFALSE\t4000000000\tfar\tv"));
	/* what is only in the file comes to the front */
	MUST(lws_cache_footprint(l1) == strlen(two) && !lws_cache_item_get(l1, "far.com|/|far", &p, &n));
	MUST(lws_cache_footprint(l1) == strlen(two) + n);
	long_line = malloc(100000);
	MUST(long_line);
	memset(long_line, 'v', 99999);
	memcpy(long_line, big, sizeof(big) - 1);
	long_line[99999] = '\0';
	MUST(!write_line(jar, long_line) && !lws_cache_item_get(l1, "big.com|/|big", &p, &n));
	MUST(n == 99999 && !memcmp(p, long_line, n) && lws_cache_footprint(jar) > 99999);
	free(long_line);
	MUST(!lws_cache_item_remove(l1, "big.com|*|*") && lws_cache_item_get(l1, "big.com|/|big", &p, &n));
	MUST(!lws_cache_item_remove(l1, "h.com|/a|x") && found(l1, "h.com|/a|*") == 0);
	MUST(!lws_cache_expunge(l1) && access(in_dir("other.txt"), F_OK) && !found(l1, "*|/|*"));
	MUST(!lws_cache_expunge(l1)); /* of what is not there */
	lws_cache_destroy(&jar);
	lws_cache_destroy(&l1);
	MUST(!jar && !l1);
	printf(" good");
}

static void
show_cert(const char *path)
{
	static const enum lws_tls_cert_info what[] = {LWS_TLS_CERT_INFO_DER_RAW, LWS_TLS_CERT_INFO_SUBJECT_KEY_ID,
						      LWS_TLS_CERT_INFO_AUTHORITY_KEY_ID};
	static char pem[10000];
	union {
		union lws_tls_cert_info_results r;
		char room[3000];
	} u;
	struct lws_x509_cert *x509;
	FILE *f = fopen(path, "r");

	MUST(f && fread(pem, 1, sizeof(pem) - 1, f));
	fclose(f);
	MUST(!lws_x509_create(&x509) && !lws_x509_parse_from_pem(x509, pem, strlen(pem) + 1));
	for (size_t i = 0; i < LWS_ARRAY_SIZE(what); i++) {
		int r = lws_x509_info(x509, what[i], &u.r, 2900);

		printf(" %d:", r);
		for (int n = 0; !r && n < u.r.ns.len; n++)
			printf("%02x", (unsigned char)u.r.ns.name[n]);
		if (!r)
			MUST(lws_x509_info(x509, what[i], &u.r, 2) == -1 && u.r.ns.len > 2);
	}
	lws_x509_destroy(&x509);
}

static void
step(char *s)
{
	char *arg = strchr(s, ':'), *plus;
	int flags = 0;

	printf("%s:", s);
	*arg++ = '\0';
	while ((plus = strchr(s, '+'))) {
		*plus = '\0';
		if (!strcmp(s, "CONMON"))
			flags |= LCCSCF_CONMON;
		else if (!strcmp(s, "DOWN"))
			flags |= LCCSCF_ACCEPT_TLS_DOWNGRADE_REDIRECTS;
		else if (!strcmp(s, "COOKIES"))
			flags |= LCCSCF_CACHE_COOKIES;
		else if (!strcmp(s, "ANY"))
			flags |= LCCSCF_ALLOW_SELFSIGNED | LCCSCF_ALLOW_INSECURE;
		s = plus + 1;
	}
	if (!strcmp(s, "host"))
		host = arg;
	else if (!strcmp(s, "port"))
		port = atoi(arg);
	else if (!strcmp(s, "get"))
		connect_to(arg, flags, "http/1.1");
	else if (!strcmp(s, "getx"))
		connect_to(arg, flags | LCCSCF_USE_SSL, "http/1.1");
	else if (!strcmp(s, "geth2"))
		connect_to(arg, flags | LCCSCF_USE_SSL, "h2");
	else if (!strcmp(s, "save"))
		printf(" %d", lws_tls_session_dump_save(lws_get_vhost_by_name(cx, "default"), host, (uint16_t)port,
						       save_session, in_dir(arg)));
	else if (!strcmp(s, "load"))
		printf(" %d", lws_tls_session_dump_load(lws_get_vhost_by_name(cx, "default"), host, (uint16_t)port,
						       load_session, in_dir(arg)));
	else if (!strcmp(s, "sleep"))
		usleep((unsigned int)atoi(arg) * 1000);
	else if (!strcmp(s, "refuse"))
		refuse = atoi(arg);
	else if (!strcmp(s, "new")) {
		lws_context_destroy(cx);
		memset(&info, 0, sizeof(info));
		if (!strcmp(arg, "sessions"))
			info.tls_session_cache_max = 2;
		if (!strcmp(arg, "brief"))
			info.tls_session_timeout = 1;
		if (!strcmp(arg, "jar") || !strcmp(arg, "small"))
			info.http_nsc_filepath = in_dir("cookies.txt");
		if (!strcmp(arg, "small")) {
			info.http_nsc_heap_max_payload = 100;
			info.http_nsc_heap_max_items = 1;
			info.http_nsc_heap_max_footprint = 50;
		}
		if (!strcmp(arg, "none")) {
			info.options = LWS_SERVER_OPTION_DISABLE_TLS_SESSION_CACHE;
			info.tls_session_cache_max = 2;
		}
		make_context();
	}
	else if (!strcmp(s, "ws"))
		connect_to(arg, flags, NULL);
	else if (!strcmp(s, "cert"))
		show_cert(arg);
	else if (!strcmp(s, "jar"))
		show_jar();
	else if (!strcmp(s, "caches"))
		caches();
	else
		exit(2);
	printf("\n");
}

int
main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	port = atoi(argv[1]);
	dir = argv[2];
	alarm(60); /* never hangs a test */
	lws_set_log_level(LLL_ERR, NULL);
	make_context();
	for (argv += 3; *argv; argv++)
		step(*argv);
	lws_context_destroy(cx);
	return 0;
}
