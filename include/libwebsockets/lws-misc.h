/* SPDX-License-Identifier: MIT
 *
 * Buffers, strings, the properties of a connection, and other small things. Part of
 * libwebsockets.h; include that.
 */

/*
 * Buffer lists: a queue of byte strings that is consumed in any pieces. The program
 * keeps the head, a NULL pointer at first.
 */

struct lws_buflist;

/**
 * Add a copy of some bytes at the end. LWS_PRE bytes are kept free before it.
 *
 * @param buf, len the bytes, at least one
 * @return 1 if the list was empty, 0 if not, -1 if out of memory or the list has grown
 *	   absurd
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_buflist_append_segment(struct lws_buflist **head, const uint8_t *buf,
			   size_t len);

/**
 * The first segment's unused bytes.
 *
 * @param buf set to them, or to NULL if the list is empty; may itself be NULL
 * @return how many
 */
LWS_VISIBLE LWS_EXTERN size_t
lws_buflist_next_segment_len(struct lws_buflist **head, uint8_t **buf);

/**
 * Use some of the first segment up. It is freed when nothing is left of it.
 *
 * @param len not more than it has
 * @return bytes that are next, 0 if the list is empty now
 */
LWS_VISIBLE LWS_EXTERN size_t
lws_buflist_use_segment(struct lws_buflist **head, size_t len);

/** Bytes in the whole list, used ones of the first segment included. */
LWS_VISIBLE LWS_EXTERN size_t
lws_buflist_total_len(struct lws_buflist **head);

/**
 * Copy bytes out across segments, without using them up.
 *
 * @param ofs where to begin, counted from the first segment's start
 * @param buf, len where to put them
 * @return how many there were
 */
LWS_VISIBLE LWS_EXTERN int
lws_buflist_linear_copy(struct lws_buflist **head, size_t ofs, uint8_t *buf,
			size_t len);

/** Free all segments. The head is NULL afterwards. */
LWS_VISIBLE LWS_EXTERN void
lws_buflist_destroy_all_segments(struct lws_buflist **head);

/** Log the segments. `id` and `reason` are put into the lines. */
LWS_VISIBLE LWS_EXTERN void
lws_buflist_describe(struct lws_buflist **head, void *id, const char *reason);

/*
 * Strings and bytes
 */

/** How far `head` is behind `tail`, in bytes, as an int. */
#define lws_ptr_diff(head, tail) \
			((int)((char *)(head) - (char *)(tail)))

/**
 * snprintf() that returns what was written: never more than `size`, which it returns
 * when the text was cut off. Writes and returns nothing if `size` is 0.
 */
LWS_VISIBLE LWS_EXTERN int
lws_snprintf(char *str, size_t size, const char *format, ...) LWS_FORMAT(3);

/** strncpy() that always ends with a NUL. @return dest */
LWS_VISIBLE LWS_EXTERN char *
lws_strncpy(char *dest, const char *src, size_t size);

/** Copy at most size1 characters into a buffer of `destsize`, with a NUL. */
#define lws_strnncpy(dest, src, size1, destsize) \
	lws_strncpy(dest, src, (size_t)(size1 + 1) < (size_t)(destsize) ? \
				(size_t)(size1 + 1) : (size_t)(destsize))

/**
 * strstr() for strings with lengths.
 *
 * @param buf, len where to look
 * @param name, nl what for
 * @return where it begins, or NULL
 */
LWS_VISIBLE LWS_EXTERN const char *
lws_nstrstr(const char *buf, size_t len, const char *name, size_t nl);

/**
 * Find a value in JSON without parsing it. For simple, trusted JSON.
 *
 * @param buf, len the JSON
 * @param name	   the key as it stands there, with quotes and colon: "\"a\":"
 * @param alen	   set to the value's length
 * @return the value (the inside of a string, undecoded), or NULL
 */
LWS_VISIBLE LWS_EXTERN const char *
lws_json_simple_find(const char *buf, size_t len, const char *name, size_t *alen);

/** Compare a value, found as by lws_json_simple_find(), with `comp`. @return 0 if it is
 * there and equal */
LWS_VISIBLE LWS_EXTERN int
lws_json_simple_strcmp(const char *buf, size_t len, const char *name, const char *comp);

