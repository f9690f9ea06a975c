/* SPDX-License-Identifier: MIT
 *
 * Scenarios of a context in an event loop. The program prints what callbacks
 * saw; the test compares the reference with its plugin and ours with ours.
 */
#include "rig.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void
quit(void)
{
	the_loop.stop();
}

/* A few more rounds, in which the loop closes what is to be closed. */
static void
linger_then_stop(void)
{
	static int left = 5;

	if (!--left) {
		left = 5;
		the_loop.stop();
	}
}

static void
stop_later(void)
{
	rig.ticked = linger_then_stop;
}

static void
serve(void)
{
	int n;

	for (n = 0; n < 100 && rig.context; n++)
		if (lws_service(rig.context, 0))
			break;
	say(NULL, "left lws_service");
}

/* ---- a loop of the program's ---- */

/* A context and a client, until something in the loop has destroyed the context. */
static void
run_inside(void)
{
	if (make_context())
		return;
	make_client();
	the_loop.run();
	destroy("again");
	end_loop();
}

/* Destroyed outside of the loop, which then runs once more. */
static void
end_outside(void)
{
	destroy("outside");
	rig.ticked = linger_then_stop;
	the_loop.run();
	destroy("again");
	end_loop();
}

static void
foreign_out(void)
{
	make_loop();
	rig.messages = 1000;
	rig.all_closed = quit;
	if (make_context())
		return;
	make_client();
	the_loop.run();
	end_outside();
}

static void
destroy_in_tick(void)
{
	destroy("in the program's timer");
	rig.ticked = linger_then_stop;
}

static void
destroy_at_next_tick(void)
{
	rig.ticked = destroy_in_tick;
}

/* Destroyed in a callback of the loop that is the program's. */
static void
foreign_in(void)
{
	make_loop();
	rig.messages = 1000;
	rig.all_closed = destroy_at_next_tick;
	run_inside();
}

static void
destroy_in_callback(void)
{
	destroy("in a callback");
	rig.ticked = linger_then_stop;
}

/* Destroyed in a callback of the library's. */
static void
foreign_callback(void)
{
	make_loop();
	rig.messages = 1000;
	rig.all_closed = destroy_in_callback;
	run_inside();
}

/* lws_service runs the program's loop, too. */
static void
foreign_service(void)
{
	make_loop();
	rig.messages = 10;
	rig.all_closed = quit;
	if (make_context())
		return;
	make_client();
	serve();
	end_outside();
}

#define MANY 40

static void
destroy_when_all_open(void)
{
	if (rig.established < MANY || rig.open < 2 * MANY)
		return;
	destroy_in_tick();
}

/* Connections are open when the context goes. */
static void
foreign_live(void)
{
	int n;

	make_loop();
	rig.ticked = destroy_when_all_open;
	if (make_context())
		return;
	for (n = 0; n < MANY; n++)
		make_client();
	the_loop.run();
	destroy("again");
	end_loop();
}

/* Two contexts, one after the other, in the same loop. */
static void
foreign_twice(void)
{
	int n;

	make_loop();
	for (n = 0; n < 2; n++) {
		rig.messages = 20;
		rig.port = 0;
		rig.ticked = NULL; /* which would end the second one's loop */
		rig.all_closed = destroy_at_next_tick;
		if (make_context())
			return;
		make_client();
		the_loop.run();
		destroy("again");
	}
	end_loop();
}

/* Two contexts at the same time in one loop, the first without connections. */
static int
stop_at_init(struct lws *wsi, enum lws_callback_reasons reason, void *in,
	     size_t len)
{
	static int inits;

	(void)wsi;
	(void)in;
	(void)len;
	if (reason == LWS_CALLBACK_PROTOCOL_INIT && ++inits == 2)
		the_loop.stop();
	return 0;
}

static void
foreign_two(void)
{
	struct lws_context *first;

	make_loop();
	rig.messages = 20;
	rig.pcontext = &first;
	if (make_context())
		return;
	first = rig.context;
	rig.pcontext = NULL;
	lws_cancel_service(first);
	rig.other = stop_at_init;
	the_loop.run();
	rig.port = 0;
	rig.all_closed = stop_later;
	if (make_context())
		return;
	make_client();
	the_loop.run();
	lws_context_destroy(first);
	lws_context_destroy(rig.context);
	rig.ticked = linger_then_stop;
	the_loop.run();
	if (first)
		lws_context_destroy(first);
	destroy("again");
	end_loop();
}

