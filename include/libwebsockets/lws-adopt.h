/* SPDX-License-Identifier: MIT
 *
 * Taking over descriptors that the program has opened, and UDP. On success the
 * descriptor is the library's, which closes it with the connection; on failure it has
 * been closed. Part of libwebsockets.h; include that.
 */

/**
 * Serve an accepted socket as if the context's first vhost had accepted it.
 *
 * @return the wsi, or NULL
 */
LWS_VISIBLE LWS_EXTERN struct lws *
lws_adopt_socket(struct lws_context *context, lws_sockfd_type accept_fd);

/** The same for a vhost. */
LWS_VISIBLE LWS_EXTERN struct lws *
lws_adopt_socket_vhost(struct lws_vhost *vh, lws_sockfd_type accept_fd);

/** What is being adopted: bits to or together. */
typedef enum {
	LWS_ADOPT_RAW_FILE_DESC = 0,	/**< any pollable descriptor: RAW_*_FILE callbacks */
	LWS_ADOPT_HTTP = 1,		/**< speaks HTTP first */
	LWS_ADOPT_SOCKET = 2,		/**< is a socket */
	LWS_ADOPT_ALLOW_SSL = 4,	/**< TLS, if the vhost has it */
	LWS_ADOPT_FLAG_UDP = 16,	/**< is a UDP socket */
	LWS_ADOPT_FLAG_RAW_PROXY = 32,	/**< raw proxy role */

	LWS_ADOPT_RAW_SOCKET_UDP = LWS_ADOPT_SOCKET | LWS_ADOPT_FLAG_UDP,
	/**< a UDP socket with RAW_* callbacks */

	LWS_ADOPT_WS_PARENTIO = 8,
	/**< extension, from older generations: a ws connection without a descriptor;
	 * its parent moves the data (LWS_CALLBACK_CHILD_WRITE_VIA_PARENT) */
} lws_adoption_type;

/** A descriptor of either kind. */
typedef union {
	lws_sockfd_type sockfd;		/**< a socket */
	lws_filefd_type filefd;		/**< anything else */
} lws_sock_file_fd_type;

/** An IPv4 or IPv6 address; the family member, the same in both, tells which. */
typedef union {
	struct sockaddr_in6 sa6;	/**< AF_INET6 */
	struct sockaddr_in sa4;		/**< AF_INET */
} lws_sockaddr46;

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
/** A lws_sockaddr46 * as the system's calls want it. */
#define sa46_sockaddr(_sa46) ((struct sockaddr *)(_sa46))
/** The size of a lws_sockaddr46 for the system's calls. */
#define sa46_socklen(_sa46) \
	(socklen_t)((_sa46)->sa4.sin_family == AF_INET ? \
		    sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6))
/** Gives a lws_sockaddr46 another port, which is in network order. A block. */
#define sa46_sockport(_sa46, _sp) \
	{ if ((_sa46)->sa4.sin_family == AF_INET) (_sa46)->sa4.sin_port = (_sp); \
	  else (_sa46)->sa6.sin6_port = (_sp); }
/** The address in a lws_sockaddr46, in network order. */
#define sa46_address(_sa46) \
	((uint8_t *)((_sa46)->sa4.sin_family == AF_INET ? \
		     &_sa46->sa4.sin_addr : &_sa46->sa6.sin6_addr))
/** How many bytes that address has. */
#define sa46_address_len(_sa46) ((_sa46)->sa4.sin_family == AF_INET ? 4 : 16)
#endif

/** Whom a UDP connection talks to. */
struct lws_udp {
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	lws_sockaddr46 sa46;		/**< sender of the last packet; where writes go */
	lws_sockaddr46 sa46_pending;	/**< address for the packet that waits */
	uint8_t connected:1;		/**< 1: the socket is connected; not used */
#else
	struct sockaddr sa;		/**< sender of the last packet; where writes go */
	socklen_t salen;		/**< how much of sa is valid */

