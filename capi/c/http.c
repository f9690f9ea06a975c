/* SPDX-License-Identifier: MIT
 *
 * Wrappers of lws-http.h. C because of reason 1.
 */
#include "abi.h"
#include "entry.h"

LWS_ENTRY(int, 0, lws_hdr_total_length,
	  (struct lws * wsi, enum lws_token_indexes h), (wsi, lwsgo_token(h)))
LWS_ENTRY(int, 0, lws_hdr_fragment_length,
	  (struct lws * wsi, enum lws_token_indexes h, int frag_idx),
	  (wsi, lwsgo_token(h), frag_idx))
LWS_ENTRY(int, -1, lws_hdr_copy,
	  (struct lws * wsi, char *dest, int len, enum lws_token_indexes h),
	  (wsi, dest, len, lwsgo_token(h)))
LWS_ENTRY(int, -1, lws_hdr_copy_fragment,
	  (struct lws * wsi, char *dest, int len, enum lws_token_indexes h,
	   int frag_idx),
	  (wsi, dest, len, lwsgo_token(h), frag_idx))
LWS_ENTRY(int, -1, lws_hdr_custom_length,
	  (struct lws * wsi, const char *name, int nlen), (wsi, name, nlen))
LWS_ENTRY(int, -1, lws_hdr_custom_copy,
	  (struct lws * wsi, char *dst, int len, const char *name, int nlen),
	  (wsi, dst, len, name, nlen))
LWS_ENTRY(const char *, NULL, lws_get_urlarg_by_name,
	  (struct lws * wsi, const char *name, char *buf, int len),
	  (wsi, name, buf, len))
LWS_ENTRY(int, -1, lws_http_get_uri_and_method,
	  (struct lws * wsi, char **puri_ptr, int *puri_len),
	  (wsi, puri_ptr, puri_len))

extern const unsigned char *go_lws_token_to_string(enum lws_token_indexes t);

LWS_VISIBLE const unsigned char *
lws_token_to_string(enum lws_token_indexes token)
{
	const char *text = lwsgo_token_text(token);

	if (text || !lwsgo_enter("lws_token_to_string"))
		return (const unsigned char *)text;
	text = (const char *)go_lws_token_to_string(lwsgo_token(token));
	lwsgo_leave();
	return (const unsigned char *)text;
}

LWS_ENTRY(int, 1, lws_add_http_header_status,
	  (struct lws * wsi, unsigned int code, unsigned char **p,
	   unsigned char *end),
	  (wsi, code, p, end))
LWS_ENTRY(int, 1, lws_add_http_header_by_name,
	  (struct lws * wsi, const unsigned char *name,
	   const unsigned char *value, int length, unsigned char **p,
	   unsigned char *end),
	  (wsi, name, value, length, p, end))
LWS_ENTRY(int, 1, lws_add_http_header_by_token,
	  (struct lws * wsi, enum lws_token_indexes token,
	   const unsigned char *value, int length, unsigned char **p,
	   unsigned char *end),
	  (wsi, lwsgo_token(token), value, length, p, end))
LWS_ENTRY(int, 1, lws_add_http_header_content_length,
	  (struct lws * wsi, lws_filepos_t content_length, unsigned char **p,
	   unsigned char *end),
	  (wsi, content_length, p, end))
LWS_ENTRY(int, 1, lws_add_http_common_headers,
	  (struct lws * wsi, unsigned int code, const char *content_type,
	   lws_filepos_t content_len, unsigned char **p, unsigned char *end),
	  (wsi, code, content_type, content_len, p, end))
LWS_ENTRY(int, 1, lws_finalize_http_header,
	  (struct lws * wsi, unsigned char **p, unsigned char *end),
	  (wsi, p, end))
LWS_ENTRY(int, 1, lws_return_http_status,
	  (struct lws * wsi, unsigned int code, const char *html_body),
	  (wsi, code, html_body))
LWS_ENTRY(int, -1, lws_http_redirect,
	  (struct lws * wsi, int code, const unsigned char *loc, int len,
	   unsigned char **p, unsigned char *end),
	  (wsi, code, loc, len, p, end))
LWS_ENTRY(int, 1, lws_http_cookie_get,
	  (struct lws * wsi, const char *name, char *buf, size_t *max),
	  (wsi, name, buf, max))
LWS_ENTRY(int, 1, lws_http_mark_sse, (struct lws * wsi), (wsi))
LWS_ENTRY(int, -1, lws_chunked_html_process,
	  (struct lws_process_html_args * args,
	   struct lws_process_html_state *s),
	  (args, s))
LWS_ENTRY(int, 1, lws_http_transaction_completed, (struct lws * wsi), (wsi))
LWS_ENTRY(int, 1, lws_http_headers_detach, (struct lws * wsi), (wsi))
LWS_ENTRY(int, -1, lws_serve_http_file,
	  (struct lws * wsi, const char *file, const char *content_type,
	   const char *other_headers, int other_headers_len),
	  (wsi, file, content_type, other_headers, other_headers_len))
LWS_ENTRY(int, -1, lws_serve_http_file_fragment, (struct lws * wsi), (wsi))
LWS_ENTRY(const char *, NULL, lws_get_mimetype,
	  (const char *file, const struct lws_http_mount *m), (file, m))

LWS_VISIBLE int
lws_finalize_write_http_header(struct lws *wsi, unsigned char *start,
			       unsigned char **p, unsigned char *end)
{
	int len;

	LWS_NEEDS(start && p && *p, 1);
	if (lws_finalize_http_header(wsi, p, end))
		return 1;
	len = lws_ptr_diff(*p, start);
	return lws_write(wsi, start, (size_t)len, LWS_WRITE_HTTP_HEADERS) != len;
}

LWS_ENTRY(int, 1, lws_http_compression_apply,
	  (struct lws * wsi, const char *name, unsigned char **p,
	   unsigned char *end, char decomp),
	  (wsi, name, p, end, decomp))
