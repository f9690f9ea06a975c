/* SPDX-License-Identifier: MIT */
/* File mounts: what is served, what is refused. */
#include "trace.h"

#include <sys/stat.h>
#include <unistd.h>

static const struct lws_protocols protos[] = {
    {"http", cb0, 0, 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static char root[64];
static const char *const *requests;

static void make(const char *name, const char *text, size_t n)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", root, name);
	f = fopen(path, "w");
	if (!f || fwrite(text, 1, n, f) != n || fclose(f))
		abort();
}

static void make_root(void)
{
	static char large[50000];
	char path[128];

	snprintf(root, sizeof root, "/tmp/trace-files-XXXXXX");
	if (!mkdtemp(root))
		abort();
	make("index.html", "<p>index</p>\n", 13);
	make("page.html", "<p>page</p>\n", 12);
	make("plain.txt", "text\n", 5);
	make("style.css", "p{}\n", 4);
	make("code.js", "f();\n", 5);
	make("pic.png", "\x89PNG", 4);
	make("odd.zzz", "odd", 3);
	make("empty.txt", "", 0);
	make("spa ce.txt", "spaced\n", 7);
	for (size_t i = 0; i < sizeof large; i++)
		large[i] = (char)('a' + i % 26);
	make("large.txt", large, sizeof large);
	snprintf(path, sizeof path, "%s/sub", root);
	if (mkdir(path, 0755))
		abort();
	make("sub/index.html", "<p>sub</p>\n", 11);
}

static void drop_root(void)
{
	static const char *const names[] = {"index.html", "page.html", "plain.txt", "style.css",
	                                    "code.js", "pic.png", "odd.zzz", "empty.txt", "spa ce.txt",
	                                    "large.txt", "sub/index.html", "sub", ""};
	char path[128];

	for (size_t i = 0; i < LWS_ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof path, "%s/%s", root, names[i]);
		remove(path);
	}
}

static struct lws_http_mount mount = {.mountpoint = "/",
                                      .mountpoint_len = 1,
                                      .origin = root,
                                      .def = "index.html",
                                      .origin_protocol = LWSMPRO_FILE};

static void files_peer(peer *p)
{
	for (int n = 0; requests[n]; n++) {
		say("peer0", "-> %.*s", (int)strcspn(requests[n], "\r"), requests[n]);
		p_connect(p);
		p_put(p, requests[n]);
		if (!strncmp(requests[n], "HEAD", 4))
			p_head(p);
		else
			p_response(p);
		p_close(p);
	}
}

