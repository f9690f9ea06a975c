/* SPDX-License-Identifier: MIT */
/**
 * \file lws-ssd1306-i2c.h
 * SSD1306 displays on I2C. The functions are not in the library.
 */

#if !defined(__LWS_DISPLAY_SSD1306_I2C_H__)
#define __LWS_DISPLAY_SSD1306_I2C_H__

#define SSD1306_I2C7_ADS1 0x3c		/**< usual address */
#define SSD1306_I2C7_ADS2 0x3d		/**< other address */

/** The display. */
typedef struct lws_display_ssd1306 {
	lws_display_t		disp;		/**< must come first */
	const lws_i2c_ops_t	*i2c;		/**< driver of the bus */

	const lws_gpio_ops_t	*gpio;		/**< driver of the pin */
	_lws_plat_gpio_t	reset_gpio;	/**< reset pin */

	uint8_t			i2c7_address;	/**< address */
} lws_display_ssd1306_t;

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
int
lws_display_ssd1306_i2c_init(const struct lws_display *disp);

int
lws_display_ssd1306_i2c_contrast(const struct lws_display *disp, uint8_t b);

int
lws_display_ssd1306_i2c_blit(const struct lws_display *disp, const uint8_t *src,
			     lws_display_scalar x, lws_display_scalar y,
			     lws_display_scalar w, lws_display_scalar h);

int
lws_display_ssd1306_i2c_power(const struct lws_display *disp, int state);
///@}

/** Initializer for members of disp. */
#define lws_display_ssd1306_ops \
	.init = lws_display_ssd1306_i2c_init, \
	.contrast = lws_display_ssd1306_i2c_contrast, \
	.blit = lws_display_ssd1306_i2c_blit, \
	.power = lws_display_ssd1306_i2c_power

#endif
