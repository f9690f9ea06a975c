/* SPDX-License-Identifier: MIT */
/**
 * \file lws-system.h
 * What the library wants to know of the system it runs on: device data kept
 * in "blobs", the steps of system start, what the platform can do (reboot,
 * set the clock, call in from another thread), and whether a captive portal
 * is in the way.
 */

/** Kinds of system blob. */
typedef enum {
	LWS_SYSBLOB_TYPE_AUTH,			/**< two tokens, idx 0 and 1 */
	LWS_SYSBLOB_TYPE_CLIENT_CERT_DER = LWS_SYSBLOB_TYPE_AUTH + 2,
						/**< client cert, DER */
	LWS_SYSBLOB_TYPE_CLIENT_KEY_DER,	/**< its private key, DER */
	LWS_SYSBLOB_TYPE_DEVICE_SERIAL,		/**< serial number */
	LWS_SYSBLOB_TYPE_DEVICE_FW_VERSION,	/**< firmware version */
	LWS_SYSBLOB_TYPE_DEVICE_TYPE,		/**< device type */
	LWS_SYSBLOB_TYPE_NTP_SERVER,		/**< name of the time server */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	LWS_SYSBLOB_TYPE_MQTT_CLIENT_ID,	/**< name as an MQTT client */
	LWS_SYSBLOB_TYPE_MQTT_USERNAME,		/**< whom MQTT logs in */
	LWS_SYSBLOB_TYPE_MQTT_PASSWORD,		/**< and with which password */
#endif

	LWS_SYSBLOB_TYPE_COUNT			/**< how many blobs there are */
} lws_system_blob_item_t;

/** A blob: memory of the caller, or appended pieces on the heap. */
typedef struct lws_system_blob lws_system_blob_t;

/**
 * Let the blob refer to the caller's memory, which is not copied and must
 * stay valid until the blob is changed again or the context is gone.
 *
 * \param b: the blob
 * \param ptr: the content
 * \param len: its length in bytes
 */
LWS_EXTERN LWS_VISIBLE void
lws_system_blob_direct_set(lws_system_blob_t *b, const uint8_t *ptr,
			   size_t len);

/** Make it an empty heap blob, ready for lws_system_blob_heap_append(). */
LWS_EXTERN LWS_VISIBLE void
lws_system_blob_heap_empty(lws_system_blob_t *b);

/**
 * Append a copy of \p len bytes to a heap blob (not to a direct one).
 *
 * Returns 0, or -1 without memory.
 */
LWS_EXTERN LWS_VISIBLE int
lws_system_blob_heap_append(lws_system_blob_t *b, const uint8_t *ptr,
			    size_t len);

/** Length of the content in bytes. */
LWS_EXTERN LWS_VISIBLE size_t
lws_system_blob_get_size(lws_system_blob_t *b);

/**
 * Get at the content without a copy.
 *
 * \param b: the blob
 * \param ptr: set to the content, which is good until the blob changes
 *
 * Returns 0, or -1 if the blob is empty or consists of several pieces.
 */
LWS_EXTERN LWS_VISIBLE int
lws_system_blob_get_single_ptr(lws_system_blob_t *b, const uint8_t **ptr);

/**
 * Copy content out.
 *
 * \param b: the blob
 * \param ptr: where to copy to
 * \param len: room at \p ptr on entry, bytes copied on return
 * \param ofs: offset in the content to begin at
 *
 * When \p ofs is not inside the content, *len becomes 0, and the result is 1
 * for a direct blob. Otherwise returns 0.
 */
LWS_EXTERN LWS_VISIBLE int
lws_system_blob_get(lws_system_blob_t *b, uint8_t *ptr, size_t *len,
		    size_t ofs);

/** Free what the blob has on the heap; NULL is harmless. */
LWS_EXTERN LWS_VISIBLE void
lws_system_blob_destroy(lws_system_blob_t *b);

/**
 * Get one of the context's blobs, which lives as long as the context.
 *
 * \param context: the context
 * \param type: which kind
 * \param idx: 0, or 1 for the second LWS_SYSBLOB_TYPE_AUTH
 *
 * Returns NULL if \p idx is out of range.
 */
LWS_EXTERN LWS_VISIBLE lws_system_blob_t *
lws_system_get_blob(struct lws_context *context, lws_system_blob_item_t type,
		    int idx);

