/* SPDX-License-Identifier: MIT
 *
 * mix HOW ws [CERT KEY] (HOW "events": it polls and knows no timeouts): a server that does what the first letter of each message says, so
 * that messages of one read end in every way that callbacks have. Each is answered with
 * itself, once for each letter of its entry below.
 *
 *   e  answered in WRITEABLE       n  answered in RECEIVE
 *   d  answered twice at once      p  three times, as long as the pipe is not choked
 *   l  with 20,000 bytes at once   b  with those in WRITEABLE
 *   t  calls for a timer of the connection     c  cancels the wait
 *   a  asks WRITEABLE for all      o  receives nothing for a while
 *   s  serves within the callback  f  forks, the child ends
 *   q  ends the connection with 3000           Q, W  end it without a word, W in WRITEABLE
 *
 * What is not n, d, p or l is answered in WRITEABLE. With CANCELS in its environment
 * a thread of its own cancels the wait again and again, and then WRITEABLE is asked for all.
 */
#include "poll.h"
#include <pthread.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define LONG 20000
#define PIECE 1000 /* rx_buffer_size */

struct answer {
	struct answer *next;
	size_t len;
	int binary;
	unsigned char data[]; /* LWS_PRE in front */
};

struct session {
	struct answer *head, **tail;
	unsigned char text[LONG];
	size_t len;
	int off, binary;
	lws_sorted_usec_list_t on;
	struct lws *wsi;
};

static struct lws_protocols protocols[];
static int serving;
static volatile int over;

static struct answer *
make(const struct session *s, size_t least)
{
	size_t n = s->len < least ? least : s->len;
	struct answer *a = calloc(1, sizeof(*a) + LWS_PRE + n);

	if (!a)
		abort();
	a->len = n;
	a->binary = s->binary;
	memset(a->data + LWS_PRE, '.', n);
	memcpy(a->data + LWS_PRE, s->text, s->len);
	return a;
}

static int
say(struct lws *wsi, struct answer *a)
{
	int r = lws_write(wsi, a->data + LWS_PRE, a->len,
			  a->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);

	free(a);
	return r;
}

static void
on_again(lws_sorted_usec_list_t *sul)
{
	struct session *s = lws_container_of(sul, struct session, on);

	s->off = 0;
	lws_rx_flow_control(s->wsi, 1);
}

static int
obey(struct lws *wsi, struct session *s)
{
	char what = (char)s->text[0];
	int n;

	switch (what) {
	case 'n':
		return say(wsi, make(s, 0)) < 0;
	case 'd':
		say(wsi, make(s, 0));
		return say(wsi, make(s, 0)) < 0;
	case 'p':
		for (n = 0; n < 3 && !lws_send_pipe_choked(wsi); n++)
			say(wsi, make(s, 0));
		for (; n < 3; n++)
			say(wsi, make(s, 0));
		return 0;
	case 'l':
		return say(wsi, make(s, LONG)) < 0;
	case 't':
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, 100);
		break;
	case 'c':
		lws_cancel_service(context);
		break;
	case 'a':
		lws_callback_on_writable_all_protocol(context, &protocols[0]);
		break;
	case 'o':
		s->off = 1;
		lws_rx_flow_control(wsi, 0);
		lws_sul_schedule(context, 0, &s->on, on_again, 1000);
		break;
	case 's':
		if (serving)
			lws_service_tsi(context, -1, 0);
		break;
	case 'f':
		fflush(stdout);
		if (!fork())
			_exit(0);
		break;
	case 'Q':
		return -1;
	case 'q':
		lws_close_reason(wsi, 3000, s->text, s->len);
		return -1;
	}
	*s->tail = make(s, what == 'b' ? LONG : 0);
	s->tail = &(*s->tail)->next;
	lws_callback_on_writable(wsi);
	return 0;
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	static const int little = 16384;
	struct session *s = user;
	struct answer *a;

	if (set_event(reason, in))
		return 0;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		s->tail = &s->head;
		s->wsi = wsi;
		setsockopt(lws_get_socket_fd(wsi), SOL_SOCKET, SO_SNDBUF, &little,
			   sizeof(little));
		break;
	case LWS_CALLBACK_RECEIVE:
		if (s->off || len > PIECE) {
			printf("BAD %zu bytes%s\n", len, s->off ? " while off" : "");
			return -1;
		}
		if (lws_is_first_fragment(wsi))
			s->len = 0;
		s->binary = lws_frame_is_binary(wsi);
		if (s->len + len > sizeof(s->text))
			return -1;
		memcpy(s->text + s->len, in, len);
		s->len += len;
		if (lws_is_final_fragment(wsi) &&
		    !lws_remaining_packet_payload(wsi))
			return obey(wsi, s);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		a = s->head;
		if (!a)
			break;
		s->head = a->next;
		if (!s->head)
			s->tail = &s->head;
		if (a->data[LWS_PRE] == 'W') {
			free(a);
			return -1;
		}
		if (say(wsi, a) < 0)
			return -1;
		if (s->head)
			lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLOSED:
		lws_sul_cancel(&s->on);
		while ((a = s->head)) {
			s->head = a->next;
			free(a);
		}
		s->tail = &s->head;
		break;
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		if (getenv("CANCELS"))
			lws_callback_on_writable_all_protocol(context, &protocols[0]);
		break;
	default:
		break;
	}
	return 0;
}

static struct lws_protocols protocols[] = {
	{ "echo", callback, sizeof(struct session), PIECE, 0, NULL, 0 }, { 0 }
};

static void *
cancels(void *arg)
{
	(void)arg;
	while (!over) {
		usleep(500);
		lws_cancel_service(context);
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info = { .protocols = protocols };
	pthread_t thread;

	take_arguments(&info, argc, argv);
	serving = !loop_option(argv[1]);
	if (begin(&info) ||
	    (getenv("CANCELS") && pthread_create(&thread, NULL, cancels, NULL)))
		return 3;
	for (;;) {
		if (!strcmp(argv[1], "poll"))
			poll_once(lws_service_adjust_timeout(context, 1 << 30, 0));
		else if (!strcmp(argv[1], "events")) {
			wait_for(set, set_size, -1);
			serve_set();
		}
		else
			lws_service(context, 0);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}
