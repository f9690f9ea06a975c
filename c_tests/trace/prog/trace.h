/* SPDX-License-Identifier: MIT */
/*
 * The rig that the trace scenarios share. A scenario sets up a context, lets
 * the library and some byte-level peers talk on loopback, and everything that
 * both sides see is written down in per-connection streams:
 *
 *   log.c    the streams, labels of connections, rendering of data
 *   rig.c    context defaults, the generic protocol callback, the service loop
 *   peer.c   peers that are plain sockets in a thread of their own (and peer_read.c)
 *   frames.c web.c client.c   what groups of scenarios share
 *   sc_*.c   the scenarios
 *
 * Nothing that two runs of one library may legally print differently (times,
 * ports, descriptors, pointers, wake-up counts) gets into a stream.
 */
#ifndef TRACE_H
#define TRACE_H

#include <libwebsockets.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- log.c ---- */

#define GLOBAL "global"

/* Compiled for libwebsockets.so.19, not .17. */
#define ABI19 (LWS_LIBRARY_VERSION_NUMBER >= 4003000)

/* Adds one line to the stream called where. */
void say(const char *where, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adds data to a running total; consecutive calls with one what become one line. */
void say_bytes(const char *where, const char *what, const void *data, size_t len);
/* Short printable data in quotes, anything else as a hash. buf is the caller's. */
const char *render(char *buf, size_t size, const void *data, size_t len);
#define RENDER(data, len) render((char[1024]){0}, 1024, (data), (len))
uint32_t fnv(uint32_t h, const void *data, size_t len);
#define FNV0 2166136261u
/* Prints the streams, sorted by name. */
void dump(void);

/* The label of a connection; a first sight makes one: srv0, srv1, ... */
const char *label(struct lws *wsi);
void label_set(struct lws *wsi, const char *name);
void label_drop(struct lws *wsi);
bool label_known(struct lws *wsi);
int labels_live(void);
const char *reason_name(int reason);

/* ---- rig.c ---- */

/* What libwebsockets.so.19 has another interface for. */
#if ABI19
#define ADOPT_UDP(...) lws_create_adopt_udp(__VA_ARGS__, NULL)
#define UDP_PEER(u) ((const struct sockaddr_in *)&(u)->sa46)
#define UDP_PEER_LEN(u) ((int)sizeof(struct sockaddr_in)) /* the family tells it */
#define LOSES(info, tx, rx) ((void)(info))                /* not simulated any more */
typedef uid_t id_out;
#else
#define ADOPT_UDP(...) lws_create_adopt_udp(__VA_ARGS__)
#define UDP_PEER(u) ((const struct sockaddr_in *)&(u)->sa)
#define UDP_PEER_LEN(u) ((int)(u)->salen)
#define LOSES(info, tx, rx) ((info)->udp_loss_sim_tx_pc = (tx), (info)->udp_loss_sim_rx_pc = (rx))
typedef int id_out;
#endif

/* What a hook returns to leave the answer to the rig. */
#define PASS INT_MIN

/* One callback of the library, as a scenario's hook gets it. */
typedef struct event {
	struct lws *wsi;
	enum lws_callback_reasons reason;
	void *user;
	void *in;
	size_t len;
	const char *conn;  /* label */
	const char *proto; /* name in the protocol entry whose callback this is */
	bool first;        /* of a received message: the frame is its first */
} event;

typedef int (*hook_fn)(event *e);

/* The current scenario's state; starts zeroed. */
extern struct rig {
	struct lws_context *ctx;
	struct lws_context_creation_info info;
	const struct lws_protocols *protocols;
	hook_fn hook;
	int port;            /* our listen port, or a raw server's */
	const char *unix_path;
	bool flat;           /* one stream for all library events, total order */
	bool show_writeable; /* print WRITEABLE callbacks */
	bool show_poll;      /* print the poll and wake-up callbacks */
	bool pieces;         /* received frames come as the library cuts them */
	bool sum_rx;         /* receive callbacks become one total per message */
	bool dummy;          /* unanswered callbacks go to lws_callback_http_dummy */
	bool hold;           /* the loop goes on though nobody is connected */
	int until_ended;     /* hold ends when so many connections are destroyed */
	bool quit;           /* the loop ends now */
	bool stopping;       /* the context is being destroyed */
	void (*log)(int level, const char *line); /* what is logged by default comes here */
	const char *next_label; /* for the connection that is first seen next */
} rig;

/* The callbacks of protocol entries 0..3; each knows its own place. */
int cb0(struct lws *, enum lws_callback_reasons, void *, void *, size_t);
int cb1(struct lws *, enum lws_callback_reasons, void *, void *, size_t);
int cb2(struct lws *, enum lws_callback_reasons, void *, void *, size_t);
int cb3(struct lws *, enum lws_callback_reasons, void *, void *, size_t);

/* Makes rig.ctx from rig.info: a server on a free port unless asked otherwise. */
bool server(const struct lws_protocols *protocols, hook_fn hook);
/* The same with IPv6, where there is any, on rig.info.iface. */
bool server_v6(const struct lws_protocols *protocols, hook_fn hook);
/* One more vhost on rig.port. */
struct lws_vhost *second_vhost(const char *iface);
/* The same as server() without a listening socket. */
bool no_server(const struct lws_protocols *protocols, hook_fn hook);
/* Serves until every peer ended and every connection is destroyed. */
void serve(void);
/* serve(), then destroys the context. */
void finish(void);
/* Starts a client connection with that label; info has the rig's defaults. */
struct lws_client_connect_info client_info(const char *path, const char *protocol);
struct lws *client(const char *name, struct lws_client_connect_info *info);
/* lws_write with the headroom, answer printed when it is not n. */
int put(event *e, const void *data, size_t n, enum lws_write_protocol how);
int puts_ws(event *e, const char *text);

/* Every callback leaves a mark of its reason's name when it is done. */
void mark(const char *name);
/* Waits for the n-th mark of that name. */
void await_n(const char *name, int n);
#define await(name) await_n((name), 1)
/* Ends the loop's wait, from any thread, also when the context may be gone. */
void wake(void);
/* Runs fn in the service thread between two turns and waits for its end. */
void in_loop(void (*fn)(void *), void *arg);

/* ---- tls.c ---- */

extern bool over_tls; /* trace -t */
void tls_begin(void);
void tls_end(void);
/* Makes a server of info a TLS server, with -t. */
void tls_info(struct lws_context_creation_info *info);

/* ---- peer.c ---- */

typedef struct peer peer;
typedef void (*script_fn)(peer *p);

/* A peer that connects to rig.port by itself at p_connect. */
void peer_start(const char *name, script_fn script);
/* A listening peer: rig.port becomes its port; the script calls p_accept. */
void peer_listen(const char *name, script_fn script);
/* Wherever else on the loopback somebody connects to its port nobody listens, as long as the scenario runs. */
extern bool peer_alone;
int peers_running(void);

bool p_connect(peer *p);
bool p_accept(peer *p);
void p_send(peer *p, const void *data, size_t len);
void p_put(peer *p, const char *text);
/* A frame, masked with a fixed key; head is fin|rsv|opcode. */
void p_frame(peer *p, int head, const void *data, size_t len);
void p_text(peer *p, const char *text);
void p_shut_frame(peer *p, int code, const char *why);
/* The same without a mask, as a server sends it. */
void p_frame_plain(peer *p, int head, const void *data, size_t len);
/* The upgrade request for proto (NULL: none) with more header lines; prints the answer's head. */
bool p_upgrade(peer *p, const char *proto, const char *more);
/* Reads the client's upgrade request and answers; more goes into the head. */
bool p_accept_ws(peer *p, const char *more);
/* The answer to the key of the last head read. */
const char *p_accept_key(peer *p);
/* Reads and prints a head, and a body of the announced length or chunks. */
bool p_head(peer *p);
bool p_response(peer *p);
/* The value of a header line of the last head read, or NULL. */
const char *p_header(peer *p, const char *name, char *value, size_t size);
/* Reads a head and body, prints nothing. */
bool p_head_quiet(peer *p);
/* Reads and prints n frames; false at the end of the connection. */
bool p_frames(peer *p, int n);
/* Reads frames until their payloads reach total bytes; prints one line. */
void p_drain(peer *p, size_t total);
/* Reads n body bytes, prints them as one line. */
void p_body(peer *p, size_t n);
/* Prints everything that still comes as bytes (or frames) until the end. */
void p_rest(peer *p);
void p_rest_frames(peer *p);
void p_close(peer *p);
void p_reset(peer *p);
void p_half_close(peer *p);
void p_small_window(peer *p);
void p_pause(int ms);
/* From now on it waits as long as the run lasts: the library's own limit is what ends it. */
void p_patient(peer *p);
extern bool peer_bytewise;

/* ---- scenarios ---- */

typedef struct scenario {
	const char *name;
	void (*run)(void);
} scenario;

/* A file of scenarios makes its list known with SCENARIOS(list), the list ends with a NULL name. */
void scenarios_add(const scenario *list);
#define SCENARIOS(list)                                                                               \
	static void __attribute__((constructor)) list##_known(void)                                   \
	{                                                                                             \
		scenarios_add(list);                                                                  \
	}

#define TEXT 0x81
#define BIN 0x82
#define CONT 0x80
#define SHUT 0x88
#define PING 0x89
#define PONG 0x8a

#endif
