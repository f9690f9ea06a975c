/* SPDX-License-Identifier: MIT
 *
 * lws-tls-sessions.h: what is around the program's callbacks. C because of
 * reason 1: they run with no Go frame under them.
 */
#include "entry.h"
#include "lws_private.h"
#include <stdlib.h>

/* The serialised session in memory of malloc(), NULL: there is none. */
extern void *go_lwsgo_session_save(struct lws_vhost *vh, const char *host,
				   int port, char *tag, size_t *len);
extern int go_lwsgo_session_wanted(struct lws_vhost *vh, const char *host,
				   int port, char *tag);
extern int go_lwsgo_session_load(struct lws_vhost *vh, const char *host,
				 int port, const void *blob, size_t len);

LWS_VISIBLE int
lws_tls_session_dump_save(struct lws_vhost *vh, const char *host, uint16_t port,
			  lws_tls_sess_cb_t cb_save, void *opq)
{
	struct lws_tls_session_dump d;
	size_t len = 0;
	void *blob;
	int bad = 1;

	memset(&d, 0, sizeof(d));
	if (!vh || !host || !cb_save || !lwsgo_enter("lws_tls_session_dump_save"))
		return 1;
	blob = go_lwsgo_session_save(vh, host, port, d.tag, &len);
	lwsgo_leave();
	if (blob) {
		d.blob = blob;
		d.blob_len = len;
		d.opaque = opq;
		bad = !!cb_save(vh->context, &d);
		explicit_bzero(blob, len);
		free(blob);
	}
	return bad;
}

LWS_VISIBLE int
lws_tls_session_dump_load(struct lws_vhost *vh, const char *host, uint16_t port,
			  lws_tls_sess_cb_t cb_load, void *opq)
{
	struct lws_tls_session_dump d;
	int bad;

	memset(&d, 0, sizeof(d));
	if (!vh || !host || !cb_load || !lwsgo_enter("lws_tls_session_dump_load"))
		return 1;
	bad = !go_lwsgo_session_wanted(vh, host, port, d.tag);
	lwsgo_leave();
	d.opaque = opq;
	if (bad || cb_load(vh->context, &d))
		return 1;
	if (!lwsgo_enter("lws_tls_session_dump_load"))
		return 1;
	bad = go_lwsgo_session_load(vh, host, port, d.blob, d.blob_len);
	lwsgo_leave();
	free(d.blob);
	return bad;
}
