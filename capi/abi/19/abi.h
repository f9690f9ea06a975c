/* SPDX-License-Identifier: MIT
 *
 * libwebsockets.so.19: all that is different from other ABIs, but for its
 * headers and its list of exports.
 */
#ifndef LWSGO_ABI_H
#define LWSGO_ABI_H

#include "../client.h"
#include "lwsgo.h"
#include <stddef.h>

/* The address has a family, so there is no length. */
#define LWSGO_UDP_LAYOUT                                                       \
	{                                                                      \
		.size = sizeof(struct lws_udp),                                \
		.sa = offsetof(struct lws_udp, sa46),                          \
		.room = sizeof(lws_sockaddr46),                                \
	}

/* A header's number as Go has it: dss-signature, which this ABI puts in between, is
 * the last there. */
static inline enum lws_token_indexes
lwsgo_token(enum lws_token_indexes t)
{
	if (t == WSI_TOKEN_DSS_SIGNATURE)
		return WSI_TOKEN_COUNT - 1;
	if (t >= WSI_TOKEN_COUNT)
		return t;
	return t > WSI_TOKEN_DSS_SIGNATURE ? t - 1 : t;
}

/* The text of a header that is elsewhere in Go's list. */
static inline const char *
lwsgo_token_text(enum lws_token_indexes t)
{
	return t == WSI_TOKEN_DSS_SIGNATURE ? "x-amzn-dss-signature:" : NULL;
}

/* Types of arguments that other ABIs have others for. */
typedef size_t lwsgo_len;
typedef uid_t lwsgo_uid;
typedef gid_t lwsgo_gid;
typedef unsigned int lwsgo_stream;
#define LWSGO_ADOPT_UDP_MORE                                                   \
	, const char *fi_wsi_name __attribute__((unused))

/* Names of units, as lws_humanize() writes them. */
#define LWSGO_UNIT(name) name
#define LWSGO_SHORT_UNIT(name) name
#define LWSGO_NO_UNIT ""
#define LWSGO_MICROSECONDS "\xce\xbcs"

/* How functions behave that belong to no context. */
#define LWSGO_PLAIN                                                            \
	{                                                                      \
		.all_families = 1,                                             \
		.arg_values = 1,                                               \
		.b64_tight = 1,                                                \
		.cert_room = 1,                                                \
		.dir_says_done = 1,                                            \
		.dsh_head = 56,                                                \
		.dsh_more = 64,                                                \
		.exp_float = 1,                                                \
		.humanize_plain = 1,                                           \
		.log_cx = 1,                                                   \
		.paths_fit = 1,                                                \
		.plugins_go_on = 1,                                            \
		.star_delimits = 1,                                            \
		.sync_detaches = 1,                                            \
		.sync_secs = 3,                                                \
	}

/* A plugin is of this library's build. */
static inline int
lwsgo_plugin_fits(const lws_plugin_header_t *h)
{
	return !strcmp(h->lws_build_hash, LWS_BUILD_HASH);
}

/* Members of the info that other ABIs do not have. */
static inline void
lwsgo_info_own(struct lwsgo_info *n, const struct lws_context_creation_info *i)
{
	if (i->event_lib_custom)
		n->custom_loop = (const struct lwsgo_event_loop_ops *)
					 i->event_lib_custom->ops;
	n->simultaneous_ssl_handshake_restriction =
		i->simultaneous_ssl_handshake_restriction;
	n->smd_ttl_us = i->smd_ttl_us;
	n->smd_queue_depth = i->smd_queue_depth;
	n->fo_listen_queue = i->fo_listen_queue;
}

/* Likewise of the connect info. */
static inline void
lwsgo_connect_own(struct lwsgo_connect *n,
		  const struct lws_client_connect_info *i)
{
	n->priority = i->priority;
	n->log_cx = i->log_cx;
}

/* This ABI has no members for it. */
static inline void
lwsgo_udp_loss(struct lws_context_creation_info *i, int tx, int percent)
{
	(void)i;
	(void)tx;
	(void)percent;
}

/* What a program behaves as. */
static inline const struct lwsgo_abi *
lwsgo_abi_of(size_t size)
{
	static const struct lwsgo_abi v43 = {
		.name = "4.3",
		.client = LWSGO_CLIENT_43,
		.timeout_secs = 15,
		.session_cache = 1,
		.family_sockets = 1,
		.unix_peer = "(unix skt)",
		.poll_answers = 1,
		.vhosts_end_early = 1,
		.tasks_part_first = 1,
		.answers_body = 1,
		.ages_later = 1,
		.lifecycle = 1,
		.only_with_pvo = 1,
		.own_sockets = 1, /* netlink */
		.all_methods_mount = 1,
		.whole_to_https = 1,
		.args_joint = '&',
		.cookie_joint = ';',
		.set_cookie_joint = ';',
		.adjust_serves = 1,
		.smd_queue_depth = 40,
		.smd_ttl_us = 2 * LWS_US_PER_SEC,
		.coldplug_ms = 100,
		.tells_destroying = 1,
		.vhost_log_own = 1,
		.dss_header = 1,
		.udp_binds_again = 1,
		.udp_write_tells = 1,
	};
	/* Sources of before v3.0, compiled with compat/1.3 to 2.2. */
	static const struct lwsgo_abi v2 = {
		.name = "2",
		.client = LWSGO_CLIENT_41,
		.before30 = 1,
		.unix_peer = "",
		.args_joint = ',',
		.set_cookie_joint = ',',
		.smd_queue_depth = 40,
	};

	return size & LWS_INFO_OF_V2 ? &v2 : &v43;
}

#endif
