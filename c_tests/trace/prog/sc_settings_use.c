/* SPDX-License-Identifier: MIT */
/*
 * Which member of lws_context_creation_info counts where (members.h): what WebSockets
 * and streams are served with, how input is cut, files, sockets. device and family were seen
 * to fail with a library that ignores the vhost's bind_iface and DISABLE_IPV6.
 */
#include "h2peer.h"
#include "members.h"
#include "site.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

static const struct lws_extension deflate[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate; client_max_window_bits"},
    {NULL, NULL, NULL},
};

/* ---- extensions ---- */

static void extensions(struct lws_context_creation_info *i, const char *of)
{
	(void)of;
	i->extensions = deflate;
}

static void ask_deflate(peer *p)
{
	if (p_connect(p))
		p_upgrade(p, "chat", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
	p_close(p);
}

BOTH(extensions, ask_deflate, NULL)

static void client_extensions(struct lws_context_creation_info *i, const char *of)
{
	extensions(i, of);
}

/* Grants the upgrade, ends it. */
static void greet(peer *p)
{
	if (!p_accept_ws(p, "Sec-WebSocket-Protocol: chat\r\n"))
		return;
	p_frame_plain(p, SHUT, "\x03\xe8", 2);
	p_rest_frames(p);
}

BOTH_CLIENTS(client_extensions, greet, NULL)

/* ---- options of the context ---- */

static void ask_bad_text(peer *p)
{
	if (p_connect(p) && p_upgrade(p, "chat", NULL)) {
		p_frame(p, TEXT, "bad \xff\xfe", 6);
		p_frames(p, 1);
	}
	p_close(p);
}

/* What is let through is answered, too: with the end. */
static int on_text(event *e)
{
	return e->reason == LWS_CALLBACK_RECEIVE ? -1 : PASS;
}

static void utf8(struct lws_context_creation_info *i, const char *of)
{
	if (strcmp(of, "own"))
		i->options |= LWS_SERVER_OPTION_VALIDATE_UTF8;
}

static void utf8_own(struct lws_context_creation_info *i, const char *of)
{
	if (!strcmp(of, "own"))
		i->options |= LWS_SERVER_OPTION_VALIDATE_UTF8;
}

BOTH(utf8, ask_bad_text, on_text)
BOTH(utf8_own, ask_bad_text, on_text)

static void origin(struct lws_context_creation_info *i, const char *of)
{
	members.client.origin = "https://origin.test";
	if (strcmp(of, "own"))
		i->options |= LWS_SERVER_OPTION_JUST_USE_RAW_ORIGIN;
}

static void origin_own(struct lws_context_creation_info *i, const char *of)
{
	members.client.origin = "https://origin.test";
	if (!strcmp(of, "own"))
		i->options |= LWS_SERVER_OPTION_JUST_USE_RAW_ORIGIN;
}

BOTH_CLIENTS(origin, greet, NULL)
BOTH_CLIENTS(origin_own, greet, NULL)

/* ---- how input is cut ---- */

static void pieces(struct lws_context_creation_info *i, const char *of)
{
	rig.pieces = rig.sum_rx = rig.dummy = true;
	i->pt_serv_buf_size = strcmp(of, "own") ? 1024 : 2048;
}

static int on_pieces(event *e)
{
	static size_t largest;

	switch (e->reason) {
	case LWS_CALLBACK_HTTP:
		largest = 0;
		return 0;
	case LWS_CALLBACK_ESTABLISHED:
		largest = 0;
		break;
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_HTTP_BODY:
		largest = e->len > largest ? e->len : largest;
		break;
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		say(e->conn, "  the largest piece has %zu", largest);
		break;
	default:
		break;
	}
	return e->reason == LWS_CALLBACK_HTTP_BODY_COMPLETION ? -1 : PASS;
}

static char bulk[6000];

static void ask_bulk(peer *p)
{
	char request[sizeof bulk + 128];
	size_t at;

	memset(bulk, 'b', sizeof bulk);
	if (p_connect(p) && p_upgrade(p, "chat", NULL)) {
		p_frame(p, BIN, bulk, sizeof bulk);
		p_shut_frame(p, 1000, "");
		p_rest_frames(p);
	}
	p_close(p);
	if (p_connect(p)) {
		at = (size_t)sprintf(request, "POST /none HTTP/1.1\r\nHost: trace.test\r\nContent-Length: %zu\r\n\r\n",
		                     sizeof bulk);
		memcpy(request + at, bulk, sizeof bulk);
		p_send(p, request, at + sizeof bulk);
		p_rest(p);
	}
	p_close(p);
}

BOTH(pieces, ask_bulk, on_pieces)

/* ---- HTTP/2 ---- */

static void h2_common(struct lws_context_creation_info *i)
{
	i->options |= LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE;
}

static void h2_settings(struct lws_context_creation_info *i, const char *of)
{
	i->http2_settings[0] = 1;
	i->http2_settings[1] = 4096;
	i->http2_settings[3] = strcmp(of, "own") ? 50 : 77;
	i->http2_settings[4] = 65535;
	i->http2_settings[5] = 16384;
}

static void ask_settings(peer *p)
{
	h2_show_settings = true;
	h2_begin(p);
	p_close(p);
}

static void h2_settings_explicit(void)
{
	members.common = h2_common;
	members_serve(h2_settings, ask_settings, NULL, true);
}

static void h2_settings_default(void)
{
	members.common = h2_common;
	members_serve(h2_settings, ask_settings, NULL, false);
}

/* ---- files through the program's own operations ---- */

static lws_fop_fd_t open_of(const char *whose, const char *name, const char *vpath)
{
	say(GLOBAL, "  opened by the %s: %s, inside %s", whose, strrchr(name, '/'), vpath ? vpath : "none");
	return NULL;
}

static lws_fop_fd_t open_context(const struct lws_plat_file_ops *fops, const char *name, const char *vpath,
                                 lws_fop_flags_t *flags)
{
	(void)fops;
	(void)flags;
	return open_of("context's", name, vpath);
}

static lws_fop_fd_t open_own(const struct lws_plat_file_ops *fops, const char *name, const char *vpath,
                             lws_fop_flags_t *flags)
{
	(void)fops;
	(void)flags;
	return open_of("vhost's", name, vpath);
}

static struct lws_plat_file_ops files_context = {.open = open_context, .fi = {{".box/", 5}}},
                                files_own = {.open = open_own, .fi = {{".own/", 5}}};
static struct lws_http_mount folder = {SITE_AT("/f")};

static void files_common(struct lws_context_creation_info *i)
{
	rig.dummy = true;
	i->mounts = &folder;
}

static void files(struct lws_context_creation_info *i, const char *of)
{
	i->fops = strcmp(of, "own") ? &files_context : &files_own;
}

static void ask_files(peer *p)
{
	ask_for(p, GET("/f/a.box/inner.txt"));
	ask_for(p, GET("/f/a.own/inner.txt"));
}

static void files_of(bool explicit)
{
	static const char *const none[] = {"plain.txt", "plain", NULL};

	site_make(none);
	members.common = files_common;
	members_serve(files, ask_files, NULL, explicit);
	site_drop();
}

static void files_explicit(void)
{
	files_of(true);
}

static void files_default(void)
{
	files_of(false);
}

/* ---- the mode and owner of sockets in the file system ---- */

static char paths[4][64];
static int path_count;

static void path_common(struct lws_context_creation_info *i)
{
	char *path = paths[path_count++];

	snprintf(path, sizeof paths[0], "/tmp/trace-perms-%d-%d", (int)getpid(), path_count);
	i->iface = path;
	i->options |= LWS_SERVER_OPTION_UNIX_SOCK;
}

static void perms(struct lws_context_creation_info *i, const char *of)
{
	i->unix_socket_perms = strcmp(of, "own") ? "nobody:nogroup" : "root:nogroup";
}

static void ask_perms(peer *p)
{
	struct stat st;

	if (stat(paths[path_count - 1], &st))
		say(p->name, "no file");
	else
		say(p->name, "mode %o, uid %d, gid %d", (unsigned)st.st_mode & 07777, (int)st.st_uid, (int)st.st_gid);
}

static void perms_of(bool explicit)
{
	if (geteuid()) {
		say(GLOBAL, "not root");
		return;
	}
	members.common = path_common;
	members_serve(perms, ask_perms, NULL, explicit);
	while (path_count)
		unlink(paths[--path_count]);
}

static void perms_explicit(void)
{
	perms_of(true);
}

static void perms_default(void)
{
	perms_of(false);
}

/* ---- devices and address families ---- */

static void device_common(struct lws_context_creation_info *i)
{
	rig.dummy = true;
	i->iface = "lo";
}

static void device(struct lws_context_creation_info *i, const char *of)
{
	(void)of;
	i->bind_iface = 1;
}

static int on_device(event *e)
{
	char name[32] = "";
	socklen_t n = sizeof name;

	if (e->reason == LWS_CALLBACK_HTTP) {
		getsockopt(lws_get_socket_fd(e->wsi), SOL_SOCKET, SO_BINDTODEVICE, name, &n);
		say(e->conn, "  bound to %s", n && name[0] ? name : "no device");
	}
	return PASS;
}

static void ask_device(peer *p)
{
	ask_for(p, GET("/none"));
}

static void device_of(bool explicit)
{
	members.common = device_common;
	members_serve(device, ask_device, on_device, explicit);
}

static void device_explicit(void)
{
	device_of(true);
}

static void device_default(void)
{
	device_of(false);
}

/* DISABLE_IPV6 of a vhost, where the context's has none, and the other way round. */
static void families(struct lws_context_creation_info *i)
{
	i->options &= ~(uint64_t)LWS_SERVER_OPTION_DISABLE_IPV6;
	i->iface = NULL;
}

static void no_v6(struct lws_context_creation_info *i, const char *of)
{
	if (!strcmp(of, "own"))
		i->options |= LWS_SERVER_OPTION_DISABLE_IPV6;
}

static void nothing_of(struct lws_context_creation_info *i, const char *of)
{
	(void)i;
	(void)of;
}

static void ask_family(peer *p)
{
	struct sockaddr_in6 a;
	int listens;

	for (int fd = 3; fd < 64; fd++) {
		socklen_t n = sizeof a, k = sizeof listens;

		if (!getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &k) && listens &&
		    !getsockname(fd, (void *)&a, &n) && ntohs(a.sin6_port) == rig.port)
			say(p->name, "listens at %s", a.sin6_family == AF_INET6 ? "::" : "0.0.0.0");
	}
}

