/* SPDX-License-Identifier: MIT */
/* site ROOT CERT KEY: a web site of every kind of mount, on a plain and on a TLS port. */
#include <libwebsockets.h>

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOKEN_NAME_MAX 40

/* What the dyn protocol keeps of a request: its answer and a sum of its body. */
struct session {
	char *text;
	size_t len, cap;
	size_t body;
	uint32_t sum;
	struct lws_spa *spa;
	struct lws_process_html_state html;
	size_t uploaded;
};

static void add(struct session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add(struct session *s, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (!s->text) {
		s->cap = 65536;
		s->text = malloc(s->cap);
		s->len = LWS_PRE;
	}
	va_start(ap, fmt);
	n = vsnprintf(s->text + s->len, s->cap - s->len, fmt, ap);
	va_end(ap);
	s->len += (size_t)n < s->cap - s->len ? (size_t)n : s->cap - s->len - 1;
}

static void drop(struct session *s)
{
	free(s->text);
	if (s->spa)
		lws_spa_destroy(s->spa);
	memset(s, 0, sizeof *s);
}

/* Everything that the header calls say of the request. */
static void describe(struct session *s, struct lws *wsi, const char *in)
{
	static const char *const custom[] = {"x-odd:", "x-empty:", "dnt:"};
	static const char *const cookies[] = {"one", "two", "e"};
	char v[8192], *uri = NULL;
	int n = 0, method = lws_http_get_uri_and_method(wsi, &uri, &n);

	add(s, "in '%s' method %d uri '%.*s'\n", in, method, n, uri ? uri : "");
	for (int t = 0; t < WSI_TOKEN_COUNT; t++) {
		const unsigned char *name = lws_token_to_string((enum lws_token_indexes)t);
		int total = lws_hdr_total_length(wsi, (enum lws_token_indexes)t);

		if (!total || !name || lws_hdr_copy(wsi, v, sizeof v, (enum lws_token_indexes)t) < 0)
			continue;
		add(s, "%d %d '%s'", t, total, v);
		for (int f = 0; f < 80 && lws_hdr_copy_fragment(wsi, v, sizeof v, (enum lws_token_indexes)t, f) >= 0; f++)
			add(s, " [%s]", v);
		add(s, "\n");
	}
	for (size_t i = 0; i < LWS_ARRAY_SIZE(custom); i++)
		if ((n = lws_hdr_custom_copy(wsi, v, sizeof v, custom[i], (int)strlen(custom[i]))) >= 0)
			add(s, "%s %d '%s'\n", custom[i], n, v);
	for (size_t i = 0; i < LWS_ARRAY_SIZE(cookies); i++) {
		size_t max = sizeof v;

		if (!lws_http_cookie_get(wsi, cookies[i], v, &max))
			add(s, "cookie %s %zu '%s'\n", cookies[i], max, v);
	}
}

/* Sends the head of the answer; the body follows at WRITEABLE. */
static int answer(struct session *s, struct lws *wsi)
{
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf;

	if (lws_add_http_common_headers(wsi, 200, "text/plain", s->len - LWS_PRE, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return 1;
	lws_callback_on_writable(wsi);
	return 0;
}

static int has(struct lws *wsi, enum lws_token_indexes t)
{
	return lws_hdr_total_length(wsi, t) > 0;
}

static int dyn(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *s = user;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		drop(s);
		describe(s, wsi, in);
		if (has(wsi, WSI_TOKEN_POST_URI) || has(wsi, WSI_TOKEN_PUT_URI) || has(wsi, WSI_TOKEN_PATCH_URI) ||
		    has(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH))
			return 0;
		return answer(s, wsi);
	case LWS_CALLBACK_HTTP_BODY:
		for (size_t i = 0; i < len; i++)
			s->sum = s->sum * 31 + ((unsigned char *)in)[i];
		s->body += len;
		return 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		add(s, "body %zu %08x\n", s->body, s->sum);
		return answer(s, wsi);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (!s || !s->text)
			return 0;
		if (lws_write(wsi, (unsigned char *)s->text + LWS_PRE, s->len - LWS_PRE, LWS_WRITE_HTTP_FINAL) < 0)
			return 1;
		drop(s);
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	case LWS_CALLBACK_CLOSED_HTTP:
		if (s)
			drop(s);
		return 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

/* ---- forms ---- */

static const char *const fields[] = {"text", "file", "send"};

static int upload(void *data, const char *name, const char *filename, char *buf, int len,
                  enum lws_spa_fileupload_states state)
{
	struct session *s = data;

	(void)buf;
	if (state == LWS_UFS_OPEN)
		add(s, "upload %s '%s'\n", name, filename);
	s->uploaded += (size_t)len;
	if (state == LWS_UFS_FINAL_CONTENT) {
		add(s, "uploaded %zu\n", s->uploaded);
		s->uploaded = 0;
	}
	return s->uploaded > 300000;
}

static int form(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *s = user;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		drop(s);
		add(s, "form\n");
		return 0;
	case LWS_CALLBACK_HTTP_BODY:
		if (!s->spa)
			s->spa = lws_spa_create(wsi, fields, LWS_ARRAY_SIZE(fields), 256, upload, s);
		return !s->spa || lws_spa_process(s->spa, in, (int)len) ? -1 : 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		if (s->spa && lws_spa_finalize(s->spa))
			add(s, "finalize fails\n");
		for (int i = 0; s->spa && i < (int)LWS_ARRAY_SIZE(fields); i++) {
			const char *v = lws_spa_get_string(s->spa, i);

			if (v)
				add(s, "%s %d '%s'\n", fields[i], lws_spa_get_length(s->spa, i), v);
		}
		return answer(s, wsi);
	default:
		return dyn(wsi, reason, user, in, len);
	}
}

/* ---- interpreted files ---- */

static const char *const vars[] = {"$title", "$count", "$none"};

static const char *replace(void *data, int i)
{
	(void)data;
	return i == 0 ? "A longer title" : i == 1 ? "7" : NULL;
}

static int html(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *s = user;
	struct lws_process_html_args *a = in;

	switch (reason) {
	case LWS_CALLBACK_HTTP_BIND_PROTOCOL:
		if (s)
			memset(&s->html, 0, sizeof s->html);
		return 0;
	case LWS_CALLBACK_PROCESS_HTML:
		s->html.vars = vars;
		s->html.count_vars = LWS_ARRAY_SIZE(vars);
		s->html.replace = replace;
		return lws_chunked_html_process(a, &s->html) ? -1 : 0;
	default:
		return dyn(wsi, reason, user, in, len);
	}
}

/* ---- the rest ---- */

static int first(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)user;
	(void)len;
	if (reason == LWS_CALLBACK_HTTP) {
		if (!strcmp(in, "/answers/400"))
			lws_return_http_status(wsi, 400, "no");
		else if (lws_return_http_status(wsi, 404, NULL))
			return -1;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	}
	if (reason == LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION)
		return !strcmp(in, "cb:pw");
	if (reason == LWS_CALLBACK_HTTP_FILE_COMPLETION)
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	return lws_callback_http_dummy(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
    {"first", first, 0, 0, 0, NULL, 0},
    {"dyn", dyn, sizeof(struct session), 0, 0, NULL, 0},
    {"form", form, sizeof(struct session), 0, 0, NULL, 0},
    {"html", html, sizeof(struct session), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static char root[256], users[300];
static const struct lws_protocol_vhost_options any_type = {NULL, NULL, "*", "application/any"};
static const struct lws_protocol_vhost_options odd_type = {&any_type, NULL, ".odd", "text/odd"};
static const struct lws_protocol_vhost_options interpret = {NULL, NULL, ".shtml", "html"};
static const struct lws_protocol_vhost_options shtml_type = {NULL, NULL, ".shtml", "text/html"};
static const struct lws_protocol_vhost_options reject2 = {NULL, NULL, "scraper", "403 go away"};
static const struct lws_protocol_vhost_options reject = {&reject2, NULL, "badbot", "404"};
static const struct lws_protocol_vhost_options canned = {NULL, NULL, "x-canned:", "yes"};

#define MOUNT(path, next) .mountpoint = path, .mountpoint_len = sizeof(path) - 1, .mount_next = next
static const struct lws_http_mount mounts[] = {
    {MOUNT("/", mounts + 1), .origin = root, .def = "index.html", .origin_protocol = LWSMPRO_FILE},
    {MOUNT("/dyn", mounts + 2), .origin = "dyn", .origin_protocol = LWSMPRO_CALLBACK},
    {MOUNT("/form", mounts + 3), .origin = "form", .origin_protocol = LWSMPRO_CALLBACK},
    {MOUNT("/old", mounts + 4), .origin = "other.test/new", .origin_protocol = LWSMPRO_REDIR_HTTP},
    {MOUNT("/sec", mounts + 5), .origin = "other.test//a//b", .origin_protocol = LWSMPRO_REDIR_HTTPS},
    {MOUNT("/typed", mounts + 6), .origin = root, .extra_mimetypes = &odd_type, .origin_protocol = LWSMPRO_FILE,
     .cache_max_age = 60, .cache_reusable = 1},
    {MOUNT("/cached", mounts + 7), .origin = root, .origin_protocol = LWSMPRO_FILE, .cache_max_age = 3600,
     .cache_reusable = 1, .cache_revalidate = 1, .cache_intermediaries = 1},
    {MOUNT("/auth", mounts + 8), .origin = root, .origin_protocol = LWSMPRO_FILE, .basic_auth_login_file = users},
    {MOUNT("/html", mounts + 9), .origin = root, .origin_protocol = LWSMPRO_FILE, .interpret = &interpret,
     .extra_mimetypes = &shtml_type},
    {MOUNT("/dyn/deep", mounts + 10), .origin = root, .origin_protocol = LWSMPRO_FILE, .def = "deep.txt"},
    {MOUNT("/cbauth", NULL), .origin = root, .origin_protocol = LWSMPRO_FILE, .auth_mask = 1u << 28},
};

static struct lws_context *context;
static volatile sig_atomic_t ended;

static void end(int sig)
{
	(void)sig;
	ended = 1;
	lws_cancel_service(context);
}

static void quiet(int level, const char *line)
{
	(void)level;
	(void)line;
}

int main(int argc, char **argv)
{
	struct lws_context_creation_info i = {0};
	struct lws_vhost *plain, *tls;

	if (argc != 4)
		return 2;
	if (!getenv("SITE_LOG"))
		lws_set_log_level(0, quiet);
	snprintf(root, sizeof root, "%s/site", argv[1]);
	snprintf(users, sizeof users, "%s/users", argv[1]);
	i.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
	            LWS_SERVER_OPTION_DISABLE_IPV6;
	i.gid = i.uid = -1;
	i.timeout_secs = 2;
	i.reject_service_keywords = &reject;
	i.server_string = "site";
	context = lws_create_context(&i);
	if (!context)
		return 1;
	i.iface = "127.0.0.1";
	i.protocols = protocols;
	i.mounts = mounts;
	i.headers = &canned;
	i.keepalive_timeout = 3;
	i.timeout_secs_ah_idle = 2;
	i.vhost_name = "plain.test";
	plain = lws_create_vhost(context, &i);
	i.vhost_name = "tls.test";
	i.error_document_404 = "/404.html";
	i.ssl_cert_filepath = argv[2];
	i.ssl_private_key_filepath = argv[3];
	i.options |= LWS_SERVER_OPTION_STS | LWS_SERVER_OPTION_HTTP_HEADERS_SECURITY_BEST_PRACTICES_ENFORCE;
	i.alpn = "http/1.1";
	tls = lws_create_vhost(context, &i);
	if (!plain || !tls)
		return 1;
	signal(SIGTERM, end);
	printf("ports %d %d\n", lws_get_vhost_listen_port(plain), lws_get_vhost_listen_port(tls));
	fflush(stdout);
	while (!ended && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
