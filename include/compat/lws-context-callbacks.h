/* SPDX-License-Identifier: MIT
 *
 * What the headers for sources of libwebsockets v1.2 to v1.5 have in common
 * (compat/1.3 and compat/1.5): callbacks whose first argument is the context,
 * and functions that take the context beside the connection. They are today's
 * functions under a thin cover; docs/generations.md tells how to port.
 *
 * Do not include this file, but the libwebsockets.h of the generation.
 */
#ifndef LWS_CONTEXT_CALLBACKS_H
#define LWS_CONTEXT_CALLBACKS_H

#ifndef LWSGO_MODE_POLL_FD
#define LWSGO_MODE_POLL_FD /* LWS_CALLBACK_SET_MODE_POLL_FD and its like */
#endif
#include <libwebsockets/../libwebsockets.h>
#include <fcntl.h> /* these were included by the headers of the time */
#include <netdb.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * typedef lws_context_callback - a protocol's callback of v1.2 to v1.5
 * \param context: the context of wsi
 * The others are those of lws_callback_function.
 */
typedef int lws_context_callback(struct lws_context *context, struct lws *wsi,
				 enum lws_callback_reasons reason, void *user,
				 void *in, size_t len);

/**
 * struct lws_context_callback_protocol - a protocol of v1.2 to v1.5.
 *
 * The table belongs to the program and must stay while its context lives. It
 * ends with an entry without callback; 32 entries are the most.
 */
struct lws_context_callback_protocol {
	const char *name;	       /**< subprotocol name */
	lws_context_callback *callback; /**< its callback */
	size_t per_session_data_size;  /**< bytes of user memory a connection */
	size_t rx_buffer_size;	       /**< largest piece to be told, 0: 4096 */
	unsigned int id;	       /**< the program's own */
	void *user;		       /**< the program's own */
};

#ifndef LWS_CC_PROTOCOLS
#define LWS_CC_PROTOCOLS struct lws_context_callback_protocol
#endif

/**
 * struct lws_context_callback_info - creation info of v1.2 to v1.5; a member
 * means what that of today's lws_context_creation_info does. Clear it first.
 */
struct lws_context_callback_info {
	int port;		      /**< to listen on, CONTEXT_PORT_NO_LISTEN */
	const char *iface;	      /**< interface or address, NULL: all */
	const LWS_CC_PROTOCOLS *protocols; /**< table, must stay */
	const struct lws_extension *extensions; /**< NULL: none */
	const struct lws_token_limits *token_limits; /**< NULL: none */
	const char *ssl_private_key_password; /**< of the key file */
	const char *ssl_cert_filepath;	      /**< PEM; NULL: no TLS */
	const char *ssl_private_key_filepath; /**< PEM */
	const char *ssl_ca_filepath;	      /**< PEM, to check clients */
	const char *ssl_cipher_list;	      /**< OpenSSL's words */
	const char *http_proxy_address;	      /**< NULL: http_proxy of the environment */
	unsigned int http_proxy_port;	      /**< its port */
	int gid;			      /**< group to become, -1: as is */
	int uid;			      /**< user to become, -1: as is */
	unsigned int options;		      /**< LWS_SERVER_OPTION_... */
	void *user;			      /**< lws_context_user() */
	int ka_time;			      /**< s of silence before a TCP probe, 0: none */
	int ka_probes;			      /**< unanswered ones until the end */
	int ka_interval;		      /**< s between them */
	SSL_CTX *provided_client_ssl_ctx;     /**< for client connections */
};

/**
 * lws_context_callbacks_create() - lws_create_context() for such protocols
 * \param info: today's creation info; its protocols are not looked at
 * \param size: sizeof(*info)
 * \param protocols: the first entry of the program's table
 * \param stride: bytes from one entry of it to the next
 *
 * Returns the context, or NULL with the reason logged: as
 * lws_create_context(), or a table that is empty or too long.
 */
LWS_VISIBLE LWS_EXTERN struct lws_context *
lws_context_callbacks_create(const struct lws_context_creation_info *info,
			     size_t size, const void *protocols, size_t stride);

/**
 * lws_context_callbacks_protocol() - today's name of such a protocol
 * \param context: its context, or NULL: any that lives
 * \param protocol: an entry of the program's table
 *
 * Returns the protocol for today's functions, or NULL, logged, when no context
 * that lives has it.
 */
LWS_VISIBLE LWS_EXTERN const struct lws_protocols *
lws_context_callbacks_protocol(const struct lws_context *context,
			       const void *protocol);

/**
 * lws_context_callbacks_context() - the context that such a protocol is in
 * \param protocol: an entry of the program's table
 *
 * Returns it, or NULL when none that lives has it.
 */