/** States of the context's system state manager, in the order of start: the first service
 * goes through them to OPERATIONAL, in so.19 to INITIALIZED, and 100 ms later through the
 * rest. */
typedef enum {
	LWS_SYSTATE_UNKNOWN,		/**< before anything */
	LWS_SYSTATE_CONTEXT_CREATED,	/**< the context exists */
	LWS_SYSTATE_INITIALIZED,	/**< protocols are initialized */
	LWS_SYSTATE_IFACE_COLDPLUG,	/**< present interfaces are known */
	LWS_SYSTATE_DHCP,		/**< an interface has an address */
	LWS_SYSTATE_CPD_PRE_TIME,	/**< portal check that needs no clock */
	LWS_SYSTATE_TIME_VALID,		/**< the clock is right; TLS can work */
	LWS_SYSTATE_CPD_POST_TIME,	/**< portal check that may use TLS */
	LWS_SYSTATE_POLICY_VALID,	/**< the program has its settings */
	LWS_SYSTATE_REGISTERED,		/**< the device has its identity */
	LWS_SYSTATE_AUTH1,		/**< first auth token is there */
	LWS_SYSTATE_AUTH2,		/**< second auth token is there */
	LWS_SYSTATE_OPERATIONAL,	/**< go ahead with everything */
	LWS_SYSTATE_POLICY_INVALID,	/**< settings are being replaced */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	LWS_SYSTATE_CONTEXT_DESTROYING,	/**< the context is gone */
#endif
} lws_system_states_t;

/** What is known about the way to the internet. */
typedef enum {
	LWS_CPD_UNKNOWN = 0,		/**< not tested since the last start */
	LWS_CPD_INTERNET_OK,		/**< the way is open */
	LWS_CPD_CAPTIVE_PORTAL,		/**< a captive portal answers instead */
	LWS_CPD_NO_INTERNET,		/**< nothing could be reached */
} lws_cpd_result_t;

/** Called once on the event loop thread of \p tsi, with the \p opaque given. */
typedef void (*lws_attach_cb_t)(struct lws_context *context, int tsi,
				void *opaque);
struct lws_attach_item;

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
/** Answers jit_trust_query. Declared for source compatibility; not in the library. */
LWS_EXTERN LWS_VISIBLE int
lws_tls_jit_trust_got_cert_cb(struct lws_context *cx, void *got_opaque,
			      const uint8_t *skid, size_t skid_len,
			      const uint8_t *der, size_t der_len);
#endif

/** What the platform can do. Set in the context creation info; may be NULL. */
typedef struct lws_system_ops {
	/** restart the machine */
	int (*reboot)(void);
	/** set the clock, in microseconds since 1970 UTC */
	int (*set_clock)(lws_usec_t us);
	/**
	 * Ask for \p cb on the event loop thread once \p state is reached
	 * (\p get is NULL), or fetch a request that is ready (\p get is not
	 * NULL). To be callable from any thread, it takes a lock of its own
	 * around __lws_system_attach() and returns what that returned.
	 */
	int (*attach)(struct lws_context *context, int tsi, lws_attach_cb_t cb,
		      lws_system_states_t state, void *opaque,
		      struct lws_attach_item **get);
	/** begin a portal check, to be answered by lws_system_cpd_set() */
	int (*captive_portal_detect_request)(struct lws_context *context);
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	/** not called: takes a metric (lws-metrics.h), nonzero begins it anew */
	int (*metric_report)(lws_metric_pub_t *mdata);
	/** not called: finds the CA certificate with a subject key ID (RFC 5280
	 * section 4.2.1.2) for lws_tls_jit_trust_got_cert_cb() */
	int (*jit_trust_query)(struct lws_context *cx, const uint8_t *skid,
			       size_t skid_len, void *got_opaque);
#endif
	/** microseconds the machine takes to wake up from suspend */
	uint32_t wake_latency_us;
} lws_system_ops_t;

/** The context's system state manager, for use with the lws_state_ calls. */
LWS_EXTERN LWS_VISIBLE lws_state_manager_t *
lws_system_get_state_manager(struct lws_context *context);

/** Ask for an auth token as hexadecimal text. */
#define LWSSYSGAUTH_HEX (1 << 0)

/** The ops given at context creation; NULL if none, members may be NULL. */
LWS_EXTERN LWS_VISIBLE const lws_system_ops_t *
lws_system_get_ops(struct lws_context *context);