/* ---- a loop of the library's ---- */

/* A context and a client, served until something has destroyed the context. */
static void
serve_own(void)
{
	if (make_context())
		return;
	make_client();
	serve();
	destroy("again");
}

static void
destroy_only(void)
{
	destroy("in a callback");
}

static void
own_callback(void)
{
	rig.messages = 1000;
	rig.all_closed = destroy_only;
	serve_own();
}

static void
interrupt_self(void)
{
	kill(getpid(), SIGINT);
}

/* Without a signal_cb SIGINT ends lws_service. */
static void
own_sigint(void)
{
	rig.messages = 100;
	rig.all_closed = interrupt_self;
	serve_own();
	destroy("again");
}

static void
on_signal(void *handle, int signum)
{
	say(NULL, "signal %d, %s", signum, handle ? "handle" : "no handle");
	destroy("in signal_cb");
}

static void
own_signal_cb(void)
{
	rig.signal_cb = on_signal;
	rig.messages = 100;
	rig.all_closed = interrupt_self;
	serve_own();
}

static lws_sorted_usec_list_t sul[4];

static void
destroy_in_sul(lws_sorted_usec_list_t *s)
{
	(void)s;
	destroy("in a timer of the library");
}

static void
own_sul(void)
{
	rig.messages = 0;
	if (make_context())
		return;
	lws_sul_schedule(rig.context, 0, &sul[0], destroy_in_sul, 30000);
	serve();
	destroy("again");
}

/* The context is made in one process and served in its child. */
static void
own_fork(void)
{
	pid_t child;

	rig.messages = 100;
	rig.all_closed = destroy_only;
	if (make_context())
		return;
	child = fork();
	if (child) {
		waitpid(child, NULL, 0);
		_exit(0);
	}
	make_client();
	serve();
	destroy("again");
}

/* ---- timers ---- */

static int sul_left;

static void
sul_fired(lws_sorted_usec_list_t *s)
{
	say(NULL, "sul %d", (int)(s - sul));
	if (s == &sul[2])
		lws_sul_schedule(rig.context, 0, &sul[3], sul_fired, 5000);
	if (!--sul_left)
		the_loop.stop();
}

/* Out of order, one that is put off, one that is cancelled, one set in one. */
static void
timers(void)
{
	make_loop();
	if (make_context())
		return;
	sul_left = 3;
	lws_sul_schedule(rig.context, 0, &sul[2], sul_fired, 40000);
	lws_sul_schedule(rig.context, 0, &sul[0], sul_fired, 10000);
	lws_sul_schedule(rig.context, 0, &sul[1], sul_fired, 20000);
	lws_sul_schedule(rig.context, 0, &sul[3], sul_fired, 1000);
	lws_sul_cancel(&sul[3]);
	the_loop.run();
	end_outside();
}

static int
timer_then_timeout(struct lws *wsi, enum lws_callback_reasons reason, void *in,
		   size_t len)
{
	(void)in;
	(void)len;
	if (reason == LWS_CALLBACK_CLIENT_ESTABLISHED)
		lws_set_timer_usecs(wsi, 20000);
	if (reason == LWS_CALLBACK_TIMER)
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, 1);
	return 0;
}

/* A connection's timer, then its timeout, which closes it. */
static void
wsi_timers(void)
{
	make_loop();
	rig.other = timer_then_timeout;
	rig.all_closed = quit;
	if (make_context())
		return;
	make_client();
	the_loop.run();
	end_outside();
}

/* ---- from outside of the library ---- */

static int asked;

static void *
canceller(void *p)
{
	(void)p;
	usleep(20000);
	__atomic_store_n(&asked, 1, __ATOMIC_SEQ_CST);
	lws_cancel_service(rig.context);
	return NULL;
}

