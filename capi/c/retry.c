/* SPDX-License-Identifier: MIT
 *
 * When to try again: arithmetic and one of the program's own timers.
 * C because of reason 5.
 */
#include "entry.h"
#include "lws_private.h"

/* What applies where a connection has no policy. */
static const uint32_t default_table[] = {1000, 3000, 9000, 17000};
static const lws_retry_bo_t default_policy = {
	.retry_ms_table = default_table,
	.retry_ms_table_count = LWS_ARRAY_SIZE(default_table),
	.conceal_count = LWS_ARRAY_SIZE(default_table),
	.secs_since_valid_ping = 300,
	.secs_since_valid_hangup = 310,
	.jitter_percent = 20,
};

#define DEFAULT_DELAY_MS 3000
#define DEFAULT_JITTER 30

LWS_VISIBLE unsigned int
lws_retry_get_delay_ms(struct lws_context *context, const lws_retry_bo_t *retry,
		       uint16_t *ctry, char *conceal)
{
	LWS_NEEDS(ctry, 0);
	uint64_t ms = DEFAULT_DELAY_MS, jitter = DEFAULT_JITTER;
	uint16_t fraction = 0;

	if (conceal)
		*conceal = 0;
	if (retry && retry->retry_ms_table_count) {
		unsigned int last = retry->retry_ms_table_count - 1u;

		ms = retry->retry_ms_table[*ctry < last ? *ctry : last];
	}
	if (retry && retry->jitter_percent)
		jitter = retry->jitter_percent;
	(void)lws_get_random(context, &fraction, sizeof(fraction));
	ms += ((ms * jitter * fraction) >> 16) / 100;
	if (*ctry < UINT16_MAX)
		(*ctry)++;
	if (retry && conceal)
		*conceal = *ctry <= retry->conceal_count;
	return (unsigned int)ms;
}

LWS_VISIBLE int
lws_retry_sul_schedule(struct lws_context *context, int tid,
		       lws_sorted_usec_list_t *sul, const lws_retry_bo_t *retry,
		       sul_cb_t cb, uint16_t *ctry)
{
	LWS_NEEDS(context && sul && ctry, 1);
	char again;
	uint64_t ms = lws_retry_get_delay_ms(context, retry, ctry, &again);

	if (!again)
		return 1;
	lws_sul_schedule(context, tid, sul, cb,
			 (lws_usec_t)ms * 1000);
	return 0;
}

LWS_VISIBLE int
lws_retry_sul_schedule_retry_wsi(struct lws *wsi, lws_sorted_usec_list_t *sul,
				 sul_cb_t cb, uint16_t *ctry)
{
	LWS_NEEDS(wsi && sul && ctry, 1);
	return lws_retry_sul_schedule(wsi->context, 0, sul,
				      wsi->retry ? wsi->retry : &default_policy,
				      cb, ctry);
}
