/* SPDX-License-Identifier: MIT
 *
 * lws_callback_http_dummy: what an HTTP protocol does by default. Programs
 * hand it every reason that they do not handle themselves.
 * C because of reason 5: for nearly all of them there is nothing to do.
 */
#include "entry.h"
#include "lws_private.h"

extern int go_lwsgo_onward(struct lws *wsi, int reason, void *in, size_t len,
			   int *answer);

/* What is done for a request that another server answers. */
static int
onward(enum lws_callback_reasons reason)
{
	switch (reason) {
	case LWS_CALLBACK_HTTP_BODY:
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
	case LWS_CALLBACK_HTTP_WRITEABLE:
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
		return 1;
	default:
		return 0;
	}
}

/* The protocol of a WebSocket that is led to another server. */
static const struct lws_protocols ws_proxy = {
	.name = "lws-ws-proxy",
	.callback = lws_callback_http_dummy,
	.rx_buffer_size = 8192,
};

const void *
lwsgo_ws_proxy(void)
{
	return &ws_proxy;
}

extern int go_lwsgo_answer_body(struct lws *wsi);
extern int go_lwsgo_cgi(struct lws *wsi, int reason, void *in);

/* What there is to do for a connection that has a CGI. */
static int
cgi(struct lws *wsi, int reason, void *in)
{
	int r;

	if (!wsi || !(wsi->role & LWSGO_CGI))
		return reason == LWS_CALLBACK_CGI_STDIN_DATA ? -1 : 0;
	if (!lwsgo_enter("lws_callback_http_dummy"))
		return -1;
	r = go_lwsgo_cgi(wsi, reason, in);
	lwsgo_leave();
	return r;
}

LWS_VISIBLE int
lws_callback_http_dummy(struct lws *wsi, enum lws_callback_reasons reason,
			void *user, void *in, size_t len)
{
	const struct lws_ssl_info *info = in;
	int answer;

	(void)user;
	if (wsi && (wsi->role & LWSGO_ONWARD) && onward(reason)) {
		int done = 0;

		if (lwsgo_enter(__func__)) {
			done = go_lwsgo_onward(wsi, (int)reason, in, len,
					       &answer);
			lwsgo_leave();
		}
		if (done)
			return answer;
	}
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		if (lws_return_http_status(wsi, HTTP_STATUS_NOT_FOUND, NULL))
			return -1;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		if (!lwsgo_enter(__func__))
			return -1;
		answer = go_lwsgo_answer_body(wsi);
		lwsgo_leave();
		if (answer)
			return -1;
		/* fallthrough */
	case LWS_CALLBACK_HTTP_FILE_COMPLETION:
		if (lws_http_transaction_completed(wsi))
			return -1;
		return 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
	case LWS_CALLBACK_CGI:
	case LWS_CALLBACK_CGI_TERMINATED:
	case LWS_CALLBACK_CGI_STDIN_DATA:
		return cgi(wsi, (int)reason, in);
	case LWS_CALLBACK_SSL_INFO:
		if (info && lwsgo_plain.log_cx)
			lwsl_wsi_notice(wsi, "SSL_INFO: where: 0x%x, ret: 0x%x",
					(unsigned int)info->where,
					(unsigned int)info->ret);
		else if (info)
			lwsl_notice("LWS_CALLBACK_SSL_INFO: where: 0x%x, ret: 0x%x\n",
				    (unsigned int)info->where,
				    (unsigned int)info->ret);
		return 0;
	default:
		return 0;
	}
}
