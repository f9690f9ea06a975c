/* SPDX-License-Identifier: MIT */
/**
 * \file lws-lejp.h
 * LEJP, a JSON (RFC 8259) parser that takes its input in pieces of any size,
 * keeps everything in one fixed-size struct, and reports by callback. '#'
 * outside of a string begins a comment that lasts to the end of the line.
 *
 * The path of the present element is its names joined with '.', with "[]"
 * for each array: {"a":[{"b":1}]} reports 1 at "a[].b". The array indexes are
 * in lejp_ctx.i.
 */

struct lejp_ctx;

#if !defined(LWS_ARRAY_SIZE)
/** Number of elements of an array (not of a pointer). */
#define LWS_ARRAY_SIZE(_x) (sizeof(_x) / sizeof(_x[0]))
#endif

#define LEJP_FLAG_WS_KEEP	64	/**< state: whitespace has a meaning */
#define LEJP_FLAG_WS_COMMENTLINE 32	/**< state: inside a comment */

/** Parser states, in _lejp_stack.s. */
enum lejp_states {
	LEJP_IDLE = 0,			/**< before the outermost { or [ */
	LEJP_MEMBERS = 1,		/**< after {: a name or } */
	LEJP_M_P = 2,			/**< before the quote of a name */
	LEJP_MP_STRING = LEJP_FLAG_WS_KEEP | 3,		/**< in a string */
	LEJP_MP_STRING_ESC = LEJP_FLAG_WS_KEEP | 4,	/**< after a \ */
	LEJP_MP_STRING_ESC_U1 = LEJP_FLAG_WS_KEEP | 5,	/**< first hex digit */
	LEJP_MP_STRING_ESC_U2 = LEJP_FLAG_WS_KEEP | 6,	/**< second one */
	LEJP_MP_STRING_ESC_U3 = LEJP_FLAG_WS_KEEP | 7,	/**< third one */
	LEJP_MP_STRING_ESC_U4 = LEJP_FLAG_WS_KEEP | 8,	/**< fourth one */
	LEJP_MP_DELIM = 9,		/**< before the : */
	LEJP_MP_VALUE = 10,		/**< before a value */
	LEJP_MP_VALUE_NUM_INT = LEJP_FLAG_WS_KEEP | 11,	/**< in a number */
	LEJP_MP_VALUE_NUM_EXP = LEJP_FLAG_WS_KEEP | 12,	/**< after its e */
	LEJP_MP_VALUE_TOK = LEJP_FLAG_WS_KEEP | 13,	/**< true, false, null */
	LEJP_MP_COMMA_OR_END = 14,	/**< after a value */
	LEJP_MP_ARRAY_END = 15,		/**< in an array */
};

/** What lejp_parse() returns below zero. */
enum lejp_reasons {
	LEJP_CONTINUE = -1,			/**< fine; needs more input */
	LEJP_REJECT_IDLE_NO_BRACE = -2,		/**< does not begin with { [ */
	LEJP_REJECT_MEMBERS_NO_CLOSE = -3,	/**< outermost {} is empty */
	LEJP_REJECT_MP_NO_OPEN_QUOTE = -4,	/**< name without a quote */
	LEJP_REJECT_MP_STRING_UNDERRUN = -5,	/**< quote out of place */
	LEJP_REJECT_MP_ILLEGAL_CTRL = -6,	/**< control char in string */
	LEJP_REJECT_MP_STRING_ESC_ILLEGAL_ESC = -7, /**< unknown \ escape */
	LEJP_REJECT_ILLEGAL_HEX = -8,		/**< bad digit after \\u */
	LEJP_REJECT_MP_DELIM_MISSING_COLON = -9, /**< no : after the name */
	LEJP_REJECT_MP_DELIM_BAD_VALUE_START = -10, /**< not a value */
	LEJP_REJECT_MP_VAL_NUM_INT_NO_FRAC = -11, /**< no digit after . */
	LEJP_REJECT_MP_VAL_NUM_FORMAT = -12,	/**< bad number */
	LEJP_REJECT_MP_VAL_NUM_EXP_BAD_EXP = -13, /**< bad exponent */
	LEJP_REJECT_MP_VAL_TOK_UNKNOWN = -14,	/**< bad bare word */
	LEJP_REJECT_MP_C_OR_E_UNDERF = -15,	/**< ] too many */
	LEJP_REJECT_MP_C_OR_E_NOTARRAY = -16,	/**< ] closes no array */
	LEJP_REJECT_MP_ARRAY_END_MISSING = -17,	/**< array not closed */
	LEJP_REJECT_STACK_OVERFLOW = -18,	/**< over LEJP_MAX_DEPTH */
	LEJP_REJECT_MP_DELIM_ISTACK = -19,	/**< over the index depth */
	LEJP_REJECT_NUM_TOO_LONG = -20,		/**< too many digits */
	LEJP_REJECT_MP_C_OR_E_NEITHER = -21,	/**< neither , nor an end */
	LEJP_REJECT_UNKNOWN = -22,		/**< any other failure */
	LEJP_REJECT_CALLBACK = -23		/**< the callback refused */
};

