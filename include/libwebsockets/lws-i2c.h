/* SPDX-License-Identifier: MIT */
/**
 * \file lws-i2c.h
 * I2C buses. The functions are not in the library.
 */

#if !defined(__LWS_I2C_H__)
#define __LWS_I2C_H__

#include <stdint.h>
#include <stddef.h>

/** An I2C bus driver. */
typedef struct lws_i2c_ops {
	int (*init)(const struct lws_i2c_ops *ctx);	/**< set up */
	int (*start)(const struct lws_i2c_ops *ctx);	/**< start condition */
	void (*stop)(const struct lws_i2c_ops *ctx);	/**< stop condition */
	int (*write)(const struct lws_i2c_ops *ctx, uint8_t data);
							/**< send a byte */
	int (*read)(const struct lws_i2c_ops *ctx);	/**< get a byte */
	void (*set_ack)(const struct lws_i2c_ops *octx, int ack);
							/**< set the ack bit */
} lws_i2c_ops_t;

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_i2c_command(const lws_i2c_ops_t *ctx, uint8_t ads7, uint8_t c);

LWS_VISIBLE LWS_EXTERN int
lws_i2c_command_list(const lws_i2c_ops_t *ctx, uint8_t ads7, const uint8_t *buf,
		     size_t len);
///@}

#endif