static void family_context(void)
{
	members.common = families;
	members_serve(nothing_of, ask_family, NULL, true);
}

static void family_own(void)
{
	members.common = families;
	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (server_v6(member_protocols, NULL))
		members_ask(no_v6, ask_family, true);
}

/* ---- datagrams that get lost ---- */

static void loss(struct lws_context_creation_info *i, const char *of)
{
	if (strcmp(of, "own"))
		LOSES(i, 0, 100);
}

static void loss_own(struct lws_context_creation_info *i, const char *of)
{
	if (!strcmp(of, "own"))
		LOSES(i, 0, 100);
}

static void udp_now(void *arg)
{
	struct sockaddr_in a;
	socklen_t n = sizeof a;
	struct lws **made = arg;

	*made = ADOPT_UDP(members.vhost, "127.0.0.1", 0, LWS_CAUDP_BIND, "chat", NULL, NULL, NULL, NULL);
	rig.port = *made && !getsockname(lws_get_socket_fd(*made), (void *)&a, &n) ? ntohs(a.sin_port) : 0;
}

static void udp_end(void *arg)
{
	lws_set_timeout(*(struct lws **)arg, 1, LWS_TO_KILL_ASYNC);
}

static void ask_datagram(peer *p)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct lws *made = NULL;
	static int ended;

	in_loop(udp_now, &made);
	a.sin_port = htons((uint16_t)rig.port);
	if (sendto(fd, "datagram", 8, 0, (void *)&a, sizeof a) != 8)
		say(p->name, "not sent");
	p_pause(100);
	in_loop(udp_end, &made);
	await_n("RAW_CLOSE", ++ended);
	close(fd);
}

