/* SPDX-License-Identifier: MIT
 *
 * CBOR (RFC 8949), from v4.3: LECP, a parser that takes its input in pieces
 * of any size, keeps everything in one fixed-size struct, and reports by
 * callback; and LEC, a writer that works after a printf-like format and fills
 * buffers of any size.
 *
 * The parser's path of the present element is made of "[]" for each array,
 * "." for each map, and the text keys: {"a":[{"b":1}]} reports 1 at
 * ".a[].b". Other keys leave it as it is. The array indexes are in lecp_ctx.i.
 */
#ifndef LWSGO_LWS_LECP_H
#define LWSGO_LWS_LECP_H

/* The library was built with these limits: they are not for changing. */
#ifndef LECP_MAX_PARSING_STACK_DEPTH
#define LECP_MAX_PARSING_STACK_DEPTH 5	/**< elements of lecp_ctx.pst */
#endif
#ifndef LECP_MAX_DEPTH
#define LECP_MAX_DEPTH 12		/**< nesting, the outermost included */
#endif
#ifndef LECP_MAX_INDEX_DEPTH
#define LECP_MAX_INDEX_DEPTH 8		/**< one more than nested arrays */
#endif
#ifndef LECP_MAX_PATH
#define LECP_MAX_PATH 128		/**< bytes of path, with its NUL */
#endif
#ifndef LECP_STRING_CHUNK
#define LECP_STRING_CHUNK 254		/**< most string bytes per callback */
#endif

/** Set in every reason that delivers a value. */
#define LECP_FLAG_CB_IS_VALUE 64

/** The first byte of an item (RFC 8949 §3), and tag numbers (§3.4). */
enum {
	LWS_CBOR_MAJTYP_UINT = 0 << 5,	  /**< major type 0: unsigned integer */
	LWS_CBOR_MAJTYP_INT_NEG = 1 << 5, /**< 1: negative integer, -1 - n */
	LWS_CBOR_MAJTYP_BSTR = 2 << 5,	  /**< 2: byte string */
	LWS_CBOR_MAJTYP_TSTR = 3 << 5,	  /**< 3: text string */
	LWS_CBOR_MAJTYP_ARRAY = 4 << 5,	  /**< 4: array */
	LWS_CBOR_MAJTYP_MAP = 5 << 5,	  /**< 5: map */
	LWS_CBOR_MAJTYP_TAG = 6 << 5,	  /**< 6: tag */
	LWS_CBOR_MAJTYP_FLOAT = 7 << 5,	  /**< 7: float, simple value, break */

	LWS_CBOR_MAJTYP_MASK = 7 << 5,	/**< bits of the major type */

	LWS_CBOR_1 = 24,		/**< the number is in the next byte */
	LWS_CBOR_2 = 25,		/**< in the next two */
	LWS_CBOR_4 = 26,		/**< in the next four */
	LWS_CBOR_8 = 27,		/**< in the next eight */

	LWS_CBOR_RESERVED = 28,		/**< this, 29 and 30 are malformed */

	LWS_CBOR_SUBMASK = 0x1f,	/**< bits beside the major type */

	LWS_CBOR_SWK_FALSE = 20,	/**< simple value false */
	LWS_CBOR_SWK_TRUE = 21,		/**< simple value true */
	LWS_CBOR_SWK_NULL = 22,		/**< simple value null */
	LWS_CBOR_SWK_UNDEFINED = 23,	/**< simple value undefined */

	LWS_CBOR_M7_SUBTYP_SIMPLE_X8 = 24, /**< simple value in the next byte */
	LWS_CBOR_M7_SUBTYP_FLOAT16 = 25, /**< half-precision float */
	LWS_CBOR_M7_SUBTYP_FLOAT32 = 26, /**< single-precision float */
	LWS_CBOR_M7_SUBTYP_FLOAT64 = 27, /**< double-precision float */
	LWS_CBOR_M7_BREAK = 31,		/**< end of an indefinite length */

