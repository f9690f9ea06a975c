/* SPDX-License-Identifier: MIT
 *
 * Small messages of WebSockets, answered where they come, while other threads write on the same
 * connections, ask for WRITEABLE, stop them, wake the service thread and set timers. argv: service
 * threads, seconds.
 */
#include "smp.h"

#define LIVE 64
#define HELPERS 3

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of live */
static struct lws *live[LIVE];
static int over, echoed, written, writeable, timers;

static void
change(struct lws *from, struct lws *to)
{
	int n;

	pthread_mutex_lock(&lock);
	for (n = 0; n < LIVE; n++)
		if (live[n] == from) {
			live[n] = to;
			break;
		}
	pthread_mutex_unlock(&lock);
}

static int
on_ws(struct lws *wsi, enum lws_callback_reasons r, void *user, void *in, size_t len)
{
	unsigned char b[LWS_PRE + 4096];
	int *count = user; /* of messages */

	switch (r) {
	case LWS_CALLBACK_ESTABLISHED:
		change(NULL, wsi);
		break;
	case LWS_CALLBACK_RECEIVE:
		if (len > 4096) {
			bad("%d bytes", (int)len);
			return -1;
		}
		memcpy(b + LWS_PRE, in, len);
		if (lws_write(wsi, b + LWS_PRE, len, LWS_WRITE_BINARY) != (int)len)
			return -1;
		add(&echoed, 1);
		if (++*count % 16 == 0)
			lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		add(&writeable, 1);
		b[LWS_PRE] = 'w';
		return lws_write(wsi, b + LWS_PRE, 1, LWS_WRITE_TEXT) == 1 ? 0 : -1;
	case LWS_CALLBACK_TIMER:
		add(&timers, 1);
		break;
	case LWS_CALLBACK_CLOSED:
		change(wsi, NULL);
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ .name = "echo", .callback = on_ws, .per_session_data_size = sizeof(int), .rx_buffer_size = 4096 },
	{ .name = NULL },
};

static void
tick(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	add(&timers, 1);
}

static void
meddle_with(struct lws *wsi)
{
	unsigned char b[LWS_PRE + 8] = { 0 };

	switch (any(6)) {
	case 0:
		lws_callback_on_writable(wsi);
		break;
	case 1:
		lws_cancel_service_pt(wsi);
		break;
	case 2:
		lws_rx_flow_control(wsi, 0);
		lws_rx_flow_control(wsi, 1);
		break;
	case 3:
		memcpy(b + LWS_PRE, "outside", 7);
		if (lws_write(wsi, b + LWS_PRE, 7, LWS_WRITE_TEXT) == 7)
			add(&written, 1);
		break;
	case 4:
		lws_set_timer_usecs(wsi, any(2000));
		break;
	default:
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, 10);
		break;
	}
}

static void *
meddle(void *arg)
{
	lws_sorted_usec_list_t sul;
	int n;

	(void)arg;
	memset(&sul, 0, sizeof(sul));
	while (!get(&over)) {
		pthread_mutex_lock(&lock);
		n = (int)any(LIVE);
		if (live[n])
			meddle_with(live[n]);
		pthread_mutex_unlock(&lock);
		if (!any(16))
			lws_cancel_service(cx);
		if (!any(16))
			lws_callback_on_writable_all_protocol(cx, &protocols[0]);
		if (!any(16))
			lws_sul_schedule(cx, (int)any((uint32_t)count), &sul, tick, any(500));
		if (!any(4))
			usleep(any(200));
	}
	lws_sul_cancel(&sul);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info i = settings(atoi(argv[1]), protocols);
	pthread_t helper[HELPERS];
	int seconds, n;

	(void)argc;
	seconds = atoi(argv[2]);
	i.options = 0;
	i.listen_accept_role = i.listen_accept_protocol = NULL;
	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm((unsigned int)seconds + 60);
	lws_set_log_level(LLL_ERR, NULL);
	cx = lws_create_context(&i);
	if (!cx) {
		puts("BAD no context");
		return 1;
	}
	printf("PORT %d\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(cx, "default")));
	start_threads(serve);
	for (n = 0; n < HELPERS; n++)
		pthread_create(&helper[n], NULL, meddle, NULL);
	nap(seconds * 1000);
	add(&over, 1);
	for (n = 0; n < HELPERS; n++)
		pthread_join(helper[n], NULL);
	add(&stop, 1);
	lws_cancel_service(cx);
	join_threads();
	lws_context_destroy(cx);
	if (!echoed || !written || !writeable || !timers)
		bad("something never happened");
	printf("echoed %d written %d writeable %d timers %d\n", echoed, written, writeable, timers);
	puts("OK");
	return 0;
}
