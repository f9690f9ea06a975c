/* SPDX-License-Identifier: MIT
 *
 * What of the library is no connection's, used by several threads at a time: log lines and
 * where they go, timers, messages, sequencers, attached work, disk caches, tags, contexts that
 * come and go. argv: service threads, rounds, a folder.
 */
#include "smp.h"
#include <sys/stat.h>

#define WORKERS 5
#define CLASS LWSSMDCL_INTERACTION

static struct lws_vhost *vhost;
static struct lws_sequencer *seqs[MOST];
static pthread_mutex_t attaching = PTHREAD_MUTEX_INITIALIZER;
static lws_sorted_usec_list_t makers[MOST];
static int lines, messages, events, fired, attached, trimmed, queries, contexts, over, made_seqs;
static const char *folder;

static void
emit_a(int level, const char *line)
{
	(void)level;
	add(&lines, !!line[0]);
}

static void
emit_b(int level, const char *line)
{
	emit_a(level, line);
}

static int
attach(struct lws_context *context, int tsi, lws_attach_cb_t cb, lws_system_states_t state,
       void *opaque, struct lws_attach_item **get)
{
	int r;

	pthread_mutex_lock(&attaching);
	r = __lws_system_attach(context, tsi, cb, state, opaque, get);
	pthread_mutex_unlock(&attaching);
	return r;
}

static void
on_attached(struct lws_context *context, int tsi, void *opaque)
{
	(void)tsi;
	if (context != opaque || (self && !get(&stop))) /* what is left is done when the context ends */
		bad("attached work on %d", self);
	add(&attached, 1);
}

static int
on_message(void *opaque, lws_smd_class_t class_, lws_usec_t timestamp, void *buf, size_t len)
{
	(void)timestamp;
	if (class_ == CLASS && (len != 4 || memcmp(buf, "true", 4)))
		bad("a message of %d bytes", (int)len);
	add(opaque, 1);
	return 0;
}

static lws_seq_cb_return_t
on_event(struct lws_sequencer *seq, void *user, int event, void *data, void *aux)
{
	(void)seq;
	(void)user;
	(void)data;
	(void)aux;
	if (event == LWSSEQ_DESTROYED)
		return LWSSEQ_RET_CONTINUE;
	return event == LWSSEQ_USER_BASE && add(&events, 1) % 64 == 0 ? LWSSEQ_RET_DESTROY :
									LWSSEQ_RET_CONTINUE;
}

/* Each service thread makes sequencers, and has things of its own. */
static void
make(lws_sorted_usec_list_t *sul)
{
	int tsi = (int)(sul - makers), n;
	lws_seq_info_t i;
	void *user, *piece;
	struct lws_dsh *dsh;
	size_t size;

	memset(&i, 0, sizeof(i));
	i.context = cx;
	i.tsi = tsi;
	i.user_size = 8;
	i.puser = &user;
	i.cb = on_event;
	i.name = "shared";
	for (n = 0; n < 8; n++) {
		struct lws_sequencer *s = lws_seq_create(&i), *was;

		if (!s)
			bad("no sequencer");
		add(&made_seqs, 1);
		was = __atomic_exchange_n(&seqs[(tsi * 8 + n) % MOST], s, __ATOMIC_SEQ_CST);
		if (was)
			lws_seq_destroy(&was);
	}
	dsh = lws_dsh_create(NULL, 8192, 2);
	for (n = 0; n < 16; n++)
		lws_dsh_alloc_tail(dsh, n % 2, "piece", 5, NULL, 0);
	while (!lws_dsh_get_head(dsh, 0, &piece, &size))
		lws_dsh_free(&piece);
	lws_dsh_destroy(&dsh);
	if (!get(&over))
		lws_sul_schedule(cx, tsi, sul, make, 500);
}

static void
tick(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	add(&fired, 1);
}

static void
disk(int worker)
{
	char base[256], name[256];
	struct lws_diskcache_scan *lds;
	size_t size;
	int fd, r;

	lws_snprintf(base, sizeof(base), "%s/%d", folder, worker);
	mkdir(base, 0700);
	if (lws_diskcache_prepare(base, 0700, getuid()))
		bad("no folders in %s", base);
	lds = lws_diskcache_create(base, 100000);
	if (!lds) {
		bad("no disk cache");
		return;
	}
	r = lws_diskcache_query(lds, 0, any(2) ? "0123456789abcdef" : "fedcba9876543210", &fd, name,
				sizeof(name), &size);
	add(&queries, 1);
	if (r == LWS_DISKCACHE_QUERY_CREATING) {
		if (write(fd, "text", 4) != 4)
			bad("write");
		close(fd);
		lws_diskcache_finalize_name(name);
	} else if (r == LWS_DISKCACHE_QUERY_EXISTS)
		close(fd);
	while (lws_diskcache_trim(lds) == 0 && !any(8))
		;
	add(&trimmed, 1);
	lws_diskcache_destroy(&lds);
}

