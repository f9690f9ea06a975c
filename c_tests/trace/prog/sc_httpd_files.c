/* SPDX-License-Identifier: MIT */
/* Mounts: which is hit, how its files are sent, and what a program can put in between. */
#include "site.h"

static const char *const small_site[] = {"index.html", "<p>index</p>\n", "plain.txt", "text\n", "page.shtml",
                                         "<h1>$title</h1>$n of $none\n", "404.html", "<p>none</p>\n",
                                         "sub/index.html", "<p>sub</p>\n", "sub/other.txt", "other\n",
                                         "a.odd", "odd", NULL};

/* ---- interpreted files ---- */

static const struct lws_protocol_vhost_options by_dyn = {NULL, NULL, ".shtml", "dyn"};
static const struct lws_protocol_vhost_options is_html = {NULL, NULL, ".shtml", "text/html"};
static const struct lws_http_mount interpreted = {
    SITE_AT("/"), .interpret = &by_dyn, .extra_mimetypes = &is_html};

static struct lws_process_html_state html;
static const char *const vars[] = {"$title", "$n", "$none"};

static const char *replace(void *data, int i)
{
	(void)data;
	return i == 0 ? "A much longer title" : i == 1 ? "seven" : NULL;
}

static int html_hook(event *e)
{
	struct lws_process_html_args *a = e->in;
	int r;

	if (e->reason == LWS_CALLBACK_HTTP_FILE_COMPLETION)
		return lws_http_transaction_completed(e->wsi) ? -1 : 0;
	if (e->reason != LWS_CALLBACK_PROCESS_HTML)
		return PASS;
	say(e->conn, "  piece of %d, room %d, final %d, chunked %d, user %s", a->len, a->max_len, !!a->final,
	    a->chunked, e->user ? "set" : "NULL");
	html.vars = vars;
	html.count_vars = 3;
	html.replace = replace;
	r = lws_chunked_html_process(a, &html);
	say(e->conn, "  processed: %d, now %d", r, a->len);
	return r;
}

static void interpret(void)
{
	static const char *const r[] = {GET("/page.shtml"), GET("/plain.txt"), GET("/page.shtml"), NULL};

	site_make(small_site);
	site_exchange(&interpreted, html_hook, r);
}

static void interpret_long(void)
{
	static const char *const r[] = {GET("/long.shtml"), NULL};
	char *b = malloc(20000);

	memset(b, '-', 20000);
	for (int i = 0; i < 20000; i += 1000)
		memcpy(b + i + 100, "$title", 6);
	site_make(small_site);
	site_file("long.shtml", b, 20000);
	free(b);
	site_exchange(&interpreted, html_hook, r);
}

static void interpret_head(void)
{
	static const char *const r[] = {"GET /page.shtml HTTP/1.0\r\n\r\n", NULL};

	site_make(small_site);
	site_exchange(&interpreted, html_hook, r);
}

static int html_refuse_hook(event *e)
{
	return e->reason == LWS_CALLBACK_PROCESS_HTML ? -1 : PASS;
}

static void interpret_refused(void)
{
	static const char *const r[] = {GET("/page.shtml"), NULL};

	site_make(small_site);
	site_exchange(&interpreted, html_refuse_hook, r);
}

/* The program frames the chunk itself, in front of the text and behind it. */
static int html_own_hook(event *e)
{
	struct lws_process_html_args *a = e->in;
	char head[12];
	int n;

	if (e->reason != LWS_CALLBACK_PROCESS_HTML)
		return PASS;
	for (int i = 0; i < a->len; i++)
		if (a->p[i] == 'e')
			a->p[i] = 'E';
	n = snprintf(head, sizeof head, "%x\r\n", a->len);
	a->p -= n;
	memcpy(a->p, head, (size_t)n);
	a->len += n;
	memcpy(a->p + a->len, "\r\n0\r\n\r\n", 7);
	a->len += 7;
	return 0;
}

static void interpret_own(void)
{
	static const char *const r[] = {GET("/page.shtml"), NULL};

	site_make(small_site);
	site_exchange(&interpreted, html_own_hook, r);
}

/* ---- which mount ---- */

