/* SPDX-License-Identifier: MIT
 *
 * What of OpenSSL cannot be called from Go as it is: macros, callbacks, and
 * calls whose errors must be fetched on the same thread. Included by the cgo
 * preambles of this package only.
 */
#ifndef LWSGO_TLS_GLUE_H
#define LWSGO_TLS_GLUE_H

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <string.h>

#include "io.h"

#include "hello.h"

/* A key of the handshake that gives at least as much is not kept, in bytes: no curve's. */
#define TLS_LARGE 512

/* Leaves of a key its type. */
static inline void
tls_empty(EVP_PKEY *k)
{
	EVP_KEYMGMT *m = NULL;

	if (EVP_PKEY_get_size(k) >= TLS_LARGE)
		m = EVP_KEYMGMT_fetch(NULL, EVP_PKEY_get0_type_name(k), NULL);
	if (m)
		EVP_PKEY_set_type_by_keymgmt(k, m);
	EVP_KEYMGMT_free(m);
	EVP_PKEY_free(k);
}

/* Until SSL_free OpenSSL has the keys that the handshake made, for those who ask for
 * them with SSL_get_peer_tmp_key and SSL_get_tmp_key. A post-quantum one takes 7 or 8
 * KiB, a third of the connection. */
static inline void
tls_let_go(SSL *s)
{
	EVP_PKEY *k = NULL;

	if (SSL_get_peer_tmp_key(s, &k) == 1)
		tls_empty(k);
	if (SSL_get_tmp_key(s, &k) == 1)
		tls_empty(k);
	ERR_clear_error();
}

static inline void
tls_handshake(SSL *s, struct tls_sock *k, struct tls_io *io)
{
	int r, e;

	tls_begin(k);
	k->shaking = 1;
	r = SSL_do_handshake(s);
	k->shaking = 0;
	e = errno;
	if (r == 1)
		tls_let_go(s);
	else
		tls_flush(k);
	errno = e;
	tls_end(s, k, r, io);
	io->pending = 0;
	if (io->n == 1) {
		io->pending = tls_pending(s, k);
		tls_settled(s, io);
	}
}

static inline void
tls_send(struct tls_sock *k, struct tls_io *io)
{
	io->n = tls_flush(k);
	tls_note(k, io);
}

/* For a connection that is closed inside one of its own calls. */
static inline void
tls_unplug(SSL *s)
{
	BIO *b = SSL_get_rbio(s);

	if (b)
		BIO_set_fd(b, -1, BIO_NOCLOSE);
}

static inline void
tls_shutdown(SSL *s, struct tls_sock *k, struct tls_io *io)
{
	tls_begin(k);
	k->last = 1;
	SSL_shutdown(s);
	ERR_clear_error();
	k->gather = k->drained = 0;
	tls_note(k, io);
}

/* Integers as ex_data and callback arguments. */
static inline int
tls_set_id(SSL *s, int idx, uintptr_t id)
{
	return SSL_set_ex_data(s, idx, (void *)id);
}

static inline int
tls_new_index(void)
{
	return SSL_get_ex_new_index(0, "lws", NULL, NULL, NULL);
}

static inline uintptr_t
tls_get_id(const SSL *s, int idx)
{
	return (uintptr_t)SSL_get_ex_data(s, idx);
}

/* Hands the password over that the arg says: a NUL-terminated string. */
static inline int
tls_password(char *buf, int size, int rw, void *arg)
{
	int n = arg ? (int)strlen(arg) : 0;

	(void)rw;
	if (!arg || n >= size)
		return -1;
	memcpy(buf, arg, (size_t)n + 1);
	return n;
}

static inline int
tls_use_key_file(SSL_CTX *x, const char *path, const char *password)
{
	pem_password_cb *cb = SSL_CTX_get_default_passwd_cb(x);
	void *arg = SSL_CTX_get_default_passwd_cb_userdata(x);
	int n;

	if (password) {
		SSL_CTX_set_default_passwd_cb(x, tls_password);
		SSL_CTX_set_default_passwd_cb_userdata(x, (void *)password);
	}
	n = SSL_CTX_use_PrivateKey_file(x, path, SSL_FILETYPE_PEM);
	SSL_CTX_set_default_passwd_cb(x, cb);
	SSL_CTX_set_default_passwd_cb_userdata(x, arg);
	return n == 1;
}

/* A key in memory, PEM or DER, of any type. */
static inline int
tls_use_key_mem(SSL_CTX *x, const void *p, int n, int pem, const char *password)
{
	const unsigned char *d = p;
	EVP_PKEY *k = NULL;
	int ok;

	if (pem) {
		BIO *b = BIO_new_mem_buf(p, n);

		if (!b)
			return 0;
		k = PEM_read_bio_PrivateKey(b, NULL, tls_password,
					    (void *)password);
		BIO_free(b);
	} else
		k = d2i_AutoPrivateKey(NULL, &d, n);
	if (!k)
		return 0;
	ok = SSL_CTX_use_PrivateKey(x, k) == 1;
	EVP_PKEY_free(k);
	return ok;
}

