/* SPDX-License-Identifier: MIT
 *
 * HTTP: files, headers in, headers out, transactions. Part of libwebsockets.h;
 * include that.
 *
 * Functions that add headers share their conventions: `*p` is where to write and is
 * moved on, `end` is just behind the buffer, 0 means success and nonzero that there
 * was no room, in which case the callback should give up with -1. They work for
 * HTTP/1 and h2, where they write HPACK. The buffer needs LWS_PRE bytes in front.
 */

/** How much room to give the headers of an answer, at least. */
#define LWS_RECOMMENDED_MIN_HEADER_SPACE  2048

/**
 * The media type for a file name, by its suffix.
 *
 * @param m the mount whose extra_mimetypes come first, or NULL
 * @return a static string or the mount's; NULL if the suffix is unknown
 */
LWS_VISIBLE LWS_EXTERN const char *
lws_get_mimetype(const char *file, const struct lws_http_mount *m);

/**
 * Answer a request with a file: headers now, content piece by piece as the connection
 * becomes writable, then LWS_CALLBACK_HTTP_FILE_COMPLETION.
 *
 * A GET that asks for parts (Range) gets those, with 206, or 416 if there are none; with
 * If-Range, whose validator is not known here, the whole. Not where other_headers have
 * Accept-Ranges or Content-Range: then that is the program's matter.
 *
 * @param file		    path, opened through the context's file systems
 * @param content_type	    media type; NULL: do not send one
 * @param other_headers	    further header lines as lws_add_http_header_*() wrote
 *			    them, or NULL; copied
 * @param other_headers_len their length
 * @return negative: error, close. 0: under way, or 416. Positive: complete, or answered
 *	   with another error page; then return lws_http_transaction_completed()
 */
LWS_VISIBLE LWS_EXTERN int
lws_serve_http_file(struct lws *wsi, const char *file, const char *content_type,
		    const char *other_headers, int other_headers_len);

/**
 * Send the next piece of the file. The library does so by itself on WRITEABLE.
 *
 * @return negative: error, close. 0: more to come. Positive: complete
 */
LWS_VISIBLE LWS_EXTERN int
lws_serve_http_file_fragment(struct lws *wsi);

/** Status codes (RFC 9110 section 15). */
enum http_status {
	HTTP_STATUS_CONTINUE = 100,		/**< 100 Continue */
	HTTP_STATUS_OK = 200,			/**< 200 OK */
	HTTP_STATUS_NO_CONTENT = 204,		/**< 204 No Content */
	HTTP_STATUS_PARTIAL_CONTENT = 206,	/**< 206 Partial Content */
	HTTP_STATUS_MOVED_PERMANENTLY = 301,	/**< 301 Moved Permanently */
	HTTP_STATUS_FOUND = 302,		/**< 302 Found */
	HTTP_STATUS_SEE_OTHER = 303,		/**< 303 See Other */
	HTTP_STATUS_NOT_MODIFIED = 304,		/**< 304 Not Modified */
	HTTP_STATUS_BAD_REQUEST = 400,		/**< 400 Bad Request */
	HTTP_STATUS_UNAUTHORIZED,		/**< 401 Unauthorized */
	HTTP_STATUS_PAYMENT_REQUIRED,		/**< 402 Payment Required */
	HTTP_STATUS_FORBIDDEN,			/**< 403 Forbidden */
	HTTP_STATUS_NOT_FOUND,			/**< 404 Not Found */
	HTTP_STATUS_METHOD_NOT_ALLOWED,		/**< 405 Method Not Allowed */
	HTTP_STATUS_NOT_ACCEPTABLE,		/**< 406 Not Acceptable */
	HTTP_STATUS_PROXY_AUTH_REQUIRED,	/**< 407 Proxy Authentication Required */
	HTTP_STATUS_REQUEST_TIMEOUT,		/**< 408 Request Timeout */
	HTTP_STATUS_CONFLICT,			/**< 409 Conflict */
	HTTP_STATUS_GONE,			/**< 410 Gone */
	HTTP_STATUS_LENGTH_REQUIRED,		/**< 411 Length Required */
	HTTP_STATUS_PRECONDITION_FAILED,	/**< 412 Precondition Failed */
	HTTP_STATUS_REQ_ENTITY_TOO_LARGE,	/**< 413 Content Too Large */
	HTTP_STATUS_REQ_URI_TOO_LONG,		/**< 414 URI Too Long */
	HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE,	/**< 415 Unsupported Media Type */
	HTTP_STATUS_REQ_RANGE_NOT_SATISFIABLE,	/**< 416 Range Not Satisfiable */
	HTTP_STATUS_EXPECTATION_FAILED,		/**< 417 Expectation Failed */
	HTTP_STATUS_INTERNAL_SERVER_ERROR = 500,	/**< 500 Internal Server Error */
	HTTP_STATUS_NOT_IMPLEMENTED,		/**< 501 Not Implemented */
	HTTP_STATUS_BAD_GATEWAY,		/**< 502 Bad Gateway */
	HTTP_STATUS_SERVICE_UNAVAILABLE,	/**< 503 Service Unavailable */
	HTTP_STATUS_GATEWAY_TIMEOUT,		/**< 504 Gateway Timeout */
	HTTP_STATUS_HTTP_VERSION_NOT_SUPPORTED,	/**< 505 HTTP Version Not Supported */
};

