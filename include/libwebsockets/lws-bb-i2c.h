/* SPDX-License-Identifier: MIT */
/**
 * \file lws-bb-i2c.h
 * I2C by switching two pins. The functions are not in the library.
 */

/** An I2C bus on two pins. */
typedef struct lws_bb_i2c {
	lws_i2c_ops_t		bb_ops;		/**< must come first */

	_lws_plat_gpio_t	scl;		/**< clock pin */
	_lws_plat_gpio_t	sda;		/**< data pin */

	const lws_gpio_ops_t	*gpio;		/**< driver of the pins */
	void			(*delay)(void);	/**< waits half a bit */
} lws_bb_i2c_t;

/** Initializer for bb_ops. */
#define lws_bb_i2c_ops \
	{ \
		.init = lws_bb_i2c_init, \
		.start = lws_bb_i2c_start, \
		.stop = lws_bb_i2c_stop, \
		.write = lws_bb_i2c_write, \
		.read = lws_bb_i2c_read, \
		.set_ack = lws_bb_i2c_set_ack, \
	}

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
int
lws_bb_i2c_init(const lws_i2c_ops_t *octx);

int
lws_bb_i2c_start(const lws_i2c_ops_t *octx);

void
lws_bb_i2c_stop(const lws_i2c_ops_t *octx);

int
lws_bb_i2c_write(const lws_i2c_ops_t *octx, uint8_t data);

int
lws_bb_i2c_read(const lws_i2c_ops_t *octx);

void
lws_bb_i2c_set_ack(const lws_i2c_ops_t *octx, int ack);
///@}
