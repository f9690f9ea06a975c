/* SPDX-License-Identifier: MIT */
/**
 * \file lws-gpio.h
 * General-purpose I/O pins.
 */

#if !defined(__LWS_GPIO_H__)
#define __LWS_GPIO_H__

typedef int _lws_plat_gpio_t;		/**< number of a pin */

/** When a pin interrupts. */
typedef enum {
	LWSGGPIO_IRQ_NONE,		/**< never */
	LWSGGPIO_IRQ_RISING,		/**< going high */
	LWSGGPIO_IRQ_FALLING,		/**< going low */
	LWSGGPIO_IRQ_CHANGE,		/**< both */
	LWSGGPIO_IRQ_LOW,		/**< while low */
	LWSGGPIO_IRQ_HIGH		/**< while high */
} lws_gpio_irq_t;

/** Mode of a pin. */
enum {
	LWSGGPIO_FL_READ	= (1 << 0),	/**< input */
	LWSGGPIO_FL_WRITE	= (1 << 1),	/**< output */
	LWSGGPIO_FL_PULLUP	= (1 << 2),	/**< pull up */
	LWSGGPIO_FL_PULLDOWN	= (1 << 3),	/**< pull down */
	LWSGGPIO_FL_START_LOW	= (1 << 4),	/**< low at first */
};

/** Called on an interrupt. */
typedef void (*lws_gpio_irq_cb_t)(void *arg);

/** A driver of pins. */
typedef struct lws_gpio_ops {
	void (*mode)(_lws_plat_gpio_t gpio, int flags);	/**< LWSGGPIO_FL_ */
	int (*read)(_lws_plat_gpio_t gpio);		/**< get the level */
	void (*set)(_lws_plat_gpio_t gpio, int val);	/**< set the level */
	int (*irq_mode)(_lws_plat_gpio_t gpio, lws_gpio_irq_t irq,
			lws_gpio_irq_cb_t cb, void *arg); /**< interrupts */
} lws_gpio_ops_t;

#endif
