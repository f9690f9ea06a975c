/* SPDX-License-Identifier: MIT
 *
 * lws_callback_http_dummy: what an HTTP protocol does by default. Programs
 * hand it every reason that they do not handle themselves.
 * C because of reason 5: for nearly all of them there is nothing to do.
 */
#include "entry.h"

LWS_VISIBLE int
lws_callback_http_dummy(struct lws *wsi, enum lws_callback_reasons reason,
			void *user, void *in, size_t len)
{
	const struct lws_ssl_info *info = in;

	(void)user;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		if (lws_return_http_status(wsi, HTTP_STATUS_NOT_FOUND, NULL))
			return -1;
		/* fallthrough */
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
	case LWS_CALLBACK_HTTP_FILE_COMPLETION:
		if (lws_http_transaction_completed(wsi))
			return -1;
		return 0;
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
