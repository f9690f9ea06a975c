/* SPDX-License-Identifier: MIT */
/**
 * \file lws-netdev.h
 * Network devices, wifi above all, that the program manages itself. The
 * functions are not in the library.
 */

#define LWS_WIFI_MAX_SCAN_TRACK 16	/**< most networks remembered */
#define LWS_ETH_ALEN 6			/**< bytes of a MAC address */

typedef uint8_t lws_wifi_ch_t;		/**< channel */
typedef int8_t lws_wifi_rssi_t;		/**< signal strength in dBm */
struct lws_netdev_instance;

/** Kind of device. */
typedef enum {
	LWSNDTYP_UNKNOWN,		/**< neither of these */
	LWSNDTYP_WIFI,			/**< wifi */
	LWSNDTYP_ETH,			/**< ethernet */
} lws_netdev_type_t;

/** Configuration of a device. */
typedef struct lws_netdev_config {
	void *plat_config;		/**< the platform's */
} lws_netdev_config_t;

/** A driver of devices. */
typedef struct lws_netdev_ops {
	struct lws_netdev_instance * (*create)(struct lws_context *ctx,
					const struct lws_netdev_ops *ops,
					const char *name, void *platinfo);
		/**< make a device */
	int (*configure)(struct lws_netdev_instance *nd,
			 lws_netdev_config_t *config);
		/**< configure it */
	int (*up)(struct lws_netdev_instance *nd);
		/**< bring it up */
	int (*down)(struct lws_netdev_instance *nd);
		/**< bring it down */
	int (*event)(struct lws_netdev_instance *nd, lws_usec_t timestamp,
		     void *buf, size_t len);
		/**< takes SMD messages */
	void (*destroy)(struct lws_netdev_instance **pnd);
		/**< end it */
	int (*connect)(struct lws_netdev_instance *wnd, const char *ssid,
		       const char *passphrase, uint8_t *bssid);
		/**< wifi: join a network */
	void (*scan)(struct lws_netdev_instance *nd);
		/**< wifi: look for networks */
} lws_netdev_ops_t;

/** All devices. */
typedef struct lws_netdevs {
	lws_dll2_owner_t		owner;		/**< the devices */

	lws_dll2_owner_t		owner_creds;	/**< credentials */
	struct lwsac			*ac_creds;	/**< holds them */
	lws_settings_instance_t		*si;		/**< stores them */

	lws_sockaddr46			sa46_dns_resolver; /**< resolver */

	uint8_t				refcount_creds;	/**< users of them */
} lws_netdevs_t;

/** A device. */
typedef struct lws_netdev_instance {
	const char			*name;		/**< its name */
	const lws_netdev_ops_t		*ops;		/**< its driver */
	void				*platinfo;	/**< the driver's */
	lws_dll2_t			list;		/**< in lws_netdevs */
	uint8_t				mac[LWS_ETH_ALEN]; /**< its address */
	uint8_t				type;		/**< its kind */
} lws_netdev_instance_t;

/** Encryption, modes and flags of wifi devices. */
enum {
	LNDIW_ALG_OPEN,			/**< none */
	LNDIW_ALG_WPA2,			/**< WPA2 */

	LNDIW_MODE_STA		= (1 << 0),	/**< station */
	LNDIW_MODE_AP		= (1 << 1),	/**< access point */
	LNDIW_UP		= (1 << 7),	/**< is up */

	LNDIW_ACQ_IPv4		= (1 << 0),	/**< has an IPv4 address */
	LNDIW_ACQ_IPv6		= (1 << 1),	/**< has an IPv6 address */
};

/** State of a wifi device. */
typedef enum {
	LWSNDVWIFI_STATE_INITIAL,		/**< nothing done yet */
	LWSNDVWIFI_STATE_SCAN,			/**< scans, to join */
	LWSNDVWIFI_STATE_AP,			/**< access point */
	LWSNDVWIFI_STATE_AP_SCAN,		/**< the same, and scans */
	LWSNDVWIFI_STATE_STAT_GRP_AP,		/**< point of a group */
	LWSNDVWIFI_STATE_STAT_GRP_AP_SCAN,	/**< the same, and scans */
	LWSNDVWIFI_STATE_STAT,			/**< station, joining */
	LWSNDVWIFI_STATE_STAT_HAPPY,		/**< station, joined */
} lws_netdev_wifi_state_t;

/** Credentials for a wifi network. */
typedef struct lws_wifi_creds {
	lws_dll2_t			list;		/**< in owner_creds */

	uint8_t				bssid[LWS_ETH_ALEN]; /**< or zero */
	char				passphrase[64];	/**< pass phrase */
	char				ssid[33];	/**< network name */
	uint8_t				alg;		/**< LNDIW_ALG_ */
} lws_wifi_creds_t;

