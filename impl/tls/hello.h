/* SPDX-License-Identifier: MIT
 *
 * What a hello asks a server for, the name (SNI) and protocols (ALPN), and what came of
 * it: in C, as OpenSSL asks in each handshake. Included by glue.h only, behind struct tls_io.
 */
#ifndef LWSGO_TLS_HELLO_H
#define LWSGO_TLS_HELLO_H

/* In alpn_len: the name has no room there, the SSL has it. */
#define TLS_LONG 255

static inline void
tls_settled(SSL *s, struct tls_io *io)
{
	const unsigned char *p;
	unsigned int n;

	SSL_get0_alpn_selected(s, &p, &n);
	io->ctx = SSL_get_SSL_CTX(s);
	io->version = SSL_version(s);
	io->alpn_len = n <= sizeof(io->alpn) ? (unsigned char)n : TLS_LONG;
	if (n && n <= sizeof(io->alpn))
		memcpy(io->alpn, p, n);
}

/* Go's side (callbacks.go). */
extern SSL_CTX *lwsgo_tls_named(SSL *s, char *name);

static inline int
tls_on_name(SSL *s, int *alert, void *arg)
{
	const char *name = SSL_get_servername(s, TLSEXT_NAMETYPE_host_name);
	SSL_CTX *x = name ? lwsgo_tls_named(s, (char *)name) : NULL;

	(void)alert;
	(void)arg;
	if (x)
		SSL_set_SSL_CTX(s, x);
	return SSL_TLSEXT_ERR_OK;
}

static inline void
tls_serve_names(SSL_CTX *x)
{
	SSL_CTX_set_tlsext_servername_callback(x, tls_on_name);
}

/* What a server offers, which is the context's. */
struct tls_alpn {
	unsigned int len;
	unsigned char list[];
};

static inline void
tls_alpn_free(void *parent, void *list, CRYPTO_EX_DATA *ad, int idx, long argl,
	      void *argp)
{
	(void)parent;
	(void)ad;
	(void)idx;
	(void)argl;
	(void)argp;
	free(list);
}

static inline int
tls_on_alpn(SSL *s, const unsigned char **out, unsigned char *n,
	    const unsigned char *in, unsigned int in_len, void *arg)
{
	const struct tls_alpn *l = arg;

	(void)s;
	return SSL_select_next_proto((unsigned char **)out, n, l->list, l->len,
				     in, in_len) == OPENSSL_NPN_NEGOTIATED
		       ? SSL_TLSEXT_ERR_OK
		       : SSL_TLSEXT_ERR_NOACK;
}

static inline int
tls_alpn_index(void)
{
	return SSL_CTX_get_ex_new_index(0, "lws", NULL, NULL, tls_alpn_free);
}

/* Answers with the first of the list that the client knows, too: for as long as there are
 * connections of the context. */
static inline int
tls_serve_alpn(SSL_CTX *x, int idx, const void *list, unsigned int n)
{
	struct tls_alpn *l = malloc(sizeof(*l) + n), *was = SSL_CTX_get_ex_data(x, idx);

	if (!l)
		return 0;
	l->len = n;
	memcpy(l->list, list, n);
	if (!SSL_CTX_set_ex_data(x, idx, l)) {
		free(l);
		return 0;
	}
	SSL_CTX_set_alpn_select_cb(x, tls_on_alpn, l);
	free(was);
	return 1;
}

#endif