/** Set in every reason that delivers a value in lejp_ctx.buf. */
#define LEJP_FLAG_CB_IS_VALUE 64

/** Why the callback is called. */
enum lejp_callbacks {
	LEJPCB_CONSTRUCTED = 0,		/**< from lejp_construct() */
	LEJPCB_DESTRUCTED = 1,		/**< from lejp_destruct() */

	LEJPCB_START = 2,		/**< parsing begins */
	LEJPCB_COMPLETE = 3,		/**< the outermost element has ended */
	LEJPCB_FAILED = 4,		/**< parsing has failed */

	LEJPCB_PAIR_NAME = 5,		/**< a name; the path includes it */

	LEJPCB_VAL_TRUE = LEJP_FLAG_CB_IS_VALUE | 6,	/**< buf is "1" */
	LEJPCB_VAL_FALSE = LEJP_FLAG_CB_IS_VALUE | 7,	/**< buf is "0" */
	LEJPCB_VAL_NULL = LEJP_FLAG_CB_IS_VALUE | 8,	/**< buf is "" */
	LEJPCB_VAL_NUM_INT = LEJP_FLAG_CB_IS_VALUE | 9,	/**< buf is as written */
	LEJPCB_VAL_NUM_FLOAT = LEJP_FLAG_CB_IS_VALUE | 10, /**< likewise */
	LEJPCB_VAL_STR_START = 11,	/**< a string begins */
	/** npos bytes of a string in buf, with more to come */
	LEJPCB_VAL_STR_CHUNK = LEJP_FLAG_CB_IS_VALUE | 12,
	/** the last npos bytes (perhaps none) of it, ended by NUL */
	LEJPCB_VAL_STR_END = LEJP_FLAG_CB_IS_VALUE | 13,

	LEJPCB_ARRAY_START = 14,	/**< [ */
	LEJPCB_ARRAY_END = 15,		/**< ] */

	LEJPCB_OBJECT_START = 16,	/**< { */
	LEJPCB_OBJECT_END = 17,		/**< } */
};

/** Declared for source compatibility; not in the library. */
LWS_EXTERN signed char _lejp_callback(struct lejp_ctx *ctx, char reason);

/**
 * The program's callback.
 *
 * \param ctx: the parser; see path_match, path, buf, npos, i
 * \param reason: one of enum lejp_callbacks
 *
 * Return 0 to go on, -1 to stop with LEJP_REJECT_CALLBACK.
 */
typedef signed char (*lejp_callback)(struct lejp_ctx *ctx, char reason);

/* The library was built with these limits: they are not for changing. */
#ifndef LEJP_MAX_PARSING_STACK_DEPTH
#define LEJP_MAX_PARSING_STACK_DEPTH 5	/**< lejp_parser_push() nesting */
#endif
#ifndef LEJP_MAX_DEPTH
#define LEJP_MAX_DEPTH 12		/**< JSON nesting */
#endif
#ifndef LEJP_MAX_INDEX_DEPTH
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
#define LEJP_MAX_INDEX_DEPTH 8		/**< array nesting, and wildcards */
#else
#define LEJP_MAX_INDEX_DEPTH 5		/**< the same */
#endif
#endif
#ifndef LEJP_MAX_PATH
#define LEJP_MAX_PATH 128		/**< bytes of path, with its NUL */
#endif
#ifndef LEJP_STRING_CHUNK
#define LEJP_STRING_CHUNK 254		/**< most string bytes per callback */
#endif

/** What has been seen of a number, in lejp_ctx.f. */
enum num_flags {
	LEJP_SEEN_MINUS = (1 << 0),	/**< the sign */
	LEJP_SEEN_POINT = (1 << 1),	/**< the point */
	LEJP_SEEN_POST_POINT = (1 << 2), /**< a digit after it */
	LEJP_SEEN_EXP = (1 << 3)	/**< the e */
};

/** One level of JSON nesting. */
struct _lejp_stack {
	char s;				/**< enum lejp_states */
	char p;				/**< length of the path here */
	char i;				/**< count of array indexes here */
	char b;				/**< unused */
};

/** One level of lejp_parser_push(). */
struct _lejp_parsing_stack {
	void *user;			/**< for the program */
	signed char (*callback)(struct lejp_ctx *ctx, char reason);
					/**< who gets the events */
	const char * const *paths;	/**< paths of interest */
	uint8_t count_paths;		/**< how many */
	uint8_t ppos;			/**< length of the present path */
	uint8_t path_match;		/**< match at the time of the push */
};

/** A parser. Its size is fixed; it needs no heap. */
struct lejp_ctx {
	void *user;			/**< as given to lejp_construct() */

