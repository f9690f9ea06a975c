/* SPDX-License-Identifier: MIT
 *
 * A chat that any number of processes serve together: what its files share.
 *
 * main.c	the loop, options, health, drain
 * session.c	a client's connection: what it may ask, what it is told
 * room.c	a room in this process: members, the last messages, places
 * replay.c	pages of older messages, read from Redis for who is behind
 * store.c	Redis: two connections, scripts, reconnecting
 * json.c	JSON and UTF-8
 */
#ifndef CLUSTER_H
#define CLUSTER_H

#include <libwebsockets.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* What one client, and all of them together, may make us keep. */
#define MAX_FRAME 8192	    /* bytes of a client's JSON */
#define MAX_TEXT 2000	    /* bytes of a message's text */
#define MAX_NAME 32	    /* bytes of a sender's name */
#define MAX_WORD 64	    /* of a room's name, a sender's secret, a key */
#define MAX_PLACES 8	    /* rooms of a client */
#define MAX_ROOMS 10000	    /* of a process */
#define MAX_REPLIES 64	    /* that wait for a client to read them */
#define MAX_FLIGHT 4096	    /* messages on their way to Redis */
#define MAX_CLIENT_FLIGHT 16
#define RING 256	    /* last messages of a room, in memory */
#define RING_BYTES (64u << 20) /* of all rooms */
#define PAGE 32		    /* messages read from Redis at a time */
#define PAGES 256	    /* pages in memory */
#define LOADS 32	    /* pages that are being read */
#define HISTORY 50	    /* messages for who comes without an id */

#define TRY_AGAIN_LATER ((enum lws_close_status)1013)

/* A message's id is Redis' own: milliseconds and a number. They only grow. */
struct sid {
	uint64_t ms, n;
};

/* A message, ready to be sent. */
struct msg {
	lws_dll2_t all; /* of this process, oldest first */
	struct room *room;
	struct sid id;
	size_t len;
	unsigned char data[]; /* LWS_PRE bytes, then the frame */
};

struct settings {
	const char *id, *host, *redis_host, *redis_path, *page;
	int port, redis_port, keep_messages, keep_seconds, dedupe_seconds;
	int rate, clients, grace_ms, spread_ms;
};
extern struct settings settings;
extern struct lws_context *context;
extern uv_loop_t loop;
extern int draining;

/* session.c */
struct session;
struct place;
extern const struct lws_protocols session_protocol;
extern lws_dll2_owner_t sessions;
extern uint64_t messages_sent;
struct request { /* a message on its way to Redis */
	lws_dll2_t list;
	struct session *session; /* NULL: it has gone */
	char room[MAX_WORD + 1], key[MAX_WORD + 1];
};
void session_wake(struct session *s);
void session_joined(struct place *p);
void session_answer(struct request *q, const char *id, const char *why);
void session_close(struct session *s, enum lws_close_status code, const char *why);
int sessions_leave(unsigned count);

/* room.c: a place is a client's membership of a room */
struct room {
	lws_dll2_t hash;
	lws_dll2_owner_t places, pages;
	char name[MAX_WORD + 1];
	struct sid base, last;	/* the ring has all behind base, up to last */
	uint64_t first, end;	/* positions in the ring */
	struct msg *ring[RING];
	unsigned known : 1, live : 1; /* base and last are; Redis tells of each new one */
	enum { SUB_NONE, SUB_ASKED, SUB_ON, SUB_LEAVING } sub;
	unsigned busy, here, told, idle; /* questions under way; people; what Redis knows; s */
};

struct place {
	lws_dll2_t of_session, of_room, waiting;
	struct session *session;
	struct room *room;
	struct sid cursor; /* the client has all up to here */
	uint64_t pos;
	struct start *start;
	unsigned ringed : 1, quiet : 1, here : 1;
	unsigned gap : 1, told : 1; /* to be told that messages are missing; has been */
};

extern unsigned rooms_count;
struct place *place_make(struct session *s, const char *room, const char *last, const char **why);
void place_end(struct place *p);
const struct msg *place_next(struct place *p);
void rooms_up(void);
void rooms_down(void);
void rooms_second(void);
void rooms_end(void);
struct room *room_find(const char *name);
void room_check(struct room *r);
void room_wake(struct room *r);
void room_subscribed(const char *name, int on);
void room_feed(const char *name, struct sid prev, struct sid id, const char *body, size_t len);
void room_here(const char *name, unsigned n);
struct msg *msg_make(const char *room, struct sid id, const char *body, size_t len);

/* replay.c */
const struct msg *replay_next(struct place *p);
void replay_second(void);
void replay_forget(struct room *r);

/* store.c */
typedef void (*store_page_cb)(void *arg, int failed, const struct msg *const *m, unsigned n, int gap);
typedef void (*store_back_cb)(void *arg, int failed, struct sid id);
void store_open(void);
void store_close(void);
int store_up(void);
const char *store_publish(struct request *q, const char *who, const char *body, size_t len);
int store_page(const char *room, struct sid from, store_page_cb cb, void *arg);
int store_back(const char *room, unsigned n, store_back_cb cb, void *arg);
void store_subscribe(const char *room, int on);
void store_here(const char *room, unsigned n);

/* json.c */
struct member {
	const char *name;
	char *to; /* a string, ended by NUL */
	size_t size, len;
	int seen;
};
const char *json_read(const char *in, size_t len, struct member *m, unsigned n);
size_t json_write(char *to, const char *from, size_t len);
int word_ok(const char *s);
int sid_read(const char *s, size_t len, struct sid *id);
int sid_cmp(struct sid a, struct sid b);

#endif