static const struct lws_http_mount mount_cb = {MOUNT_AT("/cb"), .origin = "dyn", .origin_protocol = LWSMPRO_CALLBACK};
static const struct lws_http_mount mount_root = {SITE_AT("/"), .def = "index.html", .mount_next = &mount_cb};
static const struct lws_http_mount mount_cb_sub = {SITE_AT("/cb/sub"), .mount_next = &mount_root};

static int where_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		if (lws_return_http_status(e->wsi, 200, e->proto) || lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	}
	return PASS;
}

/* A callback mount behind a longer one still wins. */
static void callback_last(void)
{
	static const char *const r[] = {GET("/cb/sub/plain.txt"), GET("/cb"), GET("/plain.txt"), GET("/cbx"), NULL};

	site_make(small_site);
	site_exchange(&mount_cb_sub, where_hook, r);
}

static const struct lws_http_mount deep = {SITE_AT("/cb/sub")};
static const struct lws_http_mount cb_first = {MOUNT_AT("/cb"), .origin = "dyn", .origin_protocol = LWSMPRO_CALLBACK,
                                               .mount_next = &deep};

static void callback_first(void)
{
	static const char *const r[] = {GET("/cb/sub/plain.txt"), GET("/cb/x"), GET("/else"), NULL};

	site_make(small_site);
	site_exchange(&cb_first, where_hook, r);
}

static void separators(void)
{
	static const char *const r[] = {GET("/plain.txt;v=1"), GET("/plain.txt&x"), GET("/cb&x"), GET("/&x"), NULL};

	site_make(small_site);
	site_exchange(&mount_cb_sub, where_hook, r);
}

static const struct lws_http_mount lost = {MOUNT_AT("/lost"), .origin = "nobody", .origin_protocol = LWSMPRO_CALLBACK};

static void no_such_protocol(void)
{
	static const char *const r[] = {GET("/lost"), NULL};

	rig.info.mounts = &lost;
	exchange(where_hook, r);
}

static const struct lws_http_mount no_def = {SITE_AT("/files")};
static const struct lws_http_mount other_def = {SITE_AT("/other"), .def = "plain.txt", .mount_next = &no_def};

static void defaults(void)
{
	static const char *const r[] = {GET("/files/"), GET("/other/"), GET("/other/sub"), GET("/files/sub/"), GET("/files"), NULL};

	site_make(small_site);
	site_exchange(&other_def, NULL, r);
}

static const struct lws_http_mount to_https = {
    MOUNT_AT("/s"), .origin = "other.test/x", .origin_protocol = LWSMPRO_REDIR_HTTPS};
static const struct lws_http_mount all_away = {
    MOUNT_AT("/"), .origin = "away.test", .origin_protocol = LWSMPRO_REDIR_HTTP, .mount_next = &to_https};

static void redirect_mounts(void)
{
	static const char *const r[] = {GET("/s/y"), GET("/"), GET("/any?x"), "POST /s HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n", NULL};

	rig.info.mounts = &all_away;
	exchange(NULL, r);
}

/* ---- a file mount with a protocol ---- */

static const struct lws_protocol_vhost_options pmo = {NULL, NULL, "some", "option"};
static const struct lws_http_mount with_protocol = {
    SITE_AT("/p"), .protocol = "dyn", .cgienv = &pmo, .auth_mask = 5};

static int protocol_hook(event *e)
{
	struct lws_process_html_args *a = e->in;

	switch (e->reason) {
	case LWS_CALLBACK_CHECK_ACCESS_RIGHTS:
		say(e->conn, "  %.*s, mask %d, final %d, chunked %d", a->len, a->p, a->max_len, a->final, a->chunked);
		return 0;
	case LWS_CALLBACK_HTTP_PMO: {
		const struct lws_protocol_vhost_options *o = e->in;

		say(e->conn, "  option %s=%s", o->name, o->value);
		return 0;
	}
	case LWS_CALLBACK_ADD_HEADERS:
		if (lws_add_http_header_by_name(e->wsi, (unsigned char *)"x-added:", (unsigned char *)"1", 1,
		                                (unsigned char **)&a->p, (unsigned char *)a->p + a->max_len))
			return 1;
		return 0;
	default:
		return where_hook(e);
	}
}

