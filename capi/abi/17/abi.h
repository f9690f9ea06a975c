/* SPDX-License-Identifier: MIT
 *
 * libwebsockets.so.17: all that is different from other ABIs, but for its
 * headers (include/) and its list of exports.
 */
#ifndef LWSGO_ABI_H
#define LWSGO_ABI_H

#include "../client.h"
#include "lwsgo.h"
#include <stddef.h>

#define LWSGO_UDP_LAYOUT                                                       \
	{                                                                      \
		.size = sizeof(struct lws_udp),                                \
		.sa = offsetof(struct lws_udp, sa),                            \
		.room = sizeof(struct sockaddr),                               \
		.salen = offsetof(struct lws_udp, salen),                      \
	}

/* A header's number as Go has it. */
static inline enum lws_token_indexes
lwsgo_token(enum lws_token_indexes t)
{
	/* Go's last is of other ABIs; a number that is none stays so */
	return t < WSI_TOKEN_COUNT || (int)t < 0 ? t : t + 1;
}

/* The text of a header that is elsewhere in Go's list. */
static inline const char *
lwsgo_token_text(enum lws_token_indexes t)
{
	(void)t;
	return NULL;
}

/* Types of arguments that other ABIs have others for. */
typedef int lwsgo_len;
typedef int lwsgo_uid;
typedef int lwsgo_gid;
typedef int lwsgo_stream;
#define LWSGO_ADOPT_UDP_MORE

/* Names of units, as lws_humanize() writes them: three columns. */
#define LWSGO_UNIT(name) name " "
#define LWSGO_SHORT_UNIT(name) name "  "
#define LWSGO_NO_UNIT "   "
#define LWSGO_MICROSECONDS "us "

/* How functions behave that belong to no context. */
#define LWSGO_PLAIN                                                            \
	{                                                                      \
		.dsh_head = 48,                                                \
		.dsh_lends = 1,                                                \
		.sync_secs = 2,                                                \
	}

/* A plugin is of this library's build. */
static inline int
lwsgo_plugin_fits(const lws_plugin_header_t *h)
{
	(void)h;
	return 1;
}

/* Members of the info that other ABIs do not have. */
static inline void
lwsgo_info_own(struct lwsgo_info *n, const struct lws_context_creation_info *i)
{
	n->udp_loss_sim_tx_pc = i->udp_loss_sim_tx_pc;
	n->udp_loss_sim_rx_pc = i->udp_loss_sim_rx_pc;
}

/* Likewise of the connect info. */
static inline void
lwsgo_connect_own(struct lwsgo_connect *n,
		  const struct lws_client_connect_info *i)
{
	(void)n;
	(void)i;
}

static inline void
lwsgo_udp_loss(struct lws_context_creation_info *i, int tx, int percent)
{
	*(tx ? &i->udp_loss_sim_tx_pc : &i->udp_loss_sim_rx_pc) =
		(uint8_t)percent;
}

/* What a program behaves as. */
static inline const struct lwsgo_abi *
lwsgo_abi_of(size_t size)
{
	static const struct lwsgo_abi v41 = {
		.name = "4.1",
		.client = LWSGO_CLIENT_41,
		.smd_queue_depth = 12,
		.unix_peer = "",
		.args_joint = ',',
		.set_cookie_joint = ',',
	};
	/* Sources of v4.3, compiled with include/compat/4.3. */
	static const struct lwsgo_abi v43 = {
		.name = "4.3",
		.client = LWSGO_CLIENT_43,
		.timeout_secs = 15,
		.smd_queue_depth = 40,
		.smd_ttl_us = 2 * LWS_US_PER_SEC,
		.session_cache = 1,
		.unix_peer = "",
		.args_joint = ',',
		.set_cookie_joint = ',',
	};
	/* Those of before v3.0, compiled with compat/1.3 to 2.2. */
	static const struct lwsgo_abi v2 = {
		.name = "2",
		.client = LWSGO_CLIENT_41,
		.smd_queue_depth = 12,
		.before30 = 1,
		.unix_peer = "",
		.args_joint = ',',
		.set_cookie_joint = ',',
	};

	if (size & LWS_INFO_OF_V2)
		return &v2;
	return size & LWS_INFO_OF_V43 ? &v43 : &v41;
}

#endif
