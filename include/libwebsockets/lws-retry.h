/* SPDX-License-Identifier: MIT
 *
 * When to try again, and when an idle connection has to prove that it lives. Part of
 * libwebsockets.h; include that.
 */

/** A policy. What it points to must live as long as what uses it. */
typedef struct lws_retry_bo {
	const uint32_t *retry_ms_table;	/**< delay in ms before each try, the last repeats */
	uint16_t retry_ms_table_count;	/**< entries in it */
	uint16_t conceal_count;		/**< tries before telling anyone that it failed */
	uint16_t secs_since_valid_ping;	/**< seconds without a sign of life before a PING;
					 * 0 never */
	uint16_t secs_since_valid_hangup; /**< seconds before hanging up; 0 never */
	uint8_t jitter_percent;		/**< lengthen delays at random by up to this; 0: 30 */
} lws_retry_bo_t;

/** As conceal_count: go on trying for ever. */
#define LWS_RETRY_CONCEAL_ALWAYS (0xffff)

/**
 * How long to wait before the next try.
 *
 * @param retry	  the policy; NULL: about 3 s
 * @param ctry	  tries so far, starting at 0; counted up
 * @param conceal set to 1 while conceal_count is not used up, else 0; or NULL
 * @return ms
 */
LWS_VISIBLE LWS_EXTERN unsigned int
lws_retry_get_delay_ms(struct lws_context *context, const lws_retry_bo_t *retry,
		       uint16_t *ctry, char *conceal);

/**
 * Call `cb` when it is time for the next try.
 *
 * @param tid  service thread, 0 if there is one
 * @param sul  timer, in memory that lives until it fires or is cancelled
 * @param ctry tries so far; counted up
 * @return 0, or 1 if there will be no more tries
 */
LWS_VISIBLE LWS_EXTERN int
lws_retry_sul_schedule(struct lws_context *context, int tid,
		       lws_sorted_usec_list_t *sul, const lws_retry_bo_t *retry,
		       sul_cb_t cb, uint16_t *ctry);

/** The same with a connection's own policy and thread. */
LWS_VISIBLE LWS_EXTERN int
lws_retry_sul_schedule_retry_wsi(struct lws *wsi, lws_sorted_usec_list_t *sul,
				 sul_cb_t cb, uint16_t *ctry);
