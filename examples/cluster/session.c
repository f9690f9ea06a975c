/* SPDX-License-Identifier: MIT
 *
 * A client's connection. It says JSON objects, all of whose members are strings:
 *
 *	hello	who (a secret word, the same each time it comes), name
 *	join	room, last: the id up to which it has everything, "0" for all that there is,
 *		"$" for what comes, nothing for the last messages
 *	leave	room
 *	say	room, key (a word, new for each message, the same when it is sent again), text
 *
 * and hears welcome, joined, msg, here, gap, ack, nak and refused.
 */
#include "cluster.h"
#include <stdarg.h>
#include <stdio.h>

#define HELLO_S 15   /* until somebody has said who it is */
#define CLOSING_S 5  /* for a client to take its close frame */
#define BURST_S 2    /* seconds' worth of messages at a time */
#define PATIENCE_S 10 /* seconds' worth too many, then it is closed */

struct reply {
	lws_dll2_t list;
	size_t len;
	unsigned char data[];
};

struct session {
	lws_dll2_t list;
	lws_dll2_owner_t places, requests, replies;
	struct lws *wsi;
	char who[MAX_WORD + 1], name[MAX_NAME + 1], peer[46];
	char *rx; /* what has come of a message in pieces */
	size_t rx_len;
	double tokens;
	lws_usec_t at;
	enum lws_close_status closing;
	const char *why;
	int stopped;
};

lws_dll2_owner_t sessions;
uint64_t messages_sent;

void session_wake(struct session *s)
{
	lws_callback_on_writable(s->wsi);
}

void session_close(struct session *s, enum lws_close_status code, const char *why)
{
	if (s->closing)
		return;
	if (code != LWS_CLOSE_STATUS_GOINGAWAY)
		lwsl_user("%s: closed: %s\n", s->peer, why);
	s->closing = code;
	s->why = why;
	lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_OK, CLOSING_S);
	session_wake(s);
}

/* sessions_leave: sends so many elsewhere, but none with a message under way. */
int sessions_leave(unsigned count)
{
	struct session *s;

	lws_start_foreach_dll(struct lws_dll2 *, d, lws_dll2_get_head(&sessions)) {
		s = lws_container_of(d, struct session, list);
		if (count && !s->closing && !s->requests.count) {
			count--;
			session_close(s, LWS_CLOSE_STATUS_GOINGAWAY, "this server ends");
		}
	} lws_end_foreach_dll(d);
	return (int)sessions.count;
}

static void reply(struct session *s, const char *form, ...)
{
	struct reply *r = calloc(1, sizeof *r + LWS_PRE + 512);
	va_list list;

	if (!r || s->replies.count >= MAX_REPLIES) {
		free(r);
		session_close(s, LWS_CLOSE_STATUS_POLICY_VIOLATION, "answers are not read");
		return;
	}
	va_start(list, form);
	r->len = (size_t)vsnprintf((char *)r->data + LWS_PRE, 512, form, list);
	va_end(list);
	lws_dll2_add_tail(&r->list, &s->replies);
	if (s->replies.count > MAX_REPLIES / 2 && !s->stopped) {
		s->stopped = 1;
		lws_rx_flow_control(s->wsi, 0); /* until it has read some */
	}
	session_wake(s);
}

static void nak(struct session *s, const char *room, const char *key, const char *why)
{
	reply(s, "{\"t\":\"nak\",\"room\":\"%s\",\"key\":\"%s\",\"why\":\"%s\"}", room, key, why);
}

/* session_answer: Redis has a message, under an id, or it may have. */
void session_answer(struct request *q, const char *id, const char *why)
{
	if (q->session) {
		lws_dll2_remove(&q->list);
		if (id)
			reply(q->session, "{\"t\":\"ack\",\"room\":\"%s\",\"key\":\"%s\",\"id\":\"%.40s\"}", q->room, q->key, id);
		else
			nak(q->session, q->room, q->key, why);
	}
	free(q);
}

static struct place *place_in(struct session *s, const char *room)
{
	struct place *p;

	lws_start_foreach_dll(struct lws_dll2 *, d, lws_dll2_get_head(&s->places)) {
		p = lws_container_of(d, struct place, of_session);
		if (!strcmp(p->room->name, room))
			return p;
	} lws_end_foreach_dll(d);
	return NULL;
}

static void leave(struct place *p)
{
	lws_dll2_remove(&p->of_session);
	place_end(p);
}

/* session_joined: the client hears of what is said from now on. */
void session_joined(struct place *p)
{
	reply(p->session, "{\"t\":\"joined\",\"room\":\"%s\"}", p->room->name);
}