	LWS_CBOR_INDETERMINITE = 31,	/**< of indefinite length */

	LWS_CBOR_WKTAG_DATETIME_STD = 0,    /**< text: date and time */
	LWS_CBOR_WKTAG_DATETIME_EPOCH = 1,  /**< number: s since 1970 */
	LWS_CBOR_WKTAG_BIGNUM_UNSIGNED = 2, /**< bytes: large integer */
	LWS_CBOR_WKTAG_BIGNUM_NEGATIVE = 3, /**< bytes: -1 - n */
	LWS_CBOR_WKTAG_DECIMAL_FRAC = 4,    /**< array: exponent, mantissa */
	LWS_CBOR_WKTAG_BIGFLOAT = 5,	    /**< array: likewise, to base 2 */

	LWS_CBOR_WKTAG_COSE_ENC0 = 16,	/**< COSE_Encrypt0 (RFC 9052) */
	LWS_CBOR_WKTAG_COSE_MAC0 = 17,	/**< COSE_Mac0 */
	LWS_CBOR_WKTAG_COSE_SIGN1 = 18, /**< COSE_Sign1 */

	LWS_CBOR_WKTAG_TO_B64U = 21,	/**< meant as base64url */
	LWS_CBOR_WKTAG_TO_B64 = 22,	/**< meant as base64 */
	LWS_CBOR_WKTAG_TO_B16 = 23,	/**< meant as hex */
	LWS_CBOR_WKTAG_CBOR = 24,	/**< bytes: CBOR */

	LWS_CBOR_WKTAG_URI = 32,	/**< text: URI */
	LWS_CBOR_WKTAG_B64U = 33,	/**< text: base64url */
	LWS_CBOR_WKTAG_B64 = 34,	/**< text: base64 */
	LWS_CBOR_WKTAG_MIME = 36,	/**< text: MIME message */

	LWS_CBOR_WKTAG_COSE_ENC = 96,	/**< COSE_Encrypt */
	LWS_CBOR_WKTAG_COSE_MAC = 97,	/**< COSE_Mac */
	LWS_CBOR_WKTAG_COSE_SIGN = 98,	/**< COSE_Sign */

	LWS_CBOR_WKTAG_SELFDESCCBOR = 55799 /**< what follows is CBOR */
};

/** Why the callback is called. */
enum lecp_callbacks {
	LECPCB_CONSTRUCTED = 0,		/**< from lecp_construct() */
	LECPCB_DESTRUCTED = 1,		/**< from lecp_destruct() */

	LECPCB_COMPLETE = 3,		/**< never: see lecp_parse() */
	LECPCB_FAILED = 4,		/**< parsing has failed */

	LECPCB_PAIR_NAME = 5,		/**< never: keys are like values */

	LECPCB_VAL_TRUE = LECP_FLAG_CB_IS_VALUE | 6,	/**< true */
	LECPCB_VAL_FALSE = LECP_FLAG_CB_IS_VALUE | 7,	/**< false */
	LECPCB_VAL_NULL = LECP_FLAG_CB_IS_VALUE | 8,	/**< null */
	/** negative, in item.u.i64; those below INT64_MIN wrap around */
	LECPCB_VAL_NUM_INT = LECP_FLAG_CB_IS_VALUE | 9,
	LECPCB_VAL_RESERVED = LECP_FLAG_CB_IS_VALUE | 10, /**< never */
	/** a text begins; item.u.u64 is its length, where it is known */
	LECPCB_VAL_STR_START = 11,
	/** npos bytes of it in buf, with more to come */
	LECPCB_VAL_STR_CHUNK = LECP_FLAG_CB_IS_VALUE | 12,
	/** its last npos bytes (perhaps none), ended by NUL */
	LECPCB_VAL_STR_END = LECP_FLAG_CB_IS_VALUE | 13,

	LECPCB_ARRAY_START = 14,	/**< an array begins */
	LECPCB_ARRAY_END = 15,		/**< it has ended */

