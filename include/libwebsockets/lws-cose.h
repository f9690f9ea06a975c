/* SPDX-License-Identifier: MIT
 *
 * Signed and encrypted CBOR (RFC 9052, RFC 9053, formerly RFC 8152). Debian's build and
 * this one leave it out: everything here is declared for source compatibility. Part of
 * libwebsockets.h; include that.
 */

/** Numbers of the COSE registries; ranges overlap, each group is one registry. */
enum {
	/* header parameters (RFC 9052 section 3.1) */
	LWSCOSE_WKL_ALG = 1,
	LWSCOSE_WKL_CRIT,
	LWSCOSE_WKL_CONTENT_TYPE,
	LWSCOSE_WKL_KID,
	LWSCOSE_WKL_IV,
	LWSCOSE_WKL_IV_PARTIAL,
	LWSCOSE_WKL_COUNTERSIG,
	LWSCOSE_WKL_COUNTERSIG0 = 9,
	LWSCOSE_WKL_KID_CONTEXT,
	LWSCOSE_WKL_CUPH_NONCE = 256,
	LWSCOSE_WKL_CUPH_OWNER_PUBKEY,

	/* parts that each key may have (RFC 9052 section 7.1) */
	LWSCOSE_WKK_KTY = 1,
	LWSCOSE_WKK_KID,
	LWSCOSE_WKK_ALG,
	LWSCOSE_WKK_KEY_OPS,
	LWSCOSE_WKK_BASE_IV,

	/* what a key may be used for (the same section) */
	LWSCOSE_WKKO_SIGN = 1,
	LWSCOSE_WKKO_VERIFY,
	LWSCOSE_WKKO_ENCRYPT,
	LWSCOSE_WKKO_DECRYPT,
	LWSCOSE_WKKO_WRAP_KEY,
	LWSCOSE_WKKO_UNWRAP_KEY,
	LWSCOSE_WKKO_DERIVE_KEY,
	LWSCOSE_WKKO_DERIVE_BITS,
	LWSCOSE_WKKO_MAC_CREATE,
	LWSCOSE_WKKO_MAC_VERIFY,

	/* signatures (RFC 9053 section 2, RFC 8812 section 2) */
	LWSCOSE_WKAECDSA_ALG_ES256 = -7,
	LWSCOSE_WKAECDSA_ALG_ES384 = -35,
	LWSCOSE_WKAECDSA_ALG_ES512 = -36,
	LWSCOSE_WKAEDDSA_ALG_EDDSA = -8,
	LWSCOSE_WKARSA_ALG_RS256 = -257,
	LWSCOSE_WKARSA_ALG_RS384 = -258,
	LWSCOSE_WKARSA_ALG_RS512 = -259,

	/* MACs (RFC 9053 section 3) */
	LWSCOSE_WKAHMAC_256_64 = 4,
	LWSCOSE_WKAHMAC_256_256,
	LWSCOSE_WKAHMAC_384_384,
	LWSCOSE_WKAHMAC_512_512,
	LWSCOSE_WKAAES_128_64 = 14,
	LWSCOSE_WKAAES_256_64,
	LWSCOSE_WKAAES_128_128 = 25,
	LWSCOSE_WKAAES_256_128,

	/* encryption of content (RFC 9053 section 4) */
	LWSCOSE_WKAAESGCM_128 = 1,
	LWSCOSE_WKAAESGCM_192,
	LWSCOSE_WKAAESGCM_256,
	LWSCOSE_WKAAESCCM_16_64_128 = 10,
	LWSCOSE_WKAAESCCM_16_64_256,
	LWSCOSE_WKAAESCCM_64_64_128,
	LWSCOSE_WKAAESCCM_64_64_256,
	LWSCOSE_WKAAESCCM_16_128_128,
	LWSCOSE_WKAAESCCM_16_128_256,
	LWSCOSE_WKAAESCCM_64_128_128,
	LWSCOSE_WKAAESCCM_64_128_256,
	LWSCOSE_WKACHACHA_POLY1305 = 24,

	/* derivation of keys: salt, and the parties (RFC 9053 section 5) */
	LWSCOSE_WKAPHKDF_SALT = -20,
	LWSCOSE_WKAPCTX_PARTY_U_IDENTITY = -21,
	LWSCOSE_WKAPCTX_PARTY_U_NONCE = -22,
	LWSCOSE_WKAPCTX_PARTY_U_OTHER = -23,
	LWSCOSE_WKAPCTX_PARTY_V_IDENTITY = -24,
	LWSCOSE_WKAPCTX_PARTY_V_NONCE = -25,
	LWSCOSE_WKAPCTX_PARTY_V_OTHER = -26,

