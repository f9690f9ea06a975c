/* SPDX-License-Identifier: MIT
 *
 * Entries of lws-struct.h.
 * C because of reasons 1 (the way into Go) and 3 (texts that live as long as
 * the library).
 */
#include "entry.h"

LWS_ENTRY(int, 1, lws_struct_json_init_parse,
	  (struct lejp_ctx *ctx, lejp_callback cb, void *user), (ctx, cb, user))

LWS_ENTRY(signed char, -1, lws_struct_schema_only_lejp_cb,
	  (struct lejp_ctx *ctx, char reason), (ctx, reason))

LWS_ENTRY(signed char, -1, lws_struct_default_lejp_cb,
	  (struct lejp_ctx *ctx, char reason), (ctx, reason))

LWS_ENTRY(lws_struct_serialize_t *, NULL, lws_struct_json_serialize_create,
	  (const lws_struct_map_t *map, size_t map_entries, int flags,
	   const void *ptoplevel),
	  (map, map_entries, flags, ptoplevel))

LWS_ENTRY_VOID(lws_struct_json_serialize_destroy,
	       (lws_struct_serialize_t **pjs), (pjs))

LWS_ENTRY(lws_struct_json_serialize_result_t, LSJS_RESULT_ERROR,
	  lws_struct_json_serialize,
	  (lws_struct_serialize_t *js, uint8_t *buf, size_t len,
	   size_t *written),
	  (js, buf, len, written))

/* What the outermost level looks for. */
LWSGO_HIDDEN extern const char *const lwsgo_schema_path[1];
const char *const lwsgo_schema_path[1] = { "schema" };