/** A piece of a document that passes through a callback. */
struct lws_process_html_args {
	char *p;	/**< the text; may be replaced in place */
	int len;	/**< its bytes; set it to what is there afterwards */
	int max_len;	/**< room at p */
	int final;	/**< nonzero: the last piece */
	int chunked;	/**< nonzero: goes out in chunks, which the callback must frame */
};

/** Gives the text for variable number `index`; it must live until the next call. */
typedef const char *(*lws_process_html_state_cb)(void *data, int index);

/** What lws_chunked_html_process() keeps between the pieces of one document. */
struct lws_process_html_state {
	char *start;		/**< internal */
	char swallow[16];	/**< internal: a name that a piece's end cut in two */
	int pos;		/**< internal: its length; 0 at first */
	void *data;		/**< `data` for replace */
	const char * const *vars;	/**< names to replace, each with its '$' */
	int count_vars;		/**< how many */

	lws_process_html_state_cb replace;	/**< called for each that is found */
};

/**
 * Replace variables in a piece of a document, and frame the result as a chunk if
 * args->chunked, from LWS_CALLBACK_PROCESS_HTML.
 *
 * @param args the piece, changed in place
 * @param s    state, zeroed before the first piece but for the members that say what
 *	       to replace
 * @return 0, or -1 if the result does not fit
 */
LWS_VISIBLE LWS_EXTERN int
lws_chunked_html_process(struct lws_process_html_args *args,
			 struct lws_process_html_state *s);

/** A stretch of bytes in a buffer. */
struct lws_tokens {
	unsigned char *token;	/**< where it begins; not NUL-terminated */
	int len;		/**< its bytes */
};

/**
 * What lws_hdr_*() can look up. Comments give the header's name, or what it holds
 * otherwise. The values are ABI.
 */
