/* SPDX-License-Identifier: MIT
 *
 * CGI: types for the LWS_CALLBACK_CGI* reasons (RFC 3875). Part of libwebsockets.h;
 * include that.
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
	struct lws **stdwsi;		/**< the three pipes, by lws_enum_stdinouterr */
	enum lws_enum_stdinouterr ch;	/**< the one this is about */
	unsigned char *data;		/**< CGI_STDIN_DATA: what to write */
	enum lws_cgi_hdr_state hdr_state; /**< where stdout is */
	int len;			/**< bytes at data */
};
