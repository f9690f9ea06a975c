/* SPDX-License-Identifier: MIT
 *
 * What the arguments of the TLS test program say of contexts.
 */
#include "tls.h"

void
server_info(struct lws_context_creation_info *i, const char *cert,
	    const char *key)
{
	if (arg("mem")) {
		i->server_ssl_cert_mem = slurp(cert, &i->server_ssl_cert_mem_len);
		i->server_ssl_private_key_mem =
			slurp(key, &i->server_ssl_private_key_mem_len);
	} else {
		i->ssl_cert_filepath = cert;
		i->ssl_private_key_filepath = key;
	}
	i->ssl_private_key_password = arg("pass");
	i->ssl_ca_filepath = arg("ca");
	if (arg("camem"))
		i->server_ssl_ca_mem = slurp(arg("camem"), &i->server_ssl_ca_mem_len);
	i->ssl_cipher_list = arg("ciphers");
	i->tls1_3_plus_cipher_list = arg("suites");
	i->ecdh_curve = arg("curve");
	i->ssl_options_set = num("set");
	i->ssl_options_clear = num("clear");
}

void
client_info(struct lws_context_creation_info *i)
{
	i->client_ssl_ca_filepath = arg("ca");
	if (arg("camem"))
		i->client_ssl_ca_mem = slurp(arg("camem"), &i->client_ssl_ca_mem_len);
	if (arg("mem") && arg("cert")) {
		i->client_ssl_cert_mem = slurp(arg("cert"), &i->client_ssl_cert_mem_len);
		i->client_ssl_key_mem = slurp(arg("key"), &i->client_ssl_key_mem_len);
	} else {
		i->client_ssl_cert_filepath = arg("cert");
		i->client_ssl_private_key_filepath = arg("key");
	}
	i->client_ssl_private_key_password = arg("pass");
	i->client_ssl_cipher_list = arg("ciphers");
	i->client_tls_1_3_plus_cipher_list = arg("suites");
	i->ssl_client_options_set = num("set");
	i->ssl_client_options_clear = num("clear");
	if (arg("plainca")) /* the plain member, which a client uses too */
		i->ssl_ca_filepath = arg("plainca");
	if (arg("provided")) {
		i->provided_client_ssl_ctx = SSL_CTX_new(TLS_client_method());
		SSL_CTX_load_verify_file(i->provided_client_ssl_ctx,
					 arg("provided"));
	}
}

void
system_identity(struct lws_context *ctx)
{
	unsigned int n;
	const void *b = slurp(arg("syscert"), &n);

	lws_system_blob_direct_set(
		lws_system_get_blob(ctx, LWS_SYSBLOB_TYPE_CLIENT_CERT_DER, 0), b, n);
	b = slurp(arg("syskey"), &n);
	lws_system_blob_direct_set(
		lws_system_get_blob(ctx, LWS_SYSBLOB_TYPE_CLIENT_KEY_DER, 0), b, n);
}
