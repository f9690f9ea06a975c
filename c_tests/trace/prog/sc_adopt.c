/* SPDX-License-Identifier: MIT */
/* All forms of adopting; families; the steps of closing and servicing one by one. */
#include "trace.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

struct session {
	int got;
};

static const struct lws_protocols protos[] = {
    {"http", cb0, sizeof(struct session), 0, 0, NULL, 0},
    {"raw", cb1, sizeof(struct session), 0, 0, NULL, 0},
    {"bare", cb2, 0, 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static int pair[2];
static struct lws *first, *second;
static char opaque, parents;
static int mark_seen;

static struct lws_vhost *vhost(void) { return lws_get_vhost_by_name(rig.ctx, "default"); }

static void told(const char *how, struct lws *wsi) { say(GLOBAL, "%s: %s", how, wsi ? "made" : "NULL"); }

static void sockets(void)
{
	struct timeval wait = {10, 0};

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) ||
	    setsockopt(pair[1], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait))
		abort();
}

/* Prints what still comes from the library on the other end. */
static void rest(void)
{
	char b[1024];
	size_t have = 0;
	ssize_t n;

	while (have < sizeof b && (n = read(pair[1], b + have, sizeof b - have)) > 0)
		have += (size_t)n;
	say("peer0", "<- %s", RENDER(b, have));
	close(pair[1]);
}

/* ---- as http ---- */

static const char request[] = "GET /adopted HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";

static int web(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		if (lws_return_http_status(e->wsi, 200, "web") || lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	}
	return PASS;
}

static void by_context(void *arg) { told(arg, lws_adopt_socket(rig.ctx, pair[0])); }
static void by_vhost(void *arg) { told(arg, lws_adopt_socket_vhost(vhost(), pair[0])); }
static void with_nothing(void *arg) { told(arg, lws_adopt_socket_vhost_readbuf(vhost(), pair[0], NULL, 0)); }
static void with_half(void *arg) { told(arg, lws_adopt_socket_readbuf(rig.ctx, pair[0], request, 20)); }
static void (*adopt)(void *);
static const char *left;

static void web_peer(peer *p)
{
	(void)p;
	in_loop(adopt, "adopted");
	if (write(pair[1], left, strlen(left)) != (ssize_t)strlen(left))
		abort();
	rest();
}

static void web_with(void (*how)(void *), const char *after)
{
	adopt = how;
	left = after;
	sockets();
	if (no_server(protos, web)) {
		peer_start("peer0", web_peer);
		finish();
	}
}

static void adopt_by_context(void) { web_with(by_context, request); }
static void adopt_by_vhost(void) { web_with(by_vhost, request); }
static void adopt_with_nothing(void) { web_with(with_nothing, request); }
static void adopt_with_half(void) { web_with(with_half, request + 20); }

/* ---- as raw, with everything said ---- */

static lws_adoption_type type;
static const char *protocol;

static void by_info(void *arg)
{
	lws_adopt_desc_t d = {.type = type, .fd = {.sockfd = pair[0]}, .vh_prot_name = protocol, .opaque = &opaque};

	d.vh = vhost();
	d.parent = first;
	second = lws_adopt_descriptor_vhost_via_info(&d);
	told(arg, second);
	if (!second)
		return;
	if (!first)
		first = second;
	say(label(second), "protocol %s, opaque %d, user %d, parent %d, udp %d", lws_get_protocol(second)->name,
	    lws_get_opaque_user_data(second) == &opaque, !!lws_wsi_user(second), !!lws_get_parent(second),
	    !!lws_get_udp(second));
}

static int echo(event *e)
{
	if (e->reason == LWS_CALLBACK_RAW_RX)
		put(e, e->in, e->len, LWS_WRITE_RAW);
	return PASS;
}

static void echo_peer(peer *p)
{
	char b[5];

	(void)p;
	in_loop(by_info, "adopted");
	if (write(pair[1], "bytes", 5) != 5 || recv(pair[1], b, 5, MSG_WAITALL) != 5)
		abort();
	say("peer0", "<- %s", RENDER(b, 5));
	close(pair[1]);
}

