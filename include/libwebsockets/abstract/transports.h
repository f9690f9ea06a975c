/* SPDX-License-Identifier: MIT */
/**
 * \file transports.h
 * What an abstract transport has to provide.
 */

/** A transport. Functions return 0, or nonzero for failure. */
typedef struct lws_abs_transport {
	const char	*name;		/**< its name */
	int		alloc;		/**< bytes of an instance */

	/** an instance is made */
	int (*create)(lws_abs_t *abs);
	/** an instance ends; set the pointer to NULL */
	void (*destroy)(lws_abs_transport_inst_t **d);
	/** 0 if both could use one connection */
	int (*compare)(lws_abs_t *abs1, lws_abs_t *abs2);

	/** send */
	int (*tx)(lws_abs_transport_inst_t *d, uint8_t *buf, size_t len);
	/** begin to connect */
	int (*client_conn)(const lws_abs_t *abs);
	/** close */
	int (*close)(lws_abs_transport_inst_t *d);
	/** ask for the protocol's writeable */
	int (*ask_for_writeable)(lws_abs_transport_inst_t *d);
	/** close after \p secs seconds */
	int (*set_timeout)(lws_abs_transport_inst_t *d, int reason, int secs);
	/** nonzero while it can send */
	int (*state)(lws_abs_transport_inst_t *d);
} lws_abs_transport_t;

/** Declared for source compatibility; not in the library. */
LWS_VISIBLE LWS_EXTERN const lws_abs_transport_t *
lws_abs_transport_get_by_name(const char *name);

#include <libwebsockets/abstract/transports/raw-skt.h>
#include <libwebsockets/abstract/transports/unit-test.h>
