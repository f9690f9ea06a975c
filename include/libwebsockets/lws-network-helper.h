/* SPDX-License-Identifier: MIT
 *
 * Addresses. Part of libwebsockets.h; include that.
 */

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
/** A route's number, among those of a context. */
typedef uint16_t lws_route_uidx_t;

/** How good an address is to connect to (RFC 6724 section 2.1). */
typedef struct lws_dns_score {
	uint8_t precedence;		/**< higher is better */
	uint8_t label;			/**< the source's should be the same */
} lws_dns_score_t;

/** An entry of the system's routing table, or an address with the way to it. The
 * library keeps no such table; nothing takes or returns one. */
typedef struct lws_route {
	lws_dll2_t list;		/**< with others */

	lws_sockaddr46 src;		/**< address to send from; family 0: none */
	lws_sockaddr46 dest;		/**< network it leads to; family 0: all */
	lws_sockaddr46 gateway;		/**< next hop; family 0: none */

	struct lws_route *source;	/**< an address's: the route to it */
	lws_dns_score_t score;		/**< an address's */

	int if_idx;			/**< interface's number */
	int priority;			/**< metric, lower is better */
	int ifa_flags;			/**< IFA_F_*, of an own address */

	lws_route_uidx_t uidx;		/**< its number */

	uint8_t proto;			/**< RTPROT_*: who made it */
	uint8_t dest_len;		/**< bits of dest that count */
	uint8_t src_len;		/**< bits of src that count */
	uint8_t scope;			/**< of an own address */
	uint8_t af;			/**< family of an own address */

	uint8_t source_ads:1;		/**< is an own address */
} lws_route_t;

/** The same while addresses are sorted. */
typedef lws_route_t lws_dns_sort_t;
#endif

/** This machine's name, as gethostname() gave it. Lives as long as the context. */
LWS_VISIBLE LWS_EXTERN const char * LWS_WARN_UNUSED_RESULT
lws_canonical_hostname(struct lws_context *context);

/**
 * Who is at the other end of a socket. The name may take a reverse DNS lookup, which
 * blocks; lws_get_peer_simple() does without.
 *
 * @param wsi		 the connection, whose vhost says whether IPv6 is possible
 * @param fd		 its socket
 * @param name, name_len where to put the host name
 * @param rip, rip_len	 where to put the numeric address
 *
 * Both are empty strings if it cannot be found out.
 */
LWS_VISIBLE LWS_EXTERN void
lws_get_peer_addresses(struct lws *wsi, lws_sockfd_type fd, char *name,
		       int name_len, char *rip, int rip_len);

/**
 * The peer's numeric address; of a unix socket "(unix skt)".
 *
 * @param name, namelen where to put it; 46 bytes are enough
 * @return name
 */
LWS_VISIBLE LWS_EXTERN const char *
lws_get_peer_simple(struct lws *wsi, char *name, size_t namelen);

/** The same for a socket; a text with the error if there is no peer. Of a unix socket
 * it is empty in so.17. */
LWS_VISIBLE LWS_EXTERN const char *
lws_get_peer_simple_fd(lws_sockfd_type fd, char *name, size_t namelen);

#define LWS_ITOSA_USABLE	0	/**< can be bound to */
#define LWS_ITOSA_NOT_EXIST	-1	/**< there is no such interface or address */
#define LWS_ITOSA_NOT_USABLE	-2	/**< it exists but has no address */
#define LWS_ITOSA_BUSY		-3	/**< the port is taken */

/**
 * The address to bind to for an interface.
 *
 * @param ipv6	  nonzero: IPv6, with IPv4 addresses mapped
 * @param ifname  interface name or numeric address
 * @param addr	  set to it
 * @param addrlen bytes at addr
 * @return LWS_ITOSA_*
 */
LWS_VISIBLE LWS_EXTERN int
lws_interface_to_sa(int ipv6, const char *ifname, struct sockaddr_in *addr,
		    size_t addrlen);

/** 0 if both have the same family and address; ports do not count. */
LWS_VISIBLE LWS_EXTERN int
lws_sa46_compare_ads(const lws_sockaddr46 *sa46a, const lws_sockaddr46 *sa46b);

/**
 * Parse "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1".
 *
 * @param result  set to the address in network order
 * @param max_len bytes there, 4 or 16 at least
 * @return 4 or 16, negative if it is not an address
 */
LWS_VISIBLE LWS_EXTERN int
lws_parse_numeric_address(const char *ads, uint8_t *result, size_t max_len);

/**
 * The same into a lws_sockaddr46; family and address are set.
 *
 * @return 0, or negative
 */
LWS_VISIBLE LWS_EXTERN int
lws_sa46_parse_numeric_address(const char *ads, lws_sockaddr46 *sa46);

/**
 * Write an address as text, IPv6 shortened (RFC 5952).
 *
 * @param ads, size the address in network order and its length, 4 or 16
 * @param buf, len  where to put it
 * @return its length, negative if it does not fit
 */
LWS_VISIBLE LWS_EXTERN int
lws_write_numeric_address(const uint8_t *ads, int size, char *buf, size_t len);

/** The same for a lws_sockaddr46. */
LWS_VISIBLE LWS_EXTERN int
lws_sa46_write_numeric_address(lws_sockaddr46 *sa46, char *buf, size_t len);
