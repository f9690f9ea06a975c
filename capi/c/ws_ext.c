/* SPDX-License-Identifier: MIT
 *
 * Wrappers of lws-ws-ext.h. C because of reason 1; the log line of
 * lws_context_init_extensions is reason 2.
 */
#include "entry.h"
#include "lws_private.h"

LWS_ENTRY(int, -1, lws_ext_parse_options,
	  (const struct lws_extension *ext, struct lws *wsi, void *ext_user,
	   const struct lws_ext_options *opts, const char *in, int len),
	  (ext, wsi, ext_user, opts, in, len))

/* Not declared in public. There is nothing to set up: a vhost's extension
 * table is read when the vhost is made, and a connection can use one. */
LWS_VISIBLE void
lws_context_init_extensions(const struct lws_context_creation_info *info,
			    struct lws_context *context)
{
	(void)info;
	(void)context;
	lwsl_info(" LWS_MAX_EXTENSIONS_ACTIVE: %u\n", 1u);
}
