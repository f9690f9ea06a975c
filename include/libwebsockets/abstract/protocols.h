/* SPDX-License-Identifier: MIT */
/**
 * \file protocols.h
 * What an abstract protocol has to provide.
 */

/** Flags of a protocol. */
enum {
	LWS_AP_FLAG_PIPELINE_TRANSACTIONS	= (1 << 0), /**< can pipeline */
	LWS_AP_FLAG_MUXABLE_STREAM		= (1 << 1), /**< can share */
};

/** A protocol. Functions return 0, or nonzero to close. */
typedef struct lws_abs_protocol {
	const char	*name;		/**< its name */
	int		alloc;		/**< bytes of an instance */
	int		flags;		/**< LWS_AP_FLAG_ */

	/** an instance is made */
	int (*create)(const struct lws_abs *ai);
	/** an instance ends; set the pointer to NULL */
	void (*destroy)(lws_abs_protocol_inst_t **d);
	/** 0 if both could use one connection */
	int (*compare)(lws_abs_t *abs1, lws_abs_t *abs2);

	/** the transport is up */
	int (*accept)(lws_abs_protocol_inst_t *d);
	/** data has come in */
	int (*rx)(lws_abs_protocol_inst_t *d, const uint8_t *b, size_t l);
	/** up to \p budget bytes can be sent */
	int (*writeable)(lws_abs_protocol_inst_t *d, size_t budget);
	/** the transport was closed */
	int (*closed)(lws_abs_protocol_inst_t *d);
	/** called now and then */
	int (*heartbeat)(lws_abs_protocol_inst_t *d);

	/** another instance joins this connection */
	int (*child_bind)(lws_abs_t *abs);
} lws_abs_protocol_t;

/** Declared for source compatibility; not in the library. */
LWS_VISIBLE LWS_EXTERN const lws_abs_protocol_t *
lws_abs_protocol_get_by_name(const char *name);

#include <libwebsockets/abstract/protocols/smtp.h>
