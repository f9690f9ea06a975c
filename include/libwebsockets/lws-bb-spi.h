/* SPDX-License-Identifier: MIT */
/**
 * \file lws-bb-spi.h
 * SPI by switching pins. The functions are not in the library.
 */

#define LWSBBSPI_FLAG_USE_NCMD3 (1 << 7)	/**< ncmd[3] is in use */
#define LWSBBSPI_FLAG_USE_NCMD2 (1 << 6)	/**< ncmd[2] is in use */
#define LWSBBSPI_FLAG_USE_NCMD1 (1 << 5)	/**< ncmd[1] is in use */
#define LWSBBSPI_FLAG_USE_NCMD0 (1 << 4)	/**< ncmd[0] is in use */
#define LWSBBSPI_FLAG_USE_NCS3	(1 << 3)	/**< ncs[3] is in use */
#define LWSBBSPI_FLAG_USE_NCS2	(1 << 2)	/**< ncs[2] is in use */
#define LWSBBSPI_FLAG_USE_NCS1	(1 << 1)	/**< ncs[1] is in use */
#define LWSBBSPI_FLAG_USE_NCS0	(1 << 0)	/**< ncs[0] is in use */

#define LWS_SPI_BB_MAX_CH	4		/**< chip selects */

/** An SPI bus on pins. */
typedef struct lws_bb_spi {
	lws_spi_ops_t		bb_ops;		/**< must come first */

	const lws_gpio_ops_t	*gpio;		/**< driver of the pins */

	_lws_plat_gpio_t	clk;		/**< clock pin */
	_lws_plat_gpio_t	ncs[LWS_SPI_BB_MAX_CH];	 /**< select pins */
	_lws_plat_gpio_t	ncmd[LWS_SPI_BB_MAX_CH]; /**< low: command */
	_lws_plat_gpio_t	mosi;		/**< output pin */
	_lws_plat_gpio_t	miso;		/**< input pin */

	uint8_t			flags;		/**< LWSBBSPI_FLAG_ */
} lws_bb_spi_t;

/** Initializer for bb_ops. */
#define lws_bb_spi_ops \
		.init = lws_bb_spi_init, \
		.queue = lws_bb_spi_queue

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
int
lws_bb_spi_init(const lws_spi_ops_t *octx);

int
lws_bb_spi_queue(const lws_spi_ops_t *octx, const lws_spi_desc_t *desc);
///@}