static int
on_other(struct lws *wsi, enum lws_callback_reasons r, void *user, void *in, size_t len)
{
	(void)wsi;
	(void)r;
	(void)user;
	(void)in;
	(void)len;
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ .name = "raw", .callback = on_other },
	{ .name = NULL },
};

/* One of its own, while others look for theirs. */
static void
context(void)
{
	struct lws_context_creation_info i = settings(1, protocols);
	struct lws_context *own;
	lws_sorted_usec_list_t sul;
	int n;

	i.port = CONTEXT_PORT_NO_LISTEN;
	i.pcontext = NULL;
	own = lws_create_context(&i);
	if (!own) {
		bad("no context");
		return;
	}
	memset(&sul, 0, sizeof(sul));
	lws_sul_schedule(own, 0, &sul, tick, 1);
	for (n = 0; n < 3; n++)
		lws_service(own, -1);
	lws_sul_cancel(&sul);
	lws_context_destroy(own);
	add(&contexts, 1);
}

static void *
work(void *arg)
{
	int worker = (int)(intptr_t)arg, n, got = 0, rounds = *(int *)lws_context_user(cx);
	lws_sorted_usec_list_t sul[4];
	struct lws_smd_peer *p;
	struct lws_sequencer *s;

	memset(sul, 0, sizeof(sul));
	while (rounds-- > 0) {
		switch (any(10)) {
		case 0:
			lws_smd_msg_printf(cx, CLASS, "true");
			break;
		case 1:
			p = lws_smd_register(cx, &got, 0, CLASS, on_message);
			if (!p)
				bad("not registered");
			lws_smd_msg_printf(cx, CLASS, "true");
			lws_smd_unregister(p);
			break;
		case 2:
			lws_set_log_level(LLL_ERR | LLL_USER | (any(2) ? LLL_NOTICE : 0), any(2) ? emit_a : emit_b);
			lwsl_notice("%s: %d\n", lws_vh_tag(vhost), rounds);
			lwsl_hexdump_level(LLL_NOTICE, &rounds, sizeof(rounds));
			break;
		case 3: /* Go's line */
			lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_SOCKET, (lws_sock_file_fd_type)-1, "none", NULL);
			break;
		case 4:
			n = (int)any(4);
			lws_sul_schedule(cx, (int)any((uint32_t)count), &sul[n], tick, any(300));
			lws_sul_cancel(&sul[any(4)]);
			break;
		case 5:
			s = __atomic_load_n(&seqs[any(MOST)], __ATOMIC_SEQ_CST);
			if (s)
				lws_seq_queue_event(s, LWSSEQ_USER_BASE, NULL, NULL);
			break;
		case 6:
			attach(cx, 0, on_attached, LWS_SYSTATE_OPERATIONAL, cx, NULL);
			break;
		case 7:
			if (!any(8))
				disk(worker);
			break;
		case 8:
			if (!any(8))
				context();
			break;
		case 9:
			lws_cancel_service(cx);
			lws_system_cpd_state_get(cx);
			lws_callback_on_writable_all_protocol(cx, &protocols[0]);
			if (lws_get_vhost_by_name(cx, "default") != vhost)
				bad("no vhost");
			break;
		}
	}
	for (n = 0; n < 4; n++)
		lws_sul_cancel(&sul[n]);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info i = settings(atoi(argv[1]), protocols);
	static const lws_system_ops_t ops = { .attach = attach };
	pthread_t worker[WORKERS];
	int rounds = atoi(argv[2]), n;

	(void)argc;
	folder = argv[3];
	i.system_ops = &ops;
	i.user = &rounds;
	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(100);
	lws_set_log_level(LLL_ERR, emit_a);
	cx = lws_create_context(&i);
	if (!cx) {
		puts("BAD no context");
		return 1;
	}
	vhost = lws_get_vhost_by_name(cx, "default");
	if (!lws_smd_register(cx, &messages, 0, CLASS, on_message))
		bad("not registered");
	start_threads(serve);
	for (n = 0; n < count; n++)
		lws_sul_schedule(cx, n, &makers[n], make, 1);
	for (n = 0; n < WORKERS; n++)
		pthread_create(&worker[n], NULL, work, (void *)(intptr_t)n);
	for (n = 0; n < WORKERS; n++)
		pthread_join(worker[n], NULL);
	add(&over, 1);
	lws_cancel_service(cx);
	for (n = 0; n < 5000 && !(get(&messages) && get(&attached)); n++)
		nap(1);
	add(&stop, 1);
	lws_cancel_service(cx);
	join_threads();
	for (n = 0; n < count; n++)
		lws_sul_cancel(&makers[n]);
	lws_context_destroy(cx);
	if (!lines || !messages || !events || !fired || !attached || !trimmed || !queries || !contexts || !made_seqs)
		bad("something never happened");
	printf("lines %d messages %d events %d timers %d attached %d trimmed %d contexts %d sequencers %d\n",
	       lines, messages, events, fired, attached, trimmed, contexts, made_seqs);
	puts("OK");
	return 0;
}