	LECPCB_OBJECT_START = 16,	/**< a map begins */
	LECPCB_OBJECT_END = 17,		/**< it has ended */

	LECPCB_TAG_START = 18,		/**< tag item.u.u64, before its item */
	LECPCB_TAG_END = 19,		/**< behind it */

	LECPCB_VAL_NUM_UINT = LECP_FLAG_CB_IS_VALUE | 20, /**< item.u.u64 */
	LECPCB_VAL_UNDEFINED = LECP_FLAG_CB_IS_VALUE | 21, /**< undefined */
	LECPCB_VAL_FLOAT16 = LECP_FLAG_CB_IS_VALUE | 22, /**< item.u.hf */
	LECPCB_VAL_FLOAT32 = LECP_FLAG_CB_IS_VALUE | 23, /**< item.u.f */
	LECPCB_VAL_FLOAT64 = LECP_FLAG_CB_IS_VALUE | 24, /**< item.u.d */

	LECPCB_VAL_SIMPLE = LECP_FLAG_CB_IS_VALUE | 25, /**< item.u.u64 */

	LECPCB_VAL_BLOB_START = 26, /**< as LECPCB_VAL_STR_START, for bytes */
	/** as LECPCB_VAL_STR_CHUNK */
	LECPCB_VAL_BLOB_CHUNK = LECP_FLAG_CB_IS_VALUE | 27,
	/** as LECPCB_VAL_STR_END */
	LECPCB_VAL_BLOB_END = LECP_FLAG_CB_IS_VALUE | 28,

	LECPCB_ARRAY_ITEM_START = 29,	/**< an element of an array begins */
	LECPCB_ARRAY_ITEM_END = 30,	/**< it has ended */

	LECPCB_LITERAL_CBOR = 31,	/**< see lecp_parse_report_raw() */
};

/** What lecp_parse() returns below zero. */
enum lecp_reasons {
	LECP_CONTINUE = -1,		/**< fine; needs more input */
	LECP_REJECT_BAD_CODING = -2,	/**< not well-formed */
	LECP_REJECT_UNKNOWN = -3,	/**< any other failure */
	LECP_REJECT_CALLBACK = -4,	/**< the callback refused */
	LECP_STACK_OVERFLOW = -5,	/**< over a limit: nesting, path */
};

/** A number. */
struct lecp_item {
	union {
		uint64_t u64;	/**< unsigned, or a length */
		int64_t i64;	/**< signed */

		uint64_t u32;	/**< as u64 */

		uint16_t hf;	/**< half-precision float, as its bits */
#if defined(LWS_WITH_CBOR_FLOAT)
		float f;	/**< single-precision float */
		double d;	/**< double-precision float */
#else
		uint32_t f;	/**< single-precision float, as its bits */
		uint64_t d;	/**< double-precision float, as its bits */
#endif
	} u;			/**< which one tells the callback's reason */
	uint8_t opcode;		/**< its major type: LWS_CBOR_MAJTYP_... */
};

struct lecp_ctx;

/**
 * The program's callback.
 *
 * \param ctx: the parser; see item, buf, npos, path, path_match, i
 * \param reason: one of enum lecp_callbacks
 *
 * Return 0 to go on, else lecp_parse() stops with LECP_REJECT_CALLBACK. It must
 * be 0 where an array, a map, a tag, an element or a string of indefinite length
 * ends: there nothing can be refused any more.
 */
typedef signed char (*lecp_callback)(struct lecp_ctx *ctx, char reason);

/** One level of nesting. The parser's own. */
struct _lecp_stack {
	char s;			/**< state */
	uint8_t p;		/**< length of the path here */
	char i;			/**< unused */
	char indet;		/**< of indefinite length */
	char intermediate;	/**< in the middle of a string */

