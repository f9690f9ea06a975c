/* SPDX-License-Identifier: MIT */
/* UDP: bound, connected and adopted sockets; whom the last packet came from. */
#include "trace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

struct session {
	int got;
};

static const struct lws_protocols protos[] = {
    {"http", cb0, 0, 0, 0, NULL, 0},
    {"raw", cb1, sizeof(struct session), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static struct sockaddr_in at(int port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sa;
}

/* A socket of a peer's own, and its port. */
static int udp_socket(int *port)
{
	struct sockaddr_in sa = at(0);
	struct timeval wait = {10, 0};
	socklen_t n = sizeof sa;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, sizeof sa) || getsockname(fd, (struct sockaddr *)&sa, &n) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait))
		abort();
	if (port)
		*port = ntohs(sa.sin_port);
	return fd;
}

static void send_to(int fd, int port, const char *text)
{
	struct sockaddr_in sa = at(port);

	if (sendto(fd, text, strlen(text), 0, (struct sockaddr *)&sa, sizeof sa) < 0)
		say("peer0", "sendto: %s", strerror(errno));
}

/* Receives one packet and prints it; returns the sender's port. */
static int receive(const char *who, int fd)
{
	char b[70000];
	struct sockaddr_in sa;
	socklen_t len = sizeof sa;
	ssize_t n = recvfrom(fd, b, sizeof b, 0, (struct sockaddr *)&sa, &len);

	if (n < 0)
		say(who, "nothing came");
	else
		say(who, "<- %zd %s", n, RENDER(b, (size_t)n));
	return n < 0 ? 0 : ntohs(sa.sin_port);
}

static int local_port(struct lws *wsi)
{
	struct sockaddr_in sa;
	socklen_t n = sizeof sa;

	return getsockname(lws_get_socket_fd(wsi), (struct sockaddr *)&sa, &n) ? 0 : ntohs(sa.sin_port);
}

static struct lws *made;
static int their_port, flags;
static const char *address = "127.0.0.1", *protocol = "raw";
static char opaque;

static void create_now(void *arg)
{
	struct lws *wsi;

	(void)arg;
	wsi = ADOPT_UDP(lws_get_vhost_by_name(rig.ctx, "default"), address, their_port, flags, protocol,
	                           NULL, made, &opaque, NULL);
	say(GLOBAL, "lws_create_adopt_udp: %s", wsi ? "made" : "NULL");
	if (!wsi)
		return;
	rig.port = local_port(wsi);
	say(label(wsi), "protocol %s, opaque %d, udp %d, parent %d", lws_get_protocol(wsi)->name,
	    lws_get_opaque_user_data(wsi) == &opaque, !!lws_get_udp(wsi), !!lws_get_parent(wsi));
	if (!made)
		made = wsi;
}

/* Answers each packet, says whom it came from, ends at "bye". */
static int echo(event *e)
{
	const struct lws_udp *u;
	const struct sockaddr_in *sa;
	struct session *s = e->user;

	if (e->reason != LWS_CALLBACK_RAW_RX)
		return PASS;
	u = lws_get_udp(e->wsi);
	sa = UDP_PEER(u);
	say(e->conn, "  packet %d, sender of family %d, length %d, loopback %d, known %d", ++s->got, sa->sin_family,
	    UDP_PEER_LEN(u), sa->sin_addr.s_addr == htonl(INADDR_LOOPBACK), ntohs(sa->sin_port) == their_port);
	if (e->len == 3 && !memcmp(e->in, "bye", 3))
		return -1;
	put(e, e->in, e->len, LWS_WRITE_RAW);
	return 0;
}

static void bound_peer(peer *p)
{
	int a = udp_socket(&their_port), b = udp_socket(NULL);

	(void)p;
	their_port = 0;
	in_loop(create_now, NULL);
	send_to(a, rig.port, "one");
	say("peer0", "from ours %d", receive("peer0", a) == rig.port);
	send_to(b, rig.port, "two");
	receive("peer1", b);
	send_to(a, rig.port, "three");
	receive("peer0", a);
	send_to(a, rig.port, "bye");
	close(a);
	close(b);
}