static void join(struct session *s, const char *room, const char *last)
{
	const char *why = "too many rooms";
	struct place *p = place_in(s, room);

	if (p)
		leave(p);
	p = s->places.count < MAX_PLACES ? place_make(s, room, last, &why) : NULL;
	if (!p) {
		reply(s, "{\"t\":\"refused\",\"room\":\"%s\",\"why\":\"%s\"}", room, why);
		return;
	}
	lws_dll2_add_tail(&p->of_session, &s->places);
	if (!p->start)
		session_joined(p); /* else when it is known where it begins */
}

static void say(struct session *s, const char *room, const char *key, const char *text, size_t len)
{
	struct request *q = NULL;
	const char *why = NULL;
	char body[2 * (MAX_NAME + MAX_TEXT) + 64];
	size_t n;

	if (!place_in(s, room))
		why = "not in the room";
	else if (s->requests.count >= MAX_CLIENT_FLIGHT)
		why = "busy";
	else {
		n = (size_t)snprintf(body, sizeof body, "\"from\":\"");
		n += json_write(body + n, s->name, strlen(s->name));
		n += (size_t)snprintf(body + n, sizeof body - n, "\",\"text\":\"");
		n += json_write(body + n, text, len);
		body[n++] = '"';
		q = calloc(1, sizeof *q);
		if (q) {
			lws_strncpy(q->room, room, sizeof q->room);
			lws_strncpy(q->key, key, sizeof q->key);
			q->session = s;
			why = store_publish(q, s->who, body, n);
		} else
			why = "memory";
	}
	if (!why) {
		lws_dll2_add_tail(&q->list, &s->requests);
		return;
	}
	free(q);
	nak(s, room, key, why);
}

/* pay: whether the client may have one thing more done. */
static int pay(struct session *s)
{
	lws_usec_t now = lws_now_usecs();
	double most = settings.rate * BURST_S;

	s->tokens += (double)(now - s->at) * settings.rate / 1e6;
	s->at = now;
	if (s->tokens > most)
		s->tokens = most;
	s->tokens -= 1;
	if (s->tokens < -settings.rate * PATIENCE_S)
		session_close(s, LWS_CLOSE_STATUS_POLICY_VIOLATION, "too fast");
	return s->tokens >= 0;
}

static void message(struct session *s, const char *in, size_t len)
{
	char t[16] = "", room[MAX_WORD + 1] = "", key[MAX_WORD + 1] = "", last[48] = "", who[MAX_WORD + 1] = "";
	char name[MAX_NAME + 1] = "", text[MAX_TEXT + 1] = "";
	struct member m[] = {
		{ "t", t, sizeof t, 0, 0 },	   { "room", room, sizeof room, 0, 0 },
		{ "key", key, sizeof key, 0, 0 },  { "text", text, sizeof text, 0, 0 },
		{ "last", last, sizeof last, 0, 0 }, { "who", who, sizeof who, 0, 0 },
		{ "name", name, sizeof name, 0, 0 },
	};
	const char *why = json_read(in, len, m, LWS_ARRAY_SIZE(m));
	int paid = pay(s);
	struct place *p;

	if (why) {
		session_close(s, LWS_CLOSE_STATUS_POLICY_VIOLATION, why);
	} else if (!strcmp(t, "hello") && word_ok(who) && *name && !*s->who) {
		lws_strncpy(s->who, who, sizeof s->who);
		lws_strncpy(s->name, name, sizeof s->name);
		lws_set_timer_usecs(s->wsi, LWS_SET_TIMER_USEC_CANCEL);
		reply(s, "{\"t\":\"welcome\",\"server\":\"%s\"}", settings.id);
	} else if (!*s->who || !word_ok(room)) {
		session_close(s, LWS_CLOSE_STATUS_POLICY_VIOLATION, *s->who ? "a bad room" : "no hello");
	} else if (!strcmp(t, "say") && word_ok(key) && m[3].len) {
		if (paid)
			say(s, room, key, text, m[3].len);
		else
			nak(s, room, key, "too fast");
	} else if (!strcmp(t, "join")) {
		if (paid)
			join(s, room, last);
		else
			reply(s, "{\"t\":\"refused\",\"room\":\"%s\",\"why\":\"too fast\"}", room);
	} else if (!strcmp(t, "leave")) {
		p = place_in(s, room);
		if (p)
			leave(p);
	} else
		session_close(s, LWS_CLOSE_STATUS_POLICY_VIOLATION, "not understood");
}

static void receive(struct session *s, const char *in, size_t len)
{
	int whole = lws_is_final_fragment(s->wsi) && !lws_remaining_packet_payload(s->wsi);

	if (s->closing)
		return;
	if (lws_frame_is_binary(s->wsi)) {
		session_close(s, LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE, "text, please");
		return;
	}
	if (s->rx_len + len > MAX_FRAME) {
		session_close(s, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, "too large");
		return;
	}
	if (whole && !s->rx) {
		message(s, in, len);
		return;
	}
	if (!s->rx)
		s->rx = malloc(MAX_FRAME);
	if (!s->rx) {
		session_close(s, LWS_CLOSE_STATUS_UNEXPECTED_CONDITION, "memory");
		return;
	}
	memcpy(s->rx + s->rx_len, in, len);
	s->rx_len += len;
	if (whole) {
		message(s, s->rx, s->rx_len);
		free(s->rx);
		s->rx = NULL;
		s->rx_len = 0;
	}
}

