/* SPDX-License-Identifier: MIT */
/* What few programs call: deprecation, file operations, start-up, plugins' protocols, IPv6 packets. */
#include "trace.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

static const struct lws_protocols protos[] = {
    {"http", cb0, 0, 0, 0, NULL, 0},
    {"raw", cb1, 0, 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

/* ---- lws_context_deprecate ---- */

static int echo(event *e)
{
	if (e->reason == LWS_CALLBACK_RAW_RX)
		put(e, e->in, e->len, LWS_WRITE_RAW);
	return PASS;
}

static void deprecate_now(void *arg)
{
	(void)arg;
	say(GLOBAL, "deprecated %d", lws_context_is_deprecated(rig.ctx));
	lws_context_deprecate(rig.ctx, NULL);
	say(GLOBAL, "deprecated %d", lws_context_is_deprecated(rig.ctx));
}

static void deprecate_peer(peer *p)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons((uint16_t)rig.port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	p_connect(p);
	p_put(p, "before");
	p_body(p, 6);
	in_loop(deprecate_now, NULL);
	say("peer0", "connect: %s", connect(fd, (struct sockaddr *)&sa, sizeof sa) ? strerror(errno) : "works");
	close(fd);
	p_put(p, "after");
	p_body(p, 5);
	p_close(p);
}

static void deprecate(void)
{
	rig.info.listen_accept_role = "raw-skt";
	rig.info.listen_accept_protocol = "raw";
	rig.info.options |= LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
	if (server(protos, echo)) {
		peer_start("peer0", deprecate_peer);
		finish();
	}
}

static int reloaded(void)
{
	say(GLOBAL, "reload");
	mark("reload");
	return 0;
}

static void reload_now(void *arg)
{
	(void)arg;
	lws_context_deprecate(rig.ctx, reloaded);
	say(GLOBAL, "returned");
}

static void reload_peer(peer *p)
{
	(void)p;
	in_loop(reload_now, NULL);
	await("reload");
}

/* The reference tells of it only on libuv. */
static void deprecate_reload(void)
{
	if (server(protos, NULL)) {
		peer_start("peer0", reload_peer);
		finish();
	}
}

/* ---- lws_set_fops, lws_get_fops ---- */

static const struct lws_plat_file_ops *platform;

static lws_fop_fd_t counted_open(const struct lws_plat_file_ops *fops, const char *name, const char *vpath,
				 lws_fop_flags_t *flags)
{
	say(GLOBAL, "open %s, our table %d, vpath %d", strrchr(name, '/'), fops != platform, !!vpath);
	return platform->LWS_FOP_OPEN(platform, name, vpath, flags);
}

static struct lws_plat_file_ops counted;
static char dir[] = "/tmp/trace_fops_XXXXXX";

static void set_fops_now(void *arg)
{
	(void)arg;
	platform = lws_get_fops(rig.ctx);
	counted = *platform;
	counted.LWS_FOP_OPEN = counted_open;
	lws_set_fops(rig.ctx, &counted);
	say(GLOBAL, "ours %d", lws_get_fops(rig.ctx) == &counted);
}

static void fops_peer(peer *p)
{
	in_loop(set_fops_now, NULL);
	p_connect(p);
	p_put(p, "GET /file.txt HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
	p_response(p);
	p_close(p);
}

static void set_fops(void)
{
	static struct lws_http_mount m = {.mountpoint = "/", .mountpoint_len = 1, .origin_protocol = LWSMPRO_FILE,
					  .origin = dir};
	char path[64];
	FILE *f;

	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof path, "%s/file.txt", dir);
	f = fopen(path, "w");
	if (!f || fputs("content", f) < 0 || fclose(f))
		abort();
	rig.info.mounts = &m;
	rig.dummy = true;
	if (server(protos, NULL)) {
		peer_start("peer0", fops_peer);
		finish();
	}
	unlink(path);
	rmdir(dir);
}

/* ---- lws_http_compression_apply ---- */

static int compress_hook(event *e)
{
	uint8_t buf[LWS_PRE + 512], *start = buf + LWS_PRE, *at = start, *end = buf + sizeof buf - 1, *was;
	int r;

	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	if (lws_add_http_common_headers(e->wsi, 200, "text/plain", 4, &at, end))
		return -1;
	was = at;
	r = lws_http_compression_apply(e->wsi, "gzip", &at, end, 0);
	say(e->conn, "  apply gzip %d, added %d", r, (int)(at - was));
	r = lws_http_compression_apply(e->wsi, NULL, &at, end, 0);
	say(e->conn, "  apply any %d, added %d", r, (int)(at - was));
	if (lws_finalize_write_http_header(e->wsi, start, &at, end))
		return -1;
	memcpy(start, "body", 4);
	if (lws_write(e->wsi, start, 4, LWS_WRITE_HTTP_FINAL) != 4 || lws_http_transaction_completed(e->wsi))
		return -1;
	return 0;
}

static void compress_peer(peer *p)
{
	p_connect(p);
	p_put(p, "GET / HTTP/1.1\r\nHost: t\r\nAccept-Encoding: gzip, deflate, br\r\nConnection: close\r\n\r\n");
	p_response(p);
	p_close(p);
}

static void compression(void)
{
	if (server(protos, compress_hook)) {
		peer_start("peer0", compress_peer);
		finish();
	}
}

/* ---- lws_finalize_startup, lws_context_init_extensions ---- */

void lws_context_init_extensions(const struct lws_context_creation_info *info, struct lws_context *context);

static void printed(int level, const char *line)
{
	say(GLOBAL, "log %d: %s", level, strchr(line, 'L'));
}

static void startup(void)
{
	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (!no_server(protos, NULL))
		return;
	rig.info.vhost_name = "late";
	say(GLOBAL, "vhost %d", !!lws_create_vhost(rig.ctx, &rig.info));
	say(GLOBAL, "finalize %d", lws_finalize_startup(rig.ctx));
	say(GLOBAL, "again %d", lws_finalize_startup(rig.ctx));
	lws_set_log_level(LLL_INFO, printed);
	lws_context_init_extensions(&rig.info, rig.ctx);
	lws_set_log_level(0, NULL);
	finish();
}

/* ---- packets over IPv6, or IPv4 where there is no other ---- */

static int their_port;

static struct sockaddr_storage loopback(int port, socklen_t *n)
{
	static int v6 = -1;
	struct sockaddr_storage ss = {0};
	struct sockaddr_in6 *a = (struct sockaddr_in6 *)&ss;
	struct sockaddr_in *b = (struct sockaddr_in *)&ss;

	a->sin6_family = AF_INET6;
	a->sin6_addr = in6addr_loopback;
	if (v6 < 0) {
		int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		v6 = fd >= 0 && !bind(fd, (struct sockaddr *)a, sizeof *a);
		close(fd);
	}
	*n = sizeof *a;
	a->sin6_port = htons((uint16_t)port);
	if (!v6) {
		*n = sizeof *b;
		b->sin_family = AF_INET;
		b->sin_port = htons((uint16_t)port);
		b->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	}
	return ss;
}

static int port_of(int fd)
{
	struct sockaddr_storage ss;
	socklen_t n = sizeof ss;

	if (getsockname(fd, (struct sockaddr *)&ss, &n))
		abort();
	return ntohs(((struct sockaddr_in6 *)&ss)->sin6_port); /* at the same place in both */
}

static int v6_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RAW_ADOPT && !their_port)
		rig.port = port_of(lws_get_socket_fd(e->wsi));
	if (e->reason == LWS_CALLBACK_RAW_ADOPT && their_port)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_RAW_WRITEABLE)
		put(e, "ask", 3, LWS_WRITE_RAW);
	if (e->reason == LWS_CALLBACK_RAW_RX) {
		put(e, "answer", 6, LWS_WRITE_RAW);
		return -1;
	}
	return PASS;
}

