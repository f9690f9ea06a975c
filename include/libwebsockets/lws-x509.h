/* SPDX-License-Identifier: MIT
 *
 * Certificates (RFC 5280). Part of libwebsockets.h; include that.
 */

/** What to ask of a certificate; a comment names the member with the answer. */
enum lws_tls_cert_info {
	LWS_TLS_CERT_INFO_VALIDITY_FROM,
	/**< time: valid since */
	LWS_TLS_CERT_INFO_VALIDITY_TO,
	/**< time: valid until */
	LWS_TLS_CERT_INFO_COMMON_NAME,
	/**< ns: subject's common name */
	LWS_TLS_CERT_INFO_ISSUER_NAME,
	/**< ns: issuer's name */
	LWS_TLS_CERT_INFO_USAGE,
	/**< usage: key usage bits */
	LWS_TLS_CERT_INFO_VERIFIED,
	/**< verified: 1 if the peer's certificate was found good */
	LWS_TLS_CERT_INFO_OPAQUE_PUBLIC_KEY,
	/**< ns: the public key, in bytes that can only be compared */
	LWS_TLS_CERT_INFO_DER_RAW,
	/**< v4.3, ns: the certificate in DER. -1 if it is larger than the room; len is
	 * then its size */
	LWS_TLS_CERT_INFO_AUTHORITY_KEY_ID,
	/**< v4.3, ns: which key signed it (RFC 5280 section 4.2.1.1), in bytes; 1 if it
	 * does not tell */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	LWS_TLS_CERT_INFO_AUTHORITY_KEY_ID_ISSUER,
	/**< the name of who signed it, from the same extension: not told, 1 */
	LWS_TLS_CERT_INFO_AUTHORITY_KEY_ID_SERIAL,
	/**< 0 if the extension has the serial number of that one's certificate, else 1;
	 * the number is not told */
#endif
	LWS_TLS_CERT_INFO_SUBJECT_KEY_ID = LWS_TLS_CERT_INFO_AUTHORITY_KEY_ID + 3,
	/**< v4.3, ns: which key it is for (section 4.2.1.2); likewise */
};

/** The answer. For `ns` the caller may provide more room than the struct has. */
union lws_tls_cert_info_results {
	unsigned int verified;	/**< 0 or 1 */
	time_t time;		/**< UTC */
	unsigned int usage;	/**< bits as OpenSSL's X509_get_key_usage() */
	struct {
		int len;	/**< bytes in name, also when it did not fit */
		char name[64];	/**< the name, or what of it the room allows */
	} ns;			/**< text or bytes */
};

struct lws_x509_cert;
struct lws_jwk;

/**
 * Make an empty certificate object.
 *
 * @param x509 set to it, to be freed with lws_x509_destroy()
 * @return 0, nonzero if out of memory
 */
LWS_VISIBLE LWS_EXTERN int
lws_x509_create(struct lws_x509_cert **x509);

/**
 * Fill a certificate object from PEM.
 *
 * @param pem, len the text
 * @return 0, nonzero if it cannot be parsed
 */
LWS_VISIBLE LWS_EXTERN int
lws_x509_parse_from_pem(struct lws_x509_cert *x509, const void *pem, size_t len);

/**
 * Was it issued by `trusted`?
 *
 * @param common_name its common name must be this too; NULL: any
 * @return 0 if so
 */
LWS_VISIBLE LWS_EXTERN int
lws_x509_verify(struct lws_x509_cert *x509, struct lws_x509_cert *trusted,
		const char *common_name);

/**
 * Get the certificate's public key as a JWK (RFC 7517).
 *
 * @param jwk	  filled; free it with lws_jwk_destroy()
 * @param curves  comma-separated curves that are acceptable; NULL: no EC keys
 * @param rsabits fewest bits of an acceptable RSA key
 * @return 0, nonzero if the key is not acceptable
 */
LWS_VISIBLE LWS_EXTERN int
lws_x509_public_to_jwk(struct lws_jwk *jwk, struct lws_x509_cert *x509,
		       const char *curves, int rsabits);

/**
 * Add the private key to a JWK that has the public one.
 *
 * @param pem, len   the key, PEM; overwritten with zeros
 * @param passphrase for it; or NULL
 * @return 0, nonzero if it cannot be parsed or does not belong to the public key
 */
LWS_VISIBLE LWS_EXTERN int
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lws_x509_jwk_privkey_pem(struct lws_context *cx, struct lws_jwk *jwk,
			 void *pem, size_t len, const char *passphrase);
#else
lws_x509_jwk_privkey_pem(struct lws_jwk *jwk, void *pem, size_t len,
			 const char *passphrase);
#endif

/** Free a certificate object and set the pointer to NULL; NULL there is fine. */
LWS_VISIBLE LWS_EXTERN void
lws_x509_destroy(struct lws_x509_cert **x509);

/**
 * Ask something of a certificate.
 *
 * @param buf the answer
 * @param len for `ns` the room at buf->ns.name, sizeof(buf->ns.name) if nothing was
 *	      added; otherwise ignored
 * @return 0; negative if there is no answer or no room
 */
LWS_VISIBLE LWS_EXTERN int
lws_x509_info(struct lws_x509_cert *x509, enum lws_tls_cert_info type,
	      union lws_tls_cert_info_results *buf, size_t len);

/** The same of the peer's certificate; negative if it showed none. */
LWS_VISIBLE LWS_EXTERN int
lws_tls_peer_cert_info(struct lws *wsi, enum lws_tls_cert_info type,
		       union lws_tls_cert_info_results *buf, size_t len);

/** The same of a vhost's own certificate. */
LWS_VISIBLE LWS_EXTERN int
lws_tls_vhost_cert_info(struct lws_vhost *vhost, enum lws_tls_cert_info type,
			union lws_tls_cert_info_results *buf, size_t len);

/**
 * Give a vhost a self-signed certificate for an hour, as ACME's tls-sni challenge
 * wanted.
 *
 * @param san_a, san_b names it is for; san_b may be NULL
 * @return 0, nonzero on failure
 */
LWS_VISIBLE LWS_EXTERN int
lws_tls_acme_sni_cert_create(struct lws_vhost *vhost, const char *san_a,
			     const char *san_b);

/**
 * Make a key and a signing request (RFC 2986).
 *
 * @param elements    LWS_TLS_REQ_ELEMENT_COUNT strings, NULL where there is none
 * @param csr, csr_len where to put the request, base64url-encoded DER
 * @param privkey_pem set to the key in PEM, to be freed with free()
 * @param privkey_len set to its length
 * @return length of the request, negative on failure
 */
LWS_VISIBLE LWS_EXTERN int
lws_tls_acme_sni_csr_create(struct lws_context *context, const char *elements[],
			    uint8_t *csr, size_t csr_len, char **privkey_pem,
			    size_t *privkey_len);

/**
 * A certificate has changed: every vhost that uses these files takes the new one for
 * connections from now on.
 *
 * @param certpath, keypath	     as in the vhosts' settings
 * @param mem_cert, len_mem_cert     the certificate, when the files cannot be read any
 *				     more; or NULL
 * @param mem_privkey, len_mem_privkey its key; or NULL
 * @return 0
 */
LWS_VISIBLE LWS_EXTERN int
lws_tls_cert_updated(struct lws_context *context, const char *certpath,
		     const char *keypath,
		     const char *mem_cert, size_t len_mem_cert,
		     const char *mem_privkey, size_t len_mem_privkey);
