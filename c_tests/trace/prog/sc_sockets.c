/* SPDX-License-Identifier: MIT */
/* Listening sockets, their options, who may use them, and giving up privileges. */
#include "httpc.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

static int option(int fd, int level, int name)
{
	int v = -1;
	socklen_t n = sizeof v;

	if (getsockopt(fd, level, name, &v, &n))
		return -1;
	return v;
}

static void show_options(const char *where, int fd)
{
	say(where, "  nodelay %d keepalive %d idle %d interval %d probes %d, cloexec %d nonblock %d",
	    option(fd, IPPROTO_TCP, TCP_NODELAY), option(fd, SOL_SOCKET, SO_KEEPALIVE),
	    option(fd, IPPROTO_TCP, TCP_KEEPIDLE), option(fd, IPPROTO_TCP, TCP_KEEPINTVL),
	    option(fd, IPPROTO_TCP, TCP_KEEPCNT), fcntl(fd, F_GETFD) & FD_CLOEXEC,
	    !!(fcntl(fd, F_GETFL) & O_NONBLOCK));
}

static void show_device(const char *where, int fd)
{
	char name[32] = "";
	socklen_t n = sizeof name;

	if (getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &n))
		say(where, "  device unknown");
	else
		say(where, "  device '%s'", name);
}

static void show_peer(event *e)
{
	char simple[64] = "x", name[64] = "x", rip[64] = "x";

	lws_get_peer_simple(e->wsi, simple, sizeof simple);
	if (rig.info.options & LWS_SERVER_OPTION_UNIX_SOCK) {
		say(e->conn, "  peer '%s'", simple);
		return;
	}
	lws_get_peer_addresses(e->wsi, lws_get_socket_fd(e->wsi), name, sizeof name, rip, sizeof rip);
	say(e->conn, "  peer '%s', address '%s'", simple, rip);
}

static int both_hook(event *e)
{
	switch (e->reason) {
	case LWS_CALLBACK_HTTP:
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		show_options(e->conn, lws_get_socket_fd(e->wsi));
		show_device(e->conn, lws_get_socket_fd(e->wsi));
		show_peer(e);
		if (e->reason != LWS_CALLBACK_HTTP)
			break;
		if (lws_return_http_status(e->wsi, 200, NULL) || lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	case LWS_CALLBACK_PROTOCOL_INIT:
		if (!strcmp(e->proto, "http"))
			say(GLOBAL, "  port is %d",
			    lws_get_vhost_listen_port(lws_get_vhost(e->wsi)) == rig.port || rig.port == 0);
		break;
	default:
		break;
	}
	return hc_reader(e);
}

/* A server of the library's and a client of the library's. */
static void both_ends(void)
{
	if (server(hc_protocols, both_hook)) {
		peer_start("peer1", hc_starter);
		finish();
	}
}

static void keepalive(void)
{
	rig.info.ka_time = 30;
	rig.info.ka_interval = 5;
	rig.info.ka_probes = 3;
	both_ends();
}

static void no_keepalive(void) { both_ends(); }

static void keepalive_bad(void)
{
	rig.info.ka_time = 30;
	server(hc_protocols, both_hook);
}

static void bind_device(void)
{
	rig.info.iface = "lo";
	rig.info.bind_iface = 1;
	both_ends();
}

static void bind_device_missing(void)
{
	rig.info.iface = "127.0.0.1"; /* no device of that name: a warning, no more */
	rig.info.bind_iface = 1;
	if (server(hc_protocols, both_hook))
		finish();
}

/* ---- where to listen ---- */

static void made(void)
{
	struct lws_vhost *vh = lws_get_vhost_by_name(rig.ctx, "default");

	say(GLOBAL, "vhost %s, port %s", vh ? "made" : "missing",
	    !vh ? "none" : lws_get_vhost_listen_port(vh) > 0 ? "given" : "none");
	finish();
}

static void iface_missing(void)
{
	rig.info.iface = "nosuchif0";
	if (server(hc_protocols, both_hook))
		made();
}

static void iface_missing_fatal(void)
{
	rig.info.iface = "nosuchif0";
	rig.info.options |= LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	if (server(hc_protocols, both_hook))
		made();
}

static void iface_foreign(void)
{
	rig.info.iface = "192.0.2.1"; /* nobody has it (RFC 5737) */
	if (server(hc_protocols, both_hook))
		made();
}

static void iface_name(void)
{
	rig.info.iface = "lo";
	both_ends();
}

/* Takes a port and returns it. */
static int take_port(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (void *)&a, n) || listen(fd, 1) || getsockname(fd, (void *)&a, &n))
		abort();
	return ntohs(a.sin_port);
}

