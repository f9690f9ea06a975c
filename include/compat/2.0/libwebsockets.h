/* SPDX-License-Identifier: MIT
 *
 * For sources of libwebsockets v2.0 (2.0.2 or 2.0.3) that fill in a struct lws_http_mount member
 * by member: it had fewer of them. The rest is compat/1.6. Chosen with
 * pkg-config libwebsockets-2.0, or -I; docs/generations.md has more.
 */
#ifndef LWS_COMPAT_2_0_LIBWEBSOCKETS_H
#define LWS_COMPAT_2_0_LIBWEBSOCKETS_H

#define LWS_INFO_MOUNT struct lws_http_mount_2_0
struct lws_http_mount_2_0;

#include "../1.6/libwebsockets.h"
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct lws_http_mount_2_0 - a mount of v2.0; a member means what today's does
 */
struct lws_http_mount_2_0 {
	struct lws_http_mount_2_0 *mount_next; /**< or NULL */
	const char *mountpoint;	/**< path it begins at */
	const char *origin;	/**< folder, program or host */
	const char *def;	/**< file for the mount point itself */
	const struct lws_protocol_vhost_options *cgienv; /**< for a CGI */
	const struct lws_protocol_vhost_options *extra_mimetypes; /**< suffix, type */
	int cgi_timeout;	/**< s */
	int cache_max_age;	/**< s */
	unsigned int cache_reusable:1;	 /**< clients may keep files */
	unsigned int cache_revalidate:1; /**< and have to ask again */
	unsigned int cache_intermediaries:1; /**< and so may shared caches */
	unsigned char origin_protocol;	 /**< enum lws_mount_protocols */
	unsigned char mountpoint_len;	 /**< strlen(mountpoint) */
};

/* Today's mounts for those; the caller frees them. 0 for success. */
static LWS_INLINE int
lws_mounts_2_0(const struct lws_http_mount_2_0 *old, struct lws_http_mount **made)
{
	const struct lws_http_mount_2_0 *m;
	struct lws_http_mount *t;
	size_t n = 0;

	*made = NULL;
	for (m = old; m; m = m->mount_next)
		n++;
	if (!n)
		return 0;
	t = (struct lws_http_mount *)calloc(n, sizeof(*t));
	if (!t) {
		lwsl_err("mounts: out of memory\n");
		return 1;
	}
	*made = t;
	for (m = old; m; m = m->mount_next, t++) {
		t->mount_next = m->mount_next ? t + 1 : NULL;
		t->mountpoint = m->mountpoint;
		t->origin = m->origin;
		t->def = m->def;
		t->cgienv = m->cgienv;
		t->extra_mimetypes = m->extra_mimetypes;
		t->cgi_timeout = m->cgi_timeout;
		t->cache_max_age = m->cache_max_age;
		t->cache_reusable = m->cache_reusable;
		t->cache_revalidate = m->cache_revalidate;
		t->cache_intermediaries = m->cache_intermediaries;
		t->origin_protocol = m->origin_protocol;
		t->mountpoint_len = m->mountpoint_len;
	}
	return 0;
}

/* The library copies mounts while it makes a vhost. */
static LWS_INLINE struct lws_context *
lws_create_context_2_0(const struct lws_context_creation_info *info)
{
	struct lws_context_creation_info i = *info;
	struct lws_http_mount *made;
	struct lws_context *context;

	if (lws_mounts_2_0(info->mounts, &made))
		return NULL;
	i.mounts = (const struct lws_http_mount_2_0 *)(const void *)made;
	context = lws_create_context(&i);
	free(made);
	return context;
}

static LWS_INLINE struct lws_vhost *
lws_create_vhost_2_0(struct lws_context *context,
		     const struct lws_context_creation_info *info)
{
	struct lws_context_creation_info i = *info;
	struct lws_http_mount *made;
	struct lws_vhost *vhost;

	if (lws_mounts_2_0(info->mounts, &made))
		return NULL;
	i.mounts = (const struct lws_http_mount_2_0 *)(const void *)made;
	vhost = lws_create_vhost(context, &i);
	free(made);
	return vhost;
}

#undef lws_create_context
#undef lws_create_vhost
#define lws_http_mount lws_http_mount_2_0
#define lws_create_context(info) lws_create_context_2_0(info)
#define lws_create_vhost(context, info) lws_create_vhost_2_0(context, info)

#define lws_vhost_get(wsi) lws_get_vhost(wsi)

#ifdef __cplusplus
}
#endif
#endif