	char pop_iss;		/**< reason to report when it ends, or 0 */
	uint64_t tag;		/**< tag number */
	uint64_t collect_rem;	/**< bytes or items still to come */
	uint32_t ordinal;	/**< items seen */
	uint8_t opcode;		/**< LWS_CBOR_MAJTYP_... */
	uint8_t send_new_array_item; /**< report the next element's begin */
	uint8_t barrier;	/**< from lecp_parse_subtree() */
};

/** Who gets the events; pst[0] is in use. */
struct _lecp_parsing_stack {
	void *user;			/**< for the program */
	lecp_callback cb;		/**< the callback */
	const char *const *paths;	/**< paths of interest */
	uint8_t count_paths;		/**< how many */
	uint8_t ppos;			/**< length of the present path */
	uint8_t path_match;		/**< unused */
};

/** A parser. Its size is fixed; it needs no heap. */
struct lecp_ctx {
	void *user;			/**< as given to lecp_construct() */
	uint8_t *collect_tgt;		/**< unused */

	struct _lecp_parsing_stack pst[LECP_MAX_PARSING_STACK_DEPTH];
					/**< callbacks; pst_sp is in use */
	struct _lecp_stack st[LECP_MAX_DEPTH];	/**< nesting */
	uint16_t i[LECP_MAX_INDEX_DEPTH];	/**< index in each open array */
	uint16_t wild[LECP_MAX_INDEX_DEPTH];	/**< path offsets of the '*'s */
	char path[LECP_MAX_PATH];	/**< path of the present element */
	uint8_t cbor[64];		/**< see lecp_parse_report_raw() */

	struct lecp_item item;		/**< the number */

	size_t path_stride;		/**< bytes between paths, 0: a pointer */
	size_t used_in;	/**< one more than the input of the last lecp_parse() */

	uint16_t uni;			/**< unused */

	uint8_t npos;			/**< bytes in buf */
	uint8_t dcount;			/**< unused */
	uint8_t f;			/**< unused */
	uint8_t sp;			/**< level in st */
	uint8_t ipos;			/**< how many of i are in use */
	uint8_t count_paths;		/**< unused; see pst */
	uint8_t path_match; /**< 1 + index of the first path that matched, or 0;
			     * it stays so until you clear it */
	uint8_t path_match_len;		/**< length of the matching path */
	uint8_t wildcount;		/**< how many of wild are in use */
	uint8_t pst_sp;			/**< level in pst */
	uint8_t outer_array;		/**< unused */
	uint8_t cbor_pos;		/**< bytes in cbor */
	uint8_t literal_cbor_report;	/**< input is kept in cbor */
	char present;			/**< reason of the number in progress */

	uint8_t be;			/**< 1 on a big-endian machine */

	char buf[LECP_STRING_CHUNK + 1]; /**< the string, or a chunk of it */
};

/** What lws_lec_printf() returns. */
enum lws_lec_pctx_ret {
	LWS_LECPCTX_RET_FINISHED = 0,	/**< all is written */
	LWS_LECPCTX_RET_AGAIN,		/**< the buffer is full: call again */
	LWS_LECPCTX_RET_FAIL		/**< bad format or argument; logged */
};

/** State of the writer. */
enum cbp_state {
	CBPS_IDLE,		/**< between items */
	CBPS_PC1,		/**< behind a % */
	CBPS_PC2,		/**< behind the first l or . */
	CBPS_PC3,		/**< behind the second, or the * */

	CBPS_STRING_BODY,	/**< in the bytes of a %s or %b */

	CBPS_NUM_LIT,		/**< in a literal number */

	CBPS_STRING_LIT,	/**< in a literal string */

	CBPS_CONTYPE,		/**< behind a < */
};

