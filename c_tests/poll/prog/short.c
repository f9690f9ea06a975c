/* SPDX-License-Identifier: MIT
 *
 * short HOW ws [CERT KEY]: a server that prints what its callbacks are told, and does what
 * the first letter of each message says:
 *
 *   w  writes in RECEIVE     d  twice    k  twice, with a look at the pipe between
 *   e  writes in WRITEABLE   f  so does it PARTS times, PART bytes each: more than its socket takes
 *   c  asks WRITEABLE, and cancels the wait    C  the other way round
 *   t  sets a timer; what comes next is served when that is due
 *   s  when the connection made last has something another thread serves, and asks WRITEABLE here
 *   o  a timer of the program's asks WRITEABLE, then writes a LARGE one, which has to be kept
 *   p  such a timer writes
 *   j  prints what the vhost has counted
 *
 * Each message is printed, and what is written is that message. With CHECKED in its
 * environment texts are checked, which the short way leaves to Go.
 */
#include "poll.h"
#include <dlfcn.h>
#include <pthread.h>
#include <sys/socket.h>

#define PARTS 4
#define PART 4000
#define LARGE 60000
#define TIMER_US 20000

struct session {
	unsigned char text[LWS_PRE + PART];
	size_t len;
	int parts;
	struct lws *wsi;
	lws_sorted_usec_list_t outside;
};

static struct lws *last;
static struct lws *timed; /* has a timer, which is due */
static lws_usec_t due;

static int
say(struct lws *wsi, struct session *s)
{
	return lws_write(wsi, s->text + LWS_PRE, s->len, LWS_WRITE_TEXT) < 0 ? -1 : 0;
}

static void
number(const char *json, const char *name)
{
	const char *p = strstr(json, name);

	printf("%s %d\n", name, p ? atoi(p + strlen(name) + strspn(p + strlen(name), "\": ")) : -1);
}

static void
count(struct lws *wsi)
{
	/* which Debian's does not have */
	int (*dump)(const struct lws_vhost *, char *, int);
	char json[4096] = "";

	*(void **)&dump = dlsym(RTLD_DEFAULT, "lws_json_dump_vhost");
	if (dump)
		dump(lws_get_vhost(wsi), json, sizeof(json));
	number(json, "rx");
	number(json, "tx");
}

static void *
serve(void *wsi)
{
	lws_service_tsi(context, -1, 0);
	lws_callback_on_writable(wsi);
	return NULL;
}

static void
have_served(struct lws *wsi)
{
	struct pollfd p = { .fd = lws_get_socket_fd(last), .events = POLLIN };
	pthread_t thread;

	wait_for(&p, 1, -1);
	if (pthread_create(&thread, NULL, serve, wsi))
		abort();
	pthread_join(thread, NULL);
}

/* No callback of a connection. */
static void
ask_and_fill(lws_sorted_usec_list_t *sul)
{
	static unsigned char large[LWS_PRE + LARGE];
	struct session *s = lws_container_of(sul, struct session, outside);

	memset(large + LWS_PRE, '.', LARGE);
	lws_callback_on_writable(s->wsi);
	if (lws_write(s->wsi, large + LWS_PRE, LARGE, LWS_WRITE_TEXT) < LARGE ||
	    !lws_partial_buffered(s->wsi))
		puts("BAD it is taken");
	puts("FULL");
}

static void
write_outside(lws_sorted_usec_list_t *sul)
{
	struct session *s = lws_container_of(sul, struct session, outside);

	say(s->wsi, s);
}

static int
obey(struct lws *wsi, struct session *s)
{
	switch (s->text[LWS_PRE]) {
	case 'w':
		return say(wsi, s);
	case 'd':
		return say(wsi, s) || say(wsi, s);
	case 'k':
		return say(wsi, s) || lws_send_pipe_choked(wsi) || say(wsi, s);
	case 'f':
		memset(s->text + LWS_PRE + s->len, '.', PART - s->len);
		s->len = PART;
		s->parts = PARTS;
		break;
	case 'e':
		s->parts = 1;
		break;
	case 'c':
		lws_callback_on_writable(wsi);
		lws_cancel_service(context);
		return 0;
	case 'C':
		lws_cancel_service(context);
		break;
	case 't':
		lws_set_timer_usecs(wsi, TIMER_US);
		due = lws_now_usecs() + TIMER_US;
		timed = wsi;
		return 0;
	case 's':
		have_served(wsi);
		return say(wsi, s);
	case 'o':
	case 'p':
		s->wsi = wsi;
		lws_sul_schedule(context, 0, &s->outside,
				 s->text[LWS_PRE] == 'o' ? ask_and_fill : write_outside, 1);
		return 0;
	case 'j':
		count(wsi);
		return say(wsi, s);
	}
	lws_callback_on_writable(wsi);
	return 0;
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	static const int little = 1;
	struct session *s = user;

	if (set_event(reason, in))
		return 0;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		last = wsi;
		setsockopt(lws_get_socket_fd(wsi), SOL_SOCKET, SO_SNDBUF, &little,
			   sizeof(little));
		break;
	case LWS_CALLBACK_RECEIVE:
		printf("RECEIVE %.*s\n", (int)len, (const char *)in);
		if (len > PART)
			return -1;
		memcpy(s->text + LWS_PRE, in, len);
		s->len = len;
		return obey(wsi, s);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		puts(s->wsi && lws_partial_buffered(wsi) ? "WRITEABLE early" : "WRITEABLE");
		if (!s->parts)
			break;
		if (say(wsi, s))
			return -1;
		if (--s->parts)
			lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLOSED:
		lws_sul_cancel(&s->outside);
		break;
	case LWS_CALLBACK_TIMER:
		puts("TIMER");
		break;
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		puts("CANCELLED");
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "echo", callback, sizeof(struct session), PART, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void
emit(int level, const char *line)
{
	(void)level;
	if (strstr(line, "back-to-back"))
		puts("TOLD");
}

/* When its timer is due, and something has come: nothing else is served before. */
static void
serve_late(void)
{
	struct pollfd p = { .fd = lws_get_socket_fd(timed), .events = POLLIN };

	wait_for(&p, 1, -1);
	while (lws_now_usecs() <= due)
		usleep(1000);
	timed = NULL;
	lws_service_fd(context, &p);
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info = { .protocols = protocols };

	if (argc < 2)
		return 2;
	take_arguments(&info, argc, argv);
	if (getenv("CHECKED"))
		info.options |= LWS_SERVER_OPTION_VALIDATE_UTF8;
	if (begin(&info))
		return 3;
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_NOTICE | LLL_INFO, emit);
	for (;;)
		if (strcmp(argv[1], "poll"))
			lws_service(context, 0);
		else if (timed)
			serve_late();
		else
			poll_once(lws_service_adjust_timeout(context, 1 << 30, 0));
}