/**
 * Turn pairs of hex digits into bytes.
 *
 * @param h    the digits, NUL-terminated
 * @param dest where to put the bytes
 * @param max  how many fit
 * @return how many there were, or -1 if they are not hex or do not fit
 */
LWS_VISIBLE LWS_EXTERN int
lws_hex_to_byte_array(const char *h, uint8_t *dest, int max);

/**
 * Make a string of random hex digits.
 *
 * @param dest, len where to put it; (len - 1) / 2 pairs of digits and a NUL
 * @return 0, nonzero without enough randomness
 */
LWS_VISIBLE LWS_EXTERN int
lws_hex_random(struct lws_context *context, char *dest, size_t len);

/** Compare secrets, in a time that only depends on `len`. @return 0 if equal */
LWS_VISIBLE LWS_EXTERN int
lws_timingsafe_bcmp(const void *a, const void *b, uint32_t len);

/** Fill a buffer with random bytes, good enough for keys. @return how many */
LWS_VISIBLE LWS_EXTERN size_t
lws_get_random(struct lws_context *context, void *buf, size_t len);

/**
 * Become a daemon: fork, detach from the terminal, and go on in the child. To be called
 * before a context is made. The process ends here if a daemon with that lock file runs
 * already, or if forking fails.
 *
 * @param _lock_path file for the daemon's pid, removed when SIGTERM ends it; or NULL
 * @return 0 in the daemon, nonzero on failure
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_daemonize(const char *_lock_path);

/** A text with the library's version. Static. */
LWS_VISIBLE LWS_EXTERN const char * LWS_WARN_UNUSED_RESULT
lws_get_library_version(void);

/*
 * Properties of a connection
 */

/** What the callbacks get as `user`. */
LWS_VISIBLE LWS_EXTERN void *
lws_wsi_user(struct lws *wsi);

/** The index of the service thread that serves this connection. */
LWS_VISIBLE LWS_EXTERN int
lws_wsi_tsi(struct lws *wsi);

/** Let the callbacks have this as `user`. What the library had allocated is freed;
 * this stays the program's. */
LWS_VISIBLE LWS_EXTERN void
lws_set_wsi_user(struct lws *wsi, void *user);

/**
 * Cut a URL up, in place: "https://host:port/path", "+/unix/socket:/path".
 *
 * @param p    the URL; NULs are put into it and the results point there
 * @param prot set to "https"; "" if there is no "://"
 * @param ads  set to the host, without the brackets of an IPv6 address
 * @param port set to the port, or to the scheme's if that is known, or not at all
 * @param path set to what follows the '/', without it; "/" if there is nothing
 * @return 0
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_parse_uri(char *p, const char **prot, const char **ads, int *port,
	      const char **path);

/**
 * Look a switch up in the command line.
 *
 * @param val the switch: "-d", "--port"
 * @return what follows it in the same argument (behind '='), else the next argument;
 *	   "" if it is the last; NULL if it is not there
 */
LWS_VISIBLE LWS_EXTERN const char *
lws_cmdline_option(int argc, const char **argv, const char *val);

/** Deal with the switches that all of the examples have: -d sets the log level. */
LWS_VISIBLE LWS_EXTERN void
lws_cmdline_option_handle_builtin(int argc, const char **argv,
				  struct lws_context_creation_info *info);

/** Seconds since 1970. */
LWS_VISIBLE LWS_EXTERN unsigned long
lws_now_secs(void);

/** Microseconds on a clock that never jumps. Its zero has no meaning. */
LWS_VISIBLE LWS_EXTERN lws_usec_t
lws_now_usecs(void);

/** The connection's context. In callbacks with a stand-in wsi too. */
LWS_VISIBLE LWS_EXTERN struct lws_context * LWS_WARN_UNUSED_RESULT
lws_get_context(const struct lws *wsi);

/** The port a vhost listens on; what the system chose if it was asked to. */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_get_vhost_listen_port(struct lws_vhost *vhost);

/** How many service threads the context has. */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_get_count_threads(struct lws_context *context);

/** The connection's parent, or NULL. */
LWS_VISIBLE LWS_EXTERN struct lws * LWS_WARN_UNUSED_RESULT
lws_get_parent(const struct lws *wsi);

