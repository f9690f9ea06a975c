/* SPDX-License-Identifier: MIT
 *
 * Entries of lws-tokenize.h.
 * C because of reasons 1 (the way into Go) and 5.
 */
#include "entry.h"

/* the text ends at its NUL unless the caller sets a length */
#define TEXT_LEN_MAX 0x7fffffff

void
lws_tokenize_init(struct lws_tokenize *ts, const char *start, int flags)
{
	LWS_NEEDS_VOID(ts);
	ts->start = start;
	ts->len = TEXT_LEN_MAX;
	ts->flags = (uint16_t)flags;
	ts->delim = LWSTZ_DT_NEED_FIRST_CONTENT;
}

LWS_ENTRY(lws_tokenize_elem, LWS_TOKZE_ENDED, lws_tokenize,
	  (struct lws_tokenize *ts), (ts))

int
lws_tokenize_cstr(struct lws_tokenize *ts, char *str, size_t max)
{
	LWS_NEEDS(ts && str, 1);
	if (ts->token_len + 1 >= max)
		return 1;
	memcpy(str, ts->token, ts->token_len);
	str[ts->token_len] = '\0';
	return 0;
}

void
lws_strexp_init(lws_strexp_t *exp, void *priv, lws_strexp_expand_cb cb,
		char *out, size_t olen)
{
	LWS_NEEDS_VOID(exp);
	memset(exp, 0, sizeof(*exp));
	exp->cb = cb;
	exp->priv = priv;
	lws_strexp_reset_out(exp, out, olen);
}

void
lws_strexp_reset_out(lws_strexp_t *exp, char *out, size_t olen)
{
	LWS_NEEDS_VOID(exp);
	exp->out = out;
	exp->olen = olen;
	exp->pos = 0;
}

LWS_ENTRY(int, LSTRX_FATAL_NAME_UNKNOWN, lws_strexp_expand,
	  (lws_strexp_t *exp, const char *in, size_t len, size_t *pused_in,
	   size_t *pused_out), (exp, in, len, pused_in, pused_out))
