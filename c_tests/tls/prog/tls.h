/* SPDX-License-Identifier: MIT
 *
 * What the parts of the TLS test program share.
 */
#ifndef TLS_H
#define TLS_H

#define LWS_NO_SIZED_CALLS
#include <libwebsockets.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of a name=value argument, "1" without a value, NULL if not given. */
const char *arg(const char *name);
long num(const char *name);
void args_read(int argc, char **argv);

/* One line of output. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* FNV-1a, from HASH0. */
unsigned long hash(unsigned long h, const void *p, size_t n);
#define HASH0 2166136261UL
/* The whole file, as a member pair of the info wants it. */
const void *slurp(const char *path, unsigned int *len);

/* inspect.c: what the x509 helpers say of a certificate. */
int inspect(const char *path, const char *issuer);
/* What lws tells of a vhost's certificate. */
void vhost_facts(struct lws_vhost *vh);

/* info.c: what the arguments say of a vhost's TLS. */
void server_info(struct lws_context_creation_info *i, const char *cert,
		 const char *key);
void client_info(struct lws_context_creation_info *i);
/* Our system client certificate blobs. */
void system_identity(struct lws_context *ctx);

#endif