/** The first child, or NULL. */
LWS_VISIBLE LWS_EXTERN struct lws * LWS_WARN_UNUSED_RESULT
lws_get_child(const struct lws *wsi);

/** The uid and gid the context runs with after giving up its privileges. */
LWS_VISIBLE LWS_EXTERN void
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lws_get_effective_uid_gid(struct lws_context *context, uid_t *uid, gid_t *gid);
#else
lws_get_effective_uid_gid(struct lws_context *context, int *uid, int *gid);
#endif

/** Whom a UDP connection talks to; NULL for others. Changes with each packet. */
LWS_VISIBLE LWS_EXTERN const struct lws_udp * LWS_WARN_UNUSED_RESULT
lws_get_udp(const struct lws *wsi);

/** A pointer kept with the connection, for whoever made it a child. */
LWS_VISIBLE LWS_EXTERN void *
lws_get_opaque_parent_data(const struct lws *wsi);

/** Set what lws_get_opaque_parent_data() gives. */
LWS_VISIBLE LWS_EXTERN void
lws_set_opaque_parent_data(struct lws *wsi, void *data);

/** A pointer kept with the connection, for the program. */
LWS_VISIBLE LWS_EXTERN void *
lws_get_opaque_user_data(const struct lws *wsi);

/** Set what lws_get_opaque_user_data() gives. */
LWS_VISIBLE LWS_EXTERN void
lws_set_opaque_user_data(struct lws *wsi, void *data);

/** Nonzero if this child, whose I/O its parent does, wants to write. */
LWS_VISIBLE LWS_EXTERN int
lws_get_child_pending_on_writable(const struct lws *wsi);

/** It has been told that it may. */
LWS_VISIBLE LWS_EXTERN void
lws_clear_child_pending_on_writable(struct lws *wsi);

/** Length of the CLOSE payload that was received, or is about to be sent. */
LWS_VISIBLE LWS_EXTERN int
lws_get_close_length(struct lws *wsi);

/** That payload: two bytes of code, high byte first, and the reason. */
LWS_VISIBLE LWS_EXTERN unsigned char *
lws_get_close_payload(struct lws *wsi);

/** The connection that has the socket: for an h2 stream the one it runs on, for all
 * others itself. */
LWS_VISIBLE LWS_EXTERN
struct lws *lws_get_network_wsi(struct lws *wsi);

/**
 * Let the library's allocations for the program be made by this function, before
 * anything else is called.
 *
 * @param realloc as realloc(); size 0 frees; `reason` is for debugging
 */
LWS_VISIBLE LWS_EXTERN void
lws_set_allocator(void *(*realloc)(void *ptr, size_t size, const char *reason));

/*
 * Flow control of what arrives
 */

/** Why reception is off. It is on when none of the reasons is set. The program's is the
 * first; the rest is the library's. */
enum {
	LWS_RXFLOW_REASON_USER_BOOL		= (1 << 0),
	/**< lws_rx_flow_control(wsi, 0) */
	LWS_RXFLOW_REASON_HTTP_RXBUFFER		= (1 << 6),
	/**< the HTTP receive buffer is full */
	LWS_RXFLOW_REASON_H2_PPS_PENDING	= (1 << 7),
	/**< h2 control frames wait to be sent */

	LWS_RXFLOW_REASON_APPLIES		= (1 << 14),
	/**< bit: the argument is a set of reasons, not 0 or 1 */
	LWS_RXFLOW_REASON_APPLIES_ENABLE_BIT	= (1 << 13),
	/**< bit: clear them */
	LWS_RXFLOW_REASON_APPLIES_ENABLE	= LWS_RXFLOW_REASON_APPLIES |
						  LWS_RXFLOW_REASON_APPLIES_ENABLE_BIT,
	/**< clear these reasons */
	LWS_RXFLOW_REASON_APPLIES_DISABLE	= LWS_RXFLOW_REASON_APPLIES,
	/**< set these reasons */
	LWS_RXFLOW_REASON_FLAG_PROCESS_NOW	= (1 << 12),
	/**< bit: do it now, not after the callback */
};

