/* SPDX-License-Identifier: MIT */
/**
 * \file lws-mqtt.h
 * MQTT 3.1.1 client, and names of MQTT 5 values. Not included by
 * libwebsockets.h; the functions are not in the library.
 */

#ifndef _LWS_MQTT_H
#define _LWS_MQTT_H 1

struct _lws_mqtt_related;
typedef struct _lws_mqtt_related lws_mqtt_related_t; /**< MQTT's part of a connection */
struct lws_mqtt_str_st;
typedef struct lws_mqtt_str_st lws_mqtt_str_t;	/**< counted bytes */

#define MQTT_VER_3_1_1 4		/**< protocol level of 3.1.1 */

#define LWS_MQTT_FINAL_PART 1		/**< the payload ends here */

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
#define LWS_MQTT_MAX_AWSIOT_TOPICLEN 256 /**< the longest topic at AWS IoT, in bytes */
#define LWS_MQTT_MAX_TOPICLEN 65535	/**< and anywhere */
#define LWS_MQTT_MAX_CIDLEN 128		/**< of an identifier */
#define LWS_MQTT_RANDOM_CIDLEN 23	/**< of an identifier that is made up */

/** \name Shadows
 * AWS IoT's device shadows: longest names, in bytes, parts of topics, their forms for
 * printf() (thing, shadow, rest), and filters.
 */
///@{
#define LWS_MQTT_SHADOW_MAX_THING_LEN 128
#define LWS_MQTT_SHADOW_MAX_SHADOW_LEN 64
#define LWS_MQTT_SHADOW_UPDATE_STR "/update"
#define LWS_MQTT_SHADOW_DELETE_STR "/delete"
#define LWS_MQTT_SHADOW_GET_STR "/get"
#define LWS_MQTT_SHADOW_RESP_ACCEPTED_STR "/accepted"
#define LWS_MQTT_SHADOW_RESP_REJECTED_STR "/rejected"
#define LWS_MQTT_SHADOW_RESP_DELTA_STR "/delta"
#define LWS_MQTT_SHADOW_RESP_DOCUMENT_STR "/documents"
#define LWS_MQTT_SHADOW_UPDATE_ACCEPTED_STR LWS_MQTT_SHADOW_UPDATE_STR LWS_MQTT_SHADOW_RESP_ACCEPTED_STR
#define LWS_MQTT_SHADOW_UPDATE_REJECTED_STR LWS_MQTT_SHADOW_UPDATE_STR LWS_MQTT_SHADOW_RESP_REJECTED_STR
#define LWS_MQTT_SHADOW_UPDATE_DELTA_STR LWS_MQTT_SHADOW_UPDATE_STR LWS_MQTT_SHADOW_RESP_DELTA_STR
#define LWS_MQTT_SHADOW_UPDATE_DOCUMENT_STR LWS_MQTT_SHADOW_UPDATE_STR LWS_MQTT_SHADOW_RESP_DOCUMENT_STR
#define LWS_MQTT_SHADOW_DELETE_ACCEPTED_STR LWS_MQTT_SHADOW_DELETE_STR LWS_MQTT_SHADOW_RESP_ACCEPTED_STR
#define LWS_MQTT_SHADOW_DELETE_REJECTED_STR LWS_MQTT_SHADOW_DELETE_STR LWS_MQTT_SHADOW_RESP_REJECTED_STR
#define LWS_MQTT_SHADOW_GET_ACCEPTED_STR LWS_MQTT_SHADOW_GET_STR LWS_MQTT_SHADOW_RESP_ACCEPTED_STR
#define LWS_MQTT_SHADOW_GET_REJECTED_STR LWS_MQTT_SHADOW_GET_STR LWS_MQTT_SHADOW_RESP_REJECTED_STR
#define LWS_MQTT_SHADOW_PREFIX_FORMAT "$aws/things/%s"
#define LWS_MQTT_SHADOW_NAMED_SHADOW_TOPIC_FORMAT LWS_MQTT_SHADOW_PREFIX_FORMAT "/shadow/name/%s%s"
#define LWS_MQTT_SHADOW_UNNAMED_SHADOW_TOPIC_FORMAT LWS_MQTT_SHADOW_PREFIX_FORMAT "/shadow%s"
#define LWS_MQTT_SHADOW_UNNAMED_TOPIC_MATCH "$aws/things/+/shadow/+"
#define LWS_MQTT_SHADOW_NAMED_TOPIC_MATCH "$aws/things/+/shadow/name/+/+"
///@}
#endif

