/* SPDX-License-Identifier: MIT
 *
 * seq events: what sequencers get, in which order. seq ends: how a context's end comes to
 * them. Ours alone: seq bad, what no program should do; seq flood, events from several
 * threads; seq burst, one a turn.
 */
#include "work.h"
#include <pthread.h>

static struct lws_context *cx;
#ifdef OURS
static int stop;
#endif

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)wsi, (void)user, (void)in, (void)len;
	if (reason == LWS_CALLBACK_PROTOCOL_DESTROY)
		printf("protocol destroyed\n");
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ .name = "seq", .callback = callback },
	{ .name = NULL },
};

static void
make_context(void)
{
	struct lws_context_creation_info i;

	memset(&i, 0, sizeof(i));
	i.port = CONTEXT_PORT_NO_LISTEN;
	i.protocols = protocols;
	cx = lws_create_context(&i);
	if (!cx)
		exit(1);
}

struct state {
	const char *name;
	struct lws_sequencer *seq;
	int step;
};

static int heard; /* events, heartbeats aside */

static const char *
event_name(int e)
{
	static const char *const names[] = { "CREATED", "DESTROYED", "TIMED_OUT",
					     "HEARTBEAT", "CONNECTED", "CONN_FAIL",
					     "CONN_CLOSE" };
	static char buf[20];

	if (e >= 0 && e < (int)LWS_ARRAY_SIZE(names))
		return names[e];
	snprintf(buf, sizeof(buf), "%d", e);
	return buf;
}

#define USER(n) ((lws_seq_events_t)(LWSSEQ_USER_BASE + (n)))

static lws_seq_cb_return_t
on_event(struct lws_sequencer *seq, void *user, int event, void *data, void *aux)
{
	struct state *s = user;

	if (event == LWSSEQ_HEARTBEAT)
		return LWSSEQ_RET_CONTINUE;
	printf("%s %d: %s data %zu aux %zu\n", lws_seq_name(seq), s->step,
	       event_name(event), (size_t)data, (size_t)aux);
	if (event == LWSSEQ_DESTROYED) {
		printf("queue %d\n", lws_seq_queue_event(seq, USER(9), NULL, NULL));
		heard++;
		return LWSSEQ_RET_DESTROY; /* means nothing here */
	}
	if (lws_seq_from_user(user) != seq || lws_seq_get_context(seq) != cx ||
	    lws_seq_us_since_creation(seq) < 0)
		printf("wrong\n");
	if (event == LWSSEQ_TIMED_OUT && s->step == 3)
		return LWSSEQ_RET_DESTROY;
	switch (s->step++) {
	case 0:
		lws_seq_timeout_us(seq, 20000);
		break;
	case 1: /* timed out */
		lws_seq_timeout_us(seq, 40 * LWS_US_PER_SEC);
		lws_seq_timeout_us(seq, 10000); /* instead */
		break;
	case 2:
		lws_seq_timeout_us(seq, 0); /* at once */
		break;
	}
	return LWSSEQ_RET_CONTINUE;
}

static struct state *
make(const char *name, lws_seq_event_cb cb, int tsi)
{
	struct state *s = NULL;
	lws_seq_info_t i;

	memset(&i, 0, sizeof(i));
	i.context = cx;
	i.tsi = tsi;
	i.user_size = sizeof(*s);
	i.puser = (void **)&s;
	i.cb = cb;
	i.name = name;
	i.wakesuspend = name[0] == 'w';
	if (!lws_seq_create(&i))
		return NULL;
	s->name = name;
	s->seq = lws_seq_from_user(s);
	return s;
}

#ifdef OURS
static void
stop_now(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	stop = 1;
}

/* Serves for a time. */
static void
serve(lws_usec_t us)
{
	lws_sorted_usec_list_t sul;

	memset(&sul, 0, sizeof(sul));
	stop = 0;
	lws_sul_schedule(cx, 0, &sul, stop_now, us);
	while (!stop && lws_service(cx, 0) >= 0)
		;
}

#endif

