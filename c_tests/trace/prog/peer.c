/* SPDX-License-Identifier: MIT */
/* Peers that are plain blocking sockets, each in a thread, with a script. */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

bool peer_bytewise, peer_alone;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int running;

int peers_running(void)
{
	int n;

	pthread_mutex_lock(&lock);
	n = running;
	pthread_mutex_unlock(&lock);
	return n;
}

static void *thread(void *arg)
{
	peer *p = arg;

	p->script(p);
	if (p->fd >= 0)
		p_close(p);
	if (p->listener >= 0)
		close(p->listener);
	pthread_mutex_lock(&lock);
	running--;
	pthread_mutex_unlock(&lock);
	wake();
	free(p);
	return NULL;
}

static void start(peer *p)
{
	pthread_t t;

	pthread_mutex_lock(&lock);
	running++;
	pthread_mutex_unlock(&lock);
	if (pthread_create(&t, NULL, thread, p))
		abort();
	pthread_detach(t);
}

static peer *fresh(const char *name, script_fn script)
{
	peer *p = calloc(1, sizeof *p);

	snprintf(p->name, sizeof p->name, "%s", name);
	p->script = script;
	p->fd = p->listener = -1;
	return p;
}

void peer_start(const char *name, script_fn script)
{
	start(fresh(name, script));
}

static struct sockaddr_in loopback(int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

/* Takes the port at the addresses that scenarios try before the peer's: another scenario, or
 * another part of the tests, may listen there. */
static bool elsewhere(uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = port};
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_port = port, .sin6_addr = in6addr_loopback};
	int fd = socket(AF_INET, SOCK_STREAM, 0), fd6 = socket(AF_INET6, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 8);
	if (!bind(fd, (struct sockaddr *)&a, sizeof a) &&
	    (fd6 < 0 || !bind(fd6, (struct sockaddr *)&a6, sizeof a6) || errno == EADDRNOTAVAIL))
		return true; /* they stay: bound, nobody listens */
	close(fd);
	close(fd6);
	return false;
}

void peer_listen(const char *name, script_fn script)
{
	peer *p = fresh(name, script);
	struct sockaddr_in a = loopback(0);
	socklen_t n = sizeof a;

	for (;;) {
		p->listener = socket(AF_INET, SOCK_STREAM, 0);
		if (bind(p->listener, (struct sockaddr *)&a, n) || listen(p->listener, 4) ||
		    getsockname(p->listener, (struct sockaddr *)&a, &n))
			abort();
		if (!peer_alone || elsewhere(a.sin_port))
			break;
		close(p->listener);
		a.sin_port = 0;
	}
	rig.port = ntohs(a.sin_port);
	start(p);
}

static void tune(int fd)
{
	struct timeval wait = {.tv_sec = 8};
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

bool p_connect(peer *p)
{
	struct sockaddr_in a = loopback(rig.port);
	struct sockaddr_un u = {.sun_family = AF_UNIX};
	int r;

	p->have = 0;
	p->ended = p->told = false;
	p->fd = socket(rig.unix_path ? AF_UNIX : AF_INET, SOCK_STREAM, 0);
	tune(p->fd);
	if (rig.unix_path) {
		snprintf(u.sun_path, sizeof u.sun_path, "%s", rig.unix_path);
		r = connect(p->fd, (struct sockaddr *)&u, sizeof u);
	} else {
		r = connect(p->fd, (struct sockaddr *)&a, sizeof a);
	}
	if (r)
		say(p->name, "connect: %s", strerror(errno));
	else if (!tls_connect(p))
		say(p->name, "no TLS");
	return !r;
}

bool p_accept(peer *p)
{
	struct pollfd f = {.fd = p->listener, .events = POLLIN};

	p->have = 0;
	p->ended = p->told = false;
	if (poll(&f, 1, 8000) != 1) {
		say(p->name, "nobody connects");
		return false;
	}
	p->fd = accept(p->listener, NULL, NULL);
	tune(p->fd);
	if (p->fd >= 0 && !tls_accept(p))
		say(p->name, "no TLS");
	return p->fd >= 0;
}

void p_small_window(peer *p)
{
	int n = 4096;

	setsockopt(p->fd, SOL_SOCKET, SO_RCVBUF, &n, sizeof n);
}

void p_patient(peer *p)
{
	struct timeval none = {0};

	setsockopt(p->fd, SOL_SOCKET, SO_RCVTIMEO, &none, sizeof none);
}

void p_pause(int ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000L};

	nanosleep(&t, NULL);
}

void p_close(peer *p)
{
	if (p->fd < 0)
		return;
	io_finish(p);
	io_drop(p);
	close(p->fd);
	p->fd = -1;
}

void p_reset(peer *p)
{
	struct linger l = {1, 0};

	setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
	io_drop(p);
	p_close(p);
}

void p_half_close(peer *p)
{
	io_finish(p);
	shutdown(p->fd, SHUT_WR);
}

/* ---- sending ---- */

void p_send(peer *p, const void *data, size_t len)
{
	const char *at = data;
	bool slow = peer_bytewise && len <= 2048;

	while (len) {
		ssize_t n = io_send(p, at, slow ? 1 : len);

		if (n <= 0)
			return; /* the library hung up: the reading side says so */
		at += n;
		len -= (size_t)n;
		if (slow)
			usleep(150);
	}
}

void p_put(peer *p, const char *text)
{
	p_send(p, text, strlen(text));
}

static void frame(peer *p, int head, const void *data, size_t len, bool masked)
{
	static const unsigned char key[4] = {0x11, 0x80, 0x5a, 0xc3};
	unsigned char *f = malloc(len + 14);
	size_t n = 0;

	f[n++] = (unsigned char)head;
	if (len < 126) {
		f[n++] = (unsigned char)(len | (masked ? 0x80 : 0));
	} else if (len < 65536) {
		f[n++] = masked ? 0xfe : 0x7e;
		f[n++] = (unsigned char)(len >> 8);
		f[n++] = (unsigned char)len;
	} else {
		f[n++] = masked ? 0xff : 0x7f;
		for (int i = 7; i >= 0; i--)
			f[n++] = (unsigned char)((uint64_t)len >> (8 * i));
	}
	if (masked)
		for (int i = 0; i < 4; i++)
			f[n++] = key[i];
	for (size_t i = 0; i < len; i++)
		f[n + i] = (unsigned char)(((const unsigned char *)data)[i] ^ (masked ? key[i & 3] : 0));
	p_send(p, f, n + len);
	free(f);
}

void p_frame(peer *p, int head, const void *data, size_t len)
{
	frame(p, head, data, len, true);
}

void p_frame_plain(peer *p, int head, const void *data, size_t len)
{
	frame(p, head, data, len, false);
}

void p_text(peer *p, const char *text)
{
	p_frame(p, TEXT, text, strlen(text));
}

void p_shut_frame(peer *p, int code, const char *why)
{
	char b[125] = {(char)(code >> 8), (char)code};

	snprintf(b + 2, sizeof b - 2, "%s", why);
	p_frame(p, SHUT, b, 2 + strlen(why));
}
