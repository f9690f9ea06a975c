/* SPDX-License-Identifier: MIT */
/* Forms and uploads: what lws_spa_* tells of a body, however it is cut. */
#include "site.h"

struct form_session {
	struct lws_spa *spa;
	struct lwsac *ac;
};

static const char *const names[] = {"text", "send", "file", "big"};
static int storage, refuse_at;
static bool no_upload, use_ac;

/* Lines for when the body is complete: how it comes in pieces makes no difference to them. */
static char notes[8][256];
static int note_count;
static size_t uploaded;
static uint32_t sum;

static void flush(const char *conn)
{
	for (int i = 0; i < note_count; i++)
		say(conn, "%s", notes[i]);
	note_count = 0;
}

static int upload(void *data, const char *name, const char *filename, char *buf, int len,
                  enum lws_spa_fileupload_states state)
{
	(void)data;
	if (state == LWS_UFS_OPEN) {
		uploaded = 0;
		sum = FNV0;
	}
	uploaded += (size_t)len;
	sum = fnv(sum, buf, (size_t)len);
	if (state != LWS_UFS_CONTENT && note_count < (int)LWS_ARRAY_SIZE(notes))
		snprintf(notes[note_count++], sizeof notes[0], "  upload %s of '%s' '%s', %zu bytes %08x",
		         state == LWS_UFS_OPEN ? "opens" : state == LWS_UFS_FINAL_CONTENT ? "ends" : "closes", name,
		         filename, uploaded, sum);
	return (int)state == refuse_at;
}

static struct lws_spa *spa(event *e, struct form_session *s)
{
	lws_spa_create_info_t i = {
	    .param_names = names,
	    .count_params = LWS_ARRAY_SIZE(names),
	    .max_storage = storage,
	    .opt_cb = no_upload ? NULL : upload,
	    .opt_data = (void *)e->conn,
	    .ac = &s->ac,
	    .ac_chunk_size = 1024,
	};

	if (use_ac)
		return lws_spa_create_via_info(e->wsi, &i);
	return lws_spa_create(e->wsi, names, i.count_params, storage, i.opt_cb, i.opt_data);
}

static int form_hook(event *e)
{
	struct form_session *s = e->user;

	switch (e->reason) {
	case LWS_CALLBACK_HTTP:
		s->spa = NULL;
		s->ac = NULL;
		return 0;
	case LWS_CALLBACK_HTTP_BODY:
		if (!s->spa)
			s->spa = spa(e, s);
		if (lws_spa_process(s->spa, e->in, (int)e->len)) {
			flush(e->conn);
			say(e->conn, "  lws_spa_process fails");
			return -1;
		}
		return 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		flush(e->conn);
		say(e->conn, "  finalize %d", s->spa ? lws_spa_finalize(s->spa) : -9);
		flush(e->conn);
		for (int i = 0; s->spa && i < (int)LWS_ARRAY_SIZE(names); i++) {
			const char *v = lws_spa_get_string(s->spa, i);

			if (v)
				say(e->conn, "  %s %d %s", names[i], lws_spa_get_length(s->spa, i), RENDER(v, strlen(v)));
		}
		return lws_return_http_status(e->wsi, 200, "got it") || lws_http_transaction_completed(e->wsi) ? -1 : 0;
	case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
		if (s && s->spa) {
			int r = lws_spa_destroy(s->spa);

			flush(e->conn);
			say(e->conn, "  destroy %d%s", r, s->ac ? ", lwsac left" : "");
			s->spa = NULL;
		}
		return 0;
	default:
		return PASS;
	}
}

