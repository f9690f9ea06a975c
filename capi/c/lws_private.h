/* SPDX-License-Identifier: MIT
 *
 * The structs behind the public opaque types. Their heads are shared with the
 * engine (impl/engine/face.go), which keeps them up to date; abi_test (TestMirrors)
 * makes sure that both sides agree. Objects are never given back to malloc, so that
 * a stale pointer can always be looked at.
 */
#ifndef LWSGO_PRIVATE_H
#define LWSGO_PRIVATE_H

#include "lwsgo.h"
#include <pthread.h>
#include <stdint.h>

struct lws {
	struct lws_context *context;
	struct lws_vhost *vhost;
	const struct lws_protocols *protocol;
	void *user;
	void *opaque_user;
	void *ssl;
	uint64_t rx_remain;
	uint32_t slot; /* 0: no connection */
	int32_t fd;
	uint8_t first;
	uint8_t final;
	uint8_t binary;
	uint8_t rsv;
	uint8_t draining;
	uint8_t role; /* LWSGO_WS, ... */
	uint8_t is_ssl;
	uint8_t close_len;
	uint8_t child_pending; /* a child asked its parent for WRITEABLE */
	uint8_t dead;	       /* closed, its memory still there */
	uint8_t tsi;	       /* its thread */
	uint8_t notes;	       /* its callback that runs may have a write noted */
	uint8_t lent;	       /* C may read and answer a small message by itself */
	struct lws_seldom *seldom; /* NULL: it has nothing of that */
	struct lws *parent;
	const lws_retry_bo_t *retry; /* NULL: the default */
	struct lws *net; /* carries the stream; NULL: no stream */
	struct lws_log_cx *log_cx;   /* NULL: its context's */
	struct {
		uint64_t rx, tx;
	} traffic; /* bytes over its socket */
	uint32_t wrote_in; /* the step in which the program last wrote */
	uint16_t piece;	   /* while lent: the longest message of one piece, */
	uint16_t at_once;  /* and the most that is read at once */
	/* C's own */
	char *tag; /* lws_wsi_tag(), NULL: nobody asked */
	struct lws *next_asked;
	int32_t asked; /* is in a list of struct lwsgo_thread; atomic */
};

/* What most connections never have. */
struct lws_seldom {
	void *opaque_parent;
	uint8_t *close_buf;  /* NULL: nobody asked */
	struct lws *child;   /* its first */
	struct lws_udp *udp; /* NULL: no datagram socket */
};

/* The longest write that is noted. */
#define LWSGO_NOTE 4096

/* The most that C reads of a connection that it was lent, and that it gathers for it. */
#define LWSGO_SHORT_IN 4096
#define LWSGO_SHORT_OUT 16384
#define LWSGO_SHORT_TLS 512 /* the room of a struct tls_io */

/* The most that a close frame carries (RFC 6455 section 5.5). */
#define LWSGO_CLOSE_MAX 125

#define LWSGO_WS 1
#define LWSGO_CLIENT 2
#define LWSGO_ONWARD 4
/* Which pipe of a process the connection is, in bits 4 and 5; it has a CGI. */
#define LWSGO_STD_SHIFT 4
#define LWSGO_STD(role_) ((role_) >> LWSGO_STD_SHIFT & 3)
#define LWSGO_CGI 0x80

struct lws_vhost {
	struct lws_context *context;
	uint32_t slot;
	int32_t port;
	char *name;
	char *iface;
	void *user;
	void *home;
	/* C's own */
	struct lws_protocols *protocols; /* our copy of the program's table */
	int count_protocols;
	void (*finalize)(struct lws_vhost *vh, void *arg);
	void *finalize_arg;
	char *tag; /* lws_vh_tag(), NULL: nobody asked */
	struct lws_log_cx *log_cx; /* NULL: none of its own */
};

struct lws_system_blob {
	int direct; /* refers to memory of the program */
	const uint8_t *ptr;
	size_t len;
	struct lws_buflist *heap;
};

/* How far C has come with an event of a connection that it was lent (short.c). */
struct lwsgo_short {
	struct lws *wsi; /* NULL: none */
	uint8_t *in;	 /* what was received, and not handed out */
	uint8_t *out;	 /* what the program has written, framed, and is not sent */
	uint32_t num_in;
	uint32_t num_out;
	struct tls_io *tls; /* what a call of OpenSSL's has come to that is not all; NULL: there was none */
	int32_t asked; /* it was a write of so many bytes, 0: a read */
	int32_t more;	/* more than in may have come */
	int32_t failed; /* the errno of reading */
	int32_t answer; /* of the program's callback */
};

