/* SPDX-License-Identifier: MIT
 *
 * Entries of lws-lejp.h.
 * C because of reasons 1 (the way into Go) and 3 (texts that live as long as
 * the library).
 */
#include "entry.h"

LWS_ENTRY_VOID(lejp_construct,
	       (struct lejp_ctx *ctx, lejp_callback callback, void *user,
		const char *const *paths, unsigned char paths_count),
	       (ctx, callback, user, paths, paths_count))

LWS_ENTRY_VOID(lejp_destruct, (struct lejp_ctx *ctx), (ctx))

LWS_ENTRY(int, LEJP_REJECT_UNKNOWN, lejp_parse,
	  (struct lejp_ctx *ctx, const unsigned char *json, int len),
	  (ctx, json, len))

LWS_ENTRY_VOID(lejp_change_callback,
	       (struct lejp_ctx *ctx, lejp_callback callback), (ctx, callback))

LWS_ENTRY(int, -1, lejp_parser_push,
	  (struct lejp_ctx *ctx, void *user, const char *const *paths,
	   unsigned char paths_count, lejp_callback lejp_cb),
	  (ctx, user, paths, paths_count, lejp_cb))

LWS_ENTRY(int, -1, lejp_parser_pop, (struct lejp_ctx *ctx), (ctx))

LWS_ENTRY_VOID(lejp_check_path_match, (struct lejp_ctx *ctx), (ctx))

LWS_ENTRY(int, 0, lejp_get_wildcard,
	  (struct lejp_ctx *ctx, int wildcard, char *dest, int len),
	  (ctx, wildcard, dest, len))

/* The texts are what programs print and compare: they are the reference's. */
static const char *const errors[] = {
	[-LEJP_REJECT_IDLE_NO_BRACE] = "No opening '{'",
	[-LEJP_REJECT_MEMBERS_NO_CLOSE] = "Expected closing '}'",
	[-LEJP_REJECT_MP_NO_OPEN_QUOTE] = "Expected '\"'",
	[-LEJP_REJECT_MP_STRING_UNDERRUN] = "String underrun",
	[-LEJP_REJECT_MP_ILLEGAL_CTRL] = "Illegal unescaped control char",
	[-LEJP_REJECT_MP_STRING_ESC_ILLEGAL_ESC] = "Illegal escape format",
	[-LEJP_REJECT_ILLEGAL_HEX] = "Illegal hex number",
	[-LEJP_REJECT_MP_DELIM_MISSING_COLON] = "Expected ':'",
	[-LEJP_REJECT_MP_DELIM_BAD_VALUE_START] = "Illegal value start",
	[-LEJP_REJECT_MP_VAL_NUM_INT_NO_FRAC] =
		"Digit required after decimal point",
	[-LEJP_REJECT_MP_VAL_NUM_FORMAT] = "Bad number format",
	[-LEJP_REJECT_MP_VAL_NUM_EXP_BAD_EXP] = "Bad exponent format",
	[-LEJP_REJECT_MP_VAL_TOK_UNKNOWN] = "Unknown token",
	[-LEJP_REJECT_MP_C_OR_E_UNDERF] = "Too many ']'",
	[-LEJP_REJECT_MP_C_OR_E_NOTARRAY] = "Mismatched ']'",
	[-LEJP_REJECT_MP_ARRAY_END_MISSING] = "Expected ']'",
	[-LEJP_REJECT_STACK_OVERFLOW] = "JSON nesting limit exceeded",
	[-LEJP_REJECT_MP_DELIM_ISTACK] = "Nesting tracking used up",
	[-LEJP_REJECT_NUM_TOO_LONG] = "Number too long",
	[-LEJP_REJECT_MP_C_OR_E_NEITHER] = "Comma or block end expected",
	[-LEJP_REJECT_UNKNOWN] = "Unknown",
	[-LEJP_REJECT_CALLBACK] = "Parser callback errored (see earlier error)",
};

const char *
lejp_error_to_string(int e)
{
	if (e < -(int)LWS_ARRAY_SIZE(errors) + 1)
		return "Unknown error";
	return e < 0 && errors[-e] ? errors[-e] : "";
}
