/* SPDX-License-Identifier: MIT
 *
 * What the fault programs share: a context with one listening vhost on a free
 * port of the loopback, ended by SIGTERM.
 */
#ifndef FAULTS_COMMON_H
#define FAULTS_COMMON_H

#include "../../harness/prog/term.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define BAD(...) (printf("BAD " __VA_ARGS__), printf("\n"))

/* A context without a vhost, with pt_serv_buf_size; NULL when that fails. */
static inline struct lws_context *
sized_context(unsigned int size)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6 |
		       LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	info.pt_serv_buf_size = size;
	return lws_create_context(&info);
}

static inline struct lws_context *
bare_context(void)
{
	return sized_context(0);
}

static inline struct lws_vhost *
add_site(struct lws_context *cx, const struct lws_protocols *protocols,
	 const struct lws_http_mount *mounts)
{
	struct lws_context_creation_info info;
	struct lws_vhost *vh;

	memset(&info, 0, sizeof(info));
	info.port = 0;
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	info.mounts = mounts;
	info.vhost_name = "faults";
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	vh = lws_create_vhost(cx, &info);
	if (vh)
		printf("PORT %d\n", lws_get_vhost_listen_port(vh));
	else
		printf("NOVHOST\n");
	return vh;
}

static inline struct lws_vhost *
add_server(struct lws_context *cx, const struct lws_protocols *protocols)
{
	return add_site(cx, protocols, NULL);
}

/* begin makes the context and the server; 0 when it cannot. */
static inline int
begin(const struct lws_protocols *protocols)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_term);
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	context = bare_context();
	if (!context) {
		printf("NOCONTEXT\n");
		return 0;
	}
	return add_server(context, protocols) != NULL;
}

/* finish is the end of a program that has begun. */
static inline int
finish(void)
{
	lws_context_destroy(context);
	context = NULL;
	printf("DONE\n");
	return 0;
}

static inline int
serve(void)
{
	while (!stopping && lws_service(context, 0) >= 0)
		;
	return finish();
}

/* An echo of whole small messages, enough to make a load. */
struct echo {
	size_t len;
	int binary, due;
	unsigned char buf[LWS_PRE + 8192];
};

static inline int
echo_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	      void *in, size_t len)
{
	struct echo *e = user;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		memset(e, 0, sizeof(*e));
		break;
	case LWS_CALLBACK_RECEIVE:
		if (e->due || e->len + len > sizeof(e->buf) - LWS_PRE) {
			BAD("a message of more than 8 KiB, or two at once");
			return -1;
		}
		if (len)
			memcpy(e->buf + LWS_PRE + e->len, in, len);
		e->len += len;
		if (!lws_is_final_fragment(wsi))
			break;
		e->binary = lws_frame_is_binary(wsi);
		e->due = 1;
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!e->due)
			break;
		if (lws_write(wsi, e->buf + LWS_PRE, e->len,
			      e->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT) <
		    (int)e->len)
			return -1;
		e->due = 0;
		e->len = 0;
		break;
	default:
		break;
	}
	return 0;
}

#endif