static void bound_with(const char *where)
{
	address = where;
	flags = LWS_CAUDP_BIND;
	if (no_server(protos, echo)) {
		peer_start("peer0", bound_peer);
		finish();
	}
}

static void udp_bound(void) { bound_with("127.0.0.1"); }
static void udp_any(void) { bound_with(NULL); }

static void udp_by_default_protocol(void)
{
	static const struct lws_protocol_vhost_options raw = {NULL, NULL, "raw", "1"},
						       pvo = {NULL, &raw, "raw", ""};

	protocol = NULL;
	rig.info.pvo = &pvo;
	bound_with("127.0.0.1");
}

/* ---- connected ---- */

static int ask(event *e)
{
	struct session *s = e->user;

	if (e->reason == LWS_CALLBACK_RAW_ADOPT)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_RAW_WRITEABLE && !s->got++)
		put(e, "question", 8, LWS_WRITE_RAW);
	if (e->reason == LWS_CALLBACK_RAW_RX) {
		const struct sockaddr_in *sa = UDP_PEER(lws_get_udp(e->wsi));

		say(e->conn, "  from them %d", ntohs(sa->sin_port) == their_port);
		return -1;
	}
	return PASS;
}

static void connected_peer(peer *p)
{
	int a = udp_socket(&their_port);

	(void)p;
	in_loop(create_now, NULL);
	send_to(a, receive("peer0", a), "answer");
	await("RAW_CLOSE");
	close(a);
}

static void udp_connected(void)
{
	if (no_server(protos, ask)) {
		peer_start("peer0", connected_peer);
		finish();
	}
}

/* Nobody is there: the network says so, the next write fails. */
static int twice(event *e)
{
	struct session *s = e->user;

	if (e->reason == LWS_CALLBACK_RAW_ADOPT)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_RAW_WRITEABLE) {
		s->got++;
		if (put(e, "hello?", 6, LWS_WRITE_RAW) < 0 || s->got == 3)
			return -1;
		lws_callback_on_writable(e->wsi);
	}
	return PASS;
}

static void refused_peer(peer *p)
{
	(void)p;
	close(udp_socket(&their_port));
	in_loop(create_now, NULL);
	await("RAW_CLOSE");
}

static void udp_refused(void)
{
	if (no_server(protos, twice)) {
		peer_start("peer0", refused_peer);
		finish();
	}
}

/* ---- what can go wrong at creation ---- */

static void just_create(peer *p)
{
	(void)p;
	in_loop(create_now, NULL);
}

static int refuse(event *e) { return e->reason == LWS_CALLBACK_RAW_ADOPT ? -1 : PASS; }

static void udp_refuse_adopt(void)
{
	flags = LWS_CAUDP_BIND;
	if (no_server(protos, refuse)) {
		peer_start("peer0", just_create);
		finish();
	}
}

static void udp_taken(void)
{
	flags = LWS_CAUDP_BIND;
	address = "192.0.2.1"; /* not an address of ours */
	if (no_server(protos, NULL)) {
		peer_start("peer0", just_create);
		finish();
	}
}

static void udp_unknown_protocol(void)
{
	protocol = "nobody";
	if (no_server(protos, NULL)) {
		peer_start("peer0", just_create);
		finish();
	}
}

static void udp_unknown_name(void)
{
	address = "no such name";
	if (no_server(protos, NULL)) {
		peer_start("peer0", just_create);
		finish();
	}
}

/* ---- options ---- */

