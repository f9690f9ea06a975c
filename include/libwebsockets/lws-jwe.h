/* SPDX-License-Identifier: MIT */
/**
 * \file lws-jwe.h
 * JSON Web Encryption (RFC 7516). The functions are not in the library.
 */

#define LWS_JWE_RFC3394_OVERHEAD_BYTES 8	/**< added by key wrap */
#define LWS_JWE_AES_IV_BYTES 16			/**< bytes of a vector */

#define LWS_JWE_LIMIT_RSA_KEY_BITS 4096		/**< largest RSA key */
#define LWS_JWE_LIMIT_AES_KEY_BITS (512 + 64)	/**< largest AES key */
#define LWS_JWE_LIMIT_EC_KEY_BITS 528		/**< largest EC key */
#define LWS_JWE_LIMIT_HASH_BITS (LWS_GENHASH_LARGEST * 8) /**< largest hash */

/** Most bytes of any key element. */
#define LWS_JWE_LIMIT_KEY_ELEMENT_BYTES (LWS_JWE_LIMIT_RSA_KEY_BITS / 8)

/** A JWE. */
struct lws_jwe {
	struct lws_jose jose;		/**< its header */
	struct lws_jws jws;		/**< its parts */
	struct lws_jwk jwk;		/**< the key */

	uint8_t cek[LWS_JWE_LIMIT_KEY_ELEMENT_BYTES]; /**< content key */
	unsigned int cek_valid:1;	/**< 1: cek is set */

	int recip;			/**< recipient in use */
};

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN void
lws_jwe_init(struct lws_jwe *jwe, struct lws_context *context);

LWS_VISIBLE LWS_EXTERN void
lws_jwe_destroy(struct lws_jwe *jwe);

LWS_VISIBLE LWS_EXTERN void
lws_jwe_be64(uint64_t c, uint8_t *p8);

LWS_VISIBLE LWS_EXTERN int
lws_jwe_render_compact(struct lws_jwe *jwe, char *out, size_t out_len);

LWS_VISIBLE int
lws_jwe_render_flattened(struct lws_jwe *jwe, char *out, size_t out_len);

LWS_VISIBLE LWS_EXTERN int
lws_jwe_json_parse(struct lws_jwe *jwe, const uint8_t *buf, int len,
		   char *temp, int *temp_len);

LWS_VISIBLE LWS_EXTERN int
lws_jwe_auth_and_decrypt(struct lws_jwe *jwe, char *temp, int *temp_len);

LWS_VISIBLE LWS_EXTERN int
lws_jwe_encrypt(struct lws_jwe *jwe, char *temp, int *temp_len);

LWS_VISIBLE LWS_EXTERN int
lws_jwe_create_packet(struct lws_jwe *jwe,
		      const char *payload, size_t len, const char *nonce,
		      char *out, size_t out_len, struct lws_context *context);

LWS_VISIBLE LWS_EXTERN int
lws_jwe_auth_and_decrypt_cbc_hs(struct lws_jwe *jwe, uint8_t *enc_cek,
				uint8_t *aad, int aad_len);

LWS_VISIBLE LWS_EXTERN int
lws_jwa_concat_kdf(struct lws_jwe *jwe, int direct,
		   uint8_t *out, const uint8_t *shared_secret, int sslen);
///@}