/**
 * Stop or resume receive callbacks. While they are off the peer is held back by TCP,
 * and nothing is lost. On h2 streams it has no effect: their windows do this.
 *
 * @param enable 0 stops, 1 resumes, or LWS_RXFLOW_REASON_APPLIES_* with reasons
 * @return 0, negative on failure
 */
LWS_VISIBLE LWS_EXTERN int
lws_rx_flow_control(struct lws *wsi, int enable);

/** Resume for every connection of a protocol. */
LWS_VISIBLE LWS_EXTERN void
lws_rx_flow_allow_all_protocol(const struct lws_context *context,
			       const struct lws_protocols *protocol);

/** In RECEIVE: how many bytes of this frame are still to come. With a compressing
 * extension they are compressed bytes. */
LWS_VISIBLE LWS_EXTERN size_t
lws_remaining_packet_payload(struct lws *wsi);

/*
 * Folders
 */

/** What a folder's entry is. */
typedef enum {
	LDOT_UNKNOWN,	/**< cannot be told */
	LDOT_FILE,	/**< regular file */
	LDOT_DIR,	/**< folder */
	LDOT_LINK,	/**< symbolic link */
	LDOT_FIFO,	/**< pipe */
	LDOTT_SOCKET,	/**< unix socket */
	LDOT_CHAR,	/**< character device */
	LDOT_BLOCK	/**< block device */
} lws_dir_obj_type_t;

/** A folder's entry. */
struct lws_dir_entry {
	const char *name;		/**< its name, without the folder */
	lws_dir_obj_type_t type;	/**< what it is */
};

/** Called for each entry, "." and ".." included. Nonzero stops. */
typedef int
lws_dir_callback_function(const char *dirpath, void *user,
			  struct lws_dir_entry *lde);

/**
 * Go through a folder, in the order of names; those with '~' are left out.
 *
 * @return 0 if all were seen; 1 if the callback stopped it or there is no such folder.
 *	   In 4.3 0 if the callback stopped it, else 1
 */
LWS_VISIBLE LWS_EXTERN int
lws_dir(const char *dirpath, void *user, lws_dir_callback_function cb);

/** As cb for lws_dir(): delete everything in the folder, without following links. */
LWS_VISIBLE LWS_EXTERN int
lws_dir_rm_rf_cb(const char *dirpath, void *user, struct lws_dir_entry *lde);

/** Called with the path of each file that matches. */
typedef int (*lws_dir_glob_cb_t)(void *data, const char *path);

/** What lws_dir_glob_cb() looks for. */
typedef struct lws_dir_glob {
	const char *filter;	/**< name with '*' for any part */
	lws_dir_glob_cb_t cb;	/**< called for each */
	void *user;		/**< its `data` */
} lws_dir_glob_t;

/** As cb for lws_dir(), with a lws_dir_glob_t * as user: find files, not folders. */
LWS_VISIBLE LWS_EXTERN int
lws_dir_glob_cb(const char *dirpath, void *user, struct lws_dir_entry *lde);

/** Bytes the library has allocated, where that is counted; otherwise 0. */
size_t lws_get_allocated_heap(void);

/** The same as lws_wsi_tsi(); in callbacks of no connection the thread that calls. */
LWS_VISIBLE LWS_EXTERN int
lws_get_tsi(struct lws *wsi);

/** Nonzero if the connection uses TLS or is to: for a client from the connect
 * call on, for a connection accepted by a vhost with TLS from the start, until
 * its peer turns out to speak plain HTTP where that is allowed. */
LWS_VISIBLE LWS_EXTERN int
lws_is_ssl(struct lws *wsi);

/** Nonzero if the connection has a CGI. */
LWS_VISIBLE LWS_EXTERN int
lws_is_cgi(struct lws *wsi);

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
/** Finds a CA certificate in a blob of them. Declared for source compatibility; not in
 * the library. */
LWS_VISIBLE LWS_EXTERN int
lws_tls_jit_trust_blob_queury_skid(const void *_blob, size_t blen,
				   const uint8_t *skid, size_t skid_len,
				   const uint8_t **prpder, size_t *prder_len);
#endif

/** open() with O_CLOEXEC. */
LWS_VISIBLE LWS_EXTERN int
lws_open(const char *__file, int __oflag, ...);

