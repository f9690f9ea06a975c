/* SPDX-License-Identifier: MIT
 *
 * Clients of the chat, many in a process: each comes back after a failure, a little later
 * each time (lws_retry), with the id that it has last, and says again what was not
 * acknowledged, under the same key. They check each other: everybody is to have every
 * message once, in one order.
 *
 *	client --to HOST:PORT [--clients 200] [--each 50] [--every 100] [--room r] …
 *
 * --no-resume and --new-keys leave out one half of that, to see that it is needed.
 */
#include "cluster.h"
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

struct client {
	struct lws *wsi;
	lws_sorted_usec_list_t again, talk;
	uint16_t tries;
	unsigned index, said, connections; /* said: acknowledged */
	unsigned keys;			   /* of --new-keys */
	struct sid last;
	uint64_t order; /* a sum over all that it has, in its order */
	unsigned had, *next; /* of each sender */
	int in, ready, hello, asked, under_way, done;
	char rx[MAX_FRAME];
	size_t rx_len;
};

static const uint32_t delays[] = { 100, 200, 400, 800, 1500, 2000 };
static const lws_retry_bo_t policy = { delays, LWS_ARRAY_SIZE(delays), LWS_RETRY_CONCEAL_ALWAYS, 20, 30, 50 };

static struct lws_context *cx;
static struct client *clients;
static const char *host = "127.0.0.1", *room = "r", *run = "a";
static int port = 7681, tls, resume = 1, same_keys = 1, idle_ms;
static unsigned count = 200, first, total, each = 50, every_ms = 100, done, step;
static uint64_t had, doubles, missing, disorder, gaps;
static lws_usec_t heard;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(cx);
}

static void dial(lws_sorted_usec_list_t *sul)
{
	struct client *c = lws_container_of(sul, struct client, again);
	struct lws_client_connect_info i;

	memset(&i, 0, sizeof i);
	i.context = cx;
	i.address = i.host = i.origin = host;
	i.port = port;
	i.path = "/chat";
	i.protocol = "cluster-chat";
	i.userdata = c;
	i.pwsi = &c->wsi;
	i.retry_and_idle_policy = &policy;
	if (tls)
		i.ssl_connection = LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED | LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
	if (!lws_client_connect_via_info(&i) && lws_dll2_is_detached(&c->again.list))
		lws_retry_sul_schedule(cx, 0, &c->again, &policy, dial, &c->tries);
}

static void lost(struct client *c, struct lws *wsi)
{
	c->wsi = NULL;
	c->in = c->ready = c->hello = c->asked = c->under_way = 0;
	c->rx_len = 0;
	lws_sul_cancel(&c->talk);
	if (!stopped && lws_dll2_is_detached(&c->again.list))
		lws_retry_sul_schedule_retry_wsi(wsi, &c->again, dial, &c->tries);
}

static void talk(lws_sorted_usec_list_t *sul)
{
	struct client *c = lws_container_of(sul, struct client, talk);

	c->ready = 1;
	if (c->wsi)
		lws_callback_on_writable(c->wsi);
}

static void later(struct client *c, unsigned ms)
{
	if (c->said < each)
		lws_sul_schedule(cx, 0, &c->talk, talk, (lws_usec_t)ms * LWS_US_PER_MS);
}

static void check_done(struct client *c)
{
	if (!c->done && c->had >= total * each && c->said >= each) {
		c->done = 1;
		done++;
	}
}

/* message: "sender number", which is to be the sender's next. */
static void message(struct client *c, const char *id, const char *text)
{
	unsigned from = 0, n = 0;
	struct sid is;
	const char *p;

	heard = lws_now_usecs();
	if (sid_read(id, strlen(id), &is) || sscanf(text, "%u %u", &from, &n) != 2 || from >= total || n >= each) {
		printf("BAD message %s: %s\n", id, text);
		return;
	}
	if (sid_cmp(is, c->last) <= 0)
		disorder++;
	c->last = is;
	for (p = text; *p; p++)
		c->order = (c->order ^ (unsigned char)*p) * 1099511628211u;
	if (n < c->next[from]) {
		doubles++;
		return;
	}
	missing += n - c->next[from];
	c->had += n - c->next[from] + 1;
	c->next[from] = n + 1;
	if (++had * 10 >= (uint64_t)count * total * each * (step + 1)) {
		printf("PROGRESS %u\n", ++step * 10);
		fflush(stdout);
	}
	check_done(c);
}