/** The context that \p mgr, a system state manager, is part of. */
LWS_EXTERN LWS_VISIBLE struct lws_context *
lws_system_context_from_system_mgr(lws_state_manager_t *mgr);

/**
 * The part of lws_system_ops_t.attach that needs no knowledge of the system.
 * Not thread-safe: call it from attach only, which locks around it.
 *
 * \param context: the context
 * \param tsi: service thread index, normally 0
 * \param cb: what to call, when adding
 * \param state: the system state to wait for, when adding
 * \param opaque: handed to \p cb
 * \param get: NULL to add a request and wake the event loop; otherwise set to
 *	       a request whose state is reached, now off the list and the
 *	       caller's, or to NULL
 *
 * Returns 0, or 1 without memory.
 */
LWS_EXTERN LWS_VISIBLE int
__lws_system_attach(struct lws_context *context, int tsi, lws_attach_cb_t cb,
		    lws_system_states_t state, void *opaque,
		    struct lws_attach_item **get);

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
/** What DHCP has got for an interface: places in lws_dhcpc_ifstate_t (RFC 2132). */
enum {
	/* in nums */
	LWSDH_IPV4_SUBNET_MASK = 0,	/**< mask, in network order */
	LWSDH_IPV4_BROADCAST,		/**< broadcast address, in network order */
	LWSDH_LEASE_SECS,		/**< seconds that the address is ours */
	LWSDH_REBINDING_SECS,		/**< until others are asked to renew it */
	LWSDH_RENEWAL_SECS,		/**< until the server is asked to renew it */
	_LWSDH_NUMS_COUNT,		/**< how many */

	/* in sa46 */
	LWSDH_SA46_IP = 0,		/**< the address */
	LWSDH_SA46_DNS_SRV_1,		/**< name servers */
	LWSDH_SA46_DNS_SRV_2,		/**< the second */
	LWSDH_SA46_DNS_SRV_3,		/**< the third */
	LWSDH_SA46_DNS_SRV_4,		/**< the fourth */
	LWSDH_SA46_IPV4_ROUTER,		/**< way to everywhere else */
	LWSDH_SA46_NTP_SERVER,		/**< time server */
	LWSDH_SA46_DHCP_SERVER,		/**< who gave all that */
	_LWSDH_SA46_COUNT,		/**< how many */
};

/** An interface and what DHCP has got for it. */
typedef struct lws_dhcpc_ifstate {
	char ifname[16];		/**< its name */
	char domain[64];		/**< name of the network */
	uint8_t mac[6];			/**< its hardware address */
	uint32_t nums[_LWSDH_NUMS_COUNT];	/**< numbers */
	lws_sockaddr46 sa46[_LWSDH_SA46_COUNT];	/**< addresses; family 0: none */
} lws_dhcpc_ifstate_t;

/** Called when DHCP has got an address. */
typedef int (*dhcpc_cb_t)(void *opaque, lws_dhcpc_ifstate_t *is);
#else
/** Called when DHCP has got an address, \p ip_len bytes at \p ip. */
typedef int (*dhcpc_cb_t)(void *opaque, int af, uint8_t *ip, int ip_len);
#endif

/** \name DHCP client
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_EXTERN LWS_VISIBLE int
lws_dhcpc_request(struct lws_context *c, const char *i, int af, dhcpc_cb_t cb,
		  void *opaque);

LWS_EXTERN LWS_VISIBLE int
lws_dhcpc_remove(struct lws_context *context, const char *iface);

LWS_EXTERN LWS_VISIBLE int
lws_dhcpc_status(struct lws_context *context, lws_sockaddr46 *sa46);
///@}

/**
 * Forget the last portal check and begin another.
 *
 * Returns what captive_portal_detect_request returned, or 0 without one.
 */
LWS_EXTERN LWS_VISIBLE int
lws_system_cpd_start(struct lws_context *context);

/**
 * Report the result of a portal check. Only the first report after
 * lws_system_cpd_start() counts. It sends the LWSSMDCL_NETWORK message
 * {"type":"cpd","result":"..."} and lets the system state climb towards
 * LWS_SYSTATE_OPERATIONAL, which calls state notifiers.
 */
LWS_EXTERN LWS_VISIBLE void
lws_system_cpd_set(struct lws_context *context, lws_cpd_result_t result);

/** The result of the last portal check. */
LWS_EXTERN LWS_VISIBLE lws_cpd_result_t
lws_system_cpd_state_get(struct lws_context *context);
