/* SPDX-License-Identifier: MIT */
/**
 * \file lws-genaes.h
 * AES. The functions are not in the library.
 */

/** Modes (NIST SP 800-38 series; KW is RFC 3394). */
enum enum_aes_modes {
	LWS_GAESM_CBC,			/**< CBC */
	LWS_GAESM_CFB128,		/**< CFB, by blocks */
	LWS_GAESM_CFB8,			/**< CFB, by bytes */
	LWS_GAESM_CTR,			/**< counter */
	LWS_GAESM_ECB,			/**< ECB */
	LWS_GAESM_OFB,			/**< OFB */
	LWS_GAESM_XTS,			/**< XTS, for storage */
	LWS_GAESM_GCM,			/**< GCM, authenticated */
	LWS_GAESM_KW,			/**< key wrap */
};

/** What to do. */
enum enum_aes_operation {
	LWS_GAESO_ENC,			/**< encrypt */
	LWS_GAESO_DEC			/**< decrypt */
};

/** Padding of the last block. */
enum enum_aes_padding {
	LWS_GAESP_NO_PADDING,		/**< whole blocks only */
	LWS_GAESP_WITH_PADDING		/**< PKCS #7 */
};

#define LWS_AES_BLOCKSIZE 128		/**< bits of a block */
#define LWS_AES_CBC_BLOCKLEN 16		/**< bytes of a block */

/** An AES operation in progress. */
struct lws_genaes_ctx {
	EVP_CIPHER_CTX *ctx;		/**< OpenSSL's state */
	const EVP_CIPHER *cipher;	/**< OpenSSL's cipher */
	ENGINE *engine;			/**< OpenSSL's engine, or NULL */
	char init;			/**< 1: ctx is set up */
	unsigned char tag[16];		/**< GCM tag */
	struct lws_gencrypto_keyelem *k; /**< the key */
	enum enum_aes_operation op;	/**< what to do */
	enum enum_aes_modes mode;	/**< mode */
	enum enum_aes_padding padding;	/**< padding */
	int taglen;			/**< bytes of tag */
	char underway;			/**< 1: data was given */
};

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_genaes_create(struct lws_genaes_ctx *ctx, enum enum_aes_operation op,
		  enum enum_aes_modes mode, struct lws_gencrypto_keyelem *el,
		  enum enum_aes_padding padding, void *engine);

LWS_VISIBLE LWS_EXTERN int
lws_genaes_destroy(struct lws_genaes_ctx *ctx, unsigned char *tag, size_t tlen);

LWS_VISIBLE LWS_EXTERN int
lws_genaes_crypt(struct lws_genaes_ctx *ctx, const uint8_t *in, size_t len,
		 uint8_t *out,
		 uint8_t *iv_or_nonce_ctr_or_data_unit_16,
		 uint8_t *stream_block_16,
		 size_t *nc_or_iv_off, int taglen);
///@}