/** An access point, on systems that can scan for them. */
struct lws_wifi_scan {
	struct lws_wifi_scan *next;	/**< or NULL */
	char ssid[32];			/**< its name */
	int32_t rssi;			/**< sum of the signal strengths seen */
	uint8_t bssid[6];		/**< its address */
	uint8_t count;			/**< how many were summed */
	uint8_t channel;		/**< where */
	uint8_t authmode;		/**< how it is protected */
};

/** OpenSSL's SSL * of the connection, which stays the library's; NULL without TLS. */
LWS_VISIBLE LWS_EXTERN SSL*
lws_get_ssl(struct lws *wsi);

/** Zero memory, also where the compiler thinks it useless. */
LWS_VISIBLE LWS_EXTERN void
lws_explicit_bzero(void *p, size_t len);

/** One unit; a schema is an array of them, biggest first, ended by a NULL name. */
typedef struct lws_humanize_unit {
	const char *name;	/**< "KiB" */
	uint64_t factor;	/**< 1024 */
} lws_humanize_unit_t;

/** Plain numbers: 1000 is 1K. */
LWS_VISIBLE extern const lws_humanize_unit_t humanize_schema_si[7];
/** Bytes: 1024 is 1KiB. */
LWS_VISIBLE extern const lws_humanize_unit_t humanize_schema_si_bytes[7];
/** Microseconds. */
LWS_VISIBLE extern const lws_humanize_unit_t humanize_schema_us[8];

/**
 * Write a number with the unit that fits.
 *
 * @param buf, len where to put it, NUL-terminated
 * @return bytes of the last part, the unit
 */
LWS_VISIBLE LWS_EXTERN int
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lws_humanize(char *buf, size_t len, uint64_t value,
	     const lws_humanize_unit_t *schema);
#else
lws_humanize(char *buf, int len, uint64_t value,
	     const lws_humanize_unit_t *schema);
#endif

/*
 * Numbers in network order, at any address
 */

/** Write 2 bytes. */
LWS_VISIBLE LWS_EXTERN void
lws_ser_wu16be(uint8_t *b, uint16_t u);

/** Write 4 bytes. */
LWS_VISIBLE LWS_EXTERN void
lws_ser_wu32be(uint8_t *b, uint32_t u32);

/** Write 8 bytes. */
LWS_VISIBLE LWS_EXTERN void
lws_ser_wu64be(uint8_t *b, uint64_t u64);

/** Read 2 bytes. */
LWS_VISIBLE LWS_EXTERN uint16_t
lws_ser_ru16be(const uint8_t *b);

/** Read 4 bytes. */
LWS_VISIBLE LWS_EXTERN uint32_t
lws_ser_ru32be(const uint8_t *b);

/** Read 8 bytes. */
LWS_VISIBLE LWS_EXTERN uint64_t
lws_ser_ru64be(const uint8_t *b);

/**
 * Write a number below 2^28 with 7 bits in each byte, lowest first, all but the last
 * with the top bit set.
 *
 * @param buf room for 4 bytes
 * @return how many were used, negative if it is too big
 */
LWS_VISIBLE LWS_EXTERN int
lws_vbi_encode(uint64_t value, void *buf);

/**
 * Read a number of 7-bit groups. As in 4.1.6, a byte whose top bit is SET ends it,
 * which is not what lws_vbi_encode() writes.
 *
 * @param buf, len where it is
 * @param value	   set to it
 * @return how many bytes come before that one, 0 if none ends it
 */
LWS_VISIBLE LWS_EXTERN int
lws_vbi_decode(const void *buf, uint64_t *value, size_t len);

#if defined(LWS_WITH_SPAWN)
#if defined(__GLIBC__)
#include <bits/types/siginfo_t.h>
#else
#include <signal.h>
#endif

/*
 * Processes whose stdin, stdout and stderr are connections
 */

/** One of them. */
struct lws_spawn_piped;

struct lws_dll2_owner;
struct lws_role_ops;

/**
 * Told when a process has been waited for, and its object is gone.
 *
 * @param opaque	that of the info
 * @param accounting	four times in us: the process' system and user time, and the
 *			caller's own
 * @param si		as waitid() tells it; si_status is what it exited with, or its
 *			signal. Valid during the call
 * @param we_killed_him 1: its time was over
 */
