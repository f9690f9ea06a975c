/* SPDX-License-Identifier: MIT
 *
 * Protocols: what a program brings, and plugins that bring more. Part of
 * libwebsockets.h; include that.
 */

/**
 * One protocol of a vhost: a name and a callback. The first of a vhost's list also
 * gets everything that belongs to no protocol yet. The list and its strings must live
 * as long as the vhost; the library copies the entries.
 */
struct lws_protocols {
	const char *name;
	/**< ws subprotocol, and how mounts, pvos and clients refer to it */
	lws_callback_function *callback;
	/**< what is called; NULL ends the list */
	size_t per_session_data_size;
	/**< bytes of `user` memory for each connection, zeroed; 0: none */
	size_t rx_buffer_size;
	/**< ws: deliver at most this many bytes at a time; 0: pt_serv_buf_size */
	unsigned int id;
	/**< the program's own, for example a version */
	void *user;
	/**< the program's own */
	size_t tx_packet_size;
	/**< most payload bytes that one send hands to the socket; 0: rx_buffer_size, or
	 * pt_serv_buf_size when that is 0 too */
};

/** The vhost's protocol of that name, in its own copy of the list, or NULL. */
LWS_VISIBLE LWS_EXTERN const struct lws_protocols *
lws_vhost_name_to_protocol(struct lws_vhost *vh, const char *name);

/** The protocol a connection is bound to, or NULL. */
LWS_VISIBLE LWS_EXTERN const struct lws_protocols *
lws_get_protocol(struct lws *wsi);

/** Older name of lws_get_protocol(). */
LWS_VISIBLE LWS_EXTERN const struct lws_protocols *
lws_protocol_get(struct lws *wsi) LWS_WARN_DEPRECATED;

/**
 * Allocate zeroed memory that belongs to a protocol on a vhost, typically in
 * PROTOCOL_INIT. Freed after PROTOCOL_DESTROY.
 *
 * @param size bytes
 * @return the memory, or NULL if there is none or the protocol is not the vhost's
 */
LWS_VISIBLE LWS_EXTERN void *
lws_protocol_vh_priv_zalloc(struct lws_vhost *vhost,
			    const struct lws_protocols *prot, int size);

/** The memory that lws_protocol_vh_priv_zalloc() gave, or NULL. */
LWS_VISIBLE LWS_EXTERN void *
lws_protocol_vh_priv_get(struct lws_vhost *vhost,
			 const struct lws_protocols *prot);

/**
 * Change the `user` size of a connection's protocol from now on, and allocate this
 * connection's if it has none.
 *
 * @return the connection's `user`, or NULL
 */
LWS_VISIBLE LWS_EXTERN void *
lws_adjust_protocol_psds(struct lws *wsi, size_t new_size);

/**
 * All vhosts of an EXPLICIT_VHOSTS context exist: change to the uid and gid it was
 * given. The first service call does so too.
 *
 * @return 0, nonzero on failure
 */
LWS_VISIBLE LWS_EXTERN int
lws_finalize_startup(struct lws_context *context);

/** The list's entry of that name, or NULL. The list may be NULL. */
LWS_VISIBLE LWS_EXTERN const struct lws_protocol_vhost_options *
lws_pvo_search(const struct lws_protocol_vhost_options *pvo, const char *name);

/**
 * Look an option up in PROTOCOL_INIT.
 *
 * @param in	 the callback's `in`
 * @param name	 the option
 * @param result set to its value, which lives as long as the list
 * @return 0, or 1 if there is none; *result is then unchanged
 */
LWS_VISIBLE LWS_EXTERN int
lws_pvo_get_str(void *in, const char *name, const char **result);

/**
 * Do PROTOCOL_INIT for every vhost that has not had it.
 *
 * @return 0, or 1 if a protocol refused
 */
LWS_VISIBLE LWS_EXTERN int
lws_protocol_init(struct lws_context *context);

/** Version of the plugin structs: a plugin with another one is not loaded. */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
#define LWS_PLUGIN_API_MAGIC 191
#else
#define LWS_PLUGIN_API_MAGIC 190
#endif

/** What each plugin exports begins with this. The symbol's name is the part of the file
 * name between its first '_' or '-' and its first '.'. */
typedef struct lws_plugin_header {
	const char *name;		/**< the plugin's name */
	const char *_class;		/**< "lws_protocol_plugin", "lws_evlib_plugin" */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	const char *lws_build_hash;	/**< LWS_BUILD_HASH */
#endif
	unsigned int api_magic;		/**< LWS_PLUGIN_API_MAGIC */
} lws_plugin_header_t;