static int
stop_at_cancel(struct lws *wsi, enum lws_callback_reasons reason, void *in,
	       size_t len)
{
	(void)wsi;
	(void)in;
	(void)len;
	if (reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED &&
	    __atomic_load_n(&asked, __ATOMIC_SEQ_CST)) {
		say(NULL, "cancelled");
		the_loop.stop();
	}
	return 0;
}

/* Another thread ends the wait. */
static void
cancel(void)
{
	pthread_t t;

	make_loop();
	rig.other = stop_at_cancel;
	if (make_context())
		return;
	pthread_create(&t, NULL, canceller, NULL);
	the_loop.run();
	pthread_join(t, NULL);
	rig.other = NULL;
	end_outside();
}

static int ended;

static void *
many_cancels(void *p)
{
	(void)p;
	while (!__atomic_load_n(&ended, __ATOMIC_SEQ_CST)) {
		lws_cancel_service(rig.context);
		usleep(50);
	}
	return NULL;
}

/* Threads wake the loop all the time: nothing is lost, nothing comes twice. */
static void
cancel_threads(void)
{
	pthread_t t[4];
	int n;

	make_loop();
	rig.messages = 300;
	rig.all_closed = quit;
	if (make_context())
		return;
	make_client();
	for (n = 0; n < 4; n++)
		pthread_create(&t[n], NULL, many_cancels, NULL);
	the_loop.run();
	__atomic_store_n(&ended, 1, __ATOMIC_SEQ_CST);
	for (n = 0; n < 4; n++)
		pthread_join(t[n], NULL);
	end_outside();
}

static int pushes;
static struct lws *pushed; /* another thread asks for its WRITEABLE */

static void
ask(struct lws *wsi)
{
	lws_callback_on_writable(wsi);
}

static void
push_in_tick(void)
{
	if (pushes < 20)
		each_server(ask);
}

static int
push(struct lws *wsi, enum lws_callback_reasons reason, void *in, size_t len)
{
	unsigned char b[LWS_PRE + 10] = { 0 };

	(void)in;
	if (reason == LWS_CALLBACK_CLIENT_RECEIVE) {
		say(wsi, "pushed %d", (int)len);
		if (++pushes == 20 && !pushed)
			destroy_at_next_tick();
		return 1;
	}
	if (reason != LWS_CALLBACK_SERVER_WRITEABLE || pushes >= 20)
		return 0;
	return lws_write(wsi, b + LWS_PRE, 10, LWS_WRITE_BINARY) < 10 ? -1 : 1;
}

/* The program's timer asks for WRITEABLE. */
static void
writeable(void)
{
	make_loop();
	rig.other = push;
	rig.ticked = push_in_tick;
	run_inside();
}

/* How often the thread has called write(2). */
static long
writes(void)
{
	FILE *f = fopen("/proc/thread-self/io", "r");
	char line[80];
	long n = -1;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "syscw: %ld", &n) == 1)
			break;
	if (f)
		fclose(f);
	return n;
}

static long asked_by_writing;

static void
ask_in_tick(void)
{
	long before = writes();

	if (pushes >= 20)
		return;
	each_server(ask);
	each_server(ask);
	asked_by_writing += writes() - before;
}

/* So does it here, which takes no write: the loop needs no waking by its own thread. */
static void
ask_quietly(void)
{
	make_loop();
	rig.other = push;
	rig.ticked = ask_in_tick;
	run_inside();
	if (strcmp(the_loop.name, "glib")) /* which wakes itself */
		say(NULL, "asking took %ld writes", asked_by_writing);
}

static int kill_how;

static void
kill_one(struct lws *wsi)
{
	lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, kill_how);
}

static void
kill_in_tick(void)
{
	if (rig.open < 6)
		return;
	rig.ticked = NULL;
	rig.all_closed = destroy_at_next_tick;
	each_server(kill_one);
}

static void
connect_in_tick(void)
{
	if (rig.ticks < 3)
		return;
	rig.ticked = kill_in_tick;
	make_client();
	make_client();
	make_client();
}

/* The program's timer connects, and closes what has come. */
static void
kills(int how)
{
	kill_how = how;
	make_loop();
	rig.ticked = connect_in_tick;
	if (make_context())
		return;
	the_loop.run();
	destroy("again");
	end_loop();
}

