/* SPDX-License-Identifier: MIT */
/* Context defaults, the generic protocol callback, the service loop. */
#include "trace.h"

#include <netinet/in.h>
#include <sys/socket.h>

struct rig rig;

/* ---- marks ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct {
	char name[40];
	int count;
} marks[128];
static pthread_mutex_t alive = PTHREAD_MUTEX_INITIALIZER; /* is rig.ctx usable? */
static void (*job)(void *);
static void *job_arg;

static int *mark_count(const char *name)
{
	size_t i = 0;

	while (marks[i].name[0] && strcmp(marks[i].name, name))
		if (++i == LWS_ARRAY_SIZE(marks))
			abort();
	snprintf(marks[i].name, sizeof marks[i].name, "%s", name);
	return &marks[i].count;
}

void mark(const char *name)
{
	pthread_mutex_lock(&lock);
	++*mark_count(name);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

void await_n(const char *name, int n)
{
	pthread_mutex_lock(&lock);
	while (*mark_count(name) < n)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

void wake(void)
{
	pthread_mutex_lock(&alive);
	if (!rig.stopping && rig.ctx)
		lws_cancel_service(rig.ctx);
	pthread_mutex_unlock(&alive);
}

void in_loop(void (*fn)(void *), void *arg)
{
	pthread_mutex_lock(&lock);
	while (job)
		pthread_cond_wait(&changed, &lock);
	job = fn;
	job_arg = arg;
	wake();
	while (job == fn)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static void run_job(void)
{
	void (*fn)(void *);

	pthread_mutex_lock(&lock);
	fn = job;
	pthread_mutex_unlock(&lock);
	if (!fn)
		return;
	fn(job_arg);
	pthread_mutex_lock(&lock);
	job = NULL;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

/* ---- the callback ---- */

static bool is_writeable(int r)
{
	return r == LWS_CALLBACK_SERVER_WRITEABLE || r == LWS_CALLBACK_CLIENT_WRITEABLE ||
	       r == LWS_CALLBACK_HTTP_WRITEABLE || r == LWS_CALLBACK_CLIENT_HTTP_WRITEABLE ||
	       r == LWS_CALLBACK_RAW_WRITEABLE || r == LWS_CALLBACK_RAW_WRITEABLE_FILE;
}

static bool is_poll(int r)
{
	return (r >= LWS_CALLBACK_GET_THREAD_ID && r <= LWS_CALLBACK_UNLOCK_POLL) ||
	       r == LWS_CALLBACK_EVENT_WAIT_CANCELLED;
}

static bool is_global(int r)
{
	return r == LWS_CALLBACK_PROTOCOL_INIT || r == LWS_CALLBACK_PROTOCOL_DESTROY ||
	       r == LWS_CALLBACK_FILTER_NETWORK_CONNECTION || is_poll(r) ||
	       r == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS ||
	       r == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS ||
	       r == LWS_CALLBACK_VHOST_CERT_AGING;
}

/* What comes in `in` is data, or a string. */
static bool is_data(int r)
{
	return r == LWS_CALLBACK_RAW_RX || r == LWS_CALLBACK_RAW_RX_FILE ||
	       r == LWS_CALLBACK_HTTP_BODY || r == LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ ||
	       r == LWS_CALLBACK_RECEIVE_PONG || r == LWS_CALLBACK_CLIENT_RECEIVE_PONG;
}

static bool is_string(int r)
{
	return r == LWS_CALLBACK_HTTP || r == LWS_CALLBACK_FILTER_HTTP_CONNECTION ||
	       r == LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION ||
	       r == LWS_CALLBACK_CLIENT_CONNECTION_ERROR ||
	       r == LWS_CALLBACK_HTTP_CONFIRM_UPGRADE || r == LWS_CALLBACK_CONFIRM_EXTENSION_OKAY ||
	       r == LWS_CALLBACK_CLIENT_CONFIRM_EXTENSION_SUPPORTED;
}

static void describe(event *e, char *out, size_t size)
{
	const struct lws_protocols *p = lws_get_protocol(e->wsi);
	size_t n = 0;

	out[0] = 0;
	if (p && strcmp(p->name, e->proto))
		n = (size_t)snprintf(out, size, " (is %s)", p->name);
	if (e->reason == LWS_CALLBACK_RECEIVE || e->reason == LWS_CALLBACK_CLIENT_RECEIVE)
		snprintf(out + n, size - n, " len=%zu first=%d final=%d bin=%d rest=%zu %s", e->len,
		         e->first, lws_is_final_fragment(e->wsi),
		         lws_frame_is_binary(e->wsi), lws_remaining_packet_payload(e->wsi),
		         RENDER(e->in, e->len));
	else if (e->reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE)
		snprintf(out + n, size - n, " len=%zu code=%d %s", e->len,
		         e->len >= 2 ? ((uint8_t *)e->in)[0] << 8 | ((uint8_t *)e->in)[1] : -1,
		         e->len > 2 ? RENDER((char *)e->in + 2, e->len - 2) : "");
	else if (is_data(e->reason))
		snprintf(out + n, size - n, " len=%zu %s", e->len, RENDER(e->in, e->len));
	else if (is_string(e->reason)) {
		size_t whole = e->in ? strlen(e->in) : 0;

		n += (size_t)snprintf(out + n, size - n, " %s", RENDER(e->in, whole));
		if (e->len != whole)
			snprintf(out + n, size - n, " len=%zu", e->len);
	} else if (e->reason == LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER)
		snprintf(out + n, size - n, " %s", e->in && e->len ? "room" : "no room");
	else if (!strstr(reason_name(e->reason), "DROP_PROTOCOL")) /* words for people there */
		snprintf(out + n, size - n, "%s%s", e->in ? " in" : "", e->len ? " len" : "");
}

static void print_event(event *e)
{
	char more[1400], what[64];

	if (is_writeable(e->reason) && !rig.show_writeable)
		return;
	if (is_poll(e->reason) && !rig.show_poll)
		return;
	if (e->reason == LWS_CALLBACK_RECEIVE_CLIENT_HTTP)
		return; /* as often as something can be read */
	snprintf(what, sizeof what, "%s @%s", reason_name(e->reason), e->proto);
	if (e->reason == LWS_CALLBACK_HTTP_BODY ||
	    e->reason == LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ || e->reason == LWS_CALLBACK_RAW_RX) {
		say_bytes(e->conn, what, e->in, e->len);
		return;
	}
	if (rig.sum_rx &&
	    (e->reason == LWS_CALLBACK_RECEIVE || e->reason == LWS_CALLBACK_CLIENT_RECEIVE)) {
		say_bytes(e->conn, what, e->in, e->len);
		if (lws_is_final_fragment(e->wsi) && !lws_remaining_packet_payload(e->wsi))
			say(e->conn, "  message ends, bin=%d", lws_frame_is_binary(e->wsi));
		return;
	}
	describe(e, more, sizeof more);
	say(e->conn, "%s%s", what, more);
}

static const char *conn_of(struct lws *wsi, int reason)
{
	if (is_global(reason) || !wsi)
		return GLOBAL;
	/* a listening socket, or the stand-in that speaks for a vhost */
	if ((reason == LWS_CALLBACK_WSI_DESTROY || reason >= LWS_CALLBACK_USER) && !label_known(wsi))
		return GLOBAL;
	return label(wsi);
}

/* ---- frames in one piece ---- */

static struct joined {
	struct lws *wsi;
	char *data;
	size_t len;
	bool first;
} joined[16];

static struct joined *joined_of(struct lws *wsi)
{
	for (size_t i = 0; i < LWS_ARRAY_SIZE(joined); i++)
		if (joined[i].wsi == wsi)
			return &joined[i];
	return wsi ? joined_of(NULL) : NULL;
}

/*
 * How a frame is cut into callbacks depends on how its bytes arrive. Scenarios
 * see it whole, unless they ask for the pieces: false while more is to come.
 */
static bool join(event *e)
{
	struct joined *j = joined_of(e->wsi);

	e->first = lws_is_first_fragment(e->wsi);
	if (rig.pieces || !j || (!j->wsi && !lws_remaining_packet_payload(e->wsi)))
		return true;
	if (!j->wsi) {
		j->wsi = e->wsi;
		j->first = e->first;
		j->len = 0;
	}
	j->data = realloc(j->data, j->len + e->len + 1);
	memcpy(j->data + j->len, e->in, e->len);
	j->len += e->len;
	if (lws_remaining_packet_payload(e->wsi))
		return false;
	e->in = j->data;
	e->len = j->len;
	e->first = j->first;
	j->wsi = NULL; /* the data stays until the place is taken again */
	return true;
}

static int dispatch(int index, struct lws *wsi, enum lws_callback_reasons reason, void *user,
                    void *in, size_t len)
{
	event e = {wsi,   reason, user, in, len, conn_of(wsi, reason), rig.protocols[index].name,
	           false};
	int answer;

	if ((reason == LWS_CALLBACK_RECEIVE || reason == LWS_CALLBACK_CLIENT_RECEIVE) && !join(&e))
		return 0;
	print_event(&e);
	answer = rig.hook ? rig.hook(&e) : PASS;
	if (answer == PASS)
		answer = rig.dummy ? lws_callback_http_dummy(wsi, reason, user, in, len) : 0;
	if (answer && is_writeable(reason) && !rig.show_writeable)
		say(e.conn, "%s @%s", reason_name(reason), e.proto);
	if (answer && reason != LWS_CALLBACK_RECEIVE_CLIENT_HTTP)
		say(e.conn, "  returns %d", answer);
	if (reason == LWS_CALLBACK_WSI_DESTROY) {
		struct joined *j = joined_of(wsi);

		if (j && j->wsi)
			j->wsi = NULL;
		if (label_known(wsi) && rig.until_ended && !--rig.until_ended)
			rig.hold = false;
		label_drop(wsi);
		if (!rig.stopping)
			wake(); /* so that serve() looks */
	}
	mark(reason_name(reason));
	return answer;
}

#define CB(n) \
	int cb##n(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len) \
	{ \
		return dispatch(n, wsi, reason, user, in, len); \
	}
CB(0)
CB(1)
CB(2)
CB(3)

/* ---- contexts ---- */

static void quiet(int level, const char *line)
{
	(void)level;
	(void)line;
}

static bool create(const struct lws_protocols *protocols, hook_fn hook)
{
	rig.protocols = protocols;
	rig.hook = hook;
	rig.info.protocols = protocols;
	rig.info.gid = rig.info.uid = -1;
	rig.info.pcontext = &rig.ctx;
	tls_info(&rig.info);
	if (rig.log)
		lws_set_log_level(LLL_ERR | LLL_WARN | LLL_NOTICE, rig.log);
	else if (!getenv("TRACE_LOG"))
		lws_set_log_level(0, quiet);
	else
		lws_set_log_level(atoi(getenv("TRACE_LOG")), NULL);
	rig.ctx = lws_create_context(&rig.info);
	if (!rig.ctx) {
		say(GLOBAL, "no context");
		return false;
	}
	return true;
}

bool server(const struct lws_protocols *protocols, hook_fn hook)
{
	struct lws_vhost *vh;

	if (!rig.info.iface)
		rig.info.iface = "127.0.0.1";
	rig.info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
	if (!create(protocols, hook))
		return false;
	vh = lws_get_vhost_by_name(rig.ctx, rig.info.vhost_name ? rig.info.vhost_name : "default");
	if (vh)
		rig.port = lws_get_vhost_listen_port(vh);
	return true;
}

bool server_v6(const struct lws_protocols *protocols, hook_fn hook)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
	bool v6 = fd >= 0 && !bind(fd, (void *)&a, sizeof a);
	struct lws_vhost *vh;

	if (fd >= 0)
		close(fd);
	if (!v6)
		say(GLOBAL, "no IPv6 here");
	if (!v6 || !create(protocols, hook))
		return false;
	vh = lws_get_vhost_by_name(rig.ctx, "default");
	if (vh)
		rig.port = lws_get_vhost_listen_port(vh);
	return true;
}

struct lws_vhost *second_vhost(const char *iface)
{
	struct lws_context_creation_info info = rig.info;

	info.vhost_name = "second";
	info.iface = iface;
	info.port = rig.port;
	return lws_create_vhost(rig.ctx, &info);
}

bool no_server(const struct lws_protocols *protocols, hook_fn hook)
{
	rig.info.port = CONTEXT_PORT_NO_LISTEN;
	return create(protocols, hook);
}

void serve(void)
{
	while (!rig.quit && (rig.hold || peers_running() || labels_live() > 0)) {
		if (lws_service(rig.ctx, 0) < 0) {
			say(GLOBAL, "lws_service negative");
			break;
		}
		run_job();
	}
}

void finish(void)
{
	serve();
	pthread_mutex_lock(&alive);
	rig.stopping = true;
	pthread_mutex_unlock(&alive);
	say(GLOBAL, "lws_context_destroy");
	lws_context_destroy(rig.ctx);
	say(GLOBAL, "context is %s", rig.ctx ? "left" : "gone");
}

/* ---- clients and writing ---- */

static struct lws *connecting;

struct lws_client_connect_info client_info(const char *path, const char *protocol)
{
	struct lws_client_connect_info i = {0};

	i.context = rig.ctx;
	i.address = "127.0.0.1";
	i.host = "trace.test";
	i.origin = "trace.test";
	i.port = rig.port;
	i.path = path;
	i.protocol = protocol;
	i.ietf_version_or_minus_one = -1;
	if (over_tls)
		i.ssl_connection = LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED;
	return i;
}

struct lws *client(const char *name, struct lws_client_connect_info *info)
{
	struct lws *made;

	connecting = NULL;
	if (!info->pwsi)
		info->pwsi = &connecting;
	rig.next_label = name;
	made = lws_client_connect_via_info(info);
	rig.next_label = NULL;
	say(name, "lws_client_connect_via_info: %s, pwsi %s", made ? "made" : "NULL",
	    *info->pwsi ? "set" : "NULL");
	if (made && strcmp(label(made), name))
		label_set(made, name);
	return made;
}

int put(event *e, const void *data, size_t n, enum lws_write_protocol how)
{
	unsigned char *buf = malloc(LWS_PRE + n + 1);
	int r;

	memcpy(buf + LWS_PRE, data, n);
	r = lws_write(e->wsi, buf + LWS_PRE, n, how);
	if (r != (int)n)
		say(e->conn, "  lws_write(%zu, %#x) is %d", n, (unsigned)how, r);
	memset(buf, 0xee, LWS_PRE + n);
	free(buf);
	return r;
}

int puts_ws(event *e, const char *text)
{
	return put(e, text, strlen(text), LWS_WRITE_TEXT);
}
