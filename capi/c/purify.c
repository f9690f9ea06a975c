/* SPDX-License-Identifier: MIT
 *
 * Entries of lws-purify.h that are written in Go.
 * C because of reason 1 (the way into Go).
 */
#include "abi.h"
#include "entry.h"

LWS_ENTRY_AS(const char *, NULL, lws_sql_purify,
	     (char *escaped, const char *string, lwsgo_len len),
	     (char *escaped, const char *string, size_t len),
	     (escaped, string, len > 0 ? (size_t)len : 0))

LWS_ENTRY(const char *, NULL, lws_json_purify,
	  (char *escaped, const char *string, int len, int *in_used),
	  (escaped, string, len, in_used))

LWS_ENTRY(int, 0, lws_json_purify_len, (const char *string), (string))

LWS_ENTRY_VOID(lws_filename_purify_inplace, (char *filename), (filename))
