/* SPDX-License-Identifier: MIT */
/*
 * Which TLS members of lws_context_creation_info count where (members.h). The peers
 * here have OpenSSL contexts of their own, and tell what was agreed on.
 *
 * client-alpn was seen to fail with clients that offer what their vhost's servers do.
 */
#include "httpc.h"
#include "members.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

static const char *pair_file; /* of the rig's server, and here of clients too */

static void begin(void)
{
	struct lws_context_creation_info i = {0};

	tls_begin();
	tls_info(&i);
	pair_file = i.ssl_cert_filepath;
}

static bool own(const char *of)
{
	return !strcmp(of, "own");
}

/* ---- servers ---- */

static void tell_agreed(peer *p, SSL *s)
{
	const unsigned char *alpn = NULL;
	unsigned int n = 0;
	EVP_PKEY *key = NULL;
	char group[40] = "none";
	size_t len;

	SSL_get0_alpn_selected(s, &alpn, &n);
	if (SSL_get_peer_tmp_key(s, &key) && !EVP_PKEY_get_group_name(key, group, sizeof group, &len))
		snprintf(group, sizeof group, "%s", EVP_PKEY_get0_type_name(key));
	EVP_PKEY_free(key);
	say(p->name, "%s %s, key exchange %s, ALPN %.*s", SSL_get_version(s), SSL_get_cipher_name(s), group,
	    n ? (int)n : 4, n ? (const char *)alpn : "none");
}

static int instantiated;

/* The server has the connection before it has the peer's hello: both come in either order otherwise. */
static void await_server(void)
{
	await_n("SERVER_NEW_CLIENT_INSTANTIATED", ++instantiated);
}

static bool shakes(SSL *s, int seconds)
{
	struct timeval wait = {.tv_sec = seconds};

	setsockopt(SSL_get_fd(s), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	return SSL_connect(s) == 1;
}

/* A connection to rig.port, for TLS. */
static SSL *dial(int version, const char *alpn)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)rig.port)};
	SSL_CTX *c = SSL_CTX_new(TLS_client_method());
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	SSL *s;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	SSL_CTX_set_min_proto_version(c, version);
	SSL_CTX_set_max_proto_version(c, version);
	SSL_CTX_set_cipher_list(c, "ECDHE-ECDSA-CHACHA20-POLY1305:ALL"); /* a server has another first */
	SSL_CTX_set1_groups_list(c, "X25519:P-256:P-521:P-384"); /* newer OpenSSLs have more, and another first */
	SSL_CTX_set_alpn_protos(c, (const unsigned char *)alpn, (unsigned int)strlen(alpn));
	s = SSL_new(c);
	SSL_CTX_free(c);
	SSL_set_tlsext_host_name(s, "trace.test");
	SSL_set_fd(s, fd);
	if (connect(fd, (void *)&a, sizeof a))
		abort();
	return s;
}

/* Says goodbye and waits for the server's end, so that nothing is left unread. */
static void hang_up(SSL *s)
{
	int fd = SSL_get_fd(s);
	char rest[4096];

	SSL_shutdown(s);
	while (SSL_read(s, rest, sizeof rest) > 0)
		;
	SSL_free(s);
	close(fd);
}

static void ask_version(peer *p, int version)
{
	SSL *s = dial(version, "\x02h2\x08http/1.1\x03own");

	await_server();
	if (shakes(s, 8))
		tell_agreed(p, s);
	else
		say(p->name, "refused");
	hang_up(s);
}

static void ask_tls(peer *p)
{
	ask_version(p, TLS1_2_VERSION);
	ask_version(p, TLS1_3_VERSION);
}

static void server_of(group_fn of, script_fn ask, bool explicit)
{
	begin();
	rig.dummy = true;
	members_serve(of, ask, NULL, explicit);
}

#define SERVER(name)                                                                                  \
	static void name##_explicit(void)                                                             \
	{                                                                                             \
		server_of(name, ask_tls, true);                                                       \
	}                                                                                             \
	static void name##_default(void)                                                              \
	{                                                                                             \
		server_of(name, ask_tls, false);                                                      \
	}

static void ciphers(struct lws_context_creation_info *i, const char *of)
{
	i->ssl_cipher_list = own(of) ? "ECDHE-ECDSA-AES128-SHA256" : "ECDHE-ECDSA-AES128-GCM-SHA256";
	i->tls1_3_plus_cipher_list = own(of) ? "TLS_CHACHA20_POLY1305_SHA256" : "TLS_AES_128_GCM_SHA256";
}

SERVER(ciphers)

static void curve(struct lws_context_creation_info *i, const char *of)
{
	i->ecdh_curve = own(of) ? "secp384r1" : "secp521r1";
}

SERVER(curve)

static void curve_asked(struct lws_context_creation_info *i, const char *of)
{
	curve(i, of);
	i->options |= LWS_SERVER_OPTION_SSL_ECDH;
}

SERVER(curve_asked)