static void serve_files(const char *const *r)
{
	make_root();
	requests = r;
	rig.dummy = true;
	rig.info.mounts = &mount;
	if (server(protos, NULL)) {
		peer_start("peer0", files_peer);
		finish();
	}
	drop_root();
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: trace.test\r\n\r\n"

static void types(void)
{
	static const char *const r[] = {GET("/page.html"), GET("/plain.txt"), GET("/style.css"),
	                                GET("/code.js"), GET("/pic.png"), NULL};

	serve_files(r);
}

static void unknown_type(void)
{
	static const char *const r[] = {GET("/odd.zzz"), NULL};

	serve_files(r);
}

static const struct lws_protocol_vhost_options extra_type = {NULL, NULL, ".zzz", "text/odd"};

static void extra_mimetype(void)
{
	static const char *const r[] = {GET("/odd.zzz"), NULL};

	mount.extra_mimetypes = &extra_type;
	serve_files(r);
}

static void directories(void)
{
	static const char *const r[] = {GET("/"), GET("/sub/"), GET("/sub"), GET("/sub/index.html"), NULL};

	serve_files(r);
}

static void missing(void)
{
	static const char *const r[] = {GET("/nothing.html"), GET("/sub/nothing"), GET("/page.html/x"), NULL};

	serve_files(r);
}

static void traversal(void)
{
	static const char *const r[] = {GET("/../../../../etc/passwd"), GET("/%2e%2e/%2e%2e/etc/passwd"),
	                                GET("/sub/../plain.txt"), GET("/./plain.txt"), NULL};

	serve_files(r);
}

static void head_requests(void)
{
	static const char *const r[] = {"HEAD /plain.txt HTTP/1.1\r\nHost: t\r\n\r\n",
	                                "HEAD /nothing.txt HTTP/1.1\r\nHost: t\r\n\r\n", NULL};

	serve_files(r);
}

static void other_methods(void)
{
	static const char *const r[] = {
	    "DELETE /plain.txt HTTP/1.1\r\nHost: t\r\n\r\n", NULL};

	serve_files(r);
}

static void sizes(void)
{
	static const char *const r[] = {GET("/large.txt"), GET("/spa%20ce.txt"), NULL};

	serve_files(r);
}

static void empty_peer(peer *p)
{
	p_connect(p);
	p_put(p, GET("/empty.txt"));
	p_response(p);
	await("HTTP_FILE_COMPLETION");
	p_close(p);
}

static void empty_file(void)
{
	make_root();
	rig.dummy = true;
	rig.info.mounts = &mount;
	if (server(protos, NULL)) {
		peer_start("peer0", empty_peer);
		finish();
	}
	drop_root();
}

/* The second request carries the ETag of the first answer. */
static void not_modified_peer(peer *p)
{
	char etag[64], req[256];

	p_connect(p);
	p_put(p, GET("/plain.txt"));
	p_response(p);
	say("peer0", "etag %s", p_header(p, "etag", etag, sizeof etag) ? "present" : "missing");
	snprintf(req, sizeof req, "GET /plain.txt HTTP/1.1\r\nHost: t\r\nIf-None-Match: %s\r\n\r\n", etag);
	p_close(p);
	p_connect(p);
	p_put(p, req);
	p_response(p);
	p_close(p);
	p_connect(p);
	p_put(p, "GET /plain.txt HTTP/1.1\r\nHost: t\r\nIf-None-Match: other\r\n\r\n");
	p_response(p);
}

static void not_modified(void)
{
	make_root();
	rig.dummy = true;
	rig.info.mounts = &mount;
	if (server(protos, NULL)) {
		peer_start("peer0", not_modified_peer);
		finish();
	}
	drop_root();
}

static void cache_control(void)
{
	static const char *const r[] = {GET("/plain.txt"), NULL};

	mount.cache_max_age = 3600;
	mount.cache_reusable = 1;
	mount.cache_revalidate = 1;
	serve_files(r);
}

static void cache_no_reuse(void)
{
	static const char *const r[] = {GET("/plain.txt"), NULL};

	mount.cache_max_age = 60;
	mount.cache_intermediaries = 1;
	serve_files(r);
}

static struct lws_http_mount mount_redirect = {.mountpoint = "/old",
                                               .mountpoint_len = 4,
                                               .origin = "other.test/new",
                                               .origin_protocol = LWSMPRO_REDIR_HTTP};

static void redirects(void)
{
	static const char *const r[] = {GET("/old"), GET("/old/x"), GET("/plain.txt"), NULL};

	mount_redirect.mount_next = &mount;
	make_root();
	requests = r;
	rig.dummy = true;
	rig.info.mounts = &mount_redirect;
	if (server(protos, NULL)) {
		peer_start("peer0", files_peer);
		finish();
	}
	drop_root();
}

static struct lws_http_mount mount_sub = {.mountpoint = "/deep",
                                          .mountpoint_len = 5,
                                          .origin = root,
                                          .def = "plain.txt",
                                          .origin_protocol = LWSMPRO_FILE};

static void two_mounts(void)
{
	static const char *const r[] = {GET("/deep/page.html"), GET("/deep/"), GET("/deep"),
	                                GET("/deeper"), GET("/page.html"), NULL};

	mount_sub.mount_next = &mount;
	make_root();
	requests = r;
	rig.dummy = true;
	rig.info.mounts = &mount_sub;
	if (server(protos, NULL)) {
		peer_start("peer0", files_peer);
		finish();
	}
	drop_root();
}

static void document_404(void)
{
	static const char *const r[] = {GET("/nothing.html"), NULL};

	rig.info.error_document_404 = "/page.html";
	serve_files(r);
}

/* Three files over one connection. */
static void kept_peer(peer *p)
{
	p_connect(p);
	p_put(p, GET("/plain.txt"));
	p_response(p);
	p_put(p, GET("/large.txt"));
	p_response(p);
	p_put(p, GET("/page.html"));
	p_response(p);
	p_close(p);
}

static void keep_alive(void)
{
	make_root();
	rig.dummy = true;
	rig.info.mounts = &mount;
	if (server(protos, NULL)) {
		peer_start("peer0", kept_peer);
		finish();
	}
	drop_root();
}

/* lws_serve_http_file from a callback, with the completion callback. */
static int serve_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		char path[128];
		int n;

		snprintf(path, sizeof path, "%s/large.txt", root);
		n = lws_serve_http_file(e->wsi, path, "text/plain", "x-mine: yes\x0d\x0a", 13);
		say(e->conn, "  lws_serve_http_file %s", n < 0 ? "negative" : n ? "positive" : "0");
		if (n < 0 || (n > 0 && lws_http_transaction_completed(e->wsi)))
			return -1;
		return 0;
	}
	if (e->reason == LWS_CALLBACK_HTTP_FILE_COMPLETION)
		return lws_http_transaction_completed(e->wsi) ? -1 : 0;
	return PASS;
}

static void serve_file(void)
{
	static const char *const r[] = {GET("/any"), NULL};

	make_root();
	requests = r;
	if (server(protos, serve_hook)) {
		peer_start("peer0", files_peer);
		finish();
	}
	drop_root();
}

static const scenario sc_http_files[] = {
    {"file-types", types},
    {"file-unknown-type", unknown_type},
    {"file-extra-mimetype", extra_mimetype},
    {"file-directories", directories},
    {"file-missing", missing},
    {"file-traversal", traversal},
    {"file-head", head_requests},
    {"file-other-methods", other_methods},
    {"file-sizes", sizes},
    {"file-empty", empty_file},
    {"file-not-modified", not_modified},
    {"file-cache-control", cache_control},
    {"file-cache-no-reuse", cache_no_reuse},
    {"file-redirect-mount", redirects},
    {"file-two-mounts", two_mounts},
    {"file-404-document", document_404},
    {"file-keep-alive", keep_alive},
    {"file-from-callback", serve_file},
    {NULL, NULL},
};

SCENARIOS(sc_http_files)
