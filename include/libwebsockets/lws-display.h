/* SPDX-License-Identifier: MIT */
/**
 * \file lws-display.h
 * Displays, with a backlight that dims. The functions are not in the library.
 */

#if !defined(__LWS_DISPLAY_H__)
#define __LWS_DISPLAY_H__

#include <stdint.h>

typedef uint16_t lws_display_scalar;	/**< pixels */

/** A display and its driver. */
typedef struct lws_display {
	int (*init)(const struct lws_display *disp);	/**< set up */
	const lws_pwm_ops_t		*bl_pwm_ops;	/**< backlight */
	int (*contrast)(const struct lws_display *disp, uint8_t contrast);
							/**< set contrast */
	int (*blit)(const struct lws_display *disp, const uint8_t *src,
		    lws_display_scalar x, lws_display_scalar y,
		    lws_display_scalar w, lws_display_scalar h);
							/**< draw an area */
	int (*power)(const struct lws_display *disp, int state);
							/**< on or off */

	const lws_led_sequence_def_t	*bl_active;	/**< when active */
	const lws_led_sequence_def_t	*bl_dim;	/**< when dimmed */
	const lws_led_sequence_def_t	*bl_transition;	/**< in between */

	void				*variant;	/**< the driver's */

	int				bl_index;	/**< its modulator */

	lws_display_scalar		w;		/**< width */
	lws_display_scalar		h;		/**< height */

	uint8_t				latency_wake_ms; /**< to wake up */
} lws_display_t;

/** State of a display. */
enum lws_display_controller_state {
	LWSDISPS_OFF,				/**< off */
	LWSDISPS_AUTODIMMED,			/**< dimmed */
	LWSDISPS_BECOMING_ACTIVE,		/**< on its way to active */
	LWSDISPS_ACTIVE,			/**< active */
	LWSDISPS_GOING_OFF			/**< on its way to off */
};

/** A display in use. */
typedef struct lws_display_state {
	lws_sorted_usec_list_t		sul_autodim;	/**< the timer */
	const lws_display_t		*disp;		/**< the display */
	struct lws_context		*ctx;		/**< the context */

	int				autodim_ms;	/**< idle till dim */
	int				off_ms;		/**< idle till off */

	struct lws_led_state		*bl_lcs;	/**< backlight */

	lws_led_state_chs_t		chs;		/**< its sequences */

	enum lws_display_controller_state state;	/**< the state */
} lws_display_state_t;

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN void
lws_display_state_init(lws_display_state_t *lds, struct lws_context *ctx,
		       int autodim_ms, int off_ms, struct lws_led_state *bl_lcs,
		       const lws_display_t *disp);

LWS_VISIBLE LWS_EXTERN void
lws_display_state_set_brightness(lws_display_state_t *lds,
				 const lws_led_sequence_def_t *pwmseq);

LWS_VISIBLE LWS_EXTERN void
lws_display_state_active(lws_display_state_t *lds);

LWS_VISIBLE LWS_EXTERN void
lws_display_state_off(lws_display_state_t *lds);
///@}

#endif
