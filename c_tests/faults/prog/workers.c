/* SPDX-License-Identifier: MIT
 *
 * workers MESSAGES: eight threads write to a connection each, while the
 * service thread runs, and ask for WRITEABLE from outside; WRITEABLE sends
 * messages of its own. Each message is "source seq filler"; the peer checks
 * that nothing is missing or torn. What the peer sends comes back as "e ...".
 */
#include "common.h"

#define THREADS 8

struct session {
	int index;
	unsigned writeable_seq;
	size_t len;
	char echo[64];
	int due;
};

struct worker {
	pthread_t thread;
	struct lws *wsi;
	int index;
	atomic_int asked;
};

static struct worker workers[THREADS];
static unsigned messages;
static atomic_int taken, finished;

static int
say(struct lws *wsi, char source, unsigned seq, size_t filler)
{
	unsigned char buf[LWS_PRE + 4096 + 64];
	char *p = (char *)buf + LWS_PRE;
	int n = sprintf(p, "%c %u ", source, seq);

	memset(p + n, 'a' + (int)(seq % 26), filler);
	n += (int)filler;
	return lws_write(wsi, (unsigned char *)p, (size_t)n, LWS_WRITE_TEXT) == n;
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	unsigned i;

	for (i = 0; i < messages; i++) {
		if (!say(w->wsi, 't', i, (i * 37 + (unsigned)w->index) % 2000)) {
			BAD("lws_write from thread %d failed at %u", w->index, i);
			return NULL;
		}
		if (i % 3 == 0) {
			atomic_fetch_add(&w->asked, 1);
			lws_callback_on_writable(w->wsi);
		}
		if (i % 64 == 0)
			while (lws_send_pipe_choked(w->wsi))
				usleep(200);
		if (i % 97 == 0)
			lws_cancel_service(context);
	}
	/* The request must wake the service thread by itself. */
	usleep(100000);
	atomic_fetch_add(&finished, 1);
	lws_callback_on_writable(w->wsi);
	return NULL;
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	struct session *s = user;
	struct worker *w;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		memset(s, 0, sizeof(*s));
		s->index = atomic_fetch_add(&taken, 1);
		if (s->index >= THREADS)
			return -1;
		w = &workers[s->index];
		w->wsi = wsi;
		w->index = s->index;
		if (pthread_create(&w->thread, NULL, work, w))
			BAD("pthread_create");
		break;
	case LWS_CALLBACK_RECEIVE:
		if (len + 2 < sizeof(s->echo)) {
			s->len = (size_t)sprintf(s->echo, "e %.*s", (int)len, (char *)in);
			s->due = 1;
			lws_callback_on_writable(wsi);
		}
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		w = &workers[s->index];
		if (s->due) {
			unsigned char b[LWS_PRE + 64];
			memcpy(b + LWS_PRE, s->echo, s->len);
			s->due = 0;
			if (lws_write(wsi, b + LWS_PRE, s->len, LWS_WRITE_TEXT) != (int)s->len)
				BAD("echo on %d", s->index);
		}
		if (atomic_load(&w->asked) > 0) {
			atomic_store(&w->asked, 0);
			if (!say(wsi, 'w', s->writeable_seq, s->writeable_seq % 500))
				BAD("lws_write from WRITEABLE on %d failed", s->index);
			s->writeable_seq++;
		}
		if (atomic_load(&finished) == THREADS) {
			char end[64];
			unsigned char b[LWS_PRE + 64];
			int n = sprintf(end, "end %u", s->writeable_seq);
			memcpy(b + LWS_PRE, end, (size_t)n);
			lws_write(wsi, b + LWS_PRE, (size_t)n, LWS_WRITE_TEXT);
			/* the others may have asked before the last was done */
			lws_callback_on_writable_all_protocol(context, lws_get_protocol(wsi));
			pthread_join(w->thread, NULL);
			lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
			return -1;
		}
		break;
	default:
		break;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "echo", .callback = callback,
		  .per_session_data_size = sizeof(struct session) },
		{ 0 }
	};

	messages = argc > 1 ? (unsigned)atoi(argv[1]) : 1000;
	return begin(protocols) ? serve() : 3;
}
