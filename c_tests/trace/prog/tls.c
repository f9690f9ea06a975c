/* SPDX-License-Identifier: MIT */
/* trace -t: the same scenarios with TLS under them, on the library's side and on the peers'. */
#include "peer.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>

bool over_tls;
static char pair_file[] = "/tmp/trace-tls-XXXXXX"; /* key and certificate */
static SSL_CTX *client_ctx, *server_ctx;

static void need(int ok)
{
	if (!ok)
		abort();
}

static void write_pair(void)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	X509_NAME *name = X509_get_subject_name(cert);
	FILE *f = fdopen(mkstemp(pair_file), "w");

	need(key && f);
	X509_set_version(cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -86400);
	X509_gmtime_adj(X509_getm_notAfter(cert), 30 * 86400);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"trace.test", -1, -1, 0);
	X509_set_issuer_name(cert, name);
	X509_set_pubkey(cert, key);
	need(X509_sign(cert, key, EVP_sha256()));
	need(PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL) && PEM_write_X509(f, cert));
	fclose(f);
	X509_free(cert);
	EVP_PKEY_free(key);
}

/*
 * TLS 1.2 for the peers: with 1.3 a server sends tickets behind the handshake, and a
 * peer that closes without having read them resets the connection.
 */
static SSL_CTX *peer_ctx(const SSL_METHOD *method)
{
	SSL_CTX *c = SSL_CTX_new(method);

	need(c && SSL_CTX_set_max_proto_version(c, TLS1_2_VERSION));
	return c;
}

void tls_begin(void)
{
	over_tls = true;
	write_pair();
	client_ctx = peer_ctx(TLS_client_method());
	server_ctx = peer_ctx(TLS_server_method());
	need(SSL_CTX_use_certificate_file(server_ctx, pair_file, SSL_FILETYPE_PEM) == 1);
	need(SSL_CTX_use_PrivateKey_file(server_ctx, pair_file, SSL_FILETYPE_PEM) == 1);
}

void tls_end(void)
{
	if (over_tls)
		remove(pair_file);
}

/* A scenario's context and its vhosts get the certificate, unless it brings one. */
void tls_info(struct lws_context_creation_info *info)
{
	if (!over_tls)
		return;
	info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	if (info->port == CONTEXT_PORT_NO_LISTEN || info->ssl_cert_filepath)
		return;
	info->ssl_cert_filepath = info->ssl_private_key_filepath = pair_file;
}

bool tls_connect(peer *p)
{
	if (!over_tls)
		return true;
	p->ssl = SSL_new(client_ctx);
	SSL_set_tlsext_host_name(p->ssl, "trace.test");
	SSL_set_fd(p->ssl, p->fd);
	return SSL_connect(p->ssl) == 1;
}

bool tls_accept(peer *p)
{
	if (!over_tls)
		return true;
	p->ssl = SSL_new(server_ctx);
	SSL_set_fd(p->ssl, p->fd);
	return SSL_accept(p->ssl) == 1;
}

ssize_t io_recv(peer *p, void *buf, size_t n)
{
	return p->ssl ? SSL_read(p->ssl, buf, (int)n) : recv(p->fd, buf, n, 0);
}

ssize_t io_send(peer *p, const void *buf, size_t n)
{
	return p->ssl ? SSL_write(p->ssl, buf, (int)n) : send(p->fd, buf, n, MSG_NOSIGNAL);
}

/* Says that nothing more is sent; the socket stays open. */
void io_finish(peer *p)
{
	if (p->ssl)
		SSL_shutdown(p->ssl);
}

void io_drop(peer *p)
{
	SSL_free(p->ssl);
	p->ssl = NULL;
}
