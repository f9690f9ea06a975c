/* SPDX-License-Identifier: MIT */
/**
 * \file unit-test.h
 * A transport that plays scripts of packets, to test abstract protocols.
 */

/** Flags of a scripted packet. */
enum {
	LWS_AUT_EXPECT_TEST_END		= (1 << 0), /**< the script ends */
	LWS_AUT_EXPECT_LOCAL_CLOSE	= (1 << 1), /**< protocol shall close */
	LWS_AUT_EXPECT_DO_REMOTE_CLOSE	= (1 << 2), /**< the peer closes */
	LWS_AUT_EXPECT_TX		= (1 << 3), /**< protocol shall send it */
	LWS_AUT_EXPECT_RX		= (1 << 4), /**< the peer sends it */
	LWS_AUT_EXPECT_SHOULD_FAIL	= (1 << 5), /**< shall fail */
	LWS_AUT_EXPECT_SHOULD_TIMEOUT	= (1 << 6), /**< shall time out */
};

/** Result of a packet or a test. */
typedef enum {
	LPE_CONTINUE,			/**< not done yet */
	LPE_SUCCEEDED,			/**< passed */
	LPE_FAILED,			/**< failed */
	LPE_FAILED_UNEXPECTED_TIMEOUT,	/**< failed: took too long */
	LPE_FAILED_UNEXPECTED_PASS,	/**< failed: did not fail */
	LPE_FAILED_UNEXPECTED_CLOSE,	/**< failed: was closed */
	LPE_SKIPPED,			/**< was not run */
	LPE_CLOSING			/**< is being closed */
} lws_unit_test_packet_disposition;

/** Called with the result of a test. */
typedef int (*lws_unit_test_packet_test_cb)(const void *cb_user,
					    int disposition);
/** Called before a packet is played. */
typedef int (*lws_unit_test_packet_cb)(lws_abs_t *instance);

/** One packet of a script. */
typedef struct lws_unit_test_packet {
	void				*buffer;	/**< its content */
	lws_unit_test_packet_cb		pre;		/**< or NULL */
	size_t				len;		/**< bytes in buffer */

	uint32_t			flags;		/**< LWS_AUT_EXPECT_ */
} lws_unit_test_packet_t;

/** One test. */
typedef struct lws_unit_test {
	const char		*name;		/**< its name */
	lws_unit_test_packet_t	*expect_array;	/**< its script */
	int			max_secs;	/**< seconds it may take */
} lws_unit_test_t;

/** Settings of this transport. */
enum {
	LTMI_PEER_V_EXPECT_TEST = LTMI_TRANSPORT_BASE,	/**< the test */
	LTMI_PEER_V_EXPECT_RESULT_CB,			/**< result callback */
	LTMI_PEER_V_EXPECT_RESULT_CB_ARG,		/**< its argument */
};

/** Declared for source compatibility; not in the library. */
LWS_VISIBLE LWS_EXTERN const char *
lws_unit_test_result_name(int in);