static void raw_as(int how, const char *name)
{
	type = (lws_adoption_type)how;
	protocol = name;
	sockets();
	if (no_server(protos, echo)) {
		peer_start("peer0", echo_peer);
		finish();
	}
}

static void adopt_info(void) { raw_as(LWS_ADOPT_SOCKET, "raw"); }
static void adopt_unnamed(void) { raw_as(LWS_ADOPT_SOCKET, NULL); }
static void adopt_bare(void) { raw_as(LWS_ADOPT_SOCKET, "bare"); }
static void adopt_proxy_flag(void) { raw_as(LWS_ADOPT_SOCKET | LWS_ADOPT_FLAG_RAW_PROXY, "raw"); }

static void just_adopt(peer *p)
{
	(void)p;
	in_loop(by_info, "adopted");
}

static void adopt_bad_fd(void)
{
	type = LWS_ADOPT_SOCKET;
	protocol = "raw";
	pair[0] = 900;
	if (no_server(protos, echo)) {
		peer_start("peer0", just_adopt);
		finish();
	}
}

static int refuse(event *e)
{
	return e->reason == LWS_CALLBACK_RAW_ADOPT_FILE || e->reason == LWS_CALLBACK_RAW_ADOPT ? -1 : PASS;
}

static void refused_as(int how)
{
	type = (lws_adoption_type)how;
	protocol = "raw";
	sockets();
	if (no_server(protos, refuse)) {
		peer_start("peer0", just_adopt);
		finish();
	}
}

static void adopt_refused(void) { refused_as(LWS_ADOPT_SOCKET); }

/* ---- files ---- */

static int file_hook(event *e)
{
	char b[16];

	if (e->reason == LWS_CALLBACK_RAW_ADOPT_FILE)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_RAW_WRITEABLE_FILE) {
		say(e->conn, "RAW_WRITEABLE_FILE, write %d",
		    (int)write((int)(intptr_t)lws_get_socket_fd(e->wsi), "from ours", 9));
		mark("wrote");
	}
	if (e->reason == LWS_CALLBACK_RAW_RX_FILE) {
		ssize_t n = read(pair[0], b, sizeof b);

		say(e->conn, "  read %zd %s", n, RENDER(b, n > 0 ? (size_t)n : 0));
		return n <= 0 ? -1 : 0;
	}
	return PASS;
}

static void file_peer(peer *p)
{
	char b[9];

	(void)p;
	in_loop(by_info, "adopted");
	await("wrote");
	if (recv(pair[1], b, 9, MSG_WAITALL) != 9)
		abort();
	say("peer0", "<- %s", RENDER(b, 9));
	close(pair[1]);
}

static void file_as(const char *name)
{
	type = LWS_ADOPT_RAW_FILE_DESC;
	protocol = name;
	sockets();
	if (no_server(protos, file_hook)) {
		peer_start("peer0", file_peer);
		finish();
	}
}

static void adopt_file(void) { file_as("raw"); }
static void adopt_file_unnamed(void) { file_as(NULL); }

/* ---- families ---- */

static void family_now(void *arg)
{
	int fds[2];

	by_info("parent");
	if (pipe(fds))
		abort();
	pair[0] = fds[0];
	type = LWS_ADOPT_RAW_FILE_DESC;
	by_info("child");
	say(GLOBAL, "parent of child %d, child of parent %d", lws_get_parent(second) == first,
	    lws_get_child(first) == second);
	say(GLOBAL, "opaque parent data %d", !!lws_get_opaque_parent_data(second));
	lws_set_opaque_parent_data(second, &parents);
	say(GLOBAL, "opaque parent data %d, parent's %d", lws_get_opaque_parent_data(second) == &parents,
	    !!lws_get_opaque_parent_data(first));
	say(GLOBAL, "child pending %d", lws_get_child_pending_on_writable(first));
	lws_clear_child_pending_on_writable(first);
	say(GLOBAL, "child pending %d", lws_get_child_pending_on_writable(first));
	lws_set_wsi_user(second, &parents);
	say(GLOBAL, "user %d", lws_wsi_user(second) == &parents);
	if (arg)
		close(fds[1]); /* ends the child first */
}

