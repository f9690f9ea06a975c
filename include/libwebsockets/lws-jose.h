/* SPDX-License-Identifier: MIT */
/**
 * \file lws-jose.h
 * JOSE headers of JWS (RFC 7515) and JWE (RFC 7516). The functions are not in
 * the library.
 */

/** Header parameters. */
enum lws_jws_jose_hdr_indexes {
	LJJHI_ALG,			/**< algorithm */
	LJJHI_JKU,			/**< URL of the key set */
	LJJHI_JWK,			/**< the key */
	LJJHI_KID,			/**< key ID */
	LJJHI_X5U,			/**< URL of the certificate */
	LJJHI_X5C,			/**< certificate chain */
	LJJHI_X5T,			/**< certificate SHA-1 */
	LJJHI_X5T_S256,			/**< certificate SHA-256 */
	LJJHI_TYP,			/**< type */
	LJJHI_CTY,			/**< content type */
	LJJHI_CRIT,			/**< parameters to be understood */

	LJJHI_RECIPS_HDR,		/**< recipient: header */
	LJJHI_RECIPS_HDR_ALG,		/**< recipient: algorithm */
	LJJHI_RECIPS_HDR_KID,		/**< recipient: key ID */
	LJJHI_RECIPS_EKEY,		/**< recipient: encrypted key */

	LJJHI_ENC,			/**< content encryption */
	LJJHI_ZIP,			/**< compression */

	LJJHI_EPK,			/**< ephemeral public key */
	LJJHI_APU,			/**< party U */
	LJJHI_APV,			/**< party V */
	LJJHI_IV,			/**< initialization vector */
	LJJHI_TAG,			/**< authentication tag */
	LJJHI_P2S,			/**< PBES2 salt */
	LJJHI_P2C,			/**< PBES2 count */

	LWS_COUNT_JOSE_HDR_ELEMENTS	/**< how many */
};

/** Kinds of algorithm. */
enum lws_jose_algtype {
	LWS_JOSE_ENCTYPE_NONE,			/**< none */

	LWS_JOSE_ENCTYPE_RSASSA_PKCS1_1_5,	/**< RSA, PKCS #1 v1.5 */
	LWS_JOSE_ENCTYPE_RSASSA_PKCS1_OAEP,	/**< RSA, OAEP */
	LWS_JOSE_ENCTYPE_RSASSA_PKCS1_PSS,	/**< RSA, PSS */

	LWS_JOSE_ENCTYPE_ECDSA,			/**< ECDSA */
	LWS_JOSE_ENCTYPE_ECDHES,		/**< ephemeral ECDH */

	LWS_JOSE_ENCTYPE_AES_CBC,		/**< AES CBC */
	LWS_JOSE_ENCTYPE_AES_CFB128,		/**< AES CFB, by blocks */
	LWS_JOSE_ENCTYPE_AES_CFB8,		/**< AES CFB, by bytes */
	LWS_JOSE_ENCTYPE_AES_CTR,		/**< AES counter */
	LWS_JOSE_ENCTYPE_AES_ECB,		/**< AES ECB, or key wrap */
	LWS_JOSE_ENCTYPE_AES_OFB,		/**< AES OFB */
	LWS_JOSE_ENCTYPE_AES_XTS,		/**< AES XTS */
	LWS_JOSE_ENCTYPE_AES_GCM,		/**< AES GCM */
};

/** Definition of an algorithm. */
struct lws_jose_jwe_alg {
	enum lws_genhash_types hash_type;	/**< its hash */
	enum lws_genhmac_types hmac_type;	/**< its HMAC */
	enum lws_jose_algtype algtype_signing;	/**< how it signs */
	enum lws_jose_algtype algtype_crypto;	/**< how it encrypts */
	const char *alg;			/**< its name (RFC 7518) */
	const char *curve_name;			/**< its curve, or NULL */
	unsigned short keybits_min;		/**< least size of a key */
	unsigned short keybits_fixed;		/**< only size of a key */
	unsigned short ivbits;			/**< size of its vector */
};

#define LWS_JWS_MAX_RECIPIENTS 3		/**< most recipients */

/** A recipient. */
struct lws_jws_recpient {
	struct lws_gencrypto_keyelem unprot[LWS_COUNT_JOSE_HDR_ELEMENTS];
						/**< unprotected header */
	struct lws_jwk jwk_ephemeral;		/**< its ephemeral key */
	struct lws_jwk jwk;			/**< its key */
};

/** A JOSE header. */
struct lws_jose {
	struct lws_gencrypto_keyelem e[LWS_COUNT_JOSE_HDR_ELEMENTS];
						/**< protected header */
	struct lws_jws_recpient recipient[LWS_JWS_MAX_RECIPIENTS];
						/**< the recipients */

	char typ[32];				/**< type */

	const struct lws_jose_jwe_alg *alg;	/**< algorithm */
	const struct lws_jose_jwe_alg *enc_alg;	/**< content encryption */

	int recipients;				/**< how many */
};

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN void
lws_jose_init(struct lws_jose *jose);

LWS_VISIBLE LWS_EXTERN void
lws_jose_destroy(struct lws_jose *jose);

LWS_VISIBLE LWS_EXTERN int
lws_gencrypto_jws_alg_to_definition(const char *alg,
				    const struct lws_jose_jwe_alg **jose);

LWS_VISIBLE LWS_EXTERN int
lws_gencrypto_jwe_alg_to_definition(const char *alg,
				    const struct lws_jose_jwe_alg **jose);

LWS_VISIBLE LWS_EXTERN int
lws_gencrypto_jwe_enc_to_definition(const char *enc,
				    const struct lws_jose_jwe_alg **jose);

LWS_VISIBLE LWS_EXTERN int
lws_jws_parse_jose(struct lws_jose *jose,
		   const char *buf, int len, char *temp, int *temp_len);

LWS_VISIBLE LWS_EXTERN int
lws_jwe_parse_jose(struct lws_jose *jose,
		   const char *buf, int len, char *temp, int *temp_len);
///@}