/* What one service thread waits at (the original's "pt"). */
struct lwsgo_pt {
	int32_t epfd;
	int32_t wakefd;
	int32_t timerfd;
	int32_t waiting; /* 1: somebody waits here; 2: see wait.c */
	int32_t pending;
	int32_t cancel;
	int32_t busy;
	int32_t waits; /* the turn is of a call that may wait */
	int64_t deadline;
	int64_t armed; /* when timerfd fires */
	int32_t running; /* its event loop runs, by lws_service() */
	int32_t hushed;	 /* its event loop is told by who calls: no wake (service.c) */
	uint8_t *note; /* LWSGO_NOTE bytes: what a callback has written */
	struct {
		int32_t word;	 /* 0 free, 1 taken, 2 and somebody sleeps who wants it */
		uint32_t visits; /* how often Go has taken it */
	} lock;
	int32_t in_turn; /* a turn is under way, in Go or in C */
	uint32_t step;	 /* counts events and WRITEABLEs */
	struct lws **by_fd;
	int32_t num_fds; /* of by_fd */
	struct lwsgo_short at;
	/* C's own */
	lws_dll2_owner_t sul[LWS_COUNT_PT_SUL_OWNERS];
	int started; /* the first turn has been */
	int found;   /* events of the last wait */
	struct lws *late, **late_end; /* WRITEABLE was asked for within the last turn (short.c) */
	unsigned long self; /* the thread (pthread_self()) that serves it; atomic */
	int64_t sul_due;    /* none of sul is due before, 0: there is none; atomic */
	void *loop;	    /* the event loop plugin's part, NULL: we poll ourselves */
	struct lwsgo_loop_host *loop_host; /* what it was given */
	void *evlib; /* the memory of the program's own loop */
	lws_dll2_owner_t seqs;		 /* sequencers */
	lws_sorted_usec_list_t seq_beat; /* once a second, while there are any */
	char apart[128]; /* from what the next thread writes to */
};

/* Most service threads of a context (LWS_MAX_SMP). */
#define LWSGO_THREADS 32

/* As many blobs as the ABI with most kinds of them: both halves see one struct. */
#define LWSGO_BLOBS 11
_Static_assert((int)LWS_SYSBLOB_TYPE_COUNT <= LWSGO_BLOBS,
	       "more kinds of blobs than room for them");

struct lws_context {
	uint32_t slot;
	int32_t external; /* 0 not known yet, 1 the program polls, 2 we do */
	int32_t dead;
	int32_t kicks; /* under way: its descriptors stay open until then */
	void *user;
	void *home;
	/* C's own */
	struct lwsgo_pt pt[LWSGO_THREADS];
	int threads; /* how many of pt count */
	const struct lws_plat_file_ops *fops; /* what is used: plat_fops, or the program's */
	struct lws_plat_file_ops plat_fops;
	struct lws_plugin *plugins; /* of class lws_protocol_plugin */
	int deprecated;
	struct lws_context **pcontext;
	void *baggage;
	int uid, gid;
	int leaving; /* to be destroyed when the thread is out of Go */
	int ending;  /* lws_context_destroy() was called */
	int seqs_over; /* no more sequencers are made */
	lws_state_manager_t mgr_system;
	lws_state_notify_link_t notify_protocols;
	lws_sorted_usec_list_t sul_system;
	lws_sorted_usec_list_t sul_cpd;
	int protocols_done; /* PROTOCOL_INIT has been */
	int told_ends, told_ended; /* the last states were told; atomic */
	int attached_any;  /* attached is not empty; atomic */
	int coldplug_done; /* IFACE_COLDPLUG is not put off any more */
	const struct lws_system_ops *system_ops;
	lws_dll2_owner_t attached;
	struct lws_system_blob blobs[LWSGO_BLOBS];
	lws_cpd_result_t cpd;
	struct {
		pthread_mutex_t lock;
		pthread_cond_t returned; /* a callback has */
		lws_dll2_owner_t messages;
		lws_dll2_owner_t peers;
		int delivering;
		pthread_t by;		     /* if so: who delivers */
		struct lws_smd_peer *inside; /* whose callback runs */
		int any; /* messages wait; atomic */
		unsigned int depth; /* most messages that wait */
		lws_usec_t ttl;	    /* how long; 0: for ever */
	} smd;
	char *name; /* in log lines: the info's vhost_name, or NULL */
	const struct lwsgo_abi *abi; /* what the program was compiled for */
	struct lws_log_cx *log_cx; /* NULL: the process' */
	void *generation; /* a program of v1.2 to v1.5 (generations.c) */
	void *plain; /* its file operations of v1.5 (plain_files.c) */
	const struct lwsgo_loop_ops *loop_ops;
	const struct lwsgo_event_loop_ops *custom_loop; /* the program's */
	struct lws_context *next_made; /* all that were ever made */
};

/* The part of a service thread, the first's when there is no such thread. */
static inline struct lwsgo_pt *
lwsgo_pt_of(struct lws_context *cx, int tsi)
{
	return &cx->pt[tsi > 0 && tsi < cx->threads ? tsi : 0];
}

/* Runs the timers of the program that are due; the rest of the wait in µs is
 * returned, -1 when there is none. */
int64_t lwsgo_sul_run(struct lwsgo_pt *pt, int64_t now)
	__attribute__((visibility("hidden")));

/* When the first of them is due, 0: there is none. */
int64_t lwsgo_sul_next(struct lwsgo_pt *pt)
	__attribute__((visibility("hidden")));

#define LWSGO_INTERNAL __attribute__((visibility("hidden")))

