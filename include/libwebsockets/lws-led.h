/* SPDX-License-Identifier: MIT */
/**
 * \file lws-led.h
 * LEDs that run through sequences of intensities. The functions are not in
 * the library.
 */

typedef uint16_t lws_led_intensity_t;	/**< 0 is dark */
typedef uint16_t lws_led_seq_phase_t;	/**< place in a period */

#define LWS_LED_MAX_INTENSITY (0xffff)	/**< brightest */

#define LWS_LED_FUNC_PHASE 65536	/**< phases in a period */
#define LWS_SEQ_LEDPHASE_TOTAL_ENDLESS (-1)	/**< never ends */

#define LWS_LED_SEQUENCER_UPDATE_INTERVAL_MS 33	/**< time of a step */

struct lws_led_state;
struct lws_pwm_ops;

/** Gives the intensity at a phase. */
typedef lws_led_intensity_t (*lws_led_lookup_t)(lws_led_seq_phase_t ph);

/** A sequence. */
typedef struct lws_led_sequence_def_t {
	lws_led_lookup_t	func;		/**< its intensities */
	lws_led_seq_phase_t	ledphase_offset; /**< where it begins */
	int			ledphase_total;	/**< how many phases */
	uint16_t		ms;		/**< its time */
	uint8_t			flags;		/**< 0 */
} lws_led_sequence_def_t;

/** Which of the sequences of an LED. */
enum {
	LLSI_CURR,				/**< the present one */
	LLSI_NEXT,				/**< the next one */
	LLSI_TRANS				/**< the change between them */
};

/** A running sequence. */
typedef struct lws_led_state_ch
{
	const lws_led_sequence_def_t	*seq;	/**< the sequence, or NULL */
	lws_led_seq_phase_t		ph;	/**< the present phase */
	lws_led_seq_phase_t		step;	/**< phases in a step */
	int				phase_budget; /**< phases left */
	lws_led_intensity_t		last;	/**< last intensity */
} lws_led_state_ch_t;

/** The sequences of an LED. */
typedef struct lws_led_state_chs
{
	lws_led_state_ch_t		seqs[3]; /**< by LLSI_ */
} lws_led_state_chs_t;

/** A driver of LEDs. */
typedef struct lws_led_ops {
	void (*intensity)(const struct lws_led_ops *lo, const char *name,
			  lws_led_intensity_t inten);	/**< set it */
	struct lws_led_state * (*create)(const struct lws_led_ops *led_ops);
							/**< set up */
	void (*destroy)(struct lws_led_state *);	/**< end */
} lws_led_ops_t;

/** An LED on a pin. */
typedef struct lws_led_gpio_map {
	const char		*name;		/**< its name */
	_lws_plat_gpio_t	gpio;		/**< its pin */
	lws_led_lookup_t	intensity_correction; /**< or NULL */
	const struct lws_pwm_ops *pwm_ops;	/**< NULL: only on or off */
	uint8_t			active_level;	/**< level that lights it */
} lws_led_gpio_map_t;

/** LEDs on pins. */
typedef struct lws_led_gpio_controller {
	const lws_led_ops_t		led_ops;	/**< must come first */
	const lws_gpio_ops_t		*gpio_ops;	/**< driver of pins */
	const lws_led_gpio_map_t	*led_map;	/**< the LEDs */
	uint8_t				count_leds;	/**< how many */
} lws_led_gpio_controller_t;

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN struct lws_led_state *
lws_led_gpio_create(const lws_led_ops_t *led_ops);

LWS_VISIBLE LWS_EXTERN void
lws_led_gpio_destroy(struct lws_led_state *lcs);

LWS_VISIBLE LWS_EXTERN void
lws_led_gpio_intensity(const struct lws_led_ops *lo, const char *name,
		       lws_led_intensity_t inten);

LWS_VISIBLE LWS_EXTERN int
lws_led_transition(struct lws_led_state *lcs, const char *name,
		   const lws_led_sequence_def_t *next,
		   const lws_led_sequence_def_t *trans);
///@}

/** Initializer for led_ops. */
#define lws_led_gpio_ops \
	{ \
		.create = lws_led_gpio_create, \
		.destroy = lws_led_gpio_destroy, \
		.intensity = lws_led_gpio_intensity, \
	}
