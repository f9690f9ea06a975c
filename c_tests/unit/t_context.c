/* SPDX-License-Identifier: MIT
 *
 * What works on a context without connections, or on the caller's memory with
 * a context's help: timers, states, blobs, retries, names, types, options of
 * extensions, and the program's allocator.
 */
#include "unit.h"
#include <sys/stat.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUNDS 3000
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

/* exported, but not declared */
int _lws_plat_service_tsi(struct lws_context *context, int timeout_ms, int tsi);

static int
cb(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
   size_t len)
{
	(void)wsi;
	(void)user;
	(void)in;
	(void)len;
	if (reason == LWS_CALLBACK_PROTOCOL_INIT)
		printf("init\n");
	if (reason == LWS_CALLBACK_PROTOCOL_DESTROY)
		printf("destroy\n");
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "first", cb, 8, 0, 0, NULL, 0 },
	{ "second", cb, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static struct lws_context_creation_info info;

static struct lws_context *
context(void)
{
	struct lws_context *cx;

	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.gid = info.uid = -1;
	info.user = &info;
	lws_set_log_level(0, NULL);
	cx = lws_create_context(&info);
	if (!cx)
		printf("no context\n");
	return cx;
}

/* ---- names and types ---- */

static void
print_vhost(struct lws_vhost *vh)
{
	const char *iface = lws_get_vhost_iface(vh);

	printf("vhost %s iface %s port %d %d user %d %d protocols %d %d\n", lws_get_vhost_name(vh),
	       iface ? iface : "none", lws_get_vhost_port(vh), lws_get_vhost_listen_port(vh),
	       lws_get_vhost_user(vh) == &info, lws_vhost_user(vh) == &info,
	       !!lws_vhost_name_to_protocol(vh, "second"), !!lws_vhost_name_to_protocol(vh, "third"));
}

static void
mimetypes(void)
{
	static const char *const ends[] = {
		".html", ".htm", ".js", ".css", ".png", ".svg", ".ico", ".gif", ".jpg", ".jpeg", ".ttf",
		".otf", ".woff", ".woff2", ".gz", ".txt", ".xml", ".json", ".pdf", ".mine", ".ml", ".",
		"", ".HTML", ".tar.gz", ".j", ".zip", ".wasm", ".mp4", ".webp", ".x", ".c", "html",
	};
	static const struct lws_protocol_vhost_options
		other = { NULL, NULL, ".txt", "text/other" },
		mine = { &other, NULL, ".mine", "application/mine" },
		all = { NULL, NULL, "*", "any/thing" };
	struct lws_http_mount m;
	char name[64];
	int n;

	memset(&m, 0, sizeof(m));
	for (n = 0; n < ROUNDS; n++) {
		const char *t;

		rnd_text(name, 12, "ab./-");
		strcat(name, ends[rnd(ARRAY(ends))]);
		m.extra_mimetypes = n % 3 == 1 ? &mine : n % 3 == 2 ? &all : NULL;
		t = lws_get_mimetype(name, n % 4 ? &m : NULL);
		printf("mime %d %d %s %s\n", n % 3, n % 4, name, t ? t : "none");
	}
}

void
unit_context(void)
{
	struct lws_context *cx = context();
	struct lws_vhost *vh;
	struct lws_pollfd foreign;
	char host[256];
	int n;

	if (!cx)
		return;
	vh = lws_get_vhost_by_name(cx, "default");
	print_vhost(vh);
	printf("init again %d\n", lws_protocol_init(cx));
	printf("service %d %d\n", lws_service(cx, -1), _lws_plat_service_tsi(cx, -1, 0));
	memset(&foreign, 0, sizeof(foreign));
	foreign.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	foreign.events = foreign.revents = LWS_POLLIN;
	printf("fd %d %d\n", lws_service_fd_tsi(cx, &foreign, 0), foreign.revents);
	close(foreign.fd);
	printf("user %d threads %d\n", lws_context_user(cx) == &info, lws_get_count_threads(cx));
	gethostname(host, sizeof(host));
	host[sizeof(host) - 1] = '\0';
	printf("hostname %d\n", !strcmp(host, lws_canonical_hostname(cx)));
	info.vhost_name = "other";
	info.iface = "lo";
	info.user = NULL;
	vh = lws_create_vhost(cx, &info);
	print_vhost(vh);
	printf("callback %d\n", lws_callback_all_protocol_vhost(vh, &protocols[0], LWS_CALLBACK_USER));
	for (n = -1; n < WSI_TOKEN_COUNT + 3; n++) {
		const unsigned char *t = lws_token_to_string((enum lws_token_indexes)n);

		printf("token %d %s\n", n, t ? (const char *)t : "none");
	}
	mimetypes();
	lws_context_destroy(cx);
}

/* ---- credentials ---- */

void
unit_auth(void)
{
	char user[80], pw[80], out[128];
	int n;

	for (n = 0; n < ROUNDS; n++) {
		size_t size = rnd(n % 3 ? 128 : 24), len;

		rnd_text(user, n % 5 ? 20 : 70, "abC9:-\xc3\xa9");
		rnd_text(pw, n % 7 ? 20 : 70, "xyZ0:/ ");
		/* the reference cuts what does not quite fit (quirk 98) */
		len = strlen(user) + strlen(pw) + 1;
		if (size < 6 + (len + 2) / 3 * 4 + 1 && size >= 6 + 4 * len / 3 + 1)
			continue;
		memset(out, '#', sizeof(out));
		printf("%zu %d", size, lws_http_basic_auth_gen(user, pw, out, size));
		show("user", user, strlen(user));
		show("pw", pw, strlen(pw));
		show("out", out, sizeof(out));
		putchar('\n');
	}
}

/* ---- addresses of sockets ---- */

static void
print_peer(const char *what, int fd)
{
	char name[64];
	size_t size;

	for (size = 2; size < 64; size += 15) {
		const char *p;

		memset(name, 0, sizeof(name));
		p = lws_get_peer_simple_fd(fd, name, size);
		printf("%s %zu %d %s\n", what, size, p == name, p ? p : "none");
	}
}

void
unit_peer(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(9),
				 .sin_addr.s_addr = htonl(0x7f000102) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	lws_set_log_level(0, NULL);
	print_peer("unconnected", fd);
	if (!connect(fd, (struct sockaddr *)&a, sizeof(a)))
		print_peer("connected", fd);
	close(fd);
	print_peer("closed", fd);
}

/* ---- timers ---- */

static struct timer {
	lws_sorted_usec_list_t sul;
	int id;
} timers[24];

static void
due(lws_sorted_usec_list_t *sul)
{
	const struct timer *t = lws_container_of(sul, struct timer, sul);

	printf(" due %d (%d %d)", t->id, (int)t->sul.us, lws_dll2_is_detached(&t->sul.list));
}

static void
again(lws_sorted_usec_list_t *sul)
{
	due(sul);
	sul->us = 40;
	sul->cb = due;
	printf(" again");
}

/* On lists of the program's own. */
static void
own_lists(void)
{
	static char room[262144]; /* the reference looks around the lists */
	lws_dll2_owner_t *own = (lws_dll2_owner_t *)(room + sizeof(room) / 2);
	int n, k;

	for (n = 0; n < ROUNDS / 3; n++) {
		lws_usec_t now = 0;

		for (k = 0; k < (int)ARRAY(timers); k++) {
			timers[k].id = k;
			timers[k].sul.cb = rnd(9) ? due : again;
			timers[k].sul.us = 1 + rnd(60);
			printf(" %d@%d:%d", k, (int)timers[k].sul.us,
			       __lws_sul_insert(&own[rnd(2)], &timers[k].sul));
		}
		for (k = 0; k < 3; k++)
			lws_sul_cancel(&timers[rnd(ARRAY(timers))].sul);
		printf(" lists %u %u", own[0].count, own[1].count);
		while (now < 70) {
			lws_usec_t left = __lws_sul_service_ripe(own, 2, now);

			printf(" [%d left %d]", (int)now, (int)left);
			now += 1 + rnd(20);
		}
		printf(" lists %u %u\n", own[0].count, own[1].count);
		for (k = 0; k < (int)ARRAY(timers); k++)
			lws_sul_cancel(&timers[k].sul);
	}
}

static int fired;

static void
count(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	fired++;
}

void
unit_timers(void)
{
	struct lws_context *cx = context();
	lws_sorted_usec_list_t *a = &timers[0].sul, *b = &timers[1].sul;
	lws_usec_t at = 7, was;
	int n;

	if (!cx)
		return;
	printf("none %d %d\n", lws_sul_earliest_wakeable_event(cx, &at), (int)at);
	lws_sul_schedule(cx, 0, a, count, 1000000);
	printf("none %d %d\n", lws_sul_earliest_wakeable_event(cx, &at), (int)at);
	lws_sul_schedule_wakesuspend(cx, 0, b, count, 2000000);
	n = lws_sul_earliest_wakeable_event(cx, &at);
	printf("one %d %d\n", n, at == b->us);
	was = lws_now_usecs();
	lws_sul_schedule_wakesuspend(cx, 0, a, count, 1000000); /* from one list to the other */
	n = lws_sul_earliest_wakeable_event(cx, &at);
	printf("earlier %d %d %d\n", n, at == a->us, at >= was + 1000000);
	lws_sul_schedule_wakesuspend(cx, 0, a, count, LWS_SET_TIMER_USEC_CANCEL);
	n = lws_sul_earliest_wakeable_event(cx, &at);
	printf("cancelled %d %d %d\n", n, at == b->us, (int)a->us);
	lws_sul_cancel(b);
	printf("none %d\n", lws_sul_earliest_wakeable_event(cx, &at));
	a->cb = b->cb = count;
	a->us = b->us = lws_now_usecs() - 5;
	lws_sul2_schedule(cx, 0, LWSSULLI_WAKE_IF_SUSPENDED, a);
	lws_sul2_schedule(cx, 0, LWSSULLI_MISS_IF_SUSPENDED, b);
	for (n = 0; n < 10 && fired < 2; n++)
		lws_service(cx, -1);
	printf("fired %d\n", fired);
	lws_context_destroy(cx);
	memset(timers, 0, sizeof(timers));
	own_lists();
}

/* ---- retries ---- */

void
unit_retry(void)
{
	static const uint32_t table[] = { 100, 200, 400 };
	lws_retry_bo_t bo = { .retry_ms_table = table, .retry_ms_table_count = 3, .conceal_count = 5,
			      .jitter_percent = 10 };
	struct lws_context *cx = context();
	uint16_t tries = 0;
	char conceal;
	int n, r;

	if (!cx)
		return;
	for (n = 0; n < 8; n++) {
		unsigned int ms = lws_retry_get_delay_ms(cx, &bo, &tries, &conceal),
			     base = table[n < 2 ? n : 2];

		printf("try %d conceal %d in range %d\n", tries, conceal, ms >= base && ms <= base + base / 10);
	}
	tries = 65534;
	for (n = 0; n < 3; n++) {
		unsigned int ms = lws_retry_get_delay_ms(cx, NULL, &tries, &conceal);

		printf("default try %d conceal %d in range %d\n", tries, conceal, ms >= 3000 && ms <= 3900);
	}
	bo.jitter_percent = 0;
	for (n = 0; n < 200; n++) {
		unsigned int ms;

		tries = 0;
		ms = lws_retry_get_delay_ms(cx, &bo, &tries, NULL);
		if (ms < 100 || ms > 130)
			printf("out of range\n");
	}
	for (tries = 0, n = 0; n < 7; n++) {
		r = lws_retry_sul_schedule(cx, 0, &timers[0].sul, &bo, count, &tries);
		printf("schedule %d try %d waits %d\n", r, tries, !lws_dll2_is_detached(&timers[0].sul.list));
		lws_sul_cancel(&timers[0].sul);
	}
	lws_context_destroy(cx);
}

/* ---- system state, attached work, blobs ---- */

static int
on_state(struct lws_state_manager *mgr, struct lws_state_notify_link *link, int current, int target)
{
	printf("%s: %s %d -> %d\n", mgr->name, link->name, current, target);
	return 0;
}

static void
attached(struct lws_context *cx, int tsi, void *opaque)
{
	printf("attached %d %d %d\n", !!cx, tsi, opaque == &info);
}

static int
attach_op(struct lws_context *cx, int tsi, lws_attach_cb_t fn, lws_system_states_t state, void *opaque,
	  struct lws_attach_item **get)
{
	return __lws_system_attach(cx, tsi, fn, state, opaque, get);
}

static void
blobs(struct lws_context *cx)
{
	lws_system_blob_t *b = lws_system_get_blob(cx, LWS_SYSBLOB_TYPE_AUTH, 0);
	const uint8_t *p = NULL;
	int r = lws_system_blob_get_single_ptr(b, &p);

	printf("single %d %d\n", r, !!p);
	lws_system_blob_direct_set(b, (const uint8_t *)"direct", 6);
	r = lws_system_blob_get_single_ptr(b, &p);
	printf("single %d %.6s\n", r, (const char *)p);
	b = lws_system_get_blob(cx, LWS_SYSBLOB_TYPE_CLIENT_CERT_DER, 0);
	lws_system_blob_heap_empty(b);
	if (lws_system_blob_heap_append(b, (const uint8_t *)"one", 3))
		printf("no heap\n");
	r = lws_system_blob_get_single_ptr(b, &p);
	/* the reference points in front of it (quirk 100) */
	printf("single %d %d\n", r, !!p);
	if (lws_system_blob_heap_append(b, (const uint8_t *)"two", 3))
		printf("no heap\n");
	printf("single of two %d\n", lws_system_blob_get_single_ptr(b, &p));
	lws_system_blob_destroy(b);
	printf("size %zu\n", lws_system_blob_get_size(b));
}

void
unit_state(void)
{
	static const lws_system_ops_t ops = { .attach = attach_op };
	static lws_state_notify_link_t a = { { NULL, NULL, NULL }, on_state, "a" },
				       b = { { NULL, NULL, NULL }, on_state, "b" },
				       c = { { NULL, NULL, NULL }, on_state, "c" };
	static lws_state_notify_link_t *const both[] = { &b, &c, NULL };
	struct lws_context *cx;
	lws_state_manager_t *mgr;
	int n;

	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.gid = info.uid = -1;
	info.system_ops = &ops;
	lws_set_log_level(0, NULL);
	cx = lws_create_context(&info);
	if (!cx)
		return;
	mgr = lws_system_get_state_manager(cx);
	lws_state_reg_notifier(mgr, &a);
	lws_state_reg_notifier_list(mgr, both);
	printf("attach %d\n", ops.attach(cx, 0, attached, LWS_SYSTATE_OPERATIONAL, &info, NULL));
	for (n = 0; n < 4; n++) {
		lws_cancel_service(cx);
		lws_service(cx, 0);
	}
	lws_state_reg_deregister(&b);
	printf("transition %d\n", lws_state_transition_steps(mgr, LWS_SYSTATE_OPERATIONAL));
	blobs(cx);
	lws_context_destroy(cx);
}

/* ---- options of extensions ---- */

static int
option_set(struct lws_context *cx, const struct lws_extension *ext, struct lws *wsi,
	   enum lws_extension_callback_reasons reason, void *user, void *in, size_t len)
{
	const struct lws_ext_option_arg *o = in;

	(void)wsi;
	printf(" (%d %d %s user %d len %zu name %d index %d", !!cx, reason, ext->name, user == &info, len,
	       !!o->option_name, o->option_index);
	show("value", o->start ? o->start : "", o->start ? (size_t)o->len : 0);
	printf(" %d)", o->len);
	return (int)rnd(2); /* is not looked at */
}

void
unit_ext_options(void)
{
	static const struct lws_extension ext = { "ext", option_set, "ext" };
	static const struct lws_ext_options sets[][6] = {
		{ { "none", EXTARG_NONE }, { "dec", EXTARG_DEC }, { "opt", EXTARG_OPT_DEC }, { NULL, EXTARG_NONE } },
		{ { "a", EXTARG_OPT_DEC }, { "ab", EXTARG_DEC }, { "abc", EXTARG_NONE }, { "b", EXTARG_DEC },
		  { NULL, EXTARG_NONE } },
		{ { "abc", EXTARG_NONE }, { "ab", EXTARG_DEC }, { "a", EXTARG_OPT_DEC }, { NULL, EXTARG_NONE } },
		{ { NULL, EXTARG_NONE } },
	};
	static const char *const parts[] = {
		"none", "dec", "opt", "a", "ab", "abc", "b", "=", "=", ";", ";", ",", " ", "\"", "1", "15", "x", "dec=1",
		"opt=\"2\"", "n", "o",
	};
	static char wsi[65536]; /* only its address, and a context of NULL, matter */
	char text[160];
	int n, k, r;

	lws_set_log_level(0, NULL);
	for (n = 0; n < 4 * ROUNDS; n++) {
		text[0] = '\0';
		for (k = (int)rnd(9); k > 0; k--)
			strcat(text, parts[rnd(n % 3 ? 17 : ARRAY(parts))]);
		show("in", text, strlen(text));
		printf(" set %d", n % 4);
		r = lws_ext_parse_options(&ext, (struct lws *)wsi, &info, sets[n % 4], text, (int)strlen(text));
		printf(" %d\n", r);
	}
}

/* ---- the program's allocator ---- */

/* The memory that a pointer of the library's points into must be ours. */
static struct block {
	struct block *next;
	size_t size;
} *blocks;

static void *
allocate(void *p, size_t size, const char *reason)
{
	struct block **at, *b = NULL;

	if (!reason)
		printf("no reason\n");
	for (at = &blocks; p && *at; at = &(*at)->next)
		if ((void *)(*at + 1) == p) {
			b = *at;
			*at = b->next;
			break;
		}
	if (p && !b) {
		printf("a foreign pointer\n");
		abort();
	}
	if (!size) {
		free(b);
		return NULL;
	}
	b = realloc(b, sizeof(*b) + size);
	b->size = size;
	b->next = blocks;
	blocks = b;
	return b + 1;
}

static int
is_ours(const void *p)
{
	const struct block *b;

	for (b = blocks; b; b = b->next)
		if ((const char *)p >= (const char *)(b + 1) && (const char *)p < (const char *)(b + 1) + b->size)
			return 1;
	return 0;
}

static int
alloc_cb(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)in;
	(void)len;
	if (reason == LWS_CALLBACK_PROTOCOL_INIT)
		printf("priv %d\n", is_ours(lws_protocol_vh_priv_zalloc(lws_get_vhost(wsi),
									lws_get_protocol(wsi), 20)));
	if (reason == LWS_CALLBACK_RAW_ADOPT_FILE)
		printf("user %d, protocol %d\n", is_ours(user), is_ours(lws_get_protocol(wsi)));
	return 0;
}

