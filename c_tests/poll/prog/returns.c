/* SPDX-License-Identifier: MIT
 *
 * returns SCENARIO: does something, and calls lws_service(ctx, 0) until a call
 * does not come back. It prints what callbacks were told in the calls that
 * returned, and in the one that did not. A call that lasts longer than GRACE is
 * taken for one that does not return, and ended.
 */
#include "poll.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#define GRACE_MS 2000
#define MANY 100000 /* the reference polls away what is left of a millisecond */

static lws_sorted_usec_list_t sul;
static struct lws *adopted;
static int peer = -1, asked, again, ending;
static volatile int inside, forced;
static char seen[8][64];
static int seen_count;

static void
note(const char *what)
{
	if (ending || (seen_count && !strcmp(seen[seen_count - 1], what)))
		return;
	if (seen_count == (int)LWS_ARRAY_SIZE(seen))
		abort();
	lws_strncpy(seen[seen_count++], what, sizeof(seen[0]));
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	(void)user;
	(void)in;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_PROTOCOL_INIT:
		note("PROTOCOL_INIT");
		break;
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		if (!forced)
			note("EVENT_WAIT_CANCELLED");
		break;
	case LWS_CALLBACK_RAW_ADOPT:
		note("RAW_ADOPT");
		break;
	case LWS_CALLBACK_RAW_CONNECTED:
		note("RAW_CONNECTED");
		break;
	case LWS_CALLBACK_RAW_RX:
		note("RAW_RX");
		break;
	case LWS_CALLBACK_RAW_WRITEABLE:
		if (!asked) /* the reference has one behind RAW_CONNECTED */
			break;
		note("RAW_WRITEABLE");
		asked = again-- > 0;
		if (asked)
			lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_RAW_CLOSE:
		note("RAW_CLOSE");
		break;
	case LWS_CALLBACK_TIMER:
		note("TIMER");
		break;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		note("CLIENT_CONNECTION_ERROR");
		break;
	default:
		break;
	}
	return 0;
}

static void
fired(lws_sorted_usec_list_t *s)
{
	(void)s;
	note("SUL");
}

/* Ends the call that lasts too long. */
static void *
watch(void *arg)
{
	int was;

	(void)arg;
	for (;;) {
		was = inside;
		usleep(GRACE_MS * 1000);
		if (was && inside == was) {
			forced = 1;
			lws_cancel_service(context);
		}
	}
	return NULL;
}

static void
print_seen(const char *how)
{
	int i;

	printf("%s:", how);
	for (i = 0; i < seen_count; i++)
		printf(" %s", seen[i]);
	printf("\n");
	seen_count = 0;
}

/* Calls until one does not return. */
static void
settle(void)
{
	static int calls;
	char before[LWS_ARRAY_SIZE(seen)][sizeof(seen[0])];
	int n, had;

	for (n = 0; n < MANY; n++) {
		had = seen_count;
		memcpy(before, seen, sizeof(seen));
		inside = ++calls;
		lws_service(context, 0);
		inside = 0;
		if (forced)
			break;
	}
	if (n == MANY) {
		puts("BAD spins");
		return;
	}
	{
		char last[LWS_ARRAY_SIZE(seen)][sizeof(seen[0])];
		int all = seen_count;

		memcpy(last, seen, sizeof(seen));
		seen_count = had;
		memcpy(seen, before, sizeof(seen));
		printf("%s, ", n ? "returned" : "not once");
		print_seen("told");
		seen_count = all - had;
		memcpy(seen, last[had], sizeof(seen) - had * sizeof(seen[0]));
		print_seen("blocked");
	}
	forced = 0;
}

static void
adopt(void)
{
	lws_sock_file_fd_type fd;
	int s[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, s))
		abort();
	peer = s[1];
	fd.sockfd = s[0];
	adopted = lws_adopt_descriptor_vhost(
		lws_get_vhost_by_name(context, "default"), LWS_ADOPT_SOCKET,
		fd, "echo", NULL);
	if (!adopted)
		abort();
}

static int
listener(int backlog)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) ||
	    (backlog && listen(fd, backlog)) ||
	    getsockname(fd, (struct sockaddr *)&a, &len))
		abort();
	return ntohs(a.sin_port);
}

static void
connect_to(int port)
{
	struct lws_client_connect_info i = {
		.context = context, .address = "127.0.0.1", .port = port,
		.host = "a", .method = "RAW", .local_protocol_name = "echo",
	};

	if (!lws_client_connect_via_info(&i))
		note("NULL");
}

static void *
cancel_later(void *arg)
{
	usleep(100000);
	lws_cancel_service(context);
	return arg;
}

static void
do_it(const char *what)
{
	pthread_t t;

#define IS(n) !strcmp(what, n)
	if (IS("sul"))
		lws_sul_schedule(context, 0, &sul, fired, 50000);
	if (IS("sul-now"))
		lws_sul_schedule(context, 0, &sul, fired, 1);
	if (IS("cancel"))
		lws_cancel_service(context);
	if (IS("cancel-thread"))
		pthread_create(&t, NULL, cancel_later, NULL);
	if (IS("adopt"))
		adopt();
	if (IS("timer"))
		lws_set_timer_usecs(adopted, 50000);
	if (IS("timeout"))
		lws_set_timeout(adopted, PENDING_TIMEOUT_USER_REASON_BASE, 1);
	if (IS("kill"))
		lws_set_timeout(adopted, 1, LWS_TO_KILL_ASYNC);
	asked = !strncmp(what, "writeable", 9);
	if (IS("writeable") || IS("writeable-again"))
		lws_callback_on_writable(adopted);
	if (IS("writeable-again"))
		again = 3;
	if (IS("writeable-all"))
		lws_callback_on_writable_all_protocol(
			context, lws_get_protocol(adopted));
	if ((IS("data") || IS("flow-on")) && write(peer, "x", 1) != 1)
		abort();
	if (IS("flow-on")) {
		lws_rx_flow_control(adopted, 0);
		settle();
		lws_rx_flow_control(adopted, 1);
	}
	if (IS("peer-closes"))
		close(peer);
	if (IS("connect"))
		connect_to(listener(5));
	if (IS("refused"))
		connect_to(listener(0));
}

int
main(int argc, char **argv)
{
	struct lws_protocols protocols[] = {
		{ .name = "echo", .callback = callback }, { 0 }
	};
	struct lws_context_creation_info info = { .protocols = protocols };
	pthread_t t;

	if (argc < 2 || begin(&info) || pthread_create(&t, NULL, watch, NULL))
		return 2;
	settle();
	if (!strcmp(argv[1], "created"))
		return 0;
	if (strcmp(argv[1], "adopt") && strncmp(argv[1], "sul", 3) &&
	    strncmp(argv[1], "cancel", 6)) {
		adopt();
		settle();
	}
	do_it(argv[1]);
	settle();
	ending = 1;
	lws_context_destroy(context);
	return 0;
}
