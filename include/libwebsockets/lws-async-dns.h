/* SPDX-License-Identifier: MIT */
/**
 * \file lws-async-dns.h
 * A DNS resolver inside the event loop. The functions are not in the library,
 * which resolves names by means of the system.
 */

/** Record types (RFC 1035 §3.2.2, RFC 3596). */
typedef enum dns_query_type {
	LWS_ADNS_RECORD_A	= 0x01,		/**< IPv4 address */
	LWS_ADNS_RECORD_CNAME	= 0x05,		/**< alias */
	LWS_ADNS_RECORD_MX	= 0x0f,		/**< mail exchange */
	LWS_ADNS_RECORD_AAAA	= 0x1c,		/**< IPv6 address */
} adns_query_type_t;

/** Results of a query. */
typedef enum {
	LADNS_RET_FAILED_WSI_CLOSED = -4,	/**< the connection has ended */
	LADNS_RET_NXDOMAIN = -3,		/**< no such name */
	LADNS_RET_TIMEDOUT = -2,		/**< no answer in time */
	LADNS_RET_FAILED = -1,			/**< failed */
	LADNS_RET_FOUND,			/**< found at once */
	LADNS_RET_CONTINUING			/**< the callback will tell */
} lws_async_dns_retcode_t;

struct addrinfo;

/** Called with the result \p n, and the addresses if it was found. */
typedef struct lws * (*lws_async_dns_cb_t)(struct lws *wsi, const char *ads,
					   const struct addrinfo *result, int n,
					   void *opaque);

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN lws_async_dns_retcode_t
lws_async_dns_query(struct lws_context *context, int tsi, const char *name,
		    adns_query_type_t qtype, lws_async_dns_cb_t cb,
		    struct lws *wsi, void *opaque);

LWS_VISIBLE LWS_EXTERN void
lws_async_dns_freeaddrinfo(const struct addrinfo **ai);
///@}