void
unit_allocator(void)
{
	static const struct lws_protocols table[] = { { "p", alloc_cb, 40, 0, 0, NULL, 0 },
						      { NULL, NULL, 0, 0, 0, NULL, 0 } };
	struct lws_context *cx;
	lws_sock_file_fd_type fd;
	struct lwsac *ac = NULL;
	struct lws_buflist *bl = NULL;
	struct lws_ring *ring;
	lws_fop_fd_t f;
	lws_fop_flags_t flags = LWS_O_RDONLY;
	struct stat st;
	uint8_t *p;
	void *msg;
	int fds[2];

	lws_set_allocator(allocate);
	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = table;
	info.gid = info.uid = -1;
	lws_set_log_level(0, NULL);
	cx = lws_create_context(&info);
	if (!cx || pipe(fds))
		return;
	lws_service(cx, -1);
	fd.filefd = fds[0];
	printf("adopted %d\n", !!lws_adopt_descriptor_vhost(lws_get_vhost_by_name(cx, "default"),
							    LWS_ADOPT_RAW_FILE_DESC, fd, "p", NULL));
	printf("lwsac %d\n", !!lwsac_use(&ac, 10, 0)); /* the same */
	printf("buflist %d", lws_buflist_append_segment(&bl, (const uint8_t *)"abc", 3));
	lws_buflist_next_segment_len(&bl, &p);
	printf(" %d\n", is_ours(p));
	ring = lws_ring_create(8, 4, NULL);
	printf("ring %d %d\n", is_ours(ring), (int)lws_ring_insert(ring, "12345678", 1));
	printf("ring element %d\n", is_ours(lws_ring_get_element(ring, NULL)));
	f = lws_vfs_file_open(lws_get_fops(cx), "/dev/null", &flags);
	printf("file %d", !!f); /* is malloc()'s, as in the reference */
	printf(" time %u\n", lws_vfs_get_mod_time(f));
	lws_vfs_file_close(&f);
	f = lws_vfs_file_open(lws_get_fops(cx), "/etc/passwd", &flags);
	printf(" time of a file %d\n", !stat("/etc/passwd", &st) && lws_vfs_get_mod_time(f) == (uint32_t)st.st_mtime);
	lws_vfs_file_close(&f);
	msg = lws_smd_msg_alloc(cx, LWSSMDCL_INTERACTION, 20);
	printf("message %d\n", is_ours(msg));
	if (msg)
		lws_smd_msg_free(&msg);
	lws_ring_destroy(ring);
	lws_buflist_destroy_all_segments(&bl);
	lwsac_free(&ac);
	lws_context_destroy(cx);
	close(fds[1]);
	printf("left %d\n", !!blocks);
}
