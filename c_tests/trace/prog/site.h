/* SPDX-License-Identifier: MIT */
/* A folder of files for the scenarios of mounts. */
#ifndef SITE_H
#define SITE_H

#include "web.h"

extern char site_root[64];

/* Makes the folder with name, text, name, text, ..., NULL; names may have one folder in front. */
void site_make(const char *const *files);
void site_file(const char *name, const void *data, size_t len);
/* A server with these mounts, a peer that sends r; the folder goes afterwards. */
void site_exchange(const struct lws_http_mount *mounts, hook_fn hook, const char *const *r);
void site_drop(void);

#define MOUNT_AT(path) .mountpoint = path, .mountpoint_len = sizeof(path) - 1
#define SITE_AT(path) MOUNT_AT(path), .origin = site_root, .origin_protocol = LWSMPRO_FILE

#endif