static void heard_of(struct client *c, const char *in, size_t len)
{
	char t[16] = "", id[48] = "", key[MAX_WORD + 1] = "", text[MAX_TEXT + 1] = "", why[64] = "";
	struct member m[] = {
		{ "t", t, sizeof t, 0, 0 },	{ "id", id, sizeof id, 0, 0 },	  { "key", key, sizeof key, 0, 0 },
		{ "text", text, sizeof text, 0, 0 }, { "why", why, sizeof why, 0, 0 },
	};
	const char *bad = json_read(in, len, m, LWS_ARRAY_SIZE(m));

	if (bad) {
		printf("BAD JSON (%s): %.*s\n", bad, (int)len, in);
	} else if (!strcmp(t, "joined")) {
		c->in = 1;
		c->tries = 0;
		later(c, 1);
	} else if (!strcmp(t, "msg")) {
		message(c, id, text);
	} else if (!strcmp(t, "gap")) {
		gaps++;
	} else if (!strcmp(t, "ack") && c->under_way) {
		c->under_way = 0;
		c->said++;
		later(c, every_ms / 2 + (c->index * 7919 + c->said * 104729) % (every_ms + 1));
		check_done(c);
	} else if (!strcmp(t, "nak")) {
		c->under_way = 0;
		later(c, 200);
	} else if (!strcmp(t, "refused")) {
		c->asked = 0; /* by the next PONG or message at the latest; here at once */
		lws_set_timer_usecs(c->wsi, 200 * LWS_US_PER_MS);
	}
}

static int write_text(struct client *c, const char *form, ...) LWS_FORMAT(2);
static int write_text(struct client *c, const char *form, ...)
{
	unsigned char buf[LWS_PRE + 512];
	va_list list;
	int n;

	va_start(list, form);
	n = vsnprintf((char *)buf + LWS_PRE, 512, form, list);
	va_end(list);
	lws_callback_on_writable(c->wsi);
	return lws_write(c->wsi, buf + LWS_PRE, (size_t)n, LWS_WRITE_TEXT) < n ? -1 : 0;
}

static int writeable(struct client *c)
{
	if (!c->hello) {
		c->hello = 1;
		return write_text(c, "{\"t\":\"hello\",\"who\":\"%s-%u\",\"name\":\"client %u\"}", run, first + c->index,
				  first + c->index);
	}
	if (!c->asked) {
		c->asked = 1;
		if (!resume && c->connections > 1)
			return write_text(c, "{\"t\":\"join\",\"room\":\"%s\",\"last\":\"$\"}", room);
		return write_text(c, "{\"t\":\"join\",\"room\":\"%s\",\"last\":\"%llu-%llu\"}", room,
				  (unsigned long long)c->last.ms, (unsigned long long)c->last.n);
	}
	if (!c->in || !c->ready || c->under_way || c->said >= each)
		return 0;
	c->ready = 0;
	c->under_way = 1;
	return write_text(c, "{\"t\":\"say\",\"room\":\"%s\",\"key\":\"%u\",\"text\":\"%u %u\"}", room,
			  same_keys ? c->said : c->keys++, first + c->index, c->said);
}

static int receive(struct client *c, const char *in, size_t len)
{
	if (c->rx_len + len > sizeof c->rx) {
		printf("BAD message of more than %zu bytes\n", sizeof c->rx);
		return -1;
	}
	memcpy(c->rx + c->rx_len, in, len);
	c->rx_len += len;
	if (lws_is_final_fragment(c->wsi) && !lws_remaining_packet_payload(c->wsi)) {
		heard_of(c, c->rx, c->rx_len);
		c->rx_len = 0;
	}
	return 0;
}

