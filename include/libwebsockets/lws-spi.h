/* SPDX-License-Identifier: MIT */
/**
 * \file lws-spi.h
 * SPI buses.
 */

#if !defined(__LWS_SPI_H__)
#define __LWS_SPI_H__

#include <stdint.h>
#include <stddef.h>

/** Called when a transfer is complete. */
typedef int (*lws_spi_cb_t)(void *opaque);

/** Bus modes and transfer types. */
enum {
	LWSSPIMODE_CPOL = (1 << 0),	/**< clock idles high */
	LWSSPIMODE_CPHA = (1 << 1),	/**< sample on the second edge */

	LWS_SPI_BUSMODE_CLK_IDLE_LOW_SAMP_RISING = 0,	/**< mode 0 */
	LWS_SPI_BUSMODE_CLK_IDLE_HIGH_SAMP_RISING = LWSSPIMODE_CPOL,
							/**< clock inverted */
	LWS_SPI_BUSMODE_CLK_IDLE_LOW_SAMP_FALLING = LWSSPIMODE_CPHA,
							/**< phase shifted */
	LWS_SPI_BUSMODE_CLK_IDLE_HIGH_SAMP_FALLING = LWSSPIMODE_CPHA |
						     LWSSPIMODE_CPOL,
							/**< both */

	LWS_SPI_TXN_HALF_DUPLEX_DISCRETE = 0,	/**< write, then read */
};

/** One transfer. */
typedef struct lws_spi_desc {
	const uint8_t		*src;		/**< command bytes */
	const uint8_t		*data;		/**< data bytes, or NULL */
	uint8_t			*dest;		/**< where to read to */
	void			*opaque;	/**< handed to the callback */
	lws_spi_cb_t		completion_cb;	/**< or NULL */
	uint16_t		count_cmd;	/**< how many in src */
	uint16_t		count_write;	/**< how many in data */
	uint16_t		count_read;	/**< how many to dest */
	uint8_t			txn_type;	/**< LWS_SPI_TXN_ */
	uint8_t			channel;	/**< chip select */
} lws_spi_desc_t;

/** An SPI bus driver. */
typedef struct lws_spi_ops {
	int (*init)(const struct lws_spi_ops *ctx);	/**< set up */
	int (*queue)(const struct lws_spi_ops *ctx, const lws_spi_desc_t *desc);
							/**< transfer */
	uint8_t	bus_mode;				/**< bus mode */
} lws_spi_ops_t;

#endif