static lws_seq_cb_return_t
on_plain(struct lws_sequencer *seq, void *user, int event, void *data, void *aux)
{
	struct state *s = user;

	if (event == LWSSEQ_HEARTBEAT) {
		s->step++;
		return LWSSEQ_RET_CONTINUE;
	}
	printf("%s: %s data %zu aux %zu, closed %d %d\n", lws_seq_name(seq),
	       event_name(event), (size_t)data, (size_t)aux,
	       lws_seq_check_wsi(seq, (void *)5), lws_seq_check_wsi(seq, (void *)6));
	heard++;
	return event == (int)USER(3) ? LWSSEQ_RET_DESTROY : LWSSEQ_RET_CONTINUE;
}

/* Serves until so many events have been heard. */
static void
serve_events(int n)
{
	while (heard < n && lws_service(cx, 0) >= 0)
		;
	heard -= n;
}

static void
events(void)
{
	struct lws_sequencer *seq;
	struct state *s;
	int n;

	make_context();
	make("one", on_event, 0);
	serve_events(1);
	make("wakes", on_event, 0);
	serve_events(1);

	/* One at a time: of two that wait, the original delivers the second when a third one
	 * is queued. */
	s = make("two", on_plain, 0);
	seq = s->seq;
	serve_events(1);
	for (n = 0; n < 3; n++) {
		printf("queued %d\n", lws_seq_queue_event(seq, USER(n), (void *)(size_t)n, (void *)7));
		serve_events(1);
	}
	printf("none: %d\n", lws_seq_queue_event(NULL, USER(1), NULL, NULL));
	while (s->step < 2 && lws_service(cx, 0) >= 0) /* heartbeats */
		;
	lws_seq_queue_event(seq, USER(3), NULL, NULL);
	serve_events(2);

	s = make("three", on_plain, 0);
	serve_events(1);
	lws_seq_queue_event(s->seq, LWSSEQ_WSI_CONN_CLOSE, (void *)5, NULL);
	printf("closed: %d %d\n", lws_seq_check_wsi(s->seq, (void *)5), lws_seq_check_wsi(s->seq, (void *)6));
	seq = s->seq;
	lws_seq_destroy(&seq); /* with what waits */
	make("four", on_plain, 0);
	make("five", on_plain, 0);
	lws_context_destroy(cx);
}

#ifdef OURS
static struct lws_sequencer *stale;

static lws_seq_cb_return_t
on_wild(struct lws_sequencer *seq, void *user, int event, void *data, void *aux)
{
	struct state *s = user;
	struct lws_sequencer *again = seq;

	(void)data, (void)aux;
	if (event == LWSSEQ_HEARTBEAT)
		return LWSSEQ_RET_CONTINUE;
	printf("wild: %s\n", event_name(event));
	if (event == LWSSEQ_DESTROYED) {
		lws_seq_destroy(&again);
		printf("timeout %d\n", lws_seq_timeout_us(seq, 1));
	}
	if (event == (int)USER(1)) {
		stale = seq;
		lws_seq_destroy(&s->seq); /* itself, and in its own memory */
		return LWSSEQ_RET_DESTROY;
	}
	return LWSSEQ_RET_CONTINUE;
}

static lws_seq_cb_return_t
on_end(struct lws_sequencer *seq, void *user, int event, void *data, void *aux)
{
	(void)seq, (void)user, (void)data, (void)aux;
	if (event == LWSSEQ_DESTROYED)
		printf("another: %d\n", !!make("late", on_end, 0));
	return LWSSEQ_RET_CONTINUE;
}