static void file_with_protocol(void)
{
	static const char *const r[] = {GET("/p/plain.txt"), GET("/p/missing/x?y"), "POST /p/plain.txt HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n",
	                                GET("/p/plain.txt"), NULL};

	site_make(small_site);
	site_exchange(&with_protocol, protocol_hook, r);
}

static enum lws_callback_reasons refused_at;

static int protocol_refuse_hook(event *e)
{
	return e->reason == refused_at ? 1 : protocol_hook(e);
}

static void refuse_at(enum lws_callback_reasons at)
{
	static const char *const r[] = {GET("/p/plain.txt"), NULL};

	refused_at = at;
	site_make(small_site);
	site_exchange(&with_protocol, protocol_refuse_hook, r);
}

static void refuse_pmo(void) { refuse_at(LWS_CALLBACK_HTTP_PMO); }
static void refuse_add_headers(void) { refuse_at(LWS_CALLBACK_ADD_HEADERS); }
static void refuse_rights(void) { refuse_at(LWS_CALLBACK_CHECK_ACCESS_RIGHTS); }

/* CHECK_ACCESS_RIGHTS says that the program answered already. */
static int answered_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CHECK_ACCESS_RIGHTS) {
		((struct lws_process_html_args *)e->in)->final = 1;
		return lws_return_http_status(e->wsi, 200, "mine") || lws_http_transaction_completed(e->wsi);
	}
	return where_hook(e);
}

static void rights_answered(void)
{
	static const char *const r[] = {GET("/p/plain.txt"), GET("/p/plain.txt"), NULL};

	site_make(small_site);
	site_exchange(&with_protocol, answered_hook, r);
}

/* ---- cache control ---- */

#define CACHED(path, secs, again, re, inter, next) \
	{SITE_AT(path), .cache_max_age = secs, .cache_reusable = again, .cache_revalidate = re, \
	 .cache_intermediaries = inter, .mount_next = next}
static const struct lws_http_mount cached[] = {
    CACHED("/a", 60, 1, 0, 0, cached + 1), CACHED("/b", 60, 1, 1, 0, cached + 2), CACHED("/c", 60, 1, 0, 1, cached + 3),
    CACHED("/d", 60, 0, 1, 1, cached + 4), CACHED("/e", 0, 1, 1, 1, cached + 5), CACHED("/f", 31536000, 1, 1, 1, NULL)};

static void caches(void)
{
	static const char *const r[] = {GET("/a/plain.txt"), GET("/b/plain.txt"), GET("/c/plain.txt"),
	                                GET("/d/plain.txt"), GET("/e/plain.txt"), GET("/f/plain.txt"), NULL};

	site_make(small_site);
	site_exchange(cached, NULL, r);
}

/* lws_serve_http_file under a mount that says how long. */
static const struct lws_http_mount cached_cb = {MOUNT_AT("/k"), .origin = "dyn", .origin_protocol = LWSMPRO_CALLBACK,
                                                .cache_max_age = 77, .cache_reusable = 1};

static int serve_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		const char *uri = e->in;
		char path[160];
		int n;

		snprintf(path, sizeof path, "%s/%s", site_root, strrchr(uri, '/') + 1);
		n = lws_serve_http_file(e->wsi, path, "text/plain", strstr(uri, "own") ? "Cache-Control: mine\r\n" : NULL,
		                        strstr(uri, "own") ? 21 : 0);
		say(e->conn, "  lws_serve_http_file %s", n < 0 ? "negative" : n ? "positive" : "0");
		return n < 0 || (n > 0 && lws_http_transaction_completed(e->wsi)) ? -1 : 0;
	}
	return PASS;
}

static void serve_cached(void)
{
	static const char *const r[] = {GET("/plain.txt"), GET("/k/plain.txt"), GET("/plain.txt"),
	                                GET("/k/own/plain.txt"), GET("/k/missing.txt"), GET("/k/plain.txt"), NULL};

	site_make(small_site);
	site_exchange(&cached_cb, serve_hook, r);
}

/* ---- the document for what is not there ---- */

static const struct lws_http_mount whole = {SITE_AT("/")};
static const char *const ask_missing[] = {GET("/missing"), GET("/404.html"), GET("/missing"), NULL};

static void document_404(void)
{
	rig.info.error_document_404 = "/404.html";
	site_make(small_site);
	site_exchange(&whole, NULL, ask_missing);
}

