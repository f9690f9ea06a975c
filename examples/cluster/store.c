/* SPDX-License-Identifier: MIT
 *
 * Redis, in the same loop. A room is a stream: what is in it is what was said, in the one
 * order that all servers see. Two connections: one asks, the other hears what is new
 * (pub/sub), so that a server's work does not grow with the rooms that it is in, as a
 * blocking XREAD's list would. Pub/sub may lose: each announcement names the id before
 * its own, and who finds a hole reads the stream.
 */
#include "cluster.h"
#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <stdio.h>
#include <sys/socket.h>

#define SILENCE_MS 5000 /* without our own beat: Redis, or the way there, hangs */

/* Said once, whoever asks how often: the key is remembered in the same step. */
static const char say_script[] =
	"local id = redis.call('GET', KEYS[2]) "
	"if id then return id end "
	"local l = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1) "
	"local prev = l[1] and l[1][1] or '0-0' "
	"id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'm', ARGV[1]) "
	"redis.call('SET', KEYS[2], id, 'EX', ARGV[3]) "
	"redis.call('EXPIRE', KEYS[1], ARGV[4]) "
	"redis.call('PUBLISH', KEYS[1], 'm ' .. prev .. ' ' .. id .. ' ' .. ARGV[1]) "
	"return id";

/* How many people each server has; who has not said so for 30 s is dead. */
static const char here_script[] =
	"local t, sum = tonumber(redis.call('TIME')[1]), 0 "
	"if ARGV[2] == '0' then redis.call('HDEL', KEYS[1], ARGV[1]) "
	"else redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. t) end "
	"local all = redis.call('HGETALL', KEYS[1]) "
	"for i = 1, #all, 2 do "
	"  local n, at = string.match(all[i + 1], '^(%d+) (%d+)$') "
	"  if n and t - at > 30 then redis.call('HDEL', KEYS[1], all[i]) "
	"  elseif n then sum = sum + n end "
	"end "
	"if redis.call('HGET', KEYS[1], '=') ~= tostring(sum) then "
	"  redis.call('HSET', KEYS[1], '=', sum) "
	"  redis.call('PUBLISH', KEYS[2], 'h ' .. sum) "
	"end "
	"redis.call('EXPIRE', KEYS[1], 60) "
	"return sum";

/* libuv tells of an error by its status alone; hiredis finds it when it reads. (Debian 12's
 * hiredis/adapters/libuv.h passes it over, and a connection that was refused hangs.) */
struct watch {
	uv_poll_t poll;
	redisAsyncContext *ac;
	int events;
};

static redisAsyncContext *cmd, *sub;
static uv_timer_t timer;
static char say_sha[41], here_sha[41];
static int up, hears, closing;
static uint16_t tries;
static uint64_t again_at, heard_at, said_at;
static unsigned flight;

static void on_event(uv_poll_t *h, int status, int events)
{
	struct watch *w = h->data;

	if (w->ac && (status < 0 || events & UV_READABLE))
		redisAsyncHandleRead(w->ac);
	if (w->ac && status == 0 && events & UV_WRITABLE)
		redisAsyncHandleWrite(w->ac);
}

static void watch(struct watch *w, int events)
{
	w->events = events;
	if (events)
		uv_poll_start(&w->poll, events, on_event);
	else
		uv_poll_stop(&w->poll);
}

static void add_read(void *p) { watch(p, ((struct watch *)p)->events | UV_READABLE); }
static void del_read(void *p) { watch(p, ((struct watch *)p)->events & ~UV_READABLE); }
static void add_write(void *p) { watch(p, ((struct watch *)p)->events | UV_WRITABLE); }
static void del_write(void *p) { watch(p, ((struct watch *)p)->events & ~UV_WRITABLE); }
static void closed(uv_handle_t *h) { free(h->data); }

static void cleanup(void *p)
{
	struct watch *w = p;

	w->ac = NULL;
	uv_close((uv_handle_t *)&w->poll, closed);
}

