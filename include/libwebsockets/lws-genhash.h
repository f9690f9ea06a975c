/* SPDX-License-Identifier: MIT */
/**
 * \file lws-genhash.h
 * Hashes and HMACs. The functions are not in the library.
 */

/** Hashes. */
enum lws_genhash_types {
	LWS_GENHASH_TYPE_UNKNOWN,	/**< none of these */
	LWS_GENHASH_TYPE_MD5,		/**< MD5 */
	LWS_GENHASH_TYPE_SHA1,		/**< SHA-1 */
	LWS_GENHASH_TYPE_SHA256,	/**< SHA-256 */
	LWS_GENHASH_TYPE_SHA384,	/**< SHA-384 */
	LWS_GENHASH_TYPE_SHA512,	/**< SHA-512 */
};

/** HMACs, by their hash. */
enum lws_genhmac_types {
	LWS_GENHMAC_TYPE_UNKNOWN,	/**< none of these */
	LWS_GENHMAC_TYPE_SHA256,	/**< SHA-256 */
	LWS_GENHMAC_TYPE_SHA384,	/**< SHA-384 */
	LWS_GENHMAC_TYPE_SHA512,	/**< SHA-512 */
};

#define LWS_GENHASH_LARGEST 64		/**< most bytes in a result */

/** A hash in progress. */
struct lws_genhash_ctx {
	uint8_t type;			/**< enum lws_genhash_types */
	const EVP_MD *evp_type;		/**< the same for OpenSSL */
	EVP_MD_CTX *mdctx;		/**< OpenSSL's state */
};

/** An HMAC in progress. */
struct lws_genhmac_ctx {
	uint8_t type;			/**< enum lws_genhmac_types */
	const EVP_MD *evp_type;		/**< the same for OpenSSL */
	EVP_MD_CTX *ctx;		/**< OpenSSL's state */
	EVP_PKEY *key;			/**< the key */
};

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN size_t LWS_WARN_UNUSED_RESULT
lws_genhash_size(enum lws_genhash_types type);

LWS_VISIBLE LWS_EXTERN size_t LWS_WARN_UNUSED_RESULT
lws_genhmac_size(enum lws_genhmac_types type);

LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_genhash_init(struct lws_genhash_ctx *ctx, enum lws_genhash_types type);

LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_genhash_update(struct lws_genhash_ctx *ctx, const void *in, size_t len);

LWS_VISIBLE LWS_EXTERN int
lws_genhash_destroy(struct lws_genhash_ctx *ctx, void *result);

LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_genhmac_init(struct lws_genhmac_ctx *ctx, enum lws_genhmac_types type,
		 const uint8_t *key, size_t key_len);

LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_genhmac_update(struct lws_genhmac_ctx *ctx, const void *in, size_t len);

LWS_VISIBLE LWS_EXTERN int
lws_genhmac_destroy(struct lws_genhmac_ctx *ctx, void *result);
///@}
