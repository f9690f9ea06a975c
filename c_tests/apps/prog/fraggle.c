/* SPDX-License-Identifier: MIT
 *
 * Random messages in random fragments, both ways at once.
 *
 *   fraggle server|client PORT COUNT [deflate]
 *
 * Each side sends COUNT messages of random length and content, each cut into
 * fragments at random places; the first 8 bytes are the length and a checksum
 * of the rest. Each side checks what it receives. The client closes when it
 * has sent and received everything. Exit status 0: all COUNT came, in whole.
 */

#include <libwebsockets.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST 150000
#define HEAD 8

static struct lws_context *context;
static int is_client, count, done, failed;
static uint64_t random_state;

/* One direction. */
static struct {
	int messages, fragments;
	uint64_t bytes;
	/* of the message under way: */
	uint32_t length, at, sum, expected;
	uint8_t head[HEAD];
} tx, rx;

static uint8_t message[LWS_PRE + LONGEST];

static void bad(const char *why)
{
	printf("BAD %s: message %d, byte %" PRIu32 " of %" PRIu32 "\n", why, rx.messages, rx.at, rx.length);
	failed = done = 1;
}

static uint32_t rnd(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 16);
}

static uint32_t add_sum(uint32_t sum, const uint8_t *p, size_t n)
{
	while (n--)
		sum = (sum << 5 | sum >> 27) + *p++;
	return sum;
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t get32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Most messages are small, few are very large; some parts repeat, so that
 * compression has both to do. */
static void make_message(void)
{
	uint8_t *p = message + LWS_PRE;
	uint32_t i, n = HEAD + rnd() % (1u << (2 + rnd() % 12));

	if (rnd() % 100 == 0)
		n = HEAD + rnd() % (LONGEST - HEAD);
	for (i = HEAD; i < n;) {
		uint32_t run = 1 + rnd() % 64, same = rnd() & 1, byte = rnd();

		for (; run && i < n; run--, i++)
			p[i] = (uint8_t)(same ? byte : rnd());
	}
	put32(p, n);
	put32(p + 4, add_sum(0, p + HEAD, n - HEAD));
	tx.length = n;
	tx.at = 0;
}

static int send_fragment(struct lws *wsi)
{
	uint8_t saved[LWS_PRE], *p;
	uint32_t n;
	int flags, w;

	if (tx.messages == count)
		return 0;
	if (!tx.length)
		make_message();
	n = tx.length - tx.at;
	if (n > 1 && rnd() % 3)
		n = 1 + rnd() % n;
	flags = lws_write_ws_flags(LWS_WRITE_BINARY, tx.at == 0, tx.at + n == tx.length);
	p = message + LWS_PRE + tx.at;
	/* The library writes its header over what is before the fragment. */
	memcpy(saved, p - LWS_PRE, LWS_PRE);
	w = lws_write(wsi, p, n, (enum lws_write_protocol)flags);
	memcpy(p - LWS_PRE, saved, LWS_PRE);
	if (w < (int)n) {
		bad("lws_write failed");
		return -1;
	}
	tx.at += n;
	tx.bytes += n;
	tx.fragments++;
	if (tx.at == tx.length) {
		tx.messages++;
		tx.length = 0;
	}
	if (tx.messages < count || rx.messages == count)
		lws_callback_on_writable(wsi);
	return 0;
}

static int receive(struct lws *wsi, const uint8_t *p, size_t n)
{
	size_t head = 0;

	if (!lws_frame_is_binary(wsi)) {
		bad("not binary");
		return -1;
	}
	if (lws_is_first_fragment(wsi) != (rx.at == 0)) {
		bad("lws_is_first_fragment is wrong");
		return -1;
	}
	while (rx.at + head < HEAD && head < n) {
		rx.head[rx.at + head] = p[head];
		head++;
	}
	rx.at += (uint32_t)n;
	rx.sum = add_sum(rx.sum, p + head, n - head);
	rx.fragments++;
	rx.bytes += n;
	if (!lws_is_final_fragment(wsi))
		return 0;
	rx.length = get32(rx.head);
	rx.expected = get32(rx.head + 4);
	if (rx.at != rx.length || rx.sum != rx.expected) {
		bad(rx.at != rx.length ? "wrong length" : "wrong checksum");
		return -1;
	}
	rx.messages++;
	rx.at = rx.sum = 0;
	return 0;
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)user;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		if (is_client && tx.messages == count && rx.messages == count) {
			lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
			return -1;
		}
		return send_fragment(wsi);
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_CLIENT_RECEIVE:
		if (receive(wsi, in, len))
			return -1;
		if (is_client && tx.messages == count && rx.messages == count)
			lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		printf("BAD no connection: %s\n", in ? (const char *)in : "?");
		failed = done = 1;
		break;
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_CLIENT_CLOSED:
		done = 1;
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ .name = "fraggle", .callback = callback, .rx_buffer_size = 2048 },
	{ .name = NULL },
};

static const struct lws_extension extensions[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate" },
	{ NULL, NULL, NULL },
};

static int connect_to(int port)
{
	struct lws_client_connect_info i = { 0 };

	i.context = context;
	i.address = i.host = i.origin = "127.0.0.1";
	i.port = port;
	i.path = "/";
	i.protocol = protocols[0].name;
	i.ietf_version_or_minus_one = -1;
	return lws_client_connect_via_info(&i) != NULL;
}

int main(int argc, char **argv)
{
	struct lws_context_creation_info info = { 0 };

	if (argc < 4) {
		fprintf(stderr, "usage: fraggle server|client PORT COUNT [deflate]\n");
		return 2;
	}
	is_client = !strcmp(argv[1], "client");
	count = atoi(argv[3]);
	random_state = is_client ? 0x9e3779b97f4a7c15 : 0xd1b54a32d192ed03;
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	info.port = is_client ? CONTEXT_PORT_NO_LISTEN : atoi(argv[2]);
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	if (argc > 4)
		info.extensions = extensions;
	context = lws_create_context(&info);
	if (!context || (is_client && !connect_to(atoi(argv[2])))) {
		printf("BAD start\n");
		return 1;
	}
	while (!done && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	if (!failed && (tx.messages != count || rx.messages != count)) {
		printf("BAD sent %d messages, received %d of %d\n", tx.messages, rx.messages, count);
		failed = 1;
	}
	printf("%s sent %" PRIu64 " bytes in %d fragments, received %" PRIu64 " in %d pieces\n",
	       failed ? "FAILED" : "OK", tx.bytes, tx.fragments, rx.bytes, rx.fragments);
	return failed;
}