/* lost: what is under way is answered with NULL, which hiredis does. */
static void lost(const redisAsyncContext *gone, const char *why)
{
	static const uint32_t delays[] = { 50, 100, 250, 500, 1000, 2000 };
	static const lws_retry_bo_t policy = { delays, LWS_ARRAY_SIZE(delays), LWS_RETRY_CONCEAL_ALWAYS, 0, 0, 50 };
	redisAsyncContext *c = cmd, *s = sub;
	unsigned wait = closing ? 0 : lws_retry_get_delay_ms(context, &policy, &tries, NULL);

	cmd = sub = NULL;
	hears = 0;
	again_at = uv_now(&loop) + wait;
	if (!closing && (up || tries % 16 == 1))
		lwsl_warn("redis: %s; again in %u ms\n", why, wait);
	if (up) {
		up = 0;
		rooms_down();
	}
	if (c && c != gone)
		redisAsyncFree(c);
	if (s && s != gone)
		redisAsyncFree(s);
}

static void on_disconnect(const redisAsyncContext *ac, int status)
{
	if (ac == cmd || ac == sub)
		lost(ac, status == REDIS_OK ? "closed" : ac->errstr);
}

static void check_up(void)
{
	if (up || !hears || !say_sha[0] || !here_sha[0])
		return;
	up = 1;
	tries = 0;
	lwsl_user("redis: connected\n");
	rooms_up();
}

/* on_script: Redis has a script, and names it. So too when it is loading its data, or
 * wants a password: then it is an error. */
static void on_script(redisAsyncContext *ac, void *r, void *arg)
{
	redisReply *reply = r;

	if (!reply || ac != cmd)
		return;
	if (reply->type != REDIS_REPLY_STRING || reply->len != 40) {
		lost(NULL, reply->str ? reply->str : "no script");
		return;
	}
	memcpy(arg, reply->str, 41);
	check_up();
}

static void load_scripts(void)
{
	redisAsyncCommand(cmd, on_script, say_sha, "SCRIPT LOAD %s", say_script);
	redisAsyncCommand(cmd, on_script, here_sha, "SCRIPT LOAD %s", here_script);
}

/* word: the next of words that have a space behind them. */
static const char *word(const char **s, const char *end, size_t *len)
{
	const char *from = *s, *space = memchr(from, ' ', (size_t)(end - from));

	if (!space)
		return NULL;
	*len = (size_t)(space - from);
	*s = space + 1;
	return from;
}

static void on_message(const char *room, const char *s, size_t size)
{
	const char *end = s + size, *w;
	struct sid prev, id;
	size_t len;

	w = word(&s, end, &len);
	if (!w || len != 1)
		return;
	if (*w == 'h') {
		room_here(room, (unsigned)atoi(s));
		return;
	}
	w = word(&s, end, &len);
	if (!w || sid_read(w, len, &prev))
		return;
	w = word(&s, end, &len);
	if (w && !sid_read(w, len, &id))
		room_feed(room, prev, id, s, (size_t)(end - s));
}

static void on_feed(redisAsyncContext *ac, void *r, void *arg)
{
	redisReply *reply = r, **e;
	const char *room;

	(void)arg;
	if (!reply || ac != sub)
		return;
	e = reply->element;
	if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 3 || !e[0]->str || !e[1]->str) {
		lost(NULL, reply->str ? reply->str : "no feed");
		return;
	}
	room = strncmp(e[1]->str, "chat:{", 6) ? NULL : e[1]->str + 6;
	if (room && *room)
		e[1]->str[strlen(e[1]->str) - 1] = 0; /* the other brace */
	if (!room) { /* our beat */
		heard_at = uv_now(&loop);
		if (!hears) {
			hears = 1;
			check_up();
		}
	} else if (!strcmp(e[0]->str, "message") && e[2]->str)
		on_message(room, e[2]->str, (size_t)e[2]->len);
	else
		room_subscribed(room, !strcmp(e[0]->str, "subscribe"));
}

static void on_auth(redisAsyncContext *ac, void *r, void *arg)
{
	redisReply *reply = r;

	(void)arg;
	if (reply && reply->type == REDIS_REPLY_ERROR && (ac == cmd || ac == sub))
		lost(NULL, reply->str);
}