/** Quality of service (MQTT 5 §4.3). */
typedef enum {
	QOS0,				/**< at most once */
	QOS1,				/**< at least once */
	QOS2,				/**< exactly once; not supported */
	RESERVED_QOS_LEVEL,		/**< not valid */
	FAILURE_QOS_LEVEL = 0x80	/**< SUBACK: refused */
} lws_mqtt_qos_levels_t;

/** First byte of a packet (MQTT 5 §2.1.1). */
typedef union {
	struct {
		uint8_t		retain:1;	/**< PUBLISH: retain */
		uint8_t		qos:2;		/**< PUBLISH: QoS */
		uint8_t		dup:1;		/**< PUBLISH: again */
		uint8_t		ctrl_pkt_type:4; /**< LMQCP_ */
	} flags;				/**< as fields */
	uint8_t			bits;		/**< as a byte */
} lws_mqtt_fixed_hdr_t;

/** What to connect with. */
typedef struct lws_mqtt_client_connect_param_s {
	const char			*client_id;	/**< client identifier */
	uint16_t			keep_alive;	/**< seconds */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	uint8_t				clean_start:1;	/**< 1: new session */
	uint8_t				client_id_nofree:1; /**< 1: do not free it */
	uint8_t				username_nofree:1; /**< 1: do not free it */
	uint8_t				password_nofree:1; /**< 1: do not free it */
#else
	uint8_t				clean_start;	/**< 1: new session */
#endif
	struct {
		const char		*topic;		/**< its topic */
		const char		*message;	/**< its text */
		lws_mqtt_qos_levels_t	qos;		/**< its QoS */
		uint8_t			retain;		/**< 1: retain it */
	} will_param;					/**< the will */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	struct {
		const char		*topic;		/**< its topic */
		const char		*message;	/**< its text */
		lws_mqtt_qos_levels_t	qos;		/**< its QoS */
		uint8_t			retain;		/**< 1: retain it */
	} birth_param;					/**< what to publish at first */
#endif
	const char			*username;	/**< or NULL */
	const char			*password;	/**< or NULL */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	uint8_t				aws_iot;	/**< 1: the server is AWS IoT */
#endif
} lws_mqtt_client_connect_param_t;

/** A PUBLISH. */
typedef struct lws_mqtt_publish_param_s {
	char			*topic;		/**< topic name */
	uint16_t		topic_len;	/**< bytes of it */
	const void		*payload;	/**< payload */
	uint32_t		payload_len;	/**< bytes of it in all */
	uint32_t		payload_pos;	/**< bytes sent or received */
	lws_mqtt_qos_levels_t	qos;		/**< QoS */

	uint16_t		packet_id;	/**< packet identifier */
	uint8_t			dup:1;		/**< 1: sent before */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	uint8_t			retain:1;	/**< 1: retain it */
#endif
} lws_mqtt_publish_param_t;

/** A topic filter to subscribe to. */
typedef struct topic_elem {
	const char		*name;		/**< the filter */
	lws_mqtt_qos_levels_t	qos;		/**< QoS asked for */

	uint8_t			acked;		/**< 1: granted */
} lws_mqtt_topic_elem_t;

/** A SUBSCRIBE or UNSUBSCRIBE. */
typedef struct lws_mqtt_subscribe_param_s {
	uint32_t		num_topics;	/**< how many filters */
	lws_mqtt_topic_elem_t	*topic;		/**< the filters */

	uint16_t		packet_id;	/**< packet identifier */
} lws_mqtt_subscribe_param_t;

/** Packet types (MQTT 5 §2.1.2); CTOS goes to the server, STOC comes back. */
typedef enum {
	LMQCP_RESERVED,			/**< not valid */
	LMQCP_CTOS_CONNECT,		/**< connect */
	LMQCP_STOC_CONNACK,		/**< answer to it */
	LMQCP_PUBLISH,			/**< message */
	LMQCP_PUBACK,			/**< QoS 1 answer */
	LMQCP_PUBREC,			/**< QoS 2, first answer */
	LMQCP_PUBREL,			/**< QoS 2, answer to PUBREC */
	LMQCP_PUBCOMP,			/**< QoS 2, last answer */
	LMQCP_CTOS_SUBSCRIBE,		/**< subscribe */
	LMQCP_STOC_SUBACK,		/**< answer to it */
	LMQCP_CTOS_UNSUBSCRIBE,		/**< unsubscribe */
	LMQCP_STOC_UNSUBACK,		/**< answer to it */
	LMQCP_CTOS_PINGREQ,		/**< ping */
	LMQCP_STOC_PINGRESP,		/**< answer to it */
	LMQCP_DISCONNECT,		/**< disconnect */
	LMQCP_AUTH			/**< authentication */
} lws_mqtt_control_packet_t;