static void port_taken(void)
{
	rig.info.port = take_port();
	if (server(hc_protocols, both_hook))
		made();
}

static void port_taken_share(void)
{
	rig.info.port = take_port(); /* and not by one who shares it */
	rig.info.options |= LWS_SERVER_OPTION_ALLOW_LISTEN_SHARE;
	if (server(hc_protocols, both_hook))
		made();
}

/* Two vhosts, one port: the second uses the first one's socket. */
static void vhosts_share(void)
{
	struct lws_vhost *vh;

	if (!server(hc_protocols, both_hook))
		return;
	vh = second_vhost(rig.info.iface);
	say(GLOBAL, "second vhost %s, same port %d", vh ? "made" : "missing",
	    vh && lws_get_vhost_listen_port(vh) == rig.port);
	finish();
}

static void v6_peer(peer *p)
{
	if (p_connect(p)) { /* by IPv4 */
		p_put(p, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
		p_response(p);
	}
	hc_starter(p);
}

static void v6(uint64_t options)
{
	rig.info.options |= LWS_SERVER_OPTION_IPV6_V6ONLY_MODIFY | options;
	if (!server_v6(hc_protocols, both_hook))
		return;
	hc_address = "::1";
	peer_start("peer1", v6_peer);
	finish();
}

static void v6_both(void) { v6(0); }
static void v6_only(void) { v6(LWS_SERVER_OPTION_IPV6_V6ONLY_VALUE); }

/* ---- unix sockets ---- */

static char unix_at[64];

static void show_file(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		say(GLOBAL, "no file");
	else
		say(GLOBAL, "mode %o, uid %d, gid %d", (unsigned)st.st_mode & 07777, (int)st.st_uid, (int)st.st_gid);
}

static bool unix_server(const char *fmt)
{
	snprintf(unix_at, sizeof unix_at, fmt, (int)getpid());
	rig.info.iface = unix_at;
	rig.info.options |= LWS_SERVER_OPTION_UNIX_SOCK;
	umask(022);
	return server(hc_protocols, both_hook);
}

static void unix_mode(void)
{
	if (unix_server("/tmp/trace-sockets-%d")) {
		show_file(unix_at);
		hc_port = 1;
		finish();
		show_file(unix_at);
	}
}

static void unix_perms(const char *perms)
{
	if (geteuid()) {
		say(GLOBAL, "not root");
		return;
	}
	rig.info.unix_socket_perms = perms;
	if (unix_server("/tmp/trace-sockets-%d")) {
		show_file(unix_at);
		finish();
	}
	unlink(unix_at);
}

static void unix_owner(void) { unix_perms("nobody:nogroup"); }
static void unix_root(void) { unix_perms("root:root"); }
static void unix_nobody(void) { unix_perms("nosuchuser:nogroup"); }

static void unix_abstract(void)
{
	static char at[80];

	if (unix_server("@trace-sockets-%d")) {
		snprintf(at, sizeof at, "+%s", unix_at);
		hc_address = at;
		hc_port = 1;
		peer_start("peer1", hc_starter);
		finish();
	}
}

static void unix_taken(void)
{
	struct sockaddr_un u = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), n;

	n = snprintf(u.sun_path, sizeof u.sun_path, "@trace-sockets-%d", (int)getpid());
	u.sun_path[0] = 0;
	if (bind(fd, (void *)&u, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)n)))
		abort();
	if (unix_server("@trace-sockets-%d"))
		made();
}