static void v6_now(void *arg)
{
	socklen_t n;
	const char *ads = loopback(0, &n).ss_family == AF_INET6 ? "::1" : "127.0.0.1";

	say(GLOBAL, "made %d", !!ADOPT_UDP(lws_get_vhost_by_name(rig.ctx, "default"), ads, their_port,
						      arg ? LWS_CAUDP_BIND : 0, "raw", arg ? "lo" : NULL, NULL, NULL, NULL));
}

static void v6_peer(peer *p)
{
	socklen_t n;
	struct sockaddr_storage ss = loopback(0, &n), from;
	struct timeval wait = {10, 0};
	char b[16];
	int fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ssize_t got;

	(void)p;
	if (fd < 0 || bind(fd, (struct sockaddr *)&ss, n) || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait))
		abort();
	in_loop(v6_now, "bind");
	ss = loopback(rig.port, &n);
	if (sendto(fd, "ask", 3, 0, (struct sockaddr *)&ss, n) != 3)
		abort();
	got = recv(fd, b, sizeof b, 0);
	say("peer0", "<- %s", RENDER(b, got > 0 ? (size_t)got : 0));
	their_port = port_of(fd);
	in_loop(v6_now, NULL);
	n = sizeof from;
	got = recvfrom(fd, b, sizeof b, 0, (struct sockaddr *)&from, &n);
	say("peer0", "<- %s", RENDER(b, got > 0 ? (size_t)got : 0));
	if (sendto(fd, "answer", 6, 0, (struct sockaddr *)&from, n) != 6)
		abort();
	await_n("RAW_CLOSE", 2);
	close(fd);
}

static void udp_v6(void)
{
	if (no_server(protos, v6_hook)) {
		peer_start("peer0", v6_peer);
		finish();
	}
}

static const scenario sc_symbols[] = {
    {"sym-deprecate", deprecate},
    {"sym-deprecate-reload", deprecate_reload},
    {"sym-set-fops", set_fops},
    {"sym-compression", compression},
    {"sym-startup", startup},
    {"sym-udp-v6", udp_v6},
    {NULL, NULL},
};

SCENARIOS(sc_symbols)
