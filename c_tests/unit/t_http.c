/* SPDX-License-Identifier: MIT
 *
 * What needs a request: reading headers (lws_hdr_*, URL arguments, cookies) and
 * forms (lws_spa_*).  A server on loopback gets one request after the other from
 * this same thread and prints in LWS_CALLBACK_HTTP.
 */
#include "unit.h"
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

static void (*at_request)(struct lws *wsi);
static int answered;

static int
cb(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
   size_t len)
{
	(void)user;
	(void)in;
	(void)len;
	if (reason != LWS_CALLBACK_HTTP)
		return 0;
	at_request(wsi);
	answered = 1;
	return -1;
}

static const struct lws_protocols protocols[] = {
	{ "http", cb, 0, 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 }
};

/* Sends one request and serves until it was seen. */
static void
request(struct lws_context *context, int port, const char *text)
{
	struct sockaddr_in sa = { .sin_family = AF_INET, .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), turns;

	answered = 0;
	if (connect(fd, (struct sockaddr *)&sa, sizeof(sa)) ||
	    send(fd, text, strlen(text), MSG_NOSIGNAL) != (ssize_t)strlen(text))
		printf("no connection\n");
	for (turns = 0; turns < 20 && !answered; turns++)
		lws_service(context, 0);
	close(fd);
	printf("\n");
}

static void
serve(void (*print)(struct lws *), const char *const *requests, size_t count)
{
	struct lws_context_creation_info info;
	struct lws_context *context;
	size_t n;
	int port;

	memset(&info, 0, sizeof(info));
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	info.gid = info.uid = -1;
	lws_set_log_level(0, NULL);
	at_request = print;
	context = lws_create_context(&info);
	if (!context) {
		printf("no context\n");
		return;
	}
	port = lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default"));
	for (n = 0; n < count; n++)
		request(context, port, requests[n]);
	lws_context_destroy(context);
}

/* ---- headers ---- */

static void
print_token(struct lws *wsi, enum lws_token_indexes t)
{
	char b[512];
	int n, total = lws_hdr_total_length(wsi, t);

	if (!total && lws_hdr_copy_fragment(wsi, b, sizeof(b), t, 0) < 0)
		return;
	printf("\n%d: total %d", t, total);
	n = lws_hdr_copy(wsi, b, sizeof(b), t);
	printf(" copy %d", n);
	show("", b, n < 0 ? 0 : (size_t)n);
	printf(" exact %d short %d", lws_hdr_copy(wsi, b, total + 1, t),
	       lws_hdr_copy(wsi, b, total ? total : 1, t));
	for (n = 0; lws_hdr_copy_fragment(wsi, b, sizeof(b), t, n) >= 0; n++) {
		int len = lws_hdr_fragment_length(wsi, t, n);

		show("fragment", b, (size_t)len);
		printf(" short %d", lws_hdr_copy_fragment(wsi, b, len, t, n));
	}
	printf(" then %d", lws_hdr_fragment_length(wsi, t, n));
}

static void
print_headers(struct lws *wsi)
{
	static const char *const custom[] = { "zebra:", "zebra", "Zebra:", "foo:" },
			  *const args[] = { "x=", "x", "y=", "nope=" };
	char b[512], *uri = NULL;
	int t, len = 0, method = lws_http_get_uri_and_method(wsi, &uri, &len);
	size_t n;

	printf("method %d", method);
	show("uri", uri, (size_t)len);
	for (t = 0; t < WSI_TOKEN_COUNT; t++)
		print_token(wsi, (enum lws_token_indexes)t);
	for (n = 0; n < ARRAY(custom); n++) {
		const char *name = custom[n];
		int nlen = (int)strlen(name);

		printf("\ncustom %d %d", lws_hdr_custom_length(wsi, name, nlen),
		       lws_hdr_custom_copy(wsi, b, sizeof(b), name, nlen));
		show("", b, strlen(b));
		printf(" short %d", lws_hdr_custom_copy(wsi, b, 2, name, nlen));
	}
	for (n = 0; n < ARRAY(args); n++) {
		const char *v = lws_get_urlarg_by_name(wsi, args[n], b, sizeof(b));

		printf("\narg %s", v ? v : "none");
		v = lws_get_urlarg_by_name(wsi, args[n], b, 4);
		printf(" %s", v ? v : "none");
	}
	for (n = 2; n < 8; n++) {
		size_t max = n;
		int r = lws_http_cookie_get(wsi, "ck", b, &max);

		printf("\ncookie %d %s", r, r ? "" : b);
	}
}

#define REQUEST(target, headers) "GET " target " HTTP/1.1\r\nHost: h\r\n" headers "\r\n"

void
unit_headers(void)
{
	static const char *const requests[] = {
		REQUEST("/", ""),
		REQUEST("/a/b?x=1&y=2;z=%3d&w+w=a%26b", "Cookie: ck=value; d=e\r\n"),
		REQUEST("//a/./b/../c//d/.e/..f/...", "Accept: a\r\nAccept: b\r\nAccept:c\r\n"),
		REQUEST("/../../%2e%2e/x%2f..%2Fy", "Accept:\r\nAccept: b\r\n"),
		REQUEST("/a;b&c", "Zebra: \t stripes\r\nFoo: bar\r\nZEBRA: 2\r\n"),
		REQUEST("/+a+b?+c", "Zebra:\r\nCookie: x=1;ck=2;longer=value\r\n"),
		REQUEST("/?x&x=2&y=", "Set-Cookie: q\r\nTE: x\r\nUpgrade-X: 1\r\n"),
		REQUEST("/a%20b%3fc/..", "Sec-WebSocket-Origin: o\nReferer: r\n"),
		REQUEST("/x?a%3db=1&%3d=%3d", "X-Real-IP: 1\r\nX-Auth-Token: 2\r\n"),
		"post /p HTTP/1.0\r\nContent-Length: 0\r\n\r\n",
		"PUT   /x HTTP/1.1\r\nhOsT: h\r\n\r\n",
		"HEAD /x\r\nHost: h\r\n\r\n",
		"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nDELETE /d HTTP/1.1\r\nHost: h\r\n\r\n",
	};

	serve(print_headers, requests, ARRAY(requests));
}