static void unix_no_folder(void)
{
	if (unix_server("/nosuchfolder/%d"))
		made();
}

/* ---- helpers ---- */

static void to_sa(int v6, const char *name)
{
	struct sockaddr_in6 a;
	char text[64] = "";
	int r;

	memset(&a, 0, sizeof a);
	r = lws_interface_to_sa(v6, name, (struct sockaddr_in *)&a, v6 ? sizeof a : sizeof(struct sockaddr_in));
	if (!r && v6)
		inet_ntop(AF_INET6, &a.sin6_addr, text, sizeof text);
	else if (!r)
		inet_ntop(AF_INET, &((struct sockaddr_in *)&a)->sin_addr, text, sizeof text);
	say(GLOBAL, "lws_interface_to_sa(%d, %s) %d %s", v6, name, r, text);
}

static void helpers(void)
{
	char name[256] = "", text[64] = "";
	id_out uid, gid;

	if (!no_server(hc_protocols, hc_reader))
		return;
	to_sa(0, "lo");
	to_sa(1, "lo");
	to_sa(0, "nosuchif0");
	to_sa(0, "127.0.0.7");
	to_sa(1, "::1");
	gethostname(name, sizeof name);
	say(GLOBAL, "canonical name is %s", strcmp(lws_canonical_hostname(rig.ctx), name) ? "another" : "the host's");
	lws_get_effective_uid_gid(rig.ctx, &uid, &gid);
	say(GLOBAL, "uid %d, gid %d", (int)uid, (int)gid);
	say(GLOBAL, "no peer: '%s'", lws_get_peer_simple_fd(-1, text, sizeof text));
	finish();
}

/* ---- privileges ---- */

#define CAP_BIND 10 /* CAP_NET_BIND_SERVICE */

static void show_self(void)
{
	gid_t groups[32];
	id_out uid = -9, gid = -9;
	int n = getgroups(32, groups);
	char line[128];
	FILE *f = fopen("/proc/thread-self/status", "r");

	lws_get_effective_uid_gid(rig.ctx, &uid, &gid);
	say(GLOBAL, "uid %d %d, gid %d %d, groups %d first %d; told uid %d gid %d", (int)getuid(), (int)geteuid(),
	    (int)getgid(), (int)getegid(), n, n > 0 ? (int)groups[0] : -1, (int)uid, (int)gid);
	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, "CapEff", 6))
			say(GLOBAL, "bind to low ports %s, anything else %s",
			    strtoull(line + 8, NULL, 16) >> CAP_BIND & 1 ? "yes" : "no",
			    strtoull(line + 8, NULL, 16) & ~(1ull << CAP_BIND) ? "yes" : "no");
		else if (!strncmp(line, "CapPrm", 6))
			say(GLOBAL, "could become capable of more: %s",
			    strtoull(line + 8, NULL, 16) & ~(1ull << CAP_BIND) ? "yes" : "no");
	if (f)
		fclose(f);
}

/* As server(), which sets uid and gid itself. */
static bool drop(int uid, int gid)
{
	if (geteuid()) {
		say(GLOBAL, "not root");
		return false;
	}
	rig.protocols = hc_protocols;
	rig.hook = both_hook;
	rig.info.protocols = hc_protocols;
	rig.info.iface = "127.0.0.1";
	rig.info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
	rig.info.uid = uid;
	rig.info.gid = gid;
	rig.info.pcontext = &rig.ctx;
	lws_set_log_level(getenv("TRACE_LOG") ? atoi(getenv("TRACE_LOG")) : 0, NULL);
	rig.ctx = lws_create_context(&rig.info);
	if (!rig.ctx) {
		say(GLOBAL, "no context");
		say(GLOBAL, "uid %d, gid %d", (int)geteuid(), (int)getegid());
		return false;
	}
	show_self();
	return true;
}

