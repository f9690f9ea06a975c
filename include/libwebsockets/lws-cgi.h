/* SPDX-License-Identifier: MIT
 *
 * CGI (RFC 3875): processes that answer for connections. Part of libwebsockets.h;
 * include that.
 *
 * A mount of kind LWSMPRO_CGI needs none of these calls: its program is run, and
 * lws_callback_http_dummy() does with the pipes what a server does with them.
 */

/** A child's pipes. */
enum lws_enum_stdinouterr {
	LWS_STDIN = 0,	/**< what the child reads */
	LWS_STDOUT = 1,	/**< what it prints */
	LWS_STDERR = 2,	/**< what it complains about */
};

/** How far its headers have been parsed. */
enum lws_cgi_hdr_state {
	LCHS_HEADER,		/**< inside a line */
	LCHS_CR1,		/**< a line's CR was seen */
	LCHS_LF1,		/**< and its LF */
	LCHS_CR2,		/**< the CR of the empty line */
	LCHS_LF2,		/**< and its LF: headers are complete */
	LHCS_RESPONSE,		/**< ours are to be written */
	LHCS_DUMP_HEADERS,	/**< then the child's */
	LHCS_PAYLOAD,		/**< body */
	LCHS_SINGLE_0A,		/**< a line ended with LF alone */
};

/** `in` of the CGI callbacks. */
struct lws_cgi_args {
	struct lws **stdwsi;		/**< the three pipes, by lws_enum_stdinouterr; NULL:
					 * closed. lws_get_socket_fd() tells descriptors */
	enum lws_enum_stdinouterr ch;	/**< the one this is about */
	unsigned char *data;		/**< CGI_STDIN_DATA: what to write */
	enum lws_cgi_hdr_state hdr_state; /**< where stdout is */
	int len;			/**< bytes at data */
};

#if defined(LWS_WITH_CGI)
/**
 * Run a program on behalf of a connection. Its pipes become children of the connection,
 * of whose end the protocol is told by LWS_CALLBACK_CHILD_CLOSING; what happens on them is
 * told by LWS_CALLBACK_CGI, the begin by LWS_CALLBACK_CGI_PROCESS_ATTACH before this call
 * returns, the end by LWS_CALLBACK_CGI_TERMINATED. When the connection closes the program
 * is asked to end (SIGTERM, later SIGKILL), and waited for.
 *
 * Its environment is what the request says, PATH, SCRIPT_PATH, SERVER_SOFTWARE and the
 * variables given; nothing of the caller's.
 *
 * @param exec_array	      the program and its arguments, ended by NULL. A name without
 *			      a slash is looked for in PATH
 * @param script_uri_path_len how much of the URI leads to the program: the rest is its
 *			      PATH_INFO. The request's headers can not be read any more
 *			      behind this call. -1: nothing of a request is told
 * @param timeout_secs	      when the connection is closed; 0: its timeout stays
 * @param mp_cgienv	      list of variables, or NULL; used during the call only
 * @return 0, or -1: it was not started
 */
LWS_VISIBLE LWS_EXTERN int
lws_cgi(struct lws *wsi, const char *const *exec_array, int script_uri_path_len,
	int timeout_secs, const struct lws_protocol_vhost_options *mp_cgienv);

/**
 * Pass on some of what the CGI has printed: its head, then pieces of its body. To be
 * called in LWS_CALLBACK_HTTP_WRITEABLE; lws_callback_http_dummy() does.
 *
 * @return less than 0: the connection is to be closed
 */
LWS_VISIBLE LWS_EXTERN int
lws_cgi_write_split_stdout_headers(struct lws *wsi);

/** Ask the connection's program to end. LWS_CALLBACK_CGI_TERMINATED is told in here,
 * unless it has been. @return 0 */
LWS_VISIBLE LWS_EXTERN int
lws_cgi_kill(struct lws *wsi);

/** The connection of one of the program's pipes, NULL when it is closed. */
LWS_VISIBLE LWS_EXTERN struct lws *
lws_cgi_get_stdwsi(struct lws *wsi, enum lws_enum_stdinouterr ch);
#endif