static void
kill_sync(void)
{
	kills(LWS_TO_KILL_SYNC);
}

static void
kill_async(void)
{
	kills(LWS_TO_KILL_ASYNC);
}


static void *
pusher(void *p)
{
	(void)p;
	while (!__atomic_load_n(&ended, __ATOMIC_SEQ_CST)) {
		if (__atomic_load_n(&pushed, __ATOMIC_SEQ_CST))
			lws_callback_on_writable(pushed);
		usleep(200);
	}
	return NULL;
}

static void
remember(struct lws *wsi)
{
	__atomic_store_n(&pushed, wsi, __ATOMIC_SEQ_CST);
}

static void
remember_in_tick(void)
{
	if (pushes < 20) {
		each_server(remember);
		return;
	}
	__atomic_store_n(&ended, 1, __ATOMIC_SEQ_CST);
	the_loop.stop();
}

/* Another thread asks for WRITEABLE: with this library alone. */
static void
push_thread(void)
{
	pthread_t t;

	make_loop();
	rig.other = push;
	rig.ticked = remember_in_tick;
	if (make_context())
		return;
	make_client();
	pthread_create(&t, NULL, pusher, NULL);
	the_loop.run();
	pthread_join(t, NULL);
	destroy("outside");
	rig.ticked = linger_then_stop;
	the_loop.run();
	end_loop();
}

static int flow_messages;

static void
flow_on(struct lws *wsi)
{
	lws_rx_flow_control(wsi, 1);
}

static void
flow_tick(void)
{
	if (!(rig.ticks % 5))
		each_server(flow_on);
}

/* The server stops the flow at each message, the client sends without waiting
 * for an answer. */
static int
flow(struct lws *wsi, enum lws_callback_reasons reason, void *in, size_t len)
{
	static int sent, first;
	static size_t got;
	unsigned char b[LWS_PRE + 700] = { 0 };

	if (reason == LWS_CALLBACK_CLIENT_WRITEABLE) {
		if (sent == 10)
			return 1;
		b[LWS_PRE] = (unsigned char)sent++;
		if (lws_write(wsi, b + LWS_PRE, sizeof(b) - LWS_PRE,
			      LWS_WRITE_BINARY) < 700)
			return -1;
		lws_callback_on_writable(wsi);
		return 1;
	}
	if (reason != LWS_CALLBACK_RECEIVE)
		return 0;
	if (!got)
		first = *(unsigned char *)in;
	got += len;
	if (lws_is_final_fragment(wsi)) {
		say(wsi, "message %d of %d", first, (int)got);
		got = 0;
		if (++flow_messages == 10)
			destroy_at_next_tick();
	}
	lws_rx_flow_control(wsi, 0);
	return 1;
}

static void
flow_control(void)
{
	make_loop();
	rig.other = flow;
	rig.ticked = flow_tick;
	run_inside();
}

/* ---- adopted descriptors ---- */

static int raw_fds[2], raw_got;

static int
raw(struct lws *wsi, enum lws_callback_reasons reason, void *in, size_t len)
{
	char b[64];

	(void)in;
	(void)len;
	if (reason != LWS_CALLBACK_RAW_RX_FILE)
		return 0;
	raw_got += (int)read(lws_get_socket_fd(wsi) >= 0 ?
				     lws_get_socket_fd(wsi) : raw_fds[0],
			     b, 1);
	if (raw_got < 3)
		return 0;
	destroy_at_next_tick();
	return -1;
}

static void
raw_tick(void)
{
	if (raw_got < 3 && write(raw_fds[1], "x", 1) != 1)
		abort();
}

static void
adopt(void)
{
	lws_sock_file_fd_type fd;

	make_loop();
	rig.other = raw;
	rig.ticked = raw_tick;
	if (make_context() || pipe(raw_fds))
		return;
	fd.filefd = raw_fds[0];
	say(NULL, "adopted: %s",
	    lws_adopt_descriptor_vhost(
		    lws_get_vhost_by_name(rig.context, "server"),
		    LWS_ADOPT_RAW_FILE_DESC, fd, "echo", NULL) ? "yes" : "no");
	the_loop.run();
	destroy("again");
	end_loop();
	close(raw_fds[1]);
}