static void on_connect(const redisAsyncContext *ac, int status)
{
	const char *password = getenv("REDIS_PASSWORD");

	if (ac != cmd && ac != sub)
		return;
	if (status != REDIS_OK) {
		lost(ac, ac->errstr);
		return;
	}
	if (password)
		redisAsyncCommand((redisAsyncContext *)ac, on_auth, NULL, "AUTH %s", password);
	if (ac == sub) /* stays subscribed, or hiredis would take the connection for one that asks */
		redisAsyncCommand(sub, on_feed, NULL, "SUBSCRIBE chat:beat:%s", settings.id);
	else
		load_scripts();
}

static redisAsyncContext *dial(void)
{
	redisAsyncContext *ac = settings.redis_path ? redisAsyncConnectUnix(settings.redis_path)
						    : redisAsyncConnect(settings.redis_host, settings.redis_port);
	struct watch *w = calloc(1, sizeof *w);

	if (ac && !ac->err && w && !uv_poll_init(&loop, &w->poll, ac->c.fd)) {
		w->poll.data = w;
		w->ac = ac;
		ac->ev.data = w;
		ac->ev.addRead = add_read;
		ac->ev.delRead = del_read;
		ac->ev.addWrite = add_write;
		ac->ev.delWrite = del_write;
		ac->ev.cleanup = cleanup;
		redisAsyncSetConnectCallback(ac, on_connect);
		redisAsyncSetDisconnectCallback(ac, on_disconnect);
		redisEnableKeepAlive(&ac->c);
		return ac;
	}
	free(w);
	if (ac)
		redisAsyncFree(ac);
	return NULL;
}

static void tick(uv_timer_t *t)
{
	uint64_t now = uv_now(&loop);

	(void)t;
	if (!cmd) {
		if (now < again_at)
			return;
		say_sha[0] = here_sha[0] = 0;
		heard_at = said_at = now;
		cmd = dial();
		sub = cmd ? dial() : NULL;
		if (!sub)
			lost(NULL, "no connection");
		return;
	}
	if (now - heard_at > SILENCE_MS)
		lost(NULL, "silent");
	else if (hears && now - said_at >= 1000) {
		said_at = now;
		redisAsyncCommand(cmd, NULL, NULL, "PUBLISH chat:beat:%s .", settings.id);
	}
}

void store_open(void)
{
	uv_timer_init(&loop, &timer);
	uv_timer_start(&timer, tick, 0, 50);
}

void store_close(void)
{
	closing = 1;
	lost(NULL, "the end");
	uv_close((uv_handle_t *)&timer, NULL);
}

int store_up(void)
{
	return up;
}

static void on_said(redisAsyncContext *ac, void *r, void *arg)
{
	static uint64_t told;
	struct request *q = arg;
	redisReply *reply = r;

	flight--;
	if (reply && reply->type == REDIS_REPLY_STRING) {
		session_answer(q, reply->str, NULL);
		return;
	}
	session_answer(q, NULL, reply ? "refused" : "down");
	if (!reply || ac != cmd)
		return;
	if (reply->str && !strncmp(reply->str, "NOSCRIPT", 8)) {
		load_scripts(); /* somebody has had them thrown away */
	} else if (reply->str && !strncmp(reply->str, "READONLY", 8)) {
		lost(NULL, reply->str); /* this one is no master any more */
	} else if (uv_now(&loop) - told > 5000) {
		told = uv_now(&loop);
		lwsl_err("redis: refuses messages: %s\n", reply->str ? reply->str : "?");
	}
}

/* store_publish: NULL, or why not. Either way the message may have been said before. */
const char *store_publish(struct request *q, const char *who, const char *body, size_t len)
{
	if (!up)
		return "down";
	if (flight >= MAX_FLIGHT)
		return "busy";
	if (redisAsyncCommand(cmd, on_said, q, "EVALSHA %s 2 chat:{%s} chat:{%s}:key:%s:%s %b %d %d %d", say_sha, q->room,
			      q->room, who, q->key, body, len, settings.keep_messages, settings.dedupe_seconds,
			      settings.keep_seconds) != REDIS_OK)
		return "down";
	flight++;
	return NULL;
}

struct question {
	struct sid from;
	char room[MAX_WORD + 1];
	unsigned n;
	store_page_cb page;
	store_back_cb back;
	void *arg;
};

static struct question *ask(const char *room, void *arg)
{
	struct question *q = up ? calloc(1, sizeof *q) : NULL;

	if (q) {
		lws_strncpy(q->room, room, sizeof q->room);
		q->arg = arg;
	}
	return q;
}