/** A writer. Its size is fixed; it needs no heap. */
typedef struct lws_lec_pctx {
	uint8_t stack[16];	/**< what is open: [ { ( < */
	uint8_t vaa[16];	/**< types of the arguments used */
	uint8_t indet[16];	/**< what is open has an indefinite length */
	uint8_t scratch[24];	/**< bytes that wait for room */
	uint8_t *start;		/**< where the buffer begins */
	uint8_t *buf;		/**< where its free part begins */
	uint8_t *end;		/**< where it ends */

	const uint8_t *ongoing_src;	/**< string in progress */
	uint64_t ongoing_len;		/**< its length */
	uint64_t ongoing_done;		/**< how much of it is written */

	struct lecp_item item;	/**< number in progress */

	size_t used;		/**< bytes in the buffer, once the call returns */

	int opaque[4];		/**< yours */

	enum cbp_state state;	/**< what is in progress */
	unsigned int fmt_pos;	/**< how much of the format is done */
	uint8_t sp;		/**< how much of stack is in use */
	uint8_t scratch_len;	/**< bytes in scratch */
	uint8_t escflag;	/**< behind a backslash */
	uint8_t _long;		/**< how many l */
	uint8_t vaa_pos;	/**< arguments used */
	uint8_t dotstar;	/**< 2 behind .* */
} lws_lec_pctx_t;

/**
 * Put the head of an item into the writer's scratch. lws_lec_scratch() or the
 * next lws_lec_printf() moves it to the buffer. It holds 24 bytes; what has no
 * room is logged and left out.
 *
 * \param ctx: the writer
 * \param opcode: major type; for a float with its size, LWS_CBOR_M7_SUBTYP_...
 * \param indet: nonzero: of indefinite length (or with major type 7, break)
 * \param num: number, length, count, tag, or the bits of a float
 */
LWS_VISIBLE LWS_EXTERN void
lws_lec_int(lws_lec_pctx_t *ctx, uint8_t opcode, uint8_t indet, uint64_t num);

/** Move scratch to the buffer. Returns 1 if that has become full, else 0. */
LWS_VISIBLE LWS_EXTERN int
lws_lec_scratch(lws_lec_pctx_t *ctx);

/**
 * Make a writer ready.
 *
 * \param ctx: the writer, need not be initialized
 * \param buf: where to write
 * \param len: room there, in bytes
 */
LWS_VISIBLE LWS_EXTERN void
lws_lec_init(lws_lec_pctx_t *ctx, uint8_t *buf, size_t len);

/**
 * Give a writer another buffer, or the same one anew. What was in progress
 * goes on.
 *
 * \param ctx: the writer
 * \param buf: where to write
 * \param len: room there, in bytes
 */
LWS_VISIBLE LWS_EXTERN void
lws_lec_setbuf(lws_lec_pctx_t *ctx, uint8_t *buf, size_t len);

/**
 * Write CBOR as the format says.
 *
 * \param ctx: the writer
 * \param format: what to write
 * \param args: its arguments
 *
 * In the format stand for
 *  - 123 and -123: this number; 123(...): this tag around an item
 *  - %u, %lu, %llu, %d, %ld, %lld: a number
 *  - %f: a double, in the shortest form that keeps its value (a NaN as double)
 *  - %t(...), %lt(...), %llt(...): a tag around an item
 *  - 'text': this text; in it a backslash takes the next character as it is
 *  - %s: a text, up to its NUL; %.*s: an int length and that many bytes of text
 *  - %.*b: an int length and that many bytes
 *  - [a,b]: array; {a:b,c:d}: map. Where the closing bracket is in the format
 *    of a later call, they have an indefinite length
 *  - <t...>, <b...>: text or byte string of indefinite length, of those inside
 *
 * Up to 16 are open at a time; a format uses up to 15 arguments.
 *
 * Returns LWS_LECPCTX_RET_AGAIN when the buffer is full: after
 * lws_lec_setbuf() call again with the same format and arguments, strings may
 * have moved meanwhile. LWS_LECPCTX_RET_FINISHED when all is written, FAIL for
 * a bad format. ctx->used is how many bytes are in the buffer.
 */
LWS_VISIBLE LWS_EXTERN enum lws_lec_pctx_ret
lws_lec_vsprintf(lws_lec_pctx_t *ctx, const char *format, va_list args);