static void loss_ports(struct lws_context_creation_info *i)
{
	i->port = CONTEXT_PORT_NO_LISTEN;
}

static void loss_of(group_fn of, bool explicit)
{
	members.common = loss_ports;
	members_serve(of, ask_datagram, NULL, explicit);
}

static void loss_explicit(void)
{
	loss_of(loss, true);
}

static void loss_default(void)
{
	loss_of(loss, false);
}

static void loss_own_explicit(void)
{
	loss_of(loss_own, true);
}

static const scenario sc_settings_use[] = {
    BOTH_LISTED("settings-extensions", extensions),
    BOTH_LISTED("settings-client-extensions", client_extensions),
    BOTH_LISTED("settings-utf8", utf8),
    BOTH_LISTED("settings-utf8-own", utf8_own),
    BOTH_LISTED("settings-origin", origin),
    BOTH_LISTED("settings-origin-own", origin_own),
    BOTH_LISTED("settings-pieces", pieces),
    BOTH_LISTED("settings-h2", h2_settings),
    BOTH_LISTED("settings-files", files),
    BOTH_LISTED("settings-perms", perms),
    BOTH_LISTED("settings-device", device),
    {"settings-family-context", family_context},
    {"settings-family-own", family_own},
    BOTH_LISTED("settings-loss", loss),
    {"settings-loss-own-explicit", loss_own_explicit},
    {NULL, NULL},
};

SCENARIOS(sc_settings_use)