static void option_now(void *arg)
{
	int on = -1;
	socklen_t n = sizeof on;

	create_now(arg);
	if (getsockopt(lws_get_socket_fd(made), SOL_SOCKET, SO_BROADCAST, &on, &n))
		abort();
	say(label(made), "broadcast %d", on);
	if (getsockopt(lws_get_socket_fd(made), SOL_SOCKET, SO_REUSEADDR, &on, &n))
		abort();
	say(label(made), "reuse %d", on);
	say(label(made), "non-blocking %d", !!(fcntl(lws_get_socket_fd(made), F_GETFL) & O_NONBLOCK));
	lws_set_timeout(made, 1, LWS_TO_KILL_ASYNC);
}

static void option_peer(peer *p)
{
	(void)p;
	in_loop(option_now, NULL);
}

static void udp_broadcast(void)
{
	flags = LWS_CAUDP_BIND | LWS_CAUDP_BROADCAST;
	if (no_server(protos, NULL)) {
		peer_start("peer0", option_peer);
		finish();
	}
}

/* All is lost on the way: nothing comes in, writes seem to work. */
static int lossy(event *e)
{
	if (e->reason == LWS_CALLBACK_RAW_WRITEABLE) {
		put(e, "lost", 4, LWS_WRITE_RAW);
		mark("wrote");
		return 0;
	}
	if (e->reason == LWS_CALLBACK_USER)
		return -1;
	return PASS;
}

static void ask_writeable(void *arg)
{
	(void)arg;
	lws_callback_on_writable(made);
}

static void end_now(void *arg)
{
	(void)arg;
	lws_set_timeout(made, 1, LWS_TO_KILL_ASYNC);
}

static void loss_peer(peer *p)
{
	int a = udp_socket(&their_port);
	char b[8];

	(void)p;
	in_loop(create_now, NULL);
	in_loop(ask_writeable, NULL);
	await("wrote");
	send_to(a, rig.port, "lost too");
	p_pause(50);
	say("peer0", "came %d", recv(a, b, sizeof b, MSG_DONTWAIT) >= 0);
	in_loop(end_now, NULL);
	close(a);
}

static void udp_loss(void)
{
	LOSES(&rig.info, 100, 100);
	if (no_server(protos, lossy)) {
		peer_start("peer0", loss_peer);
		finish();
	}
}

/* ---- packets of special sizes ---- */

static void empty_peer(peer *p)
{
	int a = udp_socket(&their_port);

	(void)p;
	their_port = 0;
	in_loop(create_now, NULL);
	send_to(a, rig.port, "");
	p_pause(50);
	send_to(a, rig.port, "bye");
	await("RAW_CLOSE");
	close(a);
}

static void udp_empty(void)
{
	flags = LWS_CAUDP_BIND;
	if (no_server(protos, echo)) {
		peer_start("peer0", empty_peer);
		finish();
	}
}

#define LARGE 9000

static int large(event *e)
{
	static char b[LARGE];

	if (e->reason == LWS_CALLBACK_RAW_ADOPT)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_RAW_WRITEABLE && !((struct session *)e->user)->got++) {
		memset(b, 'x', sizeof b);
		say(e->conn, "  write nothing: %d", put(e, b, 0, LWS_WRITE_RAW));
		put(e, b, sizeof b, LWS_WRITE_RAW);
	}
	return e->reason == LWS_CALLBACK_RAW_RX ? -1 : PASS;
}

static void large_peer(peer *p)
{
	int a = udp_socket(&their_port), from;
	char b[LARGE];

	(void)p;
	in_loop(create_now, NULL);
	from = receive("peer0", a);
	while (recv(a, b, sizeof b, MSG_DONTWAIT) > 0) /* the rest, if it was cut */
		;
	send_to(a, from, "thanks");
	await("RAW_CLOSE");
	close(a);
}

static void udp_large(void)
{
	if (no_server(protos, large)) {
		peer_start("peer0", large_peer);
		finish();
	}
}

/* A packet larger than the buffer is cut, the rest of it is lost. */
static void cut_peer(peer *p)
{
	static char b[LARGE + 1];
	int a = udp_socket(&their_port);

	(void)p;
	their_port = 0;
	memset(b, 'y', LARGE);
	in_loop(create_now, NULL);
	send_to(a, rig.port, b);
	receive("peer0", a);
	send_to(a, rig.port, "bye");
	await("RAW_CLOSE");
	close(a);
}