static void versions(struct lws_context_creation_info *i, const char *of)
{
	i->ssl_options_set = own(of) ? SSL_OP_NO_TLSv1_2 : SSL_OP_NO_TLSv1_3;
}

SERVER(versions)

/* What was set before is cleared, and what the library sets: that the server chooses the cipher. */
static void cleared(struct lws_context_creation_info *i, const char *of)
{
	i->ssl_options_set = own(of) ? 0 : SSL_OP_NO_TLSv1_2;
	i->ssl_options_clear = SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TLSv1_2;
}

SERVER(cleared)

static void alpn(struct lws_context_creation_info *i, const char *of)
{
	i->alpn = own(of) ? "own,http/1.1" : "http/1.1";
}

SERVER(alpn)

static void alpn_own(struct lws_context_creation_info *i, const char *of)
{
	i->alpn = own(of) ? "own" : NULL;
}

SERVER(alpn_own)

static void info_mask(struct lws_context_creation_info *i, const char *of)
{
	i->ssl_info_event_mask = own(of) ? SSL_CB_HANDSHAKE_DONE : SSL_CB_HANDSHAKE_START;
}

SERVER(info_mask)

/* Of two connections at a time the second has to wait. */
static void restriction(struct lws_context_creation_info *i, const char *of)
{
	i->simultaneous_ssl_restriction = own(of) ? 0 : 1;
}

static void restriction_own(struct lws_context_creation_info *i, const char *of)
{
	i->simultaneous_ssl_restriction = own(of) ? 1 : 0;
}

static void ask_two(peer *p)
{
	SSL *first = dial(TLS1_2_VERSION, "\x08http/1.1"), *second;
	static int gone;

	await_server();
	say(p->name, "the first is %s", shakes(first, 8) ? "served" : "refused");
	second = dial(TLS1_2_VERSION, "\x08http/1.1");
	say(p->name, "the second %s", shakes(second, 1) ? "too" : "waits");
	hang_up(first);
	say(p->name, "the second is %s", shakes(second, 8) ? "served" : "refused");
	instantiated++;
	hang_up(second);
	await_n("WSI_DESTROY", gone += 2);
}

#define TWO(name)                                                                                     \
	static void name##_explicit(void)                                                             \
	{                                                                                             \
		server_of(name, ask_two, true);                                                       \
	}                                                                                             \
	static void name##_default(void)                                                              \
	{                                                                                             \
		server_of(name, ask_two, false);                                                      \
	}

TWO(restriction)
TWO(restriction_own)

/* ---- clients ---- */

static bool asks_certificate;

static int any_certificate(int ok, X509_STORE_CTX *c)
{
	(void)ok;
	(void)c;
	return 1;
}

static char offered[128];

static int on_alpn(SSL *s, const unsigned char **out, unsigned char *n, const unsigned char *in, unsigned int len,
                   void *arg)
{
	size_t at = 0;

	(void)s;
	(void)out;
	(void)n;
	(void)arg;
	for (unsigned int k = 0; k < len; k += in[k] + 1u)
		at += (size_t)snprintf(offered + at, sizeof offered - at, "%.*s ", in[k], (const char *)in + k + 1);
	return SSL_TLSEXT_ERR_NOACK;
}

