/* SPDX-License-Identifier: MIT
 *
 * Calls that need no connection, on any libwebsockets. calls NAME [argument]... prints what comes of one.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int told;

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)wsi;
	(void)user;
	(void)in;
	(void)len;
	if (told && ((int)reason == LWS_CALLBACK_WSI_CREATE || (int)reason == LWS_CALLBACK_WSI_DESTROY))
		printf("WSI_%s\n", (int)reason == LWS_CALLBACK_WSI_CREATE ? "CREATE" : "DESTROY");
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "http", callback, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static struct lws_context *
context(const char *cert, const char *key, int port)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof(info));
	info.port = port;
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	info.ssl_cert_filepath = cert;
	info.ssl_private_key_filepath = key;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6 | (cert ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0);
	return lws_create_context(&info);
}

/* When a certificate begins and ends. */
static void
times(char **arg)
{
	struct lws_context *cx = context(arg[0], arg[1], 0);
	union lws_tls_cert_info_results r;
	struct lws_vhost *vh = lws_get_vhost_by_name(cx, "default");

	if (!lws_tls_vhost_cert_info(vh, LWS_TLS_CERT_INFO_VALIDITY_FROM, &r, 0))
		printf("%lld\n", (long long)r.time);
	if (!lws_tls_vhost_cert_info(vh, LWS_TLS_CERT_INFO_VALIDITY_TO, &r, 0))
		printf("%lld\n", (long long)r.time);
	lws_context_destroy(cx);
}

static void
on_alarm(int sig)
{
	(void)sig;
	lwsl_notice("from the handler\n");
}

/* Lines of a signal's handler among others. */
static void
signals(char **arg)
{
	struct itimerval often = { { 0, 50 }, { 0, 50 } };
	int k;

	(void)arg;
	lws_set_log_level(LLL_NOTICE, NULL);
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &often, NULL);
	for (k = 0; k < 60000; k++)
		lwsl_notice("from main\n");
}

static const char *
replacement(void *data, int index)
{
	static const char *with[] = { "[one]", "$four" };

	(void)data;
	return with[index & 1];
}

/* A document in two pieces, whose place is the argument. */
static void
html(char **arg)
{
	static const char *const names[] = { "$two", "$four" };
	const char *text = "a $two b $four c $tw $two";
	struct lws_process_html_state s;
	struct lws_process_html_args a;
	size_t cut = (size_t)atoi(arg[0]), from = 0, n;
	char buf[512];
	int piece;

	memset(&s, 0, sizeof(s));
	s.vars = names;
	s.count_vars = 2;
	s.replace = replacement;
	for (piece = 0; piece < 2; piece++) {
		n = piece ? strlen(text) - cut : cut;
		memset(&a, 0, sizeof(a));
		memcpy(buf + 16, text + from, n);
		buf[16 + n] = 0;
		from += n;
		a.p = buf + 16;
		a.len = (int)n;
		a.max_len = 400;
		a.final = piece;
		if (lws_chunked_html_process(&a, &s))
			printf("(fails)");
		printf("{%.*s}", a.len, a.p);
	}
	putchar('\n');
}

static void
basic(char **arg)
{
	char out[128];
	int n;

	(void)arg;
	memset(out, 0, sizeof(out));
	n = lws_http_basic_auth_gen("user", "secret", out, 22);
	printf("%d %s\n", n, out);
	n = lws_http_basic_auth_gen("user", "secret", out, 23);
	printf("%d %s\n", n, out);
}

static void
blob(char **arg)
{
	struct lws_context *cx = context(NULL, NULL, CONTEXT_PORT_NO_LISTEN);
	lws_system_blob_t *b = lws_system_get_blob(cx, LWS_SYSBLOB_TYPE_CLIENT_CERT_DER, 0);
	const uint8_t *p = NULL;

	(void)arg;
	lws_system_blob_heap_empty(b);
	lws_system_blob_heap_append(b, (const uint8_t *)"stored", 6);
	if (lws_system_blob_get_single_ptr(b, &p) || !p)
		puts("no pointer");
	else
		printf("%.6s\n", (const char *)p);
	lws_system_blob_destroy(b);
	lws_context_destroy(cx);
}

static void
adopt(char **arg)
{
	struct lws_context *cx = context(NULL, NULL, CONTEXT_PORT_NO_LISTEN);
	struct lws_vhost *vh = lws_get_vhost_by_name(cx, "default");
	lws_sock_file_fd_type fd;

	(void)arg;
	told = 1;
	fd.sockfd = socket(AF_INET, SOCK_STREAM, 0);
	printf("%s\n", lws_adopt_descriptor_vhost(vh, LWS_ADOPT_SOCKET, fd, "nobody", NULL) ? "made" : "NULL");
	told = 0;
	lws_context_destroy(cx);
}

static int
reload(void)
{
	puts("reload");
	return 0;
}

static void
deprecate(char **arg)
{
	struct lws_context *cx = context(NULL, NULL, 0);
	int k;

	(void)arg;
	lws_service(cx, -1);
	lws_context_deprecate(cx, reload);
	for (k = 0; k < 3; k++) {
		lws_cancel_service(cx);
		lws_service(cx, 0);
	}
	puts("returned");
}

/* The name of the vhost that a folder's configuration has. */
static void
config(char **arg)
{
	static char strings[8192];
	struct lws_context_creation_info info;
	struct lws_context *cx;
	struct lws_vhost *vh;
	char *p = strings;
	int left = sizeof(strings);

	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DISABLE_IPV6;
	cx = lws_create_context(&info);
	printf("%d ", lwsws_get_config_vhosts(cx, &info, arg[0], &p, &left));
	vh = lws_get_vhost_by_name(cx, arg[1]);
	puts(vh ? "found" : "none");
	lws_context_destroy(cx);
}

static const struct { const char *name; void (*call)(char **arg); } all[] = {
	{ "times", times }, { "signals", signals }, { "html", html }, { "basic", basic }, { "blob", blob },
	{ "adopt", adopt }, { "deprecate", deprecate }, { "config", config },
};

int
main(int argc, char **argv)
{
	size_t k;

	setvbuf(stdout, NULL, _IOLBF, 0);
	lws_set_log_level(LLL_ERR, NULL);
	for (k = 0; k < LWS_ARRAY_SIZE(all); k++)
		if (argc > 1 && !strcmp(argv[1], all[k].name)) {
			all[k].call(argv + 2);
			puts("DONE");
			return 0;
		}
	return 2;
}