/* Named as it is below the mount, it goes out with the status of an error. */
static void document_404_marked(void)
{
	rig.info.error_document_404 = "404.html";
	site_make(small_site);
	site_exchange(&whole, NULL, ask_missing);
}

static void document_404_missing(void)
{
	static const char *const r[] = {GET("/missing"), GET("/none.html"), NULL};

	rig.info.error_document_404 = "none.html";
	site_make(small_site);
	site_exchange(&whole, NULL, r);
}

/* ---- media types ---- */

static const struct lws_protocol_vhost_options any = {NULL, NULL, "*", "application/any"};
static const struct lws_protocol_vhost_options odd = {&any, NULL, ".odd", "text/odd"};
static const struct lws_protocol_vhost_options none = {&odd, NULL, ".txt", ""};
static const struct lws_http_mount typed = {SITE_AT("/"), .extra_mimetypes = &none};

static int type_hook(event *e)
{
	static const char *const names[] = {"a.html", "A.HTM", "x.woff2", "x.tar.gz", ".txt", "x.txt", "x", "x.odd", "x.ODD", "x.json"};

	if (e->reason == LWS_CALLBACK_FILTER_HTTP_CONNECTION)
		for (size_t i = 0; i < LWS_ARRAY_SIZE(names); i++) {
			const char *plain = lws_get_mimetype(names[i], NULL), *own = lws_get_mimetype(names[i], &typed);

			say(e->conn, "  %s: %s, %s", names[i], plain ? plain : "none", own ? own : "none");
		}
	return PASS;
}

static void media_types(void)
{
	static const char *const r[] = {GET("/plain.txt"), GET("/a.odd"), NULL};

	site_make(small_site);
	site_exchange(&typed, type_hook, r);
}

/* ---- large files ---- */

static void large_file(size_t size)
{
	char *b = malloc(size);

	for (size_t i = 0; i < size; i++)
		b[i] = (char)('a' + i % 25);
	site_make(small_site);
	site_file("large.txt", b, size);
	free(b);
}

static void slow_reader_peer(peer *p)
{
	p_connect(p);
	p_small_window(p);
	p_put(p, GET("/large.txt"));
	p_head(p);
	p_pause(200);
	p_body(p, 100000);
	p_close(p);
}

static void with_peer(script_fn script)
{
	rig.dummy = true;
	rig.info.mounts = &whole;
	if (server(web_protocols, NULL)) {
		peer_start("peer0", script);
		finish();
	}
	site_drop();
}

static void slow_reader(void)
{
	large_file(100000);
	with_peer(slow_reader_peer);
}

static void gone_reader_peer(peer *p)
{
	p_connect(p);
	p_small_window(p);
	p_put(p, GET("/large.txt"));
	p_head(p);
	p_reset(p);
}

static void gone_reader(void)
{
	large_file(30000000);
	with_peer(gone_reader_peer);
}

static const scenario sc_httpd_files[] = {
    {"httpd-interpret", interpret},
    {"httpd-interpret-long", interpret_long},
    {"httpd-interpret-10", interpret_head},
    {"httpd-interpret-refused", interpret_refused},
    {"httpd-interpret-own", interpret_own},
    {"httpd-callback-last", callback_last},
    {"httpd-callback-first", callback_first},
    {"httpd-path-separators", separators},
    {"httpd-no-such-protocol", no_such_protocol},
    {"httpd-defaults", defaults},
    {"httpd-redirect-mounts", redirect_mounts},
    {"httpd-file-protocol", file_with_protocol},
    {"httpd-refuse-pmo", refuse_pmo},
    {"httpd-refuse-add-headers", refuse_add_headers},
    {"httpd-refuse-rights", refuse_rights},
    {"httpd-rights-answered", rights_answered},
    {"httpd-caches", caches},
    {"httpd-serve-cached", serve_cached},
    {"httpd-404-document", document_404},
    {"httpd-404-marked", document_404_marked},
    {"httpd-404-missing", document_404_missing},
    {"httpd-media-types", media_types},
    {"httpd-slow-reader", slow_reader},
    {"httpd-gone-reader", gone_reader},
    {NULL, NULL},
};

SCENARIOS(sc_httpd_files)