	struct _lejp_parsing_stack pst[LEJP_MAX_PARSING_STACK_DEPTH];
					/**< callbacks; pst_sp is in use */
	struct _lejp_stack st[LEJP_MAX_DEPTH];	/**< JSON nesting */
	uint16_t i[LEJP_MAX_INDEX_DEPTH];	/**< index in each open array */
	uint16_t wild[LEJP_MAX_INDEX_DEPTH];	/**< path offsets of the '*'s */
	char path[LEJP_MAX_PATH];	/**< path of the present element */
	char buf[LEJP_STRING_CHUNK + 1]; /**< the value, or a chunk of it */
	size_t path_stride;		/**< bytes between paths, 0: a pointer */
	uint32_t line;			/**< input line, from 1 */
	uint16_t uni;			/**< bare word or \\u in progress */
	uint8_t npos;			/**< bytes in buf */
	uint8_t dcount;			/**< digits of the number so far */
	uint8_t f;			/**< enum num_flags */
	uint8_t sp;			/**< level in st */
	uint8_t ipos;			/**< how many of i are in use */
	uint8_t count_paths;		/**< unused; see pst */
	uint8_t path_match;		/**< 1 + index of matching path, or 0 */
	uint8_t path_match_len;		/**< length of the matching path */
	uint8_t wildcount;		/**< how many of wild are in use */
	uint8_t pst_sp;			/**< level in pst */
	uint8_t outer_array;		/**< 1 if the outermost element is [] */
};

/**
 * Make a parser ready for one JSON text. Calls back with LEJPCB_CONSTRUCTED.
 *
 * \param ctx: the parser, need not be initialized
 * \param callback: gets the events
 * \param user: for the callback, as ctx->user
 * \param paths: paths of interest, which must stay valid: ctx->path_match is 1
 *		 for the first, and so on. A '*' stands for the rest of one name,
 *		 or at the end for the rest of the path; put longer ones first
 * \param paths_count: how many
 */
LWS_VISIBLE LWS_EXTERN void
lejp_construct(struct lejp_ctx *ctx,
	       signed char (*callback)(struct lejp_ctx *ctx, char reason),
	       void *user, const char * const *paths,
	       unsigned char paths_count);

/** End a parser. Calls back with LEJPCB_DESTRUCTED; the struct is yours. */
LWS_VISIBLE LWS_EXTERN void
lejp_destruct(struct lejp_ctx *ctx);

/**
 * Parse the next piece of input.
 *
 * \param ctx: the parser
 * \param json: the input
 * \param len: its length in bytes
 *
 * Returns LEJP_CONTINUE when all was used and the text goes on; when the text
 * is complete, how many bytes after its end are unused; any other negative
 * value is one of enum lejp_reasons, reported to the callback as LEJPCB_FAILED.
 */
LWS_VISIBLE LWS_EXTERN int
lejp_parse(struct lejp_ctx *ctx, const unsigned char *json, int len);

/**
 * Give the outermost level another callback. The old one is called with
 * LEJPCB_DESTRUCTED, the new one with LEJPCB_CONSTRUCTED and LEJPCB_START.
 */
LWS_VISIBLE LWS_EXTERN void
lejp_change_callback(struct lejp_ctx *ctx,
		     signed char (*callback)(struct lejp_ctx *ctx, char reason));

/**
 * From within a callback, hand the parser to another one for a while; paths
 * then start anew from the present element.
 *
 * \param ctx: the parser
 * \param user: for the new callback, as ctx->pst[ctx->pst_sp].user
 * \param paths: its paths of interest
 * \param paths_count: how many
 * \param lejp_cb: the new callback
 *
 * Returns 0, or -1 at LEJP_MAX_PARSING_STACK_DEPTH.
 */
LWS_VISIBLE LWS_EXTERN int
lejp_parser_push(struct lejp_ctx *ctx, void *user, const char * const *paths,
		 unsigned char paths_count, lejp_callback lejp_cb);

/** Undo a lejp_parser_push(). Returns 0, or -1 if there was none. */
LWS_VISIBLE LWS_EXTERN int
lejp_parser_pop(struct lejp_ctx *ctx);

/** Find path_match for the path as it is, unless one is already in force. */
LWS_VISIBLE LWS_EXTERN void
lejp_check_path_match(struct lejp_ctx *ctx);

/**
 * Copy what a '*' of the matching path stands for.
 *
 * \param ctx: the parser
 * \param wildcard: which '*', from 0
 * \param dest: for the text, ended by NUL
 * \param len: room at \p dest
 *
 * Returns the bytes written with the NUL, or 0 if there is no such '*'.
 */
LWS_VISIBLE LWS_EXTERN int
lejp_get_wildcard(struct lejp_ctx *ctx, int wildcard, char *dest, int len);

/** A constant text for a negative result of lejp_parse(). */
LWS_VISIBLE LWS_EXTERN const char *
lejp_error_to_string(int e);
