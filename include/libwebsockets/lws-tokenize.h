/* SPDX-License-Identifier: MIT */
/**
 * \file lws-tokenize.h
 * A tokenizer for UTF-8 text such as header values and settings, and
 * "strexp", which replaces ${name} in a text.
 */

/** \name Flags for lws_tokenize_init()
 *
 * Without flags a token is made of ASCII letters, digits and '_', and any other
 * character is a delimiter. Text beyond ASCII wants
 * LWS_TOKENIZE_F_RFC7230_DELIMS: without it, the last byte of each such
 * character ends the token and is reported as a delimiter.
 */
///@{
/** '-' may be part of a token */
#define LWS_TOKENIZE_F_MINUS_NONTERM	(1 << 0)
/** report `name:` as LWS_TOKZE_TOKEN_NAME_COLON */
#define LWS_TOKENIZE_F_AGG_COLON	(1 << 1)
/** it must be a list with single commas between its elements */
#define LWS_TOKENIZE_F_COMMA_SEP_LIST	(1 << 2)
/** only the delimiters of RFC 7230 §3.2.6 end a token */
#define LWS_TOKENIZE_F_RFC7230_DELIMS	(1 << 3)
/** '.' may be part of a token */
#define LWS_TOKENIZE_F_DOT_NONTERM	(1 << 4)
/** a '.' after digits is a delimiter */
#define LWS_TOKENIZE_F_NO_FLOATS	(1 << 5)
/** report digits as LWS_TOKZE_TOKEN */
#define LWS_TOKENIZE_F_NO_INTEGERS	(1 << 6)
/** '#' begins a comment that lasts to the end of the line */
#define LWS_TOKENIZE_F_HASH_COMMENT	(1 << 7)
/** '/' may be part of a token */
#define LWS_TOKENIZE_F_SLASH_NONTERM	(1 << 8)
/** v4.3: '*' may be part of a token */
#define LWS_TOKENIZE_F_ASTERISK_NONTERM	(1 << 9)
/** v4.3: '=' may be part of a token and ends none as a name; with
 * LWS_TOKENIZE_F_RFC7230_DELIMS it is a delimiter */
#define LWS_TOKENIZE_F_EQUALS_NONTERM	(1 << 10)
///@}

/** What lws_tokenize() found. */
typedef enum {
	LWS_TOKZE_ERRS = 5,			/**< how many errors there are */

	LWS_TOKZE_ERR_BROKEN_UTF8 = -5,		/**< bad or cut-off UTF-8 */
	LWS_TOKZE_ERR_UNTERM_STRING = -4,	/**< " without its partner */
	LWS_TOKZE_ERR_MALFORMED_FLOAT = -3,	/**< number with two points */
	LWS_TOKZE_ERR_NUM_ON_LHS = -2,		/**< number before = */
	LWS_TOKZE_ERR_COMMA_LIST = -1,		/**< commas out of place */

	LWS_TOKZE_ENDED = 0,			/**< nothing more */

	LWS_TOKZE_DELIMITER,			/**< one delimiter */
	LWS_TOKZE_TOKEN,			/**< a token */
	LWS_TOKZE_INTEGER,			/**< only digits */
	LWS_TOKZE_FLOAT,			/**< digits, '.', digits */
	LWS_TOKZE_TOKEN_NAME_EQUALS,		/**< a token, and an = skipped */
	LWS_TOKZE_TOKEN_NAME_COLON,		/**< a token, and a : skipped */
	LWS_TOKZE_QUOTED_STRING,		/**< what is between two " */
} lws_tokenize_elem;

/** Where we are in a comma-separated list. */
enum lws_tokenize_delimiter_tracking {
	LWSTZ_DT_NEED_FIRST_CONTENT,		/**< at the beginning */
	LWSTZ_DT_NEED_DELIM,			/**< after an element */
	LWSTZ_DT_NEED_NEXT_CONTENT,		/**< after a comma */
};

/** A tokenizer. The program may set len, and copy the struct to go back. */
typedef struct lws_tokenize {
	const char *start;	/**< the text still to be looked at */
	const char *token;	/**< the element found, inside the text */
	size_t len;		/**< bytes at start; a NUL ends it earlier */
	size_t token_len;	/**< bytes at token */

	uint16_t flags;		/**< LWS_TOKENIZE_F_ */
	uint8_t delim;		/**< enum lws_tokenize_delimiter_tracking */

	int8_t e;		/**< for the program: last lws_tokenize_elem */
} lws_tokenize_t;