LWS_VISIBLE LWS_EXTERN struct lws_context *
lws_context_callbacks_context(const void *protocol);

static LWS_INLINE struct lws_context *
lws_cc_create_context(const struct lws_context_callback_info *old)
{
	struct lws_context_creation_info i;

	memset(&i, 0, sizeof(i));
	i.port = old->port;
	i.iface = old->iface;
	i.extensions = old->extensions;
	i.token_limits = old->token_limits;
	i.ssl_private_key_password = old->ssl_private_key_password;
	i.ssl_cert_filepath = old->ssl_cert_filepath;
	i.ssl_private_key_filepath = old->ssl_private_key_filepath;
	i.ssl_ca_filepath = old->ssl_ca_filepath;
	i.ssl_cipher_list = old->ssl_cipher_list;
	i.http_proxy_address = old->http_proxy_address;
	i.http_proxy_port = old->http_proxy_port;
	i.gid = (gid_t)old->gid;
	i.uid = (uid_t)old->uid;
	/* TLS was always on */
	i.options = old->options | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	i.user = old->user;
	i.ka_time = old->ka_time;
	i.ka_probes = old->ka_probes;
	i.ka_interval = old->ka_interval;
	i.provided_client_ssl_ctx = old->provided_client_ssl_ctx;
	return lws_context_callbacks_create(&i, sizeof(i), old->protocols,
					    sizeof(*old->protocols));
}

/* The program's entry of a connection's protocol. */
static LWS_INLINE const void *
lws_cc_get_protocol(struct lws *wsi)
{
	const struct lws_protocols *p = lws_get_protocol(wsi);

	return p ? p->user : NULL;
}

/* 0 is "do not wait", negative is "as long as it takes"; today's are not. */
static LWS_INLINE int
lws_cc_service(struct lws_context *context, int timeout_ms)
{
	return lws_service(context, timeout_ms > 0 ? timeout_ms :
				    timeout_ms ? 0 : -1);
}

static LWS_INLINE int
lws_cc_callback_on_writable(const struct lws_context *context, struct lws *wsi)
{
	(void)context;
	return lws_callback_on_writable(wsi);
}

static LWS_INLINE int
lws_cc_callback_on_writable_all_protocol2(const struct lws_context *context,
					  const void *protocol)
{
	const struct lws_protocols *p =
		lws_context_callbacks_protocol(context, protocol);

	if (!context)
		context = lws_context_callbacks_context(protocol);
	return p ? lws_callback_on_writable_all_protocol(context, p) : -1;
}

static LWS_INLINE int
lws_cc_callback_on_writable_all_protocol1(const void *protocol)
{
	return lws_cc_callback_on_writable_all_protocol2(NULL, protocol);
}

static LWS_INLINE int
lws_cc_callback_all_protocol3(struct lws_context *context, const void *protocol,
			      int reason)
{
	const struct lws_protocols *p =
		lws_context_callbacks_protocol(context, protocol);

	if (!context)
		context = lws_context_callbacks_context(protocol);
	return p ? lws_callback_all_protocol(context, p, reason) : -1;
}

static LWS_INLINE int
lws_cc_callback_all_protocol2(const void *protocol, int reason)
{
	return lws_cc_callback_all_protocol3(NULL, protocol, reason);
}

static LWS_INLINE void
lws_cc_rx_flow_allow_all_protocol2(const struct lws_context *context,
				   const void *protocol)
{
	const struct lws_protocols *p =
		lws_context_callbacks_protocol(context, protocol);

	if (!context)
		context = lws_context_callbacks_context(protocol);
	if (p)
		lws_rx_flow_allow_all_protocol(context, p);
}

static LWS_INLINE void
lws_cc_rx_flow_allow_all_protocol1(const void *protocol)
{
	lws_cc_rx_flow_allow_all_protocol2(NULL, protocol);
}

static LWS_INLINE int
lws_cc_add_http_header_by_name(struct lws_context *context, struct lws *wsi,
			       const unsigned char *name,
			       const unsigned char *value, int length,
			       unsigned char **p, unsigned char *end)
{
	(void)context;
	return lws_add_http_header_by_name(wsi, name, value, length, p, end);
}

static LWS_INLINE int
lws_cc_add_http_header_by_token(struct lws_context *context, struct lws *wsi,
				enum lws_token_indexes token,
				const unsigned char *value, int length,
				unsigned char **p, unsigned char *end)
{
	(void)context;
	return lws_add_http_header_by_token(wsi, token, value, length, p, end);
}

static LWS_INLINE int
lws_cc_add_http_header_content_length(struct lws_context *context,
				      struct lws *wsi,
				      unsigned long content_length,
				      unsigned char **p, unsigned char *end)
{
	(void)context;
	return lws_add_http_header_content_length(wsi, content_length, p, end);
}