/* ---- forms ---- */

static const struct form {
	const char *type, *body;
	int storage, step;
} forms[] = {
#define MULTI "multipart/form-data; boundary=XX"
#define PART(what) "--XX\r\nContent-Disposition: form-data; " what "\r\n\r\n"
	{ "x", "a=1&b=2&c=3", 512, 1000 },
	{ "x", "a=%41+%2b%26&b=&c=x=y&", 512, 1 },
	{ "x", "a=1&a=22&b=3&x=y", 512, 3 },
	{ "x", "a=123456&c=", 8, 1 },
	{ "x", "a=1&b=%zz", 64, 1000 },
	{ "x", "a=1&b=2%", 64, 1000 },
	{ "x", "a%41=5&b=1", 64, 1000 },
	{ "x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=1", 64, 1000 },
	{ "x", "", 64, 1000 },
	{ MULTI, PART("name=\"a\"") "1\r\n" PART("name=\"b\"") "22\r\n--XX--\r\n", 512, 1 },
	{ MULTI, PART("name=\"f\"; filename=\"x.txt\"") "0123456789\r\n"
	  PART("name=\"b\"") "22\r\n--XX--\r\n", 512, 5 },
	{ MULTI, PART("name=\"f\"; filename=\"x\"") "\r\n--XX--", 64, 1000 },
	{ MULTI, PART("name=\"f\"; filename=\"\"") "\r\n" PART("name=b") "2\r\n--XX--", 64, 1 },
	{ MULTI, PART("name=\"f\"; filename=\"x\"") "incomplete", 64, 1000 },
	{ MULTI, "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"q\"\r\n"
	  "Content-Type: text/plain\r\n\r\nabc\r\ndef\r\n\r\n--XX--epilogue", 64, 1 },
	{ MULTI, PART("filename=x; name=f") "a\r\n--XY\r\nb\r\n--XX--", 64, 1 },
	{ "multipart/form-data; boundary=\"XX\"", PART("name=\"a\"") "1\r\n--XX--", 64, 1 },
	{ "multipart/related; boundary=XX; foo=bar", PART("name=\"a\"") "1\r\n--XX--", 64, 1 },
	{ "multipart/form-data", PART("name=\"a\"") "1\r\n--XX--", 64, 1 },
};

static const struct form *form;

static int
upload(void *data, const char *name, const char *filename, char *buf, int len,
       enum lws_spa_fileupload_states state)
{
	printf("\nupload %d state %d", (int)(lws_intptr_t)data, (int)state);
	show("name", name, strlen(name));
	show("filename", filename, strlen(filename));
	show(buf ? "data" : "none", buf, (size_t)len);
	return 0;
}

static void
print_spa(struct lws_spa *spa, int params)
{
	int len = (int)strlen(form->body), at, n, r = 0;

	for (at = 0; at < len && !r; at += form->step)
		r = lws_spa_process(spa, form->body + at,
				    len - at < form->step ? len - at : form->step);
	printf("\nprocess %d finalize %d", r, lws_spa_finalize(spa));
	printf(" again %d after %d", lws_spa_finalize(spa), lws_spa_process(spa, "a=9", 3));
	for (n = 0; n <= params; n++) {
		const char *v = lws_spa_get_string(spa, n);

		printf(" %d:%d:%s", n, lws_spa_get_length(spa, n), v ? v : "none");
	}
	printf(" destroy %d", lws_spa_destroy(spa));
}

static void
print_form(struct lws *wsi)
{
	static const char *const names[] = { "a", "b", "c", "a%41" };
	static const struct {
		int before;
		const char *name;
	} structs[] = { { 1, "c" }, { 2, "b" }, { 3, "a" } };
	struct lwsac *ac = NULL;
	lws_spa_create_info_t info = {
		.param_names = &structs[0].name, .param_names_stride = sizeof(structs[0]),
		.count_params = ARRAY(structs), .max_storage = form->storage,
		.opt_cb = upload, .opt_data = (void *)5, .ac = &ac,
	};

	print_spa(lws_spa_create(wsi, names, ARRAY(names), form->storage, NULL, NULL),
		  ARRAY(names));
	print_spa(lws_spa_create(wsi, names, ARRAY(names), form->storage, upload,
				 (void *)7), ARRAY(names));
	print_spa(lws_spa_create_via_info(wsi, &info), ARRAY(structs));
	printf(" ac %d", !!ac);
}

void
unit_spa(void)
{
	char text[256];
	const char *requests[] = { text };
	size_t n;

	for (n = 0; n < ARRAY(forms); n++) {
		form = &forms[n];
		snprintf(text, sizeof(text), REQUEST("/", "Content-Type: %s\r\n"), form->type);
		serve(print_form, requests, 1);
	}
}
