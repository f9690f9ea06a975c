/* SPDX-License-Identifier: MIT
 *
 * flow RX_BUFFER_SIZE [deflate]: pt_serv_buf_size is large enough; receiving is off for the first second of a connection, then goes off
 * for 2 ms after each 256 KiB. The peer's bytes count up modulo 251; "TOTAL n" is
 * printed when the connection has closed.
 */
#include "common.h"

struct session {
	struct lws *wsi;
	uint64_t total, mark;
	unsigned char next;
	int off;
	lws_sorted_usec_list_t on;
};

static void
turn_on(lws_sorted_usec_list_t *sul)
{
	struct session *s = lws_container_of(sul, struct session, on);

	if (s->total == 0)
		printf("ON\n");
	s->off = 0;
	lws_rx_flow_control(s->wsi, 1);
}

static void
turn_off(struct session *s, lws_usec_t us)
{
	s->off = 1;
	lws_rx_flow_control(s->wsi, 0);
	lws_sul_schedule(context, 0, &s->on, turn_on, us);
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	struct session *s = user;
	const unsigned char *p = in;
	size_t i;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		memset(s, 0, sizeof(*s));
		s->wsi = wsi;
		turn_off(s, 1000000);
		break;
	case LWS_CALLBACK_RECEIVE:
		if (s->off) {
			BAD("RECEIVE of %zu bytes while receiving is off", len);
			s->off = 0;
		}
		for (i = 0; i < len; i++) {
			if (p[i] != s->next) {
				BAD("byte %llu is %u, not %u",
				    (unsigned long long)(s->total + i), p[i], s->next);
				return -1;
			}
			s->next = (unsigned char)((s->next + 1) % 251);
		}
		s->total += len;
		if (s->total - s->mark >= 262144) {
			s->mark = s->total;
			turn_off(s, 2000);
		}
		break;
	case LWS_CALLBACK_CLOSED:
		lws_sul_cancel(&s->on);
		printf("TOTAL %llu\n", (unsigned long long)s->total);
		break;
	default:
		break;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct lws_extension deflate[] = {
		{ "permessage-deflate", lws_extension_callback_pm_deflate,
		  "permessage-deflate" },
		{ 0 }
	};
	struct lws_protocols protocols[] = {
		{ .name = "echo", .callback = callback,
		  .per_session_data_size = sizeof(struct session) },
		{ 0 }
	};
	struct lws_context_creation_info info;
	struct lws_vhost *vh;
	unsigned int size = 0;

	if (argc > 1)
		protocols[0].rx_buffer_size = size = (unsigned int)atol(argv[1]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_term);
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	context = sized_context(size > 4096 ? size + LWS_PRE : 0);
	if (!context)
		return 3;
	memset(&info, 0, sizeof(info));
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	info.extensions = argc > 2 ? deflate : NULL;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	vh = lws_create_vhost(context, &info);
	if (!vh)
		return 4;
	printf("PORT %d\n", lws_get_vhost_listen_port(vh));
	return serve();
}