/* ---- TLS ---- */

/* Records hold more than one read takes: the loop does not see that. */
static void
tls(void)
{
	make_loop();
	rig.tls = 1;
	rig.messages = 100;
	rig.all_closed = destroy_at_next_tick;
	run_inside();
}

/* ---- what goes wrong ---- */

static int
stop_at_error(struct lws *wsi, enum lws_callback_reasons reason, void *in,
	      size_t len)
{
	(void)wsi;
	(void)in;
	(void)len;
	if (reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR)
		destroy_at_next_tick();
	return 0;
}

/* Nobody listens. */
static void
refused(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) ||
	    getsockname(fd, (struct sockaddr *)&a, &len))
		abort();
	make_loop();
	rig.other = stop_at_error;
	if (make_context())
		return;
	rig.port = ntohs(a.sin_port); /* bound, not listening */
	make_client();
	the_loop.run();
	destroy("again");
	end_loop();
	close(fd);
}

/* The port is taken: no context, and nothing is left in the loop. */
static void
port_in_use(void)
{
	struct lws_context_creation_info info;
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	void *loops[1];

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 1) ||
	    getsockname(fd, (struct sockaddr *)&a, &len))
		abort();
	make_loop();
	loops[0] = rig.loop;
	memset(&info, 0, sizeof(info));
	info.port = ntohs(a.sin_port);
	info.iface = "127.0.0.1";
	info.options = the_loop.option;
	info.foreign_loops = loops;
	info.pcontext = &rig.context;
	lws_set_log_level(0, NULL);
	rig.context = lws_create_context(&info);
	say(NULL, "port in use: %s", rig.context ? "context" : "none");
	rig.ticked = linger_then_stop;
	the_loop.run();
	destroy("again");
	end_loop();
	close(fd);
}

/* The plugin is not there: no context, and one with our own poll works. */
static void
no_plugin(void)
{
	struct lws_context_creation_info info;

	if (!make_context())
		return;
	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	rig.context = lws_create_context(&info);
	say(NULL, "without a loop: %s", rig.context ? "context" : "none");
	lws_cancel_service(rig.context);
	say(NULL, "lws_service %d", lws_service(rig.context, 0));
	lws_context_destroy(rig.context);
}

static const struct {
	const char *name;
	void (*run)(void);
} scenarios[] = {
	{ "foreign-out", foreign_out },
	{ "foreign-in", foreign_in },
	{ "foreign-callback", foreign_callback },
	{ "foreign-service", foreign_service },
	{ "foreign-live", foreign_live },
	{ "foreign-twice", foreign_twice },
	{ "foreign-two", foreign_two },
	{ "own-callback", own_callback },
	{ "own-sigint", own_sigint },
	{ "own-signal-cb", own_signal_cb },
	{ "own-sul", own_sul },
	{ "own-fork", own_fork },
	{ "timers", timers },
	{ "wsi-timers", wsi_timers },
	{ "cancel", cancel },
	{ "cancel-threads", cancel_threads },
	{ "writeable", writeable },
	{ "ask-quietly", ask_quietly },
	{ "kill-sync", kill_sync },
	{ "kill-async", kill_async },
	{ "flow-control", flow_control },
	{ "adopt", adopt },
	{ "tls", tls },
	{ "refused", refused },
	{ "port-in-use", port_in_use },
	{ "no-plugin", no_plugin },
	{ "push-thread", push_thread },
};

int
main(int argc, char **argv)
{
	size_t n;
	const char *logs = getenv("LOOPS_LOG");

	lws_set_log_level(logs ? atoi(logs) : LLL_ERR, NULL);
	rig.limit = 10000; /* 20 s at the least */
	for (n = 0; n < sizeof(scenarios) / sizeof(scenarios[0]); n++) {
		if (argc < 2) {
			printf("%s\n", scenarios[n].name);
			continue;
		}
		if (strcmp(argv[1], scenarios[n].name))
			continue;
		scenarios[n].run();
		say_all();
		return 0;
	}
	return argc > 1;
}