enum lws_token_indexes {
	WSI_TOKEN_GET_URI,			/**< path of a GET request */
	WSI_TOKEN_POST_URI,			/**< path of a POST */
	WSI_TOKEN_OPTIONS_URI,			/**< path of an OPTIONS */
	WSI_TOKEN_HOST,				/**< Host */
	WSI_TOKEN_CONNECTION,			/**< Connection */
	WSI_TOKEN_UPGRADE,			/**< Upgrade */
	WSI_TOKEN_ORIGIN,			/**< Origin */
	WSI_TOKEN_DRAFT,			/**< Sec-WebSocket-Draft */
	WSI_TOKEN_CHALLENGE,			/**< the empty line that ends the headers */
	WSI_TOKEN_EXTENSIONS,			/**< Sec-WebSocket-Extensions */
	WSI_TOKEN_KEY1,				/**< Sec-WebSocket-Key1 */
	WSI_TOKEN_KEY2,				/**< Sec-WebSocket-Key2 */
	WSI_TOKEN_PROTOCOL,			/**< Sec-WebSocket-Protocol */
	WSI_TOKEN_ACCEPT,			/**< Sec-WebSocket-Accept */
	WSI_TOKEN_NONCE,			/**< Sec-WebSocket-Nonce */
	WSI_TOKEN_HTTP,				/**< status of a response */
	WSI_TOKEN_HTTP2_SETTINGS,		/**< HTTP2-Settings */
	WSI_TOKEN_HTTP_ACCEPT,			/**< Accept */
	WSI_TOKEN_HTTP_AC_REQUEST_HEADERS,	/**< Access-Control-Request-Headers */
	WSI_TOKEN_HTTP_IF_MODIFIED_SINCE,	/**< If-Modified-Since */
	WSI_TOKEN_HTTP_IF_NONE_MATCH,		/**< If-None-Match */
	WSI_TOKEN_HTTP_ACCEPT_ENCODING,		/**< Accept-Encoding */
	WSI_TOKEN_HTTP_ACCEPT_LANGUAGE,		/**< Accept-Language */
	WSI_TOKEN_HTTP_PRAGMA,			/**< Pragma */
	WSI_TOKEN_HTTP_CACHE_CONTROL,		/**< Cache-Control */
	WSI_TOKEN_HTTP_AUTHORIZATION,		/**< Authorization */
	WSI_TOKEN_HTTP_COOKIE,			/**< Cookie */
	WSI_TOKEN_HTTP_CONTENT_LENGTH,		/**< Content-Length */
	WSI_TOKEN_HTTP_CONTENT_TYPE,		/**< Content-Type */
	WSI_TOKEN_HTTP_DATE,			/**< Date */
	WSI_TOKEN_HTTP_RANGE,			/**< Range */
	WSI_TOKEN_HTTP_REFERER,			/**< Referer */
	WSI_TOKEN_KEY,				/**< Sec-WebSocket-Key */
	WSI_TOKEN_VERSION,			/**< Sec-WebSocket-Version */
	WSI_TOKEN_SWORIGIN,			/**< Sec-WebSocket-Origin */
	WSI_TOKEN_HTTP_COLON_AUTHORITY,		/**< :authority */
	WSI_TOKEN_HTTP_COLON_METHOD,		/**< :method */
	WSI_TOKEN_HTTP_COLON_PATH,		/**< :path */
	WSI_TOKEN_HTTP_COLON_SCHEME,		/**< :scheme */
	WSI_TOKEN_HTTP_COLON_STATUS,		/**< :status */
	WSI_TOKEN_HTTP_ACCEPT_CHARSET,		/**< Accept-Charset */
	WSI_TOKEN_HTTP_ACCEPT_RANGES,		/**< Accept-Ranges */
	WSI_TOKEN_HTTP_ACCESS_CONTROL_ALLOW_ORIGIN,	/**< Access-Control-Allow-Origin */
	WSI_TOKEN_HTTP_AGE,			/**< Age */
	WSI_TOKEN_HTTP_ALLOW,			/**< Allow */
	WSI_TOKEN_HTTP_CONTENT_DISPOSITION,	/**< Content-Disposition */
	WSI_TOKEN_HTTP_CONTENT_ENCODING,	/**< Content-Encoding */
	WSI_TOKEN_HTTP_CONTENT_LANGUAGE,	/**< Content-Language */
	WSI_TOKEN_HTTP_CONTENT_LOCATION,	/**< Content-Location */
	WSI_TOKEN_HTTP_CONTENT_RANGE,		/**< Content-Range */
	WSI_TOKEN_HTTP_ETAG,			/**< ETag */
	WSI_TOKEN_HTTP_EXPECT,			/**< Expect */
	WSI_TOKEN_HTTP_EXPIRES,			/**< Expires */
	WSI_TOKEN_HTTP_FROM,			/**< From */
	WSI_TOKEN_HTTP_IF_MATCH,		/**< If-Match */
	WSI_TOKEN_HTTP_IF_RANGE,		/**< If-Range */
	WSI_TOKEN_HTTP_IF_UNMODIFIED_SINCE,	/**< If-Unmodified-Since */
	WSI_TOKEN_HTTP_LAST_MODIFIED,		/**< Last-Modified */
	WSI_TOKEN_HTTP_LINK,			/**< Link */
	WSI_TOKEN_HTTP_LOCATION,		/**< Location */
	WSI_TOKEN_HTTP_MAX_FORWARDS,		/**< Max-Forwards */
	WSI_TOKEN_HTTP_PROXY_AUTHENTICATE,	/**< Proxy-Authenticate */
	WSI_TOKEN_HTTP_PROXY_AUTHORIZATION,	/**< Proxy-Authorization */
	WSI_TOKEN_HTTP_REFRESH,			/**< Refresh */
	WSI_TOKEN_HTTP_RETRY_AFTER,		/**< Retry-After */
	WSI_TOKEN_HTTP_SERVER,			/**< Server */
	WSI_TOKEN_HTTP_SET_COOKIE,		/**< Set-Cookie */
	WSI_TOKEN_HTTP_STRICT_TRANSPORT_SECURITY,	/**< Strict-Transport-Security */
	WSI_TOKEN_HTTP_TRANSFER_ENCODING,	/**< Transfer-Encoding */
	WSI_TOKEN_HTTP_USER_AGENT,		/**< User-Agent */
	WSI_TOKEN_HTTP_VARY,			/**< Vary */
	WSI_TOKEN_HTTP_VIA,			/**< Via */
	WSI_TOKEN_HTTP_WWW_AUTHENTICATE,	/**< WWW-Authenticate */
	WSI_TOKEN_PATCH_URI,			/**< path of a PATCH */
	WSI_TOKEN_PUT_URI,			/**< path of a PUT */
	WSI_TOKEN_DELETE_URI,			/**< path of a DELETE */
	WSI_TOKEN_HTTP_URI_ARGS,		/**< what follows '?', one fragment per argument */
	WSI_TOKEN_PROXY,			/**< line that begins with "proxy " */
	WSI_TOKEN_HTTP_X_REAL_IP,		/**< X-Real-IP */
	WSI_TOKEN_HTTP1_0,			/**< status of an HTTP/1.0 response */
	WSI_TOKEN_X_FORWARDED_FOR,		/**< X-Forwarded-For */
	WSI_TOKEN_CONNECT,			/**< target of a CONNECT */
	WSI_TOKEN_HEAD_URI,			/**< path of a HEAD */
	WSI_TOKEN_TE,				/**< TE */
	WSI_TOKEN_REPLAY_NONCE,			/**< Replay-Nonce */
	WSI_TOKEN_COLON_PROTOCOL,		/**< :protocol (RFC 8441) */
	WSI_TOKEN_X_AUTH_TOKEN,			/**< X-Auth-Token */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	WSI_TOKEN_DSS_SIGNATURE,		/**< X-Amzn-Dss-Signature */
#endif