static int put(struct session *s, unsigned char *frame, size_t len)
{
	session_wake(s); /* there may be more */
	return lws_write(s->wsi, frame, len, LWS_WRITE_TEXT) < (int)len ? -1 : 0;
}

static int told(struct session *s, const char *form, const char *room, unsigned n)
{
	unsigned char buf[LWS_PRE + MAX_WORD + 64];
	int len = snprintf((char *)buf + LWS_PRE, sizeof buf - LWS_PRE, form, room, n);

	return put(s, buf + LWS_PRE, (size_t)len);
}

/* of_place: what a room has for the client, 1 when that is nothing. */
static int of_place(struct session *s, struct place *p)
{
	const struct msg *m = place_next(p);

	if (p->gap) {
		p->gap = 0;
		p->told = 1;
		return told(s, "{\"t\":\"gap\",\"room\":\"%s\"}", p->room->name, 0);
	}
	if (m) {
		p->cursor = m->id;
		p->told = 0;
		messages_sent++;
		return put(s, (unsigned char *)m->data + LWS_PRE, m->len);
	}
	if (p->here) {
		p->here = 0;
		return told(s, "{\"t\":\"here\",\"room\":\"%s\",\"n\":\"%u\"}", p->room->name, p->room->here);
	}
	return 1;
}

static int writeable(struct session *s)
{
	struct lws_dll2 *d = lws_dll2_get_head(&s->replies);
	struct reply *r;
	unsigned n;
	int done;

	if (s->closing) {
		lws_close_reason(s->wsi, s->closing, (unsigned char *)s->why, strlen(s->why));
		return -1;
	}
	if (d) {
		r = lws_container_of(d, struct reply, list);
		lws_dll2_remove(d);
		done = put(s, r->data + LWS_PRE, r->len);
		free(r);
		if (s->stopped && s->replies.count < MAX_REPLIES / 8) {
			s->stopped = 0;
			lws_rx_flow_control(s->wsi, 1);
		}
		return done;
	}
	for (n = s->places.count; n; n--) {
		d = lws_dll2_get_head(&s->places);
		done = of_place(s, lws_container_of(d, struct place, of_session));
		lws_dll2_remove(d); /* the next one is another room's */
		lws_dll2_add_tail(d, &s->places);
		if (done <= 0)
			return done;
	}
	return 0;
}

static void begin(struct session *s, struct lws *wsi)
{
	memset(s, 0, sizeof *s);
	s->wsi = wsi;
	s->at = lws_now_usecs();
	s->tokens = settings.rate * BURST_S;
	if (lws_hdr_copy(wsi, s->peer, sizeof s->peer, WSI_TOKEN_X_FORWARDED_FOR) <= 0)
		lws_get_peer_simple(wsi, s->peer, sizeof s->peer);
	lws_dll2_add_tail(&s->list, &sessions);
	lws_set_timer_usecs(wsi, HELLO_S * LWS_USEC_PER_SEC);
}

static void end(struct session *s)
{
	struct lws_dll2 *d;

	while ((d = lws_dll2_get_head(&s->places)) != NULL)
		leave(lws_container_of(d, struct place, of_session));
	while ((d = lws_dll2_get_head(&s->requests)) != NULL) {
		lws_container_of(d, struct request, list)->session = NULL;
		lws_dll2_remove(d);
	}
	while ((d = lws_dll2_get_head(&s->replies)) != NULL) {
		lws_dll2_remove(d);
		free(lws_container_of(d, struct reply, list));
	}
	free(s->rx);
	lws_dll2_remove(&s->list);
}

static int callback_chat(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *s = user;

	switch (reason) {
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		if (!draining && sessions.count < (unsigned)settings.clients)
			break;
		lws_return_http_status(wsi, HTTP_STATUS_SERVICE_UNAVAILABLE, NULL); /* HAProxy asks another */
		return 1;
	case LWS_CALLBACK_ESTABLISHED:
		begin(s, wsi);
		break;
	case LWS_CALLBACK_RECEIVE:
		receive(s, in, len);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return writeable(s);
	case LWS_CALLBACK_TIMER: /* 4.1.6 lets a timer that is cancelled fire once more */
		if (!*s->who)
			session_close(s, LWS_CLOSE_STATUS_POLICY_VIOLATION, "no hello");
		break;
	case LWS_CALLBACK_CLOSED:
		end(s);
		break;
	default:
		break;
	}
	return 0;
}

const struct lws_protocols session_protocol = { "cluster-chat", callback_chat, sizeof(struct session), 4096, 0, NULL, 0 };
