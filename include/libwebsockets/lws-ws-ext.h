/* SPDX-License-Identifier: MIT
 *
 * WebSocket extensions (RFC 6455 section 9). permessage-deflate (RFC 7692) is the one
 * there is; programs enable it by listing it in lws_context_creation_info.extensions.
 * Part of libwebsockets.h; include that.
 */

/** Why an extension's callback is called. */
enum lws_extension_callback_reasons {
	LWS_EXT_CB_CONSTRUCT		= 4,
	/**< a server connection uses it: `user` is a void ** to set, `in` a
	 * struct lws_ext_options ** to point to its options. Nonzero refuses */
	LWS_EXT_CB_CLIENT_CONSTRUCT	= 5,
	/**< the same for a client connection */
	LWS_EXT_CB_DESTROY		= 8,
	/**< the connection ends: free `user` */
	LWS_EXT_CB_PACKET_TX_PRESEND	= 12,
	/**< a frame is about to be sent: may change its first byte */
	LWS_EXT_CB_PAYLOAD_TX		= 21,
	/**< transform what is sent */
	LWS_EXT_CB_PAYLOAD_RX		= 22,
	/**< transform what has arrived */
	LWS_EXT_CB_OPTION_DEFAULT	= 23,
	/**< set all options to their defaults */
	LWS_EXT_CB_OPTION_SET		= 24,
	/**< set option number option_index of the struct lws_ext_option_arg in `in` */
	LWS_EXT_CB_OPTION_CONFIRM	= 25,
	/**< all options are set: check them. Nonzero refuses */
	LWS_EXT_CB_NAMED_OPTION_SET	= 26,
	/**< set the option named option_name of the struct lws_ext_option_arg in `in` */
};

/** What follows an option's name. */
enum lws_ext_options_types {
	EXTARG_NONE,	/**< nothing */
	EXTARG_DEC,	/**< "=" and a decimal number */
	EXTARG_OPT_DEC	/**< the same, or nothing */
};

/** An option that an extension knows; a list ends with a NULL name. */
struct lws_ext_options {
	const char *name;			/**< as in the header */
	enum lws_ext_options_types type;	/**< whether it has a value */
};

/** An option that was found. */
struct lws_ext_option_arg {
	const char *option_name;	/**< its name; NULL: see option_index */
	int option_index;		/**< its place in the list */
	const char *start;		/**< its value, not NUL-terminated; or NULL */
	int len;			/**< the value's length */
};

/**
 * The code of an extension.
 *
 * @param ext	 its entry
 * @param reason why it is called
 * @param user	 what CONSTRUCT made for this connection
 * @param in, len depend on the reason
 * @return 0, or nonzero for failure
 */
typedef int
lws_extension_callback_function(struct lws_context *context,
				const struct lws_extension *ext, struct lws *wsi,
				enum lws_extension_callback_reasons reason,
				void *user, void *in, size_t len);

/** An entry in a vhost's list of extensions. */
struct lws_extension {
	const char *name;
	/**< as in Sec-WebSocket-Extensions */
	lws_extension_callback_function *callback;
	/**< its code; NULL ends the list */
	const char *client_offer;
	/**< what a client sends: the name, with options after ';' */
};

/**
 * Set an option of a connection's extension, for example "permessage-deflate",
 * "rx_buf_size", "16".
 *
 * @return 0, or -1 if the connection does not use the extension, or the option is
 *	   unknown
 */
LWS_VISIBLE LWS_EXTERN int
lws_set_extension_option(struct lws *wsi, const char *ext_name,
			 const char *opt_name, const char *opt_val);

/**
 * Parse an option string and give each option to the extension with OPTION_SET.
 *
 * @param opts	 the options there are
 * @param o, len the string, what follows the extension's name in the header
 * @return 0, or -1 for something malformed, unknown or refused
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_ext_parse_options(const struct lws_extension *ext, struct lws *wsi,
		      void *ext_user, const struct lws_ext_options *opts,
		      const char *o, int len);

/** permessage-deflate, to be named as callback in a list of extensions. */
LWS_EXTERN int
lws_extension_callback_pm_deflate(struct lws_context *context,
				  const struct lws_extension *ext,
				  struct lws *wsi,
				  enum lws_extension_callback_reasons reason,
				  void *user, void *in, size_t len);