	/* what a client connection was asked for; not headers */
	_WSI_TOKEN_CLIENT_SENT_PROTOCOLS,	/**< subprotocols */
	_WSI_TOKEN_CLIENT_PEER_ADDRESS,		/**< address */
	_WSI_TOKEN_CLIENT_URI,			/**< path */
	_WSI_TOKEN_CLIENT_HOST,			/**< host */
	_WSI_TOKEN_CLIENT_ORIGIN,		/**< origin */
	_WSI_TOKEN_CLIENT_METHOD,		/**< method */
	_WSI_TOKEN_CLIENT_IFACE,		/**< interface */
	_WSI_TOKEN_CLIENT_ALPN,			/**< ALPN list */

	WSI_TOKEN_COUNT,			/**< how many there are */

	/* states of the header parser */
	WSI_TOKEN_NAME_PART,			/**< inside a name */
	WSI_TOKEN_UNKNOWN_VALUE_PART,		/**< value of an unknown name */
	WSI_TOKEN_SKIPPING,			/**< ignoring a line */
	WSI_TOKEN_SKIPPING_SAW_CR,		/**< at its end */
	WSI_PARSING_COMPLETE,			/**< done */
	WSI_INIT_TOKEN_MUXURL,			/**< start of an h2 path */
};

/** Longest accepted value for each header, 0: no limit. See token_limits. */
struct lws_token_limits {
	unsigned short token_limit[WSI_TOKEN_COUNT];	/**< bytes, by token */
};