typedef void (*lsp_cb_t)(void *opaque, lws_usec_t *accounting, siginfo_t *si,
			 int we_killed_him);

/** What to start. Used during lws_spawn_piped() only, but for plsp. */
struct lws_spawn_piped_info {
	struct lws_dll2_owner *owner;	/**< list that the object joins, or NULL */
	struct lws_vhost *vh;		/**< of the pipes' connections */
	struct lws *opt_parent;		/**< theirs, or NULL */

	const char *const *exec_array;	/**< program and arguments, ended by NULL. A name
					 * without a slash is looked for in PATH */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	const char **env_array;		/**< its whole environment, ended by NULL */
#else
	char **env_array;		/**< its whole environment, ended by NULL */
#endif
	const char *protocol_name;	/**< of vh, for the connections; NULL: the first of
					 * the context's first vhost */
	const char *chroot_path;	/**< its root directory; NULL: the caller's */
	const char *wd;			/**< its working directory; NULL: /tmp */

	struct lws_spawn_piped **plsp;	/**< set to NULL when the object is gone, or NULL */

	void *opaque;			/**< for reap_cb, and lws_get_opaque_user_data() of
					 * the connections */

	lsp_cb_t reap_cb;		/**< or NULL */

	lws_usec_t timeout_us;		/**< us until it is asked to end; 0: 300 s */
	int max_log_lines;		/**< not used, as in the original */
	int tsi;			/**< service thread; that of opt_parent counts */

	const struct lws_role_ops *ops; /**< NULL */

	uint8_t disable_ctrlc;		/**< 1: it leads a process group of its own */
};

/**
 * Start a process. Its pipes are connections of role raw-file: LWS_CALLBACK_RAW_RX_FILE
 * tells that there is something to read() from lws_get_socket_fd(),
 * LWS_CALLBACK_RAW_WRITEABLE_FILE, once at the start and whenever asked for, that stdin
 * takes something, LWS_CALLBACK_RAW_CLOSE_FILE the end. The protocol is to pass each end
 * on to lws_spawn_stdwsi_closed(); the process is waited for when all three have ended.
 *
 * @return the object, NULL when the process could not be started
 */
LWS_VISIBLE LWS_EXTERN struct lws_spawn_piped *
lws_spawn_piped(const struct lws_spawn_piped_info *lspi);

/** Ask the process to end: SIGTERM, and SIGKILL 5 s later. It is waited for without its
 * pipes; the object may be gone behind this call. @return 0, or 1 if there is none. */
LWS_VISIBLE LWS_EXTERN int
lws_spawn_piped_kill_child_process(struct lws_spawn_piped *lsp);

/** End the object and its connections; reap_cb is not called. The process goes on until
 * it ends by itself. *lsp becomes NULL. */
LWS_VISIBLE LWS_EXTERN void
lws_spawn_piped_destroy(struct lws_spawn_piped **lsp);

/** Note that the connection wsi of the process has ended. */
LWS_VISIBLE LWS_EXTERN void
lws_spawn_stdwsi_closed(struct lws_spawn_piped *lsp, struct lws *wsi);

/** Which pipe of its process a connection is: enum lws_enum_stdinouterr. */
LWS_VISIBLE LWS_EXTERN int
lws_spawn_get_stdfd(struct lws *wsi);
#endif

/** An overlay mount. */
struct lws_fsmount {
	const char *layers_path;	/**< folder that has the layers */
	const char *overlay_path;	/**< folder for what is written */

	char mp[256];			/**< mount point */
	char ovname[64];		/**< name of this overlay */
	char distro[64];		/**< name of the lowest layer */

#if defined(__linux__)
	const char *layers[4];		/**< layers above it, ended by NULL */
#endif
};

/** Mount it. @return 0, nonzero on failure */
LWS_VISIBLE LWS_EXTERN int
lws_fsmount_mount(struct lws_fsmount *fsm);

/** Unmount it. @return 0, nonzero on failure */
LWS_VISIBLE LWS_EXTERN int
lws_fsmount_unmount(struct lws_fsmount *fsm);