static int family_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CHILD_CLOSING)
		say(e->conn, "  child %s, user of parent %d", label((struct lws *)e->in), e->user == lws_wsi_user(first));
	if (e->reason == LWS_CALLBACK_RAW_RX_FILE)
		return -1;
	return PASS;
}

static void parent_ends(peer *p)
{
	(void)p;
	in_loop(family_now, NULL);
	close(pair[1]);
}

static void child_ends(peer *p)
{
	(void)p;
	in_loop(family_now, &parents);
	await("CHILD_CLOSING");
	close(pair[1]);
}

static void family_with(script_fn script)
{
	rig.flat = true;
	type = LWS_ADOPT_SOCKET;
	protocol = "raw";
	sockets();
	if (no_server(protos, family_hook)) {
		peer_start("peer0", script);
		finish();
	}
}

static void family_parent_ends(void) { family_with(parent_ends); }
static void family_child_ends(void) { family_with(child_ends); }

/* ---- the last steps of closing, by themselves ---- */

static void final_now(void *arg)
{
	(void)arg;
	by_info("adopted");
	__lws_close_free_wsi_final(second);
}

static void final_peer(peer *p)
{
	(void)p;
	in_loop(final_now, NULL);
	rest();
}

static void close_final(void)
{
	type = LWS_ADOPT_SOCKET;
	protocol = "raw";
	sockets();
	if (no_server(protos, echo)) {
		peer_start("peer0", final_peer);
		finish();
	}
}

static void forget_now(void *arg)
{
	(void)arg;
	by_info("adopted");
	label_drop(second);
	lws_destroy_event_pipe(second);
	say(GLOBAL, "still open %d", fcntl(pair[0], F_GETFD) >= 0);
}

static void forget_peer(peer *p)
{
	(void)p;
	in_loop(forget_now, NULL);
	close(pair[0]);
	rest();
}

static void close_forget(void)
{
	type = LWS_ADOPT_RAW_FILE_DESC;
	protocol = "raw";
	sockets();
	if (no_server(protos, NULL)) {
		peer_start("peer0", forget_peer);
		finish();
	}
}

/* ---- what flow control kept, delivered without the loop ---- */

static int keep_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE && !mark_seen++) {
		second = e->wsi;
		lws_rx_flow_control(e->wsi, 0);
		mark("off");
	}
	return PASS;
}

static void forced_now(void *arg)
{
	(void)arg;
	say(GLOBAL, "nothing: %d", _lws_plat_service_forced_tsi(rig.ctx, 0));
	lws_rx_flow_control(second, 1);
	say(GLOBAL, "forced");
	_lws_plat_service_forced_tsi(rig.ctx, 0);
	say(GLOBAL, "and no more: %d", _lws_plat_service_forced_tsi(rig.ctx, 0));
}

/* In ours the context stands for its one thread; how to come by the reference's is nowhere said. */
static void ripe_now(void *arg)
{
	(void)arg;
	lws_rx_flow_control(second, 1);
	say(GLOBAL, "ripe");
	lws_service_do_ripe_rxflow((struct lws_context_per_thread *)rig.ctx);
	say(GLOBAL, "done");
}

static void (*deliver)(void *);

static void kept_peer(peer *p)
{
	static const char both[] = "\x81\x81\0\0\0\0" "1" "\x81\x81\0\0\0\0" "2";

	p_connect(p);
	p_upgrade(p, NULL, NULL);
	p_send(p, both, sizeof both - 1);
	await("off");
	in_loop(deliver, NULL);
	p_close(p);
}

static void kept_with(void (*how)(void *))
{
	deliver = how;
	rig.flat = true;
	if (server(protos, keep_hook)) {
		peer_start("peer0", kept_peer);
		finish();
	}
}

static void forced(void) { kept_with(forced_now); }
static void ripe(void) { kept_with(ripe_now); }