/** Flags of CONNECT (MQTT 5 §3.1.2.3). */
typedef enum {
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	LMQCFT_USERNAME_NOFREE	= (1 << 10),	/**< not sent: do not free it */
	LMQCFT_PASSWORD_NOFREE	= (1 << 9),	/**< not sent: do not free it */
	LMQCFT_CLIENT_ID_NOFREE	= (1 << 8),	/**< not sent: do not free it */
#endif
	LMQCFT_USERNAME		= (1 << 7),	/**< has a user name */
	LMQCFT_PASSWORD		= (1 << 6),	/**< has a password */
	LMQCFT_WILL_RETAIN	= (1 << 5),	/**< retain the will */
	LMQCFT_WILL_QOS		= (1 << 3),	/**< low bit of its QoS */
	LMQCFT_WILL_FLAG	= (1 << 2),	/**< has a will */
	LMQCFT_CLEAN_START	= (1 << 1),	/**< new session */
	LMQCFT_RESERVED		= (1 << 0),	/**< must be 0 */

	LMQCFT_WILL_QOS_MASK	= (3 << 3),	/**< QoS of the will */
} lws_mqtt_connect_flags_t;

/** Flags of CONNACK (MQTT 5 §3.2.2.1). */
typedef enum {
	LMQCFT_SESSION_PRESENT	= (1 << 0),	/**< session goes on */
} lws_mqtt_connack_flags_t;

/** Reason codes (MQTT 5 §2.4), each named for what it means. */
typedef enum {
	LMQCP_REASON_SUCCESS				= 0x00,
	LMQCP_REASON_NORMAL_DISCONNECTION		= 0x00,
	LMQCP_REASON_GRANTED_QOS0			= 0x00,
	LMQCP_REASON_GRANTED_QOS1			= 0x01,
	LMQCP_REASON_GRANTED_QOS2			= 0x02,
	LMQCP_REASON_DISCONNECT_WILL			= 0x04,
	LMQCP_REASON_NO_MATCHING_SUBSCRIBER		= 0x10,
	LMQCP_REASON_NO_SUBSCRIPTION_EXISTED		= 0x11,
	LMQCP_REASON_CONTINUE_AUTHENTICATION		= 0x18,
	LMQCP_REASON_RE_AUTHENTICATE			= 0x19,
	LMQCP_REASON_UNSPECIFIED_ERROR			= 0x80,
	LMQCP_REASON_MALFORMED_PACKET			= 0x81,
	LMQCP_REASON_PROTOCOL_ERROR			= 0x82,
	LMQCP_REASON_IMPLEMENTATION_SPECIFIC_ERROR	= 0x83,
	LMQCP_REASON_UNSUPPORTED_PROTOCOL		= 0x84,
	LMQCP_REASON_CLIENT_ID_INVALID			= 0x85,
	LMQCP_REASON_BAD_CREDENTIALS			= 0x86,
	LMQCP_REASON_NOT_AUTHORIZED			= 0x87,
	LMQCP_REASON_SERVER_UNAVAILABLE			= 0x88,
	LMQCP_REASON_SERVER_BUSY			= 0x89,
	LMQCP_REASON_BANNED				= 0x8a,
	LMQCP_REASON_SERVER_SHUTTING_DOWN		= 0x8b,
	LMQCP_REASON_BAD_AUTHENTICATION_METHOD		= 0x8c,
	LMQCP_REASON_KEEPALIVE_TIMEOUT			= 0x8d,
	LMQCP_REASON_SESSION_TAKEN_OVER			= 0x8e,
	LMQCP_REASON_TOPIC_FILTER_INVALID		= 0x8f,
	LMQCP_REASON_TOPIC_NAME_INVALID			= 0x90,
	LMQCP_REASON_PACKET_ID_IN_USE			= 0x91,
	LMQCP_REASON_PACKET_ID_NOT_FOUND		= 0x92,
	LMQCP_REASON_MAX_RX_EXCEEDED			= 0x93,
	LMQCP_REASON_TOPIC_ALIAS_INVALID		= 0x94,
	LMQCP_REASON_PACKET_TOO_LARGE			= 0x95,
	LMQCP_REASON_RATELIMIT				= 0x96,
	LMQCP_REASON_QUOTA_EXCEEDED			= 0x97,
	LMQCP_REASON_ADMINISTRATIVE_ACTION		= 0x98,
	LMQCP_REASON_PAYLOAD_FORMAT_INVALID		= 0x99,
	LMQCP_REASON_RETAIN_NOT_SUPPORTED		= 0x9a,
	LMQCP_REASON_QOS_NOT_SUPPORTED			= 0x9b,
	LMQCP_REASON_USE_ANOTHER_SERVER			= 0x9c,
	LMQCP_REASON_SERVER_MOVED			= 0x9d,
	LMQCP_REASON_SHARED_SUBSCRIPTIONS_NOT_SUPPORTED	= 0x9e,
	LMQCP_REASON_CONNECTION_RATE_EXCEEDED		= 0x9f,
	LMQCP_REASON_MAXIMUM_CONNECT_TIME		= 0xa0,
	LMQCP_REASON_SUBSCRIPTION_IDS_NOT_SUPPORTED	= 0xa1,
	LMQCP_REASON_WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED = 0xa2,
} lws_mqtt_reason_t;

