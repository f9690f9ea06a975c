/* SPDX-License-Identifier: MIT */
/*
 * For OP-TEE only: the socket address types it lacks. Not included by
 * libwebsockets.h on this system.
 */

#ifndef __LWS_OPTEE_H
#define __LWS_OPTEE_H

/** IPv6 address */
struct in6_addr {
	union {
		uint8_t u6_addr8[16];		/**< as bytes */
		uint16_t u6_addr16[8];		/**< as 16-bit words */
		uint32_t u6_addr32[4];		/**< as 32-bit words */
	};
};

#define	_SS_MAXSIZE	128U
#define	_SS_ALIGNSIZE	(sizeof(int64_t))
#define	_SS_PAD1SIZE	(_SS_ALIGNSIZE - \
			sizeof(sa_family_t))
#define	_SS_PAD2SIZE	(_SS_MAXSIZE - \
			sizeof(sa_family_t) - _SS_PAD1SIZE - _SS_ALIGNSIZE)

/** room for any address */
struct sockaddr_storage {
	sa_family_t	ss_family;		/**< address family */
	char		__ss_pad1[_SS_PAD1SIZE]; /**< padding */
	int64_t		__ss_align;		/**< forces alignment */
	char		__ss_pad2[_SS_PAD2SIZE]; /**< padding */
};

#define __SOCK_SIZE__	16

/** any address */
struct sockaddr {
	sa_family_t	sa_family;		/**< address family */
	uint8_t		sa_data[__SOCK_SIZE__
				- sizeof(sa_family_t)]; /**< the address */
};

/** IPv4 address and port */
struct sockaddr_in {
	sa_family_t	sin_family;		/**< AF_INET */
	in_port_t	sin_port;		/**< port, network order */
	struct in_addr	sin_addr;		/**< address */
	uint8_t		sin_zero[__SOCK_SIZE__
				- sizeof(sa_family_t)
				- sizeof(in_port_t)
				- sizeof(struct in_addr)]; /**< padding */
};

/** IPv6 address and port */
struct sockaddr_in6 {
	sa_family_t	sin6_family;		/**< AF_INET6 */
	in_port_t	sin6_port;		/**< port, network order */
	uint32_t	sin6_flowinfo;		/**< flow label */
	struct in6_addr	sin6_addr;		/**< address */
	uint32_t	sin6_scope_id;		/**< interface */
};

#endif
