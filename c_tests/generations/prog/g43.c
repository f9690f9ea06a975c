/* SPDX-License-Identifier: MIT */
/* A program of v4.3 (pkg-config libwebsockets): what that added. */
#define _DEBUG /* lines of all levels are compiled in */
#include "gen.h"
#include <libwebsockets.h>
#include "gen_echo.h"
#include "gen_connect.h"

static int log_lines, log_users, names, log_level;
static char log_text[1024];

#define MUST(x) \
	do { \
		if (!(x)) { \
			fprintf(stderr, "line %d: %s\n", __LINE__, #x); \
			exit(3); \
		} \
	} while (0)

static void
emit(struct lws_log_cx *cx, int level, const char *line, size_t len)
{
	const char *own = strstr(line, "mine: "); /* so.19 stamps each line */

	(void)cx;
	log_level = level;
	lws_snprintf(log_text + strlen(log_text), sizeof(log_text) - strlen(log_text), "%s", line);
	log_lines++;
	MUST(strlen(line) == len && line[len - 1] == '\n' && own);
	MUST(own == line || LWS_LIBRARY_VERSION_NUMBER >= 4003000);
}

static void
mine(struct lws_log_cx *cx, void *obj, char **p, char *e)
{
	(void)cx;
	(void)obj;
	*p += lws_snprintf(*p, lws_ptr_diff_size_t(e, *p), "mine: ");
}

static void
use(struct lws_log_cx *cx, int new_)
{
	(void)new_;
	log_users = cx->refcount;
}

static lws_log_cx_t log_cx = {
    .u.emit_cx = emit,
    .refcount_cb = use,
    .prepend = mine,
    .lll_flags = LLLF_LOG_CONTEXT_AWARE | LLL_USER | LLL_ERR | LLL_NOTICE,
};

#include "g43_logs.h"

static void
custom(const char *name, int nlen, void *opaque)
{
	names += nlen == 6 && !strncmp(name, "x-gen:", 6);
	MUST(opaque == &names);
}

static int
callback_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	char arg[16];

	(void)user;
	(void)in;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		log_everything(wsi);
		MUST(strstr(lws_wsi_tag(wsi), "wsisrv"));
		if (lws_get_urlarg_by_name_safe(wsi, "absent", arg, sizeof(arg)) != -1)
			return -1;
		if (lws_get_urlarg_by_name_safe(wsi, "a", arg, sizeof(arg)) == 3)
			MUST(!strcmp(arg, "xyz") && lws_get_urlarg_by_name_safe(wsi, "a", arg, 3) == -1);
		MUST(!lws_hdr_custom_name_foreach(wsi, custom, &names));
		MUST(!lws_tls_session_is_reused(wsi));
		if (lws_serve_http_file(wsi, gen_file, "text/plain", NULL, 0) < 0)
			return -1;
		break;
	case LWS_CALLBACK_HTTP_FILE_COMPLETION:
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	default:
		break;
	}
	return 0;
}

