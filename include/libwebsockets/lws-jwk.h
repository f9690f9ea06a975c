/* SPDX-License-Identifier: MIT */
/**
 * \file lws-jwk.h
 * JSON Web Keys (RFC 7517). The functions are not in the library.
 */

/** What a JWK tells about its key (RFC 7517 §4). */
enum enum_jwk_meta_tok {
	JWK_META_KTY,			/**< key type */
	JWK_META_KID,			/**< key ID */
	JWK_META_USE,			/**< use */
	JWK_META_KEY_OPS,		/**< operations */
	JWK_META_X5C,			/**< certificate chain */
	JWK_META_ALG,			/**< algorithm */

	LWS_COUNT_JWK_ELEMENTS		/**< how many */
};

/** A JWK. */
struct lws_jwk {
	struct lws_gencrypto_keyelem e[LWS_GENCRYPTO_MAX_KEYEL_COUNT];
					/**< elements of the key */
	struct lws_gencrypto_keyelem meta[LWS_COUNT_JWK_ELEMENTS];
					/**< what is told about it */
	int kty;			/**< enum lws_gencrypto_kty */
	char private_key;		/**< 1: has private elements */
};

/** Called for each key of a set. */
typedef int (*lws_jwk_key_import_callback)(struct lws_jwk *s, void *user);

/** A JWK being parsed. */
struct lws_jwk_parse_state {
	struct lws_jwk *jwk;		/**< the result */
	char b64[(((8192 / 8) * 4) / 3) + 1]; /**< an element's text */
	lws_jwk_key_import_callback per_key_cb; /**< called for each key */
	void *user;			/**< handed to it */
	int pos;			/**< bytes in b64 */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	int cose_state;			/**< where in a COSE key */
	int seen;			/**< what of it there was */
#endif
	unsigned short possible;	/**< key types still possible */
};

/** \name Import
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_jwk_import(struct lws_jwk *jwk, lws_jwk_key_import_callback cb, void *user,
	       const char *in, size_t len);

LWS_VISIBLE LWS_EXTERN void
lws_jwk_destroy(struct lws_jwk *jwk);

LWS_VISIBLE LWS_EXTERN int
lws_jwk_dup_oct(struct lws_jwk *jwk, const void *key, int len);
///@}

#define LWSJWKF_EXPORT_PRIVATE	(1 << 0)	/**< private elements too */
#define LWSJWKF_EXPORT_NOCRLF	(1 << 1)	/**< no line end */

/** \name Export, files, making keys
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_jwk_export(struct lws_jwk *jwk, int flags, char *p, int *len);

LWS_VISIBLE LWS_EXTERN int
lws_jwk_load(struct lws_jwk *jwk, const char *filename,
	     lws_jwk_key_import_callback cb, void *user);

LWS_VISIBLE LWS_EXTERN int
lws_jwk_save(struct lws_jwk *jwk, const char *filename);

LWS_VISIBLE LWS_EXTERN int
lws_jwk_rfc7638_fingerprint(struct lws_jwk *jwk, char *digest32);

LWS_VISIBLE LWS_EXTERN int
lws_jwk_strdup_meta(struct lws_jwk *jwk, enum enum_jwk_meta_tok idx,
		    const char *in, int len);

LWS_VISIBLE LWS_EXTERN int
lws_jwk_dump(struct lws_jwk *jwk);

LWS_VISIBLE int
lws_jwk_generate(struct lws_context *context, struct lws_jwk *jwk,
		 enum lws_gencrypto_kty kty, int bits, const char *curve);
///@}
