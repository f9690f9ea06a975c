/* SPDX-License-Identifier: MIT */
/**
 * \file lws-ili9341-spi.h
 * ILI9341 displays on SPI. The functions are not in the library.
 */

#if !defined(__LWS_DISPLAY_ILI9341_SPI_H__)
#define __LWS_DISPLAY_ILI9341_SPI_H__

/** The display. */
typedef struct lws_display_ili9341 {
	lws_display_t		disp;		/**< must come first */
	const lws_spi_ops_t	*spi;		/**< driver of the bus */

	const lws_gpio_ops_t	*gpio;		/**< driver of the pin */
	_lws_plat_gpio_t	reset_gpio;	/**< reset pin */

	uint8_t			spi_index;	/**< chip select */
} lws_display_ili9341_t;

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
int
lws_display_ili9341_spi_init(const struct lws_display *disp);

int
lws_display_ili9341_spi_blit(const struct lws_display *disp, const uint8_t *src,
			     lws_display_scalar x, lws_display_scalar y,
			     lws_display_scalar w, lws_display_scalar h);

int
lws_display_ili9341_spi_power(const struct lws_display *disp, int state);
///@}

/** Initializer for members of disp. */
#define lws_display_ili9341_ops \
	.init = lws_display_ili9341_spi_init, \
	.blit = lws_display_ili9341_spi_blit, \
	.power = lws_display_ili9341_spi_power

#endif