static void
bad(void)
{
	struct lws_sequencer *none = NULL, *seq;
	lws_seq_info_t i;
	struct state *s;
	void *user;

	make_context();
	memset(&i, 0, sizeof(i));
	printf("%d %d\n", !!lws_seq_create(NULL), !!lws_seq_create(&i));
	i.context = cx;
	printf("%d\n", !!lws_seq_create(&i));
	i.puser = &user;
	printf("%d\n", !!lws_seq_create(&i));
	i.cb = on_plain;
	i.user_size = SIZE_MAX - 5;
	printf("%d\n", !!lws_seq_create(&i));
	i.context = (void *)&i;
	i.user_size = 0;
	printf("%d\n", !!lws_seq_create(&i));
	lws_seq_destroy(NULL);
	lws_seq_destroy(&none);
	printf("%d %d\n", !!lws_seq_from_user(NULL), lws_seq_check_wsi(NULL, NULL));
	printf("%d %d\n", lws_seq_timeout_us(NULL, 5), !!lws_seq_name(NULL));
	printf("%d %d\n", (int)lws_seq_us_since_creation(NULL), !!lws_seq_get_context(NULL));

	s = make("wild", on_wild, 99);
	make("wild", on_wild, -3);
	lws_seq_queue_event(s->seq, USER(1), NULL, NULL);
	lws_seq_queue_event(s->seq, USER(2), NULL, NULL);
	serve(50000);
	printf("stale: %d %d %d %d\n", lws_seq_queue_event(stale, USER(1), NULL, NULL),
	       lws_seq_timeout_us(stale, 1), lws_seq_check_wsi(stale, NULL), !!lws_seq_name(stale));
	seq = stale;
	lws_seq_destroy(&seq);

	s = make("plain", on_plain, 0);
	lws_seq_timeout_us(s->seq, 1000);
	lws_seq_timeout_us(s->seq, LWS_SET_TIMER_USEC_CANCEL); /* no timeout comes */
	serve(50000);
	make("end", on_end, 0);
	lws_context_destroy(cx);
	printf("%d\n", !!make("later", on_plain, 0));
}

static int got[4], total, order;

static lws_seq_cb_return_t
on_flood(struct lws_sequencer *seq, void *user, int event, void *data, void *aux)
{
	(void)seq, (void)user;
	if (event != (int)USER(1))
		return LWSSEQ_RET_CONTINUE;
	if (got[(size_t)data]++ != (int)(size_t)aux)
		order++;
	stop = ++total == 4000;
	return LWSSEQ_RET_CONTINUE;
}

static struct lws_sequencer *flooded[2];

static void *
flood(void *which)
{
	size_t n;

	for (n = 0; n < 1000; n++)
		lws_seq_queue_event(flooded[(size_t)which & 1], USER(1), which, (void *)n);
	return NULL;
}

static void
floods(void)
{
	pthread_t t[4];
	size_t n;

	lws_set_log_level(0, NULL);
	make_context();
	flooded[0] = make("flood", on_flood, 0)->seq;
	flooded[1] = make("flood", on_flood, 0)->seq;
	for (n = 0; n < 4; n++)
		pthread_create(&t[n], NULL, flood, (void *)n);
	while (!stop && lws_service(cx, 0) >= 0)
		;
	for (n = 0; n < 4; n++)
		pthread_join(t[n], NULL);
	printf("%d events, %d out of order\n", total, order);
	lws_context_destroy(cx);
}

static lws_seq_cb_return_t
on_burst(struct lws_sequencer *seq, void *user, int event, void *data, void *aux)
{
	(void)user, (void)aux;
	heard += event == LWSSEQ_HEARTBEAT;
	if (event == LWSSEQ_CREATED)
		for (size_t n = 0; n < 14; n++)
			lws_seq_queue_event(seq, USER(1), (void *)n, NULL);
	if (event == (int)USER(1)) {
		printf("event %zu\n", (size_t)data);
		stop = (size_t)data == 13;
	}
	return LWSSEQ_RET_CONTINUE;
}

/* They come without waiting for a heartbeat. */
static void
burst(void)
{
	make_context();
	make("burst", on_burst, 0);
	while (!stop && lws_service(cx, 0) >= 0)
		;
	printf("%s\n", heard < 10 ? "soon" : "late");
	lws_context_destroy(cx);
}
#endif

static void
of_seqs(int level, const char *line)
{
	if (strstr(line, "lws_seq"))
		to_stdout(level, line);
}

int
main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	lws_set_log_level(LLL_ERR, of_seqs);
	if (argc > 1 && !strcmp(argv[1], "events"))
		events();
#ifdef OURS
	else if (argc > 1 && !strcmp(argv[1], "bad"))
		bad();
	else if (argc > 1 && !strcmp(argv[1], "flood"))
		floods();
	else if (argc > 1 && !strcmp(argv[1], "burst"))
		burst();
#endif
	printf("done\n");
	return 0;
}