	struct sockaddr sa_pending;	/**< address for the packet that waits */
	socklen_t salen_pending;	/**< how much of it is valid */
#endif
};

/**
 * Take over a descriptor.
 *
 * Causes WSI_CREATE, the bind callback and RAW_ADOPT, RAW_ADOPT_FILE or
 * SERVER_NEW_CLIENT_INSTANTIATED.
 *
 * @param vh	       the vhost it is to belong to
 * @param type	       what it is
 * @param fd	       the descriptor, pollable; made non-blocking
 * @param vh_prot_name protocol to bind to; NULL: the vhost's raw or first one
 * @param parent       becomes its parent; or NULL
 * @return the wsi, or NULL
 */
LWS_VISIBLE LWS_EXTERN struct lws *
lws_adopt_descriptor_vhost(struct lws_vhost *vh, lws_adoption_type type,
			   lws_sock_file_fd_type fd, const char *vh_prot_name,
			   struct lws *parent);

/** The arguments of lws_adopt_descriptor_vhost() in a struct; zero it first. */
typedef struct lws_adopt_desc {
	struct lws_vhost *vh;		/**< the vhost */
	lws_adoption_type type;		/**< what it is */
	lws_sock_file_fd_type fd;	/**< the descriptor */
	const char *vh_prot_name;	/**< protocol or NULL */
	struct lws *parent;		/**< parent or NULL */
	void *opaque;			/**< lws_get_opaque_user_data() */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	const char *fi_wsi_name;	/**< not used: for lws-fault-injection.h */
#endif
} lws_adopt_desc_t;

/** lws_adopt_descriptor_vhost() with all there is to say. */
LWS_VISIBLE LWS_EXTERN struct lws *
lws_adopt_descriptor_vhost_via_info(const lws_adopt_desc_t *info);

/**
 * lws_adopt_socket() when some of the peer's data has been read already.
 *
 * @param readbuf, len that data, copied
 */
LWS_VISIBLE LWS_EXTERN struct lws *
lws_adopt_socket_readbuf(struct lws_context *context, lws_sockfd_type accept_fd,
			 const char *readbuf, size_t len);

/** The same for a vhost. */
LWS_VISIBLE LWS_EXTERN struct lws *
lws_adopt_socket_vhost_readbuf(struct lws_vhost *vhost,
			       lws_sockfd_type accept_fd, const char *readbuf,
			       size_t len);

#define LWS_CAUDP_BIND		(1 << 0) /**< bind to the port, as a server */
#define LWS_CAUDP_BROADCAST	(1 << 1) /**< may broadcast */
#define LWS_CAUDP_PF_PACKET	(1 << 2) /**< a packet socket, for DHCP and its like */

/**
 * Make a UDP socket and adopt it: RAW_* callbacks, one per packet. lws_write() sends
 * one packet: to whom the last one came from, or, without LWS_CAUDP_BIND, to ads. A
 * name is looked up in the background: RAW_ADOPT, or the closing, comes later then.
 *
 * @param ads	       address to send to, or to bind to; NULL: any
 * @param port	       its port; 0 with LWS_CAUDP_BIND: let the system choose
 * @param flags	       LWS_CAUDP_*
 * @param protocol_name protocol to bind to; NULL: the vhost's raw or first one
 * @param ifname       interface to use; or NULL
 * @param parent_wsi   becomes its parent; or NULL
 * @param opaque       lws_get_opaque_user_data()
 * @param retry_policy must outlive it; NULL: the vhost's
 * @param fi_wsi_name  so.19's; not used: for lws-fault-injection.h
 * @return the wsi, or NULL
 */
LWS_VISIBLE LWS_EXTERN struct lws *
lws_create_adopt_udp(struct lws_vhost *vhost, const char *ads, int port,
		     int flags, const char *protocol_name, const char *ifname,
		     struct lws *parent_wsi, void *opaque,
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
		     const lws_retry_bo_t *retry_policy, const char *fi_wsi_name);
#else
		     const lws_retry_bo_t *retry_policy);
#endif
