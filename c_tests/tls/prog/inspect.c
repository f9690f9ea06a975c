/* SPDX-License-Identifier: MIT
 *
 * What the library tells of certificates.
 */
#include "tls.h"

int
inspect(const char *path, const char *issuer)
{
	struct lws_x509_cert *c = NULL, *up = NULL;
	union {
		union lws_tls_cert_info_results r;
		char room[512];
	} u;
	unsigned int n;
	const void *b = slurp(path, &n);
	int ret;

	ret = lws_x509_create(&c);
	say("create %d %d", ret, !!c);
	say("parse %d", lws_x509_parse_from_pem(c, b, n));
	free((void *)b);
	b = slurp(issuer, &n);
	lws_x509_create(&up);
	say("parse %d", lws_x509_parse_from_pem(up, b, n));
	free((void *)b);
	ret = lws_x509_info(c, LWS_TLS_CERT_INFO_COMMON_NAME, &u.r, 64);
	say("CN %d %d %s", ret, u.r.ns.len, u.r.ns.name);
	ret = lws_x509_info(c, LWS_TLS_CERT_INFO_ISSUER_NAME, &u.r, 64);
	say("issuer %d %d %s", ret, u.r.ns.len, u.r.ns.name);
	ret = lws_x509_info(c, LWS_TLS_CERT_INFO_USAGE, &u.r, 0);
	say("usage %d 0x%x", ret, u.r.usage);
	ret = lws_x509_info(c, LWS_TLS_CERT_INFO_OPAQUE_PUBLIC_KEY, &u.r, 400);
	say("key %d %d %lx", ret, u.r.ns.len,
	    hash(HASH0, u.r.ns.name, (size_t)u.r.ns.len));
	say("key %d", lws_x509_info(c, LWS_TLS_CERT_INFO_OPAQUE_PUBLIC_KEY, &u.r, 8));
	say("verified %d", lws_x509_info(c, LWS_TLS_CERT_INFO_VERIFIED, &u.r, 0));
	say("verify %d %d %d %d", lws_x509_verify(c, up, NULL),
	    lws_x509_verify(c, up, "localhost"), lws_x509_verify(c, up, "other"),
	    lws_x509_verify(up, c, NULL));
	lws_x509_info(c, LWS_TLS_CERT_INFO_VALIDITY_TO, &u.r, 0);
	if (arg("times"))
		say("UNTIL %lld", (long long)u.r.time);
	lws_x509_destroy(&c);
	say("destroy %d", !!c);
	lws_x509_destroy(&c);
	lws_x509_destroy(&up);
	return 0;
}

void
vhost_facts(struct lws_vhost *vh)
{
	static const struct {
		const char *name;
		enum lws_tls_cert_info what;
	} all[] = {
		{ "CN", LWS_TLS_CERT_INFO_COMMON_NAME },
		{ "issuer", LWS_TLS_CERT_INFO_ISSUER_NAME },
		{ "key", LWS_TLS_CERT_INFO_OPAQUE_PUBLIC_KEY },
	};
	union {
		union lws_tls_cert_info_results r;
		char room[512];
	} u;
	int ret;

	for (size_t i = 0; i < LWS_ARRAY_SIZE(all); i++) {
		memset(&u, 0, sizeof(u));
		ret = lws_tls_vhost_cert_info(vh, all[i].what, &u.r, 400);
		say("VHOST %s %d %d %lx", all[i].name, ret, u.r.ns.len,
		    hash(HASH0, u.r.ns.name, (size_t)u.r.ns.len));
	}
	ret = lws_tls_vhost_cert_info(vh, LWS_TLS_CERT_INFO_USAGE, &u.r, 0);
	say("VHOST usage %d 0x%x", ret, u.r.usage);
	say("VHOST verified %d", lws_tls_vhost_cert_info(
					 vh, LWS_TLS_CERT_INFO_VERIFIED, &u.r, 0));
}