/**
 * Set up a tokenizer for a text that ends with a NUL. For one that does not,
 * set ts->len afterwards.
 *
 * \param ts: the tokenizer
 * \param start: the text, which must stay valid and is not changed
 * \param flags: LWS_TOKENIZE_F_ or 0
 */
LWS_VISIBLE LWS_EXTERN void
lws_tokenize_init(struct lws_tokenize *ts, const char *start, int flags);

/**
 * Find the next element: skips whitespace, sets ts->token and ts->token_len.
 *
 * Returns what it is, LWS_TOKZE_ENDED at the end, or an error below zero.
 */
LWS_VISIBLE LWS_EXTERN lws_tokenize_elem
lws_tokenize(struct lws_tokenize *ts);

/**
 * Copy the element found to \p str and add a NUL.
 *
 * Returns 0, or 1 if token_len + 1 is not below \p max, the room at \p str.
 */
LWS_VISIBLE LWS_EXTERN int
lws_tokenize_cstr(struct lws_tokenize *ts, char *str, size_t max);

/**
 * Replaces one ${name}.
 *
 * \param priv: as given to lws_strexp_init()
 * \param name: the name
 * \param out: start of the output, or NULL to count only
 * \param pos: where to write in it; to be moved on by what was written
 * \param olen: room at \p out in all
 * \param exp_ofs: how much of this replacement was written in earlier calls,
 *		   0 at first; to be moved on too
 *
 * Return LSTRX_DONE, LSTRX_FILLED_OUT to be called again with new room, or
 * LSTRX_FATAL_NAME_UNKNOWN.
 */
typedef int (*lws_strexp_expand_cb)(void *priv, const char *name, char *out,
				    size_t *pos, size_t olen, size_t *exp_ofs);

/** A replacement in progress; the members are the library's. */
typedef struct lws_strexp {
	char name[32];			/**< the name, ended by NUL */
	lws_strexp_expand_cb cb;	/**< gives the replacements */
	void *priv;			/**< handed to cb */
	char *out;			/**< output, or NULL */
	size_t olen;			/**< room at out */
	size_t pos;			/**< how much of it is used */

	size_t exp_ofs;			/**< how far cb has got */

	uint8_t name_pos;		/**< length of name so far */
	char state;			/**< what comes next */
} lws_strexp_t;

/** Results of strexp. */
enum {
	LSTRX_DONE,			/**< all input was used */
	LSTRX_FILLED_OUT,		/**< the output is full */
	LSTRX_FATAL_NAME_TOO_LONG = -1,	/**< a name of over 31 bytes */
	LSTRX_FATAL_NAME_UNKNOWN = -2,	/**< the callback does not know it */
};

/**
 * Begin a replacement.
 *
 * \param exp: set up here
 * \param priv: handed to \p cb
 * \param cb: gives the replacements
 * \param out: for the result; NULL to learn its length only
 * \param olen: room at \p out
 */
LWS_VISIBLE LWS_EXTERN void
lws_strexp_init(lws_strexp_t *exp, void *priv, lws_strexp_expand_cb cb,
		char *out, size_t olen);

/** Go on with new room for output, after LSTRX_FILLED_OUT. */
LWS_VISIBLE LWS_EXTERN void
lws_strexp_reset_out(lws_strexp_t *exp, char *out, size_t olen);

/**
 * Copy input to output, with every ${name} replaced. A $ without { is plain
 * text. Input may come in pieces.
 *
 * \param exp: the replacement in progress
 * \param in: input
 * \param len: its length in bytes
 * \param pused_in: set to how much input was used; with LSTRX_FILLED_OUT call
 *		    again with the rest of it
 * \param pused_out: set to how much output there is
 *
 * Returns LSTRX_DONE and a NUL after the output; LSTRX_FILLED_OUT, without
 * one; or one of the fatal errors. LSTRX_FATAL_NAME_TOO_LONG also stands for
 * a plain $ with fewer than 3 bytes of room left.
 */
LWS_VISIBLE LWS_EXTERN int
lws_strexp_expand(lws_strexp_t *exp, const char *in, size_t len,
		  size_t *pused_in, size_t *pused_out);