static int callback_client(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct client *c = user;

	switch (reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		c->wsi = wsi;
		c->connections++;
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_TIMER:
	case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		return writeable(c);
	case LWS_CALLBACK_CLIENT_RECEIVE:
		return receive(c, in, len);
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP: /* so.17: no answer to the handshake in time */
	case LWS_CALLBACK_CLIENT_CLOSED:
		if (c)
			lost(c, wsi);
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "cluster-chat", callback_client, 0, 4096, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static int options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "to", 1, NULL, 't' }, { "clients", 1, NULL, 'c' }, { "first", 1, NULL, 'f' }, { "total", 1, NULL, 'T' },
		{ "each", 1, NULL, 'e' }, { "every", 1, NULL, 'v' }, { "room", 1, NULL, 'r' }, { "run", 1, NULL, 'u' },
		{ "tls", 0, NULL, 'l' }, { "no-resume", 0, NULL, 'R' }, { "new-keys", 0, NULL, 'K' },
		{ "idle", 1, NULL, 'i' }, { NULL, 0, NULL, 0 },
	};
	char *colon;
	int o;

	while ((o = getopt_long(argc, argv, "", known, NULL)) >= 0)
		switch (o) {
		case 't':
			colon = strrchr(optarg, ':');
			if (!colon)
				return 2;
			*colon = 0;
			host = optarg;
			port = atoi(colon + 1);
			break;
		case 'c': count = (unsigned)atoi(optarg); break;
		case 'f': first = (unsigned)atoi(optarg); break;
		case 'T': total = (unsigned)atoi(optarg); break;
		case 'e': each = (unsigned)atoi(optarg); break;
		case 'v': every_ms = (unsigned)atoi(optarg); break;
		case 'i': idle_ms = atoi(optarg); break;
		case 'r': room = optarg; break;
		case 'u': run = optarg; break;
		case 'l': tls = 1; break;
		case 'R': resume = 0; break;
		case 'K': same_keys = 0; break;
		default: return 2;
		}
	if (!total)
		total = first + count;
	return 0;
}

/* over: all have all; or, where that cannot be, nothing comes any more. */
static int over(void)
{
	unsigned i;

	if (stopped || done == count)
		return 1;
	if (!idle_ms || lws_now_usecs() - heard < (lws_usec_t)idle_ms * LWS_US_PER_MS)
		return 0;
	for (i = 0; i < count && clients[i].said >= each; i++)
		;
	return i == count;
}

static void tick(lws_sorted_usec_list_t *sul)
{
	lws_sul_schedule(cx, 0, sul, tick, 100 * LWS_US_PER_MS); /* for over() */
}

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	lws_sorted_usec_list_t ticks;
	unsigned i, orders = 1, again = 0;
	uint64_t left = 0;

	if (options(argc, argv)) {
		fprintf(stderr, "usage: client --to HOST:PORT [--clients N --each N --every MS --room R --run WORD]\n"
			"  [--first N --total N]  when several processes share the senders' numbers\n"
			"  [--tls] [--no-resume] [--new-keys] [--idle MS]\n");
		return 2;
	}
	clients = calloc(count, sizeof *clients);
	memset(&info, 0, sizeof info);
	memset(&ticks, 0, sizeof ticks);
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	if (tls)
		info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	lws_set_log_level(LLL_ERR | LLL_USER, NULL);
	cx = clients ? lws_create_context(&info) : NULL;
	if (!cx)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	heard = lws_now_usecs();
	for (i = 0; i < count; i++) {
		clients[i].index = i;
		clients[i].next = calloc(total, sizeof *clients[i].next);
		if (!clients[i].next)
			return 1;
		lws_sul_schedule(cx, 0, &clients[i].again, dial, 1 + i * 500);
	}
	tick(&ticks);
	while (!over() && lws_service(cx, 0) >= 0)
		;
	stopped = 1;
	for (i = 0; i < count; i++) {
		again += clients[i].connections ? clients[i].connections - 1 : 0;
		left += (uint64_t)total * each - (clients[i].had < total * each ? clients[i].had : total * each);
		orders += i && clients[i].order != clients[0].order;
	}
	printf("END done %u had %llu doubles %llu missing %llu disorder %llu gaps %llu orders %u reconnects %u\n", done,
	       (unsigned long long)had, (unsigned long long)doubles, (unsigned long long)(missing + left),
	       (unsigned long long)disorder, (unsigned long long)gaps, orders, again);
	fflush(stdout);
	lws_context_destroy(cx);
	for (i = 0; i < count; i++)
		free(clients[i].next);
	free(clients);
	return 0;
}