/** Identifiers of SETTINGS (RFC 9113 section 6.5.2). */
enum lws_h2_settings {
	H2SET_HEADER_TABLE_SIZE = 1,	/**< HPACK table, bytes */
	H2SET_ENABLE_PUSH,		/**< 0 or 1 */
	H2SET_MAX_CONCURRENT_STREAMS,	/**< streams open at a time */
	H2SET_INITIAL_WINDOW_SIZE,	/**< bytes of a new stream's window */
	H2SET_MAX_FRAME_SIZE,		/**< payload bytes, 16384 at least */
	H2SET_MAX_HEADER_LIST_SIZE,	/**< bytes of a header block, unpacked */
	H2SET_RESERVED7,		/**< not assigned */
	H2SET_ENABLE_CONNECT_PROTOCOL,	/**< 1: ws on a stream is possible (RFC 8441) */

	H2SET_COUNT			/**< length of an array for all of them */
};

/**
 * A token's header name with its colon, in lower case; for requests the method.
 *
 * @return a static string, or NULL if there is no such token
 */
LWS_VISIBLE LWS_EXTERN const unsigned char *
lws_token_to_string(enum lws_token_indexes token);

/*
 * Reading headers. They are there from the moment they are complete until the answer
 * begins (server), ESTABLISHED returns (ws) or the transaction's ESTABLISHED callback
 * returns (client); later every header counts as missing.
 */

/**
 * Length of a header's value, all its fragments with a comma between them.
 *
 * @return bytes without a NUL, 0 if the header is missing or empty
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_hdr_total_length(struct lws *wsi, enum lws_token_indexes h);

/**
 * Length of one fragment: a header that came several times has several, and so has
 * WSI_TOKEN_HTTP_URI_ARGS.
 *
 * @param frag_idx from 0
 * @return bytes, 0 if there is no such fragment
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_hdr_fragment_length(struct lws *wsi, enum lws_token_indexes h,
			int frag_idx);

/**
 * Copy a header's value, NUL-terminated; the fragments are joined with commas. In so.19
 * those of WSI_TOKEN_HTTP_URI_ARGS are with '&' and cookies with ';'; in so.17 cookies
 * follow each other as they came.
 *
 * @param dest, len the buffer and its size
 * @return bytes without the NUL; 0 and an empty string if the header is missing; -1 if
 *	   it does not fit
 */
LWS_VISIBLE LWS_EXTERN int
lws_hdr_copy(struct lws *wsi, char *dest, int len, enum lws_token_indexes h);

/**
 * Copy one fragment, NUL-terminated.
 *
 * @return bytes without the NUL, or -1 if there is no such fragment or it does not fit
 */
LWS_VISIBLE LWS_EXTERN int
lws_hdr_copy_fragment(struct lws *wsi, char *dest, int len,
		      enum lws_token_indexes h, int frag_idx);

/**
 * Length of a header that has no token.
 *
 * @param name its name in lower case with the colon
 * @param nlen the name's length
 * @return bytes without a NUL, or -1 if it is missing
 */
LWS_VISIBLE LWS_EXTERN int
lws_hdr_custom_length(struct lws *wsi, const char *name, int nlen);

/**
 * Copy the value of a header that has no token, NUL-terminated.
 *
 * @return bytes without the NUL, or -1 if it is missing or does not fit
 */
LWS_VISIBLE LWS_EXTERN int
lws_hdr_custom_copy(struct lws *wsi, char *dst, int len, const char *name,
		    int nlen);

/**
 * Find an argument of the URL ("?a=1&b=2").
 *
 * @param name what it begins with; "a=" finds a's value
 * @param buf, len place for a decoded copy of the argument
 * @return where the value begins in buf, or NULL if there is none. In 4.3 that is buf, a
 *	   "=" behind `name` is no part of it, and `len` is two more than the argument
 */
LWS_VISIBLE LWS_EXTERN const char *
lws_get_urlarg_by_name(struct lws *wsi, const char *name, char *buf, int len);

/*
 * Writing headers
 */

/** The part of `code` that is the status. */
#define LWSAHH_CODE_MASK			((1 << 16) - 1)
/** Or this into `code` to leave the Server header out. */
#define LWSAHH_FLAG_NO_SERVER_NAME		(1 << 30)

/**
 * Begin an answer's headers: the status, the vhost's canned headers, Server, and what
 * the vhost's options ask for.
 *
 * @param code status, with flags
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_add_http_header_status(struct lws *wsi,
			   unsigned int code, unsigned char **p,
			   unsigned char *end);

/**
 * Add a header by name.
 *
 * @param name NUL-terminated with the colon, "x-my-header:"
 * @param value, length the value
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_add_http_header_by_name(struct lws *wsi, const unsigned char *name,
			    const unsigned char *value, int length,
			    unsigned char **p, unsigned char *end);

/** Add a header by token. */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_add_http_header_by_token(struct lws *wsi, enum lws_token_indexes token,
			     const unsigned char *value, int length,
			     unsigned char **p, unsigned char *end);