	/* keys for the content: shared, derived, wrapped (RFC 9053 section 6) */
	LWSCOSE_WKK_DIRECT_CEK = -6,
	LWSCOSE_WKK_DIRECT_HKDF_SHA_256 = -10,
	LWSCOSE_WKK_DIRECT_HKDF_SHA_512 = -11,
	LWSCOSE_WKK_DIRECT_HKDF_AES_128 = -12,
	LWSCOSE_WKK_DIRECT_HKDF_AES_256 = -13,
	LWSCOSE_WKK_DIRECT_HKDFKW_SHA_256 = -3,
	LWSCOSE_WKK_DIRECT_HKDFKW_SHA_512 = -4,
	LWSCOSE_WKK_DIRECT_HKDFKW_AES_128 = -5,

	/* agreed on by ECDH, its parameters, and with a wrapped key (the same) */
	LWSCOSE_WKAECDH_ALG_ES_HKDF_256 = -25,
	LWSCOSE_WKAECDH_ALG_ES_HKDF_512 = -26,
	LWSCOSE_WKAECDH_ALG_SS_HKDF_256 = -27,
	LWSCOSE_WKAECDH_ALG_SS_HKDF_512 = -28,
	LWSCOSE_WKAPECDH_EPHEMERAL_KEY = -1,
	LWSCOSE_WKAPECDH_STATIC_KEY = -2,
	LWSCOSE_WKAPECDH_STATIC_KEY_ID = -3,
	LWSCOSE_WKAPECDH_ES_A128KW = -29,
	LWSCOSE_WKAPECDH_ES_A192KW = -30,
	LWSCOSE_WKAPECDH_ES_A256KW = -31,
	LWSCOSE_WKAPECDH_SS_A128KW = -32,
	LWSCOSE_WKAPECDH_SS_A192KW = -33,
	LWSCOSE_WKAPECDH_SS_A256KW = -34,

	/* types of key (RFC 9053 section 7) */
	LWSCOSE_WKKTV_OKP = 1,
	LWSCOSE_WKKTV_EC2,
	LWSCOSE_WKKTV_RSA,
	LWSCOSE_WKKTV_SYMMETRIC,
	LWSCOSE_WKKTV_HSS_LMS,
	LWSCOSE_WKKTV_WALNUTDSA,

	/* curves (RFC 9053 section 7.1) */
	LWSCOSE_WKEC_P256 = 1,
	LWSCOSE_WKEC_P384,
	LWSCOSE_WKEC_P521,
	LWSCOSE_WKEC_X25519,
	LWSCOSE_WKEC_X448,
	LWSCOSE_WKEC_ED25519,
	LWSCOSE_WKEC_ED448,
	LWSCOSE_WKEC_SECP256K1,

	/* elements of EC, OKP (RFC 9053 sections 7.1, 7.2), RSA (RFC 8230 section 4) */
	LWSCOSE_WKECKP_CRV = -1,
	LWSCOSE_WKECKP_X = -2,
	LWSCOSE_WKECKP_Y = -3,
	LWSCOSE_WKECKP_D = -4,
	LWSCOSE_WKOKP_CRV = -1,
	LWSCOSE_WKOKP_X = -2,
	LWSCOSE_WKOKP_D = -4,
	LWSCOSE_WKKPRSA_N = -1,
	LWSCOSE_WKKPRSA_E = -2,
	LWSCOSE_WKKPRSA_D = -3,
	LWSCOSE_WKKPRSA_P = -4,
	LWSCOSE_WKKPRSA_Q = -5,
	LWSCOSE_WKKPRSA_DP = -6,
	LWSCOSE_WKKPRSA_DQ = -7,
	LWSCOSE_WKKPRSA_QINV = -8,
	LWSCOSE_WKKPRSA_OTHER = -9,
	LWSCOSE_WKKPRSA_RI = -10,
	LWSCOSE_WKKPRSA_DI = -11,
	LWSCOSE_WKKPRSA_TI = -12,

	/* and of symmetric keys; the registry has -1 (RFC 9053 section 7.3) */
	LWSCOSE_WKSYMKP_KEY_VALUE = 4,

