/* SPDX-License-Identifier: MIT */
/**
 * \file abstract.h
 * Abstract protocols on abstract transports. The functions are not in the
 * library.
 */

/** A named setting; an array of them ends with LTMI_END_OF_ARRAY. */
typedef struct lws_token_map {
	union {
		const char *value;	/**< as text */
		uint8_t *bvalue;	/**< as bytes */
		unsigned long lvalue;	/**< as a number */
	} u;				/**< the value */
	short name_index;		/**< LTMI_ name */
	short length_or_zero;		/**< bytes of bvalue, or 0 */
} lws_token_map_t;

/** Names of settings; protocols and transports count on from a base. */
enum {
	LTMI_END_OF_ARRAY,		/**< no more */

	LTMI_PROTOCOL_BASE = 2048,	/**< settings of the protocol */

	LTMI_TRANSPORT_BASE = 4096	/**< settings of the transport */
};

struct lws_abs_transport;
struct lws_abs_protocol;
typedef struct lws_abs lws_abs_t;	/**< a protocol bound to a transport */

/** Declared for source compatibility; not in the library. */
LWS_VISIBLE LWS_EXTERN const lws_token_map_t *
lws_abs_get_token(const lws_token_map_t *token_map, short name_index);

typedef void lws_abs_transport_inst_t;	/**< private to the transport */
typedef void lws_abs_protocol_inst_t;	/**< private to the protocol */

/** \name Instances
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN lws_abs_t *
lws_abstract_alloc(struct lws_vhost *vhost, void *user,
		   const char *abstract_path, const lws_token_map_t *ap_tokens,
		   const lws_token_map_t *at_tokens, struct lws_sequencer *seq,
		   void *opaque_user_data);

LWS_VISIBLE LWS_EXTERN void
lws_abstract_free(lws_abs_t **pabs);

LWS_VISIBLE LWS_EXTERN lws_abs_t *
lws_abs_bind_and_create_instance(const lws_abs_t *ai);

LWS_VISIBLE LWS_EXTERN void
lws_abs_destroy_instance(lws_abs_t **ai);
///@}

#include <libwebsockets/abstract/protocols.h>
#include <libwebsockets/abstract/transports.h>
