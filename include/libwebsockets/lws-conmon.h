/* SPDX-License-Identifier: MIT
 *
 * How a client connection came about, and how long each step took (v4.3). Part of
 * libwebsockets.h; include that.
 */
#ifndef LWSGO_LWS_CONMON_H
#define LWSGO_LWS_CONMON_H

/** Microseconds, up to an hour. 0: the step was not taken. */
typedef uint32_t lws_conmon_interval_us_t;

/** Which member of lws_conmon.protocol_specific is set. */
typedef enum lws_conmon_pcol {
	LWSCONMON_PCOL_NONE, /**< none: no answer has come, or it was not HTTP */
	LWSCONMON_PCOL_HTTP, /**< http */
} lws_conmon_pcol_t;

/** What became of looking up the name. */
typedef enum lws_conmon_dns_disposition {
	LWSCONMON_DNS_NONE,		      /**< nothing was looked up */
	LWSCONMON_DNS_OK		  = 1, /**< it has an address, or is one */
	LWSCONMON_DNS_SERVER_UNREACHABLE = 2, /**< no server answered */
	LWSCONMON_DNS_NO_RESULT	  = 3, /**< there is no such name */
} lws_conmon_dns_disposition_t;

/**
 * How a client connection came about. One that goes on where another was, as a
 * stream or behind it, has only ciu_txn_resp; one that was redirected tells of
 * the last way.
 */
struct lws_conmon {
	lws_sockaddr46 peer46;
	/**< whom it is connected to: the server, or the proxy. Family 0: nobody, or a
	 * unix socket */
	union {
		struct {
			int response; /**< status of the first answer */
		} http;		      /**< LWSCONMON_PCOL_HTTP */
	} protocol_specific;	      /**< see pcol */
	struct addrinfo *dns_results_copy;
	/**< with LCCSCF_CONMON: all addresses of the name, for lws_conmon_release(). Else
	 * NULL */
	lws_conmon_interval_us_t ciu_dns;
	/**< looking up the name */
	lws_conmon_interval_us_t ciu_sockconn;
	/**< connect(), of the address that did */
	lws_conmon_interval_us_t ciu_tls;
	/**< the TLS handshake */
	lws_conmon_interval_us_t ciu_txn_resp;
	/**< from sending the request to the first bytes of the answer */
	lws_conmon_pcol_t pcol;
	/**< what is in protocol_specific */
	lws_conmon_dns_disposition_t dns_disposition;
	/**< what became of looking up the name */
};

/**
 * Copy how a client connection came about, as far as it is. The addresses go to
 * the caller: a second call gives none.
 *
 * @param dest set, to zeros for anything that is no client connection; to be given
 *	       to lws_conmon_release(). Beyond that it refers to nothing
 */
LWS_VISIBLE LWS_EXTERN void
lws_conmon_wsi_take(struct lws *wsi, struct lws_conmon *dest);

/** Free what lws_conmon_wsi_take() allocated; not conmon itself. */
LWS_VISIBLE LWS_EXTERN void
lws_conmon_release(struct lws_conmon *conmon);

#endif