/** lws_lec_vsprintf() with its arguments one by one. */
LWS_VISIBLE LWS_EXTERN enum lws_lec_pctx_ret
lws_lec_printf(lws_lec_pctx_t *ctx, const char *format, ...);

/**
 * Make a parser ready. Calls back with LECPCB_CONSTRUCTED.
 *
 * \param ctx: the parser, need not be initialized
 * \param cb: gets the events
 * \param user: for the callback, as ctx->user
 * \param paths: paths of interest, which must stay valid: ctx->path_match is 1
 *		 for the first, and so on. A '*' stands for the text up to the
 *		 next '.', or at the end for the rest; put longer ones first
 * \param paths_count: how many
 */
LWS_VISIBLE LWS_EXTERN void
lecp_construct(struct lecp_ctx *ctx, lecp_callback cb, void *user,
	       const char *const *paths, unsigned char paths_count);

/** End a parser. Calls back with LECPCB_DESTRUCTED; the struct is yours. */
LWS_VISIBLE LWS_EXTERN void
lecp_destruct(struct lecp_ctx *ctx);

/**
 * Parse the next piece of input. One item may follow the other (RFC 8742).
 *
 * \param ctx: the parser
 * \param cbor: the input
 * \param len: its length in bytes
 *
 * Returns 0 when all was used and the last item is complete, LECP_CONTINUE
 * when it goes on, or another one of enum lecp_reasons. The callback gets
 * LECPCB_FAILED before these, unless it refused a LECPCB_TAG_START.
 */
LWS_VISIBLE LWS_EXTERN int
lecp_parse(struct lecp_ctx *ctx, const uint8_t *cbor, size_t len);

/**
 * Give the parser another callback. The old one is called with
 * LECPCB_DESTRUCTED, the new one with LECPCB_CONSTRUCTED.
 */
LWS_VISIBLE LWS_EXTERN void
lecp_change_callback(struct lecp_ctx *ctx, lecp_callback cb);

/** A constant text for a negative result of lecp_parse(). */
LWS_VISIBLE LWS_EXTERN const char *
lecp_error_to_string(int e);

/**
 * Have the input reported as it is, besides being parsed; for signatures over
 * a part of it. LECPCB_LITERAL_CBOR delivers cbor_pos bytes in ctx->cbor when
 * that is full, and the rest of them when this is called.
 *
 * \param ctx: the parser
 * \param on: 1 from the next byte on, 0 no more
 */
LWS_VISIBLE LWS_EXTERN void
lecp_parse_report_raw(struct lecp_ctx *ctx, int on);

/** From within the callback: 1 if the present item is a key of a map, else 0. */
LWS_VISIBLE LWS_EXTERN int
lecp_parse_map_is_key(struct lecp_ctx *ctx);

/**
 * From within the callback, parse other input as if it stood here, as what a
 * byte string holds.
 *
 * \param ctx: the parser
 * \param in: the input, whole
 * \param len: its length in bytes
 *
 * Returns as lecp_parse(), but LECP_CONTINUE also when it was complete, and
 * LECP_STACK_OVERFLOW at LECP_MAX_DEPTH.
 */
LWS_VISIBLE LWS_EXTERN int
lecp_parse_subtree(struct lecp_ctx *ctx, const uint8_t *in, size_t len);

/**
 * The half-precision float nearest to a single-precision one; halfway cases go
 * away from zero, subnormal ones become zero, a NaN becomes 0xfe00.
 *
 * \param hp: set to its bits
 * \param x: the bits of the single-precision one
 */
LWS_VISIBLE LWS_EXTERN void
lws_singles2halfp(uint16_t *hp, uint32_t x);

/**
 * The single-precision float of the same value as a half-precision one; a NaN
 * becomes 0xffc00000.
 *
 * \param xp: set to its bits
 * \param h: the bits of the half-precision one
 */
LWS_VISIBLE LWS_EXTERN void
lws_halfp2singles(uint32_t *xp, uint16_t h);

#endif
