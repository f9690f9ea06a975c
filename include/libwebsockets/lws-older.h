/* SPDX-License-Identifier: MIT
 *
 * What sources of v1.6 to v2.4 call and 4.1.6 no longer declares.
 * docs/generations.md says what else changed.
 */
#ifndef LWSGO_LWS_OLDER_H
#define LWSGO_LWS_OLDER_H

/**
 * The extensions that the library has, for the creation info's `extensions`.
 *
 * @return a table of permessage-deflate (RFC 7692), never freed
 */
LWS_VISIBLE LWS_EXTERN struct lws_extension *
lws_get_internal_extensions(void);

/**
 * Open a WebSocket connection: lws_client_connect_via_info() with its members
 * as arguments.
 *
 * @param context	 the context
 * @param address	 name or address of the server
 * @param port		 its port
 * @param ssl_connection 0: plain, 1: TLS, 2: TLS that takes a certificate which
 *			 nobody signed, for any name; or LCCSCF_ flags
 * @param path		 of the request
 * @param host		 its Host header
 * @param origin	 its Origin header, or NULL
 * @param protocol	 subprotocols, separated by commas, or NULL
 * @param ietf_version_or_minus_one -1
 * @return the connection, or NULL with the reason logged
 */
LWS_VISIBLE LWS_EXTERN struct lws *
lws_client_connect(struct lws_context *context, const char *address, int port,
		   int ssl_connection, const char *path, const char *host,
		   const char *origin, const char *protocol,
		   int ietf_version_or_minus_one);

/**
 * lws_client_connect() with the connection's user memory.
 *
 * @param userdata the program's; NULL: the library allocates
 *		   per_session_data_size bytes when the connection is established
 */
LWS_VISIBLE LWS_EXTERN struct lws *
lws_client_connect_extended(struct lws_context *context, const char *address,
			    int port, int ssl_connection, const char *path,
			    const char *host, const char *origin,
			    const char *protocol, int ietf_version_or_minus_one,
			    void *userdata);

#endif