	/* CoAP content formats (of CoAP's registry) */
	LWSCOAP_CONTENTFORMAT_COSE_SIGN = 98,
	LWSCOAP_CONTENTFORMAT_COSE_SIGN1 = 18,
	LWSCOAP_CONTENTFORMAT_COSE_ENCRYPT = 96,
	LWSCOAP_CONTENTFORMAT_COSE_ENCRYPT0 = 16,
	LWSCOAP_CONTENTFORMAT_COSE_MAC = 97,
	LWSCOAP_CONTENTFORMAT_COSE_MAC0 = 17,
	LWSCOAP_CONTENTFORMAT_COSE_KEY = 101,
	LWSCOAP_CONTENTFORMAT_COSE_KEY_SET = 102,

	/* a short countersignature's header parameter (RFC 8152 appendix A.2) */
	LWSCOSE_WKL_COUNTERSIGNATURE0 = 9,
};

/** What each key may have, in lws_cose_key_t.meta. */
enum enum_cose_key_meta_tok {
	COSEKEY_META_KTY,	/**< type */
	COSEKEY_META_KID,	/**< name */
	COSEKEY_META_KEY_OPS,	/**< uses */
	COSEKEY_META_BASE_IV,	/**< start of its IVs */
	COSEKEY_META_ALG,	/**< algorithm */

	LWS_COUNT_COSE_KEY_ELEMENTS	/**< how many */
};

/** A number of a registry. */
typedef int64_t cose_param_t;

/** A key. */
typedef struct lws_cose_key {
	struct lws_gencrypto_keyelem e[LWS_GENCRYPTO_MAX_KEYEL_COUNT];
					/**< its elements, by type */
	struct lws_gencrypto_keyelem meta[LWS_COUNT_COSE_KEY_ELEMENTS];
					/**< by COSEKEY_META_* */
	lws_dll2_t list;		/**< the set it is in */
	int gencrypto_kty;		/**< LWS_GENCRYPTO_KTY_* */
	cose_param_t kty;		/**< LWSCOSE_WKKTV_* */
	cose_param_t cose_alg;		/**< algorithm */
	cose_param_t cose_curve;	/**< LWSCOSE_WKEC_* */
	char private_key;		/**< nonzero: has private elements */
} lws_cose_key_t;

/** Called for each key that is read. */
typedef int (*lws_cose_key_import_callback)(struct lws_cose_key *s, void *user);

struct lws_cose_validate_context;
struct lws_cose_sign_context;

/** Forms of signed CBOR (RFC 9052 sections 4, 6). */
enum lws_cose_sig_types {
	SIGTYPE_UNKNOWN,	/**< the CBOR's tag tells */
	SIGTYPE_MULTI,		/**< COSE_Sign */
	SIGTYPE_SINGLE,		/**< COSE_Sign1 */
	SIGTYPE_COUNTERSIGNED,	/**< signature of a signature */
	SIGTYPE_MAC,		/**< COSE_Mac */
	SIGTYPE_MAC0,		/**< COSE_Mac0 */
};

/** One signature's result, in the list of lws_cose_validate_results(). */
typedef struct {
	lws_dll2_t list;		/**< with the others */
	const lws_cose_key_t *cose_key;	/**< the key */
	cose_param_t cose_alg;		/**< the algorithm */
	int result;			/**< 0: the signature is right */
} lws_cose_validate_res_t;

/** What a callback for external data answers. */
enum {
	LCOSESIGEXTCB_RET_FINISHED,	/**< that was all of it */
	LCOSESIGEXTCB_RET_AGAIN,	/**< there is more */
	LCOSESIGEXTCB_RET_ERROR = -1	/**< give up */
};

/** External data that a callback provides, in pieces. */
typedef struct {
	struct lws_cose_validate_context *cps;	/**< whose */
	const uint8_t *ext;			/**< the piece */
	size_t xl;				/**< its bytes */
} lws_cose_sig_ext_pay_t;

/** Provides external data. */
typedef int (*lws_cose_sign_ext_pay_cb_t)(lws_cose_sig_ext_pay_t *x);

/** Takes a piece of the content, before it is known to be right. */
typedef int (*lws_cose_validate_pay_cb_t)(struct lws_cose_validate_context *cps,
					  void *opaque, const uint8_t *paychunk,
					  size_t paychunk_len);