/* ---- lws_raw_transaction_completed ---- */

#define LARGE 3000000

static int completed_hook(event *e)
{
	struct session *s = e->user;
	char *b;
	int r;

	if (e->reason == LWS_CALLBACK_RAW_ADOPT)
		lws_callback_on_writable(e->wsi);
	if (e->reason != LWS_CALLBACK_RAW_WRITEABLE || s->got++)
		return PASS;
	b = calloc(1, LARGE);
	put(e, b, lws_get_opaque_user_data(e->wsi) ? LARGE : 5, LWS_WRITE_RAW);
	free(b);
	r = lws_raw_transaction_completed(e->wsi);
	say(e->conn, "  completed %d", r);
	return r;
}

static void completed_peer(peer *p)
{
	static char b[65536];
	size_t have = 0;
	ssize_t n;

	(void)p;
	in_loop(by_info, "adopted");
	while ((n = read(pair[1], b, sizeof b)) > 0)
		have += (size_t)n;
	say("peer0", "<- %zu bytes, then the end", have);
	close(pair[1]);
}

static void completed(void)
{
	type = LWS_ADOPT_SOCKET;
	protocol = "raw";
	sockets();
	if (no_server(protos, completed_hook)) {
		peer_start("peer0", completed_peer);
		finish();
	}
}

static void small_now(void *arg)
{
	by_info(arg);
	lws_set_opaque_user_data(second, NULL);
}

static void small_peer(peer *p)
{
	(void)p;
	in_loop(small_now, "adopted");
	rest();
}

static void completed_small(void)
{
	type = LWS_ADOPT_SOCKET;
	protocol = "raw";
	sockets();
	if (no_server(protos, completed_hook)) {
		peer_start("peer0", small_peer);
		finish();
	}
}

/* ---- lws_adjust_protocol_psds ---- */

static int psds_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RAW_ADOPT) {
		char *user = lws_adjust_protocol_psds(e->wsi, 200);
		int i, zero = 1;

		say(e->conn, "  user before %d, after %d, the same %d, size %d", !!e->user, !!user,
		    user == lws_wsi_user(e->wsi), (int)lws_get_protocol(e->wsi)->per_session_data_size);
		for (i = 0; user && i < 200; i++)
			zero &= !user[i];
		say(e->conn, "  zeroed %d", zero);
	}
	return PASS;
}

static void psds_peer(peer *p)
{
	(void)p;
	in_loop(by_info, "adopted");
	close(pair[1]);
	await("WSI_DESTROY");
	sockets();
	first = NULL;
	in_loop(by_info, "adopted again");
	close(pair[1]);
}

static void psds(void)
{
	rig.flat = true;
	type = LWS_ADOPT_SOCKET;
	protocol = "bare";
	sockets();
	if (no_server(protos, psds_hook)) {
		peer_start("peer0", psds_peer);
		finish();
	}
}

static const scenario sc_adopt[] = {
    {"adopt-by-context", adopt_by_context},
    {"adopt-by-vhost", adopt_by_vhost},
    {"adopt-readbuf-none", adopt_with_nothing},
    {"adopt-readbuf-half", adopt_with_half},
    {"adopt-info", adopt_info},
    {"adopt-unnamed", adopt_unnamed},
    {"adopt-bare", adopt_bare},
    {"adopt-proxy-flag", adopt_proxy_flag},
    {"adopt-bad-fd", adopt_bad_fd},
    {"adopt-refused", adopt_refused},
    {"adopt-file", adopt_file},
    {"adopt-file-unnamed", adopt_file_unnamed},
    {"adopt-family-parent-ends", family_parent_ends},
    {"adopt-family-child-ends", family_child_ends},
    {"adopt-close-final", close_final},
    {"adopt-forget", close_forget},
    {"adopt-forced", forced},
    {"adopt-ripe", ripe},
    {"adopt-completed", completed},
    {"adopt-completed-small", completed_small},
    {"adopt-psds", psds},
    {NULL, NULL},
};

SCENARIOS(sc_adopt)