static const struct lws_protocols form_protocols[] = {
    {"http", cb0, sizeof(struct form_session), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const char *content_type, *form_body;

static void form_peer(peer *p)
{
	static char all[80000];

	/* At once: where a form is refused depends on the pieces. */
	snprintf(all, sizeof all, "POST /form HTTP/1.1\r\nHost: t\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
	         content_type, strlen(form_body), form_body);
	p_connect(p);
	p_put(p, all);
	p_response(p);
	p_close(p);
}

static void form(const char *type, const char *text)
{
	content_type = type;
	form_body = text;
	if (!storage && !use_ac)
		storage = 512;
	refuse_at = refuse_at ? refuse_at : -1;
	if (server(form_protocols, form_hook)) {
		peer_start("peer0", form_peer);
		finish();
	}
}

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART "multipart/form-data; boundary=\"--cut\""
#define PART(what) "----cut\r\nContent-Disposition: form-data; " what "\r\n\r\n"
#define END "\r\n----cut--\r\n"

static const char upload_body[] =
    PART("name=\"text\"") "some text\r\n" PART("name=\"file\"; filename=\"a b.txt\"") "line\r\n\r\n----cu\r\n--"
                          "\r\n" PART("name=\"send\"") "1" END;

static void urlencoded(void) { form(URLENCODED, "text=a+b%26c%0d%0a&unknown=x&send=&big=1"); }
static void urlencoded_long(void)
{
	static char text[3000];

	memset(text, 'v', sizeof text - 1);
	memcpy(text, "big=", 4);
	storage = 256;
	form(URLENCODED, text);
}
static void urlencoded_bad(void) { form(URLENCODED, "text=%4g&send=1"); }
static void multipart(void) { form(MULTIPART, upload_body); }
static void multipart_plain(void)
{
	no_upload = true;
	form(MULTIPART, PART("name=\"text\"") "one\r\n" PART("name=\"send\"") "two" END);
}
static void multipart_refuse_open(void)
{
	refuse_at = LWS_UFS_OPEN;
	form(MULTIPART, upload_body);
}
static void multipart_refuse_end(void)
{
	refuse_at = LWS_UFS_FINAL_CONTENT;
	form(MULTIPART, upload_body);
}
static void multipart_cut(void)
{
	form(MULTIPART, PART("name=\"text\"") "one\r\n" PART("name=\"file\"; filename=\"x\"") "never ends");
}
static void multipart_two_files(void)
{
	form(MULTIPART, PART("name=\"file\"; filename=\"1\"") "first\r\n" PART("name=\"file\"; filename=\"2\"")
	                    "\r\n" PART("name=\"other\"; filename=\"3\"") "third" END);
}
static void multipart_empty(void) { form(MULTIPART, "----cut--\r\n"); }

/*
 * Values of many kilobytes: a text of n bytes, an upload of three times as many (in
 * multipart), and a short value behind.
 */
static const char *large(bool multi, int n)
{
	static char out[80000];
	char *p = out;

	p += sprintf(p, "%s", multi ? PART("name=\"big\"") : "big=");
	for (int i = 0; i < n; i++)
		*p++ = (char)('a' + i % 23);
	if (multi) {
		p += sprintf(p, "\r\n" PART("name=\"file\"; filename=\"large\""));
		for (int i = 0; i < 3 * n; i++)
			*p++ = (char)(i % 97 ? ' ' + i % 90 : '\r');
	}
	sprintf(p, "%s", multi ? "\r\n" PART("name=\"send\"") "go" END : "&send=go");
	return out;
}

static void large_form(bool ac, int max, bool multi, int n)
{
	use_ac = ac;
	storage = max;
	form(multi ? MULTIPART : URLENCODED, large(multi, n));
}
static void form_large(void) { large_form(false, 16384, false, 15000); }
static void form_large_ac(void) { large_form(true, 16384, false, 15000); }
static void upload_large(void) { large_form(false, 16384, true, 15000); }
static void upload_large_ac(void) { large_form(true, 16384, true, 15000); }
static void upload_too_large(void) { large_form(false, 4096, true, 15000); }
static void upload_small_ac(void) { large_form(true, 600, true, 300); }
static void form_too_large_ac(void) { large_form(true, 600, false, 2000); }
static void form_default_ac(void) { large_form(true, 0, false, 2000); }
static void no_type(void) { form("text/plain", "text=plain&send=2"); }

static const scenario sc_httpd_forms[] = {
    {"httpd-form", urlencoded},
    {"httpd-form-long", urlencoded_long},
    {"httpd-form-bad", urlencoded_bad},
    {"httpd-upload", multipart},
    {"httpd-upload-none", multipart_plain},
    {"httpd-upload-refuse-open", multipart_refuse_open},
    {"httpd-upload-refuse-end", multipart_refuse_end},
    {"httpd-upload-cut", multipart_cut},
    {"httpd-upload-several", multipart_two_files},
    {"httpd-upload-empty", multipart_empty},
    {"httpd-form-other-type", no_type},
    {"httpd-form-large", form_large},
    {"httpd-form-large-ac", form_large_ac},
    {"httpd-upload-large", upload_large},
    {"httpd-upload-large-ac", upload_large_ac},
    {"httpd-upload-too-large", upload_too_large},
    {"httpd-upload-small-ac", upload_small_ac},
    {"httpd-form-too-large-ac", form_too_large_ac},
    {"httpd-form-default-ac", form_default_ac},
    {NULL, NULL},
};

SCENARIOS(sc_httpd_forms)