/** Property identifiers (MQTT 5 §2.2.2.2), named as there. */
typedef enum {
	LMQPROP_INVALID,
	LMQPROP_PAYLOAD_FORMAT_INDICATOR		= 0x01,
	LMQPROP_MESSAGE_EXPIRY_INTERVAL			= 0x02,
	LMQPROP_CONTENT_TYPE				= 0x03,
	LMQPROP_RESPONSE_TOPIC				= 0x08,
	LMQPROP_CORRELATION_DATA			= 0x09,
	LMQPROP_SUBSCRIPTION_IDENTIFIER			= 0x0b,
	LMQPROP_SESSION_EXPIRY_INTERVAL			= 0x11,
	LMQPROP_ASSIGNED_CLIENT_IDENTIFIER		= 0x12,
	LMQPROP_SERVER_KEEP_ALIVE			= 0x13,
	LMQPROP_AUTHENTICATION_METHOD			= 0x15,
	LMQPROP_AUTHENTICATION_DATA			= 0x16,
	LMQPROP_REQUEST_PROBLEM_INFORMATION		= 0x17,
	LMQPROP_WILL_DELAY_INTERVAL			= 0x18,
	LMQPROP_REQUEST_RESPONSE_INFORMATION		= 0x19,
	LMQPROP_RESPONSE_INFORMATION			= 0x1a,
	LMQPROP_SERVER_REFERENCE			= 0x1c,
	LMQPROP_REASON_STRING				= 0x1f,
	LMQPROP_RECEIVE_MAXIMUM				= 0x21,
	LMQPROP_TOPIC_ALIAS_MAXIMUM			= 0x22,
	LMQPROP_TOPIC_ALIAS				= 0x23,
	LMQPROP_MAXIMUM_QOS				= 0x24,
	LMQPROP_RETAIN_AVAILABLE			= 0x25,
	LMQPROP_USER_PROPERTY				= 0x26,
	LMQPROP_MAXIMUM_PACKET_SIZE			= 0x27,
	LMQPROP_WILDCARD_SUBSCRIPTION_AVAIL		= 0x28,
	LMQPROP_SUBSCRIPTION_IDENTIFIER_AVAIL		= 0x29,
	LMQPROP_SHARED_SUBSCRIPTION_AVAIL		= 0x2a
} lws_mqtt_property;

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
int
lws_read_mqtt(struct lws *wsi, unsigned char *buf, lws_filepos_t len);

LWS_VISIBLE LWS_EXTERN int
lws_mqtt_bindata_cmp(const lws_mqtt_str_t *bd1, const lws_mqtt_str_t *bd2);

LWS_VISIBLE LWS_EXTERN void
lws_mqtt_str_init(lws_mqtt_str_t *s, uint8_t *buf, uint16_t lim, char nf);

LWS_VISIBLE LWS_EXTERN lws_mqtt_str_t *
lws_mqtt_str_create(uint16_t lim);

LWS_VISIBLE LWS_EXTERN lws_mqtt_str_t *
lws_mqtt_str_create_init(uint8_t *buf, uint16_t len, uint16_t lim);

LWS_VISIBLE LWS_EXTERN lws_mqtt_str_t *
lws_mqtt_str_create_cstr_dup(const char *buf, uint16_t lim);

LWS_VISIBLE LWS_EXTERN uint8_t *
lws_mqtt_str_next(lws_mqtt_str_t *s, uint16_t *budget);

LWS_VISIBLE LWS_EXTERN int
lws_mqtt_str_advance(lws_mqtt_str_t *s, int n);

LWS_VISIBLE LWS_EXTERN void
lws_mqtt_str_free(lws_mqtt_str_t **s);

LWS_VISIBLE LWS_EXTERN int
lws_mqtt_client_send_publish(struct lws *wsi, lws_mqtt_publish_param_t *pub,
			     const void *buf, uint32_t len, int final);

LWS_VISIBLE LWS_EXTERN int
lws_mqtt_client_send_subcribe(struct lws *wsi, lws_mqtt_subscribe_param_t *sub);

LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_mqtt_client_send_unsubcribe(struct lws *wsi,
				const lws_mqtt_subscribe_param_t *unsub);
///@}

#endif