/** A wifi device. */
typedef struct lws_netdev_instance_wifi {
	lws_netdev_instance_t		inst;		/**< the device */
	lws_dll2_owner_t		scan;		/**< networks seen */
	lws_sorted_usec_list_t		sul_scan;	/**< the next scan */

	lws_wifi_creds_t		*ap_cred;	/**< as access point */
	const char			*ap_ip;		/**< address there */

	const char			*sta_ads;	/**< as station */

	char				current_attempt_ssid[33];
							/**< being joined */
	uint8_t				current_attempt_bssid[LWS_ETH_ALEN];
							/**< being joined */

	uint8_t				flags;		/**< LNDIW_ */
	uint8_t				state;		/**< its state */
} lws_netdev_instance_wifi_t;

/** A wifi network that was seen. */
typedef struct lws_wifi_sta {
	lws_dll2_t	list;			/**< among those seen */

	uint32_t	last_seen;		/**< time of the last scan */
	uint32_t	last_tried;		/**< time of the last try */

	uint8_t		bssid[LWS_ETH_ALEN];	/**< its address */
	char		*ssid;			/**< its name */
	uint8_t		ssid_len;		/**< bytes of it */
	lws_wifi_ch_t	ch;			/**< its channel */
	lws_wifi_rssi_t	rssi[8];		/**< last strengths */
	int16_t		rssi_avg;		/**< their sum */
	uint8_t		authmode;		/**< LNDIW_ALG_ */

	uint8_t		rssi_count;		/**< how many in rssi */
	uint8_t		rssi_next;		/**< next place in rssi */
} lws_wifi_sta_t;

/** Mean strength of the network \p _x, -200 if it is not known. */
#define rssi_averaged(_x) (_x->rssi_count ? \
			((int)_x->rssi_avg / (int)_x->rssi_count) : \
			 -200)

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN lws_netdevs_t *
lws_netdevs_from_ctx(struct lws_context *ctx);

LWS_VISIBLE LWS_EXTERN int
lws_netdev_credentials_settings_set(lws_netdevs_t *nds);

LWS_VISIBLE LWS_EXTERN int
lws_netdev_credentials_settings_get(lws_netdevs_t *nds);

LWS_VISIBLE LWS_EXTERN struct lws_netdev_instance *
lws_netdev_wifi_create_plat(struct lws_context *ctx,
			    const lws_netdev_ops_t *ops, const char *name,
			    void *platinfo);

LWS_VISIBLE LWS_EXTERN int
lws_netdev_wifi_configure_plat(struct lws_netdev_instance *nd,
			       lws_netdev_config_t *config);

LWS_VISIBLE LWS_EXTERN int
lws_netdev_wifi_event_plat(struct lws_netdev_instance *nd, lws_usec_t timestamp,
			   void *buf, size_t len);

LWS_VISIBLE LWS_EXTERN int
lws_netdev_wifi_up_plat(struct lws_netdev_instance *nd);

LWS_VISIBLE LWS_EXTERN int
lws_netdev_wifi_down_plat(struct lws_netdev_instance *nd);

LWS_VISIBLE LWS_EXTERN void
lws_netdev_wifi_destroy_plat(struct lws_netdev_instance **pnd);

LWS_VISIBLE LWS_EXTERN void
lws_netdev_wifi_scan_plat(lws_netdev_instance_t *nd);

LWS_VISIBLE LWS_EXTERN int
lws_netdev_wifi_connect_plat(lws_netdev_instance_t *wnd, const char *ssid,
			     const char *passphrase, uint8_t *bssid);

LWS_VISIBLE LWS_EXTERN lws_netdev_instance_t *
lws_netdev_find(lws_netdevs_t *netdevs, const char *ifname);
///@}

/** Initializer for the members of a wifi driver. */
#define lws_netdev_wifi_plat_ops \
	.create = lws_netdev_wifi_create_plat, \
	.configure = lws_netdev_wifi_configure_plat, \
	.event = lws_netdev_wifi_event_plat, \
	.up = lws_netdev_wifi_up_plat, \
	.down = lws_netdev_wifi_down_plat, \
	.connect = lws_netdev_wifi_connect_plat, \
	.scan = lws_netdev_wifi_scan_plat, \
	.destroy = lws_netdev_wifi_destroy_plat

/** \name Start of the platform's devices
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_netdev_plat_init(void);

LWS_VISIBLE LWS_EXTERN int
lws_netdev_plat_wifi_init(void);
///@}