static int
callback_gen(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	if (reason == LWS_CALLBACK_CLIENT_CLOSED)
		gen_stop = 1;
	if (reason == LWS_CALLBACK_PROTOCOL_DESTROY) /* it was told when all was over */
		MUST(lws_context_is_being_destroyed(lws_get_context(wsi)));
	return gen_echo(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
    {"http-only", callback_http, 0, 0, 0, NULL, 0},
    {"gen", callback_gen, sizeof(struct gen), 0, 0, NULL, 0},
    LWS_PROTOCOL_LIST_TERM,
};

static int gone;

static void
item_gone(void *item, size_t size)
{
	(void)item;
	gone += (int)size;
}

static void
caches(struct lws_context *context)
{
	struct lws_cache_creation_info info;
	struct lws_cache_ttl_lru *l2, *l1;
	lws_cache_results_t walk;
	const void *p;
	size_t n;
	int count = 0;

	memset(&info, 0, sizeof(info));
	info.cx = context;
	info.name = "l2";
	info.ops = &lws_cache_ops_heap;
	l2 = lws_cache_create(&info);
	info.name = "l1";
	info.cb = item_gone;
	info.parent = l2;
	info.max_items = 2;
	info.max_payload = 8;
	l1 = lws_cache_create(&info);
	MUST(l1 && l2);
	MUST(!lws_cache_write_through(l1, "abc", (const uint8_t *)"1", 1, lws_now_usecs() + 60000000, NULL));
	MUST(!lws_cache_write_through(l1, "abd", (const uint8_t *)"22", 2, lws_now_usecs() + 60000000, NULL));
	MUST(!lws_cache_item_get(l1, "abc", &p, &n) && n == 1 && *(const char *)p == '1');
	MUST(!lws_cache_write_through(l1, "b", (const uint8_t *)"333", 3, lws_now_usecs() + 60000000, NULL));
	MUST(gone == 2 && lws_cache_footprint(l1) == 4 && lws_cache_footprint(l2) == 6);
	MUST(!lws_cache_item_get(l1, "abd", &p, &n) && n == 2); /* from l2 */
	MUST(lws_cache_item_get(l1, "none", &p, &n));
	MUST(lws_cache_write_through(l1, "big", (const uint8_t *)"123456789", 9, lws_now_usecs() + 1, NULL));
	MUST(!lws_cache_lookup(l1, "ab*", (const void **)&walk.ptr, &walk.size));
	while (!lws_cache_results_walk(&walk)) {
		count++;
		MUST(walk.tag_len == 3 && !memcmp(walk.tag, "ab", 2) && walk.payload_len == (walk.tag[2] == 'c' ? 1 : 2));
	}
	MUST(count == 2 && lws_cache_lookup(l1, "zz*", (const void **)&walk.ptr, &walk.size));
	MUST(!lws_cache_item_remove(l1, "a*") && lws_cache_item_get(l1, "abc", &p, &n));
	MUST(!lws_cache_expunge(l1) && !lws_cache_footprint(l1) && !lws_cache_footprint(l2));
	MUST(!lws_cache_write_through(l2, "old", NULL, 4, lws_now_usecs() - 1, NULL));
	MUST(lws_cache_item_get(l2, "old", &p, &n));
	lws_cache_debug_dump(l2);
	lws_cache_destroy(&l1);
	lws_cache_destroy(&l2);
	MUST(!l1 && !l2);
}

static void
maps(int in_lwsac)
{
	struct lwsac *ac = NULL;
	struct lws_map_item *item;
	lws_map_info_t info;
	lws_map_t *map;
	char key[16];
	int n;

	memset(&info, 0, sizeof(info));
	if (in_lwsac) {
		info._alloc = lws_map_alloc_lwsac;
		info._free = lws_map_free_lwsac;
		info.opaque = &ac;
		info.aux = (void *)(intptr_t)4096;
	}
	info.modulo = 7;
	map = lws_map_create(&info);
	MUST(map);
	for (n = 0; n < 500; n++) {
		lws_snprintf(key, sizeof(key), "key %d", n % 400);
		MUST(lws_map_item_create_ks(map, key, &n, sizeof(n)));
	}
	for (n = 0; n < 400; n++) {
		int v;

		lws_snprintf(key, sizeof(key), "key %d", n);
		item = lws_map_item_lookup_ks(map, key);
		MUST(item && lws_map_item_value_len(item) == sizeof(v) &&
		     lws_map_item_key_len(item) == strlen(key) &&
		     !memcmp(lws_map_item_key(item), key, strlen(key)));
		memcpy(&v, lws_map_item_value(item), sizeof(v));
		MUST(v == (n < 100 ? n + 400 : n));
		lws_map_item_destroy(item);
		MUST(!lws_map_item_lookup_ks(map, key));
	}
	item = lws_map_item_create(map, (const lws_map_key_t)"ab", 1, (const lws_map_value_t)"v", 1);
	MUST(item && lws_map_item_lookup(map, (const lws_map_key_t)"ac", 1) == item &&
	     !lws_map_item_lookup_ks(map, "ab"));
	lws_map_destroy(&map);
	MUST(!map);
	lwsac_free(&ac);
}

static int
count_node(struct lws_dll2 *d, void *user)
{
	(void)d;
	return ++*(int *)user == 2;
}

static void
tokens(void)
{
	lws_tokenize_t ts;

	lws_tokenize_init(&ts, "a*b=c", LWS_TOKENIZE_F_ASTERISK_NONTERM | LWS_TOKENIZE_F_EQUALS_NONTERM);
	MUST(lws_tokenize(&ts) == LWS_TOKZE_TOKEN && ts.token_len == 5);
	lws_tokenize_init(&ts, "a*b=c", LWS_TOKENIZE_F_ASTERISK_NONTERM);
	MUST(lws_tokenize(&ts) == LWS_TOKZE_TOKEN_NAME_EQUALS && ts.token_len == 3);
}

static int
cmp3(void *priv, const lws_dll2_t *d, const lws_dll2_t *i)
{
	return *(int *)priv * (d < i ? -1 : d > i);
}

static void
small(void)
{
	static const struct {
		const char *pattern, *text;
		int same;
	} w[] = {{"*", "", 1},	   {"", "", 1},	       {"a*", "abc", 1}, {"*c", "abc", 1},   {"a*c", "abcbc", 1},
		 {"a*b", "abc", 0}, {"a", "", 0},       {"", "a", 0},	   {"a**b", "ab", 1},  {"*.org", "x.orgs", 0},
		 {"*a*b*", "xaybz", 1}};
	static const time_t times[] = {0, 784111777, 1700000000, 4102444800};
	lws_sockaddr46 a, net;
	struct lws_buflist *bl = NULL;
	lws_dll2_t d[3];
	lws_dll2_owner_t own;
	lws_dll2_foreach_cb_t each = count_node;
	int nodes = 0;
	lws_xos_t x, y;
	char buf[32], first, last;
	uint8_t b[8];
	int sign = -1;
	time_t t;

	for (size_t n = 0; n < LWS_ARRAY_SIZE(w); n++)
		MUST(lws_strcmp_wildcard(w[n].pattern, strlen(w[n].pattern), w[n].text, strlen(w[n].text)) ==
		     !w[n].same);
	for (size_t n = 0; n < LWS_ARRAY_SIZE(times); n++) {
		MUST(!lws_http_date_render_from_unix(buf, sizeof(buf), &times[n]) && strlen(buf) == 29);
		MUST(!lws_http_date_parse_unix(buf, strlen(buf), &t) && t == times[n]);
	}
	MUST(!lws_http_date_render_from_unix(buf, 30, &times[1]) && !strcmp(buf, "Sun, 06 Nov 1994 08:49:37 GMT"));
	MUST(lws_http_date_render_from_unix(buf, 29, &times[1]) && lws_http_date_parse_unix("Sun", 3, &t));
	MUST(!lws_http_date_parse_unix("Sunday, 06-Nov-94 08:49:37 GMT", 30, &t) && t == times[1]);
	lws_hex_from_byte_array((const uint8_t *)"\x01\xab", 2, buf, sizeof(buf));
	MUST(!strcmp(buf, "01ab"));
	lws_hex_from_byte_array((const uint8_t *)"\x01\xab", 2, buf, 4);
	MUST(!strcmp(buf, "01a"));
	lws_xos_init(&x, 1);
	lws_xos_init(&y, 1);
	for (int n = 0; n < 100; n++)
		MUST(lws_xos(&x) == lws_xos(&y));
	MUST(!lws_xos_percent(&x, 0) && lws_xos_percent(&x, 100));
	MUST(!lws_sa46_parse_numeric_address("10.1.2.3", &a) && !lws_sa46_parse_numeric_address("10.1.0.0", &net));
	MUST(!lws_sa46_on_net(&a, &net, 16) && lws_sa46_on_net(&a, &net, 24) && !lws_sa46_on_net(&a, &net, 22));
	MUST(!lws_sa46_parse_numeric_address("2001:db8::1", &a) && lws_sa46_on_net(&a, &net, 8));
	MUST(!lws_sa46_parse_numeric_address("2001:db8::", &net) && !lws_sa46_on_net(&a, &net, 32) &&
	     lws_sa46_on_net(&a, &net, 128));
	MUST(lws_buflist_append_segment(&bl, (const uint8_t *)"abc", 3) > 0 &&
	     !lws_buflist_append_segment(&bl, (const uint8_t *)"defg", 4));
	MUST(lws_buflist_fragment_use(&bl, b, 2, &first, &last) == 2 && first && !last && !memcmp(b, "ab", 2));
	MUST(lws_buflist_fragment_use(&bl, b, 8, &first, &last) == 1 && !first && last && b[0] == 'c');
	MUST(!lws_buflist_append_segment(&bl, (const uint8_t *)"hij", 3));
	MUST(lws_buflist_linear_use(&bl, b, 6) == 6 && !memcmp(b, "defghi", 6));
	MUST(lws_buflist_linear_use(&bl, b, 8) == 1 && b[0] == 'j' && !bl);
	memset(d, 0, sizeof(d));
	lws_dll2_owner_clear(&own);
	for (int n = 0; n < 3; n++)
		lws_dll2_add_sorted_priv(&d[(n + 1) % 3], &own, &sign, cmp3);
	MUST(lws_dll2_foreach_safe(&own, &nodes, each) && nodes == 2);
	tokens();
	MUST(own.head == &d[2] && own.tail == &d[0] && !lws_dll2_is_detached(&d[0]));
}

struct seen {
	char text[512];
	size_t n;
	int refuse;
	uint8_t raw[64];
	size_t raw_len;
};

static signed char
item(struct lecp_ctx *ctx, char reason)
{
	struct seen *s = ctx->user;
	size_t n = s->n;
	char *p = s->text + n;
	const size_t room = sizeof(s->text) - n;

	MUST(room > 32);
	switch (reason) {
	case LECPCB_OBJECT_START:
		n += (size_t)lws_snprintf(p, room, "{");
		break;
	case LECPCB_OBJECT_END:
		n += (size_t)lws_snprintf(p, room, "}");
		break;
	case LECPCB_VAL_STR_END:
		n += (size_t)lws_snprintf(p, room, "%s%s%d ", ctx->buf, lecp_parse_map_is_key(ctx) ? ":" : "",
					  ctx->path_match);
		break;
	case LECPCB_VAL_BLOB_END:
		n += (size_t)lws_snprintf(p, room, "%u bytes at %s ", ctx->npos, ctx->path);
		s->n = n;
		if (ctx->npos == 2) {
			uint8_t sub[2];

			memcpy(sub, ctx->buf, 2);
			MUST(lecp_parse_subtree(ctx, sub, 2) == LECP_CONTINUE);
		}
		n = s->n;
		break;
	case LECPCB_VAL_NUM_UINT:
		n += (size_t)lws_snprintf(p, room, "%llu ", (unsigned long long)ctx->item.u.u64);
		break;
	case LECPCB_VAL_NUM_INT:
		n += (size_t)lws_snprintf(p, room, "%lld ", (long long)ctx->item.u.i64);
		break;
	case LECPCB_VAL_FLOAT16:
		n += (size_t)lws_snprintf(p, room, "%x ", ctx->item.u.hf);
		break;
	case LECPCB_VAL_FLOAT32:
		n += (size_t)lws_snprintf(p, room, "%g ", (double)ctx->item.u.f);
		break;
	case LECPCB_VAL_FLOAT64:
		n += (size_t)lws_snprintf(p, room, "%g ", ctx->item.u.d);
		break;
	case LECPCB_TAG_START:
		n += (size_t)lws_snprintf(p, room, "%llu(", (unsigned long long)ctx->item.u.u64);
		lecp_parse_report_raw(ctx, 1);
		break;
	case LECPCB_TAG_END:
		n += (size_t)lws_snprintf(p, room, ")");
		lecp_parse_report_raw(ctx, 0);
		break;
	case LECPCB_LITERAL_CBOR:
		MUST(s->raw_len + ctx->cbor_pos <= sizeof(s->raw));
		memcpy(s->raw + s->raw_len, ctx->cbor, ctx->cbor_pos);
		s->raw_len += ctx->cbor_pos;
		break;
	case LECPCB_FAILED:
	case LECPCB_CONSTRUCTED:
	case LECPCB_DESTRUCTED:
		n += (size_t)lws_snprintf(p, room, "%c", "cd  f"[(int)reason]);
		break;
	default:
		break;
	}
	s->n = n;
	return s->refuse && reason == s->refuse;
}

static enum lws_lec_pctx_ret
write_va(lws_lec_pctx_t *w, const char *format, ...)
{
	enum lws_lec_pctx_ret r;
	va_list ap;

	va_start(ap, format);
	r = lws_lec_vsprintf(w, format, ap);
	va_end(ap);
	return r;
}

static size_t
write_cbor(uint8_t *to, size_t room, size_t piece)
{
	enum lws_lec_pctx_ret r;
	lws_lec_pctx_t w;
	size_t n = 0;

	lws_lec_init(&w, to, piece);
	do {
		r = lws_lec_printf(&w, "{'a':[%d,-2,%llu],%s:%t(%.*b),'c':[%f,%f,%f],'sub':%.*b}", 1, 1ull << 40, "b", 99,
				   3, "\x01\x02\x03", 1.5, 100000.0, 1.1, 2, "\x81\x05");
		MUST(r != LWS_LECPCTX_RET_FAIL);
		n += w.used;
		MUST(n + piece <= room);
		lws_lec_setbuf(&w, to + n, piece);
	} while (r == LWS_LECPCTX_RET_AGAIN);
	return n;
}

static void
cbor(void)
{
	static const char *const paths[] = {".a", ".b"};
	/* behind a container the reference does not take its key off the path */
	static const char want[] = "c{a:1 1 -2 1099511627776 b:1 99(3 bytes at .ab )c:1 3e00 100000 1.1 "
				   "sub:1 2 bytes at .abcsub 5 }";
	uint8_t all[256], one[256];
	struct lecp_ctx ctx;
	struct seen s;
	lws_lec_pctx_t w;
	size_t n = write_cbor(all, sizeof(all), 128);
	uint16_t half;
	uint32_t single;

	for (size_t piece = 1; piece < 20; piece++)
		MUST(write_cbor(one, sizeof(one), piece) == n && !memcmp(all, one, n));
	for (size_t piece = 1; piece <= n; piece++) {
		memset(&s, 0, sizeof(s));
		lecp_construct(&ctx, item, &s, paths, LWS_ARRAY_SIZE(paths));
		for (size_t at = 0; at < n; at += piece) {
			size_t m = n - at < piece ? n - at : piece;

			MUST(lecp_parse(&ctx, all + at, m) == (at + m < n ? LECP_CONTINUE : 0));
		}
		if (strcmp(s.text, want))
			fprintf(stderr, "%s\n", s.text);
		MUST(!strcmp(s.text, want) && s.raw_len == 4 && !memcmp(s.raw, "\x43\x01\x02\x03", 4));
		lecp_change_callback(&ctx, item);
		lecp_destruct(&ctx);
		MUST(!strcmp(s.text + sizeof(want) - 1, "dcd"));
	}
	memset(&s, 0, sizeof(s));
	s.refuse = LECPCB_VAL_NUM_INT;
	lecp_construct(&ctx, item, &s, NULL, 0);
	MUST(lecp_parse(&ctx, all, n) == LECP_REJECT_CALLBACK && s.text[s.n - 1] == 'f');
	lecp_construct(&ctx, item, &s, NULL, 0);
	MUST(lecp_parse(&ctx, (const uint8_t *)"\xff", 1) == LECP_REJECT_BAD_CODING);
	MUST(!strcmp(lecp_error_to_string(LECP_REJECT_BAD_CODING), "Bad CBOR coding") &&
	     !strcmp(lecp_error_to_string(-6), "Unknown error") && !*lecp_error_to_string(0));

	lws_lec_init(&w, one, sizeof(one));
	MUST(write_va(&w, "[%d]", 7) == LWS_LECPCTX_RET_FINISHED && w.used == 2 && !memcmp(one, "\x81\x07", 2));

	/* the sizes of what is given to a callback */
	MUST(sizeof(ctx.pst) / sizeof(ctx.pst[0]) == LECP_MAX_PARSING_STACK_DEPTH &&
	     sizeof(ctx.st) / sizeof(ctx.st[0]) == LECP_MAX_DEPTH && sizeof(ctx.path) == LECP_MAX_PATH &&
	     sizeof(ctx.i) / sizeof(ctx.i[0]) == LECP_MAX_INDEX_DEPTH && sizeof(ctx.buf) == LECP_STRING_CHUNK + 1);
	MUST((LECPCB_VAL_TRUE & LECP_FLAG_CB_IS_VALUE) && !(LECPCB_OBJECT_START & LECP_FLAG_CB_IS_VALUE));
	memset(one, 0x81, LECP_MAX_DEPTH);
	memset(&s, 0, sizeof(s));
	lecp_construct(&ctx, item, &s, NULL, 0);
	MUST(lecp_parse(&ctx, one, LECP_MAX_DEPTH) == LECP_STACK_OVERFLOW);

	lws_lec_init(&w, one, sizeof(one));
	lws_set_log_level(0, NULL); /* it says what is wrong */
	MUST(lws_lec_printf(&w, "]") == LWS_LECPCTX_RET_FAIL);
	lws_set_log_level(LLL_ERR, NULL);
	lws_lec_init(&w, one, sizeof(one));
	lws_lec_int(&w, LWS_CBOR_MAJTYP_ARRAY, 1, 0);
	lws_lec_int(&w, LWS_CBOR_MAJTYP_UINT, 0, 0x1234);
	lws_lec_int(&w, LWS_CBOR_MAJTYP_FLOAT, 1, 0);
	MUST(!lws_lec_scratch(&w) && w.buf == one + 5 && !memcmp(one, "\x9f\x19\x12\x34\xff", 5));
	lws_singles2halfp(&half, 0x3fc00000);
	lws_halfp2singles(&single, 0xc400);
	MUST(half == 0x3e00 && single == 0xc0800000);
}

#if !defined(LWS_WITH_CBOR) || !defined(LWS_WITH_CBOR_FLOAT) || !defined(LWS_WITH_CONMON) ||                                  \
	!defined(LWS_WITH_TLS_SESSIONS) || !defined(LWS_WITH_CACHE_NSCOOKIEJAR)
#error what is built in is not told
#endif

static int portal_asked;

static int
portal(struct lws_context *context)
{
	portal_asked++;
	lws_system_cpd_set(context, LWS_CPD_INTERNET_OK);
	return 0;
}

static const struct lws_protocol_vhost_options name2 = {NULL, NULL, "name", "second"},
	option = {&name2, NULL, "name", "value"}, address = {NULL, NULL, "key", (const char *)&portal_asked},
	other = {NULL, &address, "other", ""}, pvo = {&other, &option, "gen", ""};

/* A vhost's memory by the value of an option: the first of that name counts. */
static void
vhost_memory(struct lws_context *context)
{
	struct lws_vhost *vh = lws_get_vhost_by_name(context, "default");
	void *mem = lws_protocol_vh_priv_zalloc(vh, lws_vhost_name_to_protocol(vh, "gen"), 8);

	MUST(mem && lws_vhd_find_by_pvo(context, "gen", "name", "value") == mem);
	MUST(!lws_vhd_find_by_pvo(context, "gen", "name", "second") && !lws_vhd_find_by_pvo(context, "gen", "nam", "value"));
	MUST(!lws_vhd_find_by_pvo(context, "gen", "name", "valu") && !lws_vhd_find_by_pvo(context, "other", "name", "value"));
}

static const lws_system_ops_t system_ops = {.captive_portal_detect_request = portal};

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_context *context;
	int server = gen_args(argc, argv);

	lws_set_log_level(LLL_ERR, NULL); /* one item is too large for its cache */
	memset(&info, 0, sizeof(info));
	info.port = server ? gen_port : CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.log_cx = &log_cx;
	info.system_ops = &system_ops;
	info.pvo = &pvo;
	context = lws_create_context(&info);
	MUST(context && lwsl_context_get_cx(context) == &log_cx && log_cx.refcount == 1 && log_users == 1);
	lws_system_cpd_start_defer(context, 1000);
	MUST(!portal_asked);
	log_to_file();
	small();
	cbor();
	maps(0);
	maps(1);
	caches(context);
	MUST(!lws_context_is_being_destroyed(context));
	vhost_memory(context);
	MUST(!gen_serve(context, NULL, server));
	if (server && names) /* it was asked by TestAnswersOfTheTime */
		MUST(log_lines >= 60);
	MUST(portal_asked == 1 && lws_system_cpd_state_get(context) == LWS_CPD_INTERNET_OK);
	lws_context_destroy(context);
	MUST(!log_cx.refcount && !log_users);
	return gen_report(server);
}
