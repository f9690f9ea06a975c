/* SPDX-License-Identifier: MIT */
/**
 * \file lws-genec.h
 * Elliptic curves: ECDH and ECDSA. The functions are not in the library.
 */

/** What a context is for. */
enum enum_genec_alg {
	LEGENEC_UNKNOWN,		/**< not set yet */

	LEGENEC_ECDH,			/**< key agreement */
	LEGENEC_ECDSA			/**< signatures */
};

/** EC keys in use. */
struct lws_genec_ctx {
	EVP_PKEY_CTX *ctx[2];		/**< keys, by enum enum_lws_dh_side */
	struct lws_context *context;	/**< for random numbers */
	const struct lws_ec_curves *curve_table; /**< curves allowed */
	enum enum_genec_alg genec_alg;	/**< what it is for */

	char has_private;		/**< 1: there is a private key */
};

/** Whose key. */
enum enum_lws_dh_side {
	LDHS_OURS,			/**< ours */
	LDHS_THEIRS			/**< the peer's */
};

/** A curve; a table of them ends with a NULL name. */
struct lws_ec_curves {
	const char *name;		/**< as in JWK */
	int tls_lib_nid;		/**< OpenSSL's number */
	uint16_t key_bytes;		/**< bytes of a coordinate */
};

/** \name ECDH
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE int
lws_genecdh_create(struct lws_genec_ctx *ctx, struct lws_context *context,
		   const struct lws_ec_curves *curve_table);

LWS_VISIBLE LWS_EXTERN int
lws_genecdh_set_key(struct lws_genec_ctx *ctx, struct lws_gencrypto_keyelem *el,
		    enum enum_lws_dh_side side);

LWS_VISIBLE LWS_EXTERN int
lws_genecdh_new_keypair(struct lws_genec_ctx *ctx, enum enum_lws_dh_side side,
			const char *curve_name,
			struct lws_gencrypto_keyelem *el);

LWS_VISIBLE LWS_EXTERN int
lws_genecdh_compute_shared_secret(struct lws_genec_ctx *ctx, uint8_t *ss,
				  int *ss_len);
///@}

/** \name ECDSA
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE int
lws_genecdsa_create(struct lws_genec_ctx *ctx, struct lws_context *context,
		    const struct lws_ec_curves *curve_table);

LWS_VISIBLE LWS_EXTERN int
lws_genecdsa_new_keypair(struct lws_genec_ctx *ctx, const char *curve_name,
			 struct lws_gencrypto_keyelem *el);

LWS_VISIBLE LWS_EXTERN int
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lws_genecdsa_set_key(struct lws_genec_ctx *ctx,
		     const struct lws_gencrypto_keyelem *el);
#else
lws_genecdsa_set_key(struct lws_genec_ctx *ctx,
		     struct lws_gencrypto_keyelem *el);
#endif

LWS_VISIBLE LWS_EXTERN int
lws_genecdsa_hash_sig_verify_jws(struct lws_genec_ctx *ctx, const uint8_t *in,
				 enum lws_genhash_types hash_type, int keybits,
				 const uint8_t *sig, size_t sig_len);

LWS_VISIBLE LWS_EXTERN int
lws_genecdsa_hash_sign_jws(struct lws_genec_ctx *ctx, const uint8_t *in,
			   enum lws_genhash_types hash_type, int keybits,
			   uint8_t *sig, size_t sig_len);
///@}

/** \name Both
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN void
lws_genec_destroy(struct lws_genec_ctx *ctx);

LWS_VISIBLE LWS_EXTERN void
lws_genec_destroy_elements(struct lws_gencrypto_keyelem *el);

LWS_VISIBLE LWS_EXTERN int
lws_genec_dump(struct lws_gencrypto_keyelem *el);
///@}