static void drop_ids(void)
{
	if (drop(65534, 65534))
		finish();
}

static void drop_gid(void)
{
	if (drop(-1, 65534))
		finish();
}

static void drop_uid(void)
{
	if (drop(65534, 0))
		finish();
}

static void drop_uid_no_gid(void)
{
	if (drop(65534, -1))
		finish();
}

static void drop_names(void)
{
	rig.info.username = "nobody";
	rig.info.groupname = "nogroup";
	if (drop(0, 0))
		finish();
}

static void drop_unknown_user(void)
{
	rig.info.username = "nosuchuser";
	if (drop(0, 0))
		finish();
}

static void drop_unknown_group(void)
{
	rig.info.groupname = "nosuchgroup";
	if (drop(0, 0))
		finish();
}

static void drop_unknown_uid(void)
{
	if (drop(54321, 65534))
		finish();
}

static void drop_caps(void)
{
	rig.info.caps[0] = CAP_BIND;
	rig.info.count_caps = 1;
	if (drop(65534, 65534))
		finish();
}

/* Served after the privileges are gone. */
static void drop_serves(void)
{
	if (!drop(65534, 65534))
		return;
	rig.port = lws_get_vhost_listen_port(lws_get_vhost_by_name(rig.ctx, "default"));
	peer_start("peer1", hc_starter);
	finish();
}

static void drop_explicit(void)
{
	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (!drop(65534, 65534))
		return;
	say(GLOBAL, "lws_create_vhost: %s", lws_create_vhost(rig.ctx, &rig.info) ? "made" : "NULL");
	lws_service(rig.ctx, -1);
	show_self();
	say(GLOBAL, "lws_finalize_startup: %d", lws_finalize_startup(rig.ctx));
	show_self();
	finish();
}

static const scenario sc_sockets[] = {
    {"sock-keepalive", keepalive},
    {"sock-no-keepalive", no_keepalive},
    {"sock-keepalive-bad", keepalive_bad},
    {"sock-bind-device", bind_device},
    {"sock-bind-device-missing", bind_device_missing},
    {"sock-iface-missing", iface_missing},
    {"sock-iface-missing-fatal", iface_missing_fatal},
    {"sock-iface-foreign", iface_foreign},
    {"sock-iface-name", iface_name},
    {"sock-port-taken", port_taken},
    {"sock-port-taken-share", port_taken_share},
    {"sock-vhosts-share", vhosts_share},
    {"sock-v6-both", v6_both},
    {"sock-v6-only", v6_only},
    {"sock-unix-mode", unix_mode},
    {"sock-unix-owner", unix_owner},
    {"sock-unix-root", unix_root},
    {"sock-unix-nobody", unix_nobody},
    {"sock-unix-abstract", unix_abstract},
    {"sock-unix-taken", unix_taken},
    {"sock-unix-no-folder", unix_no_folder},
    {"sock-helpers", helpers},
    {"sock-drop-ids", drop_ids},
    {"sock-drop-gid", drop_gid},
    {"sock-drop-uid", drop_uid},
    {"sock-drop-uid-no-gid", drop_uid_no_gid},
    {"sock-drop-names", drop_names},
    {"sock-drop-unknown-user", drop_unknown_user},
    {"sock-drop-unknown-group", drop_unknown_group},
    {"sock-drop-unknown-uid", drop_unknown_uid},
    {"sock-drop-caps", drop_caps},
    {"sock-drop-serves", drop_serves},
    {"sock-drop-explicit", drop_explicit},
    {NULL, NULL},
};

SCENARIOS(sc_sockets)
