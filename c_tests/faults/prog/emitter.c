/* SPDX-License-Identifier: MIT
 *
 * emitter: a log emitter that takes a lock of the program's and calls the
 * library, while threads that hold that lock call the library too. Every line
 * must come before the return or the callback that it explains.
 */
#include "common.h"

static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
static atomic_int lines, refused, issuing, failed;
static struct lws *live;

static void
emitter(int level, const char *line)
{
	struct lws_vhost *vh;

	(void)level;
	atomic_fetch_add(&lines, 1);
	if (strstr(line, "lws_set_proxy"))
		atomic_fetch_add(&refused, 1);
	if (strstr(line, "sending the handshake"))
		atomic_fetch_add(&issuing, 1);
	if (!context || stopping)
		return;
	pthread_mutex_lock(&own);
	vh = lws_get_vhost_by_name(context, "faults");
	if (!vh)
		BAD("no vhost from the emitter, at %s", line);
	if (live)
		lws_callback_on_writable(live);
	pthread_mutex_unlock(&own);
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		pthread_mutex_lock(&own);
		live = wsi;
		pthread_mutex_unlock(&own);
		break;
	case LWS_CALLBACK_CLOSED:
		pthread_mutex_lock(&own);
		if (live == wsi)
			live = NULL;
		pthread_mutex_unlock(&own);
		break;
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		if (!atomic_load(&issuing))
			BAD("the callback came before the line of its step");
		return 0;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		atomic_fetch_add(&failed, 1);
		return 0;
	default:
		break;
	}
	return echo_callback(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{ .name = "echo", .callback = callback, .per_session_data_size = sizeof(struct echo) },
	{ 0 }
};

static void *
work(void *arg)
{
	struct lws_vhost *vh = arg;
	int n;

	for (n = 0; n < 20000 && !stopping; n++) {
		pthread_mutex_lock(&own);
		lws_callback_on_writable_all_protocol_vhost(vh, protocols);
		if (live)
			lws_callback_on_writable(live);
		pthread_mutex_unlock(&own);
		if (n % 50 == 0)
			lws_cancel_service(context);
	}
	printf("WORKED\n");
	return NULL;
}

int
main(void)
{
	struct lws_client_connect_info i;
	struct lws_vhost *vh;
	pthread_t t[2];
	int n;

	signal(SIGTERM, on_term);
	setvbuf(stdout, NULL, _IOLBF, 0);
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_NOTICE | LLL_INFO | LLL_DEBUG, emitter);
	context = bare_context();
	if (!context)
		return 3;
	vh = add_server(context, protocols);
	if (!vh)
		return 3;
	if (lws_set_proxy(vh, "no-port") == 0 || !atomic_load(&refused))
		BAD("lws_set_proxy returned before its line");
	for (n = 0; n < 2; n++)
		if (pthread_create(&t[n], NULL, work, vh))
			return 3;
	memset(&i, 0, sizeof(i));
	i.context = context;
	i.vhost = vh;
	i.address = i.host = i.origin = "127.0.0.1";
	i.port = lws_get_vhost_listen_port(vh);
	i.path = "/";
	i.protocol = "unknown";
	i.local_protocol_name = "echo";
	if (!lws_client_connect_via_info(&i))
		BAD("no client");
	while (!stopping && lws_service(context, 0) >= 0)
		;
	for (n = 0; n < 2; n++)
		pthread_join(t[n], NULL);
	if (!atomic_load(&failed))
		BAD("no connection error");
	printf("LINES %s\n", atomic_load(&lines) > 100 ? "many" : "few");
	return finish();
}
