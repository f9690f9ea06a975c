/* SPDX-License-Identifier: MIT */
/**
 * \file lws-button.h
 * Buttons, debounced and told apart by how they are pressed. The functions
 * are not in the library.
 */

#if !defined(__LWS_BUTTON_H__)
#define __LWS_BUTTON_H__

typedef uint16_t lws_button_idx_t;	/**< one bit for each button */

#define LWS_BUTTON_MON_TIMER_MS 5	/**< how often they are looked at */

/** Called when a button changes. */
typedef void (*lws_button_cb_t)(void *opaque, lws_button_idx_t idx, int state);

/** Flags of a regime. */
enum {
	LWSBTNRGMFLAG_CLASSIFY_DOUBLECLICK = (1 << 0)	/**< double clicks */
};

/** Times, in milliseconds, that tell presses apart. */
typedef struct lws_button_regime {
	uint16_t	ms_min_down;		/**< least for a click */
	uint16_t	ms_min_down_longpress;	/**< least for a long press */
	uint16_t	ms_up_settle;		/**< least between presses */
	uint16_t	ms_doubleclick_grace;	/**< most in a double click */
	uint16_t	ms_repeat_down;		/**< repeat, while held */
	uint8_t		flags;			/**< LWSBTNRGMFLAG_ */
} lws_button_regime_t;

/** One button. */
typedef struct lws_button_map {
	_lws_plat_gpio_t	gpio;			/**< its pin */
	const char		*smd_interaction_name;	/**< its name */
	const lws_button_regime_t *regime;		/**< or NULL */
} lws_button_map_t;

/** A group of buttons. */
typedef struct lws_button_controller {
	const char		*smd_bc_name;	/**< name of the group */
	const lws_gpio_ops_t	*gpio_ops;	/**< driver of the pins */
	const lws_button_map_t	*button_map;	/**< the buttons */
	lws_button_idx_t	active_state_bitmap; /**< 1: pressed is high */
	uint8_t			count_buttons;	/**< how many */
} lws_button_controller_t;

struct lws_button_state;

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN struct lws_button_state *
lws_button_controller_create(struct lws_context *ctx,
			     const lws_button_controller_t *controller);

LWS_VISIBLE LWS_EXTERN void
lws_button_controller_destroy(struct lws_button_state *bcs);

LWS_VISIBLE LWS_EXTERN lws_button_idx_t
lws_button_get_bit(struct lws_button_state *bcs, const char *name);

LWS_VISIBLE LWS_EXTERN void
lws_button_enable(struct lws_button_state *bcs,
		  lws_button_idx_t _reset, lws_button_idx_t _set);
///@}

#endif