/* Memory that programs get to see comes from lws_set_allocator()'s function. */
LWSGO_INTERNAL void *lwsgo_zalloc(size_t size, const char *what);
LWSGO_INTERNAL void lwsgo_free(void *p);

/* Notes that p lasts as long as the process; returns p. */
LWSGO_INTERNAL void *lwsgo_keep(void *p);

/* All contexts that were ever made (keep.c). */
LWSGO_INTERNAL extern struct lws_context *lwsgo_contexts;
LWSGO_INTERNAL extern pthread_mutex_t lwsgo_keep_lock, lwsgo_sul_lock;
/* 0: no memory for it. */
LWSGO_INTERNAL int lwsgo_context_made(struct lws_context *cx);
/* Whether cx is one of them; what it points to is not looked at. */
LWSGO_INTERNAL int lwsgo_is_context(const struct lws_context *cx);

/* Ends lws_timed_callback_vh_protocol()'s timers of a context. */
LWSGO_INTERNAL void lwsgo_timed_forget(struct lws_context *cx);

/* The context's protocol plugins: from folders, ended by NULL; all of them go. */
LWSGO_INTERNAL void
lwsgo_plugins_load(struct lws_context *cx, const char *const *dirs);
LWSGO_INTERNAL void lwsgo_plugins_unload(struct lws_context *cx);

/* System state, messages, attached work (system.c, smd.c). */
LWSGO_INTERNAL void
lwsgo_system_init(struct lws_context *cx,
		  const struct lwsgo_info *info);
LWSGO_INTERNAL void lwsgo_system_run(struct lws_context *cx);
LWSGO_INTERNAL void lwsgo_system_destroy(struct lws_context *cx);
/* Tells the last state of one that is gone, outside of Go. */
LWSGO_INTERNAL void lwsgo_system_ended(struct lws_context *cx);
/* The last connection of a context that is destroyed has gone. */
LWSGO_INTERNAL void lwsgo_system_ends(struct lws_context *cx);
LWSGO_INTERNAL void lwsgo_smd_distribute(struct lws_context *cx);
LWSGO_INTERNAL void lwsgo_smd_destroy(struct lws_context *cx);
LWSGO_INTERNAL void lwsgo_smd_forked(void);

/* Whether the caller is the thread that serves pt. */
LWSGO_INTERNAL int lwsgo_on_thread(struct lwsgo_pt *pt);
/* Ends the sequencers of a context. */
LWSGO_INTERNAL void lwsgo_seq_end(struct lws_context *cx);
LWSGO_INTERNAL extern pthread_mutex_t lwsgo_seq_lock, lwsgo_diskcache_lock;

/* One turn without waiting, for event loop plugins (../evlib/evlib.h), and how
 * they come and go (evlib.c). */
LWSGO_INTERNAL int64_t lwsgo_loop_turn(struct lws_context *cx, int tsi);
LWSGO_INTERNAL const struct lwsgo_loop_ops *
lwsgo_loop_find(uint64_t options, int *wanted);
/* Makes a loop of the library's when it is to run first; 0: it is there. */
LWSGO_INTERNAL int lwsgo_loop_start(struct lws_context *cx, int tsi);
LWSGO_INTERNAL int
lwsgo_loop_open(struct lws_context *cx, const struct lwsgo_loop_ops *ops,
		const struct lwsgo_info *info);
/* One thread's part, by that thread; all of them. */
LWSGO_INTERNAL void lwsgo_loop_leave(struct lws_context *cx, int tsi);
LWSGO_INTERNAL void lwsgo_loop_close(struct lws_context *cx);
LWSGO_INTERNAL void lwsgo_loop_forked(struct lws_context *cx);

/* An event loop that the program brings along (custom_loop.c): engine.LoopOp. */
enum lwsgo_loop_op {
	LWSGO_LOOP_LISTEN,
	LWSGO_LOOP_ACCEPT,
	LWSGO_LOOP_IO,
	LWSGO_LOOP_LOGICAL_CLOSE,
	LWSGO_LOOP_FREE,
	LWSGO_LOOP_MAY_CONNECT,
	LWSGO_LOOP_MOVED,
	LWSGO_LOOP_INIT_CONTEXT,
	LWSGO_LOOP_INIT_THREAD,
	LWSGO_LOOP_THREAD_ENDS,
	LWSGO_LOOP_CONTEXT_ENDS,
	LWSGO_LOOP_CONTEXT_ENDED,
};
LWSGO_INTERNAL int
lwsgo_custom_op(struct lws *wsi, int op, struct lws_context *cx, void *in,
		size_t flags);
/* Makes the memory that it wants; 0: done. */
LWSGO_INTERNAL int
lwsgo_custom_begin(struct lws_context *cx,
		   const struct lwsgo_event_loop_ops *ops);

/* Makes the service threads look again if they wait. Async-signal-safe. */
/* dummy.c: a struct lws_protocols */
LWSGO_INTERNAL const void *lwsgo_ws_proxy(void);
void lwsgo_kick(struct lws_context *cx) __attribute__((visibility("hidden")));
/* One of them. */
void lwsgo_kick_pt(struct lws_context *cx, struct lwsgo_pt *pt) __attribute__((visibility("hidden")));

#endif