static void udp_cut(void)
{
	flags = LWS_CAUDP_BIND;
	rig.info.pt_serv_buf_size = 2048;
	if (no_server(protos, echo)) {
		peer_start("peer0", cut_peer);
		finish();
	}
}

/* ---- flow control: packets wait in the kernel, one by one ---- */

static int stopping(event *e)
{
	int r = echo(e);

	if (e->reason == LWS_CALLBACK_RAW_RX && !r) {
		lws_rx_flow_control(e->wsi, 0);
		lws_set_timer_usecs(e->wsi, 20000);
	}
	if (e->reason == LWS_CALLBACK_TIMER)
		lws_rx_flow_control(e->wsi, 1);
	return r;
}

static void flow_peer(peer *p)
{
	int a = udp_socket(&their_port);

	(void)p;
	their_port = 0;
	in_loop(create_now, NULL);
	send_to(a, rig.port, "one");
	send_to(a, rig.port, "two");
	send_to(a, rig.port, "bye");
	receive("peer0", a);
	receive("peer0", a);
	await("RAW_CLOSE");
	close(a);
}

static void udp_flow(void)
{
	flags = LWS_CAUDP_BIND;
	if (no_server(protos, stopping)) {
		peer_start("peer0", flow_peer);
		finish();
	}
}

/* ---- a socket of the program's own; a child ---- */

static int own;

static void adopt_now(void *arg)
{
	lws_adopt_desc_t d = {.type = LWS_ADOPT_RAW_SOCKET_UDP, .fd = {.sockfd = own}, .vh_prot_name = "raw"};

	(void)arg;
	d.vh = lws_get_vhost_by_name(rig.ctx, "default");
	d.opaque = &opaque;
	made = lws_adopt_descriptor_vhost_via_info(&d);
	say(GLOBAL, "adopted %s", made ? "made" : "NULL");
	say(label(made), "opaque %d, udp %d", lws_get_opaque_user_data(made) == &opaque, !!lws_get_udp(made));
}

static void adopted_peer(peer *p)
{
	int a = udp_socket(&their_port), port;

	(void)p;
	own = udp_socket(&port);
	in_loop(adopt_now, NULL);
	send_to(a, port, "one");
	receive("peer0", a);
	send_to(a, port, "bye");
	await("RAW_CLOSE");
	close(a);
}

static void udp_adopted(void)
{
	if (no_server(protos, echo)) {
		peer_start("peer0", adopted_peer);
		finish();
	}
}

static void child_peer(peer *p)
{
	(void)p;
	in_loop(create_now, NULL);
	in_loop(create_now, NULL); /* the first one becomes its parent */
	in_loop(end_now, NULL);
}

static void udp_child(void)
{
	flags = LWS_CAUDP_BIND;
	if (no_server(protos, echo)) {
		peer_start("peer0", child_peer);
		finish();
	}
}

static const scenario sc_udp[] = {
    {"udp-bound", udp_bound},
    {"udp-any", udp_any},
    {"udp-raw-protocol", udp_by_default_protocol},
    {"udp-connected", udp_connected},
    {"udp-refused", udp_refused},
    {"udp-refuse-adopt", udp_refuse_adopt},
    {"udp-no-address", udp_taken},
    {"udp-unknown-protocol", udp_unknown_protocol},
    {"udp-unknown-name", udp_unknown_name},
    {"udp-broadcast", udp_broadcast},
    {"udp-loss", udp_loss},
    {"udp-empty", udp_empty},
    {"udp-large", udp_large},
    {"udp-cut", udp_cut},
    {"udp-flow", udp_flow},
    {"udp-adopted", udp_adopted},
    {"udp-child", udp_child},
    {NULL, NULL},
};

SCENARIOS(sc_udp)