/* entry: one of a stream, [id, [name, value]]; its text may be none of ours. */
static int entry(const redisReply *e, struct sid *id, const redisReply **body)
{
	if (e->type != REDIS_REPLY_ARRAY || e->elements != 2 || !e->element[0]->str ||
	    sid_read(e->element[0]->str, (size_t)e->element[0]->len, id))
		return -1;
	*body = NULL;
	if (e->element[1]->type == REDIS_REPLY_ARRAY && e->element[1]->elements == 2 && e->element[1]->element[1]->str)
		*body = e->element[1]->element[1];
	return 0;
}

static int good(redisAsyncContext *ac, redisReply *reply)
{
	if (reply && reply->type == REDIS_REPLY_ARRAY)
		return 1;
	if (reply && ac == cmd)
		lost(NULL, reply->str ? reply->str : "no list");
	return 0;
}

static void on_page(redisAsyncContext *ac, void *r, void *arg)
{
	static const char none[] = "\"from\":\"\",\"text\":\"\"";
	struct question *q = arg;
	redisReply *reply = r;
	const redisReply *body;
	struct msg *m[PAGE];
	struct sid id;
	unsigned n = 0;
	size_t i;
	int failed = !good(ac, reply), gap = q->from.ms || q->from.n;

	for (i = 0; !failed && i < reply->elements && n < PAGE; i++) {
		if (entry(reply->element[i], &id, &body))
			continue;
		if (!sid_cmp(id, q->from)) {
			gap = 0; /* what the client has last is there, so all behind it is */
			continue;
		}
		m[n] = body && body->len ? msg_make(q->room, id, body->str, (size_t)body->len)
					 : msg_make(q->room, id, none, sizeof none - 1);
		if (!m[n])
			failed = 1;
		else
			n++;
	}
	q->page(q->arg, failed, (const struct msg *const *)m, n, gap);
	free(q);
}

/* store_page: the messages behind an id, which are the callback's. */
int store_page(const char *room, struct sid from, store_page_cb cb, void *arg)
{
	struct question *q = ask(room, arg);

	if (!q)
		return -1;
	q->from = from;
	q->page = cb;
	if (redisAsyncCommand(cmd, on_page, q, "XRANGE chat:{%s} %llu-%llu + COUNT %d", room, (unsigned long long)from.ms,
			      (unsigned long long)from.n, PAGE + 1) == REDIS_OK)
		return 0;
	free(q);
	return -1;
}

static void on_back(redisAsyncContext *ac, void *r, void *arg)
{
	struct question *q = arg;
	redisReply *reply = r;
	const redisReply *body;
	struct sid id = { 0, 0 };
	int failed = !good(ac, reply);

	if (!failed && reply->elements > q->n && entry(reply->element[q->n], &id, &body))
		failed = 1;
	q->back(q->arg, failed, id);
	free(q);
}

/* store_back: the id of the message that has n newer ones, 0-0 if there is none. */
int store_back(const char *room, unsigned n, store_back_cb cb, void *arg)
{
	struct question *q = ask(room, arg);

	if (!q)
		return -1;
	q->n = n;
	q->back = cb;
	if (redisAsyncCommand(cmd, on_back, q, "XREVRANGE chat:{%s} + - COUNT %u", room, n + 1) == REDIS_OK)
		return 0;
	free(q);
	return -1;
}

void store_subscribe(const char *room, int on)
{
	redisAsyncCommand(sub, on ? on_feed : NULL, NULL, on ? "SUBSCRIBE chat:{%s}" : "UNSUBSCRIBE chat:{%s}", room);
}

static void on_here(redisAsyncContext *ac, void *r, void *arg)
{
	struct question *q = arg;
	redisReply *reply = r;

	(void)ac;
	if (reply && reply->type == REDIS_REPLY_INTEGER)
		room_here(q->room, (unsigned)reply->integer);
	free(q);
}

void store_here(const char *room, unsigned n)
{
	struct question *q = ask(room, NULL);

	if (q && redisAsyncCommand(cmd, on_here, q, "EVALSHA %s 2 chat:{%s}:here chat:{%s} %s %u", here_sha, room, room,
				   settings.id, n) != REDIS_OK)
		free(q);
}