/**
 * Add Content-Length, and remember it: writing that many bytes of body completes the
 * answer.
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_add_http_header_content_length(struct lws *wsi,
				   lws_filepos_t content_length,
				   unsigned char **p, unsigned char *end);

/** End the headers. Nothing may be added after it. */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_finalize_http_header(struct lws *wsi, unsigned char **p,
			 unsigned char *end);

/**
 * End the headers and send them.
 *
 * @param start where they begin
 * @return 0, nonzero if there was no room or the connection is dead
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_finalize_write_http_header(struct lws *wsi, unsigned char *start,
			       unsigned char **p, unsigned char *end);

/** A content_len that means "not known". */
#define LWS_ILLEGAL_HTTP_CONTENT_LEN ((lws_filepos_t)-1ll)

/**
 * Add what most answers begin with: status, Content-Type, Content-Length, Connection.
 *
 * @param content_type NULL: none
 * @param content_len  LWS_ILLEGAL_HTTP_CONTENT_LEN: not known; on HTTP/1 the end of the
 *		       connection then ends the body
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_add_http_common_headers(struct lws *wsi, unsigned int code,
			    const char *content_type, lws_filepos_t content_len,
			    unsigned char **p, unsigned char *end);

/** What lws_http_get_uri_and_method() returns. */
enum {
	LWSHUMETH_GET,		/**< GET */
	LWSHUMETH_POST,		/**< POST */
	LWSHUMETH_OPTIONS,	/**< OPTIONS */
	LWSHUMETH_PUT,		/**< PUT */
	LWSHUMETH_PATCH,	/**< PATCH */
	LWSHUMETH_DELETE,	/**< DELETE */
	LWSHUMETH_CONNECT,	/**< CONNECT */
	LWSHUMETH_HEAD,		/**< HEAD */
	LWSHUMETH_COLON_PATH,	/**< an h2 request whose :method is none of these */
};

/**
 * A request's method and path.
 *
 * @param puri_ptr set to the path, valid as long as the headers, not NUL-terminated
 * @param puri_len set to its length
 * @return LWSHUMETH_*, or -1 if there is no request to look at
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_http_get_uri_and_method(struct lws *wsi, char **puri_ptr, int *puri_len);

/**
 * Encode for a URL: ' ' becomes '+', and all but letters and digits %XX.
 *
 * @param escaped where to write
 * @param string  what to encode
 * @param len	  size of `escaped`; it is cut off when that is too small
 * @return escaped
 */
LWS_VISIBLE LWS_EXTERN const char *
lws_urlencode(char *escaped, const char *string, int len);

/**
 * Decode what lws_urlencode() has encoded.
 *
 * @param string  where to write; may be the same as `escaped`
 * @param escaped what to decode, NUL-terminated
 * @param len	  size of `string`; it is cut off when that is too small
 * @return 0, or -1 for a malformed %XX
 */
LWS_VISIBLE LWS_EXTERN int
lws_urldecode(char *string, const char *escaped, int len);

/**
 * Answer a request with a status and a small page. A 404 becomes a redirect when the
 * vhost has an error_document_404. The transaction still has to be completed.
 *
 * @param html_body HTML for the page, or NULL
 * @return 0, nonzero if it could not be sent: close
 */
LWS_VISIBLE LWS_EXTERN int
lws_return_http_status(struct lws *wsi, unsigned int code,
		       const char *html_body);

/**
 * Answer a request with a redirect, headers complete and sent.
 *
 * @param code	   301, 302, 303, 307 or 308
 * @param loc, len the URL
 * @return bytes sent, or negative: close
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_http_redirect(struct lws *wsi, int code, const unsigned char *loc, int len,
		  unsigned char **p, unsigned char *end);

/**
 * The answer is complete (it may still be on its way out). A body of the request that
 * nobody read is skipped; on keep-alive connections the next request follows.
 *
 * @return what the callback should return: 0 to go on, nonzero to close
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_http_transaction_completed(struct lws *wsi);

/**
 * Give a request's header memory back early, before a long answer.
 *
 * @return 0
 */