/* Accepts TLS and a request, and tells what the client offered. */
static void look(peer *p)
{
	SSL_CTX *c = SSL_CTX_new(TLS_server_method());
	struct timeval wait = {.tv_sec = 8};
	SSL *s;

	SSL_CTX_use_certificate_file(c, pair_file, SSL_FILETYPE_PEM);
	SSL_CTX_use_PrivateKey_file(c, pair_file, SSL_FILETYPE_PEM);
	SSL_CTX_set_num_tickets(c, 0);
	SSL_CTX_set_alpn_select_cb(c, on_alpn, NULL);
	if (asks_certificate)
		SSL_CTX_set_verify(c, SSL_VERIFY_PEER, any_certificate);
	offered[0] = 0;
	p->fd = accept(p->listener, NULL, NULL);
	setsockopt(p->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
	p->ssl = s = SSL_new(c);
	SSL_CTX_free(c);
	SSL_set_fd(s, p->fd);
	if (SSL_accept(s) != 1) {
		say(p->name, "no TLS");
		return;
	}
	tell_agreed(p, s);
	say(p->name, "offered %s%d ciphers", offered, sk_SSL_CIPHER_num(SSL_get_client_ciphers(s)));
	if (asks_certificate)
		say(p->name, "certificate %s", SSL_get0_peer_certificate(s) ? "sent" : "none");
	if (p_head(p))
		p_put(p, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
}

static void client_of(group_fn of, bool explicit)
{
	begin();
	members.client.method = "GET";
	members_connect(of, look, hc_reader, explicit);
}

#define CLIENT(name)                                                                                  \
	static void name##_explicit(void)                                                             \
	{                                                                                             \
		client_of(name, true);                                                                \
	}                                                                                             \
	static void name##_default(void)                                                              \
	{                                                                                             \
		client_of(name, false);                                                               \
	}

static void client_ciphers(struct lws_context_creation_info *i, const char *of)
{
	i->client_ssl_cipher_list = own(of) ? "ECDHE-ECDSA-AES128-SHA256" : "ECDHE-ECDSA-AES128-GCM-SHA256";
	i->client_tls_1_3_plus_cipher_list = own(of) ? "TLS_CHACHA20_POLY1305_SHA256" : "TLS_AES_128_GCM_SHA256";
}

CLIENT(client_ciphers)

/* The server's member, which such a vhost's clients use, too. */
static void shared_ciphers(struct lws_context_creation_info *i, const char *of)
{
	i->ssl_cipher_list = own(of) ? "ECDHE-ECDSA-AES128-SHA256" : "ECDHE-ECDSA-AES128-GCM-SHA256";
	i->ssl_client_options_set = SSL_OP_NO_TLSv1_3;
}

CLIENT(shared_ciphers)

static void client_versions(struct lws_context_creation_info *i, const char *of)
{
	i->ssl_client_options_set = own(of) ? SSL_OP_NO_TLSv1_3 : SSL_OP_NO_TLSv1_2;
	i->ssl_client_options_clear = own(of) ? 0 : SSL_OP_NO_TLSv1_2;
}

CLIENT(client_versions)

static void client_alpn(struct lws_context_creation_info *i, const char *of)
{
	i->alpn = own(of) ? "own,http/1.1" : "http/1.1";
}

CLIENT(client_alpn)

static void client_files(struct lws_context_creation_info *i, const char *of)
{
	(void)of;
	asks_certificate = true;
	i->client_ssl_cert_filepath = i->client_ssl_private_key_filepath = pair_file;
}

CLIENT(client_files)

static void shared_files(struct lws_context_creation_info *i, const char *of)
{
	(void)of;
	asks_certificate = true;
	i->ssl_cert_filepath = i->ssl_private_key_filepath = pair_file;
}

CLIENT(shared_files)

/* Whom a client trusts: its peer's certificate is its own authority. */
static void authority(struct lws_context_creation_info *i, const char *of)
{
	(void)of;
	members.client.ssl_connection = LCCSCF_USE_SSL;
	i->client_ssl_ca_filepath = pair_file;
}

CLIENT(authority)

static void memory(struct lws_context_creation_info *i, const char *of)
{
	static char text[8192], *at;
	FILE *f = fopen(pair_file, "r");

	(void)of;
	members.client.ssl_connection = LCCSCF_USE_SSL;
	asks_certificate = true;
	if (!f || !fread(text, 1, sizeof text - 1, f) || fclose(f) || !(at = strstr(text, "-----BEGIN CERT")))
		abort();
	i->client_ssl_ca_mem = i->client_ssl_cert_mem = at;
	i->client_ssl_ca_mem_len = i->client_ssl_cert_mem_len = (unsigned int)strlen(at) + 1;
	i->client_ssl_key_mem = text;
	i->client_ssl_key_mem_len = (unsigned int)strlen(text) + 1;
}

CLIENT(memory)

/* One that the program brings; it has no TLS 1.3. */
static void provided(struct lws_context_creation_info *i, const char *of)
{
	SSL_CTX *c = SSL_CTX_new(TLS_client_method());

	SSL_CTX_set_max_proto_version(c, TLS1_2_VERSION);
	SSL_CTX_set_cipher_list(c, own(of) ? "ECDHE-ECDSA-AES128-SHA256" : "ECDHE-ECDSA-AES128-GCM-SHA256");
	i->provided_client_ssl_ctx = c;
}

CLIENT(provided)

static const scenario sc_settings_tls[] = {
    BOTH_LISTED("settings-tls-ciphers", ciphers),
    BOTH_LISTED("settings-tls-curve", curve),
    BOTH_LISTED("settings-tls-curve-asked", curve_asked),
    BOTH_LISTED("settings-tls-versions", versions),
    BOTH_LISTED("settings-tls-cleared", cleared),
    BOTH_LISTED("settings-tls-alpn", alpn),
    BOTH_LISTED("settings-tls-alpn-own", alpn_own),
    BOTH_LISTED("settings-tls-info", info_mask),
    BOTH_LISTED("settings-tls-restriction", restriction),
    BOTH_LISTED("settings-tls-restriction-own", restriction_own),
    BOTH_LISTED("settings-tls-client-ciphers", client_ciphers),
    BOTH_LISTED("settings-tls-shared-ciphers", shared_ciphers),
    BOTH_LISTED("settings-tls-client-versions", client_versions),
    BOTH_LISTED("settings-tls-client-alpn", client_alpn),
    BOTH_LISTED("settings-tls-client-files", client_files),
    BOTH_LISTED("settings-tls-shared-files", shared_files),
    BOTH_LISTED("settings-tls-authority", authority),
    BOTH_LISTED("settings-tls-memory", memory),
    BOTH_LISTED("settings-tls-provided", provided),
    {NULL, NULL},
};

SCENARIOS(sc_settings_tls)