/** What to check signatures with. */
typedef struct lws_cose_validate_create_info {
	struct lws_context *cx;			/**< must be set */
	lws_dll2_owner_t *keyset;		/**< keys; must be set */
	enum lws_cose_sig_types sigtype;	/**< form */
	lws_cose_validate_pay_cb_t pay_cb;	/**< takes the content; or NULL */
	void *pay_opaque;			/**< for it */
	lws_cose_sign_ext_pay_cb_t ext_cb;	/**< external data; or NULL */
	void *ext_opaque;			/**< for it */
	size_t ext_len;				/**< bytes of that */
} lws_cose_validate_create_info_t;

#define LCSC_FL_ADD_CBOR_TAG		(1 << 0) /**< write the form's CBOR tag */
#define LCSC_FL_ADD_CBOR_PREFER_MAC0	(1 << 1) /**< COSE_Mac0 where COSE_Mac would do */

/** What to sign with. */
typedef struct lws_cose_sign_create_info {
	struct lws_context *cx;			/**< must be set */
	lws_dll2_owner_t *keyset;		/**< keys; must be set */
	lws_lec_pctx_t *lec;			/**< where to write; must be set */
	lws_cose_sign_ext_pay_cb_t ext_cb;	/**< external data; or NULL */
	void *ext_opaque;			/**< for it */
	size_t ext_len;				/**< bytes of that */
	size_t inline_payload_len;		/**< bytes of the content */
	int flags;				/**< LCSC_FL_* */
	enum lws_cose_sig_types sigtype;	/**< form */
} lws_cose_sign_create_info_t;

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN const char *
lws_cose_alg_to_name(cose_param_t alg);

LWS_VISIBLE LWS_EXTERN cose_param_t
lws_cose_name_to_alg(const char *name);

LWS_VISIBLE LWS_EXTERN lws_cose_key_t *
lws_cose_key_import(lws_dll2_owner_t *pkey_set, lws_cose_key_import_callback cb,
		    void *user, const uint8_t *in, size_t len);

LWS_VISIBLE LWS_EXTERN enum lws_lec_pctx_ret
lws_cose_key_export(lws_cose_key_t *ck, lws_lec_pctx_t *ctx, int flags);

LWS_VISIBLE LWS_EXTERN lws_cose_key_t *
lws_cose_key_generate(struct lws_context *context, cose_param_t cose_kty,
		      int use_mask, int bits, const char *curve,
		      const uint8_t *kid, size_t kl);

LWS_VISIBLE LWS_EXTERN lws_cose_key_t *
lws_cose_key_from_set(lws_dll2_owner_t *set, const uint8_t *kid, size_t kl);

LWS_VISIBLE LWS_EXTERN void
lws_cose_key_destroy(lws_cose_key_t **ck);

LWS_VISIBLE LWS_EXTERN void
lws_cose_key_set_destroy(lws_dll2_owner_t *o);

LWS_VISIBLE LWS_EXTERN void
lws_cose_key_dump(const lws_cose_key_t *ck);

LWS_VISIBLE LWS_EXTERN struct lws_cose_validate_context *
lws_cose_validate_create(const lws_cose_validate_create_info_t *info);

LWS_VISIBLE LWS_EXTERN int
lws_cose_validate_chunk(struct lws_cose_validate_context *cps,
			const uint8_t *in, size_t in_len, size_t *used_in);

LWS_VISIBLE LWS_EXTERN lws_dll2_owner_t *
lws_cose_validate_results(struct lws_cose_validate_context *cps);

LWS_VISIBLE LWS_EXTERN void
lws_cose_validate_destroy(struct lws_cose_validate_context **cps);

LWS_VISIBLE LWS_EXTERN struct lws_cose_sign_context *
lws_cose_sign_create(const lws_cose_sign_create_info_t *info);

LWS_VISIBLE LWS_EXTERN int
lws_cose_sign_add(struct lws_cose_sign_context *csc, cose_param_t alg,
		  const lws_cose_key_t *ck);

LWS_VISIBLE LWS_EXTERN enum lws_lec_pctx_ret
lws_cose_sign_payload_chunk(struct lws_cose_sign_context *csc,
			    const uint8_t *in, size_t in_len);

LWS_VISIBLE LWS_EXTERN void
lws_cose_sign_destroy(struct lws_cose_sign_context **csc);
///@}
