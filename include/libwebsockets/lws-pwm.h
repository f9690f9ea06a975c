/* SPDX-License-Identifier: MIT */
/**
 * \file lws-pwm.h
 * Pulse-width modulation. Neither the functions nor the sequences are in the
 * library.
 */

/** A modulated pin. */
typedef struct lws_pwm_map {
	_lws_plat_gpio_t	gpio;		/**< the pin */
	uint8_t			index;		/**< the modulator */
	uint8_t			active_level;	/**< level that lights */
} lws_pwm_map_t;

/** A driver of modulators. */
typedef struct lws_pwm_ops {
	int (*init)(const struct lws_pwm_ops *lo);	/**< set up */
	void (*intensity)(const struct lws_pwm_ops *lo, _lws_plat_gpio_t gpio,
			  lws_led_intensity_t inten);	/**< set it */
	const lws_pwm_map_t	*pwm_map;	/**< the pins */
	uint8_t			count_pwm_map;	/**< how many */
} lws_pwm_ops_t;

/** \name The platform's driver
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_pwm_plat_init(const struct lws_pwm_ops *lo);

LWS_VISIBLE LWS_EXTERN void
lws_pwm_plat_intensity(const struct lws_pwm_ops *lo, _lws_plat_gpio_t gpio,
		       lws_led_intensity_t inten);
///@}

/** Initializer for its members. */
#define lws_pwm_plat_ops \
		.init = lws_pwm_plat_init, \
		.intensity = lws_pwm_plat_intensity

/** \name Curves and sequences
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN lws_led_intensity_t
lws_led_func_linear(lws_led_seq_phase_t n);

LWS_VISIBLE LWS_EXTERN lws_led_intensity_t
lws_led_func_sine(lws_led_seq_phase_t n);

extern const lws_led_sequence_def_t lws_pwmseq_sine_endless_slow;
extern const lws_led_sequence_def_t lws_pwmseq_sine_endless_fast;
extern const lws_led_sequence_def_t lws_pwmseq_linear_wipe;
extern const lws_led_sequence_def_t lws_pwmseq_sine_up;
extern const lws_led_sequence_def_t lws_pwmseq_sine_down;
extern const lws_led_sequence_def_t lws_pwmseq_static_on;
extern const lws_led_sequence_def_t lws_pwmseq_static_half;
extern const lws_led_sequence_def_t lws_pwmseq_static_off;
///@}
