/* SPDX-License-Identifier: MIT
 *
 * See face.h. C because of reason 3: the layouts are the header's.
 */
#include "face.h"
#include "abi.h"
#include <stddef.h>

/* A copy of bytes: types of one size may differ between the ABIs. */
#define COPY(type_, name_, array_)                                             \
	_Static_assert(sizeof(n->name_) == sizeof(i->name_),                   \
		       #name_ " has another size");                            \
	memcpy(&n->name_, &i->name_, sizeof(n->name_));

void
lwsgo_info_of(struct lwsgo_info *n, const struct lws_context_creation_info *given,
	      size_t size)
{
	struct lws_context_creation_info whole, *i = &whole;
	size_t has = size & ~LWSGO_INFO_BITS;

	memset(&whole, 0, sizeof(whole));
	memcpy(&whole, given, has < sizeof(whole) ? has : sizeof(whole));
	memset(n, 0, sizeof(*n));
	LWSGO_INFO(COPY)
	if (i->token_limits) {
		n->token_limit = i->token_limits->token_limit;
		n->count_token_limits =
			LWS_ARRAY_SIZE(i->token_limits->token_limit);
	}
	n->given = given;
	n->ours = has > LWSGO_INFO_ORIGINAL;
	lwsgo_info_own(n, i);
	n->abi = lwsgo_abi_of(size);
}

#define COPY_BACK(type_, name_, array_)                                        \
	memcpy(&i->name_, &n->name_, sizeof(n->name_));

const struct lwsgo_abi *
lwsgo_own_abi(void)
{
	return lwsgo_abi_of(0);
}

void
lwsgo_info_to(struct lws_context_creation_info *given, const struct lwsgo_info *n,
	      size_t size)
{
	struct lws_context_creation_info whole, *i = &whole;
	size_t has = size & ~LWSGO_INFO_BITS;

	if (has > sizeof(whole))
		has = sizeof(whole);
	memcpy(&whole, given, has);
	LWSGO_INFO(COPY_BACK)
	if (!n->token_limit)
		i->token_limits = NULL;
	memcpy(given, &whole, has);
}

void
lwsgo_connect_of(struct lwsgo_connect *n, const struct lws_client_connect_info *i)
{
	memset(n, 0, sizeof(*n));
	LWSGO_CONNECT(COPY)
	lwsgo_connect_own(n, i);
}

#define MOUNT_SAME(name_)                                                      \
	_Static_assert(offsetof(struct lwsgo_mount, name_) ==                  \
			       offsetof(struct lws_http_mount, name_),         \
		       "lws_http_mount." #name_ " is elsewhere")
MOUNT_SAME(mount_next);
MOUNT_SAME(origin);
MOUNT_SAME(cgienv);
MOUNT_SAME(interpret);
MOUNT_SAME(auth_mask);
MOUNT_SAME(origin_protocol);
MOUNT_SAME(mountpoint_len);
MOUNT_SAME(basic_auth_login_file);

const struct lwsgo_layouts lwsgo_layouts = {
	.lejp = {
		.depth = LWS_ARRAY_SIZE(((struct lejp_ctx *)0)->i),
		.i = offsetof(struct lejp_ctx, i),
		.wild = offsetof(struct lejp_ctx, wild),
		.path = offsetof(struct lejp_ctx, path),
		.path_stride = offsetof(struct lejp_ctx, path_stride),
	},
	.udp = LWSGO_UDP_LAYOUT,
};

const struct lwsgo_plain lwsgo_plain = LWSGO_PLAIN;
