/* SPDX-License-Identifier: MIT
 *
 * Entries of lws-lecp.h.
 * C because of reasons 1 (the way into Go), 2 (variadic functions) and 3 (texts
 * that live as long as the library).
 */
#include "entry.h"
#include "lecp.h"

LWS_ENTRY_VOID(lecp_construct,
	       (struct lecp_ctx *ctx, lecp_callback cb, void *user,
		const char *const *paths, unsigned char paths_count),
	       (ctx, cb, user, paths, paths_count))

LWS_ENTRY_VOID(lecp_destruct, (struct lecp_ctx *ctx), (ctx))

LWS_ENTRY(int, LECP_REJECT_UNKNOWN, lecp_parse,
	  (struct lecp_ctx *ctx, const uint8_t *cbor, size_t len),
	  (ctx, cbor, len))

LWS_ENTRY_VOID(lecp_change_callback, (struct lecp_ctx *ctx, lecp_callback cb),
	       (ctx, cb))

LWS_ENTRY_VOID(lecp_parse_report_raw, (struct lecp_ctx *ctx, int on), (ctx, on))

LWS_ENTRY(int, 0, lecp_parse_map_is_key, (struct lecp_ctx *ctx), (ctx))

LWS_ENTRY(int, LECP_REJECT_UNKNOWN, lecp_parse_subtree,
	  (struct lecp_ctx *ctx, const uint8_t *in, size_t len), (ctx, in, len))

LWS_ENTRY_VOID(lws_lec_int,
	       (lws_lec_pctx_t *ctx, uint8_t opcode, uint8_t indet, uint64_t num),
	       (ctx, opcode, indet, num))

LWS_ENTRY(int, 0, lws_lec_scratch, (lws_lec_pctx_t *ctx), (ctx))

LWS_ENTRY_VOID(lws_lec_init, (lws_lec_pctx_t *ctx, uint8_t *buf, size_t len),
	       (ctx, buf, len))

LWS_ENTRY_VOID(lws_lec_setbuf, (lws_lec_pctx_t *ctx, uint8_t *buf, size_t len),
	       (ctx, buf, len))

LWS_ENTRY_VOID(lws_singles2halfp, (uint16_t *hp, uint32_t x), (hp, x))

LWS_ENTRY_VOID(lws_halfp2singles, (uint32_t *xp, uint16_t h), (xp, h))

uint64_t
lwsgo_lec_number(struct lwsgo_lec_args *args, int kind)
{
	union {
		double d;
		uint64_t u;
	} number;

	switch (kind) {
	case LWSGO_LEC_INT:
		return (uint64_t)(int64_t)va_arg(args->ap, int);
	case LWSGO_LEC_LONG:
		return (uint64_t)va_arg(args->ap, long);
	case LWSGO_LEC_DOUBLE:
		number.d = va_arg(args->ap, double);
		return number.u;
	default:
		return (uint64_t)va_arg(args->ap, long long);
	}
}

void *
lwsgo_lec_pointer(struct lwsgo_lec_args *args)
{
	return va_arg(args->ap, void *);
}

extern enum lws_lec_pctx_ret
go_lws_lec_vsprintf(lws_lec_pctx_t *ctx, const char *format,
		    struct lwsgo_lec_args *args);

enum lws_lec_pctx_ret
lws_lec_vsprintf(lws_lec_pctx_t *ctx, const char *format, va_list ap)
{
	struct lwsgo_lec_args args;
	enum lws_lec_pctx_ret ret;

	LWS_NEEDS(ctx && format, LWS_LECPCTX_RET_FAIL);
	if (!lwsgo_enter("lws_lec_vsprintf"))
		return LWS_LECPCTX_RET_FAIL;
	va_copy(args.ap, ap);
	ret = go_lws_lec_vsprintf(ctx, format, &args);
	va_end(args.ap);
	lwsgo_leave();
	return ret;
}

enum lws_lec_pctx_ret
lws_lec_printf(lws_lec_pctx_t *ctx, const char *format, ...)
{
	enum lws_lec_pctx_ret ret;
	va_list ap;

	va_start(ap, format);
	ret = lws_lec_vsprintf(ctx, format, ap);
	va_end(ap);
	return ret;
}

/* The texts are what programs print and compare: they are the reference's. */
static const char *const errors[] = {
	[-LECP_REJECT_BAD_CODING] = "Bad CBOR coding",
	[-LECP_REJECT_UNKNOWN] = "Unknown",
	[-LECP_REJECT_CALLBACK] = "Parser callback errored (see earlier error)",
	[-LECP_STACK_OVERFLOW] = "Overflow",
};

const char *
lecp_error_to_string(int e)
{
	if (e < -(int)LWS_ARRAY_SIZE(errors) + 1)
		return "Unknown error";
	return e < 0 && errors[-e] ? errors[-e] : "";
}