/* The next certificate of a PEM text or a DER image; *used is moved on. */
static inline X509 *
tls_next_cert(const unsigned char *p, long n, int pem, long *used)
{
	const unsigned char *d = p;
	X509 *x;

	if (!pem) {
		x = d2i_X509(NULL, &d, n);
		*used = d - p;
	} else {
		BIO *b = BIO_new_mem_buf(p, (int)n);

		if (!b)
			return NULL;
		x = PEM_read_bio_X509_AUX(b, NULL, tls_password, NULL);
		*used = n - (long)BIO_pending(b);
		BIO_free(b);
	}
	return x;
}

static inline int
tls_add_chain(SSL_CTX *x, X509 *c)
{
	return SSL_CTX_add1_chain_cert(x, c) == 1;
}

static inline void
tls_clear_chain(SSL_CTX *x)
{
	SSL_CTX_clear_chain_certs(x);
}

static inline int
tls_set_groups(SSL_CTX *x, const char *list)
{
	return SSL_CTX_set1_groups_list(x, list) == 1;
}

static inline int
tls_pubkey(X509 *x, unsigned char *out, int size)
{
	X509_PUBKEY *k = X509_get_X509_PUBKEY(x);
	int n = i2d_X509_PUBKEY(k, NULL);

	if (n <= 0 || n > size)
		return -1;
	return i2d_X509_PUBKEY(k, &out);
}

/* Seconds since 1970, 0 when the certificate has no readable time. */
static inline int
tls_time(const ASN1_TIME *t, int64_t *secs)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, rest = 0, ok;

	if (!epoch)
		return 0;
	ok = ASN1_TIME_diff(&days, &rest, epoch, t);
	ASN1_TIME_free(epoch);
	*secs = (int64_t)days * 86400 + rest;
	return ok == 1;
}

/* Our certificate and key on one connection only, in DER. */
static inline int
tls_use_identity(SSL *s, const void *cert, int n, const void *key, int m)
{
	const unsigned char *d = key;
	EVP_PKEY *k = d2i_AutoPrivateKey(NULL, &d, m);
	int ok;

	if (!k)
		return 0;
	ok = SSL_use_certificate_ASN1(s, cert, n) == 1 &&
	     SSL_use_PrivateKey(s, k) == 1 && SSL_check_private_key(s) == 1;
	EVP_PKEY_free(k);
	return ok;
}

/* A connection on a socket, NULL with the reason in text. */
static inline SSL *
tls_start(SSL_CTX *x, int fd, int client, BIO_METHOD *m, struct tls_pool *p,
	  int idx, uintptr_t id, struct tls_sock **k, struct tls_io *io)
{
	SSL *s;

	tls_clean();
	s = SSL_new(x);
	*k = s && m && p ? tls_attach(s, m, p, fd) : NULL;
	if (!*k || !tls_set_id(s, idx, id)) {
		tls_drain(io->text, sizeof(io->text));
		SSL_free(s);
		return NULL;
	}
	SSL_set_mode(s, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
				SSL_MODE_ENABLE_PARTIAL_WRITE |
				SSL_MODE_RELEASE_BUFFERS);
	if (client)
		SSL_set_connect_state(s);
	else
		SSL_set_accept_state(s);
	return s;
}

static inline int
tls_set_name(SSL *s, const char *name)
{
	return SSL_set_tlsext_host_name(s, name) == 1;
}

/* The certificate must be for host: an address in text, or a name. */
static inline int
tls_must_be(SSL *s, const char *host)
{
	X509_VERIFY_PARAM *p = SSL_get0_param(s);

	X509_VERIFY_PARAM_set_hostflags(p,
					X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	return X509_VERIFY_PARAM_set1_ip_asc(p, host) == 1 ||
	       X509_VERIFY_PARAM_set1_host(p, host, strlen(host)) == 1;
}

/* Go's side of OpenSSL's callbacks (callbacks.go). */
extern int lwsgo_tls_verified(int ok, X509_STORE_CTX *x);
extern void lwsgo_tls_informed(SSL *s, int where, int ret);

static inline void
tls_verify(SSL *s)
{
	SSL_set_verify(s, SSL_VERIFY_PEER, lwsgo_tls_verified);
}

static inline void
tls_verify_clients(SSL_CTX *x, int mode)
{
	SSL_CTX_set_verify(x, mode, lwsgo_tls_verified);
}

static inline void
tls_on_info(const SSL *s, int where, int ret)
{
	lwsgo_tls_informed((SSL *)s, where, ret);
}

static inline void
tls_info(SSL *s)
{
	SSL_set_info_callback(s, tls_on_info);
}

extern int lwsgo_tls_session(SSL *s, SSL_SESSION *p);

/* Sessions are kept by the hooks, not by OpenSSL. */
static inline void
tls_tell_sessions(SSL_CTX *x)
{
	SSL_CTX_set_session_cache_mode(x, SSL_CTX_get_session_cache_mode(x) |
					  SSL_SESS_CACHE_CLIENT |
					  SSL_SESS_CACHE_NO_INTERNAL_STORE);
	SSL_CTX_sess_set_new_cb(x, lwsgo_tls_session);
}

static inline SSL_SESSION *
tls_parse_session(const void *der, long n)
{
	const unsigned char *p = der;

	return d2i_SSL_SESSION(NULL, &p, n);
}

static inline void
tls_write_session(SSL_SESSION *s, void *der)
{
	unsigned char *p = der;

	i2d_SSL_SESSION(s, &p);
}

#endif