/** A plugin that brings protocols and extensions. */
typedef struct lws_plugin_protocol {
	lws_plugin_header_t hdr;		/**< of class "lws_protocol_plugin" */
	const struct lws_protocols *protocols;	/**< array, no end marker */
	const struct lws_extension *extensions;	/**< array, no end marker */
	int count_protocols;			/**< entries in protocols */
	int count_extensions;			/**< entries in extensions */
} lws_plugin_protocol_t;

/**
 * Extension: what a plugin of v2.0 to v4.0 brings. Such a plugin exports, for a file
 * "libprotocol_NAME.so", the functions init_protocol_NAME() and
 * destroy_protocol_NAME(), and no header; contexts with plugin_dirs load it all the same.
 */
struct lws_plugin_capability {
	unsigned int api_magic;
	/**< LWS_PLUGIN_API_MAGIC, from the library; the plugin sets the others */
	const struct lws_protocols *protocols;
	/**< array, no end marker; must live until the plugin is unloaded */
	int count_protocols;
	/**< entries in protocols */
	const struct lws_extension *extensions;
	/**< array, no end marker */
	int count_extensions;
	/**< entries in extensions */
};

/** init_protocol_NAME(): called when a context loads the plugin. Nonzero: it is unloaded
 * again, with a log line. */
typedef int (*lws_plugin_init_func)(struct lws_context *context,
				    struct lws_plugin_capability *caps);

/** destroy_protocol_NAME(): called when the context is gone, before the plugin is unloaded. */
typedef int (*lws_plugin_destroy_func)(struct lws_context *context);

/** A plugin that is loaded. */
struct lws_plugin {
	struct lws_plugin *list;		/**< the next, or NULL */

	const lws_plugin_header_t *hdr;		/**< what it exports */

	union {
#if defined(LWS_WITH_LIBUV) && defined(UV_ERRNO_MAP)
#if (UV_VERSION_MAJOR > 0)
		uv_lib_t lib;			/**< for programs that include uv.h */
#endif
#endif
		void *l;			/**< from dlopen() */
	} u;					/**< handle */
};

/** A plugin that brings an event loop. What it does is between a library and its own
 * plugins: one that was built for another library is refused. */
typedef struct lws_plugin_evlib {
	lws_plugin_header_t hdr;		/**< of class "lws_evlib_plugin" */
	const struct lws_event_loop_ops *ops;	/**< the loop */
} lws_plugin_evlib_t;

/** Called for each plugin. */
typedef int (*each_plugin_cb_t)(struct lws_plugin *p, void *user);

/**
 * Load plugins.
 *
 * @param pplugin   list they are added to
 * @param d	    folders, ended by NULL
 * @param _class    load this class only
 * @param filter    load the one whose symbol has this name; NULL: all. In 4.1 the first
 *		    file that cannot be loaded, or is of another class, ends its folder.
 *		    In 4.3 it is passed over, the folders of LD_LIBRARY_PATH come first, and
 *		    of two plugins of one name the first counts
 * @param each	    called for each that was loaded; or NULL
 * @param each_user its `user`
 * @return 0; in 4.3 1 if the one that `filter` names was not found, or there is no filter
 */
LWS_VISIBLE LWS_EXTERN int
lws_plugins_init(struct lws_plugin **pplugin, const char * const *d,
		 const char *_class, const char *filter,
		 each_plugin_cb_t each, void *each_user);

/**
 * Unload plugins. *pplugin becomes NULL.
 *
 * @param each called before each goes; or NULL
 * @return 0
 */
LWS_VISIBLE LWS_EXTERN int
lws_plugins_destroy(struct lws_plugin **pplugin, each_plugin_cb_t each,
		    void *each_user);

/*
 * Extension: the wire format of the older generations' "lws-meta" plugin, which puts
 * several ws channels into one connection.
 */

/** First byte of an lws-meta message. */
enum lws_meta_commands {
	LWS_META_CMD_OPEN_SUBCHANNEL = 'A',	/**< open a channel */
	LWS_META_CMD_OPEN_RESULT,		/**< whether that worked */
	LWS_META_CMD_CLOSE_NOTIFY,		/**< a channel has closed */
	LWS_META_CMD_CLOSE_RQ,			/**< close a channel, please */
	LWS_META_CMD_WRITE,			/**< data for or from a channel */
};

/** Added to numbers in lws-meta messages, so that they are printable. */
#define LWS_META_TRANSPORT_OFFSET 0x20