LWS_VISIBLE LWS_EXTERN int
lws_http_headers_detach(struct lws *wsi);

/**
 * The answer is a stream of server-sent events: it has no timeout and its headers are
 * given back.
 *
 * @return 0
 */
LWS_VISIBLE LWS_EXTERN int
lws_http_mark_sse(struct lws *wsi);

/**
 * On a client's h2 stream, send END_STREAM and wait for what the server has to say for
 * as long as it takes.
 *
 * @return 0, nonzero if this is not an h2 stream
 */
LWS_VISIBLE LWS_EXTERN int
lws_h2_client_stream_long_poll_rxonly(struct lws *wsi);

/**
 * Have the body of the answer whose headers are being written compressed on its way:
 * what lws_write() gets as LWS_WRITE_HTTP and LWS_WRITE_HTTP_FINAL. Each piece can be
 * decompressed when it has come. Content-Encoding and Vary are added; a
 * Content-Length that is added after this is not sent, but ends the body, as
 * LWS_WRITE_HTTP_FINAL and lws_http_transaction_completed() do. On HTTP/1.1 the body
 * leaves in chunks.
 *
 * With decomp, in a client's CLIENT_APPEND_HANDSHAKE_HEADER: ask for a compressed body,
 * of which RECEIVE_CLIENT_HTTP_READ gets the text. An Accept-Encoding is added to the
 * request. lws_http_client_read() then puts no more text into its buffer than fits, and
 * what is left makes a new RECEIVE_CLIENT_HTTP; lws_rx_flow_control() holds as ever. A
 * body that is none of its coding, or ends too early, is an error that is logged, and
 * closes the connection before COMPLETED_CLIENT_HTTP.
 *
 * lws_add_http_common_headers() does this unasked where the type is text, and files do
 * (info.http_no_compression). A program that is compiled with Debian's headers gets 0,
 * and nothing is compressed.
 *
 * @param wsi	 the connection, behind lws_add_http_header_status(), or a client's
 * @param name	 "br", "gzip", "deflate"; NULL: what the client likes best
 * @param p	 where the next header goes; moved on
 * @param end	 the end of the headers' buffer
 * @param decomp 0: the answer is compressed, 1: it is asked for and decompressed
 * @return 0 if it is, 1 if the client takes no such coding or there is nothing to
 * compress: then nothing was added; -1 if the headers do not fit
 */
LWS_VISIBLE LWS_EXTERN int
lws_http_compression_apply(struct lws *wsi, const char *name,
			   unsigned char **p, unsigned char *end, char decomp);

/** Nonzero if a client's request has become a GET on the way through a redirect, so
 * that no body must be sent. */
LWS_VISIBLE LWS_EXTERN int
lws_http_is_redirected_to_get(struct lws *wsi);

/**
 * Copy a cookie's value, NUL-terminated (RFC 6265 section 4.2).
 *
 * @param name the cookie
 * @param buf  where to put it
 * @param max  in: size of buf; out: the value's length
 * @return 0, 1 if there is no such cookie, 2 if it does not fit
 */
LWS_VISIBLE LWS_EXTERN int
lws_http_cookie_get(struct lws *wsi, const char *name, char *buf, size_t *max);

/** Is this client response status an error (400 and up)? */
#define lws_http_client_http_resp_is_error(code) (!(code < 400))

/** As `sid`: the wsi's own stream. */
#define LWS_H2_STREAM_SID -1

/**
 * Let the peer send more on an h2 stream and on its connection (RFC 9113
 * section 6.9).
 *
 * @param sid  stream, or LWS_H2_STREAM_SID
 * @param bump bytes
 * @return 0, nonzero if out of memory
 */
LWS_VISIBLE LWS_EXTERN int
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lws_h2_update_peer_txcredit(struct lws *wsi, unsigned int sid, int bump);
#else
lws_h2_update_peer_txcredit(struct lws *wsi, int sid, int bump);
#endif

/** How many bytes the peer may still send on this stream, as far as we know. */
LWS_VISIBLE LWS_EXTERN int
lws_h2_get_peer_txcredit_estimate(struct lws *wsi);
