/* SPDX-License-Identifier: MIT */
/**
 * \file lws-gencrypto.h
 * Common parts of the generic crypto headers. The functions are not in the
 * library.
 */

/** Key type (RFC 7518 §6.1). */
enum lws_gencrypto_kty {
	LWS_GENCRYPTO_KTY_UNKNOWN,	/**< none of these */

	LWS_GENCRYPTO_KTY_OCT,		/**< plain bytes */
	LWS_GENCRYPTO_KTY_RSA,		/**< RSA */
	LWS_GENCRYPTO_KTY_EC		/**< elliptic curve */
};

/** Elements of an OCT key. */
enum lws_gencrypto_oct_tok {
	LWS_GENCRYPTO_OCT_KEYEL_K,	/**< the bytes */

	LWS_GENCRYPTO_OCT_KEYEL_COUNT	/**< how many */
};

/** Elements of an RSA key (RFC 7518 §6.3). */
enum lws_gencrypto_rsa_tok {
	LWS_GENCRYPTO_RSA_KEYEL_E,	/**< public exponent */
	LWS_GENCRYPTO_RSA_KEYEL_N,	/**< modulus */
	LWS_GENCRYPTO_RSA_KEYEL_D,	/**< private exponent */
	LWS_GENCRYPTO_RSA_KEYEL_P,	/**< first prime */
	LWS_GENCRYPTO_RSA_KEYEL_Q,	/**< second prime */
	LWS_GENCRYPTO_RSA_KEYEL_DP,	/**< first CRT exponent */
	LWS_GENCRYPTO_RSA_KEYEL_DQ,	/**< second CRT exponent */
	LWS_GENCRYPTO_RSA_KEYEL_QI,	/**< CRT coefficient */

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	/* of further primes (RFC 8230 section 4) */
	LWS_GENCRYPTO_RSA_KEYEL_OTHER,	/**< the list of them */
	LWS_GENCRYPTO_RSA_KEYEL_RI,	/**< the prime */
	LWS_GENCRYPTO_RSA_KEYEL_DI,	/**< its CRT exponent */
	LWS_GENCRYPTO_RSA_KEYEL_TI,	/**< its CRT coefficient */
#endif

	LWS_GENCRYPTO_RSA_KEYEL_COUNT	/**< how many */
};

/** Elements of an EC key (RFC 7518 §6.2). */
enum lws_gencrypto_ec_tok {
	LWS_GENCRYPTO_EC_KEYEL_CRV,	/**< name of the curve */
	LWS_GENCRYPTO_EC_KEYEL_X,	/**< x coordinate */
	LWS_GENCRYPTO_EC_KEYEL_D = LWS_GENCRYPTO_RSA_KEYEL_D,
					/**< private key, same place */
	LWS_GENCRYPTO_EC_KEYEL_Y,	/**< y coordinate */

	LWS_GENCRYPTO_EC_KEYEL_COUNT	/**< how many */
};

/** Elements of an AES key. */
enum lws_gencrypto_aes_tok {
	LWS_GENCRYPTO_AES_KEYEL_K = LWS_GENCRYPTO_OCT_KEYEL_K,
					/**< the bytes */

	LWS_GENCRYPTO_AES_KEYEL_COUNT	/**< how many */
};

/** Most elements any key has. */
#define LWS_GENCRYPTO_MAX_KEYEL_COUNT LWS_GENCRYPTO_RSA_KEYEL_COUNT

/** An element of a key. */
struct lws_gencrypto_keyelem {
	uint8_t *buf;			/**< the bytes, or NULL */
	uint32_t len;			/**< how many */
};
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
typedef struct lws_gencrypto_keyelem lws_gc_elem_t;
#endif

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_gencrypto_bits_to_bytes(int bits);

LWS_VISIBLE LWS_EXTERN int
lws_base64_size(int bytes);

LWS_VISIBLE LWS_EXTERN size_t
lws_gencrypto_padded_length(size_t block_size, size_t len);
///@}