static LWS_INLINE int
lws_cc_add_http_header_status(struct lws_context *context, struct lws *wsi,
			      unsigned int code, unsigned char **p,
			      unsigned char *end)
{
	(void)context;
	return lws_add_http_header_status(wsi, code, p, end);
}

static LWS_INLINE int
lws_cc_finalize_http_header(struct lws_context *context, struct lws *wsi,
			    unsigned char **p, unsigned char *end)
{
	(void)context;
	return lws_finalize_http_header(wsi, p, end);
}

static LWS_INLINE int
lws_cc_serve_http_file6(struct lws_context *context, struct lws *wsi,
			const char *file, const char *content_type,
			const char *other_headers, int other_headers_len)
{
	(void)context;
	return lws_serve_http_file(wsi, file, content_type, other_headers,
				   other_headers_len);
}

static LWS_INLINE int
lws_cc_serve_http_file5(struct lws_context *context, struct lws *wsi,
			const char *file, const char *content_type,
			const char *other_headers)
{
	return lws_cc_serve_http_file6(context, wsi, file, content_type,
				       other_headers, other_headers ?
					       (int)strlen(other_headers) : 0);
}

static LWS_INLINE int
lws_cc_serve_http_file4(struct lws_context *context, struct lws *wsi,
			const char *file, const char *content_type)
{
	return lws_cc_serve_http_file6(context, wsi, file, content_type, NULL, 0);
}

static LWS_INLINE int
lws_cc_serve_http_file_fragment(struct lws_context *context, struct lws *wsi)
{
	(void)context;
	return lws_serve_http_file_fragment(wsi);
}

static LWS_INLINE int
lws_cc_return_http_status(struct lws_context *context, struct lws *wsi,
			  unsigned int code, const char *html_body)
{
	(void)context;
	return lws_return_http_status(wsi, code, html_body);
}

static LWS_INLINE void
lws_cc_get_peer_addresses(struct lws_context *context, struct lws *wsi, int fd,
			  char *name, int name_len, char *rip, int rip_len)
{
	(void)context;
	lws_get_peer_addresses(wsi, fd, name, name_len, rip, rip_len);
}

static LWS_INLINE int
lws_cc_get_random(struct lws_context *context, void *buf, int len)
{
	return (int)lws_get_random(context, buf, (size_t)len);
}

/* Closes the connection with this descriptor. */
static LWS_INLINE void
lws_cc_hangup_on_client(struct lws_context *context, int fd)
{
	struct lws *wsi = wsi_from_fd(context, fd);

	if (wsi)
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE,
				LWS_TO_KILL_ASYNC);
}

/* The program's realloc had no third argument. */
static void *(*lws_cc_realloc)(void *ptr, size_t size);

static LWS_INLINE void *
lws_cc_allocate(void *ptr, size_t size, const char *reason)
{
	(void)reason;
	return lws_cc_realloc(ptr, size);
}

static LWS_INLINE void
lws_cc_set_allocator(void *(*cb)(void *ptr, size_t size))
{
	lws_cc_realloc = cb;
	lws_set_allocator(lws_cc_allocate);
}

/* Picks the function for the number of arguments. */
#define LWS_CC_THIRD(a, b, c, ...) c
#define LWS_CC_FOURTH(a, b, c, d, ...) d
#define LWS_CC_SEVENTH(a, b, c, d, e, f, g, ...) g
#define LWS_CC_CALLBACK_ON_WRITABLE_ALL(...)                                   \
	LWS_CC_THIRD(__VA_ARGS__, lws_cc_callback_on_writable_all_protocol2,   \
		     lws_cc_callback_on_writable_all_protocol1, 0)(__VA_ARGS__)
#define LWS_CC_RX_FLOW_ALLOW_ALL(...)                                          \
	LWS_CC_THIRD(__VA_ARGS__, lws_cc_rx_flow_allow_all_protocol2,          \
		     lws_cc_rx_flow_allow_all_protocol1, 0)(__VA_ARGS__)
#define LWS_CC_CALLBACK_ALL(...)                                               \
	LWS_CC_FOURTH(__VA_ARGS__, lws_cc_callback_all_protocol3,              \
		      lws_cc_callback_all_protocol2, 0, 0)(__VA_ARGS__)
#define LWS_CC_SERVE_HTTP_FILE(...)                                            \
	LWS_CC_SEVENTH(__VA_ARGS__, lws_cc_serve_http_file6,                   \
		       lws_cc_serve_http_file5, lws_cc_serve_http_file4,       \
		       0, 0, 0, 0)(__VA_ARGS__)

#ifdef __cplusplus
}
#endif
#endif
