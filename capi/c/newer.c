/* SPDX-License-Identifier: MIT
 *
 * Wrappers of lws-newer.h. C because of reason 1.
 */
#include "entry.h"

LWS_ENTRY(int, -1, lws_http_date_render_from_unix,
	  (char *buf, size_t len, const time_t *t), (buf, len, t))
LWS_ENTRY(int, -1, lws_http_date_parse_unix,
	  (const char *b, size_t len, time_t *t), (b, len, t))
LWS_ENTRY(int, 1, lws_http_check_retry_after,
	  (struct lws * wsi, lws_usec_t *us_interval_in_out),
	  (wsi, us_interval_in_out))
LWS_ENTRY(int, -1, lws_get_urlarg_by_name_safe,
	  (struct lws * wsi, const char *name, char *buf, int len),
	  (wsi, name, buf, len))
LWS_ENTRY(int, -1, lws_hdr_custom_name_foreach,
	  (struct lws * wsi, lws_hdr_custom_fe_cb_t cb, void *opaque),
	  (wsi, cb, opaque))
LWS_ENTRY(void *, NULL, lws_vhd_find_by_pvo,
	  (struct lws_context * cx, const char *protname, const char *pvo_name,
	   const char *pvo_value),
	  (cx, protname, pvo_name, pvo_value))
